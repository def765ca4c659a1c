"""A `Document` as a safe HTML fragment: one `article.jo-sheet` per part, in the classes of the circular page.

No style attribute, no script, every text escaped: fit for a strict CSP. The page around it loads `document.css`
(made by `css.screen_css`) after `outside.css`. The sheet flows: how many pages it fills is told by the PDF.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from documents.fit import Fit, fit_table, group_spans
from documents.geometry import DATE_INDENT, PHOTOS_A_ROW
from documents.layout import any_wide, attachment_names, attachment_pages, imprint_rows, justify
from documents.model import Attachment, Block, Document, Heading, PageBreak, Paragraph, Photo, Photos, Table
from documents.text import HeadingCounter, chinese_date, em_width
from documents.title import break_title

MARK_CLASSES = range(4, 31)


def render_html(document: Document) -> str:
    """The fragment: an article for the body and one for each attachment and each turned table."""
    return _Sheets(document).compose()


def mark_class(document: Document) -> str:
    """The class that sets the red head's size by its length."""
    count = round(em_width(document.organ))
    return f"is-n{min(max(count, MARK_CLASSES[0]), MARK_CLASSES[-1])}"


def table_fits(document: Document) -> list[tuple[int, Fit]]:
    """Number and fit of each table, in the order of the classes jo-t1, jo-t2, …"""
    return list(enumerate((fit_table(table) for table in document.tables()), start=1))


class _Sheets:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.done: list[str] = []
        self.open: list[str] = []
        self.wide = document.layout == "plain" and any_wide(document.blocks)
        self.table_number = 0

    def compose(self) -> str:
        document = self.document
        if document.is_draft:
            self.open.append('<div class="jo-draft">草稿</div>')
        self._head()
        self._title(document.title)
        if document.addressees:
            self._p(f"{document.addressees}：", "jo-to")
        self._blocks(document.blocks, turn_each=document.layout != "plain")
        self._signing()
        for label, attachment in attachment_pages(document):
            self._attachment(label, attachment)
        self._imprint()
        self._close()
        return "\n".join(self.done)

    # -- sheets -----------------------------------------------------------------------------------------

    def _close(self) -> None:
        classes = "jo-sheet is-flow" + " is-wide" * self.wide
        if self.document.layout == "letter" and not self.done:
            classes += " is-letter"
        if self.open:
            content = "\n".join(self.open)
            self.done.append(f'<article class="{classes}">\n{content}\n</article>')
        self.open = []

    def _sheet(self, *, wide: bool) -> None:
        """Begin a new sheet."""
        self._close()
        self.wide = wide

    def _p(self, text: str, name: str = "") -> None:
        self.open.append(f'<p class="{name}">{escape(text)}</p>' if name else f"<p>{escape(text)}</p>")

    # -- parts ------------------------------------------------------------------------------------------

    def _head(self) -> None:
        document = self.document
        number = escape(document.number)
        letter = document.layout == "letter"
        corner = "<br>".join(escape(text) for text in (document.secrecy, document.urgency) if text)
        corner = f'<div class="jo-corner">{corner}</div>' if corner else ""
        if corner and not letter:
            self.open.append(corner)
        if document.organ:
            self.open.append(
                f'<div class="jo-mark {mark_class(document)}"><span>{escape(document.organ)}</span></div>'
            )
        if letter:
            self.open.append('<div class="jo-rules"></div>')
            self.open += [corner] if corner else []
            self.open.append(f'<div class="jo-no is-right">{number}</div>')
            self.open.append('<div class="jo-rules is-foot"></div>')
        elif document.organ and document.kind == "report" and document.signer:
            signer = f"<span>签发人：<b>{escape(document.signer)}</b></span>"
            self.open.append(f'<div class="jo-no is-upward"><span>{number}</span>{signer}</div>')
        elif document.organ:
            self.open.append(f'<div class="jo-no">{number}</div>')

    def _title(self, title: str) -> None:
        if title:
            lines = "<br>".join(escape(line) for line in break_title(title))
            self.open.append(f'<h2 class="jo-title">{lines}</h2>')

    def _blocks(self, blocks: Iterable[Block], *, turn_each: bool) -> None:
        counter = HeadingCounter()
        for block in blocks:
            if isinstance(block, Table):
                fit = fit_table(block)
                if turn_each and fit.landscape != self.wide:
                    self._sheet(wide=fit.landscape)
                self._table(block, fit)
                continue
            if isinstance(block, Attachment):
                continue
            if isinstance(block, PageBreak) or (turn_each and self.wide):
                self._sheet(wide=self.wide and not turn_each)
            if isinstance(block, Heading):
                text = escape(counter.number(block.level) + block.text)
                level = block.level
                self.open.append(f'<p class="jo-l{level}" role="heading" aria-level="{level + 2}">{text}</p>')
            elif isinstance(block, Paragraph):
                for line in block.text.split("\n"):
                    self._p(line, "" if block.indent else "jo-cont")
            elif isinstance(block, Photos):
                self._photos(block)

    def _photos(self, block: Photos) -> None:
        for start in range(0, len(block.photos), PHOTOS_A_ROW):
            pair = "".join(_figure(photo) for photo in block.photos[start : start + PHOTOS_A_ROW])
            self.open.append(f'<div class="jo-photos">{pair}</div>')

    def _signing(self) -> None:
        document = self.document
        names = attachment_names(document)
        if (names or document.signature or document.date) and self.wide and document.layout != "plain":
            self._sheet(wide=False)
        for index, (lead, text) in enumerate(names, start=1):
            classes = "jo-list" + " is-first" * (index == 1) + " is-many" * (len(names) > 1)
            self.open.append(f'<p class="{classes}"><span>{escape(lead)}</span>{escape(text)}</p>')
        if document.signature or document.date:
            lines = f'<p class="jo-sign-off">{escape(document.signature)}</p>' if document.signature else ""
            day = chinese_date(document.date) if document.date else ""
            if day:
                lines += f'<p class="jo-date">{day}</p>'
            # Half the signature may stand out over the date on each side, as far as the edge of the type area.
            long = em_width(document.signature) > 2 * DATE_INDENT + em_width(day)
            self.open.append(f'<div class="jo-signing{" is-long" * long}"><div>{lines}</div></div>')
        if document.note:
            self._p(f"（{document.note.strip('（）()')}）", "jo-note")

    def _attachment(self, label: str, attachment: Attachment) -> None:
        self._sheet(wide=any_wide(attachment.blocks))
        self._p(label, "jo-annex")
        lines = "<br>".join(escape(line) for line in break_title(attachment.title))
        self.open.append(f'<h3 class="jo-title is-annex">{lines}</h3>')
        self._blocks(attachment.blocks, turn_each=False)

    def _imprint(self) -> None:
        rows = imprint_rows(self.document)
        if not rows:
            return
        if self.wide:
            self._sheet(wide=False)
        lines = ""
        for left, right in rows:
            if right:
                lines += (
                    f'<div class="jo-end-2"><span>{escape(left)}</span><span>{escape(right)}</span></div>'
                )
            else:
                lines += f'<div class="jo-copies">{escape(left)}</div>'
        plain = " is-plain" if self.document.layout == "letter" else ""
        self.open.append(f'<div class="jo-end{plain}">{lines}</div>')

    # -- tables -----------------------------------------------------------------------------------------

    def _table(self, table: Table, fit: Fit) -> None:
        self.table_number += 1
        name = f"jo-dtable is-s{round(fit.size_pt * 2)} jo-t{self.table_number}"
        caption = f"<b>{escape(table.caption)}</b>" if table.caption else ""
        caption += f"<span>{escape(table.unit_note)}</span>" if table.unit_note else ""
        out = [f'<table class="{name}">']
        if caption:
            out.append(f"<caption>{caption}</caption>")
        across = sum(fit.widths)
        cols = "".join(f'<col class="jo-w{round(100 * width / across)}">' for width in fit.widths)
        out.append(f"<colgroup>{cols}</colgroup>")
        out.append(f"<thead>{_heading_rows(table)}</thead><tbody>")
        for index, row in enumerate(table.rows):
            out.append(_row(table, table.texts(row), "is-sum" if index in table.strong else ""))
        if table.total is not None:
            out.append(_row(table, table.total_texts(), "is-sum"))
        out.append("</tbody></table>")
        for index, note in enumerate(table.notes):
            out.append(f'<p class="jo-tnote">{"注：" if index == 0 else ""}{escape(note)}</p>')
        self.open.append("\n".join(out))


def _figure(photo: Photo) -> str:
    """The picture lies in the address itself: a document refers to nothing outside it."""
    data = b64encode(photo.data).decode()
    caption = escape(photo.caption)
    size = f'width="{photo.width}" height="{photo.height}"'
    return (
        f'<figure><img src="data:image/jpeg;base64,{data}" alt="{caption}" {size}>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _heading_rows(table: Table) -> str:
    columns = table.columns
    if not table.has_groups:
        return "<tr>" + "".join(f'<th scope="col">{escape(c.heading)}</th>' for c in columns) + "</tr>"
    top, below = "", ""
    for first, after, group in group_spans(table):
        if group:
            top += f'<th scope="colgroup" colspan="{after - first}">{escape(group)}</th>'
            below += "".join(f'<th scope="col">{escape(c.heading)}</th>' for c in columns[first:after])
        else:
            top += f'<th scope="col" rowspan="2">{escape(columns[first].heading)}</th>'
    return f"<tr>{top}</tr><tr>{below}</tr>"


def _row(table: Table, texts: list[str], name: str) -> str:
    cells = ""
    for column, text in zip(table.columns, texts, strict=True):
        side = justify(column, text)
        content = escape(text).replace("\n", "<br>")
        cells += f'<td class="is-{side}">{content}</td>' if side else f"<td>{content}</td>"
    return f'<tr class="{name}">{cells}</tr>' if name else f"<tr>{cells}</tr>"
