from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import DateInput, FilesField
from accounts.models import Department, Division
from projects.fields import TextField, set_choices
from supervision.complaints import choices
from supervision.complaints.models import Channel, Complaint, Kind
from supervision.complaints.receiving import Said
from supervision.complaints.rounds import Outcome, SpokeWith
from supervision.complaints.states import State

ACCEPT = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx"
ANONYMOUS, NAMED = "anon", "named"


def _lines(label: Any, rows: int = 3, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Text of several lines; its length is told by the service, so that what was typed comes back whole."""
    return forms.CharField(
        label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text
    )


def _papers() -> FilesField:
    return FilesField(
        label=_("Papers and photos"), accept=ACCEPT,
        help_text=_("Photos, PDF, Word, Excel; 6 at most. The place where a photo was taken is removed from it."),
    )  # fmt: skip


class ComplainForm(forms.Form):
    """The public form; the phone form adds nothing but the caller's leave to name himself."""

    sign = forms.ChoiceField(
        label=_("With your name or without"),
        choices=[(ANONYMOUS, _("Anonymous")), (NAMED, _("With my name"))],
        initial=ANONYMOUS,
        widget=forms.RadioSelect,
    )
    name = TextField(label=_("Name"), max_length=60, required=False)
    phone = TextField(label=_("Mobile phone"), max_length=40, required=False)
    mail = TextField(label=_("Mail address"), max_length=120, required=False)
    address = TextField(label=_("Postal address"), max_length=160, required=False)
    division = forms.ChoiceField(
        label=_("Where it happened"), error_messages={"required": _("Choose where it happened.")}
    )
    department = forms.ChoiceField(label=_("About which unit"), required=False)
    kind = forms.ChoiceField(label=_("What kind"), choices=Kind.choices)
    about_project = TextField(label=_("About which project"), max_length=120, required=False)
    happened = TextField(label=_("When"), max_length=60, required=False)
    text = _lines(
        _("What went on"), 6, help_text=_("If you do not want to be known, leave out your name, phone and position.")
    )  # fmt: skip
    uploads = _papers()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        set_choices(self, "division", choices.places(today))
        set_choices(self, "department", choices.units(today))
        self.fields["about_project"].widget.attrs["placeholder"] = _("name of the project or company")
        self.fields["happened"].widget.attrs["placeholder"] = _("such as 12 October, 10 o'clock")
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        division = Division.objects.filter(pk=data.get("division") or None).first()
        code = data.get("department") or ""
        data["unit"] = choices.unit_of(division, code, clock.today()) if division and code else None
        if division and code and data["unit"] is None:
            self.add_error(
                "department",
                ValidationError(
                    _("%(place)s has no such unit. Choose another one, or “I do not know”."),
                    params={"place": division.name},
                ),
            )
        if data.get("sign") == NAMED and not (data.get("name") and data.get("phone")):
            wanted = "phone" if data.get("name") else "name"
            if wanted not in self.errors:
                self.add_error(
                    wanted, _("With your name we need name and phone; or choose “Anonymous” above.")
                )
        data["place"] = division
        return data

    def said(self) -> Said:
        data = self.cleaned_data
        named = data["sign"] == NAMED
        who = {key: data[key] if named else "" for key in ("name", "phone", "mail", "address")}
        return Said(
            division=data["place"], department=data["unit"], kind=data["kind"], text=data["text"],
            about_project=data["about_project"], happened=data["happened"], **who,
        )  # fmt: skip


class PublicForm(ComplainForm):
    honest = forms.BooleanField(
        label=_("What I write is true as far as I know"), initial=True,
        error_messages={"required": _("Please tick that it is true as far as you know.")},
    )  # fmt: skip


class LookupForm(forms.Form):
    receipt = forms.CharField(
        label=_("Receipt number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "TS20261023-0417"}),
    )
    code = forms.CharField(
        label=_("Query code"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("12 letters and figures; shown when the complaint was sent. Dashes may be left out."),
    )  # fmt: skip


class WordForm(forms.Form):
    text = _lines(_("Further word"), 3, required=False)
    uploads = _papers()


class TextForm(forms.Form):
    text = _lines(_("Text"), 4)

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label


class ReasonForm(forms.Form):
    reason = _lines(_("Reason"), 3)


class WhyForm(forms.Form):
    why = _lines(_("What was not mended"), 2)


class AcceptForm(forms.Form):
    department = forms.ChoiceField(label=_("Name the unit, if it is clear"), required=False)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = (
            {}
            if complaint.department_id
            else {str(d.pk): d for d in choices.units_of(complaint, clock.today())}
        )
        set_choices(
            self, "department", [("", complaint.unit_name), *((pk, d.name) for pk, d in self._rows.items())]
        )

    def clean_department(self) -> Department | None:
        return self._rows.get(self.cleaned_data["department"])


class AssignForm(forms.Form):
    handler = forms.ChoiceField(label=_("Who handles it"), required=False)
    summary = _lines(
        _("Version for handler and unit"), 6,
        help_text=_(
            "Only this goes out. Leave out names, phones, company and project, and whatever only the complainant can know."
        ),
    )  # fmt: skip
    ask_unit = forms.BooleanField(label=_("Ask the unit for its statement"), required=False, initial=True)
    sure = forms.BooleanField(label=_("I have checked: nothing in it tells who complained"), required=False)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = {str(row.pk): row for row in choices.handlers(complaint, clock.today())}
        own = _("this office itself (%(name)s)") % {"name": complaint.office_name}
        set_choices(self, "handler", [("", own), *((pk, row.name) for pk, row in self._rows.items())])

    def clean_handler(self) -> Department | None:
        return self._rows.get(self.cleaned_data["handler"])


class FinishForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What was found"), choices=Outcome.choices, widget=forms.RadioSelect)
    finding = _lines(_("Finding and what was done"), 5)


class CallForm(forms.Form):
    """The call itself: whom the office spoke to, and on which day."""

    call_with = forms.ChoiceField(label=_("Spoken with"), choices=SpokeWith.choices, initial=SpokeWith.SELF)
    call_on = forms.DateField(label=_("Day of the call"), widget=DateInput())


class CalledForm(CallForm):
    """What a caller thinks of the answer."""

    satisfied = forms.TypedChoiceField(
        label=_("What the complainant says"), coerce=lambda v: v == "yes", widget=forms.RadioSelect,
        choices=[("yes", _("satisfied")), ("no", _("not satisfied"))],
    )  # fmt: skip
    call_note = _lines(_("What was said on the phone"), 3, help_text=_("Without name, phone and address."))
    field_order = ["satisfied", "call_with", "call_on", "call_note"]


class CallerContestForm(CallForm):
    text = _lines(_("What the complainant says is still wrong"), 4)
    field_order = ["text", "call_with", "call_on"]


class PurposeForm(forms.Form):
    purpose = TextField(label=_("What you need the name for"), max_length=200)


class ComplaintFilter(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("", _("open ones")), ("late", _("overdue")), ("escalated", _("with discipline inspection")), ("all", _("all")),
        ],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *State.choices]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all kinds")), *Kind.choices])
    channel = forms.ChoiceField(
        label=_("How it came"), required=False, choices=[("", _("all ways")), *Channel.choices]
    )
    q = forms.CharField(label=_("Number or unit"), required=False, max_length=60)

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
