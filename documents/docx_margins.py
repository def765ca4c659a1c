"""Headers and footers of the .docx: page numbers, the draft mark, the red rules of a letter."""

from __future__ import annotations

from documents import geometry as g
from documents.docx_parts import NAMESPACES, run_format
from documents.docx_xml import em, paragraph, run, section, text_box
from documents.geometry import LANDSCAPE, PORTRAIT, pt, twips
from documents.model import Document
from documents.text import em_width

_NUMBER = run_format(g.FONT_SONG, g.SMALL_PT)
# The footer's line is centred on the dashes, whose top is 7 mm below the type area.
_FOOTER = PORTRAIT.bottom - g.PAGE_NUMBER_DROP - g.SMALL_PT * g.PT_MM / 2
_HEADER = 20.0
_DRAFT_HEADER = 15.0
_DRAFT_PT = 20.0
# The ink of a character begins so much of its size below the top of a line 1.2 times the size.
MARK_LEADING = 1.2
MARK_INK = 0.1
MARK_FOOT = 0.15  # and ends so much above its bottom


def mark(
    document: Document, *, before_mm: float, keep_next: bool = True, borders: str = "", indent: str = ""
) -> str:
    """The red head as a paragraph whose ink begins `before_mm` below the place where the paragraph stands."""
    size, scale = g.mark_size(em_width(document.organ))
    rpr = run_format(g.FONT_TITLE, pt(size), extra=f'<w:color w:val="{g.RED}"/>', scale=scale)
    before = max(0.0, pt(before_mm - MARK_INK * size))
    return paragraph(
        run(document.organ, rpr),
        style="Mark",
        keep_next=keep_next,
        before=before,
        line=pt(size) * MARK_LEADING,
        borders=borders,
        indent=indent,
    )


def rule(side: str, kind: str, size_pt: float, space_pt: float) -> str:
    """A red paragraph border."""
    return f'<w:{side} w:val="{kind}" w:sz="{round(size_pt * 8)}" w:space="{round(space_pt)}" w:color="{g.RED}"/>'


def margins(document: Document) -> dict[str, str]:
    """Relationship id → XML. Ids beginning with h are headers."""
    draft = _draft_line() if document.is_draft else paragraph(line=1)
    # One footer distance serves all pages of a section: a letter's is that of the rule on its first page.
    after = pt(_FOOTER - g.LETTER_RULE_BOTTOM) if document.layout == "letter" else 0.0
    parts = {
        "h1": _part("hdr", draft),
        "h2": _part("hdr", _turned_number(odd=True) + draft),
        "h3": _part("hdr", _turned_number(odd=False) + draft),
        "f1": _part("ftr", _number_line("right", f'w:right="{em(1, g.SMALL_PT)}"', after)),
        "f2": _part("ftr", _number_line("left", f'w:left="{em(1, g.SMALL_PT)}"', after)),
        "f3": _part("ftr", paragraph(line=1)),
    }
    if document.layout == "letter":
        parts |= {"h4": _part("hdr", _letter_head(document)), "f4": _part("ftr", _letter_foot())}
    return parts


def page_section(document: Document, *, landscape: bool, first: bool) -> str:
    """The sectPr of upright or turned pages. A letter's first page has its own head and no number."""
    if landscape:
        references = _references(("header", "default", "h2"), ("header", "even", "h3"))
        references += _references(("footer", "default", "f3"), ("footer", "even", "f3"))
        return section(LANDSCAPE, references, header=10, footer=10)
    letter = first and document.layout == "letter"
    references = _references(("header", "default", "h1"), ("header", "even", "h1"))
    references += _references(("footer", "default", "f1"), ("footer", "even", "f2"))
    if not letter:
        return section(PORTRAIT, references, header=_HEADER, footer=_FOOTER)
    references += _references(("header", "first", "h4"), ("footer", "first", "f4"))
    return section(
        PORTRAIT, references, header=_letter_header(document), footer=g.LETTER_RULE_BOTTOM, title_page=True
    )


def _part(tag: str, content: str) -> str:
    return f"<w:{tag} {NAMESPACES}>{content}</w:{tag}>"


def _references(*wanted: tuple[str, str, str]) -> str:
    return "".join(f'<w:{kind}Reference w:type="{when}" r:id="{ident}"/>' for kind, when, ident in wanted)


def _page_field() -> str:
    """— 1 — with the number as a field."""

    def part(content: str) -> str:
        return f"<w:r><w:rPr>{_NUMBER}</w:rPr>{content}</w:r>"

    return (
        run("— ", _NUMBER)
        + part('<w:fldChar w:fldCharType="begin"/>')
        + part('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + part('<w:fldChar w:fldCharType="separate"/>')
        + part("<w:t>1</w:t>")
        + part('<w:fldChar w:fldCharType="end"/>')
        + run(" —", _NUMBER)
    )


def _number_line(jc: str, indent: str, after: float) -> str:
    return paragraph(_page_field(), style="PageNumber", line=g.SMALL_PT, jc=jc, indent=indent, after=after)


def _draft_line() -> str:
    return paragraph(run("草稿", run_format(g.FONT_HEADING1, g.BODY_PT)), jc="right", line=_DRAFT_PT)


def _turned_number(*, odd: bool) -> str:
    """The number of a turned page where the upright page has it: 7 mm outside the left edge, reading sideways.

    A text box, because a footer lies along the wrong edge.
    """
    length, height = 24.0, 8.0
    left = LANDSCAPE.left - g.PAGE_NUMBER_DROP - height / 2
    in_from_edge = g.SMALL_PT * g.PT_MM
    lowest = LANDSCAPE.height - LANDSCAPE.bottom - in_from_edge - length
    top = lowest if odd else LANDSCAPE.top + in_from_edge
    line = paragraph(_page_field(), style="PageNumber", line=g.SMALL_PT, jc="right" if odd else "left")
    box = text_box(
        _offset(left), _offset(top), (height, length), line, ident=1, body='vert="vert" anchor="ctr"'
    )
    return paragraph(box, line=1)


def _offset(mm: float) -> tuple[str, str]:
    """A place in mm from the page's edge."""
    return "page", f"<wp:posOffset>{round(mm * 36000)}</wp:posOffset>"


def _letter_indent() -> str:
    """From the type area out to a line of 170 mm in the middle of the page."""
    side = (PORTRAIT.width - g.LETTER_RULE_WIDTH) / 2
    return f'w:left="{-twips(PORTRAIT.left - side)}" w:right="{-twips(PORTRAIT.right - side)}"'


def _letter_head(document: Document) -> str:
    """The head 30 mm from the page top and the double rule 4 mm below it, thick above thin."""
    size, _ = g.mark_size(em_width(document.organ))
    below = max(0.0, g.LETTER_RULE_DROP - MARK_FOOT * size)
    lead = _draft_line() if document.is_draft else ""
    # From the header's place down to the head; the draft mark stands in between and does not move it.
    before = g.LETTER_MARK_TOP - _letter_header(document) - (_DRAFT_PT * g.PT_MM if lead else 0)
    thick = rule("bottom", "single", g.LETTER_THICK_PT, pt(below))
    thin = paragraph(
        line=g.LETTER_GAP_PT, borders=rule("bottom", "single", g.LETTER_THIN_PT, 0), indent=_letter_indent()
    )
    return (
        lead
        + mark(document, before_mm=before, keep_next=False, borders=thick, indent=_letter_indent())
        + thin
    )


def _letter_header(document: Document) -> float:
    """Where the header begins, mm from the page top: at the head's line, or higher for the draft mark."""
    size, _ = g.mark_size(em_width(document.organ))
    return _DRAFT_HEADER if document.is_draft else g.LETTER_MARK_TOP - MARK_INK * size


def _letter_foot() -> str:
    """The double rule 20 mm from the page bottom, thin above thick.

    Two paragraphs with one rule each: programs disagree which line of a ready-made double border is the upper.
    """
    indent = _letter_indent()
    thin = paragraph(line=g.LETTER_GAP_PT, borders=rule("top", "single", g.LETTER_THIN_PT, 0), indent=indent)
    return thin + paragraph(line=1, borders=rule("top", "single", g.LETTER_THICK_PT, 0), indent=indent)
