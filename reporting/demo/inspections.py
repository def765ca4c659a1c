"""Inspections and visits of the demo province: 大庆's of last month finished, 肇源's of this month under way, a draw."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.clock import at_hour
from accounts.models import Division
from policy.calendar import WorkCalendar
from policy.periods import Period
from projects.models import Project
from supervision.inspections import concluding, drawing, planning, recording
from supervision.inspections.models import Conclusion, Inspection, InspectionItem, InspectionKind
from supervision.visits import naming
from supervision.visits import services as visits
from supervision.visits.services import Found

CITY, COUNTY = "230600", "230622"
K = InspectionKind


def write_inspections(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services, each step at its own time; return how many inspections and visits there are."""
    rows = list(
        Project.objects.filter(county_code=COUNTY, state="active")
        .select_related("division__parent")
        .order_by("pk")[:12]
    )
    if len(rows) < 5:
        return 0
    _last_month(rows, users, today, calendar)
    _this_month(rows, users, today, calendar)
    return 2 + _visits(rows, users, today, calendar)


def _when(day: date, hour: int = 9) -> datetime:
    return at_hour(day, hour)


def _last_month(rows: list[Project], users: dict[str, Any], today: date, calendar: WorkCalendar) -> None:
    """The city's inspection of last month: authority noted, a draw, findings pressed, the county has signed."""
    period = Period.month(today.year, today.month).previous()
    office, first = users["office-230600"], calendar.add(period.first, 9)
    last = calendar.add(first, 2)
    inspection = planning.plan_inspection(
        unit=Division.objects.get(pk=CITY), period=str(period), kinds=[K.SCREENING, K.SPOT_CHECK],
        title=f"{period.label}签约项目落地督办检查", purpose="重点检查签约项目不履约不落地、审批服务不到位、政策承诺不兑现。",
        planned_from=first, planned_to=last, authority_government="大庆市人民政府",
        authority_document="庆政办函〔2026〕12号", by=office, at=_when(calendar.add(period.first, 3)),
    )  # fmt: skip
    at = _when(calendar.add(period.first, 4))
    planning.add_projects(
        inspection=inspection, by=office, at=at,
        picks=[planning.Pick(row, K.SCREENING, "开工日期已过计划日期", "not_landed") for row in rows[:2]],
    )  # fmt: skip
    drawing.draw_sample(
        inspection=inspection, scope="under_way", size=3, seed=f"{first:%Y%m%d}", by=office, at=at
    )
    recording.start_inspection(
        inspection=inspection, inspectors="徐建华（市营商局项目科）、李国庆（市政府督查室）", held_from=first,
        place="肇源县等地项目现场", by=office, at=_when(first),
    )  # fmt: skip
    _results(inspection, office, first, last)
    recording.finish_inspection(
        inspection=inspection, held_to=last, summary="共检查5个项目，发现问题2个，已转督办。", by=office,
        at=_when(calendar.add(last, 2)),
    )  # fmt: skip
    for row in Conclusion.objects.filter(inspection=inspection, unit_id=COUNTY).select_related(
        "inspection", "unit"
    ):
        concluding.receive(conclusion=row, by=users["office-230622"], at=_when(calendar.add(last, 3)))


def _results(inspection: Inspection, office: Any, first: date, last: date) -> None:
    """Two problems, each pressed as a matter; the drawn projects are in order."""
    items = list(inspection.items.select_related("inspection", "project", "unit"))
    for item in items[2:]:
        recording.record_result(
            item=item, result="clear", text="现场在建，审批手续齐全，与台账一致。", looked_on=first, place="项目现场",
            by=office, at=_when(first, 15),
        )  # fmt: skip
    for item, fact, title in (
        (
            items[0],
            "施工许可受理后超过承诺时限12个工作日仍未作出决定，企业施工队伍已进场等待。",
            "施工许可审批超期",
        ),
        (items[1], "投资协议约定的厂区道路至今没有动工，县级没有明确责任部门。", "厂区道路建设承诺未兑现"),
    ):
        finding = recording.add_finding(
            inspection=inspection, item=item, fact=fact, place="项目现场", requirement="查明原因，限期办结并书面反馈。",
            unit=item.unit, by=office, at=_when(first, 16),
        )  # fmt: skip
        recording.press_finding(
            finding=finding, title=title, requirement=finding.requirement, by=office, at=_when(last, 10)
        )


def _this_month(rows: list[Project], users: dict[str, Any], today: date, calendar: WorkCalendar) -> None:
    """The county's own of this month: under way where the month is old enough, else planned."""
    period, office = Period.month(today.year, today.month), users["office-230622"]
    begun = today if calendar.is_working(today) else calendar.add(today, -1)
    planned_on = max(begun, period.first)
    moment = min(_when(planned_on), _when(today, 7))
    inspection = planning.plan_inspection(
        unit=Division.objects.get(pk=COUNTY), period=str(period), kinds=[K.REPORTED, K.SCREENING, K.VERIFICATION],
        title=f"{period.label}签约项目落地督办检查", purpose="检查反映问题的办理、逾期未开工项目和台账真实性。",
        planned_from=planned_on, planned_to=max(planned_on, period.last), by=office, at=moment,
    )  # fmt: skip
    planning.add_projects(
        inspection=inspection, by=office, at=moment,
        picks=[planning.Pick(row, K.SCREENING, "台账反映进展缓慢") for row in rows[2:5]],
    )  # fmt: skip
    if begun < period.first:
        return
    recording.start_inspection(
        inspection=inspection,
        inspectors="孙丽娟、周强",
        held_from=begun,
        place="县开发区",
        by=office,
        at=moment,
    )
    _first_result(inspection, begun, office, moment)


def _first_result(inspection: Inspection, day: date, office: Any, at: datetime) -> None:
    item = (
        InspectionItem.objects.filter(inspection=inspection).select_related("inspection", "project").first()
    )
    if item is not None:
        recording.record_result(
            item=item,
            result="clear",
            text="现场在建，进度与台账一致。",
            looked_on=day,
            place="项目现场",
            by=office,
            at=at,
        )


def _visits(rows: list[Project], users: dict[str, Any], today: date, calendar: WorkCalendar) -> int:
    """The invited supervisor's visits to the projects named to him: one pressed, one declined, one waiting."""
    supervisor, office = users["supervisor-230622"], users["office-230622"]
    granted = list(
        Project.objects.visible_to(supervisor).select_related("division__parent").order_by("pk")[:3]
    )
    if not granted:
        return 0
    for project in granted:
        naming.name_project(
            project=project, supervisor=supervisor, by=office, at=_when(calendar.add(today, -30))
        )
    main = granted[0]
    old = visits.record_visit(
        project=main, visited_on=calendar.add(today, -9), place="厂区施工现场", people_met="梁宏伟（项目经理）",
        seen="主体车间在施工，工人约四十人。企业反映临时用电容量不够，高峰时停机。",
        found=[
            Found("临时用电容量不足，施工高峰每天停机约两小时。", "请供电公司先接临时增容线路。"),
            Found("厂门前公交站没有路灯，夜班工人出行不便。"),
        ],
        by=supervisor, at=_when(calendar.add(today, -8), 17),
    )  # fmt: skip
    first, second = old.findings.all()
    visits.press_finding(
        finding=first, title="解决项目临时用电容量不足", demand="协调供电公司临时增容，保证施工用电，书面反馈结果。",
        by=office, at=_when(calendar.add(today, -7)),
    )  # fmt: skip
    visits.decline_finding(
        finding=second, reason="路灯改造已列入住建局十二月计划，不再另行督办。", by=office,
        at=_when(calendar.add(today, -7), 10),
    )  # fmt: skip
    visits.record_visit(
        project=granted[-1], visited_on=calendar.add(today, -2), place="项目办公室", people_met="综合部负责人",
        seen="办公室已搬入厂区，设备陆续进场。", found=[Found("施工许可材料退回两次，每次要求不一样。", "请窗口一次性告知。")],
        by=supervisor, at=_when(calendar.add(today, -1), 9) + timedelta(minutes=20),
    )  # fmt: skip
    return 2
