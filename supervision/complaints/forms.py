from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import BaseValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import DateInput, FilesField, ListFilter
from accounts.models import Department, Division
from accounts.outside.uploads import check_outside_file
from projects.fields import TextField, set_choices
from supervision.complaints import choices, handling, holding, receiving
from supervision.complaints.models import Channel, Complaint, Kind
from supervision.complaints.receiving import LEAST_TEXT, MOST_FILES, Said
from supervision.complaints.rounds import Outcome, SpokeWith
from supervision.complaints.states import State

ACCEPT = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx"
LEAST_REPLY, LEAST_CONTEST = 20, 10  # characters
ANONYMOUS, NAMED = "anon", "named"


class LongEnough(BaseValidator):
    """At least so many characters, told with how many there are."""

    message = gettext_lazy("Please write at least %(limit_value)d characters, there are %(show_value)d now.")
    code = "short"

    def compare(self, value: int, least: int) -> bool:
        return value < least

    def clean(self, value: str) -> int:
        return len("".join(value.split()))


def _lines(
    label: Any, rows: int = 3, *, required: bool = True, help_text: Any = "", least: int = 0
) -> forms.CharField:
    """Text of several lines; its length is told by the service, so that what was typed comes back whole."""
    if least and not help_text:
        help_text = format_lazy(gettext_lazy("At least {n} characters."), n=least)
    return forms.CharField(
        label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text,
        validators=[LongEnough(least)] if least else [],
    )  # fmt: skip


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
    kind = forms.ChoiceField(
        label=_("What kind"), choices=[("", _("choose the kind")), *Kind.choices],
        error_messages={"required": _("Choose what kind of complaint it is.")},
    )  # fmt: skip
    about_project = TextField(label=_("About which project"), max_length=120, required=False)
    happened = TextField(label=_("When"), max_length=60, required=False)
    text = _lines(
        _("What went on"), 6,
        help_text=format_lazy(
            _("At least {n} characters. If you do not want to be known, leave out your name, phone and position."),
            n=LEAST_TEXT,
        ),
    )  # fmt: skip
    uploads = _papers()
    held: list[holding.Held]
    good: list[Any]
    lost = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held, self.good = [], []
        today = clock.today()
        set_choices(self, "division", choices.places(today))
        set_choices(self, "department", choices.units(today))
        self.fields["about_project"].widget.attrs["placeholder"] = _("name of the project or company")
        self.fields["happened"].widget.attrs["placeholder"] = _("such as 12 October, 10 o'clock")
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean_text(self) -> str:
        try:
            receiving.checked_text(self.cleaned_data["text"])
        except DomainError as refusal:
            raise ValidationError(str(refusal.message)) from None
        return str(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """Everything wrong at once: fields, unit, name and each file."""
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
        if data.get("sign") == NAMED:
            for wanted in ("name", "phone"):
                if not data.get(wanted) and wanted not in self.errors:
                    self.add_error(
                        wanted, _("With your name we need name and phone; or choose “Anonymous” above.")
                    )
        data["place"] = division
        self._clean_files(data)
        return data

    def _clean_files(self, data: dict[str, Any]) -> None:
        """Good files apart from refused ones; those of the try before come back by their tokens."""
        tokens = self.data.getlist("held") if hasattr(self.data, "getlist") else []
        self.held = holding.held_of(tokens, MOST_FILES)
        self.good = []
        chosen = data.get("uploads") or []
        for upload in chosen[: MOST_FILES + 1]:
            try:
                self.good.append(check_outside_file(upload, field="uploads")[1])
            except DomainError as refusal:
                self.add_error("uploads", str(refusal.message))
        if len(chosen) + len(self.held) > MOST_FILES:
            self.add_error(
                "uploads",
                ngettext("At most %(n)d file is possible.", "At most %(n)d files are possible.", MOST_FILES)
                % {"n": MOST_FILES},
            )
            self.good = []
        data["uploads"] = [*(one.open() for one in self.held), *self.good]

    def hold_files(self, who: str) -> None:
        """The form comes back: its good files need not be chosen again. `who`: the sender's address."""
        if self.good:
            self.held += holding.hold(self.good, who=who)
            self.lost = len(self.held) < len(self.good)
            self.good = []

    def said(self) -> Said:
        data = self.cleaned_data
        named = data["sign"] == NAMED
        who = {key: data[key] if named else "" for key in ("name", "phone", "mail", "address")}
        return Said(
            division=data["place"], department=data["unit"], kind=data["kind"], text=data["text"],
            about_project=data["about_project"], happened=data["happened"], **who,
        )  # fmt: skip


class PublicForm(ComplainForm):
    """With the word that it is true, and the answer to the sum, of which the view says whether it is right."""

    honest = forms.BooleanField(
        label=_("What I write is true as far as I know"),
        error_messages={"required": _("Please tick that it is true as far as you know.")},
    )
    answer = forms.CharField(label=_("Sum"), max_length=20, required=False)


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
    """Words or files: one of both is needed, so neither is called optional."""

    text = _lines(_("Further word"), 3, help_text=_("Write something or choose a file."))
    uploads = _papers()

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
        self.fields["text"].error_messages["required"] = _("Write something or choose a file.")
        self.use_required_attribute = False  # the browser cannot know of the file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("uploads") and not data.get("text"):
            self.errors.pop("text", None)
            data["text"] = ""
        return data


class TextForm(forms.Form):
    text = _lines(_("Text"), 4)

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label


class ReplyForm(forms.Form):
    """The answer to the complainant; what goes out is checked once more."""

    text = _lines(_("Answer to the complainant"), 6, least=LEAST_REPLY)
    sure = forms.BooleanField(
        label=_("I have read it over: the complainant reads it at once"),
        error_messages={"required": _("Read it over and tick that it can go out.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {name: value for name, value in data.items() if name != "sure"}


class ContestForm(forms.Form):
    """The complainant's one objection."""

    text = _lines(_("What is still wrong"), 4, least=LEAST_CONTEST)
    uploads = _papers()
    once = forms.BooleanField(
        label=_("I know that this is possible once"),
        error_messages={"required": _("Tick that this is possible once.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {name: value for name, value in data.items() if name != "once"}


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
        set_choices(self, "handler", choices.handler_groups(complaint, list(self._rows.values())))
        if complaint.round > 1:
            self.fields["handler"].help_text = _("Looked at once more: somebody else than the first time.")
        if complaint.asked_at is not None:
            del self.fields["ask_unit"]  # asked once

    def clean_handler(self) -> Department | None:
        return self._rows.get(self.cleaned_data["handler"])


class StatementForm(forms.Form):
    """The unit's side, with papers."""

    text = _lines(_("Statement of your unit"), 5)
    uploads = _papers()


class FinishForm(forms.Form):
    """What was found. While the unit's statement is still awaited, why it is not waited for."""

    outcome = forms.ChoiceField(label=_("What was found"), choices=Outcome.choices, widget=forms.RadioSelect)
    finding = _lines(_("Finding and what was done"), 5)
    no_wait = _lines(_("Why the statement of the unit is not waited for"), 2, required=False)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        until = handling.waits_for_statement(complaint, clock.today())
        if until is None:
            del self.fields["no_wait"]
            return
        self.fields["no_wait"].required = True
        self.fields["no_wait"].help_text = _("It was asked for and is due by %(day)s.") % {
            "day": until.isoformat()
        }


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
    text = _lines(_("What the complainant says is still wrong"), 4, least=LEAST_CONTEST)
    field_order = ["text", "call_with", "call_on"]


class PurposeForm(forms.Form):
    purpose = TextField(label=_("What you need the name for"), max_length=200)


class ComplaintFilter(ListFilter):
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
