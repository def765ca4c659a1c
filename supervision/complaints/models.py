"""Complaints (投诉举报, H22, B7): what was said, who said it (apart and sealed), the course, and what the unit is told."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.growing import GrowingRow, LookRows
from accounts.models import Department, Division
from accounts.permissions import PERMISSIONS, Role
from accounts.scope import (
    ScopedQuerySet,
    all_postings,
    area_q,
    current_postings,
    own_departments,
    postings_with,
)
from supervision.complaints.rounds import UNFOUNDED, ReadsRound
from supervision.complaints.states import State

OFFICE_ROLES = (Role.COMPETENT_OFFICE, Role.OFFICE_HEAD)


class Kind(models.TextChoices):
    DELAY = "delay", _("work put off")
    PROMISE = "promise", _("promise not kept")
    GRAFT = "graft", _("asks for favours or money")
    REPEAT = "repeat", _("asks for the same papers again")
    ATTITUDE = "attitude", _("unfriendly")
    OTHER = "other", _("something else")


class Channel(models.TextChoices):
    WEB = "web", _("on this site")
    PHONE = "phone", _("by phone, entered by staff")


class Step(models.TextChoices):
    ACCEPT = "accept", _("accept or refuse")
    ASSIGN = "assign", _("name who handles it")
    FINISH = "finish", _("handle")
    REPLY = "reply", _("answer the complainant")
    # beside the course
    STATE = "state", _("statement of the unit")
    MEND = "mend", _("mend what was found true")
    DISCIPLINE = "discipline", _("discipline inspection")


def own_unit_q(user: Any) -> Q:
    """Complaints about the very unit the person works in: of these he reads the unit's version and nothing else."""
    postings = all_postings(user)
    departments = [p.department_id for p in postings if p.department_id]
    # Discipline inspection stands beside the offices of its place, it is not one of them.
    beside = [p for p in postings if p.role != Role.DISCIPLINE_OFFICE]
    offices = [p.division_id for p in beside if p.role in OFFICE_ROLES or not p.department_id]
    anywhere = [p.division_id for p in beside]
    return (
        Q(department_id__in=departments)
        | Q(about_office=True, division_id__in=offices)
        | Q(about_office=True, department=None, division_id__in=anywhere)
    )


class ComplaintRows(ScopedQuerySet):
    """Read by seat. Nobody of the unit complained about is ever among those who read the complaint itself."""

    def visible_to(self, user: Any) -> Self:
        """As the office that sorts it, as its handler, or as discipline inspection once escalated."""
        found = self._office_q(user) | self._handler_q(user) | self._escalated_q(user)
        return self.filter(found).exclude(own_unit_q(user))

    def of_office(self, user: Any) -> Self:
        return self.filter(self._office_q(user)).exclude(own_unit_q(user))

    def of_handler(self, user: Any) -> Self:
        return self.filter(self._handler_q(user)).exclude(own_unit_q(user))

    def escalated_to(self, user: Any) -> Self:
        return self.filter(self._escalated_q(user)).exclude(own_unit_q(user))

    def sorted_by(self, user: Any) -> Self:
        """Those the person sorts: at exactly its office, or as discipline inspection where that does."""
        codes = [one.division_id for one in postings_with(user, "complaints.view")]
        itself = Q(about_office=True, division_id=models.F("office_id"))
        found = (self._office_q(user) & Q(office_id__in=codes)) | (self._escalated_q(user) & itself)
        return self.filter(found).exclude(own_unit_q(user))

    def asked_of(self, user: Any) -> Self:
        """Complaints of which the person's unit was told, to state its side; only the unit's version may be shown."""
        may = postings_with(user, "complaints.handle")
        departments = own_departments(user, "complaints.handle")
        offices = [p.division_id for p in may if p.role in OFFICE_ROLES]
        unit = Q(department_id__in=departments) | Q(about_office=True, division_id__in=offices)
        return self.filter(unit, asked_at__isnull=False)

    def _office_q(self, user: Any) -> Q:
        return area_q(user, need="complaints.view")

    def _handler_q(self, user: Any) -> Q:
        may = postings_with(user, "complaints.handle")
        departments = own_departments(user, "complaints.handle")
        offices = [p.division_id for p in may if p.role in OFFICE_ROLES]
        found = Q(handler_id__in=departments) | Q(handler_is_office=True, handler__division_id__in=offices)
        return found & ~Q(handler=None)

    def _escalated_q(self, user: Any) -> Q:
        codes = [
            p.division_id for p in current_postings(user) if "complaints.escalated" in PERMISSIONS[p.role]
        ]
        above = Q(office_id__in=codes) | Q(office__parent_id__in=codes)
        return above & Q(escalated_at__isnull=False)


class Complaint(ReadsRound, models.Model):
    """One complaint. Its codes are those of the office that sorts it, one tier above the unit complained about.

    What was found and answered, and what the complainant thought of it, stands in its `rounds`.
    `text`, `about_project` and the words and files are the complainant's own and read by that office alone; the unit
    and the handler get `summary`. Who complained is in `ComplaintAuthor`, sealed.
    """

    number = models.CharField(_("receipt number"), max_length=20, unique=True)
    code_digest = models.CharField(
        max_length=64, editable=False, help_text="keyed digest of number and query code"
    )
    once = models.CharField(
        max_length=64, unique=True, editable=False, help_text="digest of the form it came by"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    turn = models.PositiveIntegerField(default=1, editable=False)
    round = models.PositiveSmallIntegerField(_("round"), default=1, help_text="2 after it was contested")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    channel = models.CharField(_("way it came"), max_length=6, choices=Channel)
    anonymous = models.BooleanField(_("anonymous"))
    # the unit complained about
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    unit_name = models.CharField(_("unit complained about"), max_length=120)
    about_office = models.BooleanField(help_text="the competent office itself, or the place as a whole")
    # the office that sorts it
    office = models.ForeignKey(Division, models.PROTECT, related_name="+")
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)
    # the complainant's own words
    about_project = models.CharField(_("project"), max_length=120, blank=True)
    happened = models.CharField(_("when it happened"), max_length=60, blank=True)
    text = models.TextField(_("what happened"), blank=True)
    text_key = models.CharField(max_length=64, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(_("received on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    like = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # the limit that runs now
    due_on = models.DateField(_("due on"), null=True, blank=True)
    # for the handler and the unit
    summary = models.TextField(_("version for the unit"), blank=True)
    handler = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    handler_is_office = models.BooleanField(default=False)
    asked_at = models.DateTimeField(_("unit asked for its statement"), null=True, blank=True)
    statement = models.TextField(_("statement of the unit"), blank=True)
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stated_at = models.DateTimeField(null=True, blank=True)
    # pressing and escalation
    pressed_at = models.DateTimeField(_("last pressed"), null=True, blank=True)
    pressed = models.PositiveSmallIntegerField(_("times pressed"), default=0)
    escalated_at = models.DateTimeField(_("to discipline inspection"), null=True, blank=True)
    escalated_why = models.CharField(max_length=300, blank=True)
    discipline_note = models.TextField(_("note of discipline inspection"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("made anonymous"), null=True, blank=True)

    objects = ComplaintRows.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("complaint")
        constraints = [
            models.CheckConstraint(name="complaint_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="complaint_not_handled_by_unit",
                condition=Q(handler=None) | Q(department=None) | ~Q(handler=models.F("department")),
            ),
            models.CheckConstraint(
                name="complaint_due_while_open",
                condition=Q(state__in=(State.REFUSED, State.REPLIED, State.CLOSED)) | Q(due_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=("received", "accepted", "assigned", "finished")),
                name="complaint_open",
            ),
            models.Index(fields=["division", "-received_on"], name="complaint_unit_day"),
            models.Index(fields=["city_code", "-received_at"], name="complaint_city_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def mended_on(self) -> date | None:
        """Day on which what was found true is known to be mended; None while that is left, and where it was not true."""
        limits = [one for one in self.limits.all() if one.step == Step.MEND]
        if not limits or self.outcome in UNFOUNDED or any(one.done_on is None for one in limits):
            return None
        return limits[-1].done_on

    @property
    def office_name(self) -> str:
        """Who sorts it, by its own name: 大庆市营商环境建设监督局; the place's discipline inspection where that does."""
        duty = (
            (lambda row: row.code == "discipline")
            if self.office_is_unit
            else (lambda row: "competent" in row.duties)
        )
        rows = Department.objects.filter(division_id=self.office_id).order_by("pk")
        found = next((row for row in rows if duty(row)), None)
        if found is not None:
            return found.name
        if self.office_is_unit:
            return gettext("discipline inspection of %(place)s") % {"place": self.office.name}
        return self.office.name

    @property
    def log_codes(self) -> dict[str, str] | None:
        """For `audit.record`: in no area's log where the log's reader is the unit complained about itself."""
        return {} if self.office_is_unit else None

    @property
    def office_is_unit(self) -> bool:
        """About the province's own competent office: there is none above, so discipline inspection sorts it."""
        return self.about_office and self.division_id == self.office_id


class ComplaintAuthor(models.Model):
    """Name, phone, mail and address of a named complainant, sealed. No such row for an anonymous complaint."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="author")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("complainant")

    def __str__(self) -> str:
        return f"{self.complaint_id}"


class IdentityLook(GrowingRow):
    """Who looked at a complainant's identity, when, what for. Only grows; the purpose is blanked with the identity."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(_("purpose"), max_length=200)

    objects = LookRows.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("look at an identity")
        constraints = [
            models.CheckConstraint(name="identity_look_has_purpose", condition=~Q(purpose="")),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}"


class ComplaintLimit(models.Model):
    """One step's last day with its explanation; `done_on` once it is taken.

    Of a step beside the course: on which day whoever has to take it was last pressed, and (mending) when it was handed
    to discipline inspection.
    """

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="limits")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=12, choices=Step)
    from_on = models.DateField()
    due_on = models.DateField()
    deadline = models.JSONField(default=dict)
    done_on = models.DateField(null=True, blank=True)
    pressed_on = models.DateField(null=True, blank=True)
    handed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("limit of a complaint")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "round", "step"], name="complaint_limit_once"),
        ]
        indexes = [
            models.Index(
                fields=["step", "due_on"], condition=Q(done_on=None), name="complaint_limit_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.step}"


class Side(models.TextChoices):
    COMPLAINANT = "complainant", _("complainant")
    OFFICE = "office", _("office")
    UNIT = "unit", _("unit complained about")


class ComplaintWord(models.Model):
    """A further word between complainant and office; nobody else reads it."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="words")
    side = models.CharField(max_length=12, choices=Side)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("word on a complaint")

    def __str__(self) -> str:
        return f"{self.complaint_id}"


class ComplaintFile(models.Model):
    """A file of either side. The sender's own file name is not kept: it may hold a name."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="files")
    word = models.ForeignKey(ComplaintWord, models.CASCADE, null=True, blank=True, related_name="files")
    side = models.CharField(max_length=12, choices=Side)
    position = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=200)
    suffix = models.CharField(max_length=8)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        verbose_name = _("file of a complaint")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "position"], name="complaint_file_position"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.position}"

    @property
    def shown_name(self) -> str:
        return f"{self.complaint.number}-{self.position}{self.suffix}"


class ComplaintEvent(models.Model):
    """The course of a complaint for the office. `note` never holds what only the complainant may be known by."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="events")
    action = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("step of a complaint")

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.action}"
