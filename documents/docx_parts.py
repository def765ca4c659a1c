"""The parts of a .docx that hold no text of the document: styles, settings, fonts, and the package itself.

Written by hand rather than from a library's template: nothing foreign (theme, thumbnail, author) gets into an
official file, and the same document gives the same bytes, so that an issued file's hash can be checked for ever.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from types import MappingProxyType
from xml.sax.saxutils import escape

from documents import geometry as g

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# The earliest time a zip entry can bear: the file does not say when it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)
LINE = round(g.LINE_PT * 20)
INDENT = round(2 * g.CHARACTER_PT * 20)


def fonts(name: str) -> str:
    return (
        f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"/>'
    )


def run_format(name: str, size_pt: float, *, extra: str = "", spacing_pt: float = 0, scale: float = 1) -> str:
    """Content of an rPr in schema order: fonts, extra (bold, colour), spacing, scale, size in half points."""
    spacing = f'<w:spacing w:val="{round(spacing_pt * 20)}"/>' if spacing_pt else ""
    narrow = f'<w:w w:val="{round(scale * 100)}"/>' if scale < 1 else ""
    size = round(size_pt * 2)
    return f'{fonts(name)}{extra}{spacing}{narrow}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


def _style(ident: str, name: str, ppr: str, rpr: str, *, following: str = "Body") -> str:
    """A paragraph style; Word knows its own (Title, headings) by their English names."""
    custom = "" if name.isascii() else ' w:customStyle="1"'
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{ident}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:next w:val="{following}"/><w:qFormat/>'
        f"<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def styles() -> str:
    """All styles: 正文, headings, title, head, table sizes. A clerk changes one style, not every paragraph."""
    exact = f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
    indent = f'<w:ind w:firstLineChars="200" w:firstLine="{INDENT}"/>'
    body = run_format(g.FONT_BODY, g.BODY_PT, spacing_pt=g.SPACING_PT)
    parts = [
        f"<w:docDefaults><w:rPrDefault><w:rPr>{body}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>",
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:snapToGrid w:val="0"/>{exact}<w:jc w:val="both"/></w:pPr><w:rPr>{body}</w:rPr></w:style>',
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>',
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>',
        _style("Body", "公文正文", indent, ""),
        _style("Title", "Title", '<w:jc w:val="center"/>', run_format(g.FONT_TITLE, g.TITLE_PT)),
        _style("Mark", "发文机关标志", '<w:jc w:val="center"/>', ""),
        _style("Imprint", "版记", "", run_format(g.FONT_BODY, g.SMALL_PT)),
        _style("PageNumber", "公文页码", "", run_format(g.FONT_SONG, g.SMALL_PT)),
        _style(
            "Caption",
            "表题",
            '<w:keepNext/><w:jc w:val="center"/>',
            run_format(g.FONT_HEADING1, g.CAPTION_PT),
        ),
    ]
    for level, font in enumerate(g.HEADING_FONTS, start=1):
        ppr = f'<w:keepNext/>{indent}<w:outlineLvl w:val="{level - 1}"/>'
        rpr = run_format(font, g.BODY_PT, spacing_pt=g.SPACING_PT)
        parts.append(_style(f"Heading{level}", f"heading {level}", ppr, rpr))
    for size in g.TABLE_SIZES_PT:
        line = round(size * g.TABLE_LEADING * 20)
        ppr = (
            f'<w:spacing w:before="0" w:after="0" w:line="{line}" w:lineRule="exact"/><w:jc w:val="center"/>'
        )
        ident = f"Table{round(size * 2)}"
        parts.append(_style(ident, f"表文{size:g}", ppr, run_format(g.FONT_BODY, size), following=ident))
    return f"{_HEAD}<w:styles {NAMESPACES}>{''.join(parts)}</w:styles>"


def settings() -> str:
    """Odd and even pages differ; punctuation is not squeezed; current Word, not compatibility mode."""
    return (
        f'{_HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
        '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def font_table() -> str:
    """The faces named, each with the one Windows has when the official one is not installed."""
    stand_ins = {g.FONT_BODY: "仿宋", g.FONT_HEADING2: "楷体", g.FONT_TITLE: "宋体"}
    rows = "".join(
        f'<w:font w:name="{name}">'
        + (f'<w:altName w:val="{stand_ins[name]}"/>' if name in stand_ins else "")
        + '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name in (g.FONT_BODY, g.FONT_TITLE, g.FONT_HEADING1, g.FONT_HEADING2, g.FONT_SONG)
    )
    return f"{_HEAD}<w:fonts {NAMESPACES}>{rows}</w:fonts>"


def core(title: str, author: str, made_on: date | None) -> str:
    """Properties: title, issuing organ, and the document's own date (none for a draft without one)."""
    stamp = f"{made_on.isoformat()}T00:00:00Z" if made_on else ""
    created = (
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>'
        if stamp
        else ""
    )
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        f"<dc:language>zh-CN</dc:language>{created}</cp:coreProperties>"
    )


def package(
    body: str,
    margins: Mapping[str, str],
    *,
    title: str,
    author: str,
    made_on: date | None,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """The zip. `margins`: relationship id → header or footer XML; an id beginning with h is a header.
    `pictures`: relationship id → JPEG."""
    types, rels, files = [], [], {}
    stored = {f"word/media/{ident}.jpeg": data for ident, data in pictures.items()}
    rels += [(ident, f"{R}/image", f"media/{ident}.jpeg") for ident in pictures]
    for ident, xml in margins.items():
        kind = "header" if ident.startswith("h") else "footer"
        files[f"word/{ident}.xml"] = f"{_HEAD}{xml}"
        types.append((f"/word/{ident}.xml", f"{_MAIN}.{kind}+xml"))
        rels.append((ident, f"{R}/{kind}", f"{ident}.xml"))
    for name in ("styles", "settings", "fontTable"):
        types.append((f"/word/{name}.xml", f"{_MAIN}.{name}+xml"))
        rels.append((name, f"{R}/{name}", f"{name}.xml"))
    types.append(("/word/document.xml", f"{_MAIN}.document.main+xml"))
    types.append(("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    root = [
        ("rId1", f"{R}/officeDocument", "word/document.xml"),
        ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    ]
    files |= {
        "[Content_Types].xml": _types_xml(types),
        "_rels/.rels": _rels_xml(root),
        "docProps/core.xml": core(title, author, made_on),
        "word/document.xml": f"{_HEAD}{body}",
        "word/_rels/document.xml.rels": _rels_xml(rels),
        "word/styles.xml": styles(),
        "word/settings.xml": settings(),
        "word/fontTable.xml": font_table(),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted([*files, *stored]):
            entry = zipfile.ZipInfo(name, _EPOCH)
            packed = name not in stored  # a JPEG gets no smaller
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(entry, files[name].encode() if packed else stored[name])
    return out.getvalue()


def _types_xml(types: list[tuple[str, str]]) -> str:
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in types)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )


def _rels_xml(rels: list[tuple[str, str, str]]) -> str:
    rows = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{target}"/>' for i, kind, target in rels)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
