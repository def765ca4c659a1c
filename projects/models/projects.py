"""The signed project (签约项目): what the whole system follows from signing to production."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.models import Division
from accounts.scope import ScopedQuerySet
from projects.models.companies import Company


class ContractKind(models.TextChoices):
    """Only contract and agreement count as signed in the figures (regime rule count_contract_kinds)."""

    CONTRACT = "contract", _("contract")
    AGREEMENT = "agreement", _("agreement")
    FRAMEWORK = "framework", _("framework agreement")
    INTENT = "intent", _("letter of intent")


class ProjectState(models.TextChoices):
    ACTIVE = "active", _("under way")
    DONE = "done", _("in production")
    TERMINATED = "terminated", _("terminated")
    WITHDRAWN = "withdrawn", _("investment withdrawn")
    MERGED = "merged", _("merged into another")


class DatePrecision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class ProjectQuerySet(ScopedQuerySet):
    to_project = ""

    def counted(self, on, kinds=(ContractKind.CONTRACT, ContractKind.AGREEMENT)):
        """Base B of the rates: contract signed on or before `on`, not merged, not ended before `on` (design.md §4)."""
        return self.filter(
            Q(ended_on=None) | Q(ended_on__gt=on), signed_on__lte=on, contract_kind__in=kinds
        ).exclude(state=ProjectState.MERGED)

    def under_way(self):
        return self.filter(state=ProjectState.ACTIVE)


class Project(models.Model):
    """Amounts are whole 元. `next_due_on`/`second_due_on` are the two earliest planned dates of unfinished
    milestones, kept by `projects.services` so that a list of 100,000 can be filtered by light in one index scan."""

    number = models.CharField(_("project number"), max_length=24, unique=True)
    investment_code = models.CharField(_("national project code"), max_length=24, blank=True)
    name = models.CharField(_("project name"), max_length=200)
    initials = models.CharField(
        max_length=200, blank=True, editable=False, help_text="pinyin initials, for search"
    )
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="projects")
    investor = models.CharField(
        _("investor"), max_length=300, blank=True, help_text=_("As written in the contract.")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="projects", verbose_name=_("host division")
    )
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)
    place = models.CharField(_("place"), max_length=200, blank=True)
    contract_kind = models.CharField(
        _("contract kind"), max_length=12, choices=ContractKind, default=ContractKind.CONTRACT
    )
    contract_amount_yuan = models.BigIntegerField(_("contract amount"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signed_precision = models.CharField(max_length=6, choices=DatePrecision, default=DatePrecision.DAY)
    industry_section = models.CharField(_("industry section (GB/T 4754)"), max_length=1, blank=True)
    industry_4567 = models.CharField(_("provincial 4567 industry"), max_length=30, blank=True)
    industry_text = models.CharField(_("industry as reported"), max_length=60, blank=True)
    content = models.TextField(_("what is built"), blank=True)
    is_major = models.BooleanField(_("major project"), default=False)
    major_reason = models.CharField(_("why major or not"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ProjectState, default=ProjectState.ACTIVE)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.TextField(blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    filed_on = models.DateField(_("basic information filed on"), null=True, blank=True)
    invested_total_yuan = models.BigIntegerField(_("funds in place, cumulative"), default=0)
    invested_month_yuan = models.BigIntegerField(_("invested this month"), default=0)
    reported_period = models.CharField(_("last reported month"), max_length=7, blank=True)
    progress_text = models.CharField(_("progress on site"), max_length=300, blank=True)
    problem_text = models.CharField(_("problems"), max_length=500, blank=True)
    lead_department = models.CharField(_("lead department"), max_length=80, blank=True)
    next_due_on = models.DateField(null=True, blank=True, editable=False)
    second_due_on = models.DateField(null=True, blank=True, editable=False)
    paused = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="project_state_known", condition=Q(state__in=ProjectState.values)),
            models.CheckConstraint(
                name="project_amounts_not_negative",
                condition=Q(invested_total_yuan__gte=0)
                & Q(invested_month_yuan__gte=0)
                & (Q(contract_amount_yuan=None) | Q(contract_amount_yuan__gte=0)),
            ),
            models.CheckConstraint(
                name="project_ended_has_date",
                condition=Q(state__in=["active", "done"], ended_on=None)
                | Q(state__in=["terminated", "withdrawn", "merged"], ended_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "-signed_on", "-id"], name="project_city_signed"),
            models.Index(fields=["county_code", "-signed_on", "-id"], name="project_county_signed"),
            models.Index(fields=["province_code", "-signed_on", "-id"], name="project_province_signed"),
            models.Index(fields=["name"], name="project_name"),
            models.Index(
                fields=["next_due_on"],
                condition=Q(state="active", paused=False, next_due_on__isnull=False),
                name="project_open_by_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """Direct-FK guardian table: small, joinable, no text ids."""

    content_object = models.ForeignKey(Project, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
