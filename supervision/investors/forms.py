from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import FilesField
from projects.fields import DayField, TextField

HALF_A_YEAR = timedelta(days=183)


class InviteForm(forms.Form):
    name = TextField(label=_("Who is invited"), max_length=60)
    phone = TextField(label=_("Phone"), max_length=40, required=False)
    address = TextField(
        label=_("Mail address"), max_length=200, required=False,
        help_text=_("Once its owner has confirmed it, the link and later notices are sent there."),
    )  # fmt: skip
    expires_on = DayField(label=_("Good until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = clock.today() + HALF_A_YEAR


class CodeForm(forms.Form):
    """A code typed by hand. `paper`: the one printed under a QR code for rating, not that of an invitation."""

    code = forms.CharField(
        label=_("Invitation code"), max_length=40, help_text=_("12 letters and figures, as the officer gave it to you")
    )  # fmt: skip

    def __init__(self, *args: Any, paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if paper:
            self.fields["code"].label = _("Rating code")
            self.fields["code"].help_text = _("12 letters and figures, printed under the QR code")


class AnswerForm(forms.Form):
    """What the company says to a ticket: `say` yes or no, with a reason for no."""

    say = forms.ChoiceField(choices=[("yes", _("yes")), ("no", _("no"))])
    why = forms.CharField(required=False, max_length=2000)
    turn = forms.IntegerField(required=False)


class MaterialForm(forms.Form):
    uploads = FilesField(
        label=_("Files or photos"),
        required=True,
        error_messages={"required": _("Choose at least one file or photo.")},
    )  # fmt: skip
    note = TextField(label=_("Note"), max_length=300, required=False)


class OwnPasswordForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=40, help_text=_("4 to 40 letters or figures"))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("Password once more"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data
