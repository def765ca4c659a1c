"""The workbook: figures are numbers, text never a formula, ready to print."""

import time
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from documents import Column, Document, Paragraph, Table, ratio, render
from tests.docs.document_samples import circular, county_table

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


def book_of(document: Document) -> tuple[openpyxl.Workbook, bytes]:
    made = render(document, "xlsx")
    assert isinstance(made, bytes)
    return openpyxl.load_workbook(BytesIO(made)), made


def test_one_sheet_for_each_table_with_title_units_and_group_headings() -> None:
    book, _ = book_of(circular())
    assert book.sheetnames == ["各市（地）签约项目推进情况", "各县（市、区）签约项目推进情况表"]
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "各市（地）签约项目推进情况"
    assert sheet["A2"].value == "截至2026年10月31日24时"
    assert sheet["C3"].value == "项目（个）"
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:L1", "C3:F3", "A3:A4"} <= merged
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.freeze_panes == "C5"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_figures_are_numbers_with_formats() -> None:
    sheet = book_of(circular())[0].worksheets[0]
    assert sheet["C5"].value == 27
    assert sheet["G5"].number_format == "#,##0.00"
    assert sheet["I5"].number_format == "0.0%"
    assert sheet["I5"].value == pytest.approx(16 / 27)
    assert sheet["B18"].value == "全省"
    assert sheet["A18"].value is None, "a rank has no sum"
    assert sheet["A19"].value.startswith("注：")


@pytest.mark.parametrize("text", EVIL)
def test_text_is_never_a_formula(text: str) -> None:
    table = Table(
        text, (Column("a", text, group=text), Column("n", "数", kind="integer")), ({"a": text, "n": text},)
    )
    book, made = book_of(Document(kind="sheet", title=text, blocks=(table,)))
    with zipfile.ZipFile(BytesIO(made)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert "<f>" not in archive.read(name).decode()
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value]
    assert all(cell.data_type == "s" for cell in cells)
    assert any(str(cell.value).strip() == text.strip() and cell.quotePrefix for cell in cells)


def test_values_of_all_kinds() -> None:
    columns = (
        Column("i", "数", kind="integer"),
        Column("a", "额", kind="amount"),
        Column("p", "率", kind="percent"),
        Column("d", "日", kind="date"),
        Column("t", "文"),
    )
    rows = (
        {"i": -3, "a": Decimal("-1.5"), "p": ratio(1, 4), "d": date(2026, 11, 5), "t": "a\x00\x0bb\n第二行"},
        {"i": None, "a": "未报", "p": float("nan"), "d": None, "t": "𠮷"},
    )
    sheet = book_of(Document(kind="sheet", title="表", blocks=(Table("", columns, rows),)))[0].active
    first, second = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=4)]
    assert first[:3] == [-3, -1.5, 0.25]
    assert first[3].date() == date(2026, 11, 5)
    assert first[4] == "ab\n第二行" or first[4] == "a\nb\n第二行"
    assert second == ["—", "未报", "—", "—", "𠮷"]


def test_sheet_names_are_legal_and_differ() -> None:
    table = Table("表/[1]:*?" + "长" * 40, (Column("a", "x"),), ({"a": 1},))
    book, _ = book_of(Document(kind="sheet", title="t", blocks=(table, table, table)))
    assert len(set(book.sheetnames)) == 3
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_a_document_without_tables_gives_its_text() -> None:
    book, _ = book_of(Document(kind="letter", title="函", blocks=(Paragraph("=正文"),)))
    assert book.active["A2"].value == "=正文"
    assert book.active["A2"].data_type == "s"


def test_500_rows_are_fast() -> None:
    document = Document(kind="sheet", title="表", blocks=(county_table(500),))
    render(document, "xlsx")
    started = time.process_time()
    render(document, "xlsx")
    assert time.process_time() - started < 3
