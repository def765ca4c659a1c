"""Dates of the seven key points in one table."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.fields import DayField, TextField
from projects.models import ChangeReason, DatePrecision, Milestone, Party

DATES = ("planned_on", "forecast_on", "actual_on")
REST = ("responsible", "delay_party", "delay_reason")
NAMES = DATES + REST
LABELS = {
    "planned_on": _("planned"),
    "forecast_on": _("forecast"),
    "actual_on": _("actual"),
    "responsible": _("responsible office and person"),
    "delay_party": _("delay caused by"),
    "delay_reason": _("cause of delay"),
}


class PlanForm(forms.Form):
    """Fields are called <code>-<name>. Without `may_plan` the planned dates are shown, not asked."""

    reason = TextField(
        label=_("Why dates change"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when a plan or a recorded finish changes, or when the order of the key points is broken."),
    )  # fmt: skip
    cause = forms.ChoiceField(
        label=_("Cause of a changed plan"), required=False, choices=[("", "—"), *ChangeReason.choices],
        help_text=_("Only when a plan in force moves."),
    )  # fmt: skip
    party = forms.ChoiceField(
        label=_("Responsible party of a changed plan"), required=False, choices=[("", "—"), *Party.choices]
    )
    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self, data: Any = None, *, points: Sequence[Milestone], version: int, may_plan: bool
    ) -> None:
        initial: dict[str, Any] = {"version": version}
        for point in points:
            initial |= {f"{point.code}-{name}": getattr(point, name) for name in NAMES}
        super().__init__(data, initial=initial)
        self.points = list(points)
        self.may_plan = may_plan
        for point in points:
            for name in NAMES:
                if name != "planned_on" or may_plan:
                    field = self._field(point, name)
                    field.widget.attrs["aria-label"] = field.label  # the visible names are heads of a table
                    self.fields[f"{point.code}-{name}"] = field

    def _field(self, point: Milestone, name: str) -> forms.Field:
        label = f"{point.get_code_display()} {LABELS[name]}"  # spoken, and in the summary of errors
        if name in DATES:
            return DayField(label=label, required=False)
        if name == "delay_party":
            return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *Party.choices])
        return TextField(label=label, required=False, max_length=120 if name == "responsible" else 200)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Per key point its bound fields, for the template."""
        return [
            {
                "point": point,
                **{
                    name: self[f"{point.code}-{name}"]
                    for name in NAMES
                    if f"{point.code}-{name}" in self.fields
                },
            }
            for point in self.points
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.moved_plans() and data.get("reason"):
            for name, text in (
                ("cause", _("Choose the cause.")),
                ("party", _("Choose the responsible party.")),
            ):
                if not data.get(name):
                    self.add_error(name, text)
        return data

    def moved_plans(self) -> dict[str, Any]:
        """{code: new plan} of key points whose plan in force was written anew."""
        return {
            point.code: self.cleaned_data[f"{point.code}-planned_on"]
            for point in self.points
            if point.planned_on is not None
            and self.cleaned_data.get(f"{point.code}-planned_on") not in (None, point.planned_on)
        }

    def changes(self) -> dict[str, dict[str, Any]]:
        """As `set_milestones` takes them."""
        found: dict[str, dict[str, Any]] = {}
        for point in self.points:
            values = {
                name: self.cleaned_data[key]
                for name in NAMES
                # A field the browser did not send was not emptied by anyone.
                if (key := f"{point.code}-{name}") in self.fields and key in self.data
            }
            if "actual_on" in values and values["actual_on"] != point.actual_on:
                values["actual_precision"] = DatePrecision.DAY
            found[point.code] = values
        return found
