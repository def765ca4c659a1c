"""The steps with a bad rating's case: their form, service and words, and which of them are open to whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.ratings import limits, reviewing, rights, services
from supervision.ratings.forms import AnswerForm, NoteForm, ObjectForm, ReviewForm
from supervision.ratings.models import BadCase, CaseState


@dataclass(frozen=True, slots=True)
class Step:
    """`said`: after it was taken. `in_review`: the heading while an objection waits, where it is another."""

    form: Callable[..., Any]
    service: Callable[..., BadCase]
    said: Any
    heading: Any
    button: Any
    in_review: Any = ""
    is_folded: bool = False


STEPS = {
    "call": Step(
        NoteForm, services.call_back, _("The call is recorded."), _("Record the call back"), _("Save the call"),
        in_review=_("Record what the rater says about the objection"), is_folded=True,
    ),
    "answer": Step(
        AnswerForm, services.answer_case, _("Answered."), _("Answer: mended or explained"), _("Hand in the answer")
    ),
    "object": Step(
        ObjectForm, reviewing.object_to, _("The objection waits for its review."),
        _("Object: mistaken or malicious"), _("Raise the objection"), is_folded=True,
    ),
    "review": Step(
        ReviewForm, reviewing.review_objection, _("Decided."), _("Review the objection"), _("Save the decision")
    ),
    "close": Step(forms.Form, services.close_case, _("Closed."), _("Close the case"), _("Close the case")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One step as the page shows it."""

    code: str
    form: Any
    heading: Any
    button: Any
    is_open: bool


def shown_steps(
    user: Any, case: BadCase, on: date, *, office: bool, tried: tuple[str, Any] | None = None
) -> list[Shown]:
    """The steps with a form that are open to the person. `tried`: code and form of a refused one, shown as it was sent."""
    found = []
    for code in _open_codes(user, case, on, office):
        step, again = STEPS[code], tried is not None and tried[0] == code
        form = tried[1] if tried is not None and again else step.form()
        heading = step.in_review if case.state == CaseState.OBJECTED and step.in_review else step.heading
        first = code == "call" and case.must_call
        found.append(Shown(code, form, heading, step.button, again or first or not step.is_folded))
    return found


def call_first(case: BadCase) -> Any:
    """What the way to the call says, where it has to come before closing; "" where nobody need be called."""
    if not case.must_call:
        return ""
    return (
        _("First tell the rater the answer and record it")
        if case.called_at
        else _("First call back and record it")
    )


def _open_codes(user: Any, case: BadCase, on: date, office: bool) -> list[str]:
    codes, named = [], not case.rating.anonymous
    if case.state in (CaseState.OPEN, CaseState.ANSWERED):
        if office and named:  # called first: what is said decides what is to be mended
            codes.append("call")
        codes.append("answer")
        if case.reviewed_at is None and on <= limits.object_until(case):
            codes.append("object")
    if rights.may_review(user, case):
        codes += ["call", "review"] if named else ["review"]
    return codes
