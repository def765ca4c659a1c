"""Changes of plan, promises, arrears, a transfer and assessments of the demo, written through their services."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from accounts.clock import at_hour
from accounts.models import Department, Division
from approvals.service.office_handing import offer
from policy.calendar import WorkCalendar
from projects.assessments.services import Finding, make_assessment, rule_for
from projects.models import Arrears, PlanChange, Project, Promise
from projects.plans.services import ask_plan_change, decide_plan_change
from projects.promises.replanning import ask_replan
from projects.promises.services import (
    Part,
    break_promise,
    keep_promise,
    pay_instalment,
    record_arrears,
    record_promise,
)
from projects.transfers.services import ask_transfer

COUNTY, NEIGHBOUR = "230622", "230621"
PROMISED = (
    ("项目用地达到“三通一平”后交付", "投资协议第八条"),
    ("固定资产投资奖励按年度兑付", "县政府常务会议纪要〔2026〕9号"),
    ("厂区外供水、供热管线由地方接入", "投资协议第十一条"),
    ("协调发放设备购置贴息资金", "招商引资优惠政策第五条"),
    ("解决企业高管子女入学", "投资协议补充协议"),
)
SPREAD = 120  # promises over the province


def write_course(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Return how many rows were made. 肇源县's projects get one of everything; the province gets promises."""
    home = {
        row.name: row for row in Project.objects.filter(county_code=COUNTY, state="active").order_by("pk")
    }
    rows = list(home.values())
    made = _plans(rows, users, today, calendar)
    made += _promises(rows, users, today, calendar)
    made += _arrears(rows, users, today, calendar)
    made += _office_hand_over(users, today, calendar)
    made += _transfer(users, today, calendar)
    made += _assessments(users, today)
    return made + _province(users["office-230000"], today, calendar)


def _at(day: date, hour: int = 10) -> datetime:
    return at_hour(day, hour, 20)


def _ask(
    project: Project,
    days: int,
    cause: str,
    party: str,
    evidence: str,
    *,
    by: Any,
    on: date,
    calendar: WorkCalendar,
) -> PlanChange | None:
    """All unfinished plans of the project moved by so many working days, none of them into the past."""
    points = project.milestones.filter(actual_on=None, planned_on__isnull=False).order_by("position")
    floor, wanted = calendar.add(on, 1), {}
    for point in points:
        floor = max(calendar.add(point.planned_on or on, days), floor)
        wanted[point.code] = floor
    if not wanted:
        return None
    return ask_plan_change(
        project=project, wanted=wanted, cause=cause, party=party, evidence=evidence, by=by, at=_at(on)
    )


def _plans(rows: list[Project], users: dict[str, Any], today: date, calendar: WorkCalendar) -> int:
    county, city = users["office-230622"], users["office-230600"]
    on = calendar.add(today, -3)
    made = [
        _ask(project, days, cause, party, text, by=county, on=on, calendar=calendar)
        for project, (days, cause, party, text) in zip(
            rows,
            (
                (
                    35,
                    "land",
                    "organ",
                    "用地指标随省第四批次下达，较原计划推迟，见县自然资源局函〔2026〕31号。",
                ),
                (40, "funding", "enterprise", "企业银行授信未批复，申请整体顺延。"),
                (8, "design", "enterprise", "企业调整车间布局，施工图重新送审。"),
            ),
            strict=False,
        )
    ]
    if len(made) > 1 and made[1] is not None and made[1].state == "waiting":
        decide_plan_change(
            change=made[1], approved=False, opinion="未附银行函件，融资进度说明不足，按原计划推进。", by=city,
            at=_at(calendar.add(today, -1), 15),
        )  # fmt: skip
    return sum(one is not None for one in made)


def _promises(rows: list[Project], users: dict[str, Any], today: date, calendar: WorkCalendar) -> int:
    by = users["office-230622"]
    department = Department.objects.filter(division_id=COUNTY).order_by("pk").first()
    made: list[Promise] = []
    for number, project in enumerate(rows[:5]):
        text, basis = PROMISED[number]
        due_on = calendar.add(today, (6, -20, 25, -4, 60)[number])
        made.append(
            record_promise(
                project=project,
                text=text,
                basis=basis,
                due_on=due_on,
                department=department,
                responsible="王立新",
                by=by,
                at=_at(today - timedelta(days=90)),
            )
        )
    if len(made) > 1:
        day = calendar.add(today, -22)
        keep_promise(
            promise=made[1],
            kept_on=day,
            evidence="2026年度奖励资金已拨付，国库集中支付凭证 0087 号",
            by=by,
            at=_at(day),
        )
    return len(made)


def _arrears(rows: list[Project], users: dict[str, Any], today: date, calendar: WorkCalendar) -> int:
    if len(rows) < 4:
        return 0
    by = users["office-230622"]
    parts = [
        Part(calendar.add(today, n), yuan) for n, yuan in ((-30, 1_200_000), (-3, 800_000), (40, 1_000_000))
    ]
    debt = record_arrears(
        project=rows[3], creditor=rows[3].investor or rows[3].name, subject="标准化厂房代建工程款",
        amount_yuan=3_000_000, parts=parts, responsible="王立新", by=by, at=_at(today - timedelta(days=100)),
    )  # fmt: skip
    first = debt.instalments.order_by("position").first()
    if first is not None:
        pay_instalment(
            instalment=first, paid_on=first.due_on, evidence="支付令 2026-0312", by=by, at=_at(first.due_on)
        )
    _replans(debt, by, today, calendar)
    return 1 + len(parts)


def _replans(debt: Arrears, by: Any, today: date, calendar: WorkCalendar) -> None:
    """One change within the limit, in force; one beyond it, which waits for the city."""

    def ask(days: dict[int, date], reason: str, on: date) -> None:
        parts = debt.instalments.filter(paid_on=None).order_by("position")
        wanted = [Part(days.get(part.position, part.due_on), part.amount_yuan) for part in parts]
        ask_replan(arrears=debt, parts=wanted, reason=reason, by=by, at=_at(on))

    ask({3: calendar.add(today, 46)}, "与债权企业商定，末期随年度预算下达支付。", today - timedelta(days=40))
    later = {2: calendar.add(today, 45), 3: calendar.add(today, 90)}
    ask(later, "财政资金调度困难，已与债权企业商定延后，见补充协议。", calendar.add(today, -1))


def _office_hand_over(users: dict[str, Any], today: date, calendar: WorkCalendar) -> int:
    """All that one department of 肇源县 has open is offered to 住建局, where the specialist sits."""
    giver = Department.objects.filter(division_id=COUNTY, promises__state="open").order_by("pk").first()
    receiver = Department.objects.filter(division_id=COUNTY, code="housing").first()
    if giver is None or receiver is None or giver == receiver:
        return 0
    offer(
        giver=giver, receiver=receiver, kinds=["item", "ticket", "promise", "arrears"], by=users["office-230622"],
        reason="机构改革，职责划转，见县委编委〔2026〕6号文件。", at=_at(calendar.add(today, -1), 16),
    )  # fmt: skip
    return 1


def _transfer(users: dict[str, Any], today: date, calendar: WorkCalendar) -> int:
    project = Project.objects.filter(county_code=NEIGHBOUR, state="active").order_by("pk").first()
    if project is None:
        return 0
    ask_transfer(
        project=project, to_division=Division.objects.get(pk=COUNTY), by=users["office-230621"],
        reason="企业原料基地在肇源，经与投资方协商，申请将项目流转至肇源县落地。", at=_at(calendar.add(today, -2)),
    )  # fmt: skip
    return 1


def _assessments(users: dict[str, Any], today: date) -> int:
    home = Division.objects.get(pk=COUNTY)
    rule = rule_for(home, today)
    if rule is None:
        return 0
    for name, company, yuan, applies, opinion in (
        (
            "年产三万吨秸秆饲料项目",
            "大庆绿源饲料有限公司",
            60_000_000,
            "",
            "原料有保障，符合产业政策，同意签约。",
        ),
        ("再生铅冶炼项目", "某再生资源有限公司", 320_000_000, "环保不过关", "不符合环保准入，不予签约。"),
    ):
        make_assessment(
            division=home, name=name, company=company, amount_yuan=yuan, content=name, opinion=opinion,
            findings=[
                Finding(item, item == applies, "位于松花江干流一公里范围内" if item == applies else "")
                for item in rule["refusals"]
            ],
            assessed_on=today - timedelta(days=20), by=users["office-230622"], at=_at(today - timedelta(days=20)),
        )  # fmt: skip
    return 2


def _province(by: Any, today: date, calendar: WorkCalendar) -> int:
    """A promise for every so many projects, so that the share kept by division can be read."""
    random = Random(11)
    rows = Project.objects.filter(state__in=["active", "done"], signed_on__lt=today - timedelta(days=120))
    rows = rows.exclude(county_code__in=["", COUNTY]).order_by("pk")
    step = max(1, rows.count() // SPREAD)
    made = 0
    for project in rows[::step]:
        text, basis = random.choice(PROMISED)
        due_on = calendar.add(today, random.randint(-60, 40))
        promise = record_promise(
            project=project, text=text, basis=basis, due_on=due_on, by=by, at=_at(today - timedelta(days=110))
        )
        made += 1
        chance = random.random()
        if due_on < today and chance < 0.78:
            day = calendar.add(due_on, random.choice((-5, -2, -1, 0, 3)))
            if day <= today:
                keep_promise(
                    promise=promise, kept_on=day, evidence="兑现凭证已归档", by=by, at=_at(max(day, due_on))
                )
        elif due_on < today and chance > 0.94:
            break_promise(promise=promise, reason="上级政策调整，原优惠条款停止执行", by=by, at=_at(due_on))
    return made
