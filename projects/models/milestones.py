"""The seven key points of H14 and their dates, kept apart: first plan, current plan, forecast, actual."""

from collections.abc import Sequence
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ScopedQuerySet
from projects.models.projects import DatePrecision, Project


class MilestoneCode(models.TextChoices):
    COMPANY_SETUP = "company_setup", _("Company set-up")
    LAND_PLANNING_PERMIT = "land_planning_permit", _("Project approval and land planning permit")
    ENGINEERING_PERMIT = "engineering_permit", _("Engineering construction permit")
    CONSTRUCTION_PERMIT = "construction_permit", _("Construction permit")
    CONSTRUCTION_START = "construction_start", _("Construction start")
    COMPLETION_ACCEPTANCE = "completion_acceptance", _("Completion acceptance")
    PRODUCTION = "production", _("Production")


class MilestoneQuerySet(ScopedQuerySet):
    to_project = "project__"

    def unfinished(self):
        return self.filter(actual_on=None)


def reached(actual: Sequence[date | None]) -> list[date | None]:
    """Dates by which each point had been reached, given the actual dates in order of the track.

    Cumulative (design.md §4): a later point implies the earlier ones, so a start nobody wrote down is dated by the
    completion that proves it. [None, d2, None] → [d2, d2, None].
    """
    found: list[date | None] = []
    earliest: date | None = None
    for day in reversed(actual):
        if day is not None and (earliest is None or day < earliest):
            earliest = day
        found.append(earliest)
    return found[::-1]


class Milestone(models.Model):
    """One key point of one project. `planned_on` is the approved plan in force, `baseline_on` the first one."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    code = models.CharField(_("milestone"), max_length=30, choices=MilestoneCode)
    position = models.PositiveSmallIntegerField()
    baseline_on = models.DateField(_("first plan"), null=True, blank=True)
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    forecast_on = models.DateField(_("forecast"), null=True, blank=True)
    actual_on = models.DateField(_("actual"), null=True, blank=True)
    actual_precision = models.CharField(max_length=6, choices=DatePrecision, default=DatePrecision.DAY)
    reached_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="earliest actual date of this or any later milestone: production implies construction start",
    )
    responsible = models.CharField(_("responsible office and person"), max_length=120, blank=True)
    delay_party = models.CharField(_("delay caused by"), max_length=20, blank=True)
    delay_reason = models.CharField(_("cause of delay"), max_length=200, blank=True)
    is_open = models.BooleanField(
        default=True, editable=False, help_text="unfinished, project under way and not paused: may be lit"
    )
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "position"]
        verbose_name = _("milestone")
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="milestone_once_per_project"),
            models.CheckConstraint(name="milestone_code_known", condition=Q(code__in=MilestoneCode.values)),
            models.CheckConstraint(
                name="milestone_open_is_unfinished", condition=Q(is_open=False) | Q(actual_on=None)
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_on"],
                condition=Q(is_open=True, planned_on__isnull=False),
                name="milestone_open_by_planned",
            ),
            models.Index(fields=["code", "reached_on"], name="milestone_code_reached"),
        ]

    def __str__(self) -> str:
        return self.get_code_display()
