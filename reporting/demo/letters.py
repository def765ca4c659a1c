"""Supervision papers of the demo: notices of 大庆市 and letters of the province, drafted to closed, on true counters."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from accounts.clock import at_hour, local_date
from accounts.errors import DomainError
from approvals.checklist.models import ChecklistItem
from policy.calendar import WorkCalendar
from supervision.letters import grounds, services
from supervision.letters.drafting import starting_words
from supervision.letters.models import PaperKind, SupervisionPaper
from supervision.letters.organs import kind_for
from supervision.matters import services as matters

CITY, PROVINCE, COUNTY = "230600", "230000", "230622"
APPOINTMENT = {"authority_number": "黑政办〔2026〕8号", "authority_on": date(2026, 1, 12)}
# unit, in which county, days ago (working), how far it went
PLAN = (
    (CITY, COUNTY, 12, "closed"),
    (CITY, COUNTY, 6, "answered"),
    (CITY, COUNTY, 4, "received"),
    (CITY, "", 3, "issued"),
    (CITY, "", 1, "signed"),
    (PROVINCE, "", 5, "issued"),
    (PROVINCE, COUNTY, 2, "received"),
    (PROVINCE, "", 1, "drafted"),
)


def write_letters(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services, each step at its hour; return how many papers there are."""

    def when(days: int, hour: int) -> datetime:
        return at_hour(calendar.add(today, -days), hour)

    made, used = 0, set[int]()
    for unit, county, days, reached in PLAN:
        office, head = users[f"office-{unit}"], users[f"head-{unit}"]
        for item in _late(unit, county, when(days + 3, 9).date()):
            if item.pk in used:
                continue
            used.add(item.pk)
            paper = _drafted(item, office, when(days, 9))
            if paper is not None:
                _on(paper, reached, office, head, users, when, days)
                made += 1
                break
    return made


def _late(unit: str, county: str, before: date) -> Iterator[ChecklistItem]:
    """Running items that are late; for the province those of other cities unless a county is named."""
    rows = ChecklistItem.objects.running().filter(is_paused=False, due_on__lt=before)
    if county:
        rows = rows.filter(county_code=county)
    elif unit == CITY:
        rows = rows.filter(city_code=CITY).exclude(county_code=COUNTY)
    else:
        rows = rows.exclude(city_code=CITY)
    yield from rows.order_by("-due_on", "pk")[:20]


def _drafted(item: ChecklistItem, office: Any, at: datetime) -> SupervisionPaper | None:
    unit, on = office.postings.get().division, local_date(at)
    ground = grounds.find(office, "item", item.pk, on)
    if ground is None:
        return None
    words = starting_words(ground, unit, on, office)
    words["contact_phone"] = words["contact_phone"] or "0459-6373000"
    if kind_for(unit) == PaperKind.LETTER:
        words |= APPOINTMENT
    try:
        return services.draft_paper(ground=ground, unit=unit, values=words, by=office, at=at)
    except DomainError:
        return None


def _on(
    paper: SupervisionPaper, reached: str, office: Any, head: Any, users: Any, when: Any, days: int
) -> None:
    """Take it as far as `reached`."""
    if reached == "drafted":
        return
    paper = services.sign_paper(paper=paper, row_version=paper.row_version, by=head, at=when(days, 10))
    if reached == "signed":
        return
    paper = services.issue_paper(paper=paper, by=office, at=when(days, 11))
    county = users.get(f"office-{paper.addressee_id}")
    matter = paper.matter
    if reached == "issued" or county is None or matter is None:
        return
    matter = matters.receive_matter(matter=matter, by=county, at=when(days - 1, 9))
    if reached == "received":
        return
    text = "已约谈经办科室，材料已上局务会，两日内办结。"
    matter = matters.answer_matter(matter=matter, text=text, by=county, at=when(days - 3, 15))
    if reached == "closed":
        matters.judge_matter(
            matter=matter, good=True, text="情况属实，同意销号。", checked_on=when(days - 5, 9).date(),
            check_note="核对系统办理记录，事项已办结。", by=office, at=when(days - 5, 10),
        )  # fmt: skip
