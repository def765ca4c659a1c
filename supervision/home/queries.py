"""What the home page shows beside the to-dos: lit projects and the person's own projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from policy.services import current_calendar, working_days_left
from projects.lights import LIT, Light, annotate_light, light_q, project_light, thresholds
from projects.models import Assignment, Milestone, Party, Pause, Project, TeamRole

LIT_SHOWN = 6
OWN_SHOWN = 50
POINT = ("code", "responsible", "planned_on", "delay_party", "delay_reason")


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
    """The gravest lit projects the user may see, and how many of each light. Two statements, whatever the size."""
    bounds, visible = thresholds(on), Project.objects.visible_to(user)
    counted = visible.aggregate(
        total=Count("pk"), **{light.value: Count("pk", filter=light_q(light, bounds)) for light in LIT}
    )
    any_light = Q(pk__in=[])
    for light in LIT:
        any_light |= light_q(light, bounds)
    lit = annotate_light(visible.filter(any_light), bounds)
    rows = lit.order_by(F("light_rank"), "next_due_on", "pk")
    shown = list(_told(rows, on)[:LIT_SHOWN])
    counts = {light.value: counted[light.value] or 0 for light in LIT}
    # Under a running light nothing is paused: a pause planned for later is no cause yet, so none is read.
    return LitPanel(_rows(shown, on, {}), counts, counted["total"] or 0)


def own_projects(user: Any, on: date) -> list[LitRow]:
    """Projects granted to the person alone, the gravest light first."""
    rows = annotate_light(Project.objects.visible_to(user), thresholds(on))
    ordered = rows.order_by(F("light_rank"), "next_due_on", "pk")
    shown = list(_told(ordered, on)[:OWN_SHOWN])
    open_ones = Pause.objects.filter(project_id__in=[project.pk for project in shown], resumed_on=None)
    return _rows(shown, on, {pause.project_id: pause for pause in open_ones})


def _told(rows: Any, on: date) -> Any:
    """With the project's division, the first unfinished key point with a date (the one the light comes from) and who
    speaks for the project, in the same statement: both are read for the rows shown alone."""
    points = Milestone.objects.filter(project=OuterRef("pk"), actual_on=None, planned_on__isnull=False)
    point = JSONObject(**{name: name for name in POINT})
    # The chief service officer speaks for the project; the lead department's head where there is none yet.
    team = Assignment.objects.current(on).filter(
        project=OuterRef("pk"), role__in=[TeamRole.CHIEF_SERVICE_OFFICER, TeamRole.LEAD_DEPARTMENT]
    )
    officer = JSONObject(name="name", office="office")
    return rows.select_related("division").annotate(
        told_point=Subquery(points.order_by("planned_on", "position").values_list(point)[:1]),
        told_officer=Subquery(team.order_by("role", "pk").values_list(officer)[:1]),
    )


def _point(project: Any) -> Milestone | None:
    told = project.told_point
    if not told:
        return None
    return Milestone(**told | {"planned_on": date.fromisoformat(told["planned_on"])})


def _rows(shown: Sequence[Project], on: date, pauses: Mapping[int, Pause]) -> list[LitRow]:
    bounds, calendar = thresholds(on), current_calendar()
    found = []
    for project in shown:
        milestone, pause = _point(project), pauses.get(project.pk)
        light = project_light(project, bounds)
        officer = getattr(project, "told_officer", None) or {}
        responsible = milestone.responsible if milestone else ""
        found.append(
            LitRow(
                project=project,
                light=light,
                days_left=working_days_left(project.next_due_on, on, calendar)
                if light is not Light.GREY
                else None,
                text=_paused_words(pause) if light is Light.GREY else "",
                milestone=str(milestone.get_code_display()) if milestone else "",
                cause=_cause(milestone, pause),
                who=responsible or officer.get("name", ""),
                office="" if responsible else officer.get("office", ""),
                planned_on=milestone.planned_on if milestone else None,
            )
        )
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
