from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput


class AskForm(forms.Form):
    wanted_on = forms.DateField(
        label=_("New date asked for"), widget=DateInput, error_messages={"required": _("Give the new date.")}
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why more time is needed.")},
    )


class DecideForm(forms.Form):
    opinion = forms.CharField(
        label=_("Opinion"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a rejection."),
    )


class ExemptForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why this duty is waived.")},
    )
