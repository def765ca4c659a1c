"""Monthly progress ledgers (进程信息台账, H18): attempts are append-only, nothing live changes before acceptance."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, Obligation
from accounts.scope import ScopedQuerySet
from projects.models import Project


class LedgerQuerySet(ScopedQuerySet):
    """Rows with codes of their unit; ledgers are never opened by a project grant."""


class Ledger(models.Model):
    """What one unit owes for one month. The first accepted attempt's receipt decides on-time for ever."""

    unit = models.ForeignKey(Division, models.PROTECT, related_name="ledgers")
    period = models.CharField(_("month"), max_length=7)
    obligation = models.OneToOneField(
        Obligation, models.PROTECT, null=True, blank=True, related_name="ledger"
    )
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "unit_id"]
        verbose_name = _("ledger")
        constraints = [models.UniqueConstraint(fields=["unit", "period"], name="ledger_once_per_month")]
        indexes = [models.Index(fields=["city_code", "period"], name="ledger_city_period")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"


class AttemptState(models.TextChoices):
    STAGED = "staged", _("being checked")
    SUBMITTED = "submitted", _("handed in")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")
    DISCARDED = "discarded", _("discarded")


class AttemptSource(models.TextChoices):
    UPLOAD = "upload", _("workbook")
    ONLINE = "online", _("filled in online")
    NIL = "nil", _("nil report")


class Attempt(models.Model):
    """One hand-in. `reading` keeps what the importer saw: title, unit, columns, dropped rows, totals, file messages."""

    ledger = models.ForeignKey(Ledger, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=AttemptSource)
    state = models.CharField(_("state"), max_length=10, choices=AttemptState, default=AttemptState.STAGED)
    file = models.FileField(upload_to="ledgers/%Y/%m/", blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveIntegerField(default=0)
    reading = models.JSONField(default=dict)
    messages = models.JSONField(
        default=list, help_text="messages about the whole file: [{sheet, cell, code, text, level}]"
    )
    explanations = models.JSONField(default=dict, help_text="{code of a file message: what the clerk said}")
    row_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    ask_count = models.PositiveIntegerField(default=0)
    amount_yuan = models.BigIntegerField(default=0)
    note = models.TextField(_("explanation to the receiver"), blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    receipt_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="the receipt that counts: a correction handed in within its clock keeps the first one's",
    )
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(_("reason of the return"), blank=True)
    correct_by_on = models.DateField(null=True, blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["ledger_id", "-number"]
        verbose_name = _("hand-in")
        constraints = [
            models.UniqueConstraint(fields=["ledger", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["ledger"], condition=Q(state="staged"), name="attempt_one_staged_per_ledger"
            ),
            models.UniqueConstraint(
                fields=["ledger"], condition=Q(state="submitted"), name="attempt_one_submitted_per_ledger"
            ),
            models.CheckConstraint(name="attempt_state_known", condition=Q(state__in=AttemptState.values)),
        ]
        indexes = [models.Index(fields=["city_code", "state"], name="attempt_city_state")]

    def __str__(self) -> str:
        return f"{self.ledger} #{self.number}"


class RowMatch(models.TextChoices):
    MATCHED = "matched", _("known project")
    NEW = "new", _("newly signed")
    UNSURE = "unsure", _("may be a known project")
    FOREIGN = "foreign", _("not in this area")
    SKIPPED = "skipped", _("left out")


class StagedRow(models.Model):
    """One row as handed in. `values` and `previous` (last month) hold cells as `rows.pack` writes them."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    sheet = models.CharField(max_length=60, blank=True)
    line = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=200)
    match = models.CharField(max_length=10, choices=RowMatch)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="staged_rows")
    project_version = models.PositiveIntegerField(default=0)
    unit_code = models.CharField(max_length=12, blank=True, help_text="host division the row's place means")
    values = models.JSONField(default=dict)
    mended = models.JSONField(
        default=dict, help_text="{field: what the workbook said} of cells mended on the page"
    )
    previous = models.JSONField(default=dict)
    changed = models.JSONField(default=list)
    messages = models.JSONField(default=list)
    explanations = models.JSONField(default=dict, help_text="{message code: what the clerk said}")
    candidates = models.JSONField(default=list, help_text="ids of projects of the area this row may be")
    resolutions = models.JSONField(
        default=dict, help_text="{field: ledger or live}; match: new, skip or an id"
    )
    return_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["attempt_id", "position"]
        verbose_name = _("ledger row")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="staged_row_position_once")
        ]

    def __str__(self) -> str:
        return self.name


class LedgerEntry(models.Model):
    """The accepted figures of one project for one month: the project's ledger history and next month's prefill."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="ledger_entries")
    period = models.CharField(max_length=7)
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, blank=True, related_name="entries")
    invested_total_yuan = models.BigIntegerField(default=0)
    invested_month_yuan = models.BigIntegerField(default=0)
    progress_text = models.CharField(max_length=300, blank=True)
    problem_text = models.CharField(max_length=500, blank=True)
    nodes = models.JSONField(default=dict, help_text="{milestone code: ISO date or YYYY-MM} as reported")
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    class EntryQuerySet(ScopedQuerySet):
        to_project = "project__"

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "project_id"]
        verbose_name = _("monthly figures of a project")
        constraints = [models.UniqueConstraint(fields=["project", "period"], name="ledger_entry_once")]
        indexes = [models.Index(fields=["city_code", "period"], name="ledger_entry_city_period")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.period}"


class ColumnMemory(models.Model):
    """A heading this unit uses and the field it means: the workbook's layout is learned once."""

    unit = models.ForeignKey(Division, models.CASCADE, related_name="column_memory")
    heading = models.CharField(max_length=120)
    field = models.CharField(max_length=40, blank=True, help_text="empty: this column is not used")
    learned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("learned column")
        constraints = [models.UniqueConstraint(fields=["unit", "heading"], name="column_memory_once")]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field}"


class UploadTally(models.Model):
    """How many files a person sent on one day, refused ones included: the quota that keeps one account from flooding."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    on = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("uploads of a day")
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="upload_tally_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on} {self.count}"


class PackageState(models.TextChoices):
    DRAFT = "draft", _("being gathered")
    SENT = "sent", _("sent to the province")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")


class CityPackage(models.Model):
    """What a city sends the province: its counties' accepted hand-ins and its own, one version per sending (H18)."""

    unit = models.ForeignKey(Division, models.PROTECT, related_name="packages")
    period = models.CharField(max_length=7)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PackageState, default=PackageState.SENT)
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, blank=True, related_name="packages")
    attempts = models.JSONField(default=dict, help_text="{unit code: attempt id} in this version")
    missing = models.JSONField(default=list, help_text="units that had handed in nothing when it was sent")
    totals = models.JSONField(default=dict)
    differences = models.JSONField(default=list, help_text="what changed since the version before")
    stale_since = models.DateTimeField(
        null=True, blank=True, help_text="a correction was accepted after sending"
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "unit_id", "-version"]
        verbose_name = _("city package")
        constraints = [
            models.UniqueConstraint(fields=["unit", "period", "version"], name="city_package_version_once"),
            models.CheckConstraint(
                name="city_package_state_known", condition=Q(state__in=PackageState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.period} v{self.version}"
