"""Matters (督办事项): what one unit was told to do by another by a day, whatever it was that pressed it (H21, G四).

Work orders, notices, letters, agreed items, findings and visits all end in rows of this one table, so that the ladder,
the answer, the check and the circular are the same for all of them.
"""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Division
from accounts.permissions import ROW_SCOPE, RowScope
from accounts.scope import (
    ScopedQuerySet,
    area_q,
    granted_projects,
    own_departments,
    postings_with,
)
from projects.models import Project


class MatterSource(models.TextChoices):
    WORK_ORDER = "work_order", pgettext_lazy("matter source", "work order")
    NOTICE = "notice", pgettext_lazy("matter source", "supervision notice")
    LETTER = "letter", pgettext_lazy("matter source", "supervision letter")
    AGREED = "agreed_item", pgettext_lazy("matter source", "agreed at a meeting")
    FINDING = "finding", pgettext_lazy("matter source", "finding of an inspection")
    VISIT = "visit", pgettext_lazy("matter source", "found by an invited supervisor")
    OFFICE = "office", pgettext_lazy("matter source", "assigned by the office")
    COMPLAINT = "complaint", pgettext_lazy("matter source", "complaint")
    RATING = "rating", pgettext_lazy("matter source", "bad rating")
    OBJECTION = "objection", pgettext_lazy("matter source", "objection not decided")


class MatterState(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("matter state", "to be received")
    WORKING = "working", pgettext_lazy("matter state", "being worked on")
    ANSWERED = "answered", pgettext_lazy("matter state", "answered, to be checked")
    RETURNED = "returned", pgettext_lazy("matter state", "returned, work goes on")
    CLOSED = "closed", pgettext_lazy("matter state", "closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("matter state", "taken back")


OPEN_STATES = (MatterState.ISSUED, MatterState.WORKING, MatterState.ANSWERED, MatterState.RETURNED)
# States in which the clock runs against the unit; while the answer lies with the issuer it stands.
RUNNING_STATES = (MatterState.ISSUED, MatterState.WORKING, MatterState.RETURNED)


class Step(models.TextChoices):
    """The rung of the ladder. The order of the members is the order of the rungs."""

    ASSIGNED = "assigned", pgettext_lazy("ladder", "assigned")
    PRESS = "press", pgettext_lazy("ladder", "pressed")
    SUPERVISE = "supervise", pgettext_lazy("ladder", "under supervision")
    CIRCULATE = "circulate", pgettext_lazy("ladder", "to be circulated")


STEPS = list(Step.values)
PRESSED_HARD = (Step.SUPERVISE, Step.CIRCULATE)


class MatterQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def listed(self) -> Self:
        """Under public listing (挂牌) now."""
        return self.filter(listed_on__isnull=False, unlisted_on=None)

    def visible_to(self, user: Any) -> Self:
        """Offices: the matters of their area and those they issued. Departments and persons: what was given to them,
        and what concerns the projects granted to them. Roles without "matters.view" (investors): nothing."""
        postings = postings_with(user, "matters.view")
        if not postings:
            return self.none()
        found = area_q(user, need="matters.view") | Q(person_id=user.pk)
        area = [p.division_id for p in postings if ROW_SCOPE[p.role] is RowScope.AREA]
        if area:
            found |= Q(issuer_id__in=area)
        offices = own_departments(user, "matters.view")
        if offices:
            found |= Q(department_id__in=offices)
        if any(ROW_SCOPE[p.role] is RowScope.GRANTED for p in postings):
            found |= Q(project_id__in=granted_projects(user))
        return self.filter(found)


class Matter(models.Model):
    """`due_on` (inclusive) is the day that counts; `first_due_on` what was set at the start and never moves.

    `next_step_on`: the day of the next rung of the ladder, chained from `due_on` in working days and stored, so that a
    run after days of silence finds each rung with its right day; empty while the answer is checked and after the last
    rung. `turn` grows with every move: two people who act on the same sight of the matter cannot both succeed.
    The three codes are those of `unit`, who must do it.
    """

    number = models.CharField(_("number"), max_length=40, unique=True)
    source = models.CharField(pgettext_lazy("matter", "pressed by"), max_length=12, choices=MatterSource)
    source_id = models.BigIntegerField(default=0, help_text="row of the source's own table; 0: none")
    title = models.CharField(_("subject matter"), max_length=120)
    demand = models.TextField(_("what is demanded"))
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    rule_id = models.CharField(max_length=60, blank=True)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="matters")
    issuer = models.ForeignKey(Division, models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued"))
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=MatterState, default=MatterState.ISSUED)
    turn = models.PositiveIntegerField(default=1, editable=False)
    due_on = models.DateField(_("last day"))
    first_due_on = models.DateField()
    deadline = models.JSONField(default=dict, help_text="Deadline.to_json(): steps, basis, rule.")
    step = models.CharField(_("step of the ladder"), max_length=10, choices=Step, default=Step.ASSIGNED)
    step_since = models.DateField()
    next_step_on = models.DateField(null=True, blank=True, editable=False)
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    check_note = models.TextField(_("what the check found"), blank=True)
    listed_on = models.DateField(null=True, blank=True)
    listed_reason = models.CharField(max_length=300, blank=True)
    unlisted_on = models.DateField(null=True, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("supervised matter")
        verbose_name_plural = _("supervised matters")
        constraints = [
            models.CheckConstraint(name="matter_state_known", condition=Q(state__in=MatterState.values)),
            models.CheckConstraint(name="matter_step_known", condition=Q(step__in=Step.values)),
            models.CheckConstraint(name="matter_source_known", condition=Q(source__in=MatterSource.values)),
            models.CheckConstraint(
                name="matter_closed_has_time",
                condition=Q(state__in=OPEN_STATES, closed_at=None)
                | (~Q(state__in=OPEN_STATES) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="matter_ladder_rests",
                condition=Q(state__in=RUNNING_STATES) | Q(next_step_on=None),
            ),
            models.CheckConstraint(
                name="matter_unlisted_after_listed",
                condition=Q(unlisted_on=None) | Q(listed_on__isnull=False, unlisted_on__gte=F("listed_on")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_on"], condition=Q(next_step_on__isnull=False), name="matter_next_step"
            ),
            models.Index(fields=["due_on"], condition=Q(state__in=RUNNING_STATES), name="matter_running_due"),
            models.Index(fields=["city_code", "state"], name="matter_city_state"),
            models.Index(fields=["county_code", "state"], name="matter_county_state"),
            models.Index(fields=["unit", "state"], name="matter_unit_state"),
            models.Index(fields=["issuer", "state"], name="matter_issuer_state"),
            models.Index(fields=["source", "source_id"], name="matter_by_source"),
            models.Index(fields=["project", "state"], name="matter_project_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_listed(self) -> bool:
        return self.listed_on is not None and self.unlisted_on is None

    def was_listed(self, on: date) -> bool:
        """Whether it was on public listing at the end of `on`."""
        return (
            self.listed_on is not None
            and self.listed_on <= on
            and (self.unlisted_on is None or self.unlisted_on > on)
        )

    @property
    def is_extended(self) -> bool:
        return self.due_on != self.first_due_on

    @property
    def holder_name(self) -> str:
        """肇源县住房和城乡建设局 高峰, or the unit where no department is named."""
        office = self.department.name if self.department else self.unit.name
        return f"{office} {self.person}" if self.person else office


class MatterEntry(models.Model):
    """One line of the thread. Written once, never changed. `on` is the day that counts: for a rung of the ladder its
    right day, which lies before `at` when the job ran late."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=60)
    office = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    step = models.CharField(max_length=10, choices=Step, blank=True, help_text="rung after this line")
    due_before = models.DateField(null=True, blank=True)
    due_after = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["kind", "on"], name="matter_entry_kind_on")]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind", "on"],
                condition=Q(kind__in=["press", "supervise", "circulate"]),
                name="matter_rung_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.kind}"


class MatterFile(models.Model):
    """A file of the thread. `path` lies under MEDIA under a random name; only a view that asks the scope serves it."""

    entry = models.ForeignKey(MatterEntry, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ExtensionState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("extension", "waits for the head of the unit")
    AGREED = "agreed", pgettext_lazy("extension", "waits for the office that pressed it")
    GRANTED = "granted", pgettext_lazy("extension", "granted")
    REFUSED = "refused", pgettext_lazy("extension", "not granted")
    LAPSED = "lapsed", pgettext_lazy("extension", "fell away")


PENDING = (ExtensionState.ASKED, ExtensionState.AGREED)


class MatterExtension(models.Model):
    """More time, asked for before the last day and approved on two levels: first the head of the unit's own office,
    then the office that pressed the matter. A refusal moves nothing: the old day and the ladder stand.

    `step_was`, `since_was`: where the ladder stood when it was asked; a grant that comes late goes back to there.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="extensions")
    state = models.CharField(max_length=8, choices=ExtensionState, default=ExtensionState.ASKED)
    was_on = models.DateField()
    wanted_on = models.DateField(_("new last day asked for"))
    reason = models.TextField(_("reason"))
    step_was = models.CharField(max_length=10, choices=Step)
    since_was = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_at = models.DateTimeField(null=True, blank=True)
    first_opinion = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(state__in=["asked", "agreed"]),
                name="matter_one_open_extension",
            ),
            models.CheckConstraint(name="matter_extension_later", condition=Q(wanted_on__gt=F("was_on"))),
            models.CheckConstraint(
                name="matter_extension_two_levels",
                condition=~Q(state__in=["agreed", "granted"]) | Q(first_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.wanted_on}"
