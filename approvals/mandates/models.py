"""Free agency on the investor's own mandate (免费代办): the mandate, the register of materials, receipts (H12, X)."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ScopedQuerySet, area_q, granted_beside_area, holds
from projects.files import WithFile
from projects.models import Project


class MandateState(models.TextChoices):
    GIVEN = "given", _("waits to be accepted")
    ACTIVE = "active", _("in force")
    DECLINED = "declined", _("not accepted")
    REVOKED = "revoked", _("revoked by the investor")
    ENDED = "ended", _("finished")


OPEN_STATES = (MandateState.GIVEN, MandateState.ACTIVE)


class MandateQuerySet(ScopedQuerySet):
    to_project = "project__"

    def visible_to(self, user: Any) -> Self:
        """Area and personal grants as everywhere; besides, the agent sees what was entrusted to them."""
        if not holds(user, "mandates.view"):
            return self.none()
        return self.filter(area_q(user) | Q(project_id__in=granted_beside_area(user)) | Q(agent=user))


class Mandate(WithFile):
    """`online`: given by the investor's own account, which is the signature; else the signed form is kept as a file.
    Revocable at any time; `turn` grows with each move."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="mandates")
    number = models.CharField(_("number"), max_length=30, unique=True)
    scope = models.TextField(_("what is entrusted"))
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates")
    online = models.BooleanField()
    signed_by = models.CharField(_("signed for the company by"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    valid_to = models.DateField(_("valid until (inclusive)"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=MandateState, default=MandateState.GIVEN)
    turn = models.PositiveIntegerField(default=1, editable=False)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    accept_by_on = models.DateField()
    acceptance = models.JSONField(default=dict, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        verbose_name = _("mandate")
        constraints = [
            models.CheckConstraint(name="mandate_state_known", condition=Q(state__in=MandateState.values)),
            models.CheckConstraint(
                name="mandate_ended_has_time",
                condition=Q(state__in=OPEN_STATES, ended_at=None)
                | (~Q(state__in=OPEN_STATES) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "state"], name="mandate_project_state"),
            models.Index(fields=["agent", "state"], name="mandate_agent_state"),
            models.Index(fields=["accept_by_on"], condition=Q(state="given"), name="mandate_given_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def has_lapsed(self, on: date) -> bool:
        """Still open, but its last day is over: nothing more is done under it."""
        return self.is_open and self.valid_to is not None and self.valid_to < on


class Direction(models.TextChoices):
    IN = "in", _("received from the company")
    OFFICE = "office", _("handed in at an office")
    BACK = "back", _("given back to the company")


class Receipt(models.Model):
    """One hand-over of papers with its receipt (交接单). The company confirms what it gave and what it got back."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="receipts")
    number = models.CharField(max_length=40, unique=True)
    direction = models.CharField(max_length=8, choices=Direction)
    party = models.CharField(_("other side"), max_length=120)
    done_on = models.DateField(_("day"))
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="receipt_direction_known", condition=Q(direction__in=Direction.values)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def lines(self) -> Any:
        return self.received.all() if self.direction == Direction.IN else self.handed.all()


class Material(models.Model):
    """One paper in the agent's hands since `taken`; `handed` empty: still held."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="materials")
    name = models.CharField(_("material"), max_length=120)
    original = models.BooleanField(_("original"), default=False)
    copies = models.PositiveSmallIntegerField(_("copies"), default=1)
    taken = models.ForeignKey(Receipt, models.PROTECT, related_name="received")
    handed = models.ForeignKey(Receipt, models.PROTECT, null=True, blank=True, related_name="handed")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="material_has_copies", condition=Q(copies__gte=1))]

    def __str__(self) -> str:
        return self.name
