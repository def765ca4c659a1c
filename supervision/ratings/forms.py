from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ListFilter
from projects.fields import TextField
from supervision.ratings.models import BAD, Level, Outcome, Reason, Service
from supervision.ratings.services import MOST_TEXT, Said


class RateForm(forms.Form):
    """Five levels, reasons, own words; a name only if one wants to be called back."""

    level = forms.TypedChoiceField(
        label=_("How satisfied are you?"), choices=Level.choices, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five levels.")},
    )  # fmt: skip
    reasons = forms.MultipleChoiceField(
        label=_("Why"), choices=Reason.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    name = TextField(
        label=_("Your name"), max_length=60, required=False,
        help_text=_("Leave empty to stay anonymous. With a name you are called back after a bad rating."),
    )  # fmt: skip
    phone = TextField(label=_("Phone"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """All that is lacking is said at once."""
        data = super().clean() or {}
        if data.get("level") in BAD and data.get("name") and not data.get("phone"):
            self.add_error("phone", _("To be called back, leave a number; or leave the name empty too."))
        return data

    def said(self) -> Said:
        data = self.cleaned_data
        return Said(data["level"], tuple(data["reasons"]), data["text"], data["name"], data["phone"])


class PhoneForm(RateForm):
    note = TextField(label=_("Who called, when, from which number"), max_length=200)


class RatingFilter(ListFilter):
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("all")), ("bad", _("bad ones")), ("open", _("to be followed up"))],
    )
    level = forms.TypedChoiceField(
        label=_("Rating"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("all levels")), *Level.choices],
    )
    service = forms.ChoiceField(
        label=_("Service"), required=False, choices=[("", _("all services")), *Service.choices]
    )
    q = forms.CharField(label=_("Office or words"), required=False, max_length=60)


class ChanceFilter(ListFilter):
    q = forms.CharField(label=_("Project or matter"), required=False, max_length=60)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What the rater said on the phone"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect,
        choices=[(Outcome.MENDED, Outcome.MENDED.label), (Outcome.EXPLAINED, Outcome.EXPLAINED.label)],
    )  # fmt: skip
    answer = forms.CharField(
        label=_("What was done, or why it cannot be"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever gave the rating can read this once the case is closed."),
    )


class ObjectForm(forms.Form):
    text = forms.CharField(
        label=_("Why it should not count"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label=_("Decision"), coerce=lambda v: v == "yes", widget=forms.RadioSelect,
        choices=[
            ("yes", _("the objection is right: the rating is not adopted")),
            ("no", _("the objection is not right: follow up")),
        ],
    )  # fmt: skip
    text = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the rating is not adopted, whoever gave it can read this."),
    )  # fmt: skip


class PurposeForm(forms.Form):
    purpose = TextField(label=_("What you need it for"), max_length=200)
