"""The form for a new token."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput
from accounts.models import Posting
from accounts.tokens.services import LONGEST_DAYS

USUAL_DAYS = 180


class TokenForm(forms.Form):
    """`postings`: the person's own in force, the acting one first."""

    label = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        help_text=_("Which system will use it, such as: ledger of the county's investment platform."),
        error_messages={"required": _("Say which system will use the token and for what.")},
    )
    posting = forms.ModelChoiceField(
        label=_("In the name of which posting"),
        queryset=Posting.objects.none(),
        empty_label=None,
        help_text=_("The program sees and may do what this posting may, and nothing of your others."),
    )
    expires_on = forms.DateField(label=_("Last day (inclusive)"), widget=DateInput())

    def __init__(self, data: Any, *, postings: list[Posting], today: date) -> None:
        initial = {"posting": postings[0].pk, "expires_on": today + timedelta(days=USUAL_DAYS)}
        super().__init__(data, initial=initial)
        choice: Any = self.fields["posting"]
        choice.queryset = Posting.objects.filter(pk__in=[p.pk for p in postings]).select_related(
            "division", "department"
        )
        last = today + timedelta(days=LONGEST_DAYS)
        self.fields["expires_on"].widget.attrs.update({"min": today.isoformat(), "max": last.isoformat()})
        self.fields["expires_on"].help_text = _("At most %(days)d days ahead.") % {"days": LONGEST_DAYS}
