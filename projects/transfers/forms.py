"""Handing a project over, answering, finding its duplicate."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.models.divisions import Tier
from projects.fields import TextField, set_choices
from projects.models import TransferState
from projects.plans.forms import file_field


class TransferForm(forms.Form):
    to_division = forms.ChoiceField(label=_("To which county or city"))
    reason = TextField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the project goes to another place.")},
        help_text=_("The receiver reads it: why there, what was agreed with the investor."),
    )  # fmt: skip
    file = file_field(_("Agreement or letter"))

    def __init__(self, *args: Any, divisions: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.divisions = {row.pk: row for row in divisions.select_related("parent")}
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in self.divisions.values():
            city = row.parent.name if row.tier == Tier.COUNTY and row.parent else row.name
            groups.setdefault(city, []).append((row.pk, row.name))
        set_choices(self, "to_division", [("", _("choose")), *groups.items()])

    def division(self) -> Division:
        return self.divisions[self.cleaned_data["to_division"]]


class TransferFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *TransferState.choices]
    )
    q = forms.CharField(label=_("Project"), required=False, max_length=60)

    def apply(self, rows: Any) -> Any:
        self.is_valid()
        if state := self.cleaned_data.get("state"):
            rows = rows.filter(state=state)
        if words := (self.cleaned_data.get("q") or "").strip():
            rows = rows.filter(project_name__icontains=words)
        return rows


class FindForm(forms.Form):
    q = forms.CharField(label=_("Name or number of the other record"), required=False, max_length=60)


class MergeForm(forms.Form):
    """The choices `take-<key>` stand in the table of differences."""

    reason = TextField(
        label=_("How you know that both are one project"), max_length=1000,
        error_messages={"required": _("Say how you know that both are one project.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    mine = forms.IntegerField(widget=forms.HiddenInput())
    theirs = forms.IntegerField(widget=forms.HiddenInput())
