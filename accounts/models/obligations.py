"""'Unit U owes form F for period P by D' — ledgers, reports, kickoff meetings, filings, inspections (design.md §2)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division


class ObligationState(models.TextChoices):
    """Derived, never stored. For a closed period these sum to the expected number."""

    OPEN = "open", _("not yet due")
    ON_TIME = "on_time", _("on time")
    EXTENDED = "extended", _("on time after extension")
    LATE = "late", _("late")
    MISSING = "missing", _("missing")
    EXEMPT = "exempt", _("exempt")


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: Any) -> "ObligationQuerySet":
        from accounts.scope import area_q

        return self.filter(area_q(user))

    def open(self) -> "ObligationQuerySet":
        return self.filter(met_on=None, exempt_reason="", cancelled_on=None)

    def live(self) -> "ObligationQuerySet":
        """Without those whose ground fell away (a withdrawn project)."""
        return self.filter(cancelled_on=None)

    def in_state(self, state: str, on: date) -> "ObligationQuerySet":
        """Filter by the derived state; mirrors `Obligation.state`, a test holds them equal."""
        due = models.functions.Coalesce(F("extended_to"), F("due_on"))
        rows = self.live().annotate(last_open_day=due)
        met = rows.filter(exempt_reason="", met_on__isnull=False)
        unmet = rows.filter(exempt_reason="", met_on=None)
        return {
            ObligationState.EXEMPT: rows.exclude(exempt_reason=""),
            ObligationState.ON_TIME: met.filter(met_on__lte=F("due_on")),
            ObligationState.EXTENDED: met.filter(met_on__gt=F("due_on"), met_on__lte=F("last_open_day")),
            ObligationState.LATE: met.filter(met_on__gt=F("last_open_day")),
            ObligationState.MISSING: unmet.filter(last_open_day__lt=on),
            ObligationState.OPEN: unmet.filter(last_open_day__gte=on),
        }[ObligationState(state)]


class Obligation(models.Model):
    """Frozen when made: unit, rule, due date and the steps that led to it.

    `period` is the text of a `policy.periods.Period` for periodic duties, empty for duties about one subject (a
    project's kickoff); then `subject_type`/`subject_id` say which. `met_on` is the business date of the FIRST receipt
    that was later accepted and never moves again: a corrected ledger stays on time.
    """

    kind = models.CharField(_("duty"), max_length=40)
    unit = models.ForeignKey(Division, models.PROTECT, related_name="obligations")
    department_code = models.CharField(max_length=30, blank=True)
    period = models.CharField(_("period"), max_length=10, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(default=0, help_text=_("0: not about one subject."))
    subject_label = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(_("due (inclusive)"))
    nominal_on = models.DateField(_("due before rolling"))
    provisional = models.BooleanField(default=False)
    deadline = models.JSONField(default=dict, help_text=_("Deadline.to_json(): steps, basis, rule."))
    rule_id = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    met_on = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    extended_to = models.DateField(null=True, blank=True)
    exempt_reason = models.CharField(max_length=200, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    reminded_level = models.PositiveSmallIntegerField(default=0)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("obligation")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "period", "subject_type", "subject_id"],
                name="obligation_once",
            ),
            models.CheckConstraint(
                name="obligation_met_on_and_at_together",
                condition=Q(met_on=None, met_at=None) | Q(met_on__isnull=False, met_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(met_on=None, exempt_reason="", cancelled_on=None),
                name="obligation_open_by_due",
            ),
            models.Index(fields=["kind", "period", "city_code"], name="obligation_kind_period"),
            models.Index(fields=["unit", "due_on"], name="obligation_unit_due"),
            models.Index(fields=["subject_type", "subject_id"], name="obligation_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} {self.period or self.subject_label}"

    @property
    def last_day(self) -> date:
        """The day that counts: the extension if one was granted, else the due date. Inclusive."""
        return self.extended_to or self.due_on

    def state(self, on: date) -> ObligationState:
        if self.exempt_reason:
            return ObligationState.EXEMPT
        if self.met_on is not None:
            if self.met_on <= self.due_on:
                return ObligationState.ON_TIME
            return ObligationState.EXTENDED if self.met_on <= self.last_day else ObligationState.LATE
        return ObligationState.MISSING if self.last_day < on else ObligationState.OPEN


class Extension(models.Model):
    """A later date granted by the tier above. The old date stays visible on the obligation."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="extensions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField(_("reason"))
    wanted_on = models.DateField(_("new date asked for"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True)
    opinion = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("extension")
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(granted=None), name="extension_one_open_per_obligation"
            ),
            models.CheckConstraint(
                name="extension_decided_together",
                condition=Q(decided_at=None, decided_by=None, granted=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} → {self.wanted_on}"
