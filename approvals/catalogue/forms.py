"""Forms of the catalogue: one item, the workbook, what changed with a version."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.catalogue.models import ItemKind, LimitUnit, ProjectKind
from approvals.catalogue.sheet import LENGTHS, MOST_DAYS
from approvals.catalogue.spec import ItemSpec
from projects.models import MilestoneCode
from projects.text import clean

LINES = ("materials", "prerequisites")


def _days(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=MOST_DAYS, help_text=help_text
    )


def _lines(label: Any, rows: int, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class ItemForm(forms.Form):
    """One item of a draft. What must hold between items is asked by the service."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    code = forms.CharField(
        label=_("Item code"), max_length=LENGTHS["code"], help_text=_("Such as SG04, once per catalogue.")
    )
    name = forms.CharField(label=_("Item name"), max_length=LENGTHS["name"])
    stage = forms.ChoiceField(label=_("Stage"), choices=MilestoneCode.choices)
    kind = forms.ChoiceField(label=_("Kind of item"), choices=ItemKind.choices)
    department_code = forms.ChoiceField(label=_("Department in charge"))
    statutory_days = _days(_("Statutory limit"), _("Empty: no text gives one."))
    statutory_unit = forms.ChoiceField(label=_("Unit of the statutory limit"), choices=LimitUnit.choices)
    extra_days = _days(_("May be extended by"), _("In the unit of the statutory limit."))
    basis = forms.CharField(label=_("Statutory basis"), max_length=LENGTHS["basis"], required=False)
    promised_days = _days(_("Promised limit"), _("Empty: nothing is promised, the statutory limit counts."))
    promised_unit = forms.ChoiceField(label=_("Unit of the promised limit"), choices=LimitUnit.choices)
    green_days = _days(_("Green channel limit"), _("In the unit of the promised limit."))
    result = forms.CharField(label=_("Result"), max_length=LENGTHS["result"], required=False)
    materials = _lines(_("Materials"), 4, _("One to a line."))
    prerequisites = _lines(
        _("Comes after"), 2, _("Codes of items that must be decided before, one to a line.")
    )
    project_kinds = forms.MultipleChoiceField(
        label=_("For which projects"), choices=ProjectKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: for every project."),
    )  # fmt: skip
    commitment_allowed = forms.BooleanField(label=_("Commitment approval allowed"), required=False)
    is_control = forms.BooleanField(
        label=_("Control item: the key point of its stage follows it"), required=False
    )
    usual = forms.BooleanField(label=_("Usually needed: chosen by itself"), required=False)

    def __init__(
        self, data: Any, *, departments: Mapping[str, str], initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        held = str((initial or {}).get("department_code") or "")
        known = dict(departments) if not held or held in departments else {held: held, **departments}
        office: Any = self.fields["department_code"]
        office.choices = [("", _("choose")), *known.items()]

    def clean_code(self) -> str:
        return clean(self.cleaned_data["code"]).upper()

    def _parts(self, name: str) -> tuple[str, ...]:
        text = self.cleaned_data[name].replace("；", "\n").replace(";", "\n")
        return tuple(filter(None, (clean(line) for line in text.splitlines())))

    def clean_materials(self) -> tuple[str, ...]:
        parts = self._parts("materials")
        if any(len(part) > 100 for part in parts):
            raise forms.ValidationError(
                _("One material has more than 100 characters. Put each on a line of its own.")
            )
        return parts

    def clean_prerequisites(self) -> tuple[str, ...]:
        return tuple(part.upper() for part in self._parts("prerequisites"))

    def spec(self) -> ItemSpec:
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for name in ("name", "basis", "result"):
            data[name] = clean(data[name])
        data["extra_days"] = data["extra_days"] or 0
        data["project_kinds"] = tuple(data["project_kinds"])
        return ItemSpec(**data)


def initial_of(spec: ItemSpec, version: int) -> dict[str, Any]:
    """What stands in the form for an item that exists."""
    values = {name: getattr(spec, name) for name in ItemForm.base_fields if name != "version"}
    for name in LINES:
        values[name] = "\n".join(values[name])
    values["project_kinds"] = list(values["project_kinds"])
    values["extra_days"] = values["extra_days"] or None
    return values | {"version": version}


def answer_to(form: forms.Form, name: str, value: int) -> None:
    """Let the next try of a refused form answer to the row as it stands now: its hidden version or turn."""
    data: Any = form.data
    data = data.copy()
    data[name] = str(value)
    form.data = data


class WorkbookForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=_("The workbook exported here, changed in Excel or WPS (.xlsx). It replaces all items of the draft."),
        error_messages={"required": _("Choose the workbook."), "empty": _("The file is empty. Choose it again.")},
    )  # fmt: skip


class PublishForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput())
    note = forms.CharField(
        label=_("What changed"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
