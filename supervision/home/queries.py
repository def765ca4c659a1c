"""What the home page shows beside the to-dos: lit projects and the person's own projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from policy.services import current_calendar
from projects.lights import LIT, Light, annotate_light, days_left, light_q, project_light, thresholds
from projects.models import Assignment, Milestone, Party, Pause, Project, TeamRole

LIT_SHOWN = 6
OWN_SHOWN = 50


@dataclass(slots=True)
class LitRow:
    """A project with its light: the milestone it comes from, the cause, who is responsible, the planned day."""

    project: Project
    light: Light
    days_left: int | None
    text: str
    milestone: str
    cause: str
    who: str
    office: str
    planned_on: date | None


@dataclass(frozen=True, slots=True)
class LitPanel:
    rows: list[LitRow]
    counts: dict[str, int]
    total: int

    @property
    def lit(self) -> int:
        return sum(self.counts.values())


def lit_projects(user: Any, on: date) -> LitPanel:
    """The gravest lit projects the user may see, and how many of each light. Four statements, whatever the size."""
    bounds, visible = thresholds(on), Project.objects.visible_to(user)
    counted = visible.aggregate(
        total=Count("pk"), **{light.value: Count("pk", filter=light_q(light, bounds)) for light in LIT}
    )
    any_light = Q(pk__in=[])
    for light in LIT:
        any_light |= light_q(light, bounds)
    lit = annotate_light(visible.filter(any_light), bounds)
    rows = lit.order_by(F("light_rank"), "next_due_on", "pk")
    shown = list(rows.select_related("division")[:LIT_SHOWN])
    counts = {light.value: counted[light.value] or 0 for light in LIT}
    # Under a running light nothing is paused: a pause planned for later is no cause yet, so none is read.
    return LitPanel(_rows(shown, on, {}), counts, counted["total"] or 0)


def own_projects(user: Any, on: date) -> list[LitRow]:
    """Projects granted to the person alone, the gravest light first."""
    rows = annotate_light(Project.objects.visible_to(user), thresholds(on))
    ordered = rows.order_by(F("light_rank"), "next_due_on", "pk").select_related("division")
    shown = list(ordered[:OWN_SHOWN])
    open_ones = Pause.objects.filter(project_id__in=[project.pk for project in shown], resumed_on=None)
    return _rows(shown, on, {pause.project_id: pause for pause in open_ones})


def _rows(shown: Sequence[Project], on: date, pauses: Mapping[int, Pause]) -> list[LitRow]:
    bounds, calendar = thresholds(on), current_calendar()
    ids = [project.pk for project in shown]
    current = _current_milestones(ids)
    officers = _officers(ids, on)
    found = []
    for project in shown:
        milestone, pause = current.get(project.pk), pauses.get(project.pk)
        light = project_light(project, bounds)
        officer = officers.get(project.pk)
        responsible = milestone.responsible if milestone else ""
        found.append(
            LitRow(
                project=project,
                light=light,
                days_left=days_left(project.next_due_on, on, calendar) if light is not Light.GREY else None,
                text=_paused_words(pause) if light is Light.GREY else "",
                milestone=str(milestone.get_code_display()) if milestone else "",
                cause=_cause(milestone, pause),
                who=responsible or (officer.name if officer else ""),
                office="" if responsible or officer is None else officer.office,
                planned_on=milestone.planned_on if milestone else None,
            )
        )
    return found


def _current_milestones(ids: list[int]) -> dict[int, Milestone]:
    """The first unfinished milestone with a date, by project: the one the light comes from."""
    rows = Milestone.objects.filter(project_id__in=ids, actual_on=None, planned_on__isnull=False)
    found: dict[int, Milestone] = {}
    for row in rows.order_by("planned_on", "position"):
        found.setdefault(row.project_id, row)
    return found


def _officers(ids: list[int], on: date) -> dict[int, Assignment]:
    rows = Assignment.objects.current(on).filter(
        project_id__in=ids, role__in=[TeamRole.CHIEF_SERVICE_OFFICER, TeamRole.LEAD_DEPARTMENT]
    )
    # The chief service officer speaks for the project; the lead department's head where there is none yet.
    found: dict[int, Assignment] = {}
    for row in rows.order_by("role", "pk"):
        found.setdefault(row.project_id, row)
    return found


def _cause(milestone: Milestone | None, pause: Pause | None) -> str:
    if pause is not None:
        until = _("paused since %(day)s, to be reviewed on %(review)s")
        told = until % {"day": pause.starts_on.isoformat(), "review": pause.review_on.isoformat()}
        return f"{pause.note}，{told}" if pause.note else told
    if milestone is None or not (milestone.delay_reason or milestone.delay_party):
        return ""
    party = dict(Party.choices).get(milestone.delay_party, milestone.delay_party)
    return "：".join(str(part) for part in (party, milestone.delay_reason) if part)


def _paused_words(pause: Pause | None) -> str:
    if pause is None:
        return ""
    return _("paused, cause: %(party)s") % {"party": pause.get_party_display()}
