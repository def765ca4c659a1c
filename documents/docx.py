"""A `Document` as a Word file laid out by GB/T 9704-2012."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from documents import geometry as g
from documents.docx_margins import MARK_FOOT, margins, mark, page_section, rule
from documents.docx_parts import NAMESPACES, package, run_format
from documents.docx_photos import photos_table, relation
from documents.docx_xml import em, gap, paragraph, run, table, text_box
from documents.fit import fit_table
from documents.geometry import LANDSCAPE, PORTRAIT, pt, twips
from documents.layout import any_wide, attachment_names, attachment_pages, imprint_rows
from documents.model import Attachment, Block, Document, Heading, PageBreak, Paragraph, Photo, Photos, Table
from documents.text import HeadingCounter, chinese_date, em_width
from documents.title import break_title

# Empty line between a table and what follows.
_TABLE_GAP_PT = 8.0
# Part of the number's line that lies under its characters; the red line is drawn so much nearer.
_NUMBER_LINE_PT = 20.0
_NUMBER_FOOT_PT = 2.5
_IMPRINT_PT = 24.0
_RULE_LINE_PT = 2.0


def render_docx(document: Document) -> bytes:
    """The .docx file. The same document gives the same bytes."""
    body = _Body(document)
    xml = f"<w:document {NAMESPACES}><w:body>{body.compose()}</w:body></w:document>"
    pictures = {relation(number): photo.data for number, photo in enumerate(body.photos, start=1)}
    title = document.title.replace("\n", "")
    author = document.signature or document.organ
    return package(
        xml, margins(document), title=title, author=author, made_on=document.date, pictures=pictures
    )


class _Body:
    """Writes the document from top to bottom, turning the page where a table is too wide."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.parts: list[str] = []
        self.photos: list[Photo] = []
        self.landscape = document.layout == "plain" and any_wide(document.blocks)
        self.first_section = True
        # A paragraph must stand between a table and what follows; it also carries the section's end.
        self.after_table = False
        self.break_before = False

    def compose(self) -> str:
        document = self.document
        if document.layout == "letter":
            self._letter_number()
        elif document.organ:
            self._red_head()
        self._title(document.title, after=g.LINE_PT)
        if document.addressees:
            self._add(paragraph(run(f"{document.addressees}：")))
        closing = bool(document.signature or document.date)
        self._blocks(document.blocks, turn_each=document.layout != "plain", keep_last=closing)
        self._signing()
        for label, attachment in attachment_pages(document):
            self._attachment(label, attachment)
        self._imprint()
        if self.after_table:
            self.parts.append(gap(1))
        return "".join(self.parts) + self._section()

    # -- pages ------------------------------------------------------------------------------------------

    def _section(self) -> str:
        text = page_section(self.document, landscape=self.landscape, first=self.first_section)
        self.first_section = False
        return text

    def _turn(self, landscape: bool) -> bool:
        """Go on in the wanted direction; True when that began a new page."""
        if landscape == self.landscape:
            return False
        self.parts.append(gap(1, self._section()))
        self.after_table = False
        self.landscape = landscape
        return True

    def _add(self, xml: str) -> None:
        if self.after_table:
            self.parts.append(gap(_TABLE_GAP_PT))
            self.after_table = False
        self.parts.append(xml)

    def _page_break(self) -> bool:
        wanted, self.break_before = self.break_before, False
        return wanted

    # -- head -------------------------------------------------------------------------------------------

    def _red_head(self) -> None:
        document = self.document
        corner = run_format(g.FONT_HEADING1, g.BODY_PT)
        marks = [text for text in (document.secrecy, document.urgency) if text]
        for text in marks:
            self._add(paragraph(run(text, corner)))
        self._add(mark(document, before_mm=g.MARK_DROP - len(marks) * g.LINE_PT * g.PT_MM))
        border = rule("bottom", "single", g.RULE_PT, pt(g.RULE_DROP) - _NUMBER_FOOT_PT)
        content, jc = run(document.number), "center"
        if document.kind == "report" and document.signer:
            # 上行文: number one character in from the left, 签发人 one in from the right. By a space and a tab, for
            # an indent would shorten the red line, which is as wide as its paragraph.
            name = run(document.signer, run_format(g.FONT_HEADING2, g.BODY_PT, spacing_pt=g.SPACING_PT))
            content, jc = run("　") + content + "<w:r><w:tab/></w:r>" + run("签发人：") + name, "left"
        tab = twips(PORTRAIT.area_width) - em(1)
        size, _ = g.mark_size(em_width(document.organ))
        before = 2 * g.LINE_PT - pt(MARK_FOOT * size) - (_NUMBER_LINE_PT - g.BODY_PT) / 2
        self._add(
            paragraph(
                content, keep_next=True, before=before, line=_NUMBER_LINE_PT, borders=border, jc=jc, tab=tab
            )
        )

    def _letter_number(self) -> None:
        """Secrecy at the left, number at the right of the line under the first double rule."""
        document = self.document
        corner = run_format(g.FONT_HEADING1, g.BODY_PT)
        content = (
            run(document.secrecy or document.urgency, corner) + "<w:r><w:tab/></w:r>" + run(document.number)
        )
        tab = twips(PORTRAIT.area_width)
        self._add(
            paragraph(content, tab=tab, jc="left", before=g.LETTER_NUMBER_DROP_PT, line=_NUMBER_LINE_PT)
        )
        if document.secrecy and document.urgency:
            self._add(paragraph(run(document.urgency, corner)))

    def _title(self, title: str, *, after: float) -> None:
        if not title:
            return
        has_head = bool(self.document.organ)
        lines = "\n".join(break_title(title))
        before = 2 * g.LINE_PT if has_head else 0
        self._add(paragraph(run(lines), style="Title", before=before, after=after))

    # -- content ----------------------------------------------------------------------------------------

    def _blocks(self, blocks: Iterable[Block], *, turn_each: bool, keep_last: bool = False) -> None:
        """turn_each: a wide table gets its own turned page; otherwise all of it lies as it lies now."""
        counter = HeadingCounter()
        blocks = list(blocks)
        for index, block in enumerate(blocks):
            keep = keep_last and index == len(blocks) - 1
            if isinstance(block, Table):
                self._table(block, turn=turn_each)
                continue
            if turn_each and self._turn(False):
                self.break_before = False
            if isinstance(block, PageBreak):
                self.break_before = True
            elif isinstance(block, Heading):
                text = counter.number(block.level) + block.text
                self._add(paragraph(run(text), style=f"Heading{block.level}", page_break=self._page_break()))
            elif isinstance(block, Paragraph):
                self._paragraph(block, keep=keep)
            elif isinstance(block, Photos):
                self._pictures(block)

    def _paragraph(self, block: Paragraph, *, keep: bool) -> None:
        for line in block.text.split("\n"):
            style = "Body" if block.indent else ""
            # A signature never stands on a page without text.
            self._add(paragraph(run(line), style=style, keep_next=keep, page_break=self._page_break()))

    def _pictures(self, block: Photos) -> None:
        if not block.photos:
            return
        if self.break_before:
            self._add(paragraph(line=1, page_break=self._page_break()))
        self._add(photos_table(block, len(self.photos) + 1))
        self.photos += block.photos
        self.after_table = True

    def _table(self, block: Table, *, turn: bool) -> None:
        fit = fit_table(block)
        if turn:
            self.break_before = False if self._turn(fit.landscape) else self.break_before
        size = round(fit.size_pt * 2)
        if block.caption:
            self._add(paragraph(run(block.caption), style="Caption", before=4, page_break=self._page_break()))
        if block.unit_note:
            note = paragraph(run(block.unit_note), style=f"Table{size}", keep_next=True, jc="right")
            self._add(note)
        if self.break_before:
            self._add(paragraph(line=1, page_break=self._page_break()))
        self._add(table(block, fit))
        for index, note in enumerate(block.notes):
            lead = "注：" if index == 0 else ""
            left = em(2, fit.size_pt)
            hang = f'w:left="{left}" w:hanging="{left}"' if lead else f'w:left="{left}"'
            self.parts.append(paragraph(run(lead + note), style=f"Table{size}", jc="left", indent=hang))
        self.after_table = True

    # -- closing ----------------------------------------------------------------------------------------

    def _signing(self) -> None:
        """附件说明, 署名, 成文日期, 附注."""
        document = self.document
        names = attachment_names(document)
        # A plain sheet is signed as it lies; only an official page is turned upright for its signature.
        upright = document.layout != "plain"
        if upright and (document.signature or document.date or names) and self._turn(False):
            self.break_before = False
        closing = bool(document.signature or document.date)
        for index, (lead, name) in enumerate(names, start=1):
            self._add(_attachment_line(lead, name, index, len(names), keep=closing))
        day = chinese_date(document.date) if document.date else ""
        strip = g.signing_width(em_width(document.signature), em_width(day))
        page = LANDSCAPE if self.landscape else PORTRAIT
        indent = f'w:left="{max(0, twips(page.area_width) - em(strip))}"'
        before = 2 * g.LINE_PT
        for text in (document.signature, day):
            if text:
                keep = bool(document.note) or text != day
                line = paragraph(run(text), keep_next=keep, before=before, indent=indent, jc="center")
                self._add(line)
                before = 0
        if document.note:
            note = document.note.strip("（）()")
            self._add(paragraph(run(f"（{note}）"), style="Body"))

    def _attachment(self, label: str, attachment: Attachment) -> None:
        turned = self._turn(any_wide(attachment.blocks))
        corner = run_format(g.FONT_HEADING1, g.BODY_PT)
        self._add(paragraph(run(label, corner), page_break=not turned, keep_next=True, outline=True))
        # 7.3.7: the title on the third line of the type area.
        lines = "\n".join(break_title(attachment.title))
        self._add(paragraph(run(lines), style="Title", before=g.LINE_PT, after=g.LINE_PT))
        self._blocks(attachment.blocks, turn_each=False)

    def _imprint(self) -> None:
        """版记 at the foot of the last page."""
        rows = imprint_rows(self.document)
        if not rows:
            return
        self._turn(False)
        if self.after_table:
            self._add("")
        ruled = self.document.layout != "letter"
        self.parts.append(_imprint_box(rows, ruled=ruled))
        self.after_table = False


def _attachment_line(lead: str, name: str, index: int, count: int, *, keep: bool) -> str:
    number = 1.5 if count > 1 else 0.0
    left = em(5 + number)
    hanging = em(3 + number) if index == 1 else em(number)
    before = g.LINE_PT if index == 1 else 0
    indent = f'w:left="{left}" w:hanging="{hanging}"'
    return paragraph(run(lead + name), indent=indent, before=before, keep_next=keep)


def _imprint_box(rows: list[tuple[str, str]], *, ruled: bool) -> str:
    """The 版记 at the lower edge of the type area, whatever stands above it.

    A box on the page, because LibreOffice does not float a table of full width. It hangs on an empty line of its own
    height: where that line fits under the text the box fits too, else both go to the next page.
    """
    width, pad, hang = PORTRAIT.area_width, em(1, g.SMALL_PT), em(3, g.SMALL_PT)
    lines, parts = 0, []
    for index, (left, right) in enumerate(rows):
        if ruled:
            parts.append(_imprint_rule(g.IMPRINT_THIN if index else g.IMPRINT_THICK))
        # Copies hang behind 「抄送：」.
        indent = f'w:left="{pad}"' if right else f'w:left="{pad + hang}" w:right="{pad}" w:hanging="{hang}"'
        content = run(left) + (f"<w:r><w:tab/></w:r>{run(right)}" if right else "")
        tab = twips(width) - pad if right else 0
        parts.append(paragraph(content, style="Imprint", jc="left", indent=indent, tab=tab, line=_IMPRINT_PT))
        across = (twips(width) - 2 * pad - hang) / em(1, g.SMALL_PT)
        lines += 1 if right else ceil((em_width(left) - 3) / across)
    if ruled:
        parts.append(_imprint_rule(g.IMPRINT_THICK))
    height = lines * _IMPRINT_PT + (len(rows) + 1) * _RULE_LINE_PT
    box = text_box(
        ("margin", "<wp:align>left</wp:align>"),
        ("margin", "<wp:align>bottom</wp:align>"),
        (width, height * g.PT_MM),
        "".join(parts),
        ident=2,
        body='anchor="b"',
    )
    return paragraph(box, line=height)


def _imprint_rule(thickness_mm: float) -> str:
    border = f'<w:top w:val="single" w:sz="{round(pt(thickness_mm) * 8)}" w:space="0" w:color="000000"/>'
    return paragraph(borders=border, line=_RULE_LINE_PT)
