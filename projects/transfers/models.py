"""A project handed to another division (项目流转, G一(二)7), and two records of one project made one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, Obligation
from accounts.scope import ScopedQuerySet, area_q
from projects.files import WithFile
from projects.models.projects import Project


class TransferState(models.TextChoices):
    ASKED = "asked", _("waits for the receiver")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("not accepted")
    WITHDRAWN = "withdrawn", _("taken back")


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user):
        """Both sides and the tiers above them, now and afterwards: where a project went is no secret to who gave it."""
        return self.filter(area_q(user, "from_division__") | area_q(user, "to_division__"))


class Transfer(WithFile):
    """Codes are those of the giving side and stay so: the row is history, it does not move with the project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="transfers")
    project_name = models.CharField(max_length=200)
    project_number = models.CharField(max_length=24)
    from_division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("given by"))
    to_division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("received by"))
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=10, choices=TransferState, default=TransferState.ASKED)
    obligation = models.OneToOneField(
        Obligation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the receiver's own clock",
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    moved = models.JSONField(default=dict, help_text="{model: rows that went along}")
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("project transfer")
        constraints = [
            models.CheckConstraint(name="transfer_state_known", condition=Q(state__in=TransferState.values)),
            models.CheckConstraint(
                name="transfer_goes_elsewhere", condition=~Q(from_division=F("to_division"))
            ),
            models.CheckConstraint(
                name="transfer_decided_together",
                condition=Q(state="asked", decided_at=None) | Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="asked"), name="transfer_one_asked"
            ),
        ]
        indexes = [models.Index(fields=["to_division"], condition=Q(state="asked"), name="transfer_asked_of")]

    def __str__(self) -> str:
        return self.project_name


class MergeQuerySet(ScopedQuerySet):
    to_project = "survivor__"


class Merge(models.Model):
    """Two records that were one project. The duplicate stays readable; `differences` keeps both sides."""

    survivor = models.ForeignKey(Project, models.PROTECT, related_name="merges")
    duplicate = models.OneToOneField(Project, models.PROTECT, related_name="merge")
    reason = models.TextField(_("reason"))
    differences = models.JSONField(
        default=list, help_text="[{key, survivor, duplicate, taken}] as stored values"
    )
    moved = models.JSONField(default=dict, help_text="{model: rows now under the survivor}")
    kept = models.JSONField(default=dict, help_text="{model: rows left with the duplicate, readable there}")
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-pk"]
        verbose_name = _("merge of duplicates")
        constraints = [models.CheckConstraint(name="merge_of_two", condition=~Q(survivor=F("duplicate")))]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.survivor}"
