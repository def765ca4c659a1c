"""The .docx: measures of GB/T 9704-2012 in its XML, safe text, same bytes, speed."""

import re
import time
import zipfile
from io import BytesIO

import docx
import pytest
from docx.shared import Mm

from documents import Column, Document, Heading, Paragraph, Table, render
from documents.geometry import CHARACTER_PT, CHARACTERS, LINE_PT, LINES, PORTRAIT, pt, signing_width
from tests.docs.document_samples import circular, city_table, county_table, letter


def parts(document: Document) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(bytes_of(document))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def bytes_of(document: Document) -> bytes:
    made = render(document, "docx")
    assert isinstance(made, bytes)
    return made


def test_type_area_is_156_by_225_with_22_lines_of_28_characters() -> None:
    assert (PORTRAIT.area_width, PORTRAIT.area_height) == (156, 225)
    assert LINES * LINE_PT <= pt(225) < (LINES + 1) * LINE_PT
    assert CHARACTERS * CHARACTER_PT <= pt(156) < (CHARACTERS + 1) * CHARACTER_PT


def test_page_and_body_style() -> None:
    opened = docx.Document(BytesIO(bytes_of(circular())))
    page = opened.sections[0]
    measures = (page.page_width, page.page_height, page.top_margin, page.bottom_margin, page.left_margin)
    for found, wanted in zip(measures, (210, 297, 37, 35, 28), strict=True):
        assert abs(found - Mm(wanted)) < Mm(0.05)
    normal = opened.styles["Normal"]
    assert normal.font.size.pt == 16
    fonts = normal.element.rPr.rFonts
    assert fonts.get(docx.oxml.ns.qn("w:eastAsia")) == "仿宋_GB2312"
    assert abs(normal.paragraph_format.line_spacing.pt - LINE_PT) < 0.05
    assert opened.settings.odd_and_even_pages_header_footer


def test_head_title_and_body_in_order() -> None:
    opened = docx.Document(BytesIO(bytes_of(circular())))
    texts = [p.text for p in opened.paragraphs if p.text]
    assert texts[0] == "黑龙江省营商环境建设监督局文件"
    assert texts[1] == "黑营商通〔2026〕3号"
    assert texts[2].replace("\n", "").endswith("推进情况的通报")
    assert texts[3] == "各市（地）营商环境建设监督局，省直有关单位："
    for heading in ("一、总体情况", "（一）审批事项办理情况", "1.部分项目开工滞后", "五、下步要求", "附件1"):
        assert heading in texts
    assert "附件：1. 各县（市、区）签约项目推进情况表" in texts
    assert texts.index("2026年11月5日") == texts.index("黑龙江省营商环境建设监督局") + 1
    styles = {p.style.name for p in opened.paragraphs}
    assert {"Heading 1", "Heading 2", "Heading 3"} <= styles


def test_red_line_is_under_the_number_and_title_is_centred() -> None:
    xml = parts(circular())["word/document.xml"]
    number = re.search(r"<w:p>(?:(?!</w:p>).)*黑营商通〔2026〕3号", xml)
    assert number
    assert re.search(r'<w:bottom w:val="single" w:sz="16" w:space="\d+" w:color="D5141A"/>', number.group())


def test_tables_repeat_their_heading_and_rows_do_not_split() -> None:
    xml = parts(circular())["word/document.xml"]
    rows = xml.count("<w:tr>")
    assert rows == 2 + 13 + 1 + 2 + 126 + 1
    assert xml.count("<w:cantSplit/>") == rows
    assert xml.count("<w:tblHeader/>") == 4
    assert 'w:orient="landscape"' in xml


def test_page_numbers_stand_at_the_outer_edges() -> None:
    found = parts(circular())
    assert '<w:jc w:val="right"/>' in found["word/f1.xml"]
    assert '<w:jc w:val="left"/>' in found["word/f2.xml"]
    for name in ("word/f1.xml", "word/f2.xml"):
        assert " PAGE " in found[name]
        assert found[name].count("—") == 2
    assert "word/h4.xml" not in found


def test_a_letter_has_double_rules_and_no_number_on_its_first_page() -> None:
    found = parts(letter())
    assert "PAGE" not in found["word/f4.xml"]
    assert found["word/f4.xml"].count('w:color="D5141A"') == 2
    assert found["word/h4.xml"].count('w:color="D5141A"') == 2
    assert "<w:titlePg/>" in found["word/document.xml"]
    assert "印发" not in found["word/document.xml"]


def test_a_draft_is_marked_in_the_header_and_nowhere_else() -> None:
    found = parts(circular(number=""))
    assert "草稿" in found["word/h1.xml"]
    assert "草稿" not in found["word/document.xml"]
    assert not any("草稿" in xml for name, xml in parts(circular()).items() if name.startswith("word/h"))


def test_upward_report_has_signer_beside_the_number() -> None:
    xml = parts(circular(kind="report", signer="宋志远"))["word/document.xml"]
    assert "签发人：" in xml
    assert "签发人" not in parts(circular(signer="宋志远"))["word/document.xml"]


def test_text_is_never_markup_or_a_field() -> None:
    evil = '<w:br/>&lt;=HYPERLINK("x") ]]> \x00\x0b 𠮷'
    document = Document(
        kind="circular",
        title=evil,
        organ=evil,
        number=evil,
        blocks=(
            Heading(1, evil),
            Paragraph(evil),
            Table(evil, (Column("a", evil, group=evil),), ({"a": evil},), notes=(evil,), unit_note=evil),
        ),
        signature=evil,
        copies=evil,
        printed_by=evil,
        attachments=(evil,),
        note=evil,
    )
    opened = docx.Document(BytesIO(bytes_of(document)))
    assert opened.tables[0].cell(2, 0).text.startswith('<w:br/>&lt;=HYPERLINK("x") ]]>')
    assert "instrText" not in parts(document)["word/document.xml"]


def test_same_document_same_bytes() -> None:
    assert bytes_of(circular()) == bytes_of(circular())


def test_no_seal_and_nothing_foreign_in_the_package() -> None:
    names = set(parts(circular()))
    assert not any("media" in name or name.endswith((".jpeg", ".png", ".bin")) for name in names)
    assert "黑龙江省营商环境建设监督局" in parts(circular())["docProps/core.xml"]


@pytest.mark.parametrize("kind", ["circular", "letter", "notice", "report", "sheet"])
def test_every_kind_renders_even_when_empty(kind: str) -> None:
    docx.Document(BytesIO(bytes_of(Document(kind=kind, title=""))))  # type: ignore[arg-type]
    docx.Document(BytesIO(bytes_of(Document(kind=kind, title="表", blocks=(city_table(),)))))  # type: ignore[arg-type]


def test_500_rows_in_under_two_seconds() -> None:
    document = Document(kind="sheet", title="表", blocks=(county_table(500),))
    started = time.process_time()
    bytes_of(document)
    assert time.process_time() - started < 2


def test_date_stands_four_characters_in_under_the_middle_of_the_signature() -> None:
    assert (signing_width(9, 6.5) - 6.5) / 2 == 4
    assert signing_width(24, 6.5) > 24, "a long signature stays on one line"
