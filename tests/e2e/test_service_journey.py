"""One project from its signing to production: county, leader, officer, specialists, city and investor, each at a screen.

All days are counted by hand on the working calendar of 2026: Qingming is off on 4–6 April, Labour Day on 1–5 May with
Saturday 9 May worked for it, Dragon Boat on 19–21 June, National Day on 1–7 October with Saturday 10 October worked.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts import audit
from accounts.models import Obligation
from approvals.service.models import ProblemMeeting
from approvals.tickets.clocks import days_by_side
from approvals.tickets.clocks import held as held_by
from approvals.tickets.models import Ticket
from policy.services import current_calendar
from projects.models import Assignment, Milestone, PlanChange, Project
from tests import checklist_help as lists
from tests.e2e import town
from tests.e2e.serving import (
    CLOCK_OFF,
    DONE,
    LATE,
    LONG_LATE,
    NOT_YET,
    RUNS,
    Journey,
    actual,
    counters,
    light_of,
    press,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NAME = "年产5万吨玉米深加工项目"
PLAN = {
    "company_setup": "2026-03-20",
    "land_planning_permit": "2026-04-07",
    "engineering_permit": "2026-05-12",
    "construction_permit": "2026-06-22",
    "construction_start": "2026-07-06",
    "completion_acceptance": "2026-10-12",
    "production": "2026-11-06",
}
# One control item under each of the four stages of approval.
SPECS: tuple[dict[str, Any], ...] = (
    lists.SPECS[0],  # QY01 set-up: promised 1 working day
    lists.SPECS[2] | {"prerequisites": ["QY01"]},  # LX05 land permit: promised 5, by law 20
    {
        "code": "GC03",
        "name": "建设工程规划许可证核发",
        "stage": "engineering_permit",
        "department_code": "natural_resources",
        "statutory_days": 20,
        "promised_days": 5,
        "prerequisites": ["LX05"],
        "is_control": True,
    },
    lists.SPECS[4] | {"promised_days": 3, "prerequisites": ["GC03"]},  # SG04 construction permit: promised 3
)


def test_one_project_from_signing_to_production(
    page: Any, phone: Any, settings: Any, axe: Callable[..., None]
) -> None:
    town.stand(settings, "2026-03-02 09:00")
    lists.catalogue("230600", SPECS)
    story = Journey(page, phone, settings, axe)
    _signed_and_planned(story)
    _kickoff(story)
    _company_set_up(story)
    _ticket_up_and_back(story)
    _land_permit_accepted(story)
    _ticket_closed_on_the_investors_word(story)
    _land_permit_stopped_once(story)
    _extension_refused(story)
    _late_and_decided(story)
    _investor_looks_at_his_list(story)
    _engineering_over_labour_day(story)
    _construction_permit(story)
    _built_and_in_production(story)
    assert audit.verify()[1] is None, "the audit chain is whole"


def _signed_and_planned(story: Journey) -> None:
    """Monday 2 March: the county registers what was signed today, plans it and opens it to the investor."""
    page = story.on("2026-03-02", "county")
    page.goto(reverse("projects:create"))
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=signed_on]").fill("2026-03-02")
    page.locator("[name=contract_amount]").fill("32,000")
    page.locator("[name=company_name]").fill("肇源县北粮玉米科技有限公司")
    page.locator("[name=contract_kind]").select_option("contract")
    story.look(page)
    press(page, "登记这个项目")
    story.project = Project.objects.get(name=NAME)
    page.goto(reverse("projects:plan", args=[story.project.pk]))
    for code, day in PLAN.items():
        page.locator(f"[name='{code}-planned_on']").fill(day)
    press(page, "保存节点日期")
    story.look(page)
    page.goto(reverse("projects:team", args=[story.project.pk]))
    page.locator("[name=role]").select_option("investor")
    page.locator("[name=user]").select_option(str(story.people["investor"].pk))
    press(page, "任命此人")
    assert Assignment.objects.get(role="investor").user == story.people["investor"]


def _kickoff(story: Journey) -> None:
    """Within 15 working days of 2 March: 3–6 (4), 9–13 (9), 16–20 (14), Monday 23 March."""
    page = story.on("2026-03-13", "county")
    page.goto(reverse("kickoffs:list"))
    row = page.locator("tbody tr", has_text=NAME)
    assert "2026-03-23" in row.inner_text()
    assert light_of(row) == (NOT_YET, "未到期")  # 16–20 and 23: six working days left
    town.stand(story.clock, "2026-03-16 10:00")
    page.reload()
    assert light_of(row) == (RUNS, "还有5个工作日")  # 17–20 and 23
    page.goto(reverse("kickoffs:record", args=[story.project.pk]))
    typed = {
        "held_on": "2026-03-16",
        "chair": "陈国梁",
        "minutes": "资源局办用地，供电公司办临时用电。",
        "matter_1": "临时用电接入",
    }
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=kind_1]").select_option("electricity")
    seats = {"package_leader": "leader", "chief_service_officer": "officer", "service_specialist": "land"}
    for seat, who in seats.items():
        page.locator(f"[name={seat}_1_user]").select_option(str(story.people[who].pk))
    story.look(page)
    press(page, "登记会议并任职")
    assert Obligation.objects.get(kind="kickoff_meeting").met_on == date(2026, 3, 16)
    assert Ticket.objects.get().accept_by_on == date(2026, 3, 17)  # agreed there: one working day


def _company_set_up(story: Journey) -> None:
    """Planned for Friday 20 March; the item is promised for the working day after its acceptance on the 17th."""
    page = story.on("2026-03-16", "officer")
    assert story.point("company_setup") == (RUNS, "还有4个工作日")  # 17 18 19 20
    page.goto(reverse("checklist:make", args=[story.project.pk]) + "?kind=filed")
    for box in page.locator("[name=codes]").all():
        box.check()
    story.look(page)
    press(page, "建立清单")
    story.look(page)
    story.take("QY01", "submit")
    page = story.on("2026-03-17", "power")
    assert story.ticket() == (RUNS, "今天到期")
    story.look(page)
    story.move(page, "take")
    # The ticket has ten working days from 17 March: 18–20 (3), 23–27 (8), 30, 31.
    assert Ticket.objects.get().due_on == date(2026, 3, 31)
    assert story.ticket()[0] == NOT_YET
    story.on("2026-03-17", "county")
    story.take("QY01", "accept")
    assert story.item("QY01") == (RUNS, "还有1个工作日")
    story.on("2026-03-18", "county")
    assert story.item("QY01") == (RUNS, "今天到期")
    assert actual(story.project, "company_setup") is None
    story.take("QY01", "decide")
    assert actual(story.project, "company_setup") == date(2026, 3, 18), "the key point follows its item"
    assert story.point("company_setup")[0] == DONE


def _ticket_up_and_back(story: Journey) -> None:
    """The city has the ticket from Thursday 19 March; it should take it on by the 20th and answers on the 25th."""
    page = story.on("2026-03-19", "power")
    story.move(page, "escalate", reason="需市供电公司批复增容")
    assert Ticket.objects.get().division_id == "230600"
    assert "需市供电公司批复增容" in page.locator("main").inner_text(), "who held it keeps seeing its thread"
    story.on("2026-03-20", "city")
    assert story.ticket() == (RUNS, "今天到期")
    story.on("2026-03-25", "city")
    assert story.ticket() == (LATE, "逾期3个工作日")  # 23 24 25
    story.look(page)
    story.move(page, "hand_back", text="同意增容到630kVA")
    assert Ticket.objects.get().division_id == "230622"


def _land_permit_accepted(story: Journey) -> None:
    """Accepted on 27 March, promised in five working days: 30 31 March, 1 2 3 April; by law in twenty: 27 April."""
    story.on("2026-03-26", "officer")
    story.take("LX05", "submit")
    story.on("2026-03-27", "land")
    story.take("LX05", "accept")
    row = lists.item(story.project, "LX05")
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 3), date(2026, 4, 27))
    assert story.point("land_planning_permit") == (NOT_YET, "未到期")  # 30 31, 1 2 3, 7: six working days
    story.on("2026-03-31", "land")
    assert story.item("LX05") == (NOT_YET, "已受理，办理中")  # 1 2 3: three
    assert story.point("land_planning_permit") == (RUNS, "还有4个工作日")  # 1 2 3 and 7, after Qingming


def _ticket_closed_on_the_investors_word(story: Journey) -> None:
    """Its last day was 31 March; the investor confirms on his phone."""
    page = story.on("2026-03-31", "power")
    assert story.ticket() == (RUNS, "今天到期")
    story.on("2026-04-01", "power")
    assert story.ticket() == (LATE, "逾期1个工作日")
    story.move(page, "ask_close", result="已增容到630kVA")
    phone = story.on("2026-04-01", "investor", phone=True)
    phone.goto(reverse("tickets:detail", args=[Ticket.objects.get().pk]))
    story.look(phone)
    story.move(phone, "confirm")
    ticket = Ticket.objects.get()
    assert ticket.state == "closed"
    held = held_by(ticket.holds.all(), date(2026, 4, 1), current_calendar())
    # power company 17–19 March | city 20 23–25 | power company 26 27 30 31, 1 April | the investor, the same day
    assert [one.days for one in held] == [3, 4, 5, 0]
    assert days_by_side(held) == {"office": 12, "investor": 0}
    assert sum(one.days for one in held) == current_calendar().between(date(2026, 3, 16), date(2026, 4, 1))


def _land_permit_stopped_once(story: Journey) -> None:
    page = story.on("2026-04-01", "land")
    assert story.item("LX05") == (RUNS, "还有2个工作日")
    story.on("2026-04-02", "land")
    story.take("LX05", "ask_supplement", missing="用地红线图")
    story.look(page)
    assert story.item("LX05")[0] == CLOCK_OFF
    story.on("2026-04-08", "land")
    assert story.item("LX05")[0] == CLOCK_OFF, "the old last day has passed, the clock stands"
    assert story.point("land_planning_permit") == (LATE, "逾期1个工作日")
    story.on("2026-04-09", "officer")
    story.take("LX05", "resubmit")
    row = lists.item(story.project, "LX05")
    # The enterprise had it on 2 3 7 8 April: four working days more, 7 8 9 10 April; by law 28 29 30 April, 6 May.
    assert (row.due_on, row.statutory_due_on) == (date(2026, 4, 10), date(2026, 5, 6))
    assert story.item("LX05") == (RUNS, "还有1个工作日")


def _extension_refused(story: Journey) -> None:
    """From 7 April twenty working days reach 8 May: 8–10 (3), 13–17, 20–24 (13), 27–30 (17), 6 7 8 May.

    The worked Saturday, 9 May, is the twenty-first: the city decides, within 10, 13, 14, 15 and 16 April.
    """
    page = story.on("2026-04-09", "officer")
    page.goto(reverse("projects:plan_change_ask", args=[story.project.pk]))
    page.locator("[name=land_planning_permit]").fill("2026-05-09")
    page.locator("[name=cause]").select_option("land")
    page.locator("[name=party]").select_option("enterprise")
    page.locator("[name=evidence]").fill("红线图补正，见补正告知书")
    story.look(page)
    press(page, "提交申请")
    change = PlanChange.objects.get()
    assert (change.state, change.is_beyond, change.approver_id) == ("waiting", True, "230600")
    assert [shift.shift_days for shift in change.shifts.all()] == [21]
    assert change.obligation is not None and change.obligation.due_on == date(2026, 4, 16)
    story.on("2026-04-14", "city")
    page.goto(reverse("projects:plan_change", args=[change.pk]))
    assert light_of(page.locator("main")) == (RUNS, "还有2个工作日")  # 15 16
    page.locator("[name=opinion]").fill("补正责任在企业，不予延期")
    story.look(page)
    press(page, "不予批准")
    change.refresh_from_db()
    assert change.state == "rejected"
    point = Milestone.objects.get(project=story.project, code="land_planning_permit")
    assert point.planned_on == point.baseline_on == date(2026, 4, 7), "the plan has not moved"
    story.on("2026-04-14", "officer")
    page.goto(reverse("projects:plan_change", args=[change.pk]))
    assert "补正责任在企业，不予延期" in page.locator("main").inner_text()
    assert story.point("land_planning_permit") == (LATE, "逾期5个工作日")  # 8 9 10 13 14


def _late_and_decided(story: Journey) -> None:
    """The item is late since 13 April; the key point since the 8th. Red comes with the sixth and the eleventh day."""
    page = story.on("2026-04-17", "leader")
    assert story.item("LX05") == (LATE, "逾期5个工作日")  # 13–17
    page = story.on("2026-04-21", "leader")
    assert story.item("LX05") == (LONG_LATE, "逾期7个工作日")  # and 20, 21
    assert story.point("land_planning_permit") == (LATE, "逾期10个工作日")  # 8–10, 13–17, 20, 21
    page = story.on("2026-04-22", "leader")
    page.goto(reverse("service:bench"))
    assert light_of(page.locator("tbody tr", has_text=NAME)) == (LONG_LATE, "逾期11个工作日")
    story.look(page)
    page.goto(reverse("service:call", args=[story.project.pk]))
    for name, text in {"subject": "用地许可逾期", "day": "2026-04-23", "place": "县政府三楼"}.items():
        page.locator(f"[name={name}]").fill(text)
    press(page, "召集并通知有关人员")
    assert ProblemMeeting.objects.get().subject == "用地许可逾期"
    story.on("2026-04-22", "land")
    story.take("LX05", "decide", result_number="地字第230622202600001号")
    # After 26 March: 27 30 31, 1–3 (6), 7–10 (10), 13–17 (15), 20–22 (18); the enterprise had 2 3 7 8 of them.
    assert counters(story.page) == {"行政机关": 14, "企业": 4, "合计": 18}
    row = lists.item(story.project, "LX05")
    assert (row.broke_promise, row.broke_statute) == (True, False)
    assert actual(story.project, "land_planning_permit") == date(2026, 4, 22)


def _investor_looks_at_his_list(story: Journey) -> None:
    phone = story.on("2026-04-22", "investor", phone=True)
    story.look(phone)
    phone.goto(reverse("projects:detail", args=[story.project.pk]))
    story.look(phone)
    phone.goto(reverse("projects:tab", args=[story.project.pk, "checklist"]))
    assert light_of(phone.locator("tr", has_text="LX05")) == (DONE, "已办结")
    story.look(phone)


def _engineering_over_labour_day(story: Journey) -> None:
    """Accepted on 29 April, promised in five working days: 30 April, 6 7 8 and Saturday 9 May, worked for the holiday.

    The key point is planned for Tuesday 12 May: five working days before it are 7 8 9 11 12 May.
    """
    story.on("2026-04-28", "officer")
    story.take("GC03", "submit")
    story.on("2026-04-29", "land")
    story.take("GC03", "accept")
    assert lists.item(story.project, "GC03").due_on == date(2026, 5, 9)
    story.on("2026-04-30", "land")
    assert story.point("engineering_permit") == (NOT_YET, "未到期")  # 6 7 8 9 11 12: six
    assert story.item("GC03") == (NOT_YET, "已受理，办理中")
    story.on("2026-05-06", "land")
    assert story.point("engineering_permit") == (RUNS, "还有5个工作日")
    story.on("2026-05-07", "land")
    assert story.item("GC03") == (RUNS, "还有2个工作日")  # 8 and Saturday 9
    story.on("2026-05-11", "land")
    assert story.item("GC03") == (LATE, "逾期1个工作日")
    story.take("GC03", "decide")
    assert counters(story.page) == {"行政机关": 7, "企业": 0, "合计": 7}  # 29 30 April, 6 7 8 9 11 May
    assert actual(story.project, "engineering_permit") == date(2026, 5, 11)


def _construction_permit(story: Journey) -> None:
    """Accepted on 16 June, promised in three working days: 17 18, then Dragon Boat, Monday 22 June."""
    story.on("2026-06-15", "officer")
    story.take("SG04", "submit")
    story.on("2026-06-16", "county")
    story.take("SG04", "accept")
    assert lists.item(story.project, "SG04").due_on == date(2026, 6, 22)
    story.on("2026-06-22", "county")
    assert story.item("SG04") == (RUNS, "今天到期")
    story.take("SG04", "decide")
    assert counters(story.page) == {"行政机关": 4, "企业": 0, "合计": 4}  # 16 17 18 22
    assert story.point("construction_permit")[0] == DONE


def _built_and_in_production(story: Journey) -> None:
    """Completion is planned for 12 October: the last five working days are 30 September, 8 9, Saturday 10, 12."""
    story.finish("construction_start", "2026-07-06")
    story.on("2026-09-28", "officer")
    assert story.point("completion_acceptance") == (NOT_YET, "未到期")  # and 29 September: six
    story.on("2026-09-29", "officer")
    assert story.point("completion_acceptance") == (RUNS, "还有5个工作日")
    story.on("2026-10-13", "officer")
    assert story.point("completion_acceptance") == (LATE, "逾期1个工作日")
    story.finish("completion_acceptance", "2026-10-13")
    story.finish("production", "2026-11-05")
    page = story.page
    assert page.locator(".jg-track > li.is-done").count() == 7
    assert light_of(page.locator(".jg-lights")) == (DONE, "已投产")
    story.look(page)
    project = Project.objects.get(pk=story.project.pk)
    assert (project.state, project.next_due_on) == ("done", None)
    days = list(project.milestones.order_by("position").values_list("actual_on", flat=True))
    assert None not in days and days == sorted(days), "one point after the other"
