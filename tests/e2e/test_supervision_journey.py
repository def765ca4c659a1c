"""A delay the organ caused, from its light to the circular; and one the enterprise caused, which no notice may rest on.

All days are counted by hand on the working calendar of 2026: Sunday 20 September is worked, Mid-Autumn is off on 25–27
September, National Day on 1–7 October with Saturday 10 October worked.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts import audit
from accounts.permissions import Role
from projects.models import MilestoneCode
from reporting.circulars.models import Circular
from reporting.reports.models import Report
from supervision.letters.models import PaperState, SupervisionPaper
from supervision.matters.models import ExtensionState, Matter, MatterState, Step
from supervision.warnings.models import Warning
from tests import build
from tests import checklist_help as lists
from tests.e2e import town
from tests.e2e.serving import LATE, LONG_LATE, Journey, fill, light_of, press

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NAME = "年产5万吨玉米深加工项目"
ITEM = "建设用地规划许可证核发"
SPECS = (lists.SPECS[0], lists.SPECS[2] | {"prerequisites": ["QY01"]})  # LX05: promised 5 working days
ARTICLE = "《黑龙江省招商引资项目服务保障暂行办法》第十四条、第二十一条"


@pytest.fixture
def story(page: Any, phone: Any, settings: Any, axe: Callable[..., None]) -> Journey:
    """LX05 of a county's project, accepted on Tuesday 1 September: 2 3 4 7 and Tuesday 8 September is its last day."""
    town.stand(settings, "2026-09-01 09:00")
    made = Journey(page, phone, settings, axe)
    made.people |= {
        "city_head": build.user("j-city-head", Role.OFFICE_HEAD, "230600", name="高国梁"),
        "county_head": build.user("j-county-head", Role.OFFICE_HEAD, "230622", name="刘振东"),
        "bureau": build.user(
            "j-bureau", Role.LEAD_DEPARTMENT, "230622", department="natural_resources", name="田野"
        ),
        "province": build.user("j-province", division="230000", name="韩立群"),
    }
    lists.catalogue("230600", SPECS)
    made.project = build.project(
        NAME,
        company=build.company("肇源县北粮玉米科技有限公司"),
        planned={"land_planning_permit": date(2026, 9, 11)},
    )
    county = made.people["county"]
    lists.checklist(made.project, county, [spec["code"] for spec in SPECS])
    lists.decide(made.project, "QY01", "2026-08-31", county)
    lists.step(made.project, "LX05", "submit", "2026-09-01", county)
    lists.step(made.project, "LX05", "accept", "2026-09-01", county)
    return made


def test_the_organs_delay_from_its_light_to_the_circular(story: Journey) -> None:
    _lit(story)
    _drafted_on_the_counters(story)
    _signed_and_issued(story)
    _received_and_answered_badly(story)
    _returned(story)
    _more_time_refused(story)
    _up_the_ladder(story)
    _publicly_listed(story)
    _in_the_months_papers(story)
    _done_at_last(story)
    assert audit.verify()[1] is None, "the audit chain is whole"


def _lit(story: Journey) -> None:
    """Late since 9 September; 9 10 11 14 15 16: red with the sixth working day, Wednesday 16 September."""
    town.reconcile("2026-09-15")
    page = story.on("2026-09-15", "city")
    assert story.item("LX05") == (LATE, "逾期5个工作日")
    town.reconcile("2026-09-16")
    story.on("2026-09-16", "city")
    page.goto(reverse("warnings:list") + "?level=red")
    row = page.locator("tbody tr", has_text=ITEM)
    assert light_of(row) == (LONG_LATE, "逾期6个工作日")
    row.get_by_role("link").first.click()
    assert "2026-09-08 周二24时前" in page.locator(".jg-steps").inner_text()
    story.look(page)


def _drafted_on_the_counters(story: Journey) -> None:
    """After 1 September: 2–4 (3), 7–11 (8), 14–16: the organ has had it for 11 working days, the enterprise for none."""
    page = story.page
    page.get_by_role("link", name="起草督办通知书").click()
    page.wait_for_load_state()
    assert page.locator("[name=addressees]").input_value() == "肇源县自然资源局"
    facts = page.locator("[name=problem]").input_value()
    assert "行政机关用时11个工作日，企业用时0个工作日" in facts
    assert "超过承诺时限（5个工作日）6个工作日" in facts
    assert page.locator("[name=basis]").input_value().startswith(ARTICLE)
    assert "系统已于2026年9月16日亮红灯" in page.locator("[name=reason]").input_value()
    page.locator("[name=contact_phone]").fill("0459-6666666")
    story.look(page)
    press(page, "保存草稿")
    paper = SupervisionPaper.objects.get()
    assert (paper.state, paper.party, paper.drafted_by) == (PaperState.DRAFT, "organ", story.people["city"])
    assert paper.warning == Warning.objects.get(item=lists.item(story.project, "LX05"), cleared_on=None)
    assert page.get_by_role("button", name="签发").count() == 0, "nobody signs their own words"
    story.look(page)


def _signed_and_issued(story: Journey) -> None:
    """Fifteen working days after 17 September: 18, Sunday 20, 21–24 (6), 28–30 (9), 8–10 October (12), 12 13 14."""
    page = story.on("2026-09-17", "city_head")
    page.goto("/")
    todo = page.locator(".jg-todo > li", has_text="督办通知")
    with page.expect_navigation():
        todo.get_by_role("link", name="审阅签发").click()
    story.look(page)
    press(page, "签发")
    story.on("2026-09-17", "city")
    page.goto(reverse("letters:detail", args=[SupervisionPaper.objects.get().pk]))
    press(page, "编号并印发")
    paper = SupervisionPaper.objects.get()
    assert (paper.number, paper.state) == ("大庆营商督通〔2026〕1号", PaperState.ISSUED)
    assert paper.matter is not None and paper.matter.due_on == date(2026, 10, 14)
    shown = page.locator(".jo-desk").inner_text()
    assert paper.number in shown and "2026年10月14日" in shown
    story.look(page)
    for kind in ("docx", "pdf"):
        assert page.request.get(reverse("letters:export", args=[paper.pk, kind])).status == 200


def _received_and_answered_badly(story: Journey) -> None:
    page = story.on("2026-09-18", "bureau")
    page.goto("/")
    assert page.locator(".jg-todo > li", has_text="督办通知").count() == 1, "it stands among their tasks"
    _move(story, "receive")
    story.look(page)
    story.on("2026-09-22", "bureau")
    _move(story, "answer", text="正在办理。")
    assert Matter.objects.get().state == MatterState.ANSWERED
    assert page.locator("form[action$='/close/']").count() == 0, "who answers does not judge"


def _returned(story: Journey) -> None:
    """The urgent limit, 24, 28–30 September and 8 October, lies before the day set: the 14th stays."""
    page = story.on("2026-09-23", "city")
    page.goto(reverse("matters:list") + "?show=judge")
    page.locator("tbody tr", has_text="督办通知").get_by_role("link").first.click()
    assert "正在办理。" in page.locator("main").inner_text()
    story.look(page)
    _move(story, "return", text="未说明逾期原因，也未办结，退回重办。")
    matter = Matter.objects.get()
    assert (matter.state, matter.due_on) == (MatterState.RETURNED, date(2026, 10, 14))
    story.on("2026-09-24", "bureau")
    page.goto(_address())
    assert "未说明逾期原因，也未办结，退回重办。" in page.locator("main").inner_text()


def _more_time_refused(story: Journey) -> None:
    """Asked two days before the last one; the county's head supports it, the city that pressed it does not grant it."""
    page = story.on("2026-10-12", "bureau")
    page.goto(_address())
    assert light_of(page.locator(".jg-lights"))[1] == "还有2个工作日"  # 13 14
    _move(story, "ask_time", wanted_on="2026-10-30", reason="勘测定界报告需要重做")
    story.on("2026-10-13", "county_head")
    page.goto("/")
    assert page.locator(".jg-todo > li", has_text="延期申请：").count() == 1
    _move(story, "agree_time", text="同意上报")
    story.look(page)
    story.on("2026-10-13", "city")
    _move(story, "refuse_time", text="受理已满一个月，不予延期")
    matter = Matter.objects.get()
    assert matter.extensions.get().state == ExtensionState.REFUSED
    assert (matter.due_on, matter.is_extended) == (date(2026, 10, 14), False)
    story.on("2026-10-14", "bureau")
    page.goto(_address())
    assert "受理已满一个月，不予延期" in page.locator("main").inner_text()
    assert light_of(page.locator(".jg-lights"))[1] == "今天到期"
    story.on("2026-10-15", "bureau")
    page.goto(_address())
    assert page.locator("form[action$='/ask_time/']").count() == 0, "the last day has passed"


def _up_the_ladder(story: Journey) -> None:
    """催办 on the working day after the 14th, 15 October; 督办 five later, 16 19–22; 通报 fifteen later: 23, 26–30 (6),
    2–6 November (11), 9–12 (15). Nothing runs between 21 October and 13 November: the days are right all the same."""
    town.reconcile("2026-10-21")
    assert _rungs() == [("press", date(2026, 10, 15))]
    town.reconcile("2026-11-13")
    assert _rungs() == [
        ("press", date(2026, 10, 15)),
        ("supervise", date(2026, 10, 22)),
        ("circulate", date(2026, 11, 12)),
    ]
    page = story.on("2026-11-13", "bureau")
    page.goto(_address())
    ladder = page.locator("section[aria-labelledby=ladder]").inner_text()
    for day in ("2026-10-15", "2026-10-22", "2026-11-12"):
        assert day in ladder
    story.look(page)
    report = Report.objects.get(unit_id="230600", period="2026-10")
    page = story.on("2026-11-13", "city")
    page.goto(reverse("reports:pressed", args=[report.pk]))
    assert page.locator("tbody tr", has_text=ITEM).count() == 1, "October's report came late and has it"


def _publicly_listed(story: Journey) -> None:
    page = story.on("2026-11-16", "city")
    page.goto(_address())
    assert page.locator("form[action$='/list/']").count() == 0, "the head lists"
    story.on("2026-11-16", "city_head")
    _move(story, "list", reason="督办期满未办结")
    assert Matter.objects.get().listed_on == date(2026, 11, 16)
    story.look(page)
    page.goto(reverse("matters:list") + "?show=listed")
    assert page.locator("tbody tr", has_text=ITEM).count() == 1


def _in_the_months_papers(story: Journey) -> None:
    """November's report and circular, drafted in December. Overdue on 30 November: 15 October is the first day,
    15 16 (2), 19–23 (7), 26–30 (12), 2–6 (17), 9–13 (22), 16–20 (27), 23–27 (32), 30 (33)."""
    town.reconcile("2026-12-07")
    report = Report.objects.get(unit_id="230600", period="2026-11")
    page = story.on("2026-12-07", "city")
    page.goto(reverse("reports:detail", args=[report.pk]))
    line = page.locator("tbody tr", has_text=Matter.objects.get().number)
    assert "逾期33个工作日" in line.inner_text().replace(" ", "")
    assert "挂牌" in line.inner_text()
    story.look(page)
    page = story.on("2026-12-07", "province")
    circular = Circular.objects.get(unit_id="230000", period="2026-11")
    page.goto(reverse("circulars:detail", args=[circular.pk]))
    official = page.locator(".jo-desk").inner_text()
    assert "督办未办结事项清单" in official and Matter.objects.get().number in official
    assert "通报（挂牌）" in official
    story.look(page)


def _done_at_last(story: Journey) -> None:
    """The item is decided, the light goes out by the fact, the answer is checked, the matter leaves the list."""
    story.on("2026-12-08", "land")
    story.take("LX05", "decide", result_number="地字第230622202600001号")
    town.reconcile("2026-12-08")
    assert not Warning.objects.filter(item=lists.item(story.project, "LX05"), cleared_on=None).exists()
    story.on("2026-12-08", "bureau")
    _move(story, "answer", text="已于12月8日核发许可证，逾期系承办人未按时限办理，已约谈。")
    page = story.on("2026-12-09", "city")
    _move(story, "close", check_note="查验许可证原件，属实。")
    matter = Matter.objects.get()
    assert (matter.state, matter.step, matter.is_listed) == (MatterState.CLOSED, Step.CIRCULATE, False)
    page.goto(reverse("letters:detail", args=[SupervisionPaper.objects.get().pk]))
    assert page.locator(".jo-state > li.is-done").count() == 6
    story.look(page)


def test_the_enterprises_delay_cannot_become_a_notice(story: Journey) -> None:
    """Papers asked for on 3 September: the organ had 2 September, the enterprise 3 4 (2), 7–11 (7), 14–16 (10)."""
    lists.step(
        story.project,
        "LX05",
        "ask_supplement",
        "2026-09-03",
        story.people["county"],
        missing=["勘测定界报告"],
    )
    town.reconcile("2026-09-16")
    page = story.on("2026-09-16", "city")
    page.goto(reverse("warnings:list"))
    row = page.locator("tbody tr", has_text=str(MilestoneCode.LAND_PLANNING_PERMIT.label))
    assert light_of(row) == (LATE, "逾期3个工作日")  # planned for the 11th: 14 15 16
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="起草督办通知书").click()
    page.wait_for_load_state()
    told = page.locator("[role=alert]").inner_text()
    assert "督办通知书只用于行政机关原因造成的延误，本事项是企业原因，不能下发" in told
    assert "行政机关用时1个工作日，企业用时10个工作日" in told
    assert page.get_by_role("button", name="保存草稿").count() == 0
    story.look(page)
    page.goto(reverse("letters:choose", args=[story.project.pk]))
    assert page.get_by_role("link", name="据此起草").count() == 0
    story.look(page)
    assert not SupervisionPaper.objects.exists() and not Matter.objects.exists()


def _address() -> str:
    return reverse("matters:detail", args=[Matter.objects.get().pk])


def _move(story: Journey, code: str, **typed: str) -> None:
    """One move of the matter, by whoever sits at the screen."""
    page = story.page
    page.goto(_address())
    fill(page, page.locator(f"form[action$='/{code}/']"), typed)
    assert page.locator(".jg-msg.is-red[role=alert], .is-invalid").count() == 0, page.locator(
        "main"
    ).inner_text()


def _rungs() -> list[tuple[str, date]]:
    rows = Matter.objects.get().entries.filter(kind__in=["press", "supervise", "circulate"])
    return list(rows.order_by("on").values_list("kind", "on"))
