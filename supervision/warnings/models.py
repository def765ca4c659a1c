"""Warnings (预警, H14): one open warning per rule and object; cleared by the fact, never by a click."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Obligation
from accounts.scope import ScopedQuerySet
from approvals.models import ChecklistItem, Ticket
from projects.models import Milestone, Project


class WarningLevel(models.TextChoices):
    BLUE = "blue", _("due soon")
    AMBER = "amber", _("overdue")
    RED = "red", _("seriously overdue")


class WarningQuerySet(ScopedQuerySet):
    to_project = "project__"

    def open(self):
        return self.filter(cleared_on=None)


class Warning(models.Model):
    """About a milestone, an obligation, an item or a ticket. Levels follow from stored dates: a skipped run shows nowhere."""

    rule_id = models.CharField(max_length=60)
    rule_key = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=60, help_text="milestone:12, obligation:7, item:3, ticket:5")
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, blank=True, related_name="warnings")
    obligation = models.ForeignKey(Obligation, models.CASCADE, null=True, blank=True, related_name="warnings")
    item = models.ForeignKey(ChecklistItem, models.CASCADE, null=True, blank=True, related_name="warnings")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, blank=True, related_name="warnings")
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="warnings")
    label = models.CharField(max_length=250)
    level = models.CharField(_("level"), max_length=8, choices=WarningLevel)
    due_on = models.DateField(_("due (inclusive)"))
    opened_on = models.DateField(_("lit on"))
    level_since = models.DateField(_("at this level since"))
    tier = models.PositiveSmallIntegerField(
        help_text="the tier that has been told: 3 county, 2 city, 1 province"
    )
    cleared_on = models.DateField(null=True, blank=True)
    clear_note = models.CharField(max_length=200, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    plan_text = models.CharField(_("what will be done"), max_length=500, blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("warning")
        constraints = [
            models.UniqueConstraint(
                fields=["rule_key", "subject_key"],
                condition=Q(cleared_on=None),
                name="warning_one_open_per_rule_and_object",
            ),
            models.CheckConstraint(name="warning_level_known", condition=Q(level__in=WarningLevel.values)),
            models.CheckConstraint(
                name="warning_acknowledged_together",
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["city_code", "level"], condition=Q(cleared_on=None), name="warning_open_city"
            ),
            models.Index(fields=["project"], condition=Q(cleared_on=None), name="warning_open_project"),
        ]

    def __str__(self) -> str:
        return self.label
