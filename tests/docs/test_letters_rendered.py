"""A real letter and a real notice, issued through the services and measured on the page with the ruler of
`test_rendered_page` (GB/T 9704-2012: the letter by 10.1, the notice by chapter 7): by LibreOffice from the .docx, by
WeasyPrint as PDF."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from documents import render
from documents.geometry import PT_MM
from supervision.letters.paper import document_of
from tests.docs.test_rendered_page import BOTTOM, LEFT, RIGHT, TOP, Box, Rendered, _convert, dark, red
from tests.letters_help import Town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (shutil.which("soffice") and shutil.which("pdftotext") and shutil.which("pdftoppm")),
        reason="needs LibreOffice and poppler-utils",
    ),
]


@pytest.fixture(params=["docx", "pdf"])
def pages(request: Any, tmp_path: Path) -> dict[str, Rendered]:
    town = Town()
    for name, who in (("letter", "province"), ("notice", "county")):
        made = render(document_of(town.issued(who)), request.param)
        assert isinstance(made, bytes)
        (tmp_path / f"{name}.{request.param}").write_bytes(made)
    if request.param == "docx":
        _convert(tmp_path)
    return {name: Rendered(tmp_path / f"{name}.pdf") for name in ("letter", "notice")}


def test_the_geometry_of_the_letter_layout(pages: dict[str, Rendered]) -> None:
    page = pages["letter"]
    number = page.find("黑营商督函")
    head = page.ink(1, red, Box(0, 0, 210, number.top))
    assert head.top == pytest.approx(30, abs=1), "the organ's name 30 mm below the edge"
    assert (head.left, head.width) == (pytest.approx(20, abs=0.6), pytest.approx(170, abs=1))
    name_only = page.ink(1, red, Box(0, 0, 210, head.bottom - 3))
    assert head.bottom - name_only.bottom == pytest.approx(4 + 1.9, abs=1), "the double rule 4 mm below it"
    foot = page.ink(1, red, Box(0, 200, 210, 297))
    assert foot.bottom == pytest.approx(297 - 20, abs=1)
    assert foot.width == pytest.approx(170, abs=1)
    assert len(page.rules(1, red, 22)) == 4, "two double rules"
    line = [word for word in page.pages[0] if abs(word.top - number.top) < 1]
    assert max(word.right for word in line) == pytest.approx(RIGHT, abs=1), "the number at the right"
    assert not any(word.text == "—" for word in page.pages[0]), "no number on page one"


def test_a_notice_is_laid_out_as_an_official_document(pages: dict[str, Rendered]) -> None:
    """通知 goes downwards: 公文格式 (chapter 7), with red head, number in the middle over the red line, 版记."""
    page = pages["notice"]
    number = page.find("肇源营商督通")
    head = page.ink(1, red, Box(0, 0, 210, number.top))
    assert head.top == pytest.approx(TOP + 35, abs=1)
    line = page.ink(1, red, Box(0, number.top, 210, number.bottom + 12))
    assert (line.left, line.right) == (pytest.approx(LEFT, abs=0.5), pytest.approx(RIGHT, abs=0.5))
    ink = page.ink(1, dark, Box(0, number.top, 210, line.top - 0.3))
    assert line.top - ink.bottom == pytest.approx(4, abs=0.8)
    assert (ink.left + ink.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1), "the number in the middle"
    assert any(word.text == "—" for word in page.pages[0]), "a number on page one"
    last = len(page.pages)
    assert page.find("印发", last).left > LEFT
    assert page.rules(last, dark, LEFT + 1)[-1] == pytest.approx(BOTTOM, abs=1), (
        "the 版记 closes the type area"
    )


def test_the_contents_stand_on_the_page(pages: dict[str, Rendered]) -> None:
    for name, addressee in (("letter", "肇源县自然资源局"), ("notice", "肇源县自然资源局")):
        page = pages[name]
        assert page.find(addressee).left == pytest.approx(LEFT, abs=0.5)
        every = "".join(word.text for words in page.pages for word in words)
        for heading in (
            "督办事由",
            "项目基本情况",
            "存在问题",
            "办理要求",
            "办结时限",
            "反馈方式",
            "联系人",
            "抄送",
        ):
            assert heading in every or (heading == "抄送" and name == "notice"), f"{heading} on the {name}"
        assert "草稿" not in every
        assert "办理用时明细" in every
        first = page.find("一、督办事由", page.page_of("一、督办事由"))
        assert first.left == pytest.approx(LEFT + 2 * 15.75 * PT_MM, abs=0.7)
        top = page.ink(2, dark, Box(0, 0, 210, TOP + 20))
        assert top.top >= TOP - 0.5, "the second page begins at the type area"
