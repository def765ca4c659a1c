"""The forms of the steps that office, handler, unit and discipline inspection take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import DateInput, ListFilter
from accounts.models import Department
from projects.fields import TextField, set_choices
from supervision.complaints import choices, handling
from supervision.complaints.checks import LEAST_CONTEST, LEAST_REPLY
from supervision.complaints.forms import lines, papers
from supervision.complaints.models import Channel, Complaint, Kind
from supervision.complaints.rounds import Outcome, SpokeWith
from supervision.complaints.states import State


class ReplyForm(forms.Form):
    """The answer to the complainant; what goes out is checked once more."""

    text = lines(_("Answer to the complainant"), 6, least=LEAST_REPLY)
    sure = forms.BooleanField(
        label=_("I have read it over: the complainant reads it at once"),
        error_messages={"required": _("Read it over and tick that it can go out.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {name: value for name, value in data.items() if name != "sure"}


class NoteForm(forms.Form):
    """The note of discipline inspection, and what of it the complainant reads."""

    text = lines(_("What discipline inspection decided"), 4)
    told = lines(
        _("Told to the complainant"), 3, required=False,
        help_text=_("Read with the query code, also once it is closed. Leave it empty to tell nothing now."),
    )  # fmt: skip


class MendedForm(forms.Form):
    """It was mended. The office may write to the complainant with it; the handler may not."""

    text = lines(_("What was mended and how it was checked"), 3)
    told = lines(
        _("Told to the complainant"), 2, required=False,
        help_text=_("The complainant reads in any case that it was mended, and on which day."),
    )  # fmt: skip

    def __init__(self, *args: Any, office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not office:
            del self.fields["told"]


class ReasonForm(forms.Form):
    reason = lines(_("Reason"), 3)


class WhyForm(forms.Form):
    why = lines(_("What was not mended"), 2)


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
    summary = lines(
        _("Version for handler and unit"), 6,
        help_text=_(
            "Only this goes out. Leave out names, phones, company and project, and whatever only the complainant can know."
        ),
    )  # fmt: skip
    ask_unit = forms.BooleanField(label=_("Ask the unit for its statement"), required=False, initial=True)
    same_why = lines(_("Why the same one again"), 2, required=False)
    sure = forms.BooleanField(label=_("I have checked: nothing in it tells who complained"), required=False)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = {str(row.pk): row for row in choices.handlers(complaint, clock.today())}
        set_choices(self, "handler", choices.handler_groups(complaint, list(self._rows.values())))
        if complaint.round > 1:
            self.fields["handler"].help_text = _("Looked at once more: somebody else than the first time.")
            self.fields["same_why"].help_text = _(
                "Needed only if it is the one who handled it the first time."
            )
        else:
            del self.fields["same_why"]
        if complaint.asked_at is not None:
            del self.fields["ask_unit"]  # asked once
        elif would_warn(complaint):
            self.fields["ask_unit"].help_text = _(
                "Think it over: asking tells the unit at once that it is complained about."
            )

    def clean_handler(self) -> Department | None:
        return self._rows.get(self.cleaned_data["handler"])


def would_warn(complaint: Complaint) -> bool:
    """Whether asking the unit might warn those who are looked into: it lies with discipline inspection, or should."""
    return complaint.escalated_at is not None or complaint.kind == Kind.GRAFT


class StatementForm(forms.Form):
    """The unit's side, with papers."""

    text = lines(_("Statement of your unit"), 5)
    uploads = papers()


class FinishForm(forms.Form):
    """What was found. While the unit's statement is still awaited, why it is not waited for."""

    outcome = forms.ChoiceField(label=_("What was found"), choices=Outcome.choices, widget=forms.RadioSelect)
    finding = lines(_("Finding and what was done"), 5)
    no_wait = lines(_("Why the statement of the unit is not waited for"), 2, required=False)

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


class CallerWordForm(CallForm):
    """What a caller adds, before or after the answer."""

    text = lines(_("What the caller adds"), 3)
    field_order = ["text", "call_with", "call_on"]


class CalledForm(CallForm):
    """What a caller thinks of the answer."""

    satisfied = forms.TypedChoiceField(
        label=_("What the complainant says"), coerce=lambda v: v == "yes", widget=forms.RadioSelect,
        choices=[("yes", _("satisfied")), ("no", _("not satisfied"))],
    )  # fmt: skip
    call_note = lines(_("What was said on the phone"), 3, help_text=_("Without name, phone and address."))
    field_order = ["satisfied", "call_with", "call_on", "call_note"]


class CallerContestForm(CallForm):
    text = lines(_("What the complainant says is still wrong"), 4, least=LEAST_CONTEST)
    field_order = ["text", "call_with", "call_on"]


class PurposeForm(forms.Form):
    purpose = TextField(label=_("What you need the name for"), max_length=200)


class ComplaintFilter(ListFilter):
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("", _("open ones")), ("late", _("overdue")), ("mending", _("to be mended")),
            ("escalated", _("with discipline inspection")), ("all", _("all")),
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
