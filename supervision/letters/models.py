"""Supervision notices (督办通知书, city and county) and letters (督办函, province): draft → signed → issued (H21)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Division, Obligation
from accounts.permissions import ROW_SCOPE, RowScope
from accounts.scope import (
    ScopedQuerySet,
    area_q,
    granted_projects,
    own_departments,
    postings_with,
)
from approvals.models import ChecklistItem, Ticket
from projects.models import Milestone, Party, Project
from supervision.matters.models import Matter
from supervision.warnings.models import Warning

VIEW = "letters.view"
DRAFT = "letters.draft"
SIGN = "letters.sign"


class PaperKind(models.TextChoices):
    NOTICE = "notice", _("supervision notice")
    LETTER = "letter", _("supervision letter")


class PaperState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("supervision paper", "draft")
    SIGNED = "signed", pgettext_lazy("supervision paper", "signed, to be issued")
    ISSUED = "issued", pgettext_lazy("supervision paper", "issued")
    WITHDRAWN = "withdrawn", pgettext_lazy("supervision paper", "withdrawn")


class GroundKind(models.TextChoices):
    ITEM = "item", pgettext_lazy("ground", "approval item")
    MILESTONE = "milestone", pgettext_lazy("ground", "key point")
    TICKET = "ticket", pgettext_lazy("ground", "assistance ticket")
    OBLIGATION = "obligation", pgettext_lazy("ground", "duty of the unit")
    PROBLEM = "problem", pgettext_lazy("ground", "problem of the project")


class Urgency(models.TextChoices):
    """Steps of the rule supervision_answer."""

    URGENT = "urgent", _("urgent")
    ORDINARY = "ordinary", _("ordinary (supervision)")
    DIFFICULT = "difficult", _("difficult")


class PaperQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Papers of the own office, drafts too; numbered ones also by area, by the department addressed and, for a
        leader, by the projects granted. Whoever does not hold "letters.view" (an investor) sees none."""
        postings = postings_with(user, VIEW)
        if not postings:
            return self.none()
        numbered = area_q(user, need=VIEW)
        offices = own_departments(user, VIEW)
        if offices:
            numbered |= Q(department_id__in=offices)
        if any(ROW_SCOPE[p.role] is RowScope.GRANTED for p in postings):
            numbered |= Q(project_id__in=granted_projects(user))
        own = [p.division_id for p in postings if ROW_SCOPE[p.role] is RowScope.AREA]
        return self.filter(Q(unit_id__in=own) | (Q(number_seq__isnull=False) & numbered))


class SupervisionPaper(models.Model):
    """`unit` issues it, `addressee` (itself or a unit below) and its `department` are told. The three codes are the
    addressee's. `evidence` is frozen when drafted: the two counters, promised days, days skipped, sources; the links to
    what it rests on may later fall away with their rows, the evidence stays. `organ_fault_only` is the regime's rule on
    that day: a rule that changes later changes no paper. `document` is the page as issued.
    """

    kind = models.CharField(_("kind of paper"), max_length=8, choices=PaperKind)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.DRAFT)
    row_version = models.PositiveIntegerField(default=1, editable=False)
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("issued by unit"))
    addressee = models.ForeignKey(
        Division, models.PROTECT, related_name="+", verbose_name=_("unit addressed")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department addressed"),
    )
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+")
    ground = models.CharField(_("what it rests on"), max_length=12, choices=GroundKind)
    ground_key = models.CharField(max_length=60, help_text="item:12, milestone:3, problem:7")
    item = models.ForeignKey(ChecklistItem, models.SET_NULL, null=True, blank=True, related_name="+")
    milestone = models.ForeignKey(Milestone, models.SET_NULL, null=True, blank=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="+")
    obligation = models.ForeignKey(Obligation, models.SET_NULL, null=True, blank=True, related_name="+")
    warning = models.ForeignKey(Warning, models.SET_NULL, null=True, blank=True, related_name="+")
    party = models.CharField(_("delay caused by"), max_length=20, blank=True, choices=Party)
    evidence = models.JSONField(default=dict, help_text="Verdict.to_json(): counters, days, sources")
    evidence_on = models.DateField(_("evidence as of"))
    rule_id = models.CharField(max_length=60, blank=True)
    organ_fault_only = models.BooleanField(
        default=True,
        help_text="the rule it was drafted under: a notice needs a delay the organ caused",
    )
    title = models.CharField(_("title"), max_length=120)
    addressees = models.CharField(_("addressed to"), max_length=300)
    copies = models.CharField(_("copies to"), max_length=300, blank=True)
    reason = models.TextField(_("matter supervised"))
    overview = models.TextField(_("the project in short"), blank=True)
    problem = models.TextField(_("what is wrong"))
    basis = models.CharField(_("basis"), max_length=300)
    authority = models.CharField(
        _("government that appointed the office"), max_length=120, blank=True,
        help_text=_("Regulations on government inspection, article 7: a department inspects only if appointed."),
    )  # fmt: skip
    authority_number = models.CharField(_("document of the appointment"), max_length=80, blank=True)
    authority_on = models.DateField(_("appointed on"), null=True, blank=True)
    demand = models.TextField(_("what is demanded"))
    urgency = models.CharField(_("limit"), max_length=10, choices=Urgency, default=Urgency.ORDINARY)
    due_on = models.DateField(_("or by this day"), null=True, blank=True)
    feedback = models.TextField(_("how to answer"))
    contact_name = models.CharField(_("contact person"), max_length=60)
    contact_phone = models.CharField(_("phone"), max_length=40)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.TextField(blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    number_year = models.PositiveSmallIntegerField(null=True, blank=True)
    number_seq = models.PositiveIntegerField(null=True, blank=True)
    document = models.JSONField(default=dict, blank=True, help_text="the page as issued (documents.to_json)")
    matter = models.OneToOneField(
        Matter, models.PROTECT, null=True, blank=True, related_name="paper", help_text="its clock"
    )
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdraw_reason = models.TextField(_("why withdrawn"), blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["-drafted_at", "-pk"]
        verbose_name = _("supervision paper")
        verbose_name_plural = _("supervision papers")
        constraints = [
            models.CheckConstraint(name="paper_state_known", condition=Q(state__in=PaperState.values)),
            models.CheckConstraint(name="paper_kind_known", condition=Q(kind__in=PaperKind.values)),
            models.CheckConstraint(name="paper_ground_known", condition=Q(ground__in=GroundKind.values)),
            models.UniqueConstraint(
                fields=["unit", "kind", "number_year", "number_seq"],
                condition=Q(number_seq__isnull=False),
                name="paper_number_once",
            ),
            models.UniqueConstraint(
                fields=["unit", "ground_key"],
                condition=Q(state__in=["draft", "signed"]) & ~Q(ground="problem"),
                name="paper_one_draft_per_ground",
            ),
            models.CheckConstraint(
                name="paper_issued_has_number_and_clock",
                condition=~Q(state="issued")
                | (
                    Q(number_seq__isnull=False, issued_at__isnull=False, issued_on__isnull=False)
                    & Q(matter__isnull=False, signed_by__isnull=False)
                    & ~Q(number="")
                ),
            ),
            models.CheckConstraint(
                name="paper_signed_by_another",
                condition=Q(signed_by=None) | Q(edited_by=None) | ~Q(signed_by=F("edited_by")),
            ),
            models.CheckConstraint(
                name="paper_notice_is_organs_delay",
                condition=~Q(kind="notice") | Q(party="organ") | Q(organ_fault_only=False),
            ),
            models.CheckConstraint(
                name="paper_withdrawn_has_reason",
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="paper_unit_state"),
            models.Index(fields=["city_code", "-issued_on"], name="paper_city_issued"),
            models.Index(fields=["county_code", "-issued_on"], name="paper_county_issued"),
            models.Index(fields=["project"], name="paper_project"),
            models.Index(fields=["ground_key"], name="paper_ground"),
        ]

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def writer_id(self) -> int | None:
        """Who wrote the words as they stand: that person does not sign them."""
        return self.edited_by_id or self.drafted_by_id

    @property
    def addressed_name(self) -> str:
        """肇源县自然资源局, or the unit where no department is named."""
        return self.department.name if self.department else self.addressee.name
