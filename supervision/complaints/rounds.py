"""The rounds of a complaint: what was found, answered and thought of it, once, and once more after it was contested.

A round is never overwritten by the next one. What the complainant made of an answer is the complainant's own word, on
this site or by phone; a word by phone is entered by staff with whom they spoke to, on which day, and what was said.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department


class Outcome(models.TextChoices):
    TRUE = "true", _("true, mended")
    TRUE_OPEN = "true_open", _("true, not mended yet")
    PARTLY = "partly", _("partly true, mended")
    PARTLY_OPEN = "partly_open", _("partly true, not mended yet")
    UNTRUE = "untrue", _("not true")
    UNCLEAR = "unclear", _("could not be established")


UNMENDED = (Outcome.TRUE_OPEN, Outcome.PARTLY_OPEN)  # answered with a limit of its own to mend it
UNFOUNDED = (Outcome.UNTRUE, Outcome.UNCLEAR)


class SpokeWith(models.TextChoices):
    SELF = "self", _("the complainant")
    PROXY = "proxy", _("somebody for the complainant")


class ComplaintRound(models.Model):
    """One round; `reply` of a refused complaint is the reason why it is not taken up. Days are days in Asia/Shanghai."""

    complaint = models.ForeignKey("supervision.Complaint", models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    handler = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("result of the inquiry"), max_length=12, choices=Outcome, blank=True)
    finding = models.TextField(_("finding"), blank=True)
    refused = models.BooleanField(default=False)
    reply = models.TextField(_("answer to the complainant"), blank=True)
    replied_on = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(_("read by the complainant"), null=True, blank=True)
    satisfied = models.BooleanField(_("complainant satisfied"), null=True)
    said_on = models.DateField(null=True, blank=True)
    # a word by phone
    call_with = models.CharField(_("spoken with"), max_length=5, choices=SpokeWith, blank=True)
    call_on = models.DateField(_("day of the call"), null=True, blank=True)
    call_note = models.TextField(_("what was said on the phone"), blank=True)
    call_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        verbose_name = _("round of a complaint")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaint_round_once"),
            models.CheckConstraint(
                name="complaint_round_word_after_answer",
                condition=Q(satisfied=None) | Q(replied_on__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_round_call_whole",
                condition=Q(call_by=None, call_on=None, call_with="", call_note="")
                | Q(call_by__isnull=False, call_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.number}"


class ReadsRound:
    """What a complaint tells of the round that runs, or ran last. Ask for many with `prefetch_related("rounds")`."""

    round: int
    rounds: Any

    @property
    def present(self) -> ComplaintRound:
        found: ComplaintRound = next(one for one in self.rounds.all() if one.number == self.round)
        return found

    @property
    def outcome(self) -> str:
        return self.present.outcome

    def get_outcome_display(self) -> str:
        return str(self.present.get_outcome_display())

    @property
    def finding(self) -> str:
        return self.present.finding

    @property
    def reply(self) -> str:
        return self.present.reply

    @property
    def replied_on(self) -> date | None:
        return self.present.replied_on

    @property
    def satisfied(self) -> bool | None:
        return self.present.satisfied
