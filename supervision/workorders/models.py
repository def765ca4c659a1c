"""Landing service work orders (项目落地服务工作单, G一(二)1): one paper per unit, one matter per project on it.

An office chooses projects by industry, place and amount and dispatches them in one go (`batch`); every unit gets a paper
of its own with its own projects only, numbered by organ and year. Feedback is the matters' business.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Division
from accounts.permissions import ROW_SCOPE, RowScope
from accounts.scope import ScopedQuerySet, area_q, own_departments, postings_with

VIEW = "workorders.view"


class AddressedTo(models.TextChoices):
    HOST = "host", pgettext_lazy("work order", "the county or city that hosts the project")
    CITY = "city", pgettext_lazy("work order", "the city above the host")
    DEPARTMENT = "department", pgettext_lazy("work order", "a lead department of one's own tier")


class WorkOrderQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Orders to units of one's area, those one's own office issued, and those to one's department."""
        postings = postings_with(user, VIEW)
        if not postings:
            return self.none()
        found = area_q(user, need=VIEW)
        area = [p.division_id for p in postings if ROW_SCOPE[p.role] is RowScope.AREA]
        if area:
            found |= Q(issuer_id__in=area)
        offices = own_departments(user, VIEW)
        if offices:
            found |= Q(department_id__in=offices)
        return self.filter(found)


class WorkOrder(models.Model):
    """`rule` is how its projects were chosen ({"industries", "divisions", "min_yuan", "max_yuan", "to"}), `rule_words`
    the same for people. `document` is the paper as issued; the three codes are those of `unit`."""

    batch = models.UUIDField()
    issuer = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("unit addressed"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(_("document number"), max_length=40)
    number_year = models.PositiveSmallIntegerField()
    number_seq = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=120)
    demand = models.TextField(_("what is demanded"))
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    rule = models.JSONField(default=dict)
    rule_words = models.CharField(max_length=300, blank=True)
    projects_count = models.PositiveIntegerField()
    due_on = models.DateField(_("feedback by"))
    deadline = models.JSONField(default=dict)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued"))
    document = models.JSONField(default=dict)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "number_year", "number_seq"], name="work_order_number_once"
            ),
            models.UniqueConstraint(fields=["issuer", "batch", "unit"], name="work_order_once_per_unit"),
        ]
        indexes = [models.Index(fields=["issuer", "issued_at"], name="work_order_by_issuer")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def addressee(self) -> str:
        return self.department.name if self.department else self.unit.name


class RoundQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Rounds of offices in one's area: what the whole area owes is the issuing side's to read."""
        return self.filter(area_q(user, need=VIEW))


class WorkOrderRound(models.Model):
    """The quarterly round (每季度催办、督办、通报, G四1): how far every unit is on the last day, and who was pressed.

    `figures`: one entry per unit, frozen. The codes are those of the issuing office.
    """

    issuer = models.ForeignKey(Division, models.PROTECT, related_name="+")
    period = models.CharField(_("quarter"), max_length=10)
    on = models.DateField()
    made_at = models.DateTimeField()
    pressed = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=list)
    rule_id = models.CharField(max_length=60, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("quarterly round")
        constraints = [models.UniqueConstraint(fields=["issuer", "period"], name="work_order_round_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.period}"
