"""The last days of a complaint's steps: rule `complaint_limits` of the regime, in working days after the step before.

How long silence is waited for, and when it goes up by itself, are rules of the regime too.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.divisions import regime_code_of
from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.regimes import get_regime
from policy.rules import Rule, Unit, WarningRule, deadline_of
from policy.services import AffectedDeadline, current_calendar
from supervision.complaints.models import Complaint, ComplaintLimit, Step

EVENTS = {
    Step.ACCEPT: "收到投诉", Step.ASSIGN: "受理", Step.FINISH: "交办", Step.REPLY: "办结", Step.STATE: "要求说明情况",
    Step.MEND: "答复投诉人", Step.DISCIPLINE: "转纪检监察机关",
}  # fmt: skip
WARNING = "complaint_warning"  # the rule of the lights
BESIDE = (
    Step.STATE,
    Step.MEND,
    Step.DISCIPLINE,
)  # run beside the course; none of them is the complaint's own `due_on`
ORDER = (Step.ACCEPT, Step.ASSIGN, Step.FINISH, Step.REPLY)


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the course told to the complainant: `due_on` is a promise for the step that runs, else the latest."""

    step: str
    due_on: date | None
    done_on: date | None
    is_now: bool


def rule_of(division: Any, on: date) -> Rule:
    rule = get_regime(regime_code_of(division)).rule("complaint_limits", on)
    if rule is None:
        raise LookupError("the regime has no limits for complaints")
    return rule


def deadline(
    division: Any, step: str, from_on: date, *, rule: Rule | None = None, calendar: WorkCalendar | None = None
) -> Deadline:
    """`steps[step]` working days after `from_on`, that day not counted."""
    rule = rule or rule_of(division, from_on)
    days = deadline_of(
        rule, offset=int(rule["steps"][step]), unit=Unit(rule["unit"]), event=EVENTS[Step(step)]
    )
    return compute(days, anchor=from_on, calendar=calendar or current_calendar())


def silence(complaint: Complaint, calendar: WorkCalendar | None = None) -> Deadline:
    """The last day, inclusive, on which the complainant may say a word on the answer (rule `complaint_silence`)."""
    if complaint.replied_on is None:
        raise ValueError("nothing was answered")
    rule = get_regime(regime_code_of(complaint.division)).rule("complaint_silence", complaint.replied_on)
    return compute(rule, anchor=complaint.replied_on, calendar=calendar or current_calendar())


def escalation(complaint: Complaint) -> WarningRule:
    """Rule `complaint_warning`: after `up_tier_days` working days overdue it goes up by itself, never when empty."""
    rule: WarningRule = get_regime(regime_code_of(complaint.division)).rule(
        "complaint_warning", complaint.received_on
    )
    return rule


def press_again(complaint: Complaint) -> int:
    """Working days after which whoever was pressed is pressed again (rule `complaint_warning`); 0: once is all."""
    return int(escalation(complaint).get("press_again_days", 0))


def start_step(complaint: Complaint, step: str, from_on: date) -> ComplaintLimit:
    """Open the limit of a step; the caller is inside its transaction and writes `due_on` to the complaint."""
    found = deadline(complaint.division, step, from_on)
    limit, _made = ComplaintLimit.objects.get_or_create(
        complaint=complaint, round=complaint.round, step=step,
        defaults={"from_on": from_on, "due_on": found.due_on, "deadline": found.to_json()},
    )  # fmt: skip
    return limit


def end_step(complaint: Complaint, step: str, on: date) -> None:
    complaint.limits.filter(round=complaint.round, step=step, done_on=None).update(done_on=on)


def reopen_step(complaint: Complaint, step: str) -> ComplaintLimit:
    """A step sent back runs on under its first limit: sending back buys nobody time."""
    limit = complaint.limits.get(round=complaint.round, step=step)
    limit.done_on = None
    limit.save(update_fields=["done_on"])
    return limit


def running(complaint: Complaint, step: str) -> ComplaintLimit | None:
    """The open limit of a step beside the course, of whatever round."""
    rows = [one for one in complaint.limits.all() if one.step == step and one.done_on is None]
    return rows[-1] if rows else None


def present(complaint: Complaint) -> ComplaintLimit | None:
    """The open limit of the course, the one of `due_on`."""
    rows = [one for one in complaint.limits.all() if one.step not in BESIDE and one.done_on is None]
    return rows[-1] if rows else None


def run_anew(complaint: Complaint, step: str, from_on: date) -> ComplaintLimit:
    """Open a step beside the course once more from this day, when it was ended before; one that runs goes on."""
    limit = start_step(complaint, step, from_on)
    if limit.done_on is not None:
        found = deadline(complaint.division, step, from_on)
        limit.from_on, limit.due_on, limit.deadline = from_on, found.due_on, found.to_json()
        limit.done_on = limit.pressed_on = None
        limit.save(update_fields=["from_on", "due_on", "deadline", "done_on", "pressed_on"])
    return limit


def end_beside(complaint: Complaint, step: str, on: date) -> None:
    complaint.limits.filter(step=step, done_on=None).update(done_on=on)


def contest_until(complaint: Complaint) -> date | None:
    """The last day on which the complainant may object to the answer or the refusal; None when there is none yet."""
    return silence(complaint).due_on if complaint.replied_on is not None else None


def days_of(division: Any, on: date) -> dict[str, int]:
    """Working days of each step, for the page before anybody has complained."""
    return {step: int(rule_of(division, on)["steps"][step]) for step in ORDER}


def course(complaint: Complaint) -> list[Expected]:
    """All four steps of the present round, those not begun yet as late as the limits allow."""
    held = {limit.step: limit for limit in complaint.limits.all() if limit.round == complaint.round}
    rule, calendar = rule_of(complaint.division, complaint.received_on), current_calendar()
    lines, last = [], complaint.received_on
    for step in ORDER:
        if complaint.round > 1 and step == Step.ACCEPT:
            continue
        limit = held.get(step)
        if limit is None:
            last = deadline(complaint.division, step, last, rule=rule, calendar=calendar).due_on
            lines.append(Expected(step, last, None, False))
            continue
        lines.append(Expected(step, limit.due_on, limit.done_on, limit.done_on is None))
        last = limit.done_on or limit.due_on
    return lines


def preview(calendar: WorkCalendar, on: date) -> list[Any]:
    """Limits that a new working calendar would move."""
    return [
        AffectedDeadline(
            what=str(limit.get_step_display()), where=str(limit.complaint.office), due_on=limit.due_on,
            new_due_on=new.due_on, provisional=new.provisional,
        )
        for limit, new in _moved(calendar)
    ]  # fmt: skip


def apply(calendar: WorkCalendar, at: Any) -> int:
    """Move them, inside the transaction that changes the calendar."""
    moved = _moved(calendar)
    for limit, new in moved:
        ComplaintLimit.objects.filter(pk=limit.pk).update(due_on=new.due_on, deadline=new.to_json())
        if limit.step not in BESIDE:
            Complaint.objects.filter(pk=limit.complaint_id, due_on=limit.due_on).update(due_on=new.due_on)
    return len(moved)


def _moved(calendar: WorkCalendar) -> list[tuple[ComplaintLimit, Deadline]]:
    open_ones = Q(complaint__due_on__isnull=False) | Q(step__in=(Step.DISCIPLINE, Step.MEND))
    rows = ComplaintLimit.objects.filter(open_ones, done_on=None)
    found = []
    for limit in rows.select_related("complaint__division", "complaint__office"):
        new = deadline(limit.complaint.division, limit.step, limit.from_on, calendar=calendar)
        if new.due_on != limit.due_on:
            found.append((limit, new))
    return found
