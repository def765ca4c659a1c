"""The steps of a complaint as the office's page offers them: how each is called, its form, its service, for which seats."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from supervision.complaints import checks, handling, limits, mending, rights, words
from supervision.complaints.forms import WordForm
from supervision.complaints.models import Channel, Complaint, Step
from supervision.complaints.office_forms import (
    AcceptForm,
    AssignForm,
    CalledForm,
    CallerContestForm,
    CallerWordForm,
    FinishForm,
    MendedForm,
    NoteForm,
    ReasonForm,
    ReplyForm,
    StatementForm,
    WhyForm,
    would_warn,
)
from supervision.complaints.states import State

Maker = Callable[[HttpRequest, Complaint], forms.Form]
OFFICE = ("office",)


@dataclass(frozen=True, slots=True)
class StepForm:
    """`make` binds what was sent; `service` takes the form's fields; `done` is said afterwards."""

    heading: Any
    button: Any
    done: Any
    service: Callable[..., Any]
    make: Maker
    seats: tuple[str, ...] = OFFICE
    with_files: bool = False


def _plain(form: type[forms.Form]) -> Maker:
    return lambda request, _complaint: form(request.POST)


def _of_complaint(form: Callable[..., forms.Form]) -> Maker:
    return lambda request, complaint: form(request.POST, complaint=complaint)


STEPS: dict[str, StepForm] = {
    "accept": StepForm(
        gettext_lazy("Accept"), gettext_lazy("Accept the complaint"), gettext_lazy("Accepted."),
        handling.accept, _of_complaint(AcceptForm),
    ),
    "refuse": StepForm(
        gettext_lazy("Do not accept"), gettext_lazy("Do not accept this complaint"),
        gettext_lazy("Not accepted; the complainant reads the reason."), handling.refuse, _plain(ReasonForm),
    ),
    "assign": StepForm(
        gettext_lazy("Name who handles it"), gettext_lazy("Give it out"), gettext_lazy("Given out."),
        handling.assign, _of_complaint(AssignForm),
    ),
    "finish": StepForm(
        gettext_lazy("Record what was found"), gettext_lazy("Record the finding"),
        gettext_lazy("Recorded. The office answers the complainant."), handling.finish, _of_complaint(FinishForm),
        seats=("office", "handler"),
    ),
    "back": StepForm(
        gettext_lazy("Send back to the handler"), gettext_lazy("Send it back"), gettext_lazy("Sent back."),
        handling.send_back, _plain(ReasonForm),
    ),
    "reply": StepForm(
        gettext_lazy("Answer the complainant"), gettext_lazy("Send the answer"),
        gettext_lazy("Answered. The complainant reads it with the query code."), handling.reply, _plain(ReplyForm),
    ),
    "correct": StepForm(
        gettext_lazy("Correct the answer, not read yet"), gettext_lazy("Send the corrected answer"),
        gettext_lazy("The answer is corrected."), handling.correct, _plain(ReplyForm),
    ),
    "called": StepForm(
        gettext_lazy("Enter what the caller thinks of the answer"), gettext_lazy("Enter the word of the caller"),
        gettext_lazy("Recorded."), handling.say_by_phone, _plain(CalledForm),
    ),
    "contest": StepForm(
        gettext_lazy("Caller contests: once more"), gettext_lazy("Look at it once more"),
        gettext_lazy("It is looked at once more."), handling.contest_by_phone, _plain(CallerContestForm),
    ),
    "close": StepForm(
        gettext_lazy("Close"), gettext_lazy("Close the complaint"), pgettext_lazy("complaint", "Closed."),
        handling.close, _plain(forms.Form),
    ),
    "press": StepForm(
        gettext_lazy("Press the handler"), gettext_lazy("Press now"), gettext_lazy("Pressed."),
        handling.press, _plain(forms.Form),
    ),
    "escalate": StepForm(
        gettext_lazy("Hand to discipline inspection"), gettext_lazy("Hand it over"),
        gettext_lazy("Handed to discipline inspection."), handling.escalate, _plain(WhyForm),
    ),
    "discipline": StepForm(
        gettext_lazy("Note of discipline inspection"), gettext_lazy("Record the note"), gettext_lazy("Recorded."),
        handling.note_discipline, _plain(NoteForm), seats=("discipline", "office"),
    ),
    "mended": StepForm(
        gettext_lazy("Record that it was mended"), gettext_lazy("It was mended"), gettext_lazy("Recorded as mended."),
        mending.record_mended, lambda r, c: MendedForm(r.POST, office=rights.may_sort(r.user, c)),
        seats=("office", "handler"),
    ),
    "caller": StepForm(
        gettext_lazy("Enter what a caller adds"), gettext_lazy("Enter the further word"), gettext_lazy("Recorded."),
        words.say_for_caller, _plain(CallerWordForm),
    ),
    "state": StepForm(
        gettext_lazy("Statement of your unit"), gettext_lazy("Hand in the statement of the unit"),
        gettext_lazy("Your statement is recorded."), handling.state_side,
        lambda r, _c: StatementForm(r.POST, r.FILES), seats=("unit",), with_files=True,
    ),
    "word": StepForm(
        gettext_lazy("A word to the complainant"), gettext_lazy("Send to the complainant"),
        gettext_lazy("Sent to the complainant."), words.say,
        lambda r, _c: WordForm(r.POST, r.FILES, label=_("Word to the complainant")), with_files=True,
    ),
}  # fmt: skip


def possible(user: Any, complaint: Complaint, seat: str, on: date) -> dict[str, forms.Form]:
    """The empty forms of the steps that are open to this seat on the day, by code, in the order of the page."""
    state = complaint.state
    found: dict[str, forms.Form] = {}
    if seat == "unit":
        if complaint.stated_at is None and state in (State.ASSIGNED, State.FINISHED):
            found["state"] = StatementForm()
        return found
    if state == State.ASSIGNED and rights.may_handle(user, complaint):
        found["finish"] = FinishForm(complaint=complaint)
    if seat == "discipline":
        return {"discipline": NoteForm()}
    sorts = seat == "office" and rights.may_sort(user, complaint)
    to_mend = limits.running(complaint, Step.MEND) is not None
    if to_mend and (sorts or (seat == "handler" and rights.may_handle(user, complaint))):
        found["mended"] = MendedForm(office=sorts)
    return found | _of_office(complaint, to_mend, on) if sorts else found


def _of_office(complaint: Complaint, to_mend: bool, on: date) -> dict[str, forms.Form]:
    state = complaint.state
    found: dict[str, forms.Form] = {}
    if state == State.RECEIVED:
        found = {"accept": AcceptForm(complaint=complaint), "refuse": ReasonForm()}
    elif state == State.ACCEPTED:
        found = {"assign": _assign_form(complaint)}
    elif state == State.ASSIGNED:
        found = {"assign": _assign_form(complaint)}
        if complaint.handler_id is not None:  # nobody presses himself
            found["press"] = forms.Form()
    elif state == State.FINISHED:
        found = {"reply": ReplyForm(), "back": ReasonForm()}
    elif state in (State.REPLIED, State.REFUSED):
        found = _after_answer(complaint, on)
    if state != State.CLOSED:
        found["word"] = WordForm(label=_("Word to the complainant"))
        if complaint.channel == Channel.PHONE:
            found["caller"] = CallerWordForm()
    if complaint.escalated_at is None and (to_mend or state != State.CLOSED):
        found["escalate"] = WhyForm()
    if complaint.office_is_unit:
        found["discipline"] = NoteForm()
    return found


def _after_answer(complaint: Complaint, on: date) -> dict[str, forms.Form]:
    """A caller's word may be entered, an unread answer corrected; closing waits until nobody can object any more."""
    found: dict[str, forms.Form] = {}
    if complaint.channel == Channel.PHONE:
        if complaint.state == State.REPLIED:
            found["called"] = CalledForm()
        if complaint.round == 1:
            found["contest"] = CallerContestForm()
    until = limits.contest_until(complaint)
    if until is None or on > until:
        found["close"] = forms.Form()
    held = complaint.present
    if complaint.state == State.REPLIED and held.read_at is None and held.call_on is None:
        found["correct"] = ReplyForm(initial={"text": held.reply})
    return found


def _assign_form(complaint: Complaint) -> AssignForm:
    summary = complaint.summary or checks.draft_summary(complaint)
    return AssignForm(
        complaint=complaint,
        initial={
            "summary": summary,
            "handler": str(complaint.handler_id or ""),
            "ask_unit": not would_warn(complaint),
        },
    )
