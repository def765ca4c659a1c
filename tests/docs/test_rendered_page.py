"""The printed page, measured with a ruler: both the .docx (by LibreOffice) and the PDF (by WeasyPrint).

Official faces are not installed where tests run; open ones are put in their place for LibreOffice, as a fontconfig
alias does on a server. Widths of digits then differ a little, measures of the page do not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from PIL import Image

from documents import Document, Heading, Paragraph, render
from documents.geometry import LANDSCAPE, PORTRAIT, PT_MM
from tests.docs.document_samples import circular, letter

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("soffice") and shutil.which("pdftotext") and shutil.which("pdftoppm")),
        reason="needs LibreOffice and poppler-utils",
    ),
]
DPI = 150
PX = 25.4 / DPI
LEFT, RIGHT = PORTRAIT.left, PORTRAIT.width - PORTRAIT.right
TOP, BOTTOM = PORTRAIT.top, PORTRAIT.height - PORTRAIT.bottom
ALIASES = {
    "仿宋_GB2312": "Noto Serif CJK SC",
    "楷体_GB2312": "Noto Serif CJK SC",
    "宋体": "Noto Serif CJK SC",
    "方正小标宋简体": "Noto Serif CJK SC",
    "黑体": "Noto Sans CJK SC",
}
# Full-width characters only, so that every line holds as many as fit.
RULER = "一二三四五六七八九十" * 200


@dataclass(frozen=True)
class Word:
    """A word on the page; mm from its top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Box:
    """Ink of one colour; mm."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


class Rendered:
    """A PDF and what stands where on its pages (counted from 1)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._images: dict[int, Image.Image] = {}
        done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True)
        self.pages = [
            [
                Word(m[5], *(float(m[i]) * PT_MM for i in range(1, 5)))
                for m in re.finditer(
                    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)', page
                )
            ]
            for page in done.stdout.split("<page ")[1:]
        ]

    def find(self, text: str, page: int = 1) -> Word:
        found = [word for word in self.pages[page - 1] if text in word.text]
        assert found, f"{text} is not on page {page}"
        return found[0]

    def page_of(self, text: str) -> int:
        return next(n for n, words in enumerate(self.pages, start=1) if any(text in w.text for w in words))

    def ink(self, page: int, wanted: Callable[[int, int, int], bool], box: Box) -> Box:
        """Smallest box around the wanted ink within a part of the page."""
        image = self._image(page)
        xs, ys = [], []
        for y in range(int(box.top / PX), min(int(box.bottom / PX), image.height)):
            for x in range(int(box.left / PX), min(int(box.right / PX), image.width)):
                if wanted(*image.getpixel((x, y))):  # type: ignore[misc]
                    xs.append(x)
                    ys.append(y)
        assert xs, "no such ink there"
        return Box(min(xs) * PX, min(ys) * PX, (max(xs) + 1) * PX, (max(ys) + 1) * PX)

    def rules(self, page: int, wanted: Callable[[int, int, int], bool], at_x: float) -> list[float]:
        """Heights (mm, upper edges) of horizontal rules crossed by a vertical cut at x."""
        image = self._image(page)
        x = int(at_x / PX)
        rows = [wanted(*image.getpixel((x, y))) for y in range(image.height)]  # type: ignore[misc]
        return [y * PX for y, on in enumerate(rows) if on and not rows[y - 1]]

    def _image(self, page: int) -> Image.Image:
        if page not in self._images:
            stem = self.path.with_suffix(f".{page}")
            command = [
                "pdftoppm",
                "-r",
                str(DPI),
                "-f",
                str(page),
                "-l",
                str(page),
                "-singlefile",
                self.path,
                stem,
            ]
            subprocess.run([*command, "-png"], check=True, capture_output=True)
            self._images[page] = Image.open(f"{stem}.png").convert("RGB")
        return self._images[page]


def red(r: int, g: int, b: int) -> bool:
    return r > 150 and g < 130 and b < 130


def dark(r: int, g: int, b: int) -> bool:
    return max(r, g, b) < 130


SAMPLES: dict[str, Document] = {
    "circular": circular(),
    "letter": letter(),
    "draft": letter(number=""),
    "ruler": circular(blocks=(Paragraph(RULER), Heading(1, "完")), attachments=(), title="通报"),
    "short": circular(attachments=()),
}


@pytest.fixture(scope="module", params=["docx", "pdf"])
def rendered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    folder = tmp_path_factory.mktemp(f"rendered-{request.param}")
    for name, document in SAMPLES.items():
        made = render(document, request.param)
        assert isinstance(made, bytes)
        (folder / f"{name}.{request.param}").write_bytes(made)
    if request.param == "docx":
        _convert(folder)
    return {name: Rendered(folder / f"{name}.pdf") for name in SAMPLES}


def _convert(folder: Path) -> None:
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{named}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{open_face}</string></edit></match>'
        for named, open_face in ALIASES.items()
    )
    fonts = folder / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<include>/etc/fonts/fonts.conf</include>{rules}</fontconfig>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", *sorted(folder.glob("*.docx"))],
        cwd=folder,
        env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
        capture_output=True,
        check=True,
        timeout=180,
    )


def test_red_head_begins_35_mm_below_the_type_area(rendered: dict[str, Rendered]) -> None:
    head = rendered["circular"].ink(1, red, Box(0, 0, 210, 110))
    assert head.top == pytest.approx(TOP + 35, abs=1)
    assert head.left >= LEFT - 0.5
    assert head.right <= RIGHT + 0.5
    assert head.left - LEFT == pytest.approx(RIGHT - head.right, abs=2), "centred"


def test_red_line_is_as_wide_as_the_type_area_4_mm_under_the_number(rendered: dict[str, Rendered]) -> None:
    page = rendered["circular"]
    number = page.find("黑营商通")
    line = page.ink(1, red, Box(0, number.top, 210, number.bottom + 12))
    assert line.left == pytest.approx(LEFT, abs=0.5)
    assert line.right == pytest.approx(RIGHT, abs=0.5)
    ink = page.ink(1, dark, Box(0, number.top, 210, line.top - 0.3))
    assert line.top - ink.bottom == pytest.approx(4, abs=0.8)
    assert (ink.left + ink.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)
    head = page.ink(1, red, Box(0, 0, 210, number.top - 2))
    assert ink.top - head.bottom == pytest.approx(2 * 28.95 * PT_MM, abs=3), "two lines below the head"


def test_title_stands_two_lines_below_the_red_line_in_the_middle(rendered: dict[str, Rendered]) -> None:
    page = rendered["circular"]
    number = page.find("黑营商通")
    line = page.ink(1, red, Box(0, number.top, 210, number.bottom + 12))
    first = page.ink(1, dark, Box(0, line.bottom + 1, 210, line.bottom + 29))
    assert first.top - line.bottom == pytest.approx(2 * 28.95 * PT_MM, abs=3)
    assert (first.left + first.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)


def test_a_page_holds_22_lines_of_28_characters(rendered: dict[str, Rendered]) -> None:
    words = [word for word in rendered["ruler"].pages[1] if set(word.text) <= set(RULER)]
    tops = sorted({round(word.top, 1) for word in words})
    assert len(tops) == 22
    pitches = [below - above for above, below in pairwise(tops)]
    assert all(pitch == pytest.approx(28.95 * PT_MM, abs=0.3) for pitch in pitches)
    by_line = groupby(sorted(words, key=lambda w: (round(w.top, 1), w.left)), key=lambda w: round(w.top, 1))
    assert {sum(len(word.text) for word in line) for _, line in by_line} == {28}
    assert min(word.left for word in words) == pytest.approx(LEFT, abs=0.5)
    assert max(word.right for word in words) <= RIGHT + 0.6
    ink = rendered["ruler"].ink(2, dark, Box(0, 0, 210, BOTTOM + 3))
    assert ink.top >= TOP - 0.5
    assert ink.bottom <= BOTTOM + 0.5


def test_first_line_is_indented_by_two_characters(rendered: dict[str, Rendered]) -> None:
    page = rendered["circular"]
    assert page.find("各市（地）营商").left == pytest.approx(LEFT, abs=0.5)
    assert page.find("根据《").left == pytest.approx(LEFT + 2 * 15.75 * PT_MM, abs=0.7)
    assert page.find("一、总体").left == pytest.approx(LEFT + 2 * 15.75 * PT_MM, abs=0.7)


def test_page_number_7_mm_below_odd_right_even_left(rendered: dict[str, Rendered]) -> None:
    for number in (1, 2):
        ink = rendered["ruler"].ink(number, dark, Box(0, BOTTOM + 2, 210, 297))
        middle = (ink.top + ink.bottom) / 2
        assert middle == pytest.approx(BOTTOM + 7, abs=1), "the dashes"
        edge = RIGHT - ink.right if number % 2 else ink.left - LEFT
        assert edge == pytest.approx(14 * PT_MM, abs=1), "one character in"


def test_turned_pages_have_their_number_where_the_upright_pages_have_it(
    rendered: dict[str, Rendered],
) -> None:
    page = rendered["circular"]
    number = next(
        n for n, words in enumerate(page.pages, 1) if any(w.text in ("附件", "附件1") for w in words)
    )
    for turned in (number, number + 1):
        ink = page.ink(turned, dark, Box(0, 0, LANDSCAPE.left - 2, 210))
        assert (ink.left + ink.right) / 2 == pytest.approx(LANDSCAPE.left - 7, abs=1.2)
        lower_edge = LANDSCAPE.height - LANDSCAPE.bottom
        edge = lower_edge - ink.bottom if turned % 2 else ink.top - LANDSCAPE.top
        assert edge == pytest.approx(14 * PT_MM, abs=3.5)


def test_heading_row_is_on_every_page_of_a_long_table(rendered: dict[str, Rendered]) -> None:
    page = rendered["circular"]
    first = page.page_of("各县（市、区）签约项目推进情况表")
    pages = [
        n for n in range(first, len(page.pages) + 1) if any("哈尔滨" not in w.text for w in page.pages[n - 1])
    ]
    with_rows = [n for n in pages if any(re.fullmatch(r"\d+\.\d\d", w.text) for w in page.pages[n - 1])]
    assert len(with_rows) >= 5
    for number in with_rows:
        assert page.find("合同额", number)


def test_signature_over_the_date_and_imprint_at_the_foot(rendered: dict[str, Rendered]) -> None:
    page = rendered["short"]
    last = len(page.pages)
    day = next(w for w in page.pages[last - 1] if w.text.startswith("2026") and w.left > 100)
    words = [w for w in page.pages[last - 1] if abs(w.top - day.top) < 1]
    right = max(w.right for w in words)
    # LibreOffice sets digits apart from characters, so its date is wider by up to 7 mm than Word's.
    assert RIGHT - right == pytest.approx(4 * 15.75 * PT_MM, abs=4)
    middle = (min(w.left for w in words) + right) / 2
    assert RIGHT - middle == pytest.approx((4 + 6.5 / 2) * 15.75 * PT_MM, abs=1)
    organ = page.find("黑龙江省营商环境建设监督局", last)
    assert (organ.left + organ.right) / 2 == pytest.approx(middle, abs=1)
    rules = [y for y in page.rules(last, dark, LEFT + 1) if y > day.bottom]
    assert rules[-1] == pytest.approx(BOTTOM, abs=1), "the last line of the 版记 closes the type area"
    assert len(rules) == 3
    assert page.find("抄送：", last).left == pytest.approx(LEFT + 14 * PT_MM, abs=1)


def test_letter_head_rules_and_number(rendered: dict[str, Rendered]) -> None:
    page = rendered["letter"]
    number = page.find("黑营商督函")
    everything = page.ink(1, red, Box(0, 0, 210, number.top))
    assert everything.top == pytest.approx(30, abs=1)
    assert everything.left == pytest.approx(20, abs=0.6)
    assert everything.width == pytest.approx(170, abs=1)
    head = page.ink(1, red, Box(0, 0, 210, everything.bottom - 3))
    assert everything.bottom - head.bottom == pytest.approx(4 + 1.9, abs=1)
    foot = page.ink(1, red, Box(0, 200, 210, 297))
    assert foot.bottom == pytest.approx(297 - 20, abs=1)
    assert foot.width == pytest.approx(170, abs=1)
    line = [word for word in page.pages[0] if abs(word.top - number.top) < 1]
    assert max(word.right for word in line) == pytest.approx(RIGHT, abs=1)
    assert len(page.rules(1, red, 22)) == 4, "two double rules"


def test_letter_has_no_number_on_page_one_and_one_on_page_two(rendered: dict[str, Rendered]) -> None:
    page = rendered["letter"]
    assert not any(word.text == "—" for word in page.pages[0])
    assert any(word.text == "—" and word.left < 60 for word in page.pages[1])


def test_draft_says_so_on_every_page_without_moving_the_head(rendered: dict[str, Rendered]) -> None:
    page = rendered["draft"]
    for number in range(1, len(page.pages) + 1):
        assert page.find("草稿", number).bottom < TOP
    assert page.ink(1, red, Box(0, 0, 210, 60)).top == pytest.approx(30, abs=1)
