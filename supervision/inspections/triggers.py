"""What the data itself says should be inspected (H21): each app registers a trigger, the plan offers what it finds.

Five kinds, five sorts of trigger: reported problems (always looked into), not landed, investment withdrawn, approvals
overdue, doubts about reported figures. An app above registers its own in its `AppConfig.ready()`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.notify import STORED_LANGUAGE
from accounts.scope import CODE_FIELD
from approvals.checklist import lights as item_lights
from approvals.checklist.models import UNDER_WAY, ChecklistItem
from approvals.tickets.models import OPEN_STATES, Ticket
from policy.lights import Light
from policy.services import current_calendar
from projects.lights import thresholds
from projects.models import Milestone, MilestoneCode, Party, Project, ProjectState
from supervision.inspections.models import Inspection, InspectionItem, InspectionKind, InspectionState

MOST = 200  # hits of one trigger that are read
LOOKED_AT_DAYS = 90  # one looked at so lately under the same kind is marked, not offered first
WITHDRAWN_DAYS = 365


@dataclass(frozen=True, slots=True)
class Hit:
    """One project a trigger names, and why in words."""

    project_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """`find(unit, on)`: hits among the projects of the unit and of those below, the gravest first, at most MOST + 1.
    `url(unit)`: the list behind the count. `always`: must be looked into (必查), not merely offered."""

    code: str
    kind: str
    label: Any
    find: Callable[[Division, date], Iterable[Hit]]
    url: Callable[[Division], str]
    order: int = 100
    always: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    project: Project
    why: str
    key: str = ""  # how a form names it: the trigger and the project
    looked_at: str = ""  # number of the inspection that looked at it lately


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one trigger offers. `more`: there are more than could be read."""

    trigger: Trigger
    url: str
    rows: list[Offered] = field(default_factory=list)
    more: bool = False

    @property
    def fresh(self) -> int:
        return sum(not row.looked_at for row in self.rows)


_triggers: dict[str, Trigger] = {}


def register_trigger(trigger: Trigger) -> None:
    """Add or replace a trigger."""
    _triggers[trigger.code] = trigger


def find_trigger(code: str) -> Trigger | None:
    return _triggers.get(code)


def suggestions(inspection: Inspection, on: date) -> list[Suggestion]:
    """What the data offers for the kinds of this inspection, without what is on its list already."""
    listed = set(inspection.items.values_list("project_id", flat=True))
    return [
        _suggestion(trigger, inspection.unit, on, listed)
        for trigger in sorted(_triggers.values(), key=lambda one: (one.order, one.code))
        if trigger.kind in inspection.kinds
    ]


def counts(unit: Division, on: date) -> list[tuple[Trigger, int, str]]:
    """Each trigger with how many projects it names (MOST + 1: more than can be read) and its list. For the plan page."""
    rows = sorted(_triggers.values(), key=lambda one: (one.order, one.code))
    return [(one, len({hit.project_id for hit in one.find(unit, on)}), one.url(unit)) for one in rows]


def not_looked_into(unit: Division, on: date) -> list[Offered]:
    """Problems reported that no inspection has looked into: they always have to be (必查)."""
    return [
        row
        for trigger in _triggers.values()
        if trigger.always
        for row in _suggestion(trigger, unit, on, set()).rows
        if not row.looked_at
    ]


def in_area(unit: Division, prefix: str = "") -> Q:
    """Rows of the unit and of all below it, by their stored code."""
    return Q(**{prefix + CODE_FIELD.get(Tier(unit.tier), "county_code"): unit.pk})


def _suggestion(trigger: Trigger, unit: Division, on: date, listed: set[int]) -> Suggestion:
    hits: dict[int, str] = {}
    with override(STORED_LANGUAGE):  # what is chosen is kept on record with these words
        for hit in trigger.find(unit, on):
            hits.setdefault(hit.project_id, hit.why)
    more = len(hits) > MOST
    wanted = [pk for pk in list(hits)[:MOST] if pk not in listed]
    projects = Project.objects.select_related("division__parent").in_bulk(wanted)
    lately = InspectionItem.objects.filter(
        project_id__in=wanted,
        kind=trigger.kind,
        inspection__planned_at__date__gte=on - timedelta(days=LOOKED_AT_DAYS),
    ).exclude(inspection__state=InspectionState.CANCELLED)
    seen = dict(lately.values_list("project_id", "inspection__number"))
    rows = [
        Offered(projects[pk], hits[pk], f"{trigger.code}:{pk}", seen.get(pk, ""))
        for pk in wanted
        if pk in projects
    ]
    rows.sort(key=lambda row: bool(row.looked_at))
    return Suggestion(trigger, trigger.url(unit), rows, more)


# -- the triggers of the apps below -----------------------------------------------------------------------------------


def _reported(unit: Division, on: date) -> list[Hit]:
    """Tickets taken up a tier, refused by the investor as not solved, or opened again."""
    rows = Ticket.objects.filter(in_area(unit), state__in=OPEN_STATES).filter(
        Q(refusals__gt=0) | Q(reopened__gt=0) | Q(holds__why="escalate")
    )
    found = (
        rows.order_by("opened_at", "pk").values_list("project_id", "number", "title").distinct()[: MOST + 1]
    )
    return [
        Hit(pk, _("reported problem not solved: %(title)s (%(number)s)") % {"title": title, "number": number})
        for pk, number, title in found
    ]


def _not_landed(unit: Division, on: date) -> list[Hit]:
    """Construction not begun, and so long past its planned day that the light is red."""
    bounds, calendar = thresholds(on), current_calendar()
    rows = Milestone.objects.filter(
        in_area(unit), code=MilestoneCode.CONSTRUCTION_START, is_open=True, reached_on=None,
        planned_on__lt=bounds.red_before,
    )  # fmt: skip
    return [
        Hit(pk, _("construction planned for %(day)s has not begun, %(n)d working days late") % {
            "day": day.isoformat(), "n": -calendar.between(on, day),
        })
        for pk, day in rows.order_by("planned_on", "pk").values_list("project_id", "planned_on")[: MOST + 1]
        if day is not None
    ]  # fmt: skip


def _withdrawn(unit: Division, on: date) -> list[Hit]:
    """Investment withdrawn or contract ended within the last twelve months."""
    rows = Project.objects.filter(
        in_area(unit), state__in=[ProjectState.WITHDRAWN, ProjectState.TERMINATED],
        ended_on__gt=on - timedelta(days=WITHDRAWN_DAYS), ended_on__lte=on,
    )  # fmt: skip
    labels = dict(ProjectState.choices)
    return [
        Hit(pk, _("%(state)s on %(day)s") % {"state": labels[state], "day": ended.isoformat()})
        for pk, state, ended in rows.order_by("-ended_on", "pk").values_list("pk", "state", "ended_on")[
            : MOST + 1
        ]
        if ended is not None
    ]


def _approvals(unit: Division, on: date) -> list[Hit]:
    """Approval items in the organ's hands beyond their day, so that the light is red."""
    rows = (
        ChecklistItem.objects.filter(in_area(unit), project__state__in=UNDER_WAY, holder=Party.ORGAN)
        .filter(item_lights.light_q(Light.RED, item_lights.thresholds(on)))
        .order_by("due_on", "pk")
    )
    return [
        Hit(pk, _("%(item)s, due on %(day)s, lies with the office") % {"item": name, "day": due.isoformat()})
        for pk, name, due in rows.values_list("project_id", "name", "due_on")[: MOST + 1]
        if due is not None
    ]


def _projects_url(query: str) -> Callable[[Division], str]:
    def url(unit: Division) -> str:
        name = {2: "city", 3: "county"}.get(unit.tier)
        return f"{reverse('projects:list')}?{query}" + (f"&{name}={unit.pk}" if name else "")

    return url


def register_own() -> None:
    """The triggers of the apps below supervision."""
    kind = InspectionKind
    register_trigger(
        Trigger(
            "reported", kind.REPORTED, gettext_lazy("Problems reported and not solved"), _reported,
            lambda _unit: reverse("tickets:list") + "?show=upper", 10, always=True,
        )
    )  # fmt: skip
    register_trigger(
        Trigger(
            "not_landed", kind.SCREENING, gettext_lazy("Construction long overdue"), _not_landed,
            _projects_url("not_started=1&light=red"), 20,
        )
    )  # fmt: skip
    register_trigger(
        Trigger(
            "withdrawn", kind.TRACE_BACK, gettext_lazy("Investment withdrawn or contract ended"), _withdrawn,
            _projects_url("state=withdrawn"), 30,
        )
    )  # fmt: skip
    register_trigger(
        Trigger(
            "approvals", kind.SPOT_CHECK, gettext_lazy("Approvals overdue in the office's hands"), _approvals,
            lambda _unit: reverse("checklist:list") + "?show=red", 40,
        )
    )  # fmt: skip
