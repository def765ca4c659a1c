from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import BaseValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import FilesField
from accounts.models import Division
from accounts.outside.uploads import check_outside_file
from projects.fields import TextField, set_choices
from supervision.complaints import choices, holding, receiving
from supervision.complaints.checks import LEAST_CONTEST
from supervision.complaints.models import Kind
from supervision.complaints.receiving import LEAST_TEXT, MOST_FILES, Said

ACCEPT = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx"
ANONYMOUS, NAMED = "anon", "named"


class LongEnough(BaseValidator):
    """At least so many characters, told with how many there are."""

    message = gettext_lazy("Please write at least %(limit_value)d characters, there are %(show_value)d now.")
    code = "short"

    def compare(self, value: int, least: int) -> bool:
        return value < least

    def clean(self, value: str) -> int:
        return len("".join(value.split()))


def lines(
    label: Any, rows: int = 3, *, required: bool = True, help_text: Any = "", least: int = 0
) -> forms.CharField:
    """Text of several lines; its length is told by the service, so that what was typed comes back whole."""
    if least and not help_text:
        help_text = format_lazy(gettext_lazy("At least {n} characters."), n=least)
    return forms.CharField(
        label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text,
        validators=[LongEnough(least)] if least else [],
    )  # fmt: skip


def papers() -> FilesField:
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
    text = lines(
        _("What went on"), 6,
        help_text=format_lazy(
            _("At least {n} characters. If you do not want to be known, leave out your name, phone and position."),
            n=LEAST_TEXT,
        ),
    )  # fmt: skip
    uploads = papers()
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
        if data.get("sign") == NAMED:  # as the service asks, here beside each field at once
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
        if lost := len(set(tokens)) - len(self.held):
            self.add_error(
                "uploads",
                ngettext(
                    "%(n)d file kept from before is there no more. Choose it again, or send without it.",
                    "%(n)d files kept from before are there no more. Choose them again, or send without them.",
                    lost,
                )
                % {"n": lost},
            )
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
            kept = holding.hold(self.good, who=who)
            self.held += kept
            self.lost = len(kept) < len(self.good)
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
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "TS202610-0417"}),
    )
    code = forms.CharField(
        label=_("Query code"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("12 letters and figures; shown when the complaint was sent. Dashes may be left out."),
    )  # fmt: skip


class WordForm(forms.Form):
    """Words or files: one of both is needed, so neither is called optional."""

    text = lines(_("Further word"), 3, help_text=_("Write something or choose a file."))
    uploads = papers()

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


class ContestForm(forms.Form):
    """The complainant's one objection."""

    text = lines(_("What is still wrong"), 4, least=LEAST_CONTEST)
    uploads = papers()
    once = forms.BooleanField(
        label=_("I know that this is possible once"),
        error_messages={"required": _("Tick that this is possible once.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {name: value for name, value in data.items() if name != "once"}
