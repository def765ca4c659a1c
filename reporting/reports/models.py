"""Frozen reports (月报 季报 年报, H17, H19).

One snapshot of the projects per period; the reports of all units are drawn from it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, Obligation
from accounts.scope import ScopedQuerySet


class Edition(models.TextChoices):
    """A quarterly or annual report is due before its period ends; a final edition may follow (domain.md §6.6)."""

    FIRST = "first", _("first edition")
    FINAL = "final", _("final edition")


class UnitRows(ScopedQuerySet):
    """Rows that carry the codes of a unit; never opened by a project grant."""


class Snapshot(models.Model):
    """The projects of a province as they stood at the cut-off date, with the rules used. Never changed."""

    period = models.CharField(max_length=7, help_text="2026-10, 2026Q3 or 2026")
    edition = models.CharField(max_length=6, choices=Edition, default=Edition.FIRST)
    cut_off_on = models.DateField()
    province_code = models.CharField(max_length=12)
    compiled_at = models.DateTimeField()
    rules = models.JSONField(default=dict, help_text="{figure: definition and rule id} in force")
    row_count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-cut_off_on", "-pk"]
        verbose_name = _("snapshot")
        constraints = [
            models.UniqueConstraint(fields=["province_code", "period", "edition"], name="snapshot_once")
        ]

    def __str__(self) -> str:
        return f"{self.province_code} {self.period} {self.edition}"


class SnapshotRow(models.Model):
    """One project as it stood. The flags are what the figures count, so that each figure opens its own rows."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="rows")
    project_id = models.BigIntegerField()
    number = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    investor = models.CharField(max_length=300, blank=True)
    division_code = models.CharField(max_length=12)
    division_name = models.CharField(max_length=60)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)
    contract_kind = models.CharField(max_length=12)
    signed_on = models.DateField(null=True)
    contract_amount_yuan = models.BigIntegerField(default=0)
    invested_total_yuan = models.BigIntegerField(default=0)
    counted = models.BooleanField(help_text="in base B of the rates")
    signed_in_period = models.BooleanField()
    fulfilled = models.BooleanField()
    started = models.BooleanField()
    completed = models.BooleanField()
    produced = models.BooleanField()
    start_planned = models.BooleanField()
    started_of_planned = models.BooleanField()
    lost = models.BooleanField(help_text="terminated or withdrawn on or before the cut-off")
    points_due = models.PositiveSmallIntegerField(help_text="milestones planned on or before the cut-off")
    points_done = models.PositiveSmallIntegerField(help_text="milestones finished on or before the cut-off")
    points_on_time = models.PositiveSmallIntegerField()
    current_milestone = models.CharField(max_length=30, blank=True)
    light = models.CharField(max_length=6, blank=True)
    next_due_on = models.DateField(null=True)

    class Meta:
        ordering = ["city_code", "county_code", "-contract_amount_yuan", "project_id"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "project_id"], name="snapshot_row_once")]
        indexes = [models.Index(fields=["snapshot", "city_code", "county_code"], name="snapshot_row_place")]

    def __str__(self) -> str:
        return self.name


class ReportState(models.TextChoices):
    DRAFT = "draft", _("draft")
    FINAL = "final", _("settled")


class Report(models.Model):
    """One unit's report for one period: frozen figures and an editable narrative. Re-rendered, never recomputed."""

    unit = models.ForeignKey(Division, models.PROTECT, related_name="reports")
    period = models.CharField(max_length=7)
    edition = models.CharField(max_length=6, choices=Edition, default=Edition.FIRST)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="reports")
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, blank=True, related_name="reports")
    figures = models.JSONField(
        default=dict, help_text="{total: {...}, units: [{code, name, ...}], discipline: [...]}"
    )
    narrative = models.JSONField(
        default=list, help_text="[{heading, paragraphs}] Chinese, editable while a draft"
    )
    state = models.CharField(max_length=6, choices=ReportState, default=ReportState.DRAFT)
    compiled_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = UnitRows.as_manager()

    class Meta:
        ordering = ["-compiled_at", "unit_id"]
        verbose_name = _("report")
        constraints = [
            models.UniqueConstraint(fields=["unit", "period", "edition"], name="report_once"),
            models.CheckConstraint(name="report_state_known", condition=Q(state__in=ReportState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"
