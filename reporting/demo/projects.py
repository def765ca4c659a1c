"""About 2,000 projects for the demo province: names and places of published ones, the rest made up, all figures made up.

Deterministic: the same day gives the same province. Pure except for the published list beside this file.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from policy.calendar import WorkCalendar
from projects.models import ContractKind, MilestoneCode, ProjectState
from reporting.demo import zhaoyuan
from reporting.demo.words import (
    COMPANY_ENDINGS,
    COMPANY_HEADS,
    COMPANY_PLACES,
    GIVEN,
    INDUSTRIES,
    LEADS,
    PROBLEMS,
    PROGRESS,
    SURNAMES,
)

CODES = list(MilestoneCode.values)
# Usual days from one point to the next: company, land, engineering, permit, start, completion, production.
USUAL_DAYS = (30, 55, 60, 45, 40, 300, 90)
ZHAOYUAN = "230622"


@dataclass(slots=True)
class DemoProject:
    name: str
    investor: str
    division: str
    industry_text: str
    industry_4567: str
    section: str
    amount_yuan: int | None
    signed_on: date
    kind: str = ContractKind.CONTRACT
    state: str = ProjectState.ACTIVE
    ended_on: date | None = None
    paused: tuple[str, str, date, date, str] | None = None  # reason, party, from, review, note
    planned: list[date | None] = field(default_factory=lambda: [None] * 7)
    actual: list[date | None] = field(default_factory=lambda: [None] * 7)
    invested_yuan: int = 0
    month_yuan: int = 0
    progress: str = ""
    problem: str = ""
    lead: str = ""
    people: list[tuple[str, str]] = field(default_factory=list)  # role, name
    delay: tuple[str, str] = ("", "")

    @property
    def done(self) -> int:
        return sum(day is not None for day in self.actual)


def make(
    counties: Sequence[str], cities: Sequence[str], *, today: date, calendar: WorkCalendar, total: int
) -> list[DemoProject]:
    """All demo projects. 肇源县 gets its five real ones and no other."""
    random = Random(230_000)
    made = [_zhaoyuan(row, today, random) for row in zhaoyuan.ROWS]
    made += _published(random, today, calendar, set(counties) | set(cities))
    others = [code for code in counties if code != ZHAOYUAN]
    weights = [random.lognormvariate(0, 0.55) for _code in others]
    used = {(p.name, p.division) for p in made}
    while len(made) < total:
        home = random.choices(others, weights)[0] if random.random() > 0.04 else random.choice(list(cities))
        project = _invented(random, home, today, calendar)
        if (project.name, home) not in used:
            used.add((project.name, home))
            made.append(project)
    return made


def _zhaoyuan(row: tuple, today: date, random: Random) -> DemoProject:
    name, investor, industry, code, amount, signed, invested, month, problem, dates = row
    project = DemoProject(
        name=name,
        investor=investor,
        division=ZHAOYUAN,
        industry_text=industry,
        industry_4567=code,
        section="C" if code != "modern_logistics" else "G",
        amount_yuan=amount * 10_000,
        signed_on=date.fromisoformat(signed),
        invested_yuan=round(invested * 10_000),
        month_yuan=round(month * 10_000),
        progress="主体施工" if len(dates) > 4 else "前期手续办理中",
        problem=problem,
        lead="工业和信息化局",
    )
    reached = [date.fromisoformat(d) for d in dates]
    project.actual = [*reached, *[None] * (7 - len(reached))]
    last = reached[-1] if reached else project.signed_on
    ahead = {"艾草生物经济项目": 3, "兔皮深加工": -4, "有机水稻生产及米业加工": -20}.get(name, 60)
    for n in range(7):
        if n < len(dates):
            project.planned[n] = reached[n] + timedelta(days=random.choice([-6, 0, 0, 4, 9]))
        else:
            last = (
                max(last, today) + timedelta(days=USUAL_DAYS[n])
                if n > len(dates)
                else today + timedelta(days=ahead)
            )
            project.planned[n] = last
    project.people = _people(random)
    return project


def _published(random: Random, today: date, calendar: WorkCalendar, known: set[str]) -> list[DemoProject]:
    with (Path(__file__).parent / "published-projects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    made, seen = [], set()
    for row in rows:
        code, name = row["code6"], row["project_name"]
        if (
            code not in known
            or code == ZHAOYUAN
            or row["stage_as_published"] == "洽谈"
            or (name, code) in seen
        ):
            continue
        seen.add((name, code))
        project = _invented(random, code, today, calendar)
        project.name, project.investor = name, row["investor"]
        project.industry_text = row["industry"]
        project.amount_yuan = int(float(row["amount_wanyuan"])) * 10_000 if row["amount_wanyuan"] else None
        project.invested_yuan = min(project.invested_yuan, (project.amount_yuan or 0) * 6 // 10)
        if "协议" in name:
            project.kind = ContractKind.FRAMEWORK
        made.append(project)
    return made


def _invented(random: Random, home: str, today: date, calendar: WorkCalendar) -> DemoProject:
    industry, code, section, things = random.choice(INDUSTRIES)
    thing = random.choice(things)
    scale = random.choice(["年产{n}万吨", "{n}万吨", "年产{n}万套", "", "", "", "年加工{n}万吨"])
    name = scale.format(n=random.choice([1, 2, 3, 5, 8, 10, 12, 20, 30, 50])) + thing
    if random.random() < 0.12:
        name += random.choice(["（一期）", "（二期）", "扩建", "技术改造"])
    company = random.choice(COMPANY_PLACES) + random.choice(COMPANY_HEADS) + random.choice(COMPANY_ENDINGS)
    amount = int(min(600_000, max(1_000, random.lognormvariate(9.6, 1.25))) / 100) * 100 * 10_000
    age = int(random.triangular(5, 1150, 320))
    project = DemoProject(
        name=name,
        investor=company,
        division=home,
        industry_text=industry,
        industry_4567=code,
        section=section,
        amount_yuan=amount,
        signed_on=today - timedelta(days=age),
        lead=random.choice(LEADS),
        people=_people(random),
    )
    _kind_and_end(project, random, today)
    _dates(project, random, today, calendar)
    _money_and_words(project, random, today)
    return project


def _kind_and_end(project: DemoProject, random: Random, today: date) -> None:
    dice = random.random()
    if dice < 0.06:
        project.kind = ContractKind.AGREEMENT
    elif dice < 0.10:
        project.kind = ContractKind.FRAMEWORK
    elif dice < 0.12:
        project.kind = ContractKind.INTENT
    elif dice < 0.135:
        project.state = random.choice([ProjectState.TERMINATED, ProjectState.WITHDRAWN])
        project.ended_on = project.signed_on + (today - project.signed_on) * 2 // 3


def _dates(project: DemoProject, random: Random, today: date, calendar: WorkCalendar) -> None:
    """Walk the track at a made-up pace until today, then plan the rest so that few projects are lit."""
    day, pace = project.signed_on, random.uniform(0.6, 1.7)
    for n in range(7):
        day += timedelta(days=max(4, int(USUAL_DAYS[n] * pace * random.uniform(0.6, 1.4))))
        if day >= today or (project.ended_on and day >= project.ended_on):
            break
        project.actual[n] = day
        late = random.random() < 0.22
        project.planned[n] = (
            day - timedelta(days=random.randint(1, 25))
            if late
            else day + timedelta(days=random.randint(0, 20))
        )
    if project.done == 7:
        if project.ended_on is None:
            project.state = ProjectState.DONE
        return
    due = _next_due(random, today, calendar)
    for n in range(project.done, 7):
        project.planned[n] = due
        due += timedelta(days=int(USUAL_DAYS[n] * random.uniform(0.8, 1.3)) + 7)
    if project.state == ProjectState.ACTIVE and random.random() < 0.03:
        start = today - timedelta(days=random.randint(3, 40))
        winter = today.month in (11, 12, 1, 2, 3) and project.done >= 4
        project.paused = (
            (
                "winter_stop",
                "force_majeure",
                start,
                date(today.year + (today.month > 3), 4, 1),
                "冬季停工，来年复工",
            )
            if winter
            else ("redesign", "enterprise", start, today + timedelta(days=30), "企业调整设计方案")
        )


def _next_due(random: Random, today: date, calendar: WorkCalendar) -> date:
    dice = random.random()
    if dice < 0.018:
        return calendar.add(today, -random.randint(11, 45))
    if dice < 0.05:
        return calendar.add(today, -random.randint(1, 9))
    if dice < 0.10:
        return calendar.add(today, random.randint(0, 5))
    return today + timedelta(days=random.randint(12, 240))


def _money_and_words(project: DemoProject, random: Random, today: date) -> None:
    share = (0.0, 0.04, 0.09, 0.14, 0.22, 0.5, 0.85, 0.97)[project.done] * random.uniform(0.6, 1.1)
    project.invested_yuan = int((project.amount_yuan or 0) * min(share, 1.0) / 1000) * 1000
    if project.state == ProjectState.ACTIVE and project.paused is None and project.invested_yuan:
        project.month_yuan = int(project.invested_yuan * random.uniform(0.01, 0.06) / 1000) * 1000
    project.progress = random.choice(PROGRESS[project.done])
    project.problem = random.choice(PROBLEMS) if random.random() < 0.3 else ""
    if any(p and p < today and a is None for p, a in zip(project.planned, project.actual, strict=True)):
        project.delay = random.choice(
            [("organ", "施工图联合审查未出意见"), ("organ", "用地预审材料在补正后未重新受理"), ("enterprise", "企业资金未到位"),
             ("enterprise", "企业调整设计方案"), ("third_party", "外线电力接入排期"), ("higher_level", "用地指标待上级下达")]
        )  # fmt: skip


def _people(random: Random) -> list[tuple[str, str]]:
    roles = (
        "package_leader",
        "lead_department",
        "chief_service_officer",
        "service_specialist",
        "company_contact",
    )
    return [(role, random.choice(SURNAMES) + random.choice(GIVEN)) for role in roles]
