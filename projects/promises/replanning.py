"""A debt gets a new plan: why, how far it shifts, who decides; the first plan stays on record (B6, design.md §4)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.obligations import services as obligations
from accounts.obligations.kinds import INSTALMENT, PLAN_DECISION
from accounts.scope import posted_at, require
from policy.calendar import WorkCalendar
from policy.services import current_calendar
from projects.amounts import wan
from projects.duty import move_day, owe_on_day
from projects.files import Kept
from projects.models import Arrears, ChangeState, Instalment, Project, Replan
from projects.plans.limits import Limit, limit_for
from projects.promises.services import (
    MOST_INSTALMENTS,
    RECORD,
    Part,
    add_instalment,
    check_day,
    check_order,
    label_of,
    refuse_if_merged,
)
from projects.services.registry import locked
from projects.text import clean
from projects.units import host_unit, unit_above

DECIDE = "plans.decide"
Plan = list[dict[str, Any]]


def plan_of(arrears: Arrears) -> Plan:
    """The whole plan as it stands, paid parts too, in order."""
    return [
        {"position": p.position, "due_on": p.due_on.isoformat(), "amount_yuan": p.amount_yuan, "paid": bool(p.paid_on)}
        for p in arrears.instalments.order_by("position")
    ]  # fmt: skip


def first_plan(arrears: Arrears) -> Plan:
    """The plan the debt was recorded with; the present one where it was never changed."""
    first = arrears.replans.filter(state=ChangeState.APPROVED).order_by("decided_at", "pk").first()
    return list(first.before) if first else plan_of(arrears)


def first_of(parts: Iterable[Instalment], replans: Iterable[Replan]) -> dict[int, dict[str, Any]]:
    """{position: part of the first plan} where it differs from the present one; of rows the caller has read."""
    granted = [one for one in replans if one.state == ChangeState.APPROVED and one.decided_at]
    first = min(granted, key=lambda one: (one.decided_at, one.pk), default=None)
    known = {one["position"]: one for one in first.before} if first else {}
    found = {}
    for part in parts:
        was = known.get(part.position)
        if was and (was["due_on"], was["amount_yuan"]) != (part.due_on.isoformat(), part.amount_yuan):
            found[part.position] = was | {"due_on": date.fromisoformat(was["due_on"])}
    return found


def counted_from(arrears: Arrears) -> Plan:
    """The plan shifts are counted from: what the tier above approved last, else the first one."""
    rows = arrears.replans.filter(state=ChangeState.APPROVED, is_beyond=True)
    last = rows.order_by("-decided_at", "-pk").first()
    return list(last.after) if last else first_plan(arrears)


def longest_shift(base: Iterable[Part], wanted: Iterable[Part], calendar: WorkCalendar) -> int:
    """Working days by which the money comes later, at the worst: for each sum that `base` had paid by a day, from that
    day (not counted) to the day by which `wanted` has paid as much (counted). Splitting a part cannot hide a delay."""
    new = sorted(wanted, key=lambda part: part.due_on)
    worst, owed = 0, 0
    for part in sorted(base, key=lambda one: one.due_on):
        owed += part.amount_yuan
        paid = 0
        for one in new:
            paid += one.amount_yuan
            if paid >= owed:
                worst = max(worst, calendar.between(part.due_on, one.due_on))
                break
    return worst


def ask_replan(
    *, arrears: Arrears, parts: Sequence[Part], reason: str, upload: Any = None, by: Any, at: datetime
) -> Replan:
    """A new plan for what is not paid yet: the open instalments in their order, then added ones; the sum stays.

    Within the regime's limit it is in force at once; beyond it the tier above decides, on a clock of its own.
    """
    require(by, RECORD, arrears)
    on, reason = local_date(at), clean(reason)
    if not reason:
        raise DomainError("reason_missing", _("Say why the debt gets a new plan."), field="reason")
    with transaction.atomic(), Kept(upload, "arrears") as file:
        row = locked(arrears.project)
        refuse_if_merged(row)
        if arrears.replans.filter(state=ChangeState.WAITING).exists():
            raise _asked_already()
        open_parts = list(arrears.instalments.select_for_update().filter(paid_on=None).order_by("position"))
        _check(arrears, open_parts, parts, on)
        before = plan_of(arrears)
        after = _after(before, open_parts, parts)
        limit = limit_for(row, on)
        days = longest_shift(_parts(counted_from(arrears)), _parts(after), current_calendar())
        over, unit = limit is not None and days > limit.days, host_unit(row)
        approver = unit_above(unit) if over else unit
        direct = not over or posted_at(by, approver, DECIDE)
        replan = _write(
            arrears, limit, reason=reason, before=before, after=after, approver=approver, shift_days=days,
            is_beyond=over, state=ChangeState.APPROVED if direct else ChangeState.WAITING, asked_by=by, asked_at=at,
            decided_by=by if direct else None, decided_at=at if direct else None, **file.values,
        )  # fmt: skip
        if direct:
            _enforce(replan, row, by=by, at=at)
        else:
            _wait(replan, row, on, by=by, at=at)
    return replan


def decide_replan(*, replan: Replan, approved: bool, opinion: str = "", by: Any, at: datetime) -> Replan:
    """Approve or reject. A rejection needs its reason and moves nothing: what is overdue stays overdue."""
    require(by, DECIDE, replan)
    if not posted_at(by, replan.approver, DECIDE):
        raise PermissionDenied(DECIDE)
    opinion = clean(opinion)
    if not approved and not opinion:
        raise DomainError("opinion_required", _("Say why the request is rejected."), field="opinion")
    with transaction.atomic():
        row = locked(replan.arrears.project)
        _settle(replan, ChangeState.APPROVED if approved else ChangeState.REJECTED, opinion, by, at)
        if approved:
            _enforce(replan, row, by=by, at=at)
        else:
            audit.record(
                "arrears_replan_rejected", target=row, by=by, at=at, reason=opinion, rule_id=replan.rule_id
            )
        obligations.meet_for_subject(kind=PLAN_DECISION, subject=replan, met_on=local_date(at), at=at, by=by)
        title = _("New plan of arrears approved: %(what)s") if approved else _(
            "New plan of arrears not approved: %(what)s"
        )  # fmt: skip
        notify.tell(
            [replan.asked_by], key=f"replan_decided:{replan.pk}", kind="plan_change",
            title=title % {"what": replan.arrears}, text=opinion, url=url_of(replan), at=at,
        )  # fmt: skip
    return replan


def withdraw_replan(*, replan: Replan, reason: str, by: Any, at: datetime) -> Replan:
    """The office that asked takes the request back."""
    require(by, RECORD, replan.arrears)
    if not clean(reason):
        raise DomainError("reason_required", _("Say why the request is taken back."), field="reason")
    with transaction.atomic():
        _withdraw(replan, clean(reason), by, at)
    return replan


def drop_moved(project: Project, *, old: Division, new: Division, by: Any, at: datetime) -> None:
    """The debt goes along to another division: a request there is asked anew. Inside the transfer's transaction."""
    for replan in Replan.objects.filter(arrears__project=project).waiting():
        _withdraw(replan, _("The project goes to %(unit)s.") % {"unit": new.name}, by, at)


def url_of(replan: Replan) -> str:
    return reverse("projects:replan", args=[replan.pk])


def _withdraw(replan: Replan, reason: str, by: Any, at: datetime) -> None:
    _settle(replan, ChangeState.WITHDRAWN, reason, by, at)
    obligations.cancel_for_subject(subject=replan, reason=reason, at=at, by=by)
    audit.record("arrears_replan_withdrawn", target=replan.arrears.project, by=by, at=at, reason=reason)


def _parts(plan: Iterable[dict[str, Any]]) -> list[Part]:
    return [Part(date.fromisoformat(one["due_on"]), one["amount_yuan"]) for one in plan]


def _after(before: Plan, open_parts: Sequence[Instalment], parts: Sequence[Part]) -> Plan:
    """The whole plan with the open parts as wanted and the added ones behind them."""
    after = {one["position"]: dict(one) for one in before}
    following = max(after, default=0) + 1
    for number, part in enumerate(parts):
        known = number < len(open_parts)
        position = open_parts[number].position if known else following + number - len(open_parts)
        after[position] = {
            "position": position, "due_on": part.due_on.isoformat(), "amount_yuan": part.amount_yuan, "paid": False,
        }  # fmt: skip
    return [after[position] for position in sorted(after)]


def _check(arrears: Arrears, open_parts: Sequence[Instalment], parts: Sequence[Part], on: date) -> None:
    if not open_parts:
        raise StaleState("paid_already", _("Every instalment is paid; there is nothing to plan anew."))
    if len(parts) < len(open_parts):
        raise StaleState(
            "plan_moved_meanwhile",
            _("The plan has changed meanwhile. Open the form again; your reason is kept."),
        )
    if arrears.instalments.count() - len(open_parts) + len(parts) > MOST_INSTALMENTS:
        raise DomainError(
            "too_many_parts", _("At most %(n)d instalments.") % {"n": MOST_INSTALMENTS}, field="due_1"
        )
    for number, part in enumerate(parts, 1):
        known = open_parts[number - 1] if number <= len(open_parts) else None
        if part.due_on < on and (known is None or known.due_on != part.due_on):
            raise DomainError(
                "day_passed", _("A new plan lies ahead. Write a day not before today."), field=f"due_{number}"
            )
        check_day(part.due_on, on, field=f"due_{number}")
    check_order(parts)
    owed, planned = sum(one.amount_yuan for one in open_parts), sum(one.amount_yuan for one in parts)
    if owed != planned:
        raise DomainError(
            "parts_differ",
            _("%(owed)s are still owed, the new plan makes %(planned)s (10,000 yuan). Make them equal.")
            % {"owed": wan(owed), "planned": wan(planned)},
            field="amount_1",
        )
    if [(one.due_on, one.amount_yuan) for one in open_parts] == [
        (one.due_on, one.amount_yuan) for one in parts
    ]:
        raise DomainError(
            "nothing_moves", _("Nothing differs from the plan in force. Change at least one line.")
        )


def _write(arrears: Arrears, limit: Limit | None, **values: Any) -> Replan:
    try:
        with transaction.atomic():
            return Replan.objects.create(
                arrears=arrears, rule_id=limit.rule_id if limit else "", **audit.codes_of(arrears), **values
            )
    except IntegrityError:
        raise _asked_already() from None


def _asked_already() -> StaleState:
    return StaleState(
        "already_asked", _("A new plan for this debt is still waiting. Wait for it, or take it back.")
    )


def _enforce(replan: Replan, row: Project, *, by: Any, at: datetime) -> None:
    """Put the plan in force; refused when an instalment was paid or moved since it was written."""
    arrears, before = replan.arrears, {one["position"]: one for one in replan.before}
    for one in replan.after:
        part, was = Part(date.fromisoformat(one["due_on"]), one["amount_yuan"]), before.get(one["position"])
        if was is None:
            add_instalment(arrears, row, one["position"], part, by, at)
        elif not was["paid"]:
            _move(arrears, one["position"], part, was, by, at)
    audit.record(
        "arrears_replanned", target=row, by=by, at=at, before={"plan": _told(replan.before)},
        after={"plan": _told(replan.after), "creditor": arrears.creditor}, reason=replan.opinion or replan.reason,
        rule_id=replan.rule_id,
    )  # fmt: skip


def _move(arrears: Arrears, position: int, part: Part, was: dict[str, Any], by: Any, at: datetime) -> None:
    rows = Instalment.objects.filter(
        arrears=arrears, position=position, paid_on=None, due_on=was["due_on"], amount_yuan=was["amount_yuan"]
    )
    if not rows.update(due_on=part.due_on, amount_yuan=part.amount_yuan):
        raise StaleState(
            "plan_moved_meanwhile",
            _(
                "Instalment %(n)d was paid or re-planned since this was asked. Reject the request; "
                "it can be asked anew from the plan of today."
            )
            % {"n": position},
        )
    changed = Instalment.objects.select_related("obligation").get(arrears=arrears, position=position)
    label, basis = label_of(arrears, position, part), f"{arrears.subject} 调整后的还款计划"
    if changed.obligation is not None:
        move_day(changed.obligation, due_on=part.due_on, label=label, basis=basis, by=by, at=at)
        return
    changed.obligation = owe_on_day(  # its first day lay before the system was in use
        kind=INSTALMENT, unit=host_unit(arrears.project), subject=changed, label=label, due_on=part.due_on,
        basis=basis, at=at, by=by,
    )  # fmt: skip
    changed.save(update_fields=["obligation"])


def _told(plan: Plan) -> str:
    return "；".join(f"第{one['position']}期 {one['due_on']} {wan(one['amount_yuan'])}万元" for one in plan)


def _settle(replan: Replan, state: str, opinion: str, by: Any, at: datetime) -> None:
    done = Replan.objects.filter(pk=replan.pk, state=ChangeState.WAITING).update(
        state=state, decided_by=by, decided_at=at, opinion=opinion
    )
    replan.refresh_from_db()
    if not done:
        raise StaleState(
            "already_decided",
            _("%(who)s was faster: this request is %(state)s. Nothing was changed by you.")
            % {"who": replan.decided_by or _("Somebody else"), "state": replan.get_state_display()},
        )


def _wait(replan: Replan, row: Project, on: date, *, by: Any, at: datetime) -> None:
    duty = obligations.owe_for_subject(
        kind=PLAN_DECISION, unit=replan.approver, subject=replan, label=f"{row.name} {replan.arrears}"[:200],
        anchor=on, at=at, by=by,
    )  # fmt: skip
    if duty is not None:
        Replan.objects.filter(pk=replan.pk).update(obligation=duty)
        replan.obligation = duty
    audit.record(
        "arrears_replan_asked", target=row, by=by, at=at, before={"plan": _told(replan.before)},
        after={"plan": _told(replan.after)}, reason=replan.reason, rule_id=replan.rule_id,
    )  # fmt: skip
    notify.tell(
        notify.staff_of(replan.approver, DECIDE, on=on), key=f"replan:{replan.pk}", kind="plan_change",
        title=_("A new plan of arrears is asked for: %(what)s") % {"what": replan.arrears}, text=replan.reason,
        url=url_of(replan), at=at,
    )  # fmt: skip
