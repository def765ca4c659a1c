"""The moves as buttons: form, service, words. Which of them a person sees is asked of `access`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Division
from supervision.matters import forms as f
from supervision.matters import services
from supervision.matters.access import answers_for_unit, department_people, may, people_of_unit
from supervision.matters.levels import alone
from supervision.matters.models import ExtensionState, Matter, MatterExtension

Make = Callable[[Matter, Any, Any, Any, date], forms.Form]


@dataclass(frozen=True, slots=True)
class Action:
    """`make(matter, user, data, uploads, on)` builds the form; `act(matter=…, by=, at=, **cleaned)` does the move."""

    make: Make
    act: Callable[..., Any]
    button: Any
    said: Any
    danger: bool = False


def _plain(kind: type[forms.Form], **initial: Any) -> Make:
    def make(matter: Matter, user: Any, data: Any, uploads: Any, on: date) -> forms.Form:
        return kind(data, uploads, initial={"turn": matter.turn, **initial})

    return make


def _assign(matter: Matter, user: Any, data: Any, uploads: Any, on: date) -> forms.Form:
    offices = None
    if answers_for_unit(user, matter):
        offices = Department.objects.filter(division_id=matter.unit_id).exclude(valid_to__lt=on)
        people = people_of_unit_all(matter, on)
    elif matter.department is not None:
        people = department_people(matter.department, on)
    else:
        people = people_of_unit(matter, on)
    initial = {"turn": matter.turn, "department": matter.department, "person": matter.person}
    return f.AssignForm(data, departments=offices, people=f.people_field(people), initial=initial)


def people_of_unit_all(matter: Matter, on: date) -> list[Any]:
    """People of every department of the unit: the form offers all, the service checks that both fit."""
    whole = Matter(unit_id=matter.unit_id)
    return people_of_unit(whole, on)


def _redirect(matter: Matter, user: Any, data: Any, uploads: Any, on: date) -> forms.Form:
    rows = Department.objects.filter(division__path__startswith=matter.issuer.path).exclude(valid_to__lt=on)
    offices = dict(rows.order_by("code").values_list("code", "short_name").distinct())
    initial = {
        "turn": matter.turn,
        "unit": matter.unit_id,
        "department": matter.department.code if matter.department else "",
    }
    return f.RedirectForm(data, units=units_for(matter.issuer, on), offices=offices, on=on, initial=initial)


def _close(matter: Matter, user: Any, data: Any, uploads: Any, on: date) -> forms.Form:
    return f.CloseForm(data, uploads, initial={"turn": matter.turn, "checked_on": on})


def units_for(issuer: Division, on: date) -> Any:
    """Whom the office may press: itself and the units below it that exist and are units of government."""
    return Division.objects.current(on).within(issuer).governments()


def _assign_act(*, matter: Matter, **data: Any) -> Any:
    data.setdefault("department", matter.department)  # a department does not pass it to another one
    return services.assign_matter(matter=matter, **data)


def _judge(good: bool) -> Callable[..., Any]:
    def act(**data: Any) -> Any:
        return services.judge_matter(good=good, **data)

    return act


def _first(good: bool) -> Callable[..., Any]:
    def act(**data: Any) -> Any:
        return services.agree_extension(good=good, **data)

    return act


def _second(granted: bool) -> Callable[..., Any]:
    def act(**data: Any) -> Any:
        return services.decide_extension(granted=granted, **data)

    return act


# In the order of the page: what this person is asked for first, what is seldom wanted last.
ACTIONS: dict[str, Action] = {
    "receive": Action(
        _plain(f.SayForm), services.receive_matter, _("Sign for it"), _("Signed for; the issuing office sees it.")
    ),
    "agree_time": Action(
        _plain(f.SayForm), _first(True), _("Support the request"), _("Sent on to the office that pressed the matter.")
    ),
    "stop_time": Action(
        _plain(f.TextForm), _first(False), _("Do not support it"), _("Not supported; the old day stands."), True
    ),
    "grant_time": Action(
        _plain(f.SayForm), _second(True), _("Grant more time"), _("Granted; the new day counts and the old one stays visible.")
    ),
    "refuse_time": Action(
        _plain(f.TextForm), _second(False), _("Do not grant it"), _("Not granted; the old day stands."), True
    ),
    "close": Action(_close, _judge(True), _("Checked: close it"), _("Closed.")),
    "return": Action(
        _plain(f.ReturnForm), _judge(False), _("Not good: return it"), _("Returned to the unit with what is missing."), True
    ),
    "answer": Action(
        _plain(f.AnswerForm), services.answer_matter, pgettext_lazy("matter", "Answer"),
        _("Answered; the clock stops until it has been checked.")
    ),
    "report": Action(
        _plain(f.ProgressForm), services.report_progress, _("Tell the progress"), _("The progress stands in the thread.")
    ),
    "assign": Action(_assign, _assign_act, _("Give it to an office or person"), _("Given; they were told.")),
    "ask_time": Action(
        _plain(f.AskTimeForm), services.ask_extension, _("Ask for more time"),
        _("Asked. Until it is granted the old day counts."),
    ),
    "remind": Action(
        _plain(f.TextForm), services.remind_unit, _("Remind the unit"), _("The unit was reminded.")
    ),
    "list": Action(
        _plain(f.ReasonForm), services.list_matter, _("Put on public listing"), _("On public listing from today."), True
    ),
    "unlist": Action(
        _plain(f.ReasonForm), services.unlist_matter, _("Take off the listing"), _("Taken off the listing.")
    ),
    "redirect": Action(
        _redirect, services.redirect_matter, _("Give it to another unit or department"),
        _("They were told and have to sign for it."),
    ),
    "reopen": Action(
        _plain(f.ReopenForm), services.reopen_matter, _("Open it again"), _("Open again, with the new last day."), True
    ),
    "withdraw": Action(
        _plain(f.ReasonForm), services.withdraw_matter, _("Take it back"), _("Taken back; the unit was told."), True
    ),
}  # fmt: skip
# Shown open on the page, the first that fits; the others behind a button.
FIRST = ("receive", "agree_time", "grant_time", "close", "answer")


def fits(user: Any, matter: Matter, code: str, on: date, asked: MatterExtension | None) -> bool:
    """Whether the button makes sense now; rights and rules are asked again by the service. `asked`: the request for
    more time that is not decided (`services.pending_extension`), read once for all buttons."""
    if code in TIME and not _time_fits(user, matter, code, on, asked):
        return False
    if not may(user, matter, code, on):
        return False
    if code in ("close", "return"):
        last = matter.entries.filter(kind="answer").order_by("-at", "-pk").first()
        return last is None or last.by_id != user.pk
    if code in ("list", "unlist"):
        return matter.is_listed == (code == "unlist")
    return True


TIME = ("agree_time", "stop_time", "grant_time", "refuse_time", "ask_time")


def _time_fits(user: Any, matter: Matter, code: str, on: date, asked: MatterExtension | None) -> bool:
    """Whether a request for more time can be made, or waits for this level and this person."""
    if code == "ask_time":
        return asked is None and on < matter.due_on
    if asked is None:
        return False
    if code in ("agree_time", "stop_time"):
        return asked.state == ExtensionState.ASKED
    if asked.state != ExtensionState.AGREED:
        return False
    return asked.first_by_id != user.pk or alone(matter, user, on)
