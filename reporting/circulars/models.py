"""Circulars (通报, H20): draft → approved → numbered and issued. Issued is immutable; an erratum is a new version."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.scope import ScopedQuerySet
from reporting.reports.models import Report


class CircularRows(ScopedQuerySet):
    """Rows that carry the codes of the issuing unit."""


class CircularState(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    ISSUED = "issued", _("issued")
    REPLACED = "replaced", _("replaced by an erratum")


class Circular(models.Model):
    """`body` is the Document as JSON blocks. It is written from the frozen report and edited until approval."""

    unit = models.ForeignKey(Division, models.PROTECT, related_name="circulars")
    report = models.ForeignKey(Report, models.PROTECT, related_name="circulars")
    period = models.CharField(max_length=7)
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("state"), max_length=10, choices=CircularState, default=CircularState.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    addressees = models.CharField(_("addressed to"), max_length=500)
    copies = models.CharField(_("copies to"), max_length=500, blank=True)
    body = models.JSONField(default=list)
    number_year = models.PositiveSmallIntegerField(null=True, blank=True)
    number_seq = models.PositiveIntegerField(null=True, blank=True)
    number = models.CharField(_("document number"), max_length=40, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="errata")
    correction_reason = models.TextField(blank=True)
    row_version = models.PositiveIntegerField(default=1)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = CircularRows.as_manager()

    class Meta:
        ordering = ["-drafted_at", "-pk"]
        verbose_name = _("circular")
        constraints = [
            models.UniqueConstraint(fields=["unit", "period", "version"], name="circular_version_once"),
            models.UniqueConstraint(
                fields=["unit", "number_year", "number_seq"],
                condition=Q(number_seq__isnull=False),
                name="circular_number_once",
            ),
            models.CheckConstraint(name="circular_state_known", condition=Q(state__in=CircularState.values)),
            models.CheckConstraint(
                name="circular_issued_has_number",
                condition=~Q(state__in=["issued", "replaced"])
                | (Q(number_seq__isnull=False) & Q(issued_on__isnull=False) & ~Q(number="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title
