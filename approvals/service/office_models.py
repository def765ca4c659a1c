"""What a whole department has open goes to another one at once, when it is abolished or its people leave (H4, X-A1)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.scope import area_q, current_postings, own_departments
from approvals.service.models import HandOverState

RECEIVE = "handovers.receive"


class OfficeHandOverQuerySet(models.QuerySet["OfficeHandOver"]):
    def visible_to(self, user: Any) -> Self:
        """The office of the area, and the people of both departments."""
        if not current_postings(user):
            return self.none()
        own = own_departments(user, RECEIVE)
        return self.filter(area_q(user) | Q(giver_id__in=own) | Q(receiver_id__in=own))

    def waiting(self) -> Self:
        return self.filter(state=HandOverState.PROPOSED)


class OfficeHandOver(models.Model):
    """All that `giver` has open of the `kinds` (codes of `offices.OfficeWork`) goes to `receiver` once it accepts.

    No list of things: what is open on the day of acceptance moves, `moved` tells how many of each kind, the audit
    record which. The codes are of the division both departments belong to.
    """

    giver = models.ForeignKey(Department, models.PROTECT, related_name="given_over")
    receiver = models.ForeignKey(Department, models.PROTECT, related_name="taken_over")
    kinds = models.JSONField(_("what is handed over"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=12, choices=HandOverState, default=HandOverState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    moved = models.JSONField(default=dict, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = OfficeHandOverQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = _("hand-over of a department")
        constraints = [
            models.CheckConstraint(
                name="officehandover_state_known", condition=Q(state__in=HandOverState.values)
            ),
            models.CheckConstraint(name="officehandover_to_another", condition=~Q(giver=F("receiver"))),
            models.CheckConstraint(
                name="officehandover_decided_has_time",
                condition=Q(state="proposed", decided_at=None)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["giver"], condition=Q(state="proposed"), name="officehandover_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver}"
