"""A project's approval checklist (审批服务事项清单): items, what happened to each, files (H13, H14, X)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Division
from accounts.permissions import PERMISSIONS
from accounts.scope import ScopedQuerySet, area_q, current_postings, granted_beside_area, own_departments
from approvals.catalogue.models import Catalogue, ItemKind, ProjectKind, Terms
from projects.models import MilestoneCode, Party, Project, ProjectState

HANDLE = "checklist.handle"


class ItemState(models.TextChoices):
    NOT_STARTED = "not_started", _("not started")
    MATERIALS = "materials", _("materials being prepared")
    SUBMITTED = "submitted", _("submitted, not accepted yet")
    ACCEPTED = "accepted", _("accepted, being dealt with")
    SUPPLEMENT = "supplement", _("waiting for missing materials")
    DECIDED = "decided", _("decided (item)")
    REFUSED = "refused", _("refused (item)")
    WITHDRAWN = "withdrawn", _("application withdrawn")
    NOT_NEEDED = "not_needed", _("not needed")


# Its clock runs or stands, and it waits for somebody.
RUNNING = (ItemState.SUBMITTED, ItemState.ACCEPTED, ItemState.SUPPLEMENT)
OPEN = (ItemState.NOT_STARTED, ItemState.MATERIALS, *RUNNING)
UNDER_WAY = (ProjectState.ACTIVE, ProjectState.DONE)


class EventKind(models.TextChoices):
    ADDED = "added", _("put on the checklist")
    PREPARED = "prepared", _("materials noted")
    SUBMITTED = "submitted", _("application received")
    ACCEPTED = "accepted", _("application accepted")
    SUPPLEMENT_ASKED = "supplement_asked", _("told at once what is missing")
    RESUBMITTED = "resubmitted", _("missing materials handed in")
    SENT_UP = "sent_up", _("sent up to the higher level")
    SENT_BACK = "sent_back", _("came back from the higher level")
    HELD = "held", _("clock stopped")
    RESUMED = "resumed", _("clock runs again")
    EXTENDED = "extended", _("limit extended")
    DECIDED = "decided", _("decision made")
    COMMITTED = "committed", _("decided on commitment")
    REFUSED = "refused", _("application refused")
    WITHDRAWN = "withdrawn", _("withdrawn by the applicant")
    DROPPED = "dropped", _("not needed any more")
    RESTORED = "restored", _("needed after all")
    RESTARTED = "restarted", _("applied for again")
    CHECK_PASSED = "check_passed", _("commitment checked, kept")
    CHECK_FAILED = "check_failed", _("commitment checked, broken")


class FilePurpose(models.TextChoices):
    MATERIAL = "material", _("material of the application")
    COMMITMENT = "commitment", _("signed commitment")
    NOTICE = "notice", _("notice or evidence")
    RESULT = "result", _("result document")


class ChecklistQuerySet(ScopedQuerySet):
    to_project = "project__"


class ItemPartQuerySet(ScopedQuerySet):
    """Items, their events and files. Besides the area and personal grants, staff posted to a department see what their
    department decides: an application reaches the housing bureau whether or not it serves the project."""

    to_project = "project__"
    to_item: ClassVar[str] = "item__"

    def visible_to(self, user: Any) -> Self:
        postings = current_postings(user)
        if not postings:
            return self.none()
        found = area_q(user, need="checklist.view") | Q(project_id__in=granted_beside_area(user))
        offices = own_departments(user, HANDLE)
        if offices:
            found |= Q(**{f"{self.to_item}department_id__in": offices})
        windows = [p.division_id for p in postings if HANDLE in PERMISSIONS[p.role]]
        if windows:  # city-wide acceptance: what one's own window took in for another division
            found |= Q(**{f"{self.to_item}window_id__in": windows})
        return self.filter(found)


class ItemQuerySet(ItemPartQuerySet):
    to_item = ""

    def running(self) -> Self:
        """Applications somebody has in hand, of projects under way."""
        return self.filter(is_running=True, project__state__in=UNDER_WAY)


class Checklist(models.Model):
    """Made once per project from the catalogue in force then. The flags change limits of items not accepted yet."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="checklist")
    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="checklists")
    project_kind = models.CharField(_("kind of project"), max_length=20, choices=ProjectKind)
    dedicated_window = models.BooleanField(_("dedicated window"), default=False)
    green_channel = models.BooleanField(_("green channel"), default=False)
    green_reason = models.CharField(_("why the green channel"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval checklist")
        constraints = [
            models.CheckConstraint(
                name="checklist_kind_known", condition=Q(project_kind__in=ProjectKind.values)
            ),
        ]

    def __str__(self) -> str:
        return str(self.project)


class ChecklistItem(Terms):
    """One approval of one project, with its own copy of the catalogue's terms.

    `due_on` counts for the light: the day to accept by while submitted, then the promise, or the statute without one.
    `statutory_due_on` counts for the breach. Both are kept with the steps that led there and change by services only.
    `holder` says in whose hands it is (Party codes); `is_paused`: the organ's clock was stopped in time, so no light
    runs; stopped after its day the item is late and stays so (see `is_held`). `turn` grows with every
    step: two officers who act on the same sight of the item cannot both succeed. `round` counts applications.
    """

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    project = models.ForeignKey(Project, models.CASCADE, related_name="approval_items")
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_items",
        verbose_name=_("department"),
    )
    window = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accepted at the window of"),
    )
    state = models.CharField(_("state"), max_length=12, choices=ItemState, default=ItemState.NOT_STARTED)
    turn = models.PositiveIntegerField(default=1, editable=False)
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    holder = models.CharField(_("in the hands of"), max_length=20, blank=True, choices=Party)
    is_running = models.BooleanField(default=False, editable=False)
    is_paused = models.BooleanField(default=False, editable=False)
    ready = models.JSONField(_("materials at hand"), default=list, blank=True)
    missing = models.JSONField(_("missing materials"), default=list, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    supplement_on = models.DateField(_("told what is missing on"), null=True, blank=True)
    hold_review_on = models.DateField(_("stopped clock to be reviewed by"), null=True, blank=True)
    extended_days = models.PositiveSmallIntegerField(_("extended by"), default=0)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    deadline = models.JSONField(default=dict, blank=True)
    statutory_due_on = models.DateField(_("statutory due date"), null=True, blank=True)
    statutory_deadline = models.JSONField(default=dict, blank=True)
    ended_on = models.DateField(_("decided or ended on"), null=True, blank=True)
    result_number = models.CharField(_("number of the result"), max_length=80, blank=True)
    by_commitment = models.BooleanField(_("decided on commitment"), default=False)
    check_due_on = models.DateField(_("to be checked by"), null=True, blank=True)
    check_deadline = models.JSONField(default=dict, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    commitment_broken = models.BooleanField(_("commitment broken"), default=False)
    last_note = models.CharField(_("latest remark"), max_length=300, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "position", "pk"]
        verbose_name = _("approval item")
        constraints = [
            models.UniqueConstraint(fields=["checklist", "code"], name="checklist_item_code_once"),
            models.CheckConstraint(
                name="checklist_item_state_known", condition=Q(state__in=ItemState.values)
            ),
            models.CheckConstraint(name="checklist_item_kind_known", condition=Q(kind__in=ItemKind.values)),
            models.CheckConstraint(
                name="checklist_item_stage_known", condition=Q(stage__in=MilestoneCode.values)
            ),
            models.CheckConstraint(
                name="checklist_item_accepted_has_day",
                condition=~Q(state="accepted") | Q(accepted_on__isnull=False),
            ),
            models.CheckConstraint(
                name="checklist_item_decided_has_day",
                condition=~Q(state="decided") | Q(ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="checklist_item_running_by_state",
                condition=Q(is_running=False, state__in=[s for s in ItemState.values if s not in RUNNING])
                | Q(is_running=True, state__in=list(RUNNING)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(is_running=True), name="checklist_run_due"),
            models.Index(
                fields=["city_code", "due_on", "id"], condition=Q(is_running=True), name="checklist_run_city"
            ),
            models.Index(
                fields=["county_code", "due_on", "id"],
                condition=Q(is_running=True),
                name="checklist_run_county",
            ),
            models.Index(
                fields=["department", "due_on", "id"],
                condition=Q(is_running=True),
                name="checklist_run_department",
            ),
            models.Index(
                fields=["-ended_on", "id"],
                condition=Q(ended_on__gt=models.F("statutory_due_on")),
                name="checklist_broke_statute",
            ),
            models.Index(fields=["department", "state"], name="checklist_dept_state"),
            models.Index(fields=["province_code", "state", "id"], name="checklist_province_state"),
            models.Index(fields=["city_code", "state", "id"], name="checklist_city_state"),
            models.Index(fields=["county_code", "state", "id"], name="checklist_county_state"),
            models.Index(
                fields=["check_due_on"],
                condition=Q(check_due_on__isnull=False, checked_on=None),
                name="checklist_check_due",
            ),
            models.Index(
                fields=["hold_review_on"],
                condition=Q(is_running=True, is_paused=True, hold_review_on__isnull=False),
                name="checklist_hold_review",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_held(self) -> bool:
        """Not in the organ's hands, whether or not its day had passed by then."""
        return bool(self.is_running and self.holder and self.holder != Party.ORGAN)

    @property
    def broke_statute(self) -> bool:
        """Decided after the statutory day; the lateness of an open one depends on today (see `lights`)."""
        return bool(
            self.state in (ItemState.DECIDED, ItemState.REFUSED)
            and self.statutory_due_on
            and self.ended_on
            and self.ended_on > self.statutory_due_on
        )

    @property
    def broke_promise(self) -> bool:
        return bool(
            self.state in (ItemState.DECIDED, ItemState.REFUSED)
            and self.accepted_on
            and self.due_on
            and self.ended_on
            and self.ended_on > self.due_on
        )


class ItemEvent(models.Model):
    """What happened, in order: the clock is computed from these and nothing else. Never changed, never deleted.

    `party`: who is responsible for a stopped clock. `details`: missing materials, extended days, tolerated codes.
    """

    item = models.ForeignKey(ChecklistItem, models.CASCADE, related_name="events")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=20, choices=EventKind)
    on = models.DateField()
    party = models.CharField(max_length=20, blank=True, choices=Party)
    note = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict, blank=True)
    window = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_office = models.CharField(
        max_length=120, blank=True, help_text="the unit the person acted for, as it was called then"
    )
    at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ItemPartQuerySet.as_manager()

    class Meta:
        ordering = ["item_id", "pk"]
        verbose_name = _("step of an approval item")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class ItemFile(models.Model):
    """A file handed in or issued. `stored` is a random name; what it was called is kept beside it."""

    item = models.ForeignKey(ChecklistItem, models.CASCADE, related_name="files")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=12, choices=FilePurpose, default=FilePurpose.MATERIAL)
    material = models.CharField(_("which material"), max_length=100, blank=True)
    name = models.CharField(_("file name"), max_length=200)
    stored = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ItemPartQuerySet.as_manager()

    class Meta:
        ordering = ["item_id", "pk"]
        verbose_name = _("file of an approval item")

    def __str__(self) -> str:
        return self.name
