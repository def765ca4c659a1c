"""Meetings of 肇源县, 大庆市 and the province: held, called, called off, minutes lacking; items open and done; symposia owed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Q

from accounts.clock import at_hour
from accounts.models import Department, Division, Obligation, Tier
from accounts.obligations.kinds import SYMPOSIUM
from accounts.obligations.services import owe_for_period
from policy.calendar import WorkCalendar
from policy.periods import Period, PeriodKind
from projects.models import Project
from reporting.demo.rules import rule_of
from supervision.matters import services as matters
from supervision.meetings import services as meetings
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan
from supervision.meetings.models import AgreedItem, Attendance, UnitMeeting
from supervision.meetings.recording import Line, Minutes

PROVINCE, CITY, COUNTY, NEIGHBOUR = "230000", "230600", "230622", "230621"
MAIN = "艾草生物经济项目"
Came = Mapping[str, tuple[str, str]]


class Scene:
    """What the meetings are made of."""

    def __init__(self, users: dict[str, Any], today: date, calendar: WorkCalendar) -> None:
        self.users, self.today, self.calendar = users, today, calendar
        self.units = {
            row.pk: row for row in Division.objects.filter(pk__in=[PROVINCE, CITY, COUNTY, NEIGHBOUR])
        }
        self.offices = {row.code: row for row in Department.objects.filter(division_id=COUNTY)}
        rows = list(Project.objects.filter(county_code=COUNTY, state="active").order_by("pk")[:6])
        self.projects = sorted(rows, key=lambda row: row.name != MAIN)

    def when(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """So many working days ago; negative: ahead."""
        return at_hour(self.calendar.add(self.today, -days), hour, minute)

    def departments(self, *codes: str) -> tuple[Department, ...]:
        return tuple(self.offices[code] for code in codes if code in self.offices)

    def call(
        self, unit: str, kind: str, subject: str, days: int, *, hour: int = 9, **more: Any
    ) -> UnitMeeting:
        begins = self.when(days, hour)
        plan = Plan(
            subject=subject, meets_at=begins, ends_at=begins + timedelta(hours=2), place=more.pop("place", "三楼会议室"),
            **more,
        )  # fmt: skip
        called = self.when(max(days + 5, 1), 8)
        return meetings.call_meeting(
            unit=self.units[unit], kind=kind, plan=plan, by=self.users[f"office-{unit}"], at=called
        )

    def record(
        self, meeting: UnitMeeting, days: int, text: str, *lines: Line, chair: str, came: Came | None = None
    ) -> None:
        """`came`: invitee name → (attendance, who); the others were present."""
        rows = {
            row.pk: (came or {}).get(row.name, (Attendance.PRESENT, "")) for row in meeting.invitees.all()
        }
        notes = {item.pk: "责任单位说明进度，继续抓紧办理。" for item in meetings.open_before(meeting)}
        meetings.record_meeting(
            meeting=meeting, turn=None, by=self.users[f"office-{meeting.unit_id}"], at=self.when(days, 16),
            minutes=Minutes(text=text, chair=chair, attendance=rows, notes=notes, lines=lines),
        )  # fmt: skip


def write_meetings(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services; return how many meetings there are."""
    scene = Scene(users, today, calendar)
    if not scene.projects:
        return 0
    _owe_symposia(scene)
    _county(scene)
    _county_ahead(scene)
    _above(scene)
    return UnitMeeting.objects.count()


def _owe_symposia(scene: Scene) -> None:
    """Of the last quarter and this one, as the hourly reconciler would have made them; most offices held theirs."""
    units = list(
        Division.objects.current(scene.today)
        .filter(Q(province_code=PROVINCE), tier__lte=Tier.COUNTY)
        .order_by("pk")
    )
    random, now = Random(22), Period.containing(PeriodKind.QUARTER, scene.today)
    for period, held in ((now.previous(), 0.94), (now, 0.35)):
        rule = rule_of(scene.units[PROVINCE], SYMPOSIUM, period.last)
        owe_for_period(
            kind=SYMPOSIUM, units=units, period=period, rule=rule, calendar=scene.calendar, at=scene.when(60)
        )
        rows = Obligation.objects.filter(kind=SYMPOSIUM, period=str(period), met_on=None)
        met = []
        for row in rows.exclude(unit_id__in=[COUNTY, CITY, PROVINCE]).order_by("unit_id"):
            day = period.first + timedelta(days=random.randint(10, 88))
            if random.random() < held and day < scene.today:
                row.met_on, row.met_at = day, at_hour(day, 15)
                met.append(row)
        Obligation.objects.bulk_update(met, ["met_on", "met_at"])


def _county(scene: Scene) -> None:
    """Held: a symposium with items late and done, a problem meeting whose point became a ticket, a training."""
    county, main = scene.units[COUNTY], scene.projects[0]
    power, housing = scene.departments("power_supply"), scene.departments("housing")
    guests = ("湖北蕲艾科技集团有限公司", "肇源县绿色食品加工有限公司")
    first = scene.call(
        COUNTY, "symposium", "三季度重点项目企业座谈会", 42, agenda="一、通报项目推进情况\n二、听取企业意见\n三、研究解决措施",
        invited=Invited(departments=power + housing + scene.departments("industry_information"), companies=guests),
    )  # fmt: skip
    late: Came = {row.name: (Attendance.LATE, "") for row in power} | {guests[1]: (Attendance.ABSENT, "")}
    scene.record(
        first, 41, "会议听取三家企业反映的用电、施工许可和用工问题，议定三项措施，逐项明确责任单位和时限。",
        Line("园区东侧线路改造立项", county, scene.offices.get("power_supply"), due_on=scene.when(20).date(), project=main),
        Line("施工许可办理一次告知清单", county, scene.offices.get("housing"), due_on=scene.when(25).date()),
        Line("组织用工对接专场", county, due_on=scene.when(12).date()),
        chair="陈国梁", came=late,
    )  # fmt: skip
    _finish(scene, AgreedItem.objects.get(meeting=first, position=2))
    problem = scene.call(
        COUNTY, "problem", "艾草等项目要素保障碰头会", 12, place="经开区管委会", projects=tuple(scene.projects[:2]),
        invited=Invited(departments=power + housing),
    )  # fmt: skip
    scene.record(
        problem, 11, "会议研究两个项目的用水、用电和供热接入问题，企业代表到会并同意办理安排。",
        Line("施工用电临时变压器增容", county, scene.offices.get("power_supply"), project=main, help_kind="electricity", company_agreed=True),
        Line("报送要素接入时间表", county, due_on=scene.when(2).date()),
        chair="刘振东",
    )  # fmt: skip
    training = scene.call(
        COUNTY, "training", "首席服务官和专员业务培训", 18, place="党校二楼", hour=14,
        invited=Invited(
            departments=power + housing + scene.departments("natural_resources", "commerce"),
            people=(scene.users["officer-230622"], scene.users["specialist-230622"]),
        ),
    )  # fmt: skip
    names: Came = {row.name: (Attendance.ABSENT, "") for row in housing} | {
        "赵志强": (Attendance.LATE, "赵志强")
    }
    scene.record(training, 17, "培训帮办代办流程、首席服务官职责和系统操作。", chair="孙丽娟", came=names)


def _finish(scene: Scene, item: AgreedItem) -> None:
    """One item goes its whole way: received, answered, checked, closed."""
    matter, clerk = item.matter, scene.users["office-230622"]
    if matter is None:
        return
    matter = matters.receive_matter(matter=matter, by=clerk, at=scene.when(40))
    matter = matters.answer_matter(
        matter=matter, text="清单已印发并在窗口公示。", by=clerk, at=scene.when(30)
    )
    matters.judge_matter(
        matter=matter, good=True, text="属实，予以销号。", check_note="现场查看窗口，清单已公示。",
        by=scene.users["head-230622"], at=scene.when(28), checked_on=scene.when(28).date(),
    )  # fmt: skip


def _county_ahead(scene: Scene) -> None:
    """To come: this quarter's symposium; lacking its minutes: a meeting on site; called off: one."""
    power, housing = scene.departments("power_supply"), scene.departments("housing")
    scene.call(
        COUNTY, "symposium", "四季度重点项目企业座谈会", -4, agenda="一、通报上次议定事项落实情况\n二、听取企业意见",
        invited=Invited(
            departments=power + housing, people=(scene.users["officer-230622"],), companies=("湖北蕲艾科技集团有限公司",)
        ),
    )  # fmt: skip
    scene.call(
        COUNTY, "onsite", "新能源装备项目现场办公会", 1, place="项目现场", hour=14, projects=tuple(scene.projects[2:3]),
        invited=Invited(departments=housing),
    )  # fmt: skip
    review = scene.call(
        COUNTY, "review", "用地手续联审会办会", -2, hour=14, invited=Invited(departments=housing)
    )
    meetings.cancel_meeting(
        meeting=review,
        turn=None,
        reason="用地批复已下达，不再召开。",
        by=scene.users["office-230622"],
        at=scene.when(1, 17),
    )


def _above(scene: Scene) -> None:
    """The city's joint meeting gives the county an item; the city and the province call theirs."""
    both = (scene.units[COUNTY], scene.units[NEIGHBOUR])
    joint = scene.call(
        CITY, "joint", "全市招商引资项目落地联席会议", 15, place="市政府一号会议室", projects=tuple(scene.projects[:1]),
        invited=Invited(units=both),
    )  # fmt: skip
    scene.record(
        joint, 14, "会议听取各县区项目落地情况汇报，对未开工项目逐个提出要求。",
        Line("未开工项目逐个制定开工计划", scene.units[COUNTY], due_on=scene.when(-6).date()),
        Line("核实已签约项目合同履约情况", scene.units[NEIGHBOUR], due_on=scene.when(3).date()),
        chair="高国梁", came={scene.units[NEIGHBOUR].name: (Attendance.EXCUSED, "")},
    )  # fmt: skip
    symposium = scene.call(
        CITY, "symposium", "外来投资企业座谈会", 30, invited=Invited(companies=("大庆龙江装备有限公司",))
    )
    scene.record(symposium, 29, "会议听取企业对审批服务的意见。", chair="徐建华")
    scene.call(CITY, "talk", "政企沟通季调度会", -6, place="市政府一号会议室", invited=Invited(units=both))
    scene.call(
        PROVINCE,
        "joint",
        "全省招商引资项目落地联席会议",
        -8,
        place="省政府会议中心",
        invited=Invited(units=(scene.units[CITY],)),
    )
