"""Promises to the investor and arrears to companies: recorded with basis and day, met by evidence (B6, H6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department
from accounts.obligations import services as obligations
from accounts.obligations.kinds import INSTALMENT, PROMISE
from accounts.scope import require
from projects.amounts import wan
from projects.duty import owe_on_day
from projects.files import Kept
from projects.models import Arrears, Instalment, Project, ProjectState, Promise, PromiseState, TeamRole
from projects.services.registry import locked
from projects.text import clean
from projects.units import host_unit

RECORD, FULFIL = "promises.record", "promises.fulfil"
EARLIEST = date(2000, 1, 1)
MOST_INSTALMENTS = 24


@dataclass(frozen=True, slots=True)
class Part:
    """One payment planned: how much by when (inclusive)."""

    due_on: date
    amount_yuan: int


def record_promise(
    *,
    project: Project,
    text: str,
    basis: str,
    due_on: date,
    department: Department | None = None,
    responsible: str = "",
    for_investor: bool = True,
    upload: Any = None,
    by: Any,
    at: datetime,
) -> Promise:
    """What was promised in which document by when. Its day never moves; a mistake is struck out and entered again."""
    require(by, RECORD, project)
    text, basis = clean(text), clean(basis)
    if not text:
        raise DomainError("text_missing", _("Write what was promised."), field="text")
    if not basis:
        raise DomainError("basis_missing", _("Name the document the promise rests on."), field="basis")
    check_day(due_on, local_date(at))
    with transaction.atomic(), Kept(upload, "promises") as file:
        row = locked(project)
        refuse_if_merged(row)
        promise = Promise.objects.create(
            project=row, text=text, basis=basis[:200], due_on=due_on, first_due_on=due_on, department=department,
            responsible=clean(responsible)[:120], for_investor=for_investor, recorded_by=by, recorded_at=at,
            **audit.codes_of(row), **file.values,
        )  # fmt: skip
        promise.obligation = owe_on_day(
            kind=PROMISE, unit=host_unit(row), subject=promise, label=f"{row.name}：{text}", due_on=due_on,
            basis=basis, at=at, by=by,
        )  # fmt: skip
        promise.save(update_fields=["obligation"])
        audit.record(
            "promise_recorded",
            target=row,
            by=by,
            at=at,
            after={"promise": text, "due_on": due_on},
            reason=basis,
        )
    return promise


def keep_promise(
    *, promise: Promise, kept_on: date, evidence: str, upload: Any = None, by: Any, at: datetime
) -> Promise:
    """It was done on `kept_on`, and this proves it. The investor is told."""
    require(by, FULFIL, promise)
    evidence, on = clean(evidence), local_date(at)
    if not evidence:
        raise DomainError(
            "evidence_missing", _("Say how it was kept and what proves it: a payment, a letter, a decision."),
            field="evidence",
        )  # fmt: skip
    if kept_on > on:
        raise DomainError("kept_in_future", _("This day has not come yet."), field="kept_on")
    if kept_on < EARLIEST:
        raise DomainError("day_unlikely", _("This year cannot be right. Please check it."), field="kept_on")
    with transaction.atomic(), Kept(upload, "promises") as file:
        proof = {key.replace("file_", "proof_"): value for key, value in file.values.items()}
        _move(
            promise, (PromiseState.OPEN, PromiseState.BROKEN), state=PromiseState.KEPT, kept_on=kept_on,
            evidence=evidence, **proof,
        )  # fmt: skip
        obligations.meet_for_subject(kind=PROMISE, subject=promise, met_on=kept_on, at=at, by=by)
        audit.record(
            "promise_kept", target=promise.project, by=by, at=at, after={"promise": promise.text, "kept_on": kept_on},
            reason=evidence,
        )  # fmt: skip
        if promise.for_investor:
            _tell_investors(promise, at)
    return promise


def break_promise(*, promise: Promise, reason: str, by: Any, at: datetime) -> Promise:
    """It cannot be kept, and why. It still counts among those due and its light stays on: only keeping it ends that."""
    require(by, RECORD, promise)
    if not clean(reason):
        raise DomainError("reason_missing", _("Say why the promise cannot be kept."), field="reason")
    with transaction.atomic():
        _move(promise, (PromiseState.OPEN,), state=PromiseState.BROKEN, broken_reason=clean(reason))
        audit.record(
            "promise_broken", target=promise.project, by=by, at=at, after={"promise": promise.text},
            reason=clean(reason),
        )  # fmt: skip
    return promise


def void_promise(*, promise: Promise, reason: str, by: Any, at: datetime) -> Promise:
    """It was entered by mistake. The row stays readable with the reason and leaves the figures."""
    require(by, RECORD, promise)
    if not clean(reason):
        raise DomainError("reason_missing", _("Say what was wrong with the entry."), field="reason")
    with transaction.atomic():
        _move(
            promise,
            (PromiseState.OPEN, PromiseState.BROKEN),
            state=PromiseState.VOID,
            broken_reason=clean(reason),
        )
        obligations.cancel_for_subject(subject=promise, reason=clean(reason), at=at, by=by)
        audit.record(
            "promise_void", target=promise.project, by=by, at=at, after={"promise": promise.text},
            reason=clean(reason),
        )  # fmt: skip
    return promise


def record_arrears(
    *,
    project: Project,
    creditor: str,
    subject: str,
    amount_yuan: int | None,
    parts: Sequence[Part],
    department: Department | None = None,
    responsible: str = "",
    for_investor: bool = True,
    upload: Any = None,
    by: Any,
    at: datetime,
) -> Arrears:
    """Money owed to a company and the plan to pay it: instalments in order of their days that make up the whole sum."""
    require(by, RECORD, project)
    creditor, subject = clean(creditor), clean(subject)
    amount = _check_arrears(creditor, subject, amount_yuan, parts, local_date(at))
    with transaction.atomic(), Kept(upload, "arrears") as file:
        row = locked(project)
        refuse_if_merged(row)
        arrears = Arrears.objects.create(
            project=row, creditor=creditor[:200], subject=subject[:200], amount_yuan=amount, department=department,
            responsible=clean(responsible)[:120], for_investor=for_investor, recorded_by=by, recorded_at=at,
            **audit.codes_of(row), **file.values,
        )  # fmt: skip
        for position, part in enumerate(parts, 1):
            add_instalment(arrears, row, position, part, by, at)
        audit.record(
            "arrears_recorded", target=row, by=by, at=at, after={"creditor": creditor, "amount_yuan": amount},
            reason=subject,
        )  # fmt: skip
    return arrears


def pay_instalment(
    *, instalment: Instalment, paid_on: date, evidence: str, upload: Any = None, by: Any, at: datetime
) -> Instalment:
    """It was paid in full on `paid_on`; the receipt or its number proves it."""
    require(by, FULFIL, instalment)
    evidence = clean(evidence)
    if not evidence:
        raise DomainError("evidence_missing", _("Name the receipt or the payment order."), field="evidence")
    if paid_on > local_date(at):
        raise DomainError("paid_in_future", _("This day has not come yet."), field="paid_on")
    if paid_on < EARLIEST:
        raise DomainError("day_unlikely", _("This year cannot be right. Please check it."), field="paid_on")
    with transaction.atomic(), Kept(upload, "arrears") as file:
        done = Instalment.objects.filter(pk=instalment.pk, paid_on=None).update(
            paid_on=paid_on, evidence=evidence, **file.values
        )
        if not done:
            raise StaleState("paid_already", _("Somebody was faster: this instalment is recorded as paid."))
        instalment.refresh_from_db()
        obligations.meet_for_subject(kind=INSTALMENT, subject=instalment, met_on=paid_on, at=at, by=by)
        audit.record(
            "instalment_paid", target=instalment.arrears.project, by=by, at=at, before={"paid_on": None},
            after={
                "creditor": instalment.arrears.creditor, "amount_yuan": instalment.amount_yuan, "paid_on": paid_on
            },
            reason=evidence,
        )  # fmt: skip
    return instalment


def _move(promise: Promise, sources: tuple[str, ...], **values: Any) -> None:
    done = Promise.objects.filter(pk=promise.pk, state__in=sources, version=promise.version).update(
        **values, version=promise.version + 1
    )
    promise.refresh_from_db()
    if not done:
        raise StaleState(
            "promise_changed",
            _("Somebody was faster: this promise is “%(state)s” now. Nothing was changed by you.")
            % {"state": promise.get_state_display()},
        )


def add_instalment(arrears: Arrears, row: Project, position: int, part: Part, by: Any, at: datetime) -> None:
    made = Instalment.objects.create(
        arrears=arrears,
        position=position,
        due_on=part.due_on,
        amount_yuan=part.amount_yuan,
        **audit.codes_of(row),
    )
    made.obligation = owe_on_day(
        kind=INSTALMENT, unit=host_unit(row), subject=made,
        label=label_of(arrears, position, part), due_on=part.due_on,
        basis=f"{arrears.subject} 还款计划", at=at, by=by,
    )  # fmt: skip
    made.save(update_fields=["obligation"])


def label_of(arrears: Arrears, position: int, part: Part) -> str:
    """How the instalment's duty is called."""
    return f"{arrears.creditor} {arrears.subject} 第{position}期 {wan(part.amount_yuan)}万元"


def _check_arrears(creditor: str, subject: str, amount: int | None, parts: Sequence[Part], on: date) -> int:
    if not creditor:
        raise DomainError("creditor_missing", _("Name the company the money is owed to."), field="creditor")
    if not subject:
        raise DomainError("subject_missing", _("Say what the money is owed for."), field="subject")
    if not amount or amount <= 0:
        raise DomainError("amount_missing", _("Write the amount owed, above 0."), field="amount_yuan")
    if not parts:
        raise DomainError(
            "plan_missing", _("Write at least one instalment: how much by when."), field="parts"
        )
    if len(parts) > MOST_INSTALMENTS:
        raise DomainError(
            "too_many_parts", _("At most %(n)d instalments.") % {"n": MOST_INSTALMENTS}, field="parts"
        )
    for number, part in enumerate(parts, 1):
        check_day(part.due_on, on, field=f"due_{number}")
    check_order(parts)
    total = sum(part.amount_yuan for part in parts)
    if total != amount:
        raise DomainError(
            "parts_differ",
            _(
                "The instalments make %(total)s, the amount owed is %(amount)s (10,000 yuan): "
                "%(difference)s apart. Make them equal."
            )
            % {"total": wan(total), "amount": wan(amount), "difference": wan(abs(total - amount))},
            field="amount_yuan",
        )
    return amount


def check_order(parts: Sequence[Part]) -> None:
    """Amounts above 0, each day after the one before it."""
    for number, part in enumerate(parts, 1):
        if part.amount_yuan <= 0:
            raise DomainError(
                "part_empty", _("Instalment %(n)d: write an amount above 0.") % {"n": number},
                field=f"amount_{number}",
            )  # fmt: skip
        if number > 1 and part.due_on <= parts[number - 2].due_on:
            raise DomainError(
                "parts_unordered",
                _("Instalment %(n)d comes after %(day)s, the one before it.")
                % {"n": number, "day": parts[number - 2].due_on.isoformat()},
                field=f"due_{number}",
            )


def check_day(day: date, on: date, *, field: str = "due_on") -> None:
    if not EARLIEST <= day <= on.replace(year=on.year + 30, day=1):
        raise DomainError("day_unlikely", _("This year cannot be right. Please check it."), field=field)


def refuse_if_merged(row: Project) -> None:
    if row.state == ProjectState.MERGED:
        raise DomainError(
            "project_merged", _("This project was merged into another one; please work on that one.")
        )


def _tell_investors(promise: Promise, at: datetime) -> None:
    team = promise.project.team.filter(role=TeamRole.INVESTOR, valid_to=None, user__isnull=False)
    notify.tell(
        [one.user for one in team.select_related("user") if one.user],
        key=f"promise_kept:{promise.pk}",
        kind="promise",
        title=_("A promise to you was kept: %(text)s") % {"text": promise.text[:80]},
        text=promise.evidence,
        url=reverse("projects:tab", args=[promise.project_id, "promises"]),
        at=at,
    )
