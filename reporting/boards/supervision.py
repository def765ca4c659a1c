"""The supervision board: open matters by unit, light, age and rung, papers and work orders answered or late.

Each figure is one condition; the count and the rows it opens use the same, so they are equal. One grouped statement per
kind of row, whatever the number of units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q

from accounts.clock import end_of, start_of
from accounts.models import Division
from accounts.scope import holds
from policy.lights import Light
from reporting.boards.area import Area, Month
from supervision.letters.models import PaperState, SupervisionPaper
from supervision.matters.clocks import light_q, thresholds
from supervision.matters.models import OPEN_STATES, RUNNING_STATES, Matter, MatterSource, MatterState, Step

# Calendar days since a matter was issued, both ends inclusive; None: no upper end.
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("age_15", 0, 15),
    ("age_30", 16, 30),
    ("age_60", 31, 60),
    ("age_more", 61, None),
)
LIGHTS = ("red", "amber", "blue", "calm")
STEPS = ("assigned", "press", "supervise", "circulate")
OPEN_FIGURES = ("open", *LIGHTS, *(name for name, _low, _high in AGES), *STEPS, "listed", "answered")
# issued = the four others together
TERM_FIGURES = ("issued", "in_time", "late", "waiting", "overdue")
MATTERS, PAPERS, ORDERS = "matters", "papers", "orders"
KINDS = {MATTERS: OPEN_FIGURES, PAPERS: TERM_FIGURES, ORDERS: TERM_FIGURES}
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of one unit by kind. `own`: of the area's own unit, apart from the divisions below it."""

    division: Division
    own: bool = False
    counts: Mapping[str, Counts] = field(default_factory=dict)

    def of(self, kind: str) -> Counts:
        return self.counts.get(kind) or dict.fromkeys(KINDS[kind], 0)


@dataclass(frozen=True, slots=True)
class Board:
    lines: tuple[Line, ...]
    total: Line
    kinds: tuple[str, ...]


def kinds_for(user: Any) -> tuple[str, ...]:
    """Kinds of rows the person may read at all."""
    rights = {MATTERS: "matters.view", PAPERS: "letters.view", ORDERS: "workorders.view"}
    return tuple(kind for kind, right in rights.items() if holds(user, right) and holds(user, "matters.view"))


def board_for(user: Any, area: Area, month: Month) -> Board:
    """Open matters as of today; papers and work orders of the year up to the chosen month."""
    kinds = kinds_for(user)
    found: dict[str, Mapping[str, Counts]] = {kind: _counted(user, area, month, kind) for kind in kinds}
    lines = [Line(unit, counts=_parts(found, unit.pk)) for unit in area.shown]
    if area.lines and any(one.get("") for one in found.values()):
        lines.append(Line(area.division, own=True, counts=_parts(found, "")))
    total = Line(area.division, counts={kind: _sum(found[kind].values(), KINDS[kind]) for kind in kinds})
    return Board(tuple(lines), total, kinds)


def rows_of(user: Any, area: Area, month: Month, kind: str, figure: str, *, own: bool) -> Any:
    """The rows behind a figure of the area or, with `own`, of its own unit alone. KeyError: no such figure."""
    rows = _rows(user, area, month, kind).filter(conditions(kind, month.today)[figure])
    if own:
        rows = rows.filter(**{_line_code(area): ""})
    return rows


def conditions(kind: str, on: date) -> dict[str, Q]:
    """Figure → condition on the rows of its kind, as of `on`."""
    return _open(on) if kind == MATTERS else _term(on, "matter__" if kind == PAPERS else "")


def _open(on: date) -> dict[str, Q]:
    bounds = thresholds(on)
    lit = {name: light_q(Light(name), bounds) for name in ("red", "amber", "blue")}
    found: dict[str, Q] = {"open": Q()} | lit
    found["calm"] = ~(lit["red"] | lit["amber"] | lit["blue"])
    for name, low, high in AGES:
        found[name] = Q(issued_at__lt=start_of(on - timedelta(days=low - 1)))
        if high is not None:
            found[name] &= Q(issued_at__gte=start_of(on - timedelta(days=high)))
    found |= {name: Q(step=Step(name)) for name in STEPS}
    found["listed"] = Q(listed_on__isnull=False, unlisted_on=None)
    found["answered"] = Q(state=MatterState.ANSWERED)
    return found


def _term(on: date, prefix: str) -> dict[str, Q]:
    """Answered within the limit, answered after it, not answered yet: within it still, or past it."""

    def q(**given: Any) -> Q:
        return Q(**{prefix + name: value for name, value in given.items()})

    running, in_time = q(state__in=RUNNING_STATES), q(answered_at__date__lte=F(f"{prefix}due_on"))
    return {
        "issued": Q(),
        "in_time": ~running & in_time,
        "late": ~running & ~in_time,
        "waiting": running & q(due_on__gte=on),
        "overdue": running & q(due_on__lt=on),
    }


def _rows(user: Any, area: Area, month: Month, kind: str) -> Any:
    if kind == MATTERS:
        return Matter.objects.visible_to(user).filter(area.q, state__in=OPEN_STATES)
    first, last = date(month.year, 1, 1), month.cut_off
    if kind == PAPERS:
        issued = Q(state=PaperState.ISSUED, issued_on__gte=first, issued_on__lte=last)
        return (
            SupervisionPaper.objects.visible_to(user)
            .filter(area.q, issued)
            .exclude(matter__state=MatterState.WITHDRAWN)
        )
    sent = Q(
        source=MatterSource.WORK_ORDER,
        issued_at__gte=start_of(first),
        issued_at__lt=end_of(last),
    )
    return Matter.objects.visible_to(user).filter(area.q, sent).exclude(state=MatterState.WITHDRAWN)


def _counted(user: Any, area: Area, month: Month, kind: str) -> dict[str, Counts]:
    """Unit code → figures; "" for what belongs to the area's own unit. One statement."""
    code = _line_code(area)
    figures = {f"n_{name}": Count("pk", filter=q) for name, q in conditions(kind, month.today).items()}
    rows = _rows(user, area, month, kind).order_by().values(code).annotate(**figures)
    return {row[code]: {name: row[f"n_{name}"] for name in KINDS[kind]} for row in rows}


def _line_code(area: Area) -> str:
    return "city_code" if area.is_province else "county_code"


def _parts(found: Mapping[str, Mapping[str, Counts]], code: str) -> dict[str, Counts]:
    return {kind: counted[code] for kind, counted in found.items() if code in counted}


def _sum(parts: Any, names: tuple[str, ...]) -> Counts:
    parts = list(parts)
    return {name: sum(part[name] for part in parts) for name in names}
