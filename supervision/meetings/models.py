"""Meetings that units hold over projects: called, invited to, attended, recorded; what they agree on goes on the ladder."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Division
from accounts.permissions import PERMISSIONS, ROW_SCOPE, RowScope
from accounts.scope import (
    ScopedQuerySet,
    area_q,
    current_postings,
    granted_beside_area,
    own_departments,
    postings_with,
)
from approvals.tickets.models import OPEN_STATES as OPEN_TICKETS
from approvals.tickets.models import Ticket
from projects.models import Project
from supervision.matters.models import OPEN_STATES as OPEN_MATTERS
from supervision.matters.models import Matter

VIEW, HOLD = "meetings.view", "meetings.hold"
# What a line about an agreed item reads.
ITEM_ROADS = (
    "meeting__unit", "unit", "department", "project", "matter", "ticket__division", "ticket__department", "ticket__person",
)  # fmt: skip


class MeetingKind(models.TextChoices):
    JOINT = "joint", _("joint meeting")
    TALK = "talk", _("government–company talk")
    SYMPOSIUM = "symposium", _("symposium")
    PROBLEM = "problem", _("problem meeting over projects")
    REVIEW = "review", _("joint review meeting")
    ONSITE = "onsite", _("meeting on site")
    STUDY = "study", _("study of how projects land")
    LAND = "land", _("meeting on land")
    FINANCE = "finance", _("meeting on finance")
    TRAINING = "training", _("training")
    OTHER = "other", _("other meeting")


class UnitMeetingState(models.TextChoices):
    CALLED = "called", _("called")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Attendance(models.TextChoices):
    PRESENT = "present", _("present")
    LATE = "late", _("came late")
    ABSENT = "absent", _("absent")
    EXCUSED = "excused", _("on leave")


class InviteeKind(models.TextChoices):
    UNIT = "unit", _("unit")
    DEPARTMENT = "department", _("department")
    PERSON = "person", _("person")
    COMPANY = "company", _("company or other guest")


def invited_ids(user: Any) -> Any:
    """Ids of meetings the person is invited to: by name, through their department, or as the office of an invited unit."""
    postings = postings_with(user, VIEW)
    offices = own_departments(user, VIEW)
    units = [one.division_id for one in postings if ROW_SCOPE[one.role] is RowScope.AREA]
    if not postings:
        return MeetingInvitee.objects.none().values("meeting_id")
    rows = MeetingInvitee.objects.filter(
        Q(person_id=user.pk) | Q(department_id__in=offices) | Q(unit_id__in=units)
    )
    return rows.values("meeting_id")


class UnitMeetingQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The area of the person's offices, meetings they are invited to, and those about projects granted to them."""
        if not any(VIEW in PERMISSIONS[one.role] for one in current_postings(user)):
            return self.none()
        about = UnitMeeting.projects.through.objects.filter(project_id__in=granted_beside_area(user))
        return self.filter(
            area_q(user, need=VIEW) | Q(pk__in=invited_ids(user)) | Q(pk__in=about.values("unitmeeting_id"))
        )


class UnitMeeting(models.Model):
    """A meeting of `unit`. `turn` grows with each act: two people on the same sight cannot both succeed. `sequence` grows
    with each change that calendars must hear of. `counted`: duties it met, [{"kind", "period"}], fixed when recorded."""

    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of meeting"), max_length=12, choices=MeetingKind)
    subject = models.CharField(_("what about"), max_length=120)
    meets_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120)
    agenda = models.TextField(_("agenda"), blank=True)
    projects = models.ManyToManyField(Project, related_name="unit_meetings", blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=UnitMeetingState, default=UnitMeetingState.CALLED
    )
    turn = models.PositiveIntegerField(default=1, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(_("called"))
    changed_at = models.DateTimeField()
    cancel_reason = models.CharField(_("why it was called off"), max_length=300, blank=True)
    chair = models.CharField(_("chaired by"), max_length=60, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    number = models.CharField(_("number of the minutes"), max_length=40, blank=True)
    counted = models.JSONField(default=list, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = UnitMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-meets_at", "-pk"]
        verbose_name = _("meeting of a unit")
        verbose_name_plural = _("meetings of units")
        constraints = [
            models.CheckConstraint(
                name="unit_meeting_state_known", condition=Q(state__in=UnitMeetingState.values)
            ),
            models.CheckConstraint(name="unit_meeting_kind_known", condition=Q(kind__in=MeetingKind.values)),
            models.CheckConstraint(
                name="unit_meeting_closed_has_time",
                condition=Q(state="called", closed_at=None)
                | (~Q(state="called") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="unit_meeting_ends_after_it_begins",
                condition=Q(ends_at=None) | Q(ends_at__gt=F("meets_at")),
            ),
            models.UniqueConstraint(
                fields=["unit", "number"], condition=~Q(number=""), name="unit_meeting_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-meets_at"], name="unit_meeting_unit"),
            models.Index(fields=["city_code", "meets_at"], name="unit_meeting_city"),
            models.Index(fields=["county_code", "meets_at"], name="unit_meeting_county"),
        ]

    def __str__(self) -> str:
        return self.subject


class MeetingInvitee(models.Model):
    """Who is to come. `name` is what the list says, also after a department was renamed. `attendance` is empty until
    the meeting is recorded; `who_came` names the people."""

    meeting = models.ForeignKey(UnitMeeting, models.CASCADE, related_name="invitees")
    kind = models.CharField(max_length=12, choices=InviteeKind)
    unit = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="meeting_invitations"
    )
    name = models.CharField(max_length=120)
    attendance = models.CharField(max_length=10, choices=Attendance, blank=True)
    who_came = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "kind", "name"], name="meeting_invitee_once"),
            models.CheckConstraint(
                name="meeting_invitee_attendance_known",
                condition=Q(attendance="") | Q(attendance__in=Attendance.values),
            ),
        ]
        indexes = [
            models.Index(fields=["unit"], name="meeting_invitee_unit"),
            models.Index(fields=["department"], name="meeting_invitee_department"),
        ]

    def __str__(self) -> str:
        return self.name


class MeetingChange(models.Model):
    """One change of a called meeting, with its reason. Written once."""

    meeting = models.ForeignKey(UnitMeeting, models.CASCADE, related_name="changes")
    reason = models.CharField(_("reason"), max_length=300)
    was_at = models.DateTimeField()
    now_at = models.DateTimeField()
    was_place = models.CharField(max_length=120)
    now_place = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.reason

    @property
    def moved(self) -> bool:
        return self.was_at != self.now_at or self.was_place != self.now_place


class MeetingFile(models.Model):
    """A paper of the meeting. `path` lies under MEDIA under a random name; only a view that asks the scope serves it."""

    meeting = models.ForeignKey(UnitMeeting, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class AgreedQuerySet(models.QuerySet["AgreedItem"]):
    def open(self) -> Self:
        """Neither done nor withdrawn, as its matter or its ticket says."""
        return self.filter(Q(matter__state__in=OPEN_MATTERS) | Q(ticket__state__in=OPEN_TICKETS))


class AgreedItem(models.Model):
    """What a meeting agreed on: who does it until when. It lives on as a matter, or as a ticket of a project's investor;
    its state is theirs and never stored here."""

    meeting = models.ForeignKey(UnitMeeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("agreed item"), max_length=120)
    text = models.TextField(_("details"), blank=True)
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="agreed_items")
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    matter = models.OneToOneField(Matter, models.PROTECT, null=True, blank=True, related_name="agreed_item")
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, blank=True, related_name="agreed_item")

    objects = AgreedQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "position"]
        verbose_name = _("agreed item")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agreed_item_position"),
            models.CheckConstraint(name="agreed_item_one_road", condition=Q(matter=None) | Q(ticket=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        if self.matter is not None:
            return self.matter.state in OPEN_MATTERS
        return self.ticket is not None and self.ticket.is_open

    @property
    def state_label(self) -> str:
        lead = self.matter or self.ticket
        return str(lead.get_state_display()) if lead is not None else ""

    @property
    def counts_on(self) -> Any:
        """The day that counts now: an extension moved it."""
        lead = self.matter or self.ticket
        return lead.due_on if lead is not None else self.due_on

    @property
    def owner_name(self) -> str:
        """Who has it: a ticket goes from office to office, a matter stays with whom it was given to."""
        if self.ticket is not None:
            return self.ticket.holder_name
        return self.department.name if self.department else self.unit.name


class CarriedItem(models.Model):
    """An open item of an earlier meeting as this one found it: its state then, and what was said about it."""

    meeting = models.ForeignKey(UnitMeeting, models.CASCADE, related_name="carried")
    item = models.ForeignKey(AgreedItem, models.PROTECT, related_name="carried")
    state_then = models.CharField(max_length=60)
    note = models.CharField(_("what was said about it"), max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "item"], name="carried_item_once"),
        ]

    def __str__(self) -> str:
        return self.item.title


class FeedToken(models.Model):
    """The secret address of one person's calendar. Only a digest is kept; one in use per person. Revoked, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token")
    created_at = models.DateTimeField(_("made"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("calendar address")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="feed_token_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"
