"""Visits of invited supervisors (特邀监督员, H22): what they saw at a project, and what became of what they found."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.scope import ScopedQuerySet, area_q, holds
from projects.models import Project

VIEW, RECORD = "visits.view", "visits.record"


class Outcome(models.TextChoices):
    NEW = "new", _("waits for the competent office")
    MATTER = "matter", _("became a supervised matter")
    DECLINED = "declined", _("not taken up")


class NamingQuerySet(ScopedQuerySet):
    def in_force(self) -> Self:
        return self.filter(ended_on=None)


class Naming(models.Model):
    """A project named to an invited supervisor: with it goes the right to see it and to record visits, until it ends."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="namings")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="namings")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField()
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = NamingQuerySet.as_manager()

    class Meta:
        ordering = ["supervisor_id", "-named_at"]
        verbose_name = _("project named to an invited supervisor")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "supervisor"], condition=Q(ended_on=None), name="naming_once_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} {self.project}"


class VisitQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The supervisor's own visits; offices those of their area. The company never sees who reported what."""
        if not holds(user, VIEW):
            return self.none()
        return self.filter(area_q(user, need=VIEW) | Q(by=user))


class Visit(models.Model):
    """One visit. Written once; the codes are those of the project's division, `unit` the county or city that triages."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="visits")
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    visited_on = models.DateField(_("visited on"))
    place = models.CharField(_("place of the visit"), max_length=120)
    people_met = models.CharField(_("people met"), max_length=200, blank=True)
    seen = models.TextField(_("what was seen and heard"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(_("invited supervisor"), max_length=60)
    at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-pk"]
        verbose_name = _("visit of an invited supervisor")
        indexes = [models.Index(fields=["county_code", "-visited_on"], name="visit_county_day")]

    def __str__(self) -> str:
        return f"{self.number} {self.project}"


class VisitFile(models.Model):
    """A photo or paper of the visit."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class VisitFinding(models.Model):
    """One problem the supervisor found. The competent office presses it as a matter or says why not."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="findings")
    text = models.TextField(_("problem"))
    suggestion = models.TextField(_("what the supervisor suggests"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.NEW)
    reason = models.TextField(_("why it is not taken up"), blank=True)
    triaged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    triaged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="visit_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(
                name="visit_declined_has_reason", condition=~Q(outcome="declined") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["outcome"], condition=Q(outcome="new"), name="visit_finding_new")]

    def __str__(self) -> str:
        return self.text[:60]
