"""The one table of measures of GB/T 9704-2012, read by the docx, html and pdf renderers.

Lengths in millimetres unless the name says `_pt`; 1 pt = 25.4/72 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PT_MM: Final = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its type area (版心)."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float

    @property
    def area_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def area_height(self) -> float:
        return self.height - self.top - self.bottom


# 5.2.1: A4, 天头 37, 订口 28, 版心 156 × 225.
PORTRAIT: Final = Page(width=210, height=297, top=37, bottom=35, left=28, right=26)
# 8.1: a wide table lies on its side with its head at the left edge of the upright page, so the margins turn with it.
LANDSCAPE: Final = Page(width=297, height=210, top=28, bottom=26, left=35, right=37)

# 5.2.3: 22 lines of 28 characters in 3号. 28 × 16 pt is wider than 156 mm, so characters close up by 0.25 pt.
LINES: Final = 22
CHARACTERS: Final = 28
LINE_PT: Final = 28.95
BODY_PT: Final = 16.0
SPACING_PT: Final = -0.25
CHARACTER_PT: Final = BODY_PT + SPACING_PT

# Sizes by their Chinese names.
TITLE_PT: Final = 22.0  # 2号
SMALL_PT: Final = 14.0  # 4号: 版记, page number
CAPTION_PT: Final = 14.0
TABLE_SIZES_PT: Final = (12.0, 10.5, 9.0)  # 小4号, 5号, 小5号: the largest that fits
TABLE_LEADING: Final = 1.5

# 7.2.4 red head: top edge 35 mm below the 版心 top; 7.2.5 number two lines below; 7.2.7 red line 4 mm below that.
MARK_DROP: Final = 35.0
MARK_MAX: Final = 15.0  # no character of the red head larger than this
MARK_NARROWEST: Final = 0.75  # long names are set narrower rather than small
MARK_SHARE: Final = 0.98  # of the type area's width
RED: Final = "D5141A"
RULE_DROP: Final = 4.0
RULE_PT: Final = 2.0

# 7.5 page number: top of its dashes 7 mm below the 版心, one character in from the edge.
PAGE_NUMBER_DROP: Final = 7.0
# 7.3.5 date four characters in from the right.
DATE_INDENT: Final = 4.0
# 7.4.1 rules of the 版记: first and last 0.35 mm, those between 0.25 mm.
IMPRINT_THICK: Final = 0.35
IMPRINT_THIN: Final = 0.25

# 10.1 信函格式: head 30 mm from the page top, a double rule of 170 mm 4 mm below it, one 20 mm from the page foot.
LETTER_MARK_TOP: Final = 30.0
LETTER_RULE_DROP: Final = 4.0
LETTER_RULE_WIDTH: Final = 170.0
LETTER_RULE_BOTTOM: Final = 20.0
LETTER_THICK_PT: Final = 2.25
LETTER_GAP_PT: Final = 2.5
LETTER_THIN_PT: Final = 0.75
LETTER_NUMBER_DROP_PT: Final = BODY_PT * 7 / 8

# Photos: two in a row of the type area, each over its caption; a tall one is narrower.
PHOTOS_A_ROW: Final = 2
PHOTO_CELL: Final = PORTRAIT.area_width / PHOTOS_A_ROW
PHOTO_PAD: Final = 1.5
PHOTO_WIDTH: Final = PHOTO_CELL - 2 * PHOTO_PAD
PHOTO_HEIGHT: Final = 80.0
PHOTO_CAPTION_PT: Final = 10.5  # 5号

# The official faces are named, never shipped: Word on site has them. The open ones stand in for PDF and screen.
FONT_BODY: Final = "仿宋_GB2312"
FONT_TITLE: Final = "方正小标宋简体"
FONT_HEADING1: Final = "黑体"
FONT_HEADING2: Final = "楷体_GB2312"
FONT_SONG: Final = "宋体"
STACKS: Final = {
    FONT_BODY: (
        "仿宋_GB2312",
        "FangSong_GB2312",
        "FangSong",
        "仿宋",
        "FandolFang",
        "FandolFang R",
        "Noto Serif CJK SC",
    ),
    FONT_TITLE: ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC"),
    FONT_HEADING1: ("SimHei", "黑体", "FandolHei", "Noto Sans CJK SC"),
    FONT_HEADING2: (
        "楷体_GB2312",
        "KaiTi_GB2312",
        "KaiTi",
        "楷体",
        "FandolKai",
        "AR PL UKai CN",
        "Noto Serif CJK SC",
    ),
    FONT_SONG: ("SimSun", "宋体", "FandolSong", "Noto Serif CJK SC"),
}
HEADING_FONTS: Final = (FONT_HEADING1, FONT_HEADING2, FONT_BODY, FONT_BODY)


def pt(mm: float) -> float:
    """Millimetres → points."""
    return mm / PT_MM


def twips(mm: float) -> int:
    """Millimetres → twentieths of a point."""
    return round(mm / PT_MM * 20)


def mark_size(characters: float, page: Page = PORTRAIT) -> tuple[float, float]:
    """Red head of so many full-width characters → (size in mm, horizontal scale 0.75 to 1) on one line."""
    across = page.area_width * MARK_SHARE / max(characters, 1)
    size = min(MARK_MAX, across / MARK_NARROWEST)
    return size, min(1.0, across / size)


def signing_width(signature_em: float, date_em: float) -> float:
    """Width in characters of the strip at the right edge in which signature and date are centred (7.3.5.1).

    As wide as leaves the date four characters in from the right; wider for a signature that would not fit it.
    """
    return max(2 * DATE_INDENT + date_em, signature_em + 0.5)


def photo_size(width: int, height: int) -> tuple[float, float]:
    """Pixels → printed size in mm: as large as its place allows, its sides in proportion."""
    scale = min(PHOTO_WIDTH / width, PHOTO_HEIGHT / height)
    return width * scale, height * scale
