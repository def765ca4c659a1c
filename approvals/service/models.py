"""Serving a project: the log of the four duties, problem meetings, hand-over of what is open (H8, H10, X-A1)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Division
from accounts.scope import ScopedQuerySet, area_q, current_postings, holds, only_investor
from projects.models import Project


class Duty(models.TextChoices):
    """The four duties of the chief service officer (H10)."""

    GUIDE = "guide", _("guidance")
    MATERIAL = "material", _("help with materials")
    FEEDBACK = "feedback", _("report to the investor")
    ESCALATION = "escalation", _("problem found and taken up")


class Way(models.TextChoices):
    """How the company was met on a return visit (回访: 电话联系、入企走访、召开座谈会)."""

    PHONE = "phone", _("by telephone")
    VISIT = "visit", _("at the company")
    SYMPOSIUM = "symposium", _("at a symposium")


class Result(models.TextChoices):
    """What a return visit brought to light."""

    NONE = "none", _("no problem")
    PROBLEM = "problem", _("problem taken up")
    SUGGESTION = "suggestion", _("suggestion noted")


class EntryQuerySet(ScopedQuerySet):
    to_project = "project__"

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the project and may read the log; the investor only what is meant for them."""
        if not holds(user, "service.view"):
            return self.none()
        rows = super().visible_to(user)
        return rows.filter(shared=True) if only_investor(user) else rows


class ServiceEntry(models.Model):
    """One line of the duty log; written once, never changed. What reports to the investor is always shared.

    `way`: it was done on a return visit (回访), which the company is asked to rate; empty: not with the company. A visit
    has its `result`, empty only in rows from before it was asked; a problem may become one `ticket`. `unit` and
    `department` are those of the person at the time; no department for a leader of the unit itself.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="service_entries")
    duty = models.CharField(_("duty"), max_length=12, choices=Duty)
    done_on = models.DateField(_("done on"))
    text = models.TextField(_("what was done"))
    shared = models.BooleanField(_("seen by the investor"), default=False)
    way = models.CharField(_("return visit"), max_length=12, choices=Way, blank=True, default="")
    result = models.CharField(_("result of the visit"), max_length=12, choices=Result, blank=True, default="")
    ticket = models.ForeignKey("approvals.Ticket", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    office = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-done_on", "-pk"]
        verbose_name = _("service log entry")
        constraints = [
            models.CheckConstraint(name="service_entry_duty_known", condition=Q(duty__in=Duty.values)),
            models.CheckConstraint(
                name="service_feedback_is_shared", condition=~Q(duty=Duty.FEEDBACK) | Q(shared=True)
            ),
            models.CheckConstraint(name="service_entry_way_known", condition=Q(way__in=["", *Way.values])),
            models.CheckConstraint(
                name="service_entry_result_of_visit",
                condition=Q(result="") | (Q(result__in=Result.values) & ~Q(way="")),
            ),
            models.CheckConstraint(
                name="service_entry_ticket_of_problem", condition=Q(ticket=None) | Q(result=Result.PROBLEM)
            ),
        ]
        indexes = [models.Index(fields=["project", "-done_on"], name="service_entry_project")]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} {self.done_on}"

    @property
    def waits_for_ticket(self) -> bool:
        """A problem was taken up and has not become a ticket."""
        return self.result == Result.PROBLEM and self.ticket_id is None


class MeetingState(models.TextChoices):
    CALLED = "called", _("called")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class MeetingQuerySet(ScopedQuerySet):
    to_project = "project__"


class ProblemMeeting(models.Model):
    """A meeting about one project (碰头会), called by its leader or officer; what it agrees on becomes tickets."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="meetings")
    subject = models.CharField(_("what about"), max_length=120)
    meets_at = models.DateTimeField(_("when"))
    place = models.CharField(_("place"), max_length=120)
    invited = models.CharField(_("who comes"), max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=MeetingState, default=MeetingState.CALLED)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField()
    minutes = models.TextField(_("what was decided"), blank=True)
    follow_up_on = models.DateField(_("look at it again on"), null=True, blank=True)
    followed_at = models.DateTimeField(null=True, blank=True)
    follow_note = models.TextField(blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-meets_at", "-pk"]
        verbose_name = _("problem meeting")
        constraints = [
            models.CheckConstraint(name="meeting_state_known", condition=Q(state__in=MeetingState.values)),
            models.CheckConstraint(
                name="meeting_closed_has_time",
                condition=Q(state="called", closed_at=None)
                | (~Q(state="called") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["project", "-meets_at"], name="meeting_project")]

    def __str__(self) -> str:
        return self.subject


class HandOverState(models.TextChoices):
    PROPOSED = "proposed", _("waits for the receiver")
    ACCEPTED = "accepted", _("taken over")
    DECLINED = "declined", _("not taken over")
    WITHDRAWN = "withdrawn", _("taken back")


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: Any) -> Self:
        """The office of the area, whoever gives and whoever receives."""
        if not current_postings(user):
            return self.none()
        return self.filter(area_q(user) | Q(giver=user) | Q(receiver=user))


class HandOver(models.Model):
    """What one person has open goes to another, once the receiver accepts. The codes are of the giver's division."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="given_over")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="taken_over")
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=12, choices=HandOverState, default=HandOverState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = _("hand-over")
        constraints = [
            models.CheckConstraint(name="handover_state_known", condition=Q(state__in=HandOverState.values)),
            models.CheckConstraint(name="handover_to_another", condition=~Q(giver=F("receiver"))),
            models.CheckConstraint(
                name="handover_decided_has_time",
                condition=Q(state="proposed", decided_at=None)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver}"


class HandOverItem(models.Model):
    """One open thing: `source` and `object_id` find it, `label` tells it for ever. `moved` empty: not decided yet."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="items")
    source = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    project_name = models.CharField(max_length=200, blank=True)
    moved = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["source", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["hand_over", "source", "object_id"], name="handover_item_once")
        ]

    def __str__(self) -> str:
        return self.label
