"""Forms of visits. The supervisor's form is made for a phone: one column, few fields, the camera."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, long_text
from accounts.models import Department, User
from supervision.inspections.forms import evidence_field
from supervision.visits.services import MOST_FINDINGS, Found

NUMBERS = range(1, MOST_FINDINGS + 1)


class VisitForm(forms.Form):
    visited_on = forms.DateField(label=_("Day of the visit"), widget=DateInput())
    place = forms.CharField(
        label=_("Where"), max_length=120, help_text=_("Site, workshop, office."),
        error_messages={"required": _("Say where you were: site, workshop, office.")},
    )  # fmt: skip
    people_met = forms.CharField(
        label=_("Whom you met"), max_length=200, required=False, help_text=_("Name and post; may stay empty.")
    )
    seen = long_text(
        _("What you saw and heard"), rows=4, error_messages={"required": _("Write what you saw and heard.")}
    )
    uploads = evidence_field()

    def __init__(self, data: Any = None, uploads: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, uploads, initial=initial)
        for number in NUMBERS:
            self.fields[f"found_{number}"] = long_text(
                _("Problem %(n)d") % {"n": number}, rows=2, required=False,
                help_text=_("One problem; the competent office decides on each."),
            )  # fmt: skip
            self.fields[f"suggestion_{number}"] = long_text(
                _("What you suggest for it"), rows=2, required=False
            )

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("visited_on", "place", "people_met", "seen", "uploads")},
            "found": [Found(data.get(f"found_{n}", ""), data.get(f"suggestion_{n}", "")) for n in NUMBERS],
        }

    def visit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("visited_on", "place", "people_met", "seen", "uploads")]

    def first_problem(self) -> list[forms.BoundField]:
        return [self["found_1"], self["suggestion_1"]]

    def further_problems(self) -> list[forms.BoundField]:
        return [self[f"{name}_{n}"] for n in NUMBERS[1:] for name in ("found", "suggestion")]

    def has_further(self) -> bool:
        """Something was typed there: the fold is open."""
        return any(field.value() or field.errors for field in self.further_problems())


class PressForm(forms.Form):
    title = forms.CharField(
        label=_("Title of the matter"), max_length=120, widget=forms.TextInput(attrs={"class": "is-long"}),
        error_messages={"required": _("Give the matter a short title.")},
    )  # fmt: skip
    demand = long_text(
        _("What is required"),
        error_messages={"required": _("Say what has to be done, so that it can be checked.")},
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=_("the unit itself")
    )
    due_on = forms.DateField(
        label=_("To be mended by"), required=False, widget=DateInput(), help_text=_("Empty: by the rule.")
    )

    def __init__(self, data: Any = None, *, departments: list[Department], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        department: Any = self.fields["department"]
        department.queryset = Department.objects.filter(pk__in=[row.pk for row in departments]).order_by(
            "code"
        )


class DeclineForm(forms.Form):
    """The supervisor reads the reason."""

    reason = long_text(
        _("Why it is not taken up"), rows=2,
        error_messages={"required": _("Say why it is not taken up; the supervisor reads it.")},
    )  # fmt: skip


class NameForm(forms.Form):
    """Names projects to a supervisor: numbers or full names, one a line."""

    supervisor = forms.ModelChoiceField(
        User.objects.none(), label=_("Invited supervisor"), empty_label=_("choose"),
        error_messages={"required": _("Choose the invited supervisor.")},
    )  # fmt: skip
    projects = long_text(
        _("Projects"), help_text=_("Project numbers or full names, one a line."),
        error_messages={"required": _("Write at least one project number or name.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, supervisors: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["supervisor"]
        field.queryset = supervisors
        field.label_from_instance = lambda row: row.get_full_name()


class VisitFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(
        label=_("Number, project or supervisor"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"class": "is-long"}),
    )  # fmt: skip
    show = forms.ChoiceField(
        label=_("Findings"), required=False,
        choices=[
            ("", _("all")), ("new", _("waiting to be decided")), ("matter", _("became matters")),
            ("declined", _("not taken up (visits)")), ("none", _("no problem found (visits)")),
        ],
    )  # fmt: skip
    first = forms.DateField(label=_("From"), required=False, widget=DateInput())
    last = forms.DateField(label=_("To"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return data
