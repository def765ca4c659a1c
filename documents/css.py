"""Style sheets of the html and pdf renderers, made from the table of measures.

`screen_css()` is kept in `static/portal/document.css` (a test compares); `print_css(document)` goes into the PDF.
Both share `_rules`, so that the preview and the printed page cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable

from documents import geometry as g
from documents.geometry import LANDSCAPE, PORTRAIT, PT_MM, Page
from documents.html import MARK_CLASSES, mark_class, table_fits
from documents.layout import imprint_rows
from documents.model import Document

Unit = Callable[[float], str]
_LINE = g.LINE_PT * PT_MM
_BODY = g.BODY_PT * PT_MM
_SMALL = g.SMALL_PT * PT_MM
# 方正小标宋 is heavy by itself and must not be thickened; the open face that stands in for it has a bold.
_HEAVY = "font-weight: 700;"


def _stack(name: str) -> str:
    faces = ", ".join(f'"{face}"' for face in g.STACKS[name])
    return f"{faces}, {'sans-serif' if name == g.FONT_HEADING1 else 'serif'}"


def _screen_unit(mm: float) -> str:
    return f"calc({mm:.2f} * var(--mm))"


def _print_unit(mm: float) -> str:
    return f"{mm:.3f}mm"


def _mark_rules(u: Unit, counts: range | list[int]) -> list[str]:
    """One size for each length of the red head: as large as fits on one line, narrowed when long."""
    rules = []
    for count in counts:
        size, scale = g.mark_size(count)
        rules.append(f".is-flow .jo-mark.is-n{count} {{ font-size: {u(size)}; line-height: {u(size)}; }}")
        if scale < 1:
            rules.append(f".is-flow .jo-mark.is-n{count} span {{ transform: scaleX({scale:.3f}); }}")
    return rules


def _rules(u: Unit) -> list[str]:
    title, bold = _stack(g.FONT_TITLE), _stack(g.FONT_HEADING1)
    number_gap = 2 * _LINE + (_LINE - _BODY) / 2
    return [
        f".is-flow {{ font-family: {_stack(g.FONT_BODY)}; font-size: {u(_BODY)}; line-height: {u(_LINE)};"
        f" letter-spacing: {u(g.SPACING_PT * PT_MM)}; }}",
        ".is-flow p { margin: 0; text-indent: 2em; text-align: justify; overflow-wrap: anywhere;"
        " orphans: 1; widows: 1; }",
        ".is-flow .jo-to, .is-flow .jo-cont, .is-flow .jo-annex { text-indent: 0; }",
        f".is-flow p.jo-l1, .is-flow .jo-annex, .is-flow .jo-corner {{ font-family: {bold}; }}",
        f".is-flow p.jo-l2, .is-flow .jo-no b {{ font-family: {_stack(g.FONT_HEADING2)}; font-weight: 400; }}",
        ".is-flow .jo-l1, .is-flow .jo-l2, .is-flow .jo-l3, .is-flow .jo-l4 { break-after: avoid; }",
        # The ink of a character begins about 4 % of its size below the top of its own line.
        f".is-flow .jo-mark {{ margin: {u(g.MARK_DROP - 0.6)} {u(-60)} 0; color: #{g.RED.lower()};"
        f" font-family: {title}; {_HEAVY} letter-spacing: 0; text-align: center; white-space: nowrap; }}",
        ".is-flow .jo-mark span { display: inline-block; }",
        f".is-flow .jo-corner {{ height: {u(2 * _LINE)}; margin-bottom: {u(-2 * _LINE)};"
        " white-space: nowrap; }",
        f".is-flow .jo-no {{ margin-top: {u(number_gap)}; padding-bottom: {u(g.RULE_DROP - 0.4)};"
        f" min-height: {u(_BODY)};"
        f" border-bottom: {u(g.RULE_PT * PT_MM)} solid #{g.RED.lower()}; line-height: {u(_BODY)};"
        f" text-align: center; }}",
        ".is-flow .jo-no.is-upward { display: flex; justify-content: space-between; padding-left: 1em;"
        " padding-right: 1em; white-space: nowrap; }",
        f".is-flow .jo-title {{ margin: {u(2 * _LINE)} 0 {u(_LINE)}; color: #000; font-family: {title};"
        f" font-size: {u(g.TITLE_PT * PT_MM)}; {_HEAVY} letter-spacing: 0; line-height: {u(_LINE)};"
        " text-align: center; break-after: avoid; }",
        f".is-flow .jo-title.is-annex, .is-flow > .jo-title:first-child {{ margin-top: {u(_LINE)}; }}",
        ".is-flow p.jo-list { padding-left: 5em; text-indent: 0; } .is-flow p.jo-list.is-many { padding-left: 6.5em; }",
        ".is-flow .jo-list.is-first { margin-top: " + u(_LINE) + "; }",
        ".is-flow .jo-list span { display: inline-block; width: 1.5em; margin-left: -1.5em; }",
        ".is-flow .jo-list.is-first span { width: 3em; margin-left: -3em; }",
        ".is-flow .jo-list.is-first.is-many span { width: 4.5em; margin-left: -4.5em; }",
        # The date four characters in, the signature centred over it; a very long one shifts both.
        f".is-flow .jo-signing {{ margin-top: {u(2 * _LINE)}; padding-right: 4em; text-align: right;"
        " break-inside: avoid; break-before: avoid; } .is-flow .jo-note { break-before: avoid; }",
        ".is-flow .jo-signing > div { display: inline-block; text-align: center; }",
        ".is-flow .jo-signing p.jo-sign-off, .is-flow .jo-signing p.jo-date { margin: 0; padding: 0; text-indent: 0;"
        " text-align: center; white-space: nowrap; }",
        ".is-flow .jo-signing p.jo-sign-off { margin: 0 -20em; } .is-flow .jo-signing.is-long { padding-right: 0; }"
        " .is-flow .jo-signing.is-long p.jo-sign-off { margin: 0; }",
        *_table_rules(u, bold),
        *_photo_rules(u),
        *_imprint_rules(u),
        *_letter_rules(u),
    ]


def _table_rules(u: Unit, bold: str) -> list[str]:
    sizes = [
        f".is-flow .jo-dtable.is-s{round(size * 2)} {{ font-size: {u(size * PT_MM)};"
        f" line-height: {u(size * PT_MM * (g.TABLE_LEADING - 0.15))}; }}"
        for size in g.TABLE_SIZES_PT
    ]
    return [
        f".is-flow .jo-dtable {{ width: 100%; margin: {u(1.5)} 0 {u(2.5)}; border-collapse: collapse;"
        " letter-spacing: 0; table-layout: fixed; }",
        *sizes,
        f".is-flow .jo-dtable caption {{ padding: 0 0 {u(0.6)}; text-align: center; caption-side: top; }}",
        f".is-flow .jo-dtable caption b {{ display: block; font-family: {bold}; font-size: {u(g.CAPTION_PT * PT_MM)};"
        f" font-weight: 400; line-height: {u(g.CAPTION_PT * PT_MM * 1.5)}; }}",
        f".is-flow .jo-dtable caption span {{ display: block; font-family: {_stack(g.FONT_BODY)};"
        f" font-size: {u(g.TABLE_SIZES_PT[1] * PT_MM)}; text-align: right; }}",
        f".is-flow .jo-dtable th, .is-flow .jo-dtable td {{ padding: {u(0.25)} {u(0.9)}; border: {u(0.18)} solid #000;"
        " font-weight: 400; text-align: center; vertical-align: middle; white-space: normal;"
        " overflow-wrap: anywhere; }",
        f".is-flow .jo-dtable thead th {{ font-family: {bold}; }}",
        ".is-flow .jo-dtable td.is-left { text-align: left; }",
        ".is-flow .jo-dtable td.is-right { text-align: right; }",
        ".is-flow .jo-dtable .is-sum td { font-weight: 700; } .is-flow .jo-dtable tr { break-inside: avoid; }",
        f".is-flow p.jo-tnote {{ font-size: {u(g.TABLE_SIZES_PT[2] * PT_MM)}; line-height: {u(5)}; letter-spacing: 0;"
        " padding-left: 2em; text-indent: -2em; }",
        f".is-flow .jo-draft {{ position: absolute; top: {u(20)}; right: {u(PORTRAIT.right)}; font-family: {bold};"
        f" line-height: {u(_LINE)}; white-space: nowrap; }}",
    ]


def _photo_rules(u: Unit) -> list[str]:
    size = g.PHOTO_CAPTION_PT * PT_MM
    return [
        f".is-flow .jo-photos {{ display: flex; margin: 0 0 {u(3)}; align-items: flex-end; break-inside: avoid; }}",
        f".is-flow .jo-photos figure {{ box-sizing: border-box; width: {u(g.PHOTO_CELL)}; margin: 0;"
        f" padding: 0 {u(g.PHOTO_PAD)}; text-align: center; }}",
        f".is-flow .jo-photos img {{ width: auto; height: auto; max-width: {u(g.PHOTO_WIDTH)};"
        f" max-height: {u(g.PHOTO_HEIGHT)}; vertical-align: bottom; }}",
        f".is-flow .jo-photos figcaption {{ margin-top: {u(1)}; font-size: {u(size)};"
        f" line-height: {u(size * g.TABLE_LEADING)}; letter-spacing: 0; overflow-wrap: anywhere; }}",
    ]


def _imprint_rules(u: Unit) -> list[str]:
    thick, thin = u(g.IMPRINT_THICK), u(g.IMPRINT_THIN)
    return [
        f".is-flow .jo-end {{ border: solid #000; border-width: {thick} 0; font-size: {u(_SMALL)};"
        f" letter-spacing: 0; line-height: {u(8)}; }}",
        f".is-flow .jo-end.is-plain {{ border-width: 0; }} .is-flow .jo-copies + .jo-end-2 {{ border-top: {thin} solid"
        " #000; }",
        ".is-flow .jo-end > .jo-copies { padding: 0 1em 0 4em; text-indent: -3em; text-align: left; }",
        ".is-flow .jo-end > .jo-end-2 { display: flex; justify-content: space-between; padding: 0 1em; }",
        ".is-flow .jo-end-2:first-child { border-top: 0; }",
    ]


def _letter_rules(u: Unit) -> list[str]:
    red = f"#{g.RED.lower()}"
    thick, thin, gap = (u(size * PT_MM) for size in (g.LETTER_THICK_PT, g.LETTER_THIN_PT, g.LETTER_GAP_PT))
    side = (PORTRAIT.width - g.LETTER_RULE_WIDTH) / 2
    foot = PORTRAIT.height - g.LETTER_RULE_BOTTOM
    height = (g.LETTER_THICK_PT + g.LETTER_GAP_PT + g.LETTER_THIN_PT) * PT_MM
    drop = g.LETTER_NUMBER_DROP_PT * PT_MM
    return [
        f".is-flow.is-letter .jo-mark {{ margin-top: {u(g.LETTER_MARK_TOP - PORTRAIT.top - 0.6)}; }}",
        f".is-flow .jo-rules {{ box-sizing: border-box; height: {u(height)}; border: solid {red};"
        f" border-width: {thick} 0 {thin}; padding: {gap} 0 0;"
        f" margin: {u(g.LETTER_RULE_DROP - 0.6)} {u(side - PORTRAIT.right)} 0 {u(side - PORTRAIT.left)}; }}",
        f".is-flow .jo-rules.is-foot {{ position: absolute; top: {u(foot - height)}; left: {u(side)};"
        f" width: {u(g.LETTER_RULE_WIDTH)}; margin: 0; border-width: {thin} 0 {thick}; }}",
        f".is-flow.is-letter .jo-no {{ margin-top: {u(drop)}; padding: 0; border: 0; text-align: right; }}",
        f".is-flow.is-letter .jo-corner {{ position: absolute; margin: {u(drop - 2.2)} 0 0; height: auto;"
        f" line-height: {u(_LINE)}; }}",
    ]


def screen_css() -> str:
    """For the preview beside the work page, after outside.css (whose `--mm` is the scale)."""
    u = _screen_unit
    wide = LANDSCAPE
    sheet = [
        "/* Made by documents/css.py; do not edit. */",
        f".jo-sheet.is-flow {{ height: auto; min-height: {u(PORTRAIT.height)};"
        f" padding-bottom: {u(PORTRAIT.bottom + 34)}; overflow: visible; overflow-x: clip; }}",
        f".jo-sheet.is-flow.is-wide {{ width: {u(wide.width)}; min-height: {u(wide.height)};"
        f" padding: {u(wide.top)} {u(wide.right)} {u(wide.bottom)} {u(wide.left)}; }}",
        ".jo-desk:has(.is-wide) { overflow-x: auto; justify-items: start; }",
        f".is-flow .jo-end {{ position: absolute; right: {u(PORTRAIT.right)}; bottom: {u(PORTRAIT.bottom)};"
        f" left: {u(PORTRAIT.left)}; }}",
    ]
    # The sheet is as long as its text, so the lower rule of a letter goes by its foot.
    thin = ".is-flow .jo-mark, .is-flow .jo-title { font-synthesis: none; }"
    foot = f".is-flow .jo-rules.is-foot {{ top: auto; bottom: {u(g.LETTER_RULE_BOTTOM)}; }}"
    columns = [f".jo-w{share} {{ width: {share}%; }}" for share in range(1, 101)]
    rules = sheet + _rules(u) + [thin, foot] + _mark_rules(u, MARK_CLASSES) + columns + _browser_print()
    return "\n".join(rules) + "\n"


def _browser_print() -> list[str]:
    """Printed from the browser the text still keeps to the type area of every page; page numbers need the PDF."""
    return [
        f"@page gongwen {{ {_page(PORTRAIT)} }}",
        f"@page gongwen-wide {{ {_page(LANDSCAPE)} }}",
        "@media print {",
        "  .jo-sheet.is-flow { page: gongwen; width: auto; min-height: 0; padding: 0; }",
        "  .jo-sheet.is-flow.is-wide { page: gongwen-wide; width: auto; min-height: 0; padding: 0; }",
        "  .is-flow .jo-end { position: static; margin-top: 20mm; }",
        "  .is-flow .jo-draft { top: -12mm; right: 0; }",
        "  .is-flow .jo-rules.is-foot { display: none; }",
        "  .jo-desk:has(.is-wide) { overflow: visible; }",
        "}",
    ]


def print_css(document: Document) -> str:
    """For the PDF: pages, page numbers at the outer edge, 版记 at the foot of the last page, column widths."""
    u = _print_unit
    rules = [
        *_page_rules(document),
        "html, body { margin: 0; }",
        ".jo-sheet { color: #000; page: upright; } .jo-sheet.is-wide { page: turned; }",
        ".jo-sheet + .jo-sheet { break-before: page; }",
        *_rules(u),
        *_mark_rules(u, [int(mark_class(document).removeprefix("is-n"))]),
        ".jo-draft { display: none; }",  # it stands in the margin of every page instead
        # On screen the foot rule is placed from the sheet's corner, here from the type area's.
        f".is-flow .jo-rules.is-foot {{ top: {u(_foot_top())}; left: {u(_foot_left())}; }}",
    ]
    for number, fit in table_fits(document):
        for index, width in enumerate(fit.widths, start=1):
            rules.append(f".jo-t{number} col:nth-child({index}) {{ width: {u(width)}; }}")
    if imprint_rows(document):
        rules += [
            ".is-flow .jo-end { float: footnote; } .jo-end::footnote-call { content: ''; }",
            ".jo-end::footnote-marker { content: ''; }",
        ]
    return "\n".join(rules)


def _foot_top() -> float:
    height = (g.LETTER_THICK_PT + g.LETTER_GAP_PT + g.LETTER_THIN_PT) * PT_MM
    return PORTRAIT.height - g.LETTER_RULE_BOTTOM - height - PORTRAIT.top


def _foot_left() -> float:
    return (PORTRAIT.width - g.LETTER_RULE_WIDTH) / 2 - PORTRAIT.left


def _page_rules(document: Document) -> list[str]:
    font = f"font-family: {_stack(g.FONT_SONG)}; font-size: {g.SMALL_PT}pt; line-height: {g.SMALL_PT}pt"
    number = f'content: "— " counter(page) " —"; {font}; vertical-align: top'
    # The line is centred on the dashes.
    drop = f"padding-top: {g.PAGE_NUMBER_DROP - _SMALL / 2:.3f}mm"
    # A turned page has it where the upright page has it, so it reads sideways, 7 mm outside the left edge.
    centre = LANDSCAPE.left - g.PAGE_NUMBER_DROP
    length = 24.0
    sideways = (
        f"{number}; box-sizing: border-box; width: {2 * centre}mm; height: {length}mm; text-align: center;"
        f" margin-right: {LANDSCAPE.left - 2 * centre}mm; padding-top: {length / 2 - _SMALL / 2:.3f}mm;"
        f" transform: rotate(90deg); transform-origin: {centre}mm {length / 2}mm"
    )
    draft = f'@top-right {{ content: "草稿"; {_draft_place()} }}' if document.is_draft else ""
    rules = [
        "@page { @footnote { margin: 0; padding: 0; } }",
        f"@page upright {{ {_page(PORTRAIT)} {draft} }}",
        f"@page turned {{ {_page(LANDSCAPE)} {draft} }}",
        f"@page upright:right {{ @bottom-right {{ {number}; {drop}; padding-right: {_SMALL:.3f}mm; }} }}",
        f"@page upright:left {{ @bottom-left {{ {number}; {drop}; padding-left: {_SMALL:.3f}mm; }} }}",
        f"@page turned:right {{ @left-bottom {{ {sideways}; }} }}",
        f"@page turned:left {{ @left-top {{ {sideways}; }} }}",
    ]
    if document.layout == "letter":
        rules.append("@page upright:first { @bottom-right { content: none; } }")
    return rules


def _draft_place() -> str:
    return f"font-family: {_stack(g.FONT_HEADING1)}; font-size: {g.BODY_PT}pt; vertical-align: top; padding-top: 15mm;"


def _page(page: Page) -> str:
    return (
        f"size: {page.width}mm {page.height}mm;"
        f" margin: {page.top}mm {page.right}mm {page.bottom}mm {page.left}mm;"
    )
