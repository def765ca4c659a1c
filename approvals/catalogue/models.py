"""The approval catalogue of a division (审批服务事项目录), by version: draft → published → replaced (H13, H14)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.permissions import PERMISSIONS
from accounts.scope import ScopedQuerySet, area_q, current_postings
from projects.models import MilestoneCode

PERMISSION = "catalogue.view"


class ItemKind(models.TextChoices):
    """How an application is dealt with (X): at once, within a limit, or sent up to a higher level."""

    IMMEDIATE = "immediate", _("immediate item")
    PROMISED = "promised", _("promised item")
    FORWARDED = "forwarded", _("forwarded item")


class LimitUnit(models.TextChoices):
    WORKING_DAYS = "working_days", _("working days")
    CALENDAR_DAYS = "calendar_days", _("calendar days")


class ProjectKind(models.TextChoices):
    """What decides which approvals a project needs. Codes are stored, the catalogue says which items each one has."""

    FILED = "filed", _("new building, filed")
    RATIFIED = "ratified", _("new building, ratified")
    SMALL_LOW_RISK = "small_low_risk", _("small, low-risk building")
    RENOVATION = "renovation", _("existing premises")
    GOVERNMENT = "government", _("government investment")
    NO_BUILD = "no_build", _("no building work")


class CatalogueState(models.TextChoices):
    DRAFT = "draft", _("draft (catalogue)")
    PUBLISHED = "published", _("in force (catalogue)")
    REPLACED = "replaced", _("replaced")


class Terms(models.Model):
    """What an approval item is; the catalogue holds it, a project's checklist keeps its own copy.

    Limits are whole days of their unit; an empty limit means that no text and no promise gives one. `extra_days`: by
    how much the head of the organ may extend, in the statutory unit. Codes in `prerequisites` belong to the same list.
    """

    position = models.PositiveSmallIntegerField(_("order"), default=0)
    code = models.CharField(_("item code"), max_length=30)
    name = models.CharField(_("item name"), max_length=120)
    stage = models.CharField(_("stage"), max_length=30, choices=MilestoneCode)
    kind = models.CharField(_("kind of item"), max_length=12, choices=ItemKind, default=ItemKind.PROMISED)
    department_code = models.CharField(_("department"), max_length=30)
    statutory_days = models.PositiveSmallIntegerField(_("statutory limit"), null=True, blank=True)
    statutory_unit = models.CharField(
        _("unit of the statutory limit"), max_length=13, choices=LimitUnit, default=LimitUnit.WORKING_DAYS
    )
    extra_days = models.PositiveSmallIntegerField(_("may be extended by"), default=0)
    basis = models.CharField(_("statutory basis"), max_length=300, blank=True)
    promised_days = models.PositiveSmallIntegerField(_("promised limit"), null=True, blank=True)
    promised_unit = models.CharField(
        _("unit of the promised limit"), max_length=13, choices=LimitUnit, default=LimitUnit.WORKING_DAYS
    )
    green_days = models.PositiveSmallIntegerField(
        _("green channel limit"), null=True, blank=True, help_text=_("In the unit of the promised limit.")
    )
    materials = models.JSONField(_("materials"), default=list, blank=True)
    result = models.CharField(_("result"), max_length=120, blank=True)
    prerequisites = models.JSONField(_("prerequisites"), default=list, blank=True)
    commitment_allowed = models.BooleanField(_("commitment approval"), default=False)
    is_control = models.BooleanField(_("control item"), default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


TERMS = tuple(field.name for field in Terms._meta.fields)


class CatalogueQuerySet(ScopedQuerySet):
    to_catalogue = ""

    def visible_to(self, user: Any) -> Self:
        """Versions of the user's area, and what is or was in force in the divisions above: a county works by the
        catalogue of its city or province until it has its own."""
        above: set[str] = set()
        for posting in current_postings(user):
            if PERMISSION in PERMISSIONS[posting.role]:
                above.update(code for code in posting.division.path.split("/") if code)
        prefix = self.to_catalogue
        held = Q(
            **{
                f"{prefix}division_id__in": above,
                f"{prefix}state__in": (CatalogueState.PUBLISHED, CatalogueState.REPLACED),
            }
        )
        return self.filter(area_q(user, prefix, need=PERMISSION) | held)


class CatalogueItemQuerySet(CatalogueQuerySet):
    to_catalogue = "catalogue__"


class Catalogue(models.Model):
    """One version of one division's catalogue. Published versions never change; projects keep what they were given."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="catalogues")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=CatalogueState, default=CatalogueState.DRAFT)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        ordering = ["division_id", "-number"]
        verbose_name = _("approval catalogue")
        constraints = [
            models.UniqueConstraint(fields=["division", "number"], name="catalogue_number_once"),
            models.UniqueConstraint(
                fields=["division"], condition=Q(state="draft"), name="catalogue_one_draft"
            ),
            models.UniqueConstraint(
                fields=["division"], condition=Q(state="published"), name="catalogue_one_in_force"
            ),
            models.CheckConstraint(
                name="catalogue_state_known", condition=Q(state__in=CatalogueState.values)
            ),
            models.CheckConstraint(
                name="catalogue_published_at_known",
                condition=Q(state="draft") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division.name} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == CatalogueState.DRAFT


class CatalogueItem(Terms):
    """`project_kinds` empty: for every project. `usual`: chosen by itself when a project's checklist is made."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="items")
    project_kinds = models.JSONField(_("project kinds"), default=list, blank=True)
    usual = models.BooleanField(_("usually needed"), default=True)

    objects = CatalogueItemQuerySet.as_manager()

    class Meta:
        ordering = ["catalogue_id", "position", "pk"]
        verbose_name = _("item of the approval catalogue")
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="catalogue_item_code_once"),
            models.CheckConstraint(
                name="catalogue_item_stage_known", condition=Q(stage__in=MilestoneCode.values)
            ),
            models.CheckConstraint(name="catalogue_item_kind_known", condition=Q(kind__in=ItemKind.values)),
        ]

    def fits(self, kind: str) -> bool:
        """Whether a project of `kind` may need this item at all."""
        return not self.project_kinds or kind in self.project_kinds
