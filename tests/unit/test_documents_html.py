"""The HTML fragment: classes of the circular page, nothing a strict CSP refuses, text escaped; lazy imports."""

import re
import subprocess
import sys

from documents import Column, Document, Heading, Paragraph, Table, render
from documents.css import print_css, screen_css
from documents.fit import fit_table
from documents.geometry import LANDSCAPE, PORTRAIT
from tests.docs.document_samples import CITIES, circular, city_table, county_table, letter
from tests.paths import ROOT


def html_of(document: Document) -> str:
    made = render(document, "html")
    assert isinstance(made, str)
    return made


def test_structure_and_classes_of_the_circular_page() -> None:
    html = html_of(circular())
    for name in (
        "jo-sheet",
        "jo-mark",
        "jo-no",
        "jo-title",
        "jo-to",
        "jo-l1",
        "jo-dtable",
        "jo-sign-off",
        "jo-date",
    ):
        assert f'class="{name}' in html
    assert '<div class="jo-end"><div class="jo-copies">抄送：' in html
    assert "2026年11月5日印发" in html
    assert '<th scope="colgroup" colspan="4">项目（个）</th>' in html
    assert 'role="heading" aria-level="3">一、总体情况' in html


def test_no_style_or_script_and_all_text_escaped() -> None:
    evil = '<script>alert(1)</script><img src=x onerror=y>" style="x"'
    html = html_of(
        Document(
            kind="circular",
            title=evil,
            organ=evil,
            number=evil,
            blocks=(
                Heading(2, evil),
                Paragraph(evil),
                Table(evil, (Column("a", evil, group=evil),), ({"a": evil},)),
            ),
            signature=evil,
            copies=evil,
            printed_by=evil,
            secrecy=evil,
            note=evil,
            attachments=(evil,),
        )
    )
    tags = re.findall(r"<[^>]*>", html)
    assert not any("script" in tag or "img" in tag or "style=" in tag or "onerror" in tag for tag in tags)
    assert "&lt;script&gt;" in html


def test_a_draft_says_so_and_shows_no_number() -> None:
    assert '<div class="jo-draft">草稿</div>' in html_of(circular(number=""))
    assert "草稿" not in html_of(circular())


def test_letter_has_its_rules() -> None:
    html = html_of(letter())
    assert html.count("jo-rules") == 2
    assert "jo-sheet is-flow is-letter" in html


def test_kept_style_sheet_is_the_generated_one() -> None:
    kept = (ROOT / "static/portal/document.css").read_text(encoding="utf-8")
    assert kept == screen_css(), "write documents.css.screen_css() to static/portal/document.css"
    assert "url(" not in kept + print_css(circular())


def test_city_table_stands_upright_and_county_table_lies_across() -> None:
    city, county = fit_table(city_table()), fit_table(county_table())
    assert not city.landscape
    assert county.landscape
    assert abs(sum(city.widths) - PORTRAIT.area_width) < 0.01
    assert abs(sum(county.widths) - LANDSCAPE.area_width) < 0.01


def test_a_small_table_is_in_large_type_and_weights_share_the_width() -> None:
    table = Table(
        "", (Column("a", "市", weight=1), Column("b", "情况", weight=3)), ({"a": CITIES[0], "b": "无"},)
    )
    fit = fit_table(table)
    assert fit.size_pt == 12
    assert fit.widths[1] / fit.widths[0] > 2.9
    assert fit_table(Table("", table.columns, table.rows, landscape=True)).landscape


def test_nothing_heavy_is_imported_until_rendering() -> None:
    code = (
        "import sys, documents, documents.html, documents.docx;"
        "print([m for m in ('weasyprint', 'openpyxl', 'docx', 'lxml', 'django') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
