"""Complaints read: lists by seat, what waits, the public figures."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.divisions import regime_codes_of
from accounts.models import Department, Division
from accounts.models.divisions import Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import BELOW, current_postings
from policy.lights import light_for
from policy.regimes import get_regime
from policy.services import current_calendar, light_bounds, one_calendar
from supervision.complaints import limits
from supervision.complaints.models import Complaint, ComplaintLimit, Step
from supervision.complaints.rounds import ComplaintRound
from supervision.complaints.states import OPEN, State


def listed(user: Any) -> QuerySet[Complaint]:
    """Rows the person may open as office, handler or discipline inspection; the complainant's words stay behind.

    `is_office`: whether the person sorts it, at exactly its office. Day, way and signature are told to nobody else
    (`export.OFFICE_ONLY`).
    `is_discipline`: as discipline inspection, which has a limit of its own.
    """
    rows = Complaint.objects.visible_to(user).select_related("division", "department", "office", "handler")
    rows = rows.annotate(
        is_office=Exists(Complaint.objects.sorted_by(user).filter(pk=OuterRef("pk"))),
        is_discipline=Exists(Complaint.objects.escalated_to(user).filter(pk=OuterRef("pk"))),
    )
    rounds = ComplaintRound.objects.defer("finding", "reply", "call_note")
    return rows.defer("text", "about_project", "happened", "statement", "discipline_note").prefetch_related(
        Prefetch("rounds", rounds), "limits"
    )


def filtered(rows: QuerySet[Complaint], wanted: dict[str, Any], on: date) -> QuerySet[Complaint]:
    """Searched by number and unit only: a search in the words would tell those who may not read them."""
    show = wanted.get("show", "")
    if show == "late":
        rows = rows.filter(due_on__lt=on)
    elif show == "escalated":
        rows = rows.filter(escalated_at__isnull=False)
    elif show == "mending":
        rows = rows.filter(Exists(_running(Step.MEND)))
    elif not show and not wanted.get("state"):
        rows = rows.exclude(state__in=(State.CLOSED, State.REFUSED))
    for name in ("state", "kind"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if wanted.get("channel"):
        rows = rows.filter(Q(channel=wanted["channel"], is_office=True))  # else the filter would tell the way
    if wanted.get("q"):
        rows = rows.filter(Q(number__icontains=wanted["q"]) | Q(unit_name__icontains=wanted["q"]))
    return rows


def to_sort(user: Any) -> QuerySet[Complaint]:
    """Waits for the office at exactly whose desk it lies: accept, assign, answer, handle itself, or see it mended."""
    codes = [p.division_id for p in current_postings(user) if "complaints.triage" in PERMISSIONS[p.role]]
    own = Q(state__in=SORTED) | Q(state=State.ASSIGNED, handler=None) | Q(Exists(_running(Step.MEND)))
    rows = Complaint.objects.of_office(user).filter(own, office_id__in=codes)
    return rows.select_related("division", "office").prefetch_related("limits")


def to_handle(user: Any) -> QuerySet[Complaint]:
    """Waits for the handler: to be handled, or to be mended after the answer."""
    rows = Complaint.objects.of_handler(user).filter(Q(state=State.ASSIGNED) | Q(Exists(_running(Step.MEND))))
    return rows.select_related("division", "office").prefetch_related("limits")


SORTED = (State.RECEIVED, State.ACCEPTED, State.FINISHED)


def waits_for_office(row: Complaint) -> bool:
    """Whether a row of `to_sort` waits for a step of the course; else only to be mended."""
    return row.state in SORTED or (row.state == State.ASSIGNED and row.handler_id is None)


def _running(step: str) -> QuerySet[ComplaintLimit]:
    return ComplaintLimit.objects.filter(complaint=OuterRef("pk"), step=step, done_on=None)


def to_state(user: Any) -> QuerySet[Complaint]:
    """Statements asked of the person's unit; show nothing of the row but `summary`, kind and dates."""
    return (
        Complaint.objects.asked_of(user)
        .filter(stated_at=None, state__in=(State.ASSIGNED, State.FINISHED))
        .only("pk", "kind", "asked_at", "state")
        .prefetch_related("limits")
    )


@one_calendar()
def lit(page: Any, on: date) -> Any:
    """Each row with `light`, `days_left` and last day `until` of the limit that runs for this reader; none where nothing
    does."""
    calendar, rows = current_calendar(), list(page.object_list)
    regimes = regime_codes_of({row.division for row in rows})
    for row in rows:
        bounds = light_bounds(limits.WARNING, on, get_regime(regimes[row.division_id]))
        row.until = _until(row)
        row.days_left = calendar.left(on, row.until) if row.until else None
        row.light = light_for(row.until, bounds)
    page.object_list = rows
    return page


def _until(row: Any) -> date | None:
    """The limit of the course; of discipline inspection its own, but where it sorts the complaint itself."""
    if not row.is_discipline or row.is_office or row.office_is_unit:
        return row.due_on
    limit = limits.running(row, Step.DISCIPLINE)
    return limit.due_on if limit else None


def asked(user: Any) -> list[Any]:
    """Statements asked of the person's unit, each with the last day `state_due`."""
    rows: list[Any] = list(to_state(user)[:50])
    for row in rows:
        limit = limits.running(row, Step.STATE)
        row.state_due = limit.due_on if limit else None
    return rows


def handled_at(department: Department) -> list[str]:
    """What keeps a department from being abolished: complaints it handles or has to see mended. Only their offices can
    name another one, so each is told with its office."""
    open_ones = Q(state=State.ASSIGNED) | Q(Exists(_running(Step.MEND)))
    rows = Complaint.objects.filter(open_ones, handler=department).select_related("office").order_by("pk")
    words = _("complaint %(number)s, given to another one by %(office)s")
    return [words % {"number": row.number, "office": row.office_name} for row in rows]


def with_discipline(user: Any) -> QuerySet[Complaint]:
    """Escalated ones that wait for discipline inspection, closed or not, and those it sorts itself."""
    sorts = Q(about_office=True, division_id=F("office_id"))
    # a limit that runs: handed over anew after an earlier note
    own = Q(discipline_note="") | Q(Exists(_running(Step.DISCIPLINE)))
    waiting = (sorts & Q(state__in=OPEN)) | (~sorts & own)
    rows = Complaint.objects.escalated_to(user).filter(waiting)
    return rows.select_related("division", "office").prefetch_related("limits")


def public_counts(unit: Division, first: date, last: date) -> dict[str, Any] | None:
    """What happened from `first` to `last`, both inclusive, to complaints about units of the area; None where nothing
    did. `places`: the same by code of the unit below whose area it is, under the unit's own code about its own offices.

    Each step counts in the period in which it was taken, whenever the complaint came in: what is published once and
    never changed would else be cut off on that day. A complaint counts once for each step, with the last of the period.
    `finished_on_time`: of the finished ones, within the limit. `asked`: complainants who said whether an answer will do;
    `satisfied`: of these, who said yes.
    """
    below = f"division__{BELOW[Tier(unit.tier)]}" if unit.tier in BELOW else "division_id"
    places: dict[str, dict[str, int]] = {}
    for name, codes in _events(unit.path, below, (first, last)).items():
        for code in codes:
            places.setdefault(code or unit.pk, dict.fromkeys(PUBLIC_COUNTS, 0))[name] += 1
    if not places:
        return None
    whole = {name: sum(one[name] for one in places.values()) for name in PUBLIC_COUNTS}
    return {**whole, "places": places, "period": f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"}


PUBLIC_COUNTS = ("received", "accepted", "finished", "finished_on_time", "asked", "satisfied")


def _events(path: str, below: str, days: tuple[date, date]) -> dict[str, list[str | None]]:
    """Codes of the places, one for each complaint that took the step in these days. Four statements."""
    place, area = f"complaint__{below}", {"complaint__division__path__startswith": path}
    received = Complaint.objects.filter(division__path__startswith=path, received_on__range=days)
    earlier = ComplaintLimit.objects.filter(
        complaint=OuterRef("complaint"), step=Step.ASSIGN, round__lt=OuterRef("round")
    )
    accepted = ComplaintLimit.objects.filter(~Exists(earlier), step=Step.ASSIGN, from_on__range=days, **area)
    limits_done = ComplaintLimit.objects.filter(step=Step.FINISH, done_on__range=days, **area)
    rows = limits_done.order_by("round").values_list("complaint_id", place, "done_on", "due_on")
    finished = {pk: (code, done_on <= due_on) for pk, code, done_on, due_on in rows}
    words = ComplaintRound.objects.filter(said_on__range=days, satisfied__isnull=False, **area)
    said = {
        pk: (code, content)
        for pk, code, content in words.order_by("number").values_list("complaint_id", place, "satisfied")
    }
    return {
        "received": list(received.order_by().values_list(below, flat=True)),
        "accepted": list(accepted.order_by().values_list(place, flat=True)),
        "finished": [code for code, _in_time in finished.values()],
        "finished_on_time": [code for code, in_time in finished.values() if in_time],
        "asked": [code for code, _content in said.values()],
        "satisfied": [code for code, content in said.values() if content],
    }
