"""Assistance of 肇源县's demo projects: tickets in every state, the log, a meeting, a mandate with its papers."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.clock import at_hour
from approvals.mandates import services as mandates
from approvals.mandates.services import Line
from approvals.service import logging, meetings
from approvals.tickets import services as tickets
from policy.calendar import WorkCalendar
from projects.models import Project

COUNTY = "230622"
# days ago (working), duty, what was done, seen by the investor, way and result of a return visit
LOG = [
    (22, "guide", "到现场对接，讲清开办企业、立项和用地的办理顺序", True, "visit", "none"),
    (17, "material", "协助整理施工图审查申报材料，补齐法人身份证明", False, "", ""),
    (12, "feedback", "施工许可申请已受理，正在核验材料", True, "phone", "none"),
    (8, "escalation", "到厂区查看，临时用电容量不足，已报请市供电公司研究", True, "visit", "problem"),
    (3, "feedback", "施工图审查意见已转设计单位修改，下周重新报审", True, "", ""),
]


def write_tickets(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services, each step on its own working day; return how many tickets there are."""

    def when(days: int, hour: int = 10) -> datetime:
        return at_hour(calendar.add(today, -days), hour)

    rows = Project.objects.filter(county_code=COUNTY, state="active").order_by("pk")
    by_name = {row.name: row for row in rows.select_related("division__parent", "company")}
    main = by_name.get("艾草生物经济项目")
    others = [row for name, row in by_name.items() if name != "艾草生物经济项目"]
    if main is None or not others or main.signed_on is None or main.signed_on > when(30).date():
        return 0
    made = _main(main, users, when)
    made += _others(others[:4], users, when)
    _log(main, users, when)
    _visits(others[:8], users, when)
    _meeting(main, users, when)
    _mandate(main, users, when)
    return made


def _main(project: Project, users: dict[str, Any], when: Any) -> int:
    """The investor's own project: one of each state."""
    investor, officer, office, city = (
        users[name] for name in ("investor-230622", "officer-230622", "office-230622", "office-230600")
    )
    power = tickets.open_ticket(
        project=project, kind="electricity", title="厂区临时用电增容", text="现有容量 250 kVA，施工需要 630 kVA。",
        by=investor, at=when(16),
    )  # fmt: skip
    power = tickets.accept(ticket=power, text="已联系供电公司勘查现场。", by=officer, at=when(15))
    power = tickets.escalate(ticket=power, reason="增容需市供电公司批复线路改造。", by=officer, at=when(8))
    tickets.accept(ticket=power, text="列入本月改造计划。", by=city, at=when(7))
    land = tickets.open_ticket(
        project=project, kind="land", title="二期用地预审意见", text="二期 30 亩用地预审意见还没有出具。", by=investor,
        at=when(9),
    )  # fmt: skip
    land = tickets.accept(ticket=land, by=office, at=when(8))
    land = tickets.ask_time(
        ticket=land, wanted_on=(when(0) + timedelta(days=21)).date(), reason="省厅系统升级，暂停受理一周。", by=office,
        at=when(4),
    )  # fmt: skip
    tickets.refuse_time(ticket=land, reason="设备下月进场，不能再拖。", by=investor, at=when(3))
    water = tickets.open_ticket(
        project=project, kind="water", title="施工用水接入", text="需要在厂区东侧接入施工用水。", by=officer,
        at=when(14),
    )  # fmt: skip
    water = tickets.agree(ticket=water, by=investor, at=when(13))
    water = tickets.accept(ticket=water, by=officer, at=when(12))
    tickets.ask_close(ticket=water, result="水务局已完成接管，水表已装。", by=officer, at=when(2))
    policy = tickets.open_ticket(
        project=project, kind="policy", title="厂房租金补贴申请", text="按投资协议申请第一年租金补贴。", by=investor,
        at=when(20),
    )  # fmt: skip
    policy = tickets.accept(ticket=policy, by=officer, at=when(19))
    policy = tickets.ask_close(ticket=policy, result="补贴已列入本季度拨付计划。", by=officer, at=when(14))
    tickets.confirm_close(ticket=policy, text="已收到通知，谢谢。", by=investor, at=when(13))
    tickets.open_ticket(
        project=project, kind="labour", title="协助招聘操作工 40 人", text="十二月投产前需招聘操作工 40 人。",
        by=investor, at=when(1, 16),
    )  # fmt: skip
    return 5


def _others(projects: list[Project], users: dict[str, Any], when: Any) -> int:
    """Projects whose company has no account: agreed at a meeting, or waiting for its word."""
    office = users["office-230622"]
    kinds = [
        ("land", "土地平整"),
        ("finance", "银企对接贷款"),
        ("heat", "供热管网接入"),
        ("approval", "环评文件修改"),
    ]
    for number, (project, (kind, title)) in enumerate(zip(projects, kinds, strict=False)):
        ticket = tickets.open_ticket(
            project=project, kind=kind, title=title, text=f"会上议定：{title}。", source="meeting",
            source_note="专题推进会议", agreed_there=number != 3, by=office, at=when(12 - number),
        )  # fmt: skip
        if number in (1, 2):
            tickets.accept(ticket=ticket, by=office, at=when(11 - number))
    return len(projects)


def _log(project: Project, users: dict[str, Any], when: Any) -> None:
    for days, duty, text, shared, way, result in LOG:
        logging.write_entry(
            project=project, duty=duty, done_on=when(days).date(), text=text, shared=shared, way=way,
            result=result, by=users["officer-230622"], at=when(days, 17),
        )  # fmt: skip


def _visits(projects: list[Project], users: dict[str, Any], when: Any) -> None:
    """Return visits of the county's office, one company a working day."""
    ways, results = ("visit", "phone", "visit", "symposium"), ("none", "suggestion", "problem", "none")
    for number, project in enumerate(projects):
        if project.signed_on is None or project.signed_on > when(12 - number).date():
            continue
        logging.write_entry(
            project=project, duty="feedback", done_on=when(12 - number).date(), text="回访企业，听取对审批和帮办服务的意见。",
            way=ways[number % 4], result=results[number % 4], by=users["office-230622"], at=when(12 - number, 17),
        )  # fmt: skip


def _meeting(project: Project, users: dict[str, Any], when: Any) -> None:
    leader = users["leader-230622"]
    held = meetings.call_meeting(
        project=project, subject="协调用电和用地问题", meets_at=when(6, 14), place="县政府三楼会议室", by=leader,
        at=when(9),
    )  # fmt: skip
    meetings.record_meeting(
        meeting=held, minutes="供电公司本月完成线路改造；自然资源局一周内出具预审意见。",
        follow_up_on=when(-2).date(), by=leader, at=when(6, 17),
    )  # fmt: skip
    meetings.call_meeting(
        project=project, subject="投产准备协调会", meets_at=when(-4, 9), place="项目现场", invited="人社局、市场监管局",
        by=leader, at=when(1),
    )  # fmt: skip


def _mandate(project: Project, users: dict[str, Any], when: Any) -> None:
    officer, investor = users["officer-230622"], users["investor-230622"]
    row = mandates.give_mandate(
        project=project, agent=officer, scope="施工许可阶段全部申报事项：施工图审查、质量安全监督手续、施工许可证。",
        signed_by="梁宏伟", signed_on=when(10).date(), by=investor, at=when(10),
    )  # fmt: skip
    row = mandates.accept_mandate(mandate=row, by=officer, at=when(9))
    lines = [Line("营业执照副本", True, 1), Line("建设工程规划许可证", False, 2), Line("施工合同", True, 1)]
    receipt = mandates.take_in(
        mandate=row, lines=lines, party="梁宏伟", done_on=when(8).date(), by=officer, at=when(8, 15)
    )
    mandates.confirm_receipt(receipt=receipt, by=investor, at=when(8, 16))
    contract = row.materials.get(name="施工合同")
    mandates.hand_out(
        mandate=row, materials=[contract.pk], direction="office", party="县住房和城乡建设局窗口",
        done_on=when(5).date(), by=officer, at=when(5),
    )  # fmt: skip
