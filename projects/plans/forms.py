"""Asking for new planned dates, deciding, taking back; and the filter of the list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.files import ACCEPT
from projects.fields import DayField, TextField
from projects.models import ChangeReason, ChangeState, Milestone, Party


def file_field(label: Any) -> forms.FileField:
    """An optional upload of the kinds that are kept; what is wrong with it is said by the service."""
    return forms.FileField(
        label=label,
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,
        help_text=_("PDF, photo, Word, Excel, WPS or OFD, at most 20 MB."),
    )


class AskForm(forms.Form):
    """One date per unfinished key point that has a plan, called by its code; empty: it keeps its plan."""

    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[("", _("choose")), *ChangeReason.choices],
        error_messages={"required": _("Choose the cause.")},
    )
    party = forms.ChoiceField(
        label=_("Responsible party"),
        choices=[("", _("choose")), *Party.choices],
        error_messages={"required": _("Choose the responsible party.")},
        help_text=_("Whose delay it is. Letters and deductions rest on the organ's alone."),
    )
    evidence = TextField(
        label=_("Explanation and evidence"), max_length=2000,
        error_messages={"required": _("Explain the change and what proves it.")},
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happened, what was done against it, which document proves it."),
    )  # fmt: skip
    file = file_field(_("Proof"))

    def __init__(
        self, data: Any = None, files: Any = None, *, points: Sequence[Milestone], initial: Any = None
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.points = [point for point in points if point.actual_on is None and point.planned_on]
        for point in self.points:
            field = DayField(
                label=_("New plan: %(name)s") % {"name": point.get_code_display()}, required=False
            )
            field.widget.attrs["aria-label"] = field.label
            self.fields[point.code] = field

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"point": point, "field": self[point.code]} for point in self.points]

    @property
    def rest(self) -> list[Any]:
        return [self[name] for name in ("cause", "party", "evidence", "file")]

    def wanted(self) -> Mapping[str, date]:
        """{code: new plan} of the dates that were written."""
        return {
            point.code: self.cleaned_data[point.code]
            for point in self.points
            if self.cleaned_data.get(point.code)
        }


class OpinionForm(forms.Form):
    opinion = TextField(
        label=_("Opinion"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when it is not granted; the one who asked reads it."),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    reason = TextField(label=_("Why it is taken back"), max_length=500)


class ChangeFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *ChangeState.choices]
    )
    cause = forms.ChoiceField(
        label=_("Cause"), required=False, choices=[("", _("all")), *ChangeReason.choices]
    )
    party = forms.ChoiceField(
        label=_("Responsible party"), required=False, choices=[("", _("all")), *Party.choices]
    )
    q = forms.CharField(label=_("Project"), required=False, max_length=60)

    def apply(self, rows: Any) -> Any:
        """A value that cannot be read filters nothing away but is marked."""
        self.is_valid()
        wanted = self.cleaned_data
        for name, field in (("state", "state"), ("cause", "reason"), ("party", "party")):
            if wanted.get(name):
                rows = rows.filter(**{field: wanted[name]})
        if wanted.get("q"):
            rows = rows.filter(project__name__icontains=wanted["q"].strip())
        return rows
