"""Filters of the project list; every one of them stands in the address."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.models.divisions import Tier
from policy.lights import LightThresholds
from projects import queries
from projects.fields import AmountField, DayField, TextField
from projects.industries import GROUPS_4567, SECTIONS
from projects.lights import light_q
from projects.models import ContractKind, MilestoneCode, Project, ProjectState

LIGHT_CHOICES = [
    ("red", _("red: seriously overdue")),
    ("amber", _("amber: overdue")),
    ("blue", _("blue: due soon")),
    ("grey", _("paused (light)")),
    ("none", _("not yet due (light)")),
    ("done", _("in production")),
]


class TextFilter(django_filters.Filter):
    field_class = TextField


class AmountFilter(django_filters.Filter):
    field_class = AmountField


class DayFilter(django_filters.Filter):
    field_class = DayField


def industry_choices() -> list[Any]:
    provincial = [(group, rows) for group, rows in GROUPS_4567]
    return [*provincial, (_("Sections of GB/T 4754"), [(code, label) for code, label in SECTIONS])]


class ProjectFilter(django_filters.FilterSet):
    """`divisions`: what the person may choose from, read once by the view."""

    q = TextFilter(label=_("project or company"), method="search", max_length=60)
    city = django_filters.ChoiceFilter(label=_("city"), field_name="city_code", empty_label=_("all"))
    county = django_filters.ChoiceFilter(label=_("county"), field_name="county_code", empty_label=_("all"))
    light = django_filters.ChoiceFilter(
        label=_("light"), choices=LIGHT_CHOICES, method="by_light", empty_label=_("all")
    )
    state = django_filters.ChoiceFilter(label=_("state"), choices=ProjectState.choices, empty_label=_("all"))
    node = django_filters.ChoiceFilter(
        label=_("current key point"), choices=MilestoneCode.choices, method="by_point", empty_label=_("all")
    )
    industry = django_filters.ChoiceFilter(
        label=_("industry"), choices=industry_choices, method="by_industry", empty_label=_("all")
    )
    kind = django_filters.ChoiceFilter(
        label=_("contract kind"),
        field_name="contract_kind",
        choices=ContractKind.choices,
        empty_label=_("all"),
    )
    min = AmountFilter(
        label=_("contract amount from, 10,000 yuan"), field_name="contract_amount_yuan", lookup_expr="gte"
    )
    signed_from = DayFilter(label=_("signed from"), field_name="signed_on", lookup_expr="gte")
    signed_to = DayFilter(label=_("signed to"), field_name="signed_on", lookup_expr="lte")
    major = django_filters.ChoiceFilter(
        label=_("major project"),
        field_name="is_major",
        choices=[("1", _("major projects only"))],
        method="by_major",
        empty_label=_("all"),
    )
    not_started = django_filters.ChoiceFilter(
        choices=[("1", "1")], method="by_not_started", widget=forms.HiddenInput(), label=""
    )
    sort = django_filters.ChoiceFilter(
        choices=[(code, code) for name in queries.SORTS for code in (name, f"-{name}")],
        method="by_sort",
        widget=forms.HiddenInput(),
        label="",
    )

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(
        self, data: Any, rows: QuerySet[Project], *, bounds: LightThresholds, divisions: list[Division]
    ) -> None:
        super().__init__(data, queryset=rows)
        self.bounds = bounds
        self._choose_places(divisions, (data or {}).get("city", ""))
        self.filters["q"].extra["widget"] = forms.TextInput(attrs={"class": "is-long"})

    def _choose_places(self, divisions: list[Division], city: str) -> None:
        cities = [(row.pk, row.short_name) for row in divisions if row.tier == Tier.CITY]
        counties = [
            (row.pk, row.short_name)
            for row in divisions
            if row.tier == Tier.COUNTY and (row.city_code == city or len(cities) < 2)
        ]
        chosen = (self.data or {}).get("county", "")
        if chosen and chosen not in dict(counties):  # an address copied without its city still works
            counties += [(row.pk, row.short_name) for row in divisions if row.pk == chosen]
        self.filters["city"].extra["choices"] = cities
        self.filters["county"].extra["choices"] = counties
        for name, choices in (("city", cities), ("county", counties)):
            if len(choices) < 2 and not (self.data or {}).get(name):
                del self.filters[name]

    @property
    def chosen(self) -> dict[str, str]:
        """Filters in force as they stand in the address, without sorting and paging."""
        return {
            name: value for name in self.filters if name != "sort" and (value := (self.data or {}).get(name))
        }

    def search(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return queries.searched(rows, value)

    def by_light(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(light_q(value, self.bounds))

    def by_point(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return queries.at_point(rows, value)

    def by_industry(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(industry_section=value) if len(value) == 1 else rows.filter(industry_4567=value)

    def by_major(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(is_major=True)

    def by_not_started(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return queries.not_started(rows)

    def by_sort(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows  # the view orders after counting

    @property
    def order(self) -> str:
        return self.form.cleaned_data.get("sort") or "light"
