"""Supervised matters and work orders of 大庆市 and 肇源县 in every state and on every rung."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.clock import at_hour
from accounts.models import Department, Division
from policy.calendar import WorkCalendar
from projects.models import Project
from supervision.matters import ladder
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterSource
from supervision.workorders import services as orders
from supervision.workorders.choosing import Rule, chosen
from supervision.workorders.models import AddressedTo, WorkOrder

CITY, COUNTY = "230600", "230622"
MAIN = "艾草生物经济项目"


def write_matters(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services, each step on its own working day; return how many matters there are."""

    def when(days: int, hour: int = 10) -> datetime:
        return at_hour(calendar.add(today, -days), hour)

    city, county = Division.objects.get(pk=CITY), Division.objects.get(pk=COUNTY)
    projects = list(Project.objects.filter(county_code=COUNTY, state="active").order_by("pk")[:6])
    main = next((row for row in projects if row.name == MAIN), projects[0] if projects else None)
    if main is None:
        return 0
    _pressed(city, county, main, users, when)
    _extended(city, county, main, users, when)
    _judged(city, county, projects, users, when)
    _own(county, main, users, when)
    _orders(city, users, when)
    return Matter.objects.filter(source__in=[MatterSource.OFFICE, MatterSource.WORK_ORDER]).count()


def climb_ladder(today: date) -> None:
    """What the hourly job would have done by now, for the matters of every subject."""
    ladder.climb(at_hour(today, 6))


def _issue(
    issuer: Division, unit: Division, title: str, demand: str, by: Any, at: datetime, **more: Any
) -> Matter:
    return matters.issue_matter(
        source=MatterSource.OFFICE, issuer=issuer, unit=unit, title=title, demand=demand, by=by, at=at, **more
    )


def _pressed(city: Division, county: Division, project: Project, users: dict[str, Any], when: Any) -> None:
    """Late ones: one not signed for, one under supervision and listed, one for the circular."""
    office, head, clerk = users["office-230600"], users["head-230600"], users["office-230622"]
    _issue(
        city, county, "报送未开工项目原因清单", "逐个项目说明未开工原因和计划开工日期，加盖公章报送。", office, when(9),
        urgency="urgent",
    )  # fmt: skip
    late = _issue(
        city, county, "施工许可证办理滞后整改", "厘清滞后环节和责任单位，依法办结施工许可，报送证照复印件。", office,
        when(28), project=project, basis="《黑龙江省招商引资项目服务保障暂行办法》第十四条",
    )  # fmt: skip
    late = matters.receive_matter(matter=late, by=clerk, at=when(27))
    late = matters.report_progress(
        matter=late, text="住建局已受理，图审意见尚未出具。", by=clerk, at=when(18)
    )
    matters.list_matter(matter=late, reason="超时办理，企业多次反映", by=head, at=when(4))
    old = _issue(
        city, county, "兑现厂房租金补贴", "按投资协议约定核定金额并拨付到位，报送拨付凭证。", office, when(45), project=project
    )  # fmt: skip
    matters.receive_matter(matter=old, by=clerk, at=when(44))


def _extended(city: Division, county: Division, project: Project, users: dict[str, Any], when: Any) -> None:
    """More time: one granted, one refused, one waiting for the head."""
    office, clerk, head = users["office-230600"], users["office-230622"], users["head-230622"]
    for n, (title, granted) in enumerate(
        (("二期用地报批", True), ("园区道路贯通", False), ("污水接入工程", None))
    ):
        row = _issue(
            city,
            county,
            title,
            f"{title}按期完成，报送完成情况和影像资料。",
            office,
            when(12 - n),
            project=project,
        )
        row = matters.receive_matter(matter=row, by=clerk, at=when(11 - n))
        matters.ask_extension(
            matter=row, wanted_on=row.due_on + timedelta(days=21), reason="省级系统升级，暂停受理一周。", by=clerk,
            at=when(6 - n),
        )  # fmt: skip
        if granted is None:
            continue
        matters.agree_extension(matter=row, good=True, text="情况属实", by=head, at=when(5 - n))
        text = "同意延期一次" if granted else "前期已有富余时间，不予延期"
        matters.decide_extension(matter=row, granted=granted, text=text, by=office, at=when(4 - n))


def _judged(
    city: Division, county: Division, projects: list[Project], users: dict[str, Any], when: Any
) -> None:
    """Answered and waiting, returned, closed after a check."""
    office, clerk = users["office-230600"], users["office-230622"]
    for n, (title, end) in enumerate(
        (("招商台账数据核实", ""), ("企业用工对接", "return"), ("项目专班挂点", "close"))
    ):
        row = _issue(
            city,
            county,
            title,
            f"{title}，报送办理结果和佐证材料。",
            office,
            when(13),
            project=projects[n % len(projects)],
        )
        row = matters.receive_matter(matter=row, by=clerk, at=when(12))
        row = matters.answer_matter(matter=row, text=f"{title}已完成，材料附后。", by=clerk, at=when(4))
        if end == "return":
            matters.judge_matter(matter=row, good=False, text="缺少企业盖章的回执。", by=office, at=when(3))
        if end == "close":
            matters.judge_matter(
                matter=row, good=True, check_note="电话回访企业和现场核实，情况属实。", by=office, at=when(2)
            )


def _own(county: Division, project: Project, users: dict[str, Any], when: Any) -> None:
    """肇源县 to its own housing bureau."""
    housing = Department.objects.filter(division=county, code="housing").first()
    row = _issue(
        county, county, "施工图审查提速", "7 个工作日内出具审查意见。", users["office-230622"], when(5),
        project=project, department=housing,
    )  # fmt: skip
    matters.receive_matter(matter=row, by=users["specialist-230622"], at=when(4))


def _orders(city: Division, users: dict[str, Any], when: Any) -> None:
    """Two dispatches of the city: one overdue in part, one fresh."""
    office, clerk = users["office-230600"], users["office-230622"]
    demand = "逐个项目核实推进情况，协调解决存在问题，反馈形象进度、存在问题和下一步措施。"
    plans = (
        ("1f0c8d0e-0f0b-4c0e-9a52-000000000001", Rule(industries=("food",), only_not_started=True), 20),
        ("1f0c8d0e-0f0b-4c0e-9a52-000000000002", Rule(min_yuan=200_000_000, to=AddressedTo.HOST), 3),
    )
    for batch, rule, days in plans:
        found = [row.pk for row in chosen(rule, city, office) if not getattr(row, "busy", False)][:24]
        if found:
            orders.dispatch(
                batch=UUID(batch), issuer=city, rule=rule, project_ids=found, title="重点项目落地服务", demand=demand,
                basis="市招商引资工作专班部署", by=office, at=when(days),
            )  # fmt: skip
    mine = WorkOrder.objects.filter(unit_id=COUNTY, issuer=city).order_by("pk").first()
    if mine is None:
        return
    orders.receive_all(order=mine, by=clerk, at=when(19))
    for row in Matter.objects.filter(source=MatterSource.WORK_ORDER, source_id=mine.pk).order_by("pk")[:2]:
        matters.answer_matter(
            matter=row, text="已落实专班，完成场地平整，计划下月开工；无需协调事项。", by=clerk, at=when(8)
        )
