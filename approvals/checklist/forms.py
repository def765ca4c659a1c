"""Forms of the checklist: making one, its flags, each step of an item, the window, the filters of the list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, FilesField, long_text
from accounts.models import Department
from approvals.catalogue.models import CatalogueItem, ProjectKind
from approvals.catalogue.queries import by_stage
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.checklist.moves import Move
from approvals.checklist.steps import Given, clean_given
from projects.models import MilestoneCode, Party


def _note(label: Any, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("rows", 2)
    kwargs.setdefault("required", False)
    return long_text(label, max_length=500, **kwargs)


class FlagsForm(forms.Form):
    """What changes the limits of a whole list."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    dedicated_window = forms.BooleanField(
        label=_("Dedicated window: decided within one working day whether it is accepted"), required=False
    )
    green_channel = forms.BooleanField(
        label=_("Green channel: its limits count for applications accepted from now on"), required=False
    )
    green_reason = forms.CharField(label=_("Why the green channel"), max_length=200, required=False)


class MakeForm(FlagsForm):
    """The list of a project: kind, flags, and the items chosen. `rows`: the catalogue in force."""

    kind = forms.ChoiceField(label=_("Kind of project"), choices=[("", _("choose")), *ProjectKind.choices])
    codes = forms.MultipleChoiceField(
        label=_("Items"), error_messages={"required": _("Choose at least one item.")}
    )
    field_order = ("kind", "dedicated_window", "green_channel", "green_reason", "codes")

    def __init__(self, data: Any, *, rows: Iterable[CatalogueItem], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        del self.fields["version"]
        self.rows = list(rows)
        codes: Any = self.fields["codes"]
        codes.choices = [(row.code, row.name) for row in self.rows]
        given: Any = self.data
        chosen = given.getlist("codes") if self.is_bound else initial.get("codes", [])
        self.groups = grouped(self.rows, chosen)


class AddForm(forms.Form):
    codes = forms.MultipleChoiceField(
        label=_("Items"), error_messages={"required": _("Choose at least one item.")}
    )

    def __init__(self, data: Any, *, rows: Iterable[CatalogueItem]) -> None:
        super().__init__(data)
        self.rows = list(rows)
        codes: Any = self.fields["codes"]
        codes.choices = [(row.code, row.name) for row in self.rows]
        given: Any = self.data
        self.groups = grouped(self.rows, given.getlist("codes") if self.is_bound else [])


def grouped(rows: list[CatalogueItem], chosen: Iterable[str]) -> list[dict[str, Any]]:
    """The choice of items by stage; drawn by the template, so that each shows its department and limits."""
    picked = set(chosen)
    groups = by_stage(rows)
    for group in groups:
        group["rows"] = [{"item": row, "chosen": row.code in picked} for row in group["rows"]]
    return groups


class StepForm(forms.Form):
    """One step of an item; its fields follow from `move.asks`."""

    turn = forms.IntegerField(widget=forms.HiddenInput())
    on = forms.DateField(label=_("Day on which it happened"), widget=DateInput())

    def __init__(
        self,
        data: Any = None,
        uploads: Any = None,
        *,
        move: Move,
        item: ChecklistItem,
        waits: bool,
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, uploads, initial=initial, auto_id=f"{move.code}_%s")
        self.move = move
        asks = {name.removesuffix("!"): name.endswith("!") for name in move.asks}
        asks.setdefault("note", False)
        for name, must in asks.items():
            if (name == "tolerate" and not waits) or (name == "ready" and not item.materials):
                continue
            field = _field(name, item)
            field.required = must  # files only say so here; the service refuses, with its own words
            self.fields[name] = field
        if "note" in self.fields:
            self.fields["note"] = self.fields.pop("note")  # last but for the files
        if "files" in self.fields:
            self.fields["files"] = self.fields.pop("files")

    def given(self) -> Given:
        data = {name: value for name, value in self.cleaned_data.items() if name != "turn"}
        if "missing" in data:
            data["missing"] = data["missing"].splitlines()
        return clean_given(uploads=data.pop("files", ()), **data)


def _field(name: str, item: ChecklistItem) -> forms.Field:
    """The field of one thing a step asks for."""
    match name:
        case "ready":
            return forms.MultipleChoiceField(
                label=_("Materials at hand"), choices=[(one, one) for one in item.materials],
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        case "missing":
            return forms.CharField(
                label=_("What is missing"), max_length=3000, widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("All of it, one to a line. It may be told only once."),
                error_messages={"required": _("Name what is missing, all of it: it may be told only once.")},
            )  # fmt: skip
        case "party":
            parties = [choice for choice in Party.choices if choice[0] != Party.ORGAN]
            return forms.ChoiceField(label=_("Whose cause"), choices=[("", _("choose")), *parties])
        case "review_on":
            return forms.DateField(
                label=_("To be looked at again on"),
                widget=DateInput(),
                error_messages={
                    "required": _(
                        "A stopped clock needs an end: write the day on which it is looked at again."
                    )
                },
            )
        case "days":
            return forms.IntegerField(
                label=_("By how many days"), min_value=1, max_value=item.extra_days or 1
            )
        case "result_number":
            return forms.CharField(label=_("Number of the document"), max_length=80)
        case "clean_record":
            return forms.BooleanField(label=_("Credit record looked up: no dishonesty"))
        case "tolerate":
            return forms.BooleanField(label=_("Go on without what comes before, for the reason given"))
        case "files":
            return FilesField(label=_("Files"))
    return _note(_("Remark"))


class GiveForm(forms.Form):
    turn = forms.IntegerField(widget=forms.HiddenInput())
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department that decides"), empty_label=_("choose")
    )
    reason = _note(_("Why"), required=True)

    def __init__(self, data: Any = None, *, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(data, auto_id="give_%s", **kwargs)
        office: Any = self.fields["department"]
        office.queryset = Department.objects.filter(pk__in=[row.pk for row in departments])


class WindowForm(forms.Form):
    """City-wide acceptance: what stands on the applicant's list."""

    number = forms.CharField(label=_("Project number"), max_length=24)
    name = forms.CharField(label=_("Name of the project or company"), max_length=200)
    code = forms.CharField(label=_("Item code"), max_length=30)
    on = forms.DateField(label=_("Accepted on"), widget=DateInput())
    tolerate = forms.BooleanField(
        label=_("Go on without what comes before, for the reason given"), required=False
    )
    note = _note(_("Remark"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = FilesField(label=_("Materials handed in"))


SHOWN = {
    "": _("being dealt with"),
    "mine": _("for my department"),
    "new": _("to be accepted"),
    "red": _("seriously overdue"),
    "late": _("overdue"),
    "soon": _("due soon"),
    "paused": _("clock stopped"),
    "breach": _("statutory limit broken, still open"),
    "broke": _("decided after the statutory limit"),
    "check": _("commitment to be checked"),
    "window": _("taken in at my window"),
    "decided": _("decided (item)"),
    "all": _("all"),
}


class ItemFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(label=_("Project, item or code"), required=False, max_length=60)
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[("", _("all")), *MilestoneCode.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *ItemState.choices])
    show = forms.ChoiceField(label=_("View"), required=False, choices=list(SHOWN.items()))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs["class"] = "is-long"
