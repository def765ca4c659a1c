"""Divisions of government (省 → 市 → 县, zones, townships) and the departments in them (H4)."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.IntegerChoices):
    PROVINCE = 1, _("province")
    CITY = 2, _("city")
    COUNTY = 3, _("county")
    TOWNSHIP = 4, _("township")


class DivisionKind(models.TextChoices):
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture-level city")
    DISTRICT = "district", _("city district")
    COUNTY = "county", _("county")
    COUNTY_CITY = "county_city", _("county-level city")
    BANNER = "banner", _("banner or autonomous county")
    ZONE = "zone", _("development zone")
    TOWNSHIP = "township", _("township or street")


class DivisionQuerySet(models.QuerySet["Division"]):
    def current(self, on):
        """Divisions that exist on `on` (both ends inclusive)."""
        return self.filter(models.Q(valid_to=None) | models.Q(valid_to__gte=on), valid_from__lte=on)

    def visible_to(self, user: Any) -> "DivisionQuerySet":
        """Divisions inside the user's area. A posting without subtree sees its own division only."""
        from accounts.scope import division_q

        return self.filter(division_q(user))

    def within(self, division: "Division") -> "DivisionQuerySet":
        """The division itself and all below it."""
        return self.filter(path__startswith=division.path)

    def governments(self) -> "DivisionQuerySet":
        """Governments of province, city and county in the order of the tree; no townships."""
        return self.filter(tier__lte=Tier.COUNTY).order_by("path")

    def at_tier(self, tier: int) -> "DivisionQuerySet":
        return self.filter(tier=tier)


class Division(models.Model):
    """One administrative area. `path` ends in a slash so that a prefix never matches a neighbour."""

    code = models.CharField(_("division code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=30)
    kind = models.CharField(_("kind"), max_length=20, choices=DivisionKind)
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=80, unique=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)
    regime_code = models.CharField(
        _("regime"), max_length=30, blank=True, help_text=_("Empty: that of the parent.")
    )
    is_official = models.BooleanField(default=True, help_text=_("Has a code in GB/T 2260."))
    reports_ledger = models.BooleanField(_("hands in a ledger"), default=True)
    valid_from = models.DateField(default="1949-10-01")
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        constraints = [
            models.CheckConstraint(
                name="division_path_ends_in_slash", condition=models.Q(path__endswith="/")
            ),
            models.CheckConstraint(name="division_tier_known", condition=models.Q(tier__in=Tier.values)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def codes(self) -> dict[str, str]:
        """The three stored codes that scope business rows of this division."""
        return {
            "province_code": self.province_code,
            "city_code": self.city_code,
            "county_code": self.county_code,
        }

    @property
    def reports_to_code(self) -> str:
        """Code of the unit one tier up, which receives this unit's ledger; empty for the province."""
        return self.parent_id or ""


class DivisionAlias(models.Model):
    """A name that ledgers still use: abolished districts, short forms, zones (domain.md §3.7)."""

    name = models.CharField(max_length=60)
    division = models.ForeignKey(Division, models.CASCADE, related_name="aliases")
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "division"], name="division_alias_once")]

    def __str__(self) -> str:
        return self.name


class DepartmentQuerySet(models.QuerySet["Department"]):
    def current(self, on: date) -> Self:
        """Departments that exist on `on` (both ends inclusive)."""
        return self.filter(models.Q(valid_to=None) | models.Q(valid_to__gte=on), valid_from__lte=on)


class Department(models.Model):
    """An office of a division. Its duties route tickets and name who is responsible (H4, G二)."""

    class Duty(models.TextChoices):
        COMPETENT = "competent", _("competent office")
        PROMOTION = "promotion", _("promotion office")
        INDUSTRY = "industry", _("industry lead")
        APPROVAL = "approval", _("approval")
        FACTOR = "factor", _("factor guarantee")
        SUPERVISION = "supervision", _("discipline inspection")

    division = models.ForeignKey(Division, models.PROTECT, related_name="departments")
    code = models.CharField(
        _("code"), max_length=30, help_text=_("Stable short code, such as housing or land.")
    )
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    duties = models.JSONField(_("duties"), default=list, blank=True)
    factors = models.JSONField(_("factors guaranteed"), default=list, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    valid_from = models.DateField(default="1949-10-01")
    valid_to = models.DateField(null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["division_id", "code"]
        verbose_name = _("department")
        constraints = [models.UniqueConstraint(fields=["division", "code"], name="department_code_once")]

    def __str__(self) -> str:
        return self.name
