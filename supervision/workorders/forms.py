"""Forms of work orders: the rule that chooses projects, the words of the order, the filters of the list."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Division, Tier
from projects.fields import AmountField, DayField, set_choices
from projects.filters import industry_choices
from projects.models import Project
from supervision.matters.queries import area_of
from supervision.workorders import queries
from supervision.workorders.choosing import Rule
from supervision.workorders.models import AddressedTo, WorkOrderQuerySet


class RuleForm(forms.Form):
    """By what the projects are chosen. Sent with GET: the choice stands in the address."""

    industries = forms.MultipleChoiceField(
        label=_("Industries"), required=False, choices=industry_choices,
        widget=forms.SelectMultiple(attrs={"size": 6}), help_text=_("None chosen: all. Hold Ctrl for several."),
    )  # fmt: skip
    divisions = forms.MultipleChoiceField(
        label=_("Places"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("None chosen: the whole area."),
    )  # fmt: skip
    min = AmountField(label=_("Contract amount from, 10,000 yuan"), required=False)
    max = AmountField(label=_("Contract amount to, 10,000 yuan"), required=False)
    only_not_started = forms.BooleanField(label=_("Only projects not started yet"), required=False)
    to = forms.ChoiceField(
        label=pgettext_lazy("work order", "Addressed to"), required=False, choices=AddressedTo.choices
    )

    def __init__(self, data: Any, *, issuer: Division, units: QuerySet[Division]) -> None:
        super().__init__(data)
        set_choices(
            self, "divisions", [(row.pk, ("　" * (row.tier - issuer.tier)) + row.short_name) for row in units]
        )
        if issuer.tier != Tier.PROVINCE:
            set_choices(self, "to", [one for one in AddressedTo.choices if one[0] != AddressedTo.CITY])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("min"), data.get("max")
        if low is not None and high is not None and low > high:
            self.add_error("max", _("The upper amount lies below the lower one. Change one of them."))
        return data

    def rule(self) -> Rule:
        """The rule of a valid form; of one with faults, what could be read."""
        data = self.cleaned_data
        return Rule(
            industries=tuple(data.get("industries") or ()),
            divisions=tuple(data.get("divisions") or ()),
            min_yuan=data.get("min"),
            max_yuan=data.get("max"),
            only_not_started=bool(data.get("only_not_started")),
            to=data.get("to") or AddressedTo.HOST,
        )


class OrderForm(forms.Form):
    """The words of the order and the projects ticked. `batch` makes a doubled click one dispatch."""

    batch = forms.UUIDField(widget=forms.HiddenInput())
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Lead department"), empty_label=_("choose"),
        error_messages={"required": _("Choose the department that gets the order.")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("Title"), max_length=120, error_messages={"required": _("Give the work order a title.")}
    )
    basis = forms.CharField(
        label=_("Basis"), max_length=300, required=False, help_text=_("Article, minutes or instruction.")
    )
    due_on = DayField(
        label=_("Feedback by"), required=False, help_text=_("Empty: by the rule, counted from today.")
    )
    demand = forms.CharField(
        label=_("What is demanded and what has to be fed back"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is demanded and what has to be fed back.")},
    )  # fmt: skip

    def __init__(
        self, data: Any, *, batch: UUID, departments: QuerySet[Department] | None, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial={"batch": batch, **initial})
        if departments is None:
            del self.fields["department"]
        else:
            office: Any = self.fields["department"]
            office.queryset = departments


class OrderFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(label=_("Title, number or project"), required=False, max_length=60)
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("", _("all")), ("open", pgettext_lazy("work order", "not all closed")),
            ("late", pgettext_lazy("work order", "feedback overdue")),
            ("judge", pgettext_lazy("work order", "fed back, to be checked")),
            ("done", pgettext_lazy("work order", "all closed")),
        ],
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Division.objects.none(),
        label=pgettext_lazy("work order", "Unit addressed"),
        required=False,
        empty_label=_("all"),
    )
    issued_from = DayField(label=_("Issued from"), required=False)
    issued_to = DayField(label=_("Issued until"), required=False)

    def __init__(self, data: Any, units: QuerySet[Division]) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        self.fields["q"].widget.attrs["class"] = "is-long"

    def apply(self, rows: WorkOrderQuerySet, user: Any, on: Any) -> WorkOrderQuerySet:
        """Rows of the chosen filters; a value that cannot be read filters nothing away but is marked."""
        self.is_valid()
        wanted = self.cleaned_data
        if words := (wanted.get("q") or "").strip():
            named = Project.objects.visible_to(user).filter(
                name__icontains=words, matters__source="work_order"
            )
            rows = rows.filter(
                Q(title__icontains=words)
                | Q(number__icontains=words)
                | Q(pk__in=named.values("matters__source_id"))
            )
        if wanted.get("unit"):
            rows = rows.filter(area_of(wanted["unit"]))
        if wanted.get("issued_from"):
            rows = rows.filter(issued_at__date__gte=wanted["issued_from"])
        if wanted.get("issued_to"):
            rows = rows.filter(issued_at__date__lte=wanted["issued_to"])
        by_state = {"open": queries.open_q(), "late": queries.late_q(on), "judge": queries.judge_q()}
        show = wanted.get("show") or ""
        if show == "done":
            return rows.exclude(queries.open_q())
        return rows.filter(by_state[show]) if show in by_state else rows
