"""Forms of tickets. Each says which service it feeds; files come beside the form, checked by the service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, FilesField, long_text
from accounts.models import Department, User
from approvals.tickets.models import Side, TicketKind, TicketSource
from approvals.tickets.opening import SOURCES_BY_SIDE

# What people of the company read instead of the office's words.
PLAIN_LABELS = {
    "kind": _("What it is about"), "title": _("In a few words"), "text": _("What is the matter"),
    "uploads": _("Photos or files"),
}  # fmt: skip


class OpenForm(forms.Form):
    """A new ticket. The investor gives kind, words and files; the office also source, office, limit, materials."""

    kind = forms.ChoiceField(label=_("What kind of help"), choices=TicketKind.choices)
    title = forms.CharField(
        label=_("What is needed, in a few words"),
        max_length=120,
        error_messages={"required": _("Say in a few words what is needed.")},
    )
    text = long_text(
        _("Details"),
        help_text=_("What, where, since when; who was asked already."),
        error_messages={"required": _("Describe the matter: what, where, since when.")},
    )
    source = forms.ChoiceField(label=_("Where from"))
    source_note = forms.CharField(
        label=_("Meeting or complaint"),
        max_length=120,
        required=False,
        help_text=_("For instance its day or number."),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Office in charge"), required=False,
        empty_label=_("by the kind of help"),
    )  # fmt: skip
    due_on = forms.DateField(
        label=_("To be done by"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: by the rule, from acceptance."),
    )
    agreed_there = forms.BooleanField(
        label=_("The company agreed at the meeting"),
        required=False,
        help_text=_("Only for a ticket from a meeting. Otherwise the investor is asked first."),
    )
    materials = long_text(_("Materials the investor brings"), required=False, rows=2)
    uploads = FilesField()

    def __init__(
        self, data: Any, uploads: Any, *, side: str, departments: list[Department], initial: Any = None
    ):
        super().__init__(data, uploads, initial=initial)
        if side == Side.INVESTOR:
            for name in ("source", "source_note", "department", "due_on", "agreed_there", "materials"):
                del self.fields[name]
            for name, words in PLAIN_LABELS.items():
                self.fields[name].label = words
            return
        source: Any = self.fields["source"]
        source.choices = [(code, TicketSource(code).label) for code in SOURCES_BY_SIDE[Side.OFFICE]]
        office: Any = self.fields["department"]
        office.queryset = Department.objects.filter(pk__in=[row.pk for row in departments])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("agreed_there") and data.get("source") != TicketSource.MEETING:
            self.add_error(
                "agreed_there",
                _("Choose “agreed at a meeting” above, or leave this empty and the investor is asked."),
            )
        return data

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class MessageForm(forms.Form):
    text = long_text(_("Message"), required=False)
    uploads = FilesField()


class TurnForm(forms.Form):
    """Base of the moves: `turn` is the state of the page the person saw."""

    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class AcceptForm(TurnForm):
    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Person in charge"),
        required=False,
        empty_label=_("the office as a whole"),
    )
    due_on = forms.DateField(
        label=_("To be done by"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: the day by the rule."),
    )
    materials = long_text(_("Materials the investor brings"), required=False, rows=2)
    text = long_text(_("Answer to the investor"), required=False, rows=2)

    def __init__(self, data: Any = None, *, people: list[User], limit_set: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = User.objects.filter(pk__in=[row.pk for row in people])
        if limit_set:
            del self.fields["due_on"]


class AssignForm(TurnForm):
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person in charge"), empty_label=_("choose"))
    text = long_text(_("Note"), required=False, rows=2)

    def __init__(self, data: Any = None, *, people: list[User], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = User.objects.filter(pk__in=[row.pk for row in people])


class PassForm(TurnForm):
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("To which office"), empty_label=_("choose")
    )
    reason = long_text(_("Why"), rows=2, error_messages={"required": _("Say why; the other side reads it.")})

    def __init__(self, data: Any = None, *, departments: list[Department], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        office: Any = self.fields["department"]
        office.queryset = Department.objects.filter(pk__in=[row.pk for row in departments])


class ReasonForm(TurnForm):
    """Refusing, escalating, reopening, withdrawing, closing without an answer: a reason, perhaps files."""

    reason = long_text(_("Why"), error_messages={"required": _("Say why; the other side reads it.")})
    uploads = FilesField()


class PlainReasonForm(TurnForm):
    reason = long_text(_("Why"), error_messages={"required": _("Say why; the other side reads it.")})


class AnswerForm(TurnForm):
    text = long_text(
        _("Answer to the lower tier"),
        error_messages={"required": _("Write what was decided or found out.")},
    )
    uploads = FilesField()


class ResultForm(TurnForm):
    result = long_text(
        _("What was done"),
        error_messages={"required": _("Write what was done, so that the investor can confirm it.")},
    )
    uploads = FilesField()


class TimeForm(TurnForm):
    wanted_on = forms.DateField(label=_("New limit"), widget=DateInput())
    reason = long_text(_("Why"), rows=2, error_messages={"required": _("Say why; the other side reads it.")})


class AgreedForm(TurnForm):
    text = long_text(
        _("Who of the company agreed, when and how"),
        rows=2,
        error_messages={"required": _("Write who of the company agreed, when and how.")},
    )


class SayForm(TurnForm):
    text = long_text(_("Note"), required=False, rows=2)


class TicketFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(label=_("Project, matter or number"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all")), *TicketKind.choices])
    show = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("open")), ("mine", _("for me to act on")), ("red", _("seriously overdue")), ("late", _("overdue")),
            ("upper", _("lies above the county")), ("investor", _("waits for the investor")),
            ("closed", _("closed out")), ("all", _("all")),
        ],
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs["class"] = "is-long"
