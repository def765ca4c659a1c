"""Forms of inspections. Each says which service it feeds; photos come beside the form, checked by the service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, FilesField, long_text
from accounts.models import Department, Division
from policy.periods import Period
from supervision.inspections import evidence
from supervision.inspections.drawing import SCOPES
from supervision.inspections.models import InspectionKind, InspectionState, ItemResult
from supervision.inspections.planning import MOST_PROJECTS


def evidence_field(**kwargs: Any) -> FilesField:
    """Several photos or PDF at once; a phone offers its camera."""
    kwargs.setdefault("label", _("Photos and papers"))
    kwargs.setdefault("help_text", _("Photos (JPG, PNG, HEIC) or PDF, up to 20 MB each, at most 6."))
    return FilesField(accept=evidence.ACCEPT, **kwargs)


class TurnForm(forms.Form):
    """`turn` is the state of the page the person saw."""

    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class PlanForm(TurnForm):
    period = forms.ChoiceField(label=_("Counts for"))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of inspection"), choices=InspectionKind.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one of the five kinds.")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("Title of the inspection"), max_length=120, widget=forms.TextInput(attrs={"class": "is-long"}),
        error_messages={"required": _("Give the inspection a short title.")},
    )  # fmt: skip
    purpose = long_text(
        _("What is looked at and why"), error_messages={"required": _("Say what is looked at and why.")}
    )
    planned_from = forms.DateField(label=_("Planned from"), widget=DateInput())
    planned_to = forms.DateField(label=_("Planned to"), widget=DateInput())
    authority_government = forms.CharField(
        label=_("Appointed by the government of"), max_length=80, required=False,
        help_text=_("Needed when other units are inspected (Regulations on Government Inspection, article 7)."),
    )  # fmt: skip
    authority_document = forms.CharField(
        label=_("Document of the appointment"), max_length=120, required=False,
        help_text=_("Title or number of the document, for instance 庆政办函〔2026〕3号."),
    )  # fmt: skip

    field_order = [
        "turn", "period", "title", "kinds", "purpose", "planned_from", "planned_to", "authority_government",
        "authority_document",
    ]  # fmt: skip

    def __init__(
        self, data: Any = None, *, periods: list[Period], fixed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if fixed:
            del self.fields["period"]
        else:
            period: Any = self.fields["period"]
            period.choices = [(str(one), one.label) for one in periods]

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AddForm(forms.Form):
    """Projects chosen by hand: numbers or names, one a line."""

    kind = forms.ChoiceField(label=_("Kind"))
    projects = long_text(
        _("Projects"), help_text=_("Project numbers or full names, one a line."),
        error_messages={"required": _("Write at least one project number or name.")},
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why"), max_length=200, widget=forms.TextInput(attrs={"class": "is-long"}),
        error_messages={"required": _("Say why these projects are looked at.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, kinds: list[str]) -> None:
        super().__init__(data)
        kind: Any = self.fields["kind"]
        kind.choices = [(code, label) for code, label in InspectionKind.choices if code in kinds]


class DrawForm(forms.Form):
    scope = forms.ChoiceField(label=_("Draw out of"))
    size = forms.IntegerField(
        label=_("How many to draw"), min_value=1, max_value=MOST_PROJECTS, initial=5,
        error_messages={"required": _("Say how many projects to draw.")},
    )  # fmt: skip
    seed = forms.CharField(
        label=_("Seed"), max_length=64, required=False,
        help_text=_("Empty: made by the machine. Or a number drawn before witnesses."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why it is drawn again"), max_length=300, widget=forms.TextInput(attrs={"class": "is-long"}),
        error_messages={"required": _("Say why it is drawn again.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, again: bool, counts: dict[str, int]) -> None:
        super().__init__(data)
        scope: Any = self.fields["scope"]
        scope.choices = [(code, f"{label}（{counts[code]}）") for code, label in SCOPES.items()]
        if not again:
            del self.fields["reason"]


class StartForm(TurnForm):
    inspectors = forms.CharField(
        label=_("Inspectors"), max_length=300, widget=forms.TextInput(attrs={"class": "is-long"}),
        help_text=_("Names and offices."), error_messages={"required": _("Name the inspectors, at least two.")},
    )  # fmt: skip
    held_from = forms.DateField(label=_("First day"), widget=DateInput())
    place = forms.CharField(
        label=_("Where"), max_length=200, error_messages={"required": _("Say where it takes place.")}
    )


class ResultForm(forms.Form):
    result = forms.ChoiceField(
        label=_("Result of the inspection"), choices=[row for row in ItemResult.choices if row[0] != ItemResult.PENDING],
        widget=forms.RadioSelect, error_messages={"required": _("Choose the result.")},
    )  # fmt: skip
    looked_on = forms.DateField(label=_("Looked at on"), widget=DateInput())
    place = forms.CharField(label=_("Where"), max_length=120, required=False)
    text = long_text(
        _("What was seen"),
        error_messages={"required": _("Write what was seen, or why it could not be looked at.")},
    )


class FindingForm(forms.Form):
    fact = long_text(
        _("Fact"), help_text=_("What was seen, which date, which figure."),
        error_messages={"required": _("Write the fact: what was seen, which date, which figure.")},
    )  # fmt: skip
    place = forms.CharField(
        label=_("Where"), max_length=120, error_messages={"required": _("Say where it was seen.")}
    )
    unit = forms.ModelChoiceField(Division.objects.none(), label=_("Unit responsible"), empty_label=None)
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department responsible"),
        required=False,
        empty_label=_("the unit itself"),
    )
    requirement = long_text(_("What is required"), rows=2, required=False)
    due_on = forms.DateField(label=_("To be mended by"), required=False, widget=DateInput())
    uploads = evidence_field()

    def __init__(
        self, data: Any = None, uploads: Any = None, *, units: list[Division], departments: list[Department],
        initial: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, uploads, initial=initial)
        unit: Any = self.fields["unit"]
        unit.queryset = Division.objects.filter(pk__in=[row.pk for row in units]).order_by("path")
        department: Any = self.fields["department"]
        department.queryset = Department.objects.filter(pk__in=[row.pk for row in departments]).order_by(
            "division__path", "code"
        )
        if len(units) > 1:
            department.label_from_instance = lambda row: f"{row.division.short_name} {row.name}"


class PressForm(forms.Form):
    title = forms.CharField(
        label=_("Title of the matter"), max_length=120, widget=forms.TextInput(attrs={"class": "is-long"}),
        error_messages={"required": _("Give the matter a short title.")},
    )  # fmt: skip
    requirement = long_text(
        _("What is required"),
        error_messages={"required": _("Say what has to be done, so that it can be checked.")},
    )
    due_on = forms.DateField(
        label=_("To be mended by"), required=False, widget=DateInput(), help_text=_("Empty: by the rule.")
    )


class ReasonForm(TurnForm):
    reason = long_text(_("Why"), rows=2, error_messages={"required": _("Say why.")})


class FinishForm(TurnForm):
    """`summary` and one text for each addressee (`text_<key>`)."""

    held_to = forms.DateField(label=_("Last day"), widget=DateInput())
    summary = long_text(
        _("Conclusion of the inspection"),
        rows=4,
        error_messages={"required": _("Write what the inspection came to.")},
    )

    def __init__(
        self, data: Any = None, *, addressees: list[tuple[str, str, str]], initial: Any = None
    ) -> None:
        """`addressees`: key, name and proposed words of each."""
        super().__init__(data, initial=initial)
        self.keys = [key for key, _name, _text in addressees]
        for key, name, text in addressees:
            self.fields[f"text_{key}"] = long_text(
                _("Conclusion to %(name)s") % {"name": name}, rows=6, initial=text
            )

    def texts(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"text_{key}"] for key in self.keys}


class ObjectForm(forms.Form):
    text = long_text(
        _("What the conclusion gets wrong, and why"), rows=4,
        error_messages={"required": _("Write what the conclusion gets wrong, and why.")},
    )  # fmt: skip
    uploads = evidence_field()


class DecideForm(forms.Form):
    changed = forms.ChoiceField(
        label=_("Decision on the objection"),
        choices=[("no", _("The conclusion is upheld")), ("yes", _("The conclusion is changed"))],
        widget=forms.RadioSelect, error_messages={"required": _("Choose: upheld or changed.")},
    )  # fmt: skip
    text = long_text(
        _("Decision and reasons"), error_messages={"required": _("Write the decision and its reasons.")}
    )
    new_text = long_text(_("The conclusion as it reads now"), rows=5, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("changed") == "yes" and not data.get("new_text"):
            self.add_error("new_text", _("Write the conclusion as it reads now."))
        return data


class InspectionFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(
        label=_("Number, title or project"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"class": "is-long"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *InspectionKind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *InspectionState.choices]
    )
    period = forms.CharField(
        label=_("Counts for"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"placeholder": "2026-10"}),
    )
    unit = forms.ModelChoiceField(
        Division.objects.none(), label=_("Unit"), required=False, empty_label=_("all")
    )

    def __init__(self, data: Any, *, units: Any) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        unit.queryset = units

    def clean_period(self) -> str:
        text = self.cleaned_data["period"].strip()
        if not text:
            return ""
        try:
            return str(Period.parse(text))
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None
