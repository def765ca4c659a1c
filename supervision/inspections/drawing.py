"""The draw of an inspection: population frozen, seed recorded, repeatable by anybody, drawn again only with a reason."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.errors import DomainError, StaleState
from accounts.notify import STORED_LANGUAGE
from approvals.checklist.models import ChecklistItem
from projects.models import Project, ProjectState
from supervision.inspections import draw as drawing
from supervision.inspections.models import Draw, Inspection, InspectionItem, InspectionKind
from supervision.inspections.moving import (
    compare_and_set,
    note,
    place_of,
    require_maker,
    required,
)
from supervision.inspections.planning import MOST_PROJECTS, area_of

SCOPES: dict[str, Any] = {
    "approvals": gettext_lazy("projects under way with approval items"),
    "under_way": gettext_lazy("all projects under way"),
    "major": gettext_lazy("major projects under way"),
}
SOURCE = "draw"


def population_of(inspection: Inspection, scope: str) -> QuerySet[Project]:
    """The projects that can be drawn: of the unit's area, under way, not chosen for the inspection otherwise."""
    rows = area_of(inspection.unit).filter(state=ProjectState.ACTIVE)
    rows = rows.exclude(pk__in=inspection.items.exclude(source=SOURCE).values("project_id"))
    if scope == "major":
        return rows.filter(is_major=True)
    if scope == "approvals":
        return rows.filter(pk__in=ChecklistItem.objects.values("project_id"))
    return rows


def draw_sample(
    *,
    inspection: Inspection,
    scope: str,
    size: int,
    reason: str = "",
    seed: str = "",
    by: Any,
    at: datetime,
) -> Draw:
    """Draw `size` projects and put them on the list. A second draw needs a reason and takes the first one's place.

    `seed`: made here unless given (a number drawn in public before witnesses, for instance).
    """
    require_maker(by, inspection.unit_id)
    _check(inspection, scope, size)
    with transaction.atomic():
        compare_and_set(inspection)  # the row is locked from here on: two draws at once follow each other
        former = inspection.draws.filter(replaced_at=None).first()
        if former is not None:
            reason = required(reason, "reason_missing", _("Say why it is drawn again."), "reason", most=300)
            _take_back(inspection, former, at)
        with override(STORED_LANGUAGE):
            row = _write(
                inspection, scope, size, seed.strip() or secrets.token_hex(8), reason, former, by, at
            )
        note(
            "drawn", inspection, by, at, reason, scope=scope, population=row.population_size, size=len(row.drawn),
            seed=row.seed, fingerprint=row.fingerprint,
        )  # fmt: skip
    return row


def _check(inspection: Inspection, scope: str, size: int) -> None:
    if InspectionKind.SPOT_CHECK not in inspection.kinds:
        raise DomainError(
            "no_spot_check",
            _("The spot check is not among the kinds of this inspection. Add it to the plan first."),
        )
    if scope not in SCOPES:
        raise DomainError("scope_unknown", _("Choose out of which projects to draw."), field="scope")
    if not 1 <= size <= MOST_PROJECTS:
        raise DomainError(
            "size_wrong", _("Draw between 1 and %(n)d projects.") % {"n": MOST_PROJECTS}, field="size"
        )


def repeated(row: Draw) -> drawing.Result:
    """The draw done again from what was recorded."""
    return drawing.draw(row.population, size=row.size, seed=row.seed)


def holds(row: Draw) -> bool:
    """Whether the draw done again gives the recorded fingerprint and the recorded list, in its order."""
    again = repeated(row)
    return again.fingerprint == row.fingerprint and list(again.drawn) == list(row.drawn)


def _take_back(inspection: Inspection, former: Draw, at: datetime) -> None:
    """Drawn projects that nobody looked at yet leave the list; the former draw itself stays on record."""
    seen = inspection.items.filter(source=SOURCE).exclude(result="pending", findings=None)
    if seen.exists():
        raise DomainError(
            "drawn_looked_at",
            _(
                "Drawn projects have been looked at already; it cannot be drawn again. Draw more in a new inspection."
            ),
        )
    if not Draw.objects.filter(pk=former.pk, replaced_at=None).update(replaced_at=at):
        raise StaleState("drawn_meanwhile", _("Somebody else has drawn meanwhile. Reload the page."))
    inspection.items.filter(source=SOURCE).delete()


def _write(
    inspection: Inspection, scope: str, size: int, seed: str, reason: str, former: Draw | None, by: Any,
    at: datetime,
) -> Draw:  # fmt: skip
    if len(seed) > 64:
        raise DomainError("seed_long", _("The seed may have at most 64 characters."), field="seed")
    result = drawing.draw(_population(inspection, scope), size=size, seed=seed)
    row = Draw.objects.create(
        inspection=inspection, position=(former.position if former else 0) + 1, scope=scope,
        scope_text=str(SCOPES[scope]), population=list(result.population), population_size=len(result.population),
        fingerprint=result.fingerprint, size=size, seed=seed, algorithm=drawing.ALGORITHM, drawn=list(result.drawn),
        reason=reason, drawn_by=by, drawn_at=at,
    )  # fmt: skip
    _put_on_list(inspection, result)
    return row


def _population(inspection: Inspection, scope: str) -> list[str]:
    """The numbers to draw from; none or too many are refused."""
    rows = population_of(inspection, scope).order_by("number")
    numbers = list(rows.values_list("number", flat=True)[: drawing.MOST + 1])
    if not numbers:
        raise DomainError(
            "population_empty", _("There is no project to draw from here. Choose others."), field="scope"
        )
    if len(numbers) > drawing.MOST:
        raise DomainError(
            "population_large",
            _("More than %(n)d projects: draw among the major ones, or let the cities draw.")
            % {"n": drawing.MOST},
            field="scope",
        )
    return numbers


def _put_on_list(inspection: Inspection, result: drawing.Result) -> None:
    rows = Project.objects.filter(number__in=result.drawn).select_related("division__parent")
    by_number = {one.number: one for one in rows}
    why = _("drawn, number %(n)d of %(of)d")
    InspectionItem.objects.bulk_create(
        InspectionItem(
            inspection=inspection, project=by_number[number], unit=place_of(by_number[number]),
            kind=InspectionKind.SPOT_CHECK, source=SOURCE, why=why % {"n": place, "of": len(result.population)},
        )
        for place, number in enumerate(result.drawn, 1)
    )  # fmt: skip
    if inspection.items.count() > MOST_PROJECTS:
        raise DomainError(
            "too_many_projects",
            _("One inspection holds at most %(n)d projects. Plan a second one for the others.")
            % {"n": MOST_PROJECTS},
            field="size",
        )
