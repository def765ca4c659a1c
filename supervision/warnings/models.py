"""Warnings (预警, H14): one open warning per rule and object; cleared by the fact, never by a click."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Obligation
from accounts.scope import ScopedQuerySet
from approvals.models import ChecklistItem, Mandate, Ticket
from projects.models import Milestone, Pause, Project


class WarningLevel(models.TextChoices):
    BLUE = "blue", _("due soon")
    AMBER = "amber", _("overdue")
    RED = "red", _("seriously overdue")


class WarningQuerySet(ScopedQuerySet):
    to_project = "project__"

    def open(self):
        return self.filter(cleared_on=None)


class Warning(models.Model):
    """About one row of its `subject_key`. Levels follow from stored dates: a skipped run shows nowhere.

    `answer_by_on` (inclusive): an answer is awaited. `next_up_on`: the day on which the next thing happens for want
    of an answer or of a promise kept, see `answers`. `unanswered_on`: nobody answered in time; `up_on`: the
    tier above has been told, for that or because it is so late. `promised_on`: the day named in the answer;
    `lapsed_on`: that day passed without the fact, the answer counts no more.
    """

    rule_id = models.CharField(max_length=60)
    rule_key = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=60, help_text="milestone:12, obligation:7, item:3, matter:5")
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, blank=True, related_name="warnings")
    obligation = models.ForeignKey(Obligation, models.CASCADE, null=True, blank=True, related_name="warnings")
    item = models.ForeignKey(ChecklistItem, models.CASCADE, null=True, blank=True, related_name="warnings")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, blank=True, related_name="warnings")
    matter = models.ForeignKey(
        "supervision.Matter", models.CASCADE, null=True, blank=True, related_name="warnings"
    )
    mandate = models.ForeignKey(Mandate, models.CASCADE, null=True, blank=True, related_name="warnings")
    conclusion = models.ForeignKey(
        "supervision.Conclusion", models.CASCADE, null=True, blank=True, related_name="warnings"
    )
    pause = models.ForeignKey(Pause, models.CASCADE, null=True, blank=True, related_name="warnings")
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
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    lapsed_on = models.DateField(_("answer lapsed on"), null=True, blank=True)
    answer_by_on = models.DateField(_("to be answered by"), null=True, blank=True)
    unanswered_on = models.DateField(_("unanswered since"), null=True, blank=True)
    up_on = models.DateField(_("gone up on"), null=True, blank=True)
    next_up_on = models.DateField(null=True, blank=True, editable=False)
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
            models.Index(
                fields=["next_up_on"],
                condition=Q(cleared_on=None, next_up_on__isnull=False),
                name="warning_next_up",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_answered(self) -> bool:
        """An answer that still counts."""
        return self.acknowledged_at is not None and self.lapsed_on is None

    @property
    def own_tier(self) -> int:
        """Of the place it lies in: 3 county, 2 city, 1 province."""
        return 3 if self.county_code else 2 if self.city_code else 1


class WarningTold(models.Model):
    """What a person was last told of a warning. Due-set minus this set is the next digest: nothing twice, nothing lost."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    warning = models.ForeignKey(Warning, models.CASCADE, related_name="told")
    sight = models.CharField(max_length=60, help_text="level, day, tier and answer as they were told")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "warning"], name="warning_told_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.warning_id} {self.sight}"


class WarningDigest(models.Model):
    """One person's digest of a working day, as it was sent. `lines`: see `digest.line_of`; the numbers count all."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="warning_digests")
    on = models.DateField()
    at = models.DateTimeField()
    fresh = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    still_red = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0)
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("warning digest")
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="warning_digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on}"
