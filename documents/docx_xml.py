"""Paragraphs, tables and sections of WordprocessingML as text: 500 rows cost milliseconds, not seconds."""

from __future__ import annotations

from xml.sax.saxutils import escape

from documents import geometry as g
from documents.docx_parts import LINE, run_format
from documents.fit import Fit, group_spans
from documents.geometry import Page, twips
from documents.layout import justify
from documents.model import Column, Table

_BORDER = '<w:{0} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
_ALL = ("top", "left", "bottom", "right", "insideH", "insideV")


def run(text: str, rpr: str = "") -> str:
    """A run; line breaks become <w:br/>. Text is always text: no field can come out of it."""
    body = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n"))
    return f"<w:r>{f'<w:rPr>{rpr}</w:rPr>' if rpr else ''}{body}</w:r>"


def paragraph(
    content: str = "",
    *,
    style: str = "",
    keep_next: bool = False,
    page_break: bool = False,
    borders: str = "",
    tab: int = 0,
    before: float = 0,
    after: float = 0,
    line: float = 0,
    indent: str = "",
    jc: str = "",
    outline: bool = False,
    section: str = "",
) -> str:
    """One paragraph. before, after, line in points (line exact); tab: a right tab in twips."""
    ppr = f'<w:pStyle w:val="{style}"/>' if style else ""
    ppr += "<w:keepNext/>" * keep_next + "<w:pageBreakBefore/>" * page_break
    ppr += f"<w:pBdr>{borders}</w:pBdr>" if borders else ""
    ppr += f'<w:tabs><w:tab w:val="right" w:pos="{tab}"/></w:tabs>' if tab else ""
    if before or after or line:
        exact = round(line * 20) if line else LINE
        ppr += f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"'
        ppr += f' w:line="{exact}" w:lineRule="exact"/>'
    ppr += f"<w:ind {indent}/>" if indent else ""
    ppr += f'<w:jc w:val="{jc}"/>' if jc else ""
    ppr += '<w:outlineLvl w:val="0"/>' if outline else ""
    ppr += section
    return f"<w:p><w:pPr>{ppr}</w:pPr>{content}</w:p>"


def gap(height_pt: float, section: str = "") -> str:
    """An empty line of so many points, e.g. after a table; may end a section."""
    tiny = '<w:rPr><w:sz w:val="2"/></w:rPr>'
    return paragraph(line=height_pt, section=tiny + section)


def em(count: float, size_pt: float = g.CHARACTER_PT) -> int:
    """So many characters in twips."""
    return round(count * size_pt * 20)


def table(block: Table, fit: Fit) -> str:
    """The table with its heading rows repeated on each page and no row split across pages."""
    style = f"Table{round(fit.size_pt * 2)}"
    widths = [twips(width) for width in fit.widths]
    cells = _Cells(style, widths)
    rows = cells.heading_rows(block)
    last = len(block.rows) - 1
    for index, row in enumerate(block.rows):
        # The heading keeps two rows with it, the total its last row: neither stands alone on a page.
        keep = index < 2 or (index == last and block.total is not None)
        rows.append(cells.row(block, block.texts(row), bold=index in block.strong, keep=keep and last > 0))
    if block.total is not None:
        rows.append(cells.row(block, block.total_texts(), bold=True, keep=False))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    padding = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{''.join(_BORDER.format(side) for side in _ALL)}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


class _Cells:
    """Rows of one table."""

    def __init__(self, style: str, widths: list[int]) -> None:
        self.style = style
        self.widths = widths
        self.bold = "<w:b/>"
        self.heading = run_format(g.FONT_HEADING1, int(style.removeprefix("Table")) / 2)

    def cell(
        self, text: str, width: int, *, rpr: str = "", jc: str = "", keep: bool = False, extra: str = ""
    ) -> str:
        content = paragraph(run(text, rpr), style=self.style, keep_next=keep, jc=jc)
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{extra}<w:vAlign w:val="center"/></w:tcPr>'
            f"{content}</w:tc>"
        )

    def row(self, block: Table, texts: list[str], *, bold: bool, keep: bool) -> str:
        rpr = self.bold if bold else ""
        cells = "".join(
            self.cell(text, width, rpr=rpr, jc=justify(column, text), keep=keep)
            for text, width, column in zip(texts, self.widths, block.columns, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"

    def heading_rows(self, block: Table) -> list[str]:
        """One row of headings, or two when columns are grouped."""
        start = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
        if not block.has_groups:
            return [start + "".join(self._head(c.heading, w) for c, w in self._pairs(block)) + "</w:tr>"]
        top, below = [], []
        for first, after, group in group_spans(block):
            width = sum(self.widths[first:after])
            if group:
                top.append(self._head(group, width, f'<w:gridSpan w:val="{after - first}"/>'))
                below += [self._head(c.heading, w) for c, w in self._pairs(block)[first:after]]
            else:
                top.append(self._head(block.columns[first].heading, width, '<w:vMerge w:val="restart"/>'))
                below.append(self._head("", width, "<w:vMerge/>"))
        return [f"{start}{''.join(cells)}</w:tr>" for cells in (top, below)]

    def _head(self, text: str, width: int, extra: str = "") -> str:
        return self.cell(text, width, rpr=self.heading, keep=True, extra=extra)

    def _pairs(self, block: Table) -> list[tuple[Column, int]]:
        return list(zip(block.columns, self.widths, strict=True))


def section(page: Page, references: str, *, header: float, footer: float, title_page: bool = False) -> str:
    """A sectPr. header and footer: mm from the page's edges."""
    side = ' w:orient="landscape"' if page.width > page.height else ""
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{twips(page.width)}" w:h="{twips(page.height)}"{side}/>'
        f'<w:pgMar w:top="{twips(page.top)}" w:right="{twips(page.right)}" w:bottom="{twips(page.bottom)}" '
        f'w:left="{twips(page.left)}" w:header="{twips(header)}" w:footer="{twips(footer)}" w:gutter="0"/>'
        f"{'<w:titlePg/>' if title_page else ''}</w:sectPr>"
    )


def text_box(
    across: tuple[str, str],
    down: tuple[str, str],
    size_mm: tuple[float, float],
    content: str,
    *,
    ident: int,
    body: str = "",
) -> str:
    """A borderless box standing free of the text. across, down: what it is placed by, and where (align or offset)."""
    size = f'cx="{round(size_mm[0] * 36000)}" cy="{round(size_mm[1] * 36000)}"'
    place = "".join(
        f'<wp:position{axis} relativeFrom="{by}">{where}</wp:position{axis}>'
        for axis, (by, where) in (("H", across), ("V", down))
    )
    shape = (
        f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>"
        f'<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" {body}><a:noAutofit/></wps:bodyPr></wps:wsp>'
    )
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" '
        'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'{place}<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{ident}" name="box{ident}"/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"{shape}</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback/>"
        "</mc:AlternateContent></w:r>"
    )
