"""An official document as a value: what it says, not how it looks.

Everything here is frozen and knows nothing of the database, the clock or a file format. Renderers
(docx, html, pdf, xlsx) read these values and the one table of measures in `geometry`.

Text is kept letter for letter (a rare character in a name stays, whether or not a font has it); only
control characters, which no page can show and which break XML, are removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from documents.text import (
    as_list_text,
    cell_text,
    clean,
    clean_lines,
    strip_numbering,
)

Kind = Literal["circular", "letter", "notice", "report", "sheet"]
Layout = Literal["document", "letter", "plain"]
CellKind = Literal["text", "integer", "amount", "percent", "date"]
Align = Literal["auto", "left", "center", "right"]
Cell = str | int | float | Decimal | Fraction | date | None
Row = Mapping[str, Cell]
Day = date  # within Document the name `date` is a field

# 公文格式 (red head and 版记) / 信函格式 (red double rules) / neither: tables with a title.
LAYOUTS: dict[Kind, Layout] = {
    "circular": "document",
    "notice": "document",
    "report": "document",
    "letter": "letter",
    "sheet": "plain",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading. The number (一、 / （一） / 1. / （1）) is given by the renderer; one typed in is dropped."""

    level: int
    text: str

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise ValueError(f"heading level must be 1 to 4, got {self.level}")
        object.__setattr__(self, "text", strip_numbering(clean(self.text)))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, first line indented by two characters. A line break in `text` begins a new paragraph."""

    text: str
    indent: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean_lines(self.text))


@dataclass(frozen=True, slots=True)
class Column:
    """One table column.

    weight: share of the width; 0 = by content. kind says how a value is written: `percent` takes a ratio
    (0.679 or Fraction(874, 1287) → 67.9%), `amount` a number in the unit of the unit note. places: decimals,
    None = 1 for percent, 2 for amount. group: heading over neighbouring columns with the same group.
    """

    key: str
    heading: str
    weight: float = 0
    align: Align = "auto"
    group: str = ""
    kind: CellKind = "text"
    places: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", clean(self.heading))
        object.__setattr__(self, "group", clean(self.group))

    @property
    def is_number(self) -> bool:
        return self.kind in ("integer", "amount", "percent")

    @property
    def decimals(self) -> int:
        """Decimals shown."""
        if self.places is not None:
            return self.places
        return {"percent": 1, "amount": 2}.get(self.kind, 0)

    def text(self, value: Cell) -> str:
        """The value as printed; nothing known (None or "") is 「—」."""
        return cell_text(value, self.kind, self.decimals)


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `rows` and `total` map column keys to values; `strong` holds indexes of subtotal rows.

    landscape: True/False forces the page direction, None lets the widths decide.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit_note: str = ""
    total: Row | None = None
    notes: tuple[str, ...] = ()
    strong: frozenset[int] = frozenset()
    landscape: bool | None = None

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("a table needs at least one column")
        set_ = object.__setattr__
        set_(self, "columns", tuple(self.columns))
        set_(self, "rows", tuple(self.rows))
        set_(self, "caption", clean(self.caption))
        set_(self, "unit_note", clean(self.unit_note))
        notes = (self.notes,) if isinstance(self.notes, str) else self.notes
        set_(self, "notes", tuple(n for n in (clean(note) for note in notes) if n))
        set_(self, "strong", frozenset(self.strong))

    @property
    def has_groups(self) -> bool:
        return any(column.group for column in self.columns)

    def texts(self, row: Row) -> list[str]:
        """The row's cells as printed, in column order."""
        return [column.text(row.get(column.key)) for column in self.columns]

    def total_texts(self) -> list[str]:
        """The total row as printed. A cell without a value is empty, not 「—」: a rank has no sum."""
        total = self.total or {}
        return [
            "" if total.get(column.key) in (None, "") else column.text(total[column.key])
            for column in self.columns
        ]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Go on at the top of a new page."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG with its size in pixels and its caption; made by `photos.photo`, which leaves nothing but pixels in it."""

    data: bytes
    width: int
    height: int
    caption: str

    def __post_init__(self) -> None:
        if not self.data.startswith(b"\xff\xd8\xff") or self.width < 1 or self.height < 1:
            raise ValueError("a photo of a document is a JPEG of known size")
        object.__setattr__(self, "caption", clean(self.caption))


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos two in a row, each over its caption."""

    photos: tuple[Photo, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "photos", tuple(self.photos))


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment on its own page: 附件 / 附件1, its title, its content. Without blocks it is only listed."""

    title: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean(self.title))
        blocks = tuple(self.blocks)
        if any(isinstance(block, Attachment) for block in blocks):
            raise ValueError("an attachment cannot hold an attachment")
        # The attachment's title stands right above: the same words once more over the table say nothing.
        object.__setattr__(self, "blocks", tuple(_without_caption(block, self.title) for block in blocks))


def _without_caption(block: Block, title: str) -> Block:
    return replace(block, caption="") if isinstance(block, Table) and block.caption == title else block


Block = Heading | Paragraph | Table | Photos | Attachment | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """One official document.

    organ: text of the red head (发文机关标志), e.g. 「黑龙江省营商环境建设监督局文件」; a letter's has no 文件.
    number: 发文字号 from `format_number`, "" while a draft. signer: 签发人, printed on a report (上行文) only.
    title: a line break in it is kept; without one, lines are broken in balance.
    addressees / copies: 主送 / 抄送 as one text or as parts; closing punctuation is set by the renderer.
    signature: 发文机关署名. printed_by / printed_on: 印发机关 and 印发日期 in the 版记 (a letter has none).
    draft: None = a circular, letter or notice without a number is a draft.
    No seal is ever drawn: the printed page is sealed by hand.
    """

    kind: Kind
    title: str
    blocks: tuple[Block, ...] = ()
    organ: str = ""
    number: str = ""
    signer: str = ""
    addressees: str | tuple[str, ...] = ""
    signature: str = ""
    date: Day | None = None
    attachments: tuple[Attachment | str, ...] = ()
    copies: str | tuple[str, ...] = ""
    printed_by: str = ""
    printed_on: Day | None = None
    secrecy: str = ""
    urgency: str = ""
    draft: bool | None = None
    # A line under the signature in brackets, 附注: （联系人：×××，电话：×××）
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in LAYOUTS:
            raise ValueError(f"unknown document kind {self.kind!r}")
        set_ = object.__setattr__
        set_(self, "title", clean_lines(self.title))
        for name in ("organ", "number", "signer", "signature", "printed_by", "secrecy", "urgency", "note"):
            set_(self, name, clean(getattr(self, name)))
        set_(self, "addressees", as_list_text(self.addressees))
        set_(self, "copies", as_list_text(self.copies))
        listed = tuple(Attachment(a) if isinstance(a, str) else a for a in self.attachments)
        inside = tuple(block for block in self.blocks if isinstance(block, Attachment))
        set_(self, "attachments", listed + inside)
        set_(self, "blocks", tuple(b for b in self.blocks if not isinstance(b, Attachment)))

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self.kind]

    @property
    def is_draft(self) -> bool:
        if self.draft is not None:
            return self.draft
        return self.kind in ("circular", "letter", "notice") and not self.number

    @property
    def annexes(self) -> tuple[Attachment, ...]:
        """The attachments; a name alone has become an attachment without content."""
        return tuple(item for item in self.attachments if isinstance(item, Attachment))

    def tables(self) -> list[Table]:
        """Every table, those of the body first, then those of the attachments."""
        found = [block for block in self.blocks if isinstance(block, Table)]
        for attachment in self.annexes:
            found += [block for block in attachment.blocks if isinstance(block, Table)]
        return found
