"""The main job as a newcomer does it: a county's own workbook goes in, the province's circular comes out.

Real server, real browser, real files. The clock stands where the story needs it: the county's 23rd, the city's next
days, the province's 5th of November.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from accounts import audit
from projects.models import Project
from reporting.circulars.models import Circular
from reporting.ledgers.models import Attempt, CityPackage
from tests.e2e import official, town
from tests.ledger_help import LEDGERS

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORKBOOK = LEDGERS / "zhaoyuan-2026-10.xlsx"
COUNTY, NEIGHBOUR, CITY = "office-230622", "office-230621", "office-230600"
PROVINCE, HEAD = "office-230000", "head-230000"
Look = Callable[[Any], None]


@pytest.fixture
def look(axe: Callable[..., None]) -> Look:
    """What must hold of each page of the way."""

    def at(page: Any) -> None:
        town.fits(page)
        axe(page)

    return at


def test_from_the_countys_workbook_to_the_issued_circular(
    page: Any, look: Look, settings: Any, tmp_path: Path
) -> None:
    town.lay(settings)
    attempt = _county_hands_in(page, look)
    _neighbour_sees_nothing(page, attempt)

    town.stand(settings, "2026-10-24 10:00")
    _city_returns_a_row(page, look, attempt)
    town.stand(settings, "2026-10-24 15:00")
    second = _county_corrects(page, look)
    town.stand(settings, "2026-10-26 09:00")
    _city_accepts_and_sends(page, look, second)
    assert Project.objects.get(name="水泥制品加工").progress_text == "已竣工，设备调试"
    assert Project.objects.get(name="艾草生物经济项目").invested_total_yuan == 207_649_000

    town.stand(settings, "2026-11-05 09:00")
    town.reconcile("2026-11-05")
    circular = _province_follows_a_figure(page, look)
    _two_people_issue(page, look, circular)
    _official_files(page, circular, tmp_path)
    assert audit.verify()[1] is None, "the audit chain is whole"


def _county_hands_in(page: Any, look: Look) -> Attempt:
    town.enter(page, COUNTY)
    first = page.locator(".jg-todo > li").first
    assert "报送 2026年10月签约项目台账" in first.inner_text(), "the ledger that is due stands first"
    assert re.search(r"还有\s*1\s*个工作日", first.inner_text())
    look(page)
    first.get_by_role("link", name="核对并报送").click()
    look(page)
    upload(page)
    look(page)
    read = page.locator(".jg-sum").inner_text()
    for words in ("5 行\n已读取", "4 行\n有变化", "1 格\n要改"):
        assert words in read, read
    mend_the_marked_cell(page)
    explain_everything(page)
    look(page)
    page.get_by_role("button", name="报送大庆市").click()
    page.wait_for_load_state()
    attempt = Attempt.objects.get(state="submitted")
    assert attempt.file_name == WORKBOOK.name
    assert Project.objects.get(name="艾草生物经济项目").reported_period == "2026-09", (
        "nothing live has changed"
    )
    page.goto(f"/ledgers/attempts/{attempt.pk}/")
    look(page)
    return attempt


def upload(page: Any) -> None:
    page.locator("#file").set_input_files(WORKBOOK)
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_url("**/ledgers/attempts/*/**")


def mend_the_marked_cell(page: Any) -> None:
    """兔皮深加工 was signed on 2025.13.5: the message names the cell and the reason beside the cell itself."""
    wrong = page.locator("input.is-invalid")
    assert wrong.count() == 1 and wrong.input_value() == "2025.13.5"
    told = page.locator(f"#{wrong.get_attribute('id')}-msg").inner_text()
    assert told.startswith("G10：") and "13" in told
    assert page.get_by_role("button", name="报送大庆市").is_disabled()
    wrong.fill("2026年4月27日")
    wrong.blur()  # htmx sends it and puts the checked rows in place
    page.locator(".jg-sum", has_text="0 格").wait_for()
    assert page.locator("input.is-invalid").count() == 0


def explain_everything(page: Any) -> None:
    """Answer what the ledger is asked about, one point after the other; each answer comes back checked."""
    for _n in range(12):
        open_points = page.locator(".jg-ask textarea[form=work]")
        empty = [box for box in open_points.all() if not box.input_value()]
        if not empty:
            break
        empty[0].fill("已与企业核对，属实。")
        with page.expect_response(lambda answer: "/save/" in answer.url):
            empty[0].blur()
    page.locator("button:enabled", has_text="报送大庆市").wait_for()


def _neighbour_sees_nothing(page: Any, attempt: Attempt) -> None:
    town.enter(page, NEIGHBOUR)
    project = Project.objects.get(name="艾草生物经济项目")
    for path in (
        f"/ledgers/attempts/{attempt.pk}/",
        f"/ledgers/attempts/{attempt.pk}/file/",
        f"/ledgers/attempts/{attempt.pk}/marked/",
        "/ledgers/units/230622/2026-10/",
        f"/projects/{project.pk}/",
    ):
        answer = page.request.get(path)
        assert answer.status == 404, path
        assert "艾草" not in answer.text()
    assert "艾草" not in page.request.get("/projects/").text()


def _city_returns_a_row(page: Any, look: Look, attempt: Attempt) -> None:
    town.enter(page, CITY)
    look(page)
    page.goto("/ledgers/cities/230600/2026-10/")
    look(page)
    page.locator("tr", has_text="肇源县").get_by_role("link", name="查看并处理").click()
    look(page)
    page.get_by_label("水泥制品加工").fill("竣工后仍写主体施工，请核对")
    page.get_by_role("button", name="退回台账").click()
    page.wait_for_load_state()
    attempt.refresh_from_db()
    assert attempt.state == "returned"


def _county_corrects(page: Any, look: Look) -> Attempt:
    town.enter(page, COUNTY)
    page.goto("/inbox/")
    look(page)
    page.get_by_role("link", name=re.compile("退回")).first.click()
    assert "竣工后仍写主体施工，请核对" in page.locator("main").inner_text()
    look(page)
    page.get_by_role("button", name="在线更正").click()
    page.wait_for_load_state()
    page.goto(f"/ledgers/attempts/{Attempt.objects.get(state='staged').pk}/edit/")
    look(page)
    page.get_by_label("水泥制品加工 形象进度").fill("已竣工，设备调试")
    page.get_by_role("button", name="保存并核对").click()
    page.wait_for_load_state()
    explain_everything(page)
    look(page)
    page.get_by_role("button", name="报送大庆市").click()
    page.wait_for_load_state()
    return Attempt.objects.get(state="submitted")


def _city_accepts_and_sends(page: Any, look: Look, attempt: Attempt) -> None:
    town.enter(page, CITY)
    page.goto(f"/ledgers/attempts/{attempt.pk}/")
    page.get_by_role("button", name="接收肇源县台账").click()
    page.wait_for_load_state()
    attempt.refresh_from_db()
    assert attempt.state == "accepted"
    assert attempt.receipt_at == Attempt.objects.get(state="returned").receipt_at, (
        "a correction keeps the receipt"
    )
    look(page)
    page.goto("/ledgers/cities/230600/2026-10/")
    page.get_by_role("button", name="报送省").click()
    page.wait_for_load_state()
    package = CityPackage.objects.get(unit_id="230600", period="2026-10")
    assert package.totals["projects"] == 5
    page.goto(f"/ledgers/packages/{package.pk}/")
    look(page)


def _province_follows_a_figure(page: Any, look: Look) -> Circular:
    town.enter(page, PROVINCE)
    look(page)
    page.goto("/ledgers/provinces/230000/2026-10/")
    look(page)
    page.goto("/reports/")
    look(page)
    page.get_by_role("link", name="黑龙江省2026年10月招商引资签约项目月报").first.click()
    look(page)
    signed = page.locator(".jg-strip > div", has_text="签约项目").first
    assert signed.locator(".jg-fig").inner_text() == "10"
    page.locator("tr", has_text="大庆市").get_by_role("link", name="6", exact=True).first.click()
    rows = page.locator("main tbody tr")
    assert rows.count() == 6 and "艾草生物经济项目" in page.locator("main").inner_text()
    look(page)
    page.go_back()
    page.get_by_role("link", name="打开通报").click()
    look(page)
    return Circular.objects.get(unit_id="230000", period="2026-10")


def _two_people_issue(page: Any, look: Look, circular: Circular) -> None:
    """The one who wrote the words does not approve them (四眼)."""
    page.get_by_role("link", name="修改文字").click()
    look(page)
    page.locator("input[name=copies]").fill("省政府办公厅")
    page.get_by_role("button", name="保存通报").click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="审核通过").count() == 0
    town.enter(page, HEAD)
    page.goto(f"/circulars/{circular.pk}/")
    look(page)
    page.get_by_role("button", name="审核通过").click()
    page.get_by_role("button", name="编号并印发").click()
    page.wait_for_load_state()
    circular.refresh_from_db()
    assert (circular.state, circular.number) == ("issued", "黑营商通〔2026〕1号")
    look(page)


def _official_files(page: Any, circular: Circular, folder: Path) -> None:
    town.enter(page, PROVINCE)
    page.goto(f"/circulars/{circular.pk}/")
    files = {}
    for name, kind in (("Word", "docx"), ("附表 Excel", "xlsx")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=name).click()
        files[kind] = folder / f"circular.{kind}"
        taken.value.save_as(files[kind])
        assert taken.value.suggested_filename.endswith(f".{kind}")
    book = openpyxl.load_workbook(files["xlsx"])
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    assert "大庆市" in cells and "合计" in cells, cells[:40]
    official.check_xml(files["docx"], title=circular.title, number=circular.number)
    official.check_in_libreoffice(files["docx"], number=circular.number)


def test_the_countys_part_on_a_phone(phone: Any, look: Look, settings: Any) -> None:
    town.lay(settings)
    town.enter(phone, COUNTY)
    look(phone)
    phone.locator(".jg-todo > li").first.get_by_role("link", name="核对并报送").click()
    look(phone)
    upload(phone)
    look(phone)
    mend_the_marked_cell(phone)
    explain_everything(phone)
    look(phone)
    phone.get_by_role("button", name="报送大庆市").click()
    phone.wait_for_load_state()
    attempt = Attempt.objects.get(state="submitted")
    phone.goto(f"/ledgers/attempts/{attempt.pk}/")
    look(phone)
