"""Inspections (督查检查, H21): planned for a unit and period, what was looked at, what was found."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Division
from accounts.scope import ScopedQuerySet, area_q, own_departments
from projects.models import Project

VIEW, MAKE = "inspections.view", "inspections.make"


class InspectionKind(models.TextChoices):
    """The five of the regime's rule inspection_kinds, in its order."""

    REPORTED = "reported", _("problems reported: always looked into")
    SCREENING = "screening", _("not fulfilled, not landed: screened")
    TRACE_BACK = "trace_back", _("investment withdrawn: traced back")
    SPOT_CHECK = "spot_check", _("approval service: spot check")
    VERIFICATION = "verification", _("statistics: verified")


class InspectionState(models.TextChoices):
    PLANNED = "planned", _("planned (inspection)")
    UNDER_WAY = "under_way", _("under way (inspection)")
    FINISHED = "finished", _("finished (inspection)")
    CANCELLED = "cancelled", _("called off (inspection)")


OPEN_STATES = (InspectionState.PLANNED, InspectionState.UNDER_WAY)


class ItemResult(models.TextChoices):
    PENDING = "pending", _("not looked at yet")
    CLEAR = "clear", _("nothing found")
    PROBLEM = "problem", _("problems found")
    IMPOSSIBLE = "impossible", _("could not be looked at")


class FindingAction(models.TextChoices):
    PENDING = "pending", _("not decided yet")
    MATTER = "matter", _("to be mended: pressed as a matter")
    NOTED = "noted", _("noted, nothing to be done")


class InspectionQuerySet(ScopedQuerySet):
    """Seen by the inspecting unit and the tiers above it. Those inspected see the conclusion sent to them, not this."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(area_q(user, need=VIEW))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class Inspection(models.Model):
    """One inspection by `unit`. `turn` grows with every step: two people who act on the same sight cannot both succeed.

    `held_from` … `held_to` (inclusive) are the days on the spot. `authority_*`: which government appointed the office to
    inspect other units, and by which document (政府督查工作条例 art. 7).
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    unit = models.ForeignKey(Division, models.PROTECT, related_name="inspections")
    period = models.CharField(_("period"), max_length=7)
    kinds = models.JSONField(_("kinds"), default=list)
    title = models.CharField(_("title of the inspection"), max_length=120)
    purpose = models.TextField(_("what is looked at and why"))
    authority_government = models.CharField(_("government that appointed"), max_length=80, blank=True)
    authority_document = models.CharField(_("document of the appointment"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=InspectionState, default=InspectionState.PLANNED
    )
    turn = models.PositiveIntegerField(default=1, editable=False)
    planned_from = models.DateField(_("planned from"))
    planned_to = models.DateField(_("planned to"))
    inspectors = models.CharField(_("inspectors"), max_length=300, blank=True)
    place = models.CharField(_("places"), max_length=200, blank=True)
    held_from = models.DateField(_("held from"), null=True, blank=True)
    held_to = models.DateField(_("held to"), null=True, blank=True)
    summary = models.TextField(_("inspection conclusion"), blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "-pk"]
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.CheckConstraint(
                name="inspection_state_known", condition=Q(state__in=InspectionState.values)
            ),
            models.CheckConstraint(
                name="inspection_plan_in_order", condition=Q(planned_to__gte=F("planned_from"))
            ),
            models.CheckConstraint(
                name="inspection_finished_has_facts",
                condition=~Q(state="finished") | Q(held_to__gte=F("held_from"), closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "period"], name="inspection_unit_period"),
            models.Index(fields=["city_code", "state"], name="inspection_city_state"),
            models.Index(fields=["county_code", "state"], name="inspection_county_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def kind_labels(self) -> list[str]:
        labels = dict(InspectionKind.choices)
        return [str(labels[code]) for code in self.kinds if code in labels]


class InspectionItem(models.Model):
    """A project of the inspection, and why it is among them. `source`: a trigger's code, "draw" or "chosen"."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="items")
    project = models.ForeignKey(Project, models.PROTECT, related_name="inspection_items")
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=InspectionKind)
    source = models.CharField(max_length=20)
    why = models.CharField(_("why"), max_length=200)
    result = models.CharField(
        _("result of the inspection"), max_length=12, choices=ItemResult, default=ItemResult.PENDING
    )
    result_text = models.TextField(_("what was seen"), blank=True)
    looked_on = models.DateField(_("looked at on"), null=True, blank=True)
    place = models.CharField(_("place of the inspection"), max_length=120, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "project"], name="inspection_project_once"),
            models.CheckConstraint(name="inspection_result_known", condition=Q(result__in=ItemResult.values)),
        ]

    def __str__(self) -> str:
        return str(self.project)


class Draw(models.Model):
    """One draw of a spot check, frozen: with `population` and `seed` anybody repeats it (see draw.py).

    A new draw needs a reason and leaves this one standing, with `replaced_at`.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="draws")
    position = models.PositiveSmallIntegerField()
    scope = models.CharField(_("population"), max_length=20)
    scope_text = models.CharField(max_length=200)
    population = models.JSONField(help_text="project numbers, sorted")
    population_size = models.PositiveIntegerField()
    fingerprint = models.CharField(_("fingerprint of the population"), max_length=64)
    size = models.PositiveIntegerField(_("number to draw"))
    seed = models.CharField(_("seed"), max_length=64)
    algorithm = models.CharField(max_length=20)
    drawn = models.JSONField(help_text="project numbers, in the order of the draw")
    reason = models.CharField(_("why drawn again"), max_length=300, blank=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "position"], name="draw_position_once"),
            models.UniqueConstraint(
                fields=["inspection"], condition=Q(replaced_at=None), name="draw_one_in_force"
            ),
            models.CheckConstraint(name="draw_again_has_reason", condition=Q(position=1) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.position}"


class Finding(models.Model):
    """Something that is not as it should be: the fact and its place, what is required, of whom, until when."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings")
    item = models.ForeignKey(InspectionItem, models.PROTECT, null=True, blank=True, related_name="findings")
    fact = models.TextField(_("fact"))
    place = models.CharField(_("place of the inspection"), max_length=120)
    requirement = models.TextField(_("what is required"), blank=True)
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("to be mended by"), null=True, blank=True)
    action = models.CharField(max_length=12, choices=FindingAction, default=FindingAction.PENDING)
    note = models.TextField(_("why nothing is to be done"), blank=True)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="finding_action_known", condition=Q(action__in=FindingAction.values)),
            models.CheckConstraint(
                name="finding_noted_has_reason", condition=~Q(action="noted") | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return self.fact[:60]

    @property
    def responsible(self) -> str:
        return self.department.name if self.department else self.unit.name


class FindingFile(models.Model):
    """A photo or paper of evidence. `path` lies under MEDIA under a random name; only a view that asks serves it."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


ANSWER = "inspections.answer"


class ConclusionState(models.TextChoices):
    SENT = "sent", _("sent, not signed for yet")
    RECEIVED = "received", _("signed for")
    OBJECTED = "objected", _("objected to")
    UPHELD = "upheld", _("reviewed: upheld")
    CHANGED = "changed", _("reviewed: changed")


class ConclusionQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The inspected unit and the tiers above it (so whoever inspected it too); people of the department addressed."""
        found = area_q(user, need=VIEW)
        offices = own_departments(user, ANSWER)
        return self.filter(found | Q(department_id__in=offices) if offices else found)


class Conclusion(models.Model):
    """What the inspection came to for one inspected unit or department, sent to it (政府督查工作条例 art. 16).

    The right to object runs from the day it was signed for (art. 17), `object_by_on` inclusive.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="conclusions")
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("inspection conclusion"))
    state = models.CharField(max_length=12, choices=ConclusionState, default=ConclusionState.SENT)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    object_by_on = models.DateField(_("objection until"), null=True, blank=True)
    objection_deadline = models.JSONField(default=dict, blank=True)
    objection = models.TextField(_("objection"), blank=True)
    objected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    objected_at = models.DateTimeField(null=True, blank=True)
    decide_by_on = models.DateField(_("decision until"), null=True, blank=True)
    decision_deadline = models.JSONField(default=dict, blank=True)
    decision = models.TextField(_("decision"), blank=True)
    text_before = models.TextField(
        blank=True, help_text="the conclusion as it stood before the review changed it"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ConclusionQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("inspection conclusion")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "unit"], condition=Q(department=None), name="conclusion_once_a_unit"
            ),
            models.UniqueConstraint(
                fields=["inspection", "department"],
                condition=Q(department__isnull=False),
                name="conclusion_once_a_department",
            ),
            models.CheckConstraint(
                name="conclusion_state_known", condition=Q(state__in=ConclusionState.values)
            ),
            models.CheckConstraint(
                name="conclusion_decided_has_facts",
                condition=~Q(state__in=["upheld", "changed"])
                | (Q(decided_at__isnull=False) & ~Q(decision="")),
            ),
        ]
        indexes = [models.Index(fields=["county_code", "state"], name="conclusion_county_state")]

    def __str__(self) -> str:
        return f"{self.inspection.number} {self.addressee}"

    @property
    def addressee(self) -> str:
        return self.department.name if self.department else self.unit.name


class ConclusionFile(models.Model):
    """Evidence that came with an objection."""

    conclusion = models.ForeignKey(Conclusion, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
