"""Pausing, resuming and ending a project."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from projects.fields import DayField, TextField
from projects.models import Party, PauseReason, ProjectState


class PauseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why it is paused"), choices=[("", _("choose")), *PauseReason.choices])
    party = forms.ChoiceField(
        label=_("Responsible party"),
        choices=[("", _("choose")), *Party.choices],
        help_text=_("Only time lost through the organ counts against it."),
    )
    starts_on = DayField(label=_("From (inclusive)"))
    review_on = DayField(label=_("To be reviewed on"), help_text=_("At the latest in a year."))
    note = TextField(label=_("Explanation"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = clock.today()


class ResumeForm(forms.Form):
    resumed_on = DayField(label=_("First day that counts again"))
    note = TextField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resumed_on"].initial = clock.today()


class ProlongForm(forms.Form):
    review_on = DayField(label=_("To be reviewed on"), help_text=_("At the latest in a year."))
    note = TextField(
        label=_("Why the pause goes on"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class EndForm(forms.Form):
    state = forms.ChoiceField(
        label=_("How it ends"),
        choices=[
            ("", _("choose")),
            (ProjectState.TERMINATED, _("contract terminated")),
            (ProjectState.WITHDRAWN, _("investment withdrawn")),
        ],
    )
    ended_on = DayField(label=_("Last day of the project"))
    reason = TextField(
        label=_("Why it ends"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Cause, whose it is, what became of money and land. Asked for in the trace-back check."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput())
