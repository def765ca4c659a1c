"""A small whole world for the nets over all pages: 肇源县 with one of everything, a neighbour county, another city.

Names of 肇源县's rows hold markup, so that a page that forgets to escape is seen; names of the others hold 机密, so that a
page that shows too much is seen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts import notify
from accounts.models import (
    ApiToken,
    AuditRecord,
    Department,
    Division,
    Extension,
    InboxItem,
    Obligation,
    Posting,
    User,
)
from accounts.obligations import services as obligations
from accounts.obligations.kinds import KICKOFF, LEDGER_COUNTY
from accounts.tokens.services import issue_token
from approvals.kickoff.services import record_kickoff
from policy.periods import Period
from policy.services import current_calendar
from projects import services as projects
from projects.models import MilestoneCode, Project, TeamRole
from reporting.circulars.models import Circular
from reporting.circulars.services import draft_circular
from reporting.ledgers import mending, packages, reviewing, submitting
from reporting.ledgers.evaluate import key_of
from reporting.ledgers.models import Attempt, CityPackage
from reporting.reports import services as reports
from reporting.reports.models import Report
from supervision.letters import grounds
from supervision.letters import services as letters
from supervision.letters.drafting import starting_words
from supervision.letters.models import SupervisionPaper
from supervision.letters.writing import REQUIRED
from supervision.warnings.digest import send_digests
from supervision.warnings.models import Warning
from supervision.warnings.services import scan
from tests import build, ledger_help, letters_help
from tests.web import (
    access_assist,
    access_checklist,
    access_course,
    access_inspections,
    access_matters,
    access_meetings,
    access_referrals,
)

NOW = "2026-11-05 09:30"
SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(2)>"
PROJECT = f"艾草{SCRIPT}项目"
COMPANY = f"蕲艾{IMAGE}公司"
SECRET = "机密"
DRAWING = "<svg onload=alert(3)>"
MARKUP = ("<script>alert(", "<img src=x", "<svg onload")
POINT = MilestoneCode.CONSTRUCTION_PERMIT
ROLES = (
    "anonymous", "nobody", "investor", "officer", "county", "neighbour",
    "other_city", "city", "province", "province_head", "auditor", "administrator",
)  # fmt: skip


@dataclass
class World:
    """The rows that addresses are made of; all of 肇源县 unless the name says otherwise."""

    people: dict[str, User]
    project: Project
    assignment: Any
    met: Project  # its kickoff meeting is recorded
    staged: Attempt
    submitted: Attempt
    returned: Attempt
    package: CityPackage  # 大庆's
    report: Report
    circular: Circular  # 大庆's draft
    warning: Warning
    duty: Obligation
    extension: Extension
    inbox: InboxItem  # the county office's
    record: AuditRecord
    person: User
    posting: Posting
    department: Department
    token: ApiToken  # the county office's
    assist: access_assist.Assist
    checklist: access_checklist.Rows
    course: dict[str, Any]
    supervised: dict[str, Any]  # a sample of each subject of supervision
    letter: SupervisionPaper  # the province's to 肇源县


def make() -> World:
    """Write everything through the services where there is one. The clock must stand at NOW (time-machine)."""
    people = build.cast()
    county, city = people["county"], people["city"]
    own = _project(people)
    checklist, assist = access_checklist.sample(people, own), access_assist.sample(people, own)
    course = access_course.sample(people, own, MilestoneCode.PRODUCTION)
    supervised = {
        "inspections": access_inspections.sample(people, own),
        "matters": access_matters.sample(people, own),
        "meetings": access_meetings.sample(people, own),
        "referrals": access_referrals.sample(own),
    }
    letter = _letter(people, own)
    met = _met(people)
    _strangers()
    staged, submitted, returned, package = _ledgers(county, city)
    period = Period.parse("2026-11")
    rule = obligations.deadline_rule(own.division, LEDGER_COUNTY, period.last)
    assert rule is not None
    units = [own.division, ledger_help.unit("230621"), ledger_help.unit("230229")]
    obligations.owe_for_period(
        kind=LEDGER_COUNTY,
        units=units,
        period=period,
        rule=rule,
        calendar=current_calendar(),
        at=build.at(NOW),
    )
    duty = Obligation.objects.get(kind=LEDGER_COUNTY, unit_id="230622", period="2026-11")
    extension = obligations.ask_extension(
        obligation=duty, wanted_on=date(2026, 12, 4), reason=f"系统迁移{SCRIPT}", by=county, at=build.at(NOW)
    )
    scan(build.at(NOW))
    send_digests(build.at(NOW))
    reports.compile_period(
        province=Division.objects.get(pk="230000"),
        period=Period.parse("2026-10"),
        by=None,
        at=build.at("2026-11-05 08:00"),
    )
    circular = draft_circular(report=Report.objects.get(unit_id="230600"), by=city, at=build.at(NOW))
    notify.tell(
        [county], key="world", kind="ledger", title=f"退回 {SCRIPT}", text=f"第 4 行 {IMAGE}", url="/inbox/",
        at=build.at(NOW),
    )  # fmt: skip
    token, _text = issue_token(
        posting=county.postings.get(),
        label="报表程序",
        expires_on=date(2027, 1, 31),
        by=county,
        at=build.at(NOW),
    )
    return World(
        people=people,
        project=own,
        assignment=own.team.get(user=people["officer"]),
        met=met,
        staged=staged,
        submitted=submitted,
        returned=returned,
        package=package,
        report=Report.objects.get(unit_id="230622"),
        circular=circular,
        warning=Warning.objects.filter(project=own).earliest("pk"),
        duty=duty,
        extension=extension,
        inbox=InboxItem.objects.get(user=county, key="world"),
        record=AuditRecord.objects.filter(county_code="230622").latest("pk"),
        person=county,
        posting=county.postings.get(),
        department=Department.objects.filter(division_id="230622").earliest("pk"),
        token=token,
        assist=assist,
        checklist=checklist,
        course=course,
        supervised=supervised,
        letter=letter,
    )


def _project(people: dict[str, User]) -> Project:
    """Late, with a team and a duty; its investor and its chief service officer see it and nothing else."""
    row = build.project(
        PROJECT,
        company=build.company(COMPANY),
        planned={POINT: date(2026, 10, 16), MilestoneCode.PRODUCTION: date(2027, 10, 8)},
        actual={MilestoneCode.COMPANY_SETUP: date(2026, 4, 1)},
        invested_total_yuan=201_649_000,
        signed_on=date(2026, 10, 12),
    )
    obligations.owe_for_subject(
        kind=KICKOFF,
        unit=row.division,
        subject=row,
        label=row.name,
        anchor=row.signed_on,
        at=build.at("2026-10-12 09:00"),
    )
    for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
        projects.appoint(
            project=row,
            role=role,
            user=people[who],
            valid_from=date(2026, 10, 20),
            by=people["county"],
            at=build.at(NOW),
        )
    return row


def _letter(people: dict[str, User], own: Project) -> SupervisionPaper:
    """A letter of the province about a problem of the project, signed and sent, with markup in its words."""
    office, head = people["province"], people["province_head"]
    ground = grounds.find(office, "project", own.pk, date(2026, 11, 3))
    assert ground is not None
    unit = Division.objects.get(pk="230000")
    words = starting_words(ground, unit, date(2026, 11, 3), office) | letters_help.AUTHORITY
    words |= {"contact_phone": "0451-82222222", "title": f"督办{IMAGE}", "demand": f"限期办结{SCRIPT}"}
    words |= {name: words.get(name) or f"见附件{SCRIPT}" for name in REQUIRED}
    paper = letters.draft_paper(
        ground=ground, unit=unit, values=words, by=office, at=build.at("2026-11-03 09:00")
    )
    paper = letters.sign_paper(
        paper=paper, row_version=paper.row_version, by=head, at=build.at("2026-11-03 10:00")
    )
    return letters.issue_paper(paper=paper, by=office, at=build.at("2026-11-03 11:00"))


def _met(people: dict[str, User]) -> Project:
    row = build.project(f"商砼{IMAGE}项目", signed_on=date(2026, 9, 24))
    record_kickoff(
        project=row, held_on=date(2026, 10, 13), place=f"三楼{SCRIPT}", chair=f"陈{IMAGE}", attendees="工信局",
        minutes=f"明确分工{SCRIPT}", by=people["county"], at=build.at("2026-10-14 09:00"),
    )  # fmt: skip
    return row


def _strangers() -> None:
    """Rows that 肇源县 must never see."""
    for number, code in enumerate(("230621", "230229", "230200")):
        build.project(
            f"{SECRET}项目{number}",
            code,
            company=build.company(f"{SECRET}公司{number}"),
            planned={POINT: date(2026, 10, 16)},
            amount_wan=123_456,
        )


def _ledgers(county: User, city: User) -> tuple[Attempt, Attempt, Attempt, CityPackage]:
    """July accepted and sent on, August returned, September handed in, October being checked."""
    july = _hand_in(7, county)
    reviewing.accept_attempt(attempt=july, by=city, at=build.at("2026-08-01 09:00"))
    package = packages.send_package(
        unit=ledger_help.unit("230600"),
        period=Period.month(2026, 7),
        by=city,
        at=build.at("2026-08-03 09:00"),
    )
    august = _hand_in(8, county)
    august = reviewing.return_attempt(
        attempt=august, note=f"请核对{SCRIPT}", row_reasons={august.rows.earliest("pk").pk: f"形象进度{IMAGE}"}, by=city,
        at=build.at("2026-09-02 09:00"),
    )  # fmt: skip
    return _stage(10, county), _hand_in(9, county), august, package


def _stage(month: int, county: User) -> Attempt:
    rows = [
        ledger_help.row(
            1,
            f"嫩江粮食烘干仓储中心{DRAWING}",
            company=f"嫩江{IMAGE}粮业",
            progress=f"施工{IMAGE}",
            total=1000 + month,
        ),
        ledger_help.row(2, "冷链物流园", signed="2026年16月2日" if month == 10 else "2026-03-02"),
    ]
    content = ledger_help.book(rows, title=f"大庆市肇源县招商引资签约项目2026年{month}月进程信息台账")
    return ledger_help.stage(
        content,
        county,
        period=Period.month(2026, month),
        at=build.at(f"2026-{month:02}-24 09:00"),
        name=f"台账{month}.xlsx",
    )


def _hand_in(month: int, county: User) -> Attempt:
    attempt = _answered(_stage(month, county), county, build.at(f"2026-{month:02}-24 09:05"))
    return submitting.submit_attempt(attempt=attempt, by=county, at=build.at(f"2026-{month:02}-24 09:10"))


def _answered(attempt: Attempt, by: User, at: Any) -> Attempt:
    """Every open question explained, the workbook's value taken where two stand."""
    answers: dict[int, dict[str, str]] = {}
    for staged in attempt.rows.all():
        for message in staged.messages:
            if message["level"] != "ask":
                continue
            choice = message["code"] in ("fact_differs", "edited_since")
            key = f"={message['field']}" if choice else key_of(message)
            answers.setdefault(staged.pk, {})[key] = "ledger" if choice else "已核对，属实。"
    files = {f"{m['code']}@{m['cell']}": "已核对" for m in attempt.messages if m["level"] == "ask"}
    wrong = [m["text"] for r in attempt.rows.all() for m in r.messages if m["level"] == "error"]
    assert not wrong, wrong
    return mending.explain(attempt=attempt, answers=answers, file_answers=files, by=by, at=at)
