"""Photos in a .docx: a table without borders, two in a row, each over its caption."""

from __future__ import annotations

from documents import geometry as g
from documents.docx_xml import paragraph, run
from documents.geometry import photo_size, twips
from documents.model import Photo, Photos

_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_FREE = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
FIRST_IDENT = 100  # of drawings; boxes and heads have the lower numbers


def relation(number: int) -> str:
    """Relationship of the picture with this number (from 1)."""
    return f"photo{number}"


def photos_table(block: Photos, first: int) -> str:
    """The rows; pictures are numbered from `first` on. A row stays on one page."""
    width, rows = twips(g.PHOTO_CELL), []
    numbered = list(enumerate(block.photos, start=first))
    for start in range(0, len(numbered), g.PHOTOS_A_ROW):
        pair = numbered[start : start + g.PHOTOS_A_ROW]
        cells = "".join(_cell(number, photo, width) for number, photo in pair)
        cells += _empty(width) * (g.PHOTOS_A_ROW - len(pair))
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    grid = f'<w:gridCol w:w="{width}"/>' * g.PHOTOS_A_ROW
    padding = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width * g.PHOTOS_A_ROW}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _cell(number: int, photo: Photo, width: int) -> str:
    # An exact line would cut the picture off: its line is as high as it is.
    picture = f'<w:p><w:pPr>{_FREE}<w:jc w:val="center"/></w:pPr>{_drawing(number, photo)}</w:p>'
    caption = paragraph(
        run(photo.caption), style=f"Table{round(g.PHOTO_CAPTION_PT * 2)}", before=3, after=9,
        line=g.PHOTO_CAPTION_PT * g.TABLE_LEADING,
        indent=f'w:left="{twips(g.PHOTO_PAD)}" w:right="{twips(g.PHOTO_PAD)}"', jc="center",
    )  # fmt: skip
    return _tc(picture + caption, width)


def _empty(width: int) -> str:
    return _tc(paragraph(), width)


def _tc(content: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="bottom"/></w:tcPr>{content}</w:tc>'


def _drawing(number: int, photo: Photo) -> str:
    across, down = (round(side * 36000) for side in photo_size(photo.width, photo.height))
    name = f'id="{FIRST_IDENT + number}" name="photo{number}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
        f'<wp:docPr {name}/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic xmlns:pic="{_PICTURE}"><pic:nvPicPr>'
        f"<pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
        f'<a:blip r:embed="{relation(number)}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
