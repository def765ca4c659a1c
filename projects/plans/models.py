"""Requests for new planned dates: why, whose cause, who decides until when (design.md §4)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Division, Obligation
from accounts.scope import ScopedQuerySet
from projects.files import WithFile
from projects.models.milestones import Milestone
from projects.models.pauses import Party
from projects.models.projects import Project


class ChangeReason(models.TextChoices):
    LAND = "land", _("land or demolition")
    APPROVAL = "approval", _("approval takes longer")
    UTILITIES = "utilities", _("water, power, heat or gas not connected")
    FUNDING = "funding", _("funds of the enterprise")
    DESIGN = "design", _("enterprise changes its design")
    MARKET = "market", _("market or order situation")
    POLICY = "policy", _("change of policy")
    SEASON = "season", _("season or weather")
    DISASTER = "disaster", _("disaster or epidemic")
    OTHER = "other", _("other")


class ChangeState(models.TextChoices):
    WAITING = "waiting", _("waits for a decision")
    APPROVED = "approved", pgettext_lazy("change of plan", "approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("taken back")


class PlanChangeQuerySet(ScopedQuerySet):
    to_project = "project__"

    def waiting(self):
        return self.filter(state=ChangeState.WAITING)


class PlanChange(WithFile):
    """One request. Which office decides follows from the rule on the day it was asked and is kept with it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="plan_changes")
    reason = models.CharField(_("cause"), max_length=20, choices=ChangeReason)
    party = models.CharField(_("responsible party"), max_length=20, choices=Party)
    evidence = models.TextField(_("explanation and evidence"))
    approver = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    shift_days = models.IntegerField(_("longest shift, cumulative"))
    is_beyond = models.BooleanField(_("beyond the limit"))
    rule_id = models.CharField(max_length=60)
    obligation = models.OneToOneField(
        Obligation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the approver's own clock",
    )
    state = models.CharField(_("state"), max_length=10, choices=ChangeState, default=ChangeState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = PlanChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("change of plan")
        constraints = [
            models.CheckConstraint(name="plan_change_state_known", condition=Q(state__in=ChangeState.values)),
            models.CheckConstraint(name="plan_change_party_known", condition=Q(party__in=Party.values)),
            models.CheckConstraint(
                name="plan_change_decided_together",
                condition=Q(state="waiting", decided_at=None) | Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="waiting"), name="plan_change_one_waiting"
            ),
        ]
        indexes = [
            models.Index(fields=["approver"], condition=Q(state="waiting"), name="plan_change_waiting"),
            models.Index(fields=["city_code", "-asked_at"], name="plan_change_city_asked"),
        ]

    def __str__(self) -> str:
        return str(self.project)


class PlanShift(models.Model):
    """One key point of a request. `from_on`: the day the shift is counted from, first plan or last approved above."""

    change = models.ForeignKey(PlanChange, models.CASCADE, related_name="shifts")
    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="shifts")
    was_on = models.DateField(_("planned so far"))
    wanted_on = models.DateField(_("new plan"))
    from_on = models.DateField()
    shift_days = models.IntegerField(help_text="cumulative, in the unit of the rule; negative: earlier")

    class Meta:
        ordering = ["change_id", "milestone__position"]
        constraints = [models.UniqueConstraint(fields=["change", "milestone"], name="plan_shift_once")]

    def __str__(self) -> str:
        return f"{self.milestone} {self.was_on} → {self.wanted_on}"
