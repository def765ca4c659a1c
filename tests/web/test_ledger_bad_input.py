"""Bad workbooks through the upload form: a plain Chinese message with its place, and no trace in live data."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import AuditRecord
from projects.models import Company, Milestone, Project
from reporting.ledgers.models import Attempt, LedgerEntry, StagedRow
from tests import files
from tests.ledger_help import (
    DAQING,
    HEADINGS,
    LEDGERS,
    PROVINCE,
    ZHAOYUAN,
    ZHAOZHOU,
    answer_all,
    book,
    moment,
    office,
    row,
)

pytestmark = pytest.mark.django_db
WORDS_OF_NO_OFFICE = re.compile(r"Traceback|Exception|None\b|\bError\b|[a-z]{3,} [a-z]{3,} [a-z]{3,}")


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment())


@pytest.fixture
def county() -> Any:
    return office(ZHAOYUAN)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(
    person: Any, content: bytes, name: str = "台账.xlsx", *, unit: str = ZHAOYUAN, month: str = "2026-10"
) -> Any:
    file = SimpleUploadedFile(name, content)
    return client_of(person).post(reverse("ledgers:upload", args=[unit, month]), {"file": file})


def told(response: Any) -> str:
    """What the page says is wrong, without markup."""
    html = response.content.decode()
    found = re.search(r'<div class="jg-msg is-red[^>]*role="alert">(.*?)</div></div>', html, re.S)
    assert found, "the page shows no message"
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip()
    assert not WORDS_OF_NO_OFFICE.search(text), text
    return text


def nothing_left() -> None:
    """Nothing staged, nothing kept, nothing live."""
    assert not Attempt.objects.exists() and not StagedRow.objects.exists()
    live_untouched()
    assert not default_storage.exists("ledgers") or not default_storage.listdir("ledgers")[0]


def live_untouched() -> None:
    assert not Project.objects.exists() and not Milestone.objects.exists() and not Company.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert not AuditRecord.objects.filter(object_type__startswith="projects.").exists()


def made(maker: Callable[[Path], Path], tmp_path: Path) -> bytes:
    return maker(tmp_path).read_bytes()


def good(folder: Path) -> Path:
    return files.ledger(folder / "good.xlsx")


def sealed(folder: Path) -> Path:
    return files.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}, folder / "a.xlsx")


def macros(folder: Path) -> Path:
    return files.rezip(good(folder), folder / "a.xlsm", {"xl/vbaProject.bin": b"macro"})


def entities(folder: Path) -> Path:
    return files.with_declaration(
        good(folder), folder / "a.xlsx", "xl/worksheets/sheet1.xml", files.EXTERNAL_ENTITY
    )


def laughs(folder: Path) -> Path:
    return files.with_declaration(
        good(folder), folder / "a.xlsx", "xl/worksheets/sheet1.xml", files.BILLION_LAUGHS
    )


def bomb(folder: Path) -> Path:
    return files.padded_xlsx(folder / "a.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("合同.pdf", b"%PDF-1.7 ...", "不是表格"),
        ("照片.png", b"\x89PNG\r\n\x1a\n....", "图片"),
        ("程序.exe", b"MZ\x90\x00\x03", "程序"),
        ("台账.rar", b"Rar!\x1a\x07\x00", "压缩"),
        ("台账.et", b"whatever", "另存为"),
        ("台账.json", b'{"a": 1}', "不是"),
        ("台账.xlsx", b"", "空"),
        ("台账.xlsx", b"\0" * 4000, "空"),
        ("台账.xlsx", b"PK\x03\x04 and then nothing", "损坏"),
        ("台账.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "损坏"),
        ("台账.xlsx", sealed, "密码"),
        ("台账.xlsm", macros, "宏"),
        ("台账.xlsx", entities, "声明"),
        ("台账.xlsx", laughs, "声明"),
        ("台账.xlsx", bomb, "解压"),
        ("../../../etc/<b>台账.pdf", b"%PDF-1.7 ...", "不是表格"),
    ],
)  # fmt: skip
def test_what_is_no_readable_workbook_is_refused(county, tmp_path, name, content, words):
    response = upload(county, content if isinstance(content, bytes) else made(content, tmp_path), name)
    assert response.status_code == 400, response.status_code
    assert words in told(response)
    nothing_left()


def test_forty_megabytes_are_refused(county, settings):
    """Ten bytes stand for forty megabytes: the limit is set below them."""
    settings.LEDGER_MAX_BYTES = 10
    response = upload(county, b"PK\x03\x04" + b"0" * 40)
    assert response.status_code == 413 and "超过" in told(response)
    nothing_left()


def test_a_size_that_lies_is_counted_on_the_way(county, settings, monkeypatch):
    settings.LEDGER_MAX_BYTES = 1000
    monkeypatch.setattr("django.core.files.uploadedfile.InMemoryUploadedFile.size", 10, raising=False)
    response = upload(county, b"PK\x03\x04" + b"0" * 4000)
    assert response.status_code == 413
    nothing_left()


def test_no_file_at_all(county):
    response = client_of(county).post(reverse("ledgers:upload", args=[ZHAOYUAN, "2026-10"]))
    assert response.status_code == 400 and "选择" in told(response)
    nothing_left()


def test_headings_without_rows(county):
    response = upload(county, book([]))
    assert response.status_code == 400 and "没有项目行" in told(response)
    nothing_left()


def test_another_month(county):
    response = upload(county, book([row(1)], title="肇源县2026年9月进程信息台账"))
    text = told(response)
    assert response.status_code == 400 and "A1" in text and "9月" in text and "10月" in text
    assert reverse("ledgers:month", args=[ZHAOYUAN, "2026-09"]) in response.content.decode()
    nothing_left()


def test_another_units_file(county):
    response = upload(county, book([row(1, place="大庆市肇州县")], title="肇州县2026年10月进程信息台账"))
    assert response.status_code == 400
    assert "A1" in told(response) and "肇州县" in told(response)
    response = upload(
        county, book([row(1, place="哈尔滨市宾县"), row(2, "乙项目", place="宾县")], title="2026年10月台账")
    )
    assert response.status_code == 400 and "肇源县" in told(response) and "D4" in told(response)
    nothing_left()


def test_a_month_not_begun_and_a_month_that_is_none(county):
    response = upload(county, book([row(1)]), month="2026-12")
    assert response.status_code == 400 and "还没有到" in told(response)
    assert upload(county, book([row(1)]), month="2026-13").status_code == 404
    nothing_left()


def test_the_same_file_twice(county):
    content = book([row(1)])
    first = upload(county, content)
    assert first.status_code == 302
    again = upload(county, content)
    assert again.status_code == 302 and again.url == first.url
    page = client_of(county).get(again.url)
    assert page.status_code == 200 and Attempt.objects.count() == 1
    live_untouched()


def cell_messages(response: Any) -> dict[str, str]:
    """{cell: text} of the rows of the hand-in just staged; the preview shows each of them."""
    assert response.status_code == 302, told(response)
    attempt = Attempt.objects.get(pk=int(response.url.rstrip("/").rpartition("/")[2]))
    page = client_of(attempt.made_by).get(response.url)
    assert page.status_code == 200
    html = page.content.decode()
    found = {m["cell"]: m["text"] for r in attempt.rows.all() for m in r.messages if m["level"] == "error"}
    for cell, text in found.items():
        assert cell and cell in html and text.split("“")[0][:6] in html
        assert not WORDS_OF_NO_OFFICE.search(text), text
    live_untouched()
    assert default_storage.exists(attempt.file.name)
    return found


@pytest.mark.parametrize(
    ("cells", "cell", "words"),
    [
        ({"signed": "2026.13.45"}, "F4", "13月"),
        ({"signed": "2026.02.30"}, "F4", "2-30"),
        ({"signed": "去年底"}, "F4", "日期"),
        ({"start": "2027-05-01"}, "K4", "还没有到"),
        ({"amount": -500}, "E4", "负"),
        ({"amount": 20_000_000}, "E4", "单位"),
        ({"total": "约三千万左右吧"}, "H4", "金额"),
        ({"place": "大庆市火星县"}, "D4", "火星县"),
        ({"place": "大庆市肇州县"}, "D4", "承接地"),
        ({"code": "9999-000000-00-00-000000"}, "L4", "不在"),
    ],
)
def test_a_bad_cell_is_shown_at_its_place(county, cells, cell, words):
    found = cell_messages(upload(county, book([row(1, **cells), row(2, "乙项目", company="乙公司")])))
    assert list(found) == [cell], found
    assert words in found[cell], found[cell]


def test_formula_errors(county):
    table = openpyxl.load_workbook(io.BytesIO(book([row(1)])))
    sheet = table.active
    sheet["H4"], sheet["H4"].data_type = "#REF!", "e"
    out = io.BytesIO()
    table.save(out)
    found = cell_messages(upload(county, out.getvalue()))
    assert list(found) == ["H4"] and "公式" in found["H4"]


def test_a_place_that_exists_twice(county):
    province = office(PROVINCE)
    response = upload(
        province, book([row(1, place="向阳区")], title="黑龙江省2026年10月进程信息台账"), unit=PROVINCE
    )
    assert response.status_code == 403  # the province owes no ledger
    jiamusi = office("230800")
    found = cell_messages(
        upload(
            jiamusi,
            book([row(1, place="向阳区")], title="佳木斯市2026年10月进程信息台账"),
            unit="230800",
        )
    )
    assert not found and StagedRow.objects.get().unit_code == "230803"
    assert upload(county, book([row(1, place="佳木斯市向阳区")])).status_code == 400


def test_ten_thousand_blank_rows(county):
    table = openpyxl.load_workbook(io.BytesIO(book([row(1)])))
    sheet = table.active
    for line in range(5, 10_005):
        sheet.cell(line, 1).value = " "
    sheet.append(row(2, "末行项目", company="乙公司"))
    out = io.BytesIO()
    table.save(out)
    response = upload(county, out.getvalue())
    assert cell_messages(response) == {}
    assert [r.name for r in StagedRow.objects.order_by("position")] == ["测试项目", "末行项目"]


def test_two_heading_blocks(county):
    table = openpyxl.load_workbook(io.BytesIO(book([row(1)])))
    sheet = table.active
    sheet.append([])
    sheet.append(["二、续建项目"])
    sheet.append(HEADINGS)
    sheet.append(row(1, "乙项目", company="乙公司"))
    out = io.BytesIO()
    table.save(out)
    response = upload(county, out.getvalue())
    if response.status_code == 302:
        assert cell_messages(response) == {}
        assert [r.name for r in StagedRow.objects.order_by("position")] == ["测试项目", "乙项目"]
    else:
        assert "表头" in told(response)
        nothing_left()


def test_the_marked_workbook_holds_the_messages(county):
    response = upload(county, book([row(1, signed="2026.13.45")]))
    pk = int(response.url.rstrip("/").rpartition("/")[2])
    marked = client_of(county).get(reverse("ledgers:marked", args=[pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(marked.content)).worksheets[0]
    assert marked.status_code == 200 and "13" in sheet["F4"].comment.text


def test_strange_posts_never_break(county):
    """Rows of others, fields that do not exist, words where numbers belong."""
    response = upload(county, book([row(1)]))
    pk = Attempt.objects.get().pk
    client = client_of(county)
    for data in (
        {"cell:999999:progress": "x"},
        {"cell:abc:progress": "x"},
        {"cell:1": "x"},
        {f"cell:{StagedRow.objects.get().pk}:nosuch": "x"},
        {f"row:{StagedRow.objects.get().pk}:=progress": "ledger"},
        {"file:nosuch@": "x"},
        {"then": "submit"},
        {"back": "https://example.org/"},
    ):
        answer = client.post(reverse("ledgers:save", args=[pk]), data)
        assert answer.status_code == 302 and answer.url.startswith("/ledgers/"), data
    for choice in ("999999", "nosuch", "skip", ""):
        url = reverse("ledgers:row", args=[pk, StagedRow.objects.get().pk])
        assert client.post(url, {"choice": choice}).status_code == 302
    assert client.get(response.url, {"page": "x", "show": "x"}).status_code == 200
    assert client.get(reverse("ledgers:attempt", args=[999999])).status_code == 404
    live_untouched()


# --- who and when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "role", "status"),
    [(ZHAOZHOU, "competent_office", 404), (DAQING, "competent_office", 403), (PROVINCE, "competent_office", 403),
     (ZHAOYUAN, "auditor", 403), (ZHAOYUAN, "investor", 403)],
)  # fmt: skip
def test_only_the_unit_uploads(county, unit, role, status):
    person = office(unit, role, name=f"stranger-{unit}-{role}")
    assert upload(person, book([row(1)])).status_code in {status, 404 if role == "investor" else status}
    nothing_left()


def staged(county: Any) -> Attempt:
    assert upload(county, (LEDGERS / "zhaoyuan-2026-10.xlsx").read_bytes()).status_code == 302
    attempt = Attempt.objects.get()
    wrong = attempt.rows.get(name="兔皮深加工")
    client_of(county).post(
        reverse("ledgers:save", args=[attempt.pk]), {f"cell:{wrong.pk}:signed_on": "2026-4-27"}
    )
    attempt.refresh_from_db()
    assert attempt.error_count == 0
    return answer_all(attempt, county)


def submit(person: Any, attempt: Attempt) -> Any:
    return client_of(person).post(reverse("ledgers:save", args=[attempt.pk]), {"then": "submit"})


def test_a_doubled_submit_hands_in_once(county):
    attempt = staged(county)
    submit(county, attempt)
    count = AuditRecord.objects.count()
    assert submit(county, attempt).status_code == 302
    attempt.refresh_from_db()
    assert attempt.state == "submitted" and AuditRecord.objects.count() == count
    assert AuditRecord.objects.filter(action="ledger_submitted").count() == 1
    live_untouched()


def test_others_neither_submit_nor_decide(county):
    attempt = staged(county)
    neighbour, city, auditor = office(ZHAOZHOU), office(DAQING), office(ZHAOYUAN, "auditor")
    assert submit(neighbour, attempt).status_code == 404
    assert submit(city, attempt).status_code == 403
    assert submit(auditor, attempt).status_code in (403, 404)
    submit(county, attempt)
    for person, status in ((county, 403), (neighbour, 404), (auditor, 403)):
        client = client_of(person)
        assert client.post(reverse("ledgers:accept", args=[attempt.pk])).status_code == status
        assert client.post(reverse("ledgers:return", args=[attempt.pk]), {"note": "x"}).status_code == status
    attempt.refresh_from_db()
    assert attempt.state == "submitted"
    live_untouched()


def test_two_officers_of_the_city_decide_once(county):
    attempt = staged(county)
    submit(county, attempt)
    first, second = office(DAQING), office(DAQING, name="second")
    assert client_of(first).post(reverse("ledgers:accept", args=[attempt.pk])).status_code == 302
    late = client_of(second)
    answer = late.post(reverse("ledgers:return", args=[attempt.pk]), {"note": "数字不对"}, follow=True)
    assert answer.status_code == 200 and "已有人处理" in answer.content.decode()
    again = late.post(reverse("ledgers:accept", args=[attempt.pk]), follow=True)
    assert again.status_code == 200
    attempt.refresh_from_db()
    assert attempt.state == "accepted" and attempt.reviewed_by == first
    assert LedgerEntry.objects.count() == 5


def test_the_county_changes_nothing_while_the_city_reads(county):
    attempt = staged(county)
    submit(county, attempt)
    some = attempt.rows.first()
    client = client_of(county)
    before = list(attempt.rows.values_list("values", flat=True))
    client.post(reverse("ledgers:save", args=[attempt.pk]), {f"cell:{some.pk}:progress": "改了"})
    client.post(reverse("ledgers:row", args=[attempt.pk, some.pk]), {"choice": "skip"})
    client.post(reverse("ledgers:discard", args=[attempt.pk]))
    response = upload(county, book([row(1)]))
    assert response.status_code == 409 and "撤回" in told(response)
    assert client.post(reverse("ledgers:online", args=[ZHAOYUAN, "2026-10"])).status_code == 302
    attempt.refresh_from_db()
    assert attempt.state == "submitted" and Attempt.objects.count() == 1
    assert list(attempt.rows.values_list("values", flat=True)) == before
    # Taken back before the city decides, it can be changed; what the city then sends finds it gone.
    assert client.post(reverse("ledgers:withdraw", args=[attempt.pk])).status_code == 302
    city = client_of(office(DAQING))
    assert city.post(reverse("ledgers:accept", args=[attempt.pk])).status_code == 302
    attempt.refresh_from_db()
    assert attempt.state == "staged"
    live_untouched()
