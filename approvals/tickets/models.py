"""Assistance tickets (帮办事项): agreed by both sides, owned, closed one by one on the investor's word (H13, G二)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Division
from accounts.permissions import PERMISSIONS
from accounts.scope import ScopedQuerySet, area_q, current_postings, granted_beside_area, own_departments
from projects.models import Project


class TicketSource(models.TextChoices):
    INVESTOR = "investor", _("the investor asked")
    OFFICER = "officer", _("the officer found it")
    MEETING = "meeting", _("agreed at a meeting")
    COMPLAINT = "complaint", _("from a complaint")


class TicketKind(models.TextChoices):
    """The factor kinds carry the codes of `Department.factors`."""

    APPROVAL = "approval", _("approval matters")
    LAND = "land", _("land")
    FINANCE = "finance", _("finance")
    LABOUR = "labour", _("labour")
    ENERGY = "energy", _("energy")
    ELECTRICITY = "electricity", _("electricity")
    TELECOM = "telecom", _("telecom")
    WATER = "water", _("water supply")
    HEAT = "heat", _("heat supply")
    GAS = "gas", _("gas supply")
    POLICY = "policy", _("promised policies")
    OTHER = "other", _("other matters")


FACTORS = frozenset(
    {
        TicketKind.LAND, TicketKind.FINANCE, TicketKind.LABOUR, TicketKind.ENERGY, TicketKind.ELECTRICITY,
        TicketKind.TELECOM, TicketKind.WATER, TicketKind.HEAT, TicketKind.GAS,
    }
)  # fmt: skip


class TicketState(models.TextChoices):
    PROPOSED = "proposed", _("waits for the other side to agree")
    AGREED = "agreed", _("waits to be accepted")
    WORKING = "working", _("being worked on")
    CLOSING = "closing", _("waits for the investor to confirm")
    CLOSED = "closed", _("closed out")
    DECLINED = "declined", _("not agreed")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN_STATES = (TicketState.PROPOSED, TicketState.AGREED, TicketState.WORKING, TicketState.CLOSING)


class Side(models.TextChoices):
    INVESTOR = "investor", _("investor")
    OFFICE = "office", _("service side")


class TicketQuerySet(ScopedQuerySet):
    to_project = "project__"

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def visible_to(self, user: Any) -> Self:
        """Area and personal grants as everywhere; besides, whoever holds or held the ticket keeps seeing its thread.

        A ticket goes to the city's power company, which knows nothing else of the project.
        """
        postings = current_postings(user)
        if not postings:
            return self.none()
        found = area_q(user) | Q(project_id__in=granted_beside_area(user))
        handling = [p for p in postings if "tickets.handle" in PERMISSIONS[p.role]]
        if handling:
            offices = own_departments(user, "tickets.handle")
            held = TicketHold.objects.filter(Q(department_id__in=offices) | Q(person_id=user.pk))
            found |= Q(pk__in=held.values("ticket_id"))
        return self.filter(found)


class Ticket(models.Model):
    """`division`, `department`, `person` hold it now. `next_due_on` is the day that counts in the present state: to
    be accepted, to be finished; empty while the investor is asked. `turn` grows with each move: two people who act on
    the same sight of the ticket cannot both succeed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="tickets")
    number = models.CharField(_("number"), max_length=30, unique=True)
    source = models.CharField(_("where from"), max_length=12, choices=TicketSource)
    source_note = models.CharField(_("meeting or complaint"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=TicketKind)
    title = models.CharField(_("what is needed"), max_length=120)
    text = models.TextField(_("details"))
    materials = models.TextField(_("materials"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=TicketState, default=TicketState.PROPOSED)
    turn = models.PositiveIntegerField(default=1, editable=False)
    opened_side = models.CharField(max_length=10, choices=Side)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    agreed_at = models.DateTimeField(null=True, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="tickets")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    accept_by_on = models.DateField(null=True, blank=True)
    acceptance = models.JSONField(default=dict, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("limit"), null=True, blank=True)
    deadline = models.JSONField(default=dict, blank=True)
    silence_due_on = models.DateField(null=True, blank=True)
    silence = models.JSONField(default=dict, blank=True)
    next_due_on = models.DateField(null=True, blank=True, editable=False)
    result = models.TextField(_("result"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_how = models.CharField(max_length=12, blank=True)
    close_reason = models.TextField(blank=True)
    refusals = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("assistance ticket")
        verbose_name_plural = _("assistance tickets")
        constraints = [
            models.CheckConstraint(name="ticket_state_known", condition=Q(state__in=TicketState.values)),
            models.CheckConstraint(name="ticket_kind_known", condition=Q(kind__in=TicketKind.values)),
            models.CheckConstraint(
                name="ticket_closed_has_time",
                condition=Q(state__in=OPEN_STATES, closed_at=None)
                | (~Q(state__in=OPEN_STATES) & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_due_on"], condition=Q(next_due_on__isnull=False), name="ticket_open_by_due"
            ),
            models.Index(fields=["county_code", "state"], name="ticket_county_state"),
            models.Index(fields=["city_code", "state"], name="ticket_city_state"),
            models.Index(fields=["project", "state"], name="ticket_project_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def holder_name(self) -> str:
        """县供电公司 高峰, or the division where no office is named."""
        office = self.department.name if self.department else self.division.name
        return f"{office} {self.person}" if self.person else office


class TicketHold(models.Model):
    """Who had the ticket from when to when: the clock of each holder. `to_at` empty: has it now."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="holds")
    side = models.CharField(max_length=10, choices=Side)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=160)
    why = models.CharField(max_length=20)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["from_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(to_at=None), name="ticket_one_holder"),
            models.CheckConstraint(
                name="ticket_hold_ends_after_start", condition=Q(to_at=None) | Q(to_at__gte=F("from_at"))
            ),
        ]
        indexes = [models.Index(fields=["department"], name="ticket_hold_department")]

    def __str__(self) -> str:
        return self.label


class TicketEntry(models.Model):
    """One line of the thread: a message or a move. Written once, never changed; both sides read all of it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="entries")
    action = models.CharField(max_length=20)
    side = models.CharField(max_length=10, choices=Side, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    office = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.by_name} {self.action}"


class TicketFile(models.Model):
    """A file of the thread. `path` lies under MEDIA under a random name; only a view that asks the scope serves it."""

    entry = models.ForeignKey(TicketEntry, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class TicketExtension(models.Model):
    """The office asks for a later limit; the investor, with whom it was agreed, decides. A refusal changes nothing:
    the old limit stands, and a ticket past it stays overdue. `was_on` keeps the old limit visible for ever."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="extensions")
    was_on = models.DateField()
    wanted_on = models.DateField(_("new limit asked for"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(granted=None), name="ticket_one_open_extension"
            ),
            models.CheckConstraint(name="ticket_extension_later", condition=Q(wanted_on__gt=F("was_on"))),
            models.CheckConstraint(
                name="ticket_extension_decided_has_time",
                condition=Q(granted=None, decided_at=None)
                | Q(granted__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.wanted_on}"
