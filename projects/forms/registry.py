"""The registry entry of a project, for a new one and for a change."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.templatetags.portal import wan
from projects.codes import credit_code_fault, fold, project_code_warnings
from projects.fields import AmountField, DayField, TextField, set_choices
from projects.industries import GROUPS_4567, SECTIONS
from projects.models import Assessment, ContractKind, DatePrecision, Project
from projects.services.companies import CompanySpec

MAJOR_CHOICES = [
    ("", _("by the threshold of the contract amount")),
    ("yes", _("major, by hand with a reason")),
    ("no", _("not major, by hand with a reason")),
]
# Field of the service → field of the form, where they differ.
FORM_FIELD = {
    "contract_amount_yuan": "contract_amount",
    "company": "company_name",
    "is_major": "major",
    "signed_precision": "signed_on",
}


class RegistryForm(forms.Form):
    """Basic information of a signed project. Amounts in 万元 unless a unit is written."""

    name = TextField(
        label=_("Project name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    company_name = TextField(
        label=_("Company"),
        max_length=200,
        required=False,
        help_text=_("As on the business licence. A company entered before is found by its code or name."),
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=30,
        required=False,
        help_text=_("18 characters; needed once the company is set up."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    contact_name = TextField(label=_("Contact of the company"), max_length=60, required=False)
    contact_phone = TextField(label=_("Phone of the contact"), max_length=40, required=False)
    investor = TextField(
        label=_("Investor as in the contract"),
        max_length=300,
        required=False,
        help_text=_("Where several sign: all of them."),
    )
    contract_kind = forms.ChoiceField(label=_("Contract kind"), choices=ContractKind.choices)
    contract_amount = AmountField(
        label=_("Contract amount, 10,000 yuan"),
        required=False,
        help_text=_("12,500, or with a unit behind it. Intended investment, not funds in place."),
    )
    signed_on = DayField(label=_("Signed on"), required=False)
    place = TextField(
        label=_("Place"), max_length=200, required=False, help_text=_("Park, township or address.")
    )
    industry_section = forms.ChoiceField(label=_("Section of GB/T 4754"), required=False)
    industry_4567 = forms.ChoiceField(label=_("Provincial 4567 industry"), required=False)
    industry_text = TextField(label=_("Industry as the ledger says"), max_length=60, required=False)
    lead_department = TextField(label=_("Lead department"), max_length=80, required=False)
    investment_code = forms.CharField(
        label=_("National project code"),
        max_length=40,
        required=False,
        help_text=_("From the investment platform, for example 2602-230229-04-01-000126."),
    )
    major = forms.ChoiceField(label=_("Major project"), choices=MAJOR_CHOICES, required=False)
    major_reason = TextField(label=_("Why major or not"), max_length=200, required=False)
    content = TextField(
        label=_("What is built"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Scale, products, land, buildings, jobs."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = [("", _("not chosen"))]
        sections = [(code, f"{code} {label}") for code, label in SECTIONS]
        set_choices(self, "industry_section", [*blank, *sections])
        set_choices(self, "industry_4567", [*blank, *GROUPS_4567])

    def clean_credit_code(self) -> str:
        code = fold(self.cleaned_data["credit_code"])
        if fault := credit_code_fault(code):
            raise forms.ValidationError(fault, code="credit_code")
        return code

    def clean_investment_code(self) -> str:
        code = fold(self.cleaned_data["investment_code"])
        if len(code) > 24:
            raise forms.ValidationError(
                _("A national project code has at most 24 characters."), code="too_long"
            )
        return code

    def code_warnings(self) -> list[str]:
        """What looks odd and is kept all the same."""
        return project_code_warnings(self.cleaned_data.get("investment_code", ""), clock.today())

    def service_values(self) -> dict[str, Any]:
        """As `register_project` and `edit_project` take them."""
        data = self.cleaned_data
        same = (
            "name", "investor", "place", "industry_section", "industry_4567", "industry_text", "content",
            "lead_department", "contract_kind", "signed_on", "investment_code", "major_reason",
        )  # fmt: skip
        values = {name: data[name] for name in same}
        values["contract_amount_yuan"] = data["contract_amount"]
        values["is_major"] = {"": None, "yes": True, "no": False}[data["major"]]
        if values["is_major"] is None:
            values["major_reason"] = ""
        values["company"] = CompanySpec(
            data["company_name"], data["credit_code"], data["contact_name"], data["contact_phone"]
        )
        return values


class NewProjectForm(RegistryForm):
    division = forms.ChoiceField(label=_("Host division"))
    duplicate_reason = TextField(
        label=_("Why this is another project"), max_length=200, required=False,
        help_text=_("Only when a similar project is registered already."),
    )  # fmt: skip

    assessment = forms.ModelChoiceField(
        label=_("Pre-signing assessment"), queryset=Assessment.objects.none(), required=False,
        empty_label=_("none"),
        help_text=_("The passed assessment this project was signed on; some regimes ask for it."),
    )  # fmt: skip

    field_order = ["name", "division", "assessment"]

    def __init__(
        self,
        *args: Any,
        divisions: Iterable[Division],
        assessments: QuerySet[Assessment] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if assessments is not None and assessments.exists():
            field: Any = self.fields["assessment"]
            field.queryset = assessments
            field.label_from_instance = lambda row: f"{row.name} · {row.company} · {row.assessed_on}"
        else:
            del self.fields["assessment"]
        self.divisions = {row.pk: row for row in divisions}
        choices: list[Any] = [(row.pk, _place(row)) for row in self.divisions.values()]
        set_choices(self, "division", choices if len(choices) == 1 else [("", _("choose")), *choices])

    def service_values(self) -> dict[str, Any]:
        values = super().service_values()
        values["division"] = self.divisions[self.cleaned_data["division"]]
        values["duplicate_reason"] = self.cleaned_data["duplicate_reason"]
        values["assessment"] = self.cleaned_data.get("assessment")
        return values


class EditProjectForm(RegistryForm):
    """`version` is the one the person saw. The company is changed by writing another."""

    reason = TextField(
        label=_("Why it changes"), max_length=300, required=False,
        help_text=_("Needed when the signing date, the kind, the amount or the company changes."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, initial={**form_values(project), "version": project.version}, **kwargs)

    def service_values(self) -> dict[str, Any]:
        values = super().service_values()
        moved = values["signed_on"] != self.project.signed_on
        # A date typed here is a day; one known by its month only stays so while nobody touches it.
        values["signed_precision"] = DatePrecision.DAY if moved else self.project.signed_precision
        return values


def form_values(project: Project) -> dict[str, Any]:
    """The project as the form shows it."""
    same = (
        "name", "investor", "place", "industry_section", "industry_4567", "industry_text", "content",
        "lead_department", "contract_kind", "signed_on", "investment_code", "major_reason",
    )  # fmt: skip
    company = project.company
    return {name: getattr(project, name) for name in same} | {
        "contract_amount": project.contract_amount_yuan,
        "major": ("yes" if project.is_major else "no") if project.major_reason else "",
        "company_name": company.name if company else "",
        "credit_code": company.credit_code if company else "",
        "contact_name": company.contact_name if company else "",
        "contact_phone": company.contact_phone if company else "",
    }


def shown_value(form: RegistryForm, name: str, value: Any) -> str:
    """A service value in words, for comparing two versions of a field."""
    if value is None or value == "":
        return "—"
    if name == "contract_amount_yuan":
        return wan(value)
    if name == "is_major":
        return str(dict(MAJOR_CHOICES)["yes" if value else "no"])
    field = form.fields.get(FORM_FIELD.get(name, name))
    if isinstance(field, forms.ChoiceField):
        flat: dict[Any, Any] = {}
        choices: Any = field.choices
        for key, label in choices:
            flat.update(label if isinstance(label, list | tuple) else [(key, label)])
        return str(flat.get(value, value))
    return str(value)


def _place(division: Division) -> str:
    if division.tier == Tier.PROVINCE:
        return division.name
    parent = division.parent
    return (
        f"{parent.short_name} {division.name}" if parent is not None and parent.parent_id else division.name
    )
