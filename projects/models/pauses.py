"""Time that does not count: a pause with a coded reason, a responsible party, a review date (design.md §2, §4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ScopedQuerySet
from projects.models.projects import Project


class Party(models.TextChoices):
    ORGAN = "organ", _("administrative organ")
    ENTERPRISE = "enterprise", _("enterprise")
    THIRD_PARTY = "third_party", _("third party")
    HIGHER_LEVEL = "higher_level", _("higher level")
    FORCE_MAJEURE = "force_majeure", _("force majeure")


class PauseReason(models.TextChoices):
    WINTER_STOP = "winter_stop", _("winter stop")
    REDESIGN = "redesign", _("enterprise changes its design")
    FUNDING = "funding", _("enterprise funding")
    LAND = "land", _("land not ready")
    POLICY = "policy", _("change of policy")
    OTHER = "other", _("other")


class PauseQuerySet(ScopedQuerySet):
    to_project = "project__"


class Pause(models.Model):
    """From `starts_on` up to, not including, `resumed_on`. Open while `resumed_on` is empty."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=20, choices=PauseReason)
    party = models.CharField(_("responsible party"), max_length=20, choices=Party)
    note = models.CharField(_("explanation"), max_length=300)
    starts_on = models.DateField(_("from"))
    review_on = models.DateField(_("to be reviewed on"))
    resumed_on = models.DateField(_("resumed on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("pause")
        indexes = [
            models.Index(fields=["review_on"], condition=Q(resumed_on=None), name="pause_open_review"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(resumed_on=None), name="pause_one_open"),
            models.CheckConstraint(
                name="pause_ends_after_start",
                condition=Q(resumed_on=None) | Q(resumed_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.starts_on}"
