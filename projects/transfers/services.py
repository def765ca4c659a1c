"""A project handed to another division (项目流转, G一(二)7): asked, accepted by the receiver, refused or taken back."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Posting
from accounts.models.divisions import Tier
from accounts.obligations import services as obligations
from accounts.obligations.kinds import TRANSFER_DECISION
from accounts.scope import posted_at, require
from projects.files import Kept
from projects.models import (
    Assignment,
    ChangeState,
    Project,
    ProjectState,
    TeamRole,
    Transfer,
    TransferState,
)
from projects.services.dependents import hand_over_duties, move_codes, tell_moved
from projects.services.registry import locked
from projects.services.team import settle_grants
from projects.services.versions import save_version
from projects.text import clean
from projects.units import host_unit

PERMISSION = "projects.transfer"
# The company's own people stay with the project wherever it goes.
STAYING = (TeamRole.INVESTOR, TeamRole.COMPANY_CONTACT)


def ask_transfer(
    *, project: Project, to_division: Division, reason: str, upload: Any = None, by: Any, at: datetime
) -> Transfer:
    """Offer the project to another county or city. Nothing moves until somebody there accepts it."""
    require(by, PERMISSION, project)
    on, reason = local_date(at), clean(reason)
    if not reason:
        raise DomainError("reason_missing", _("Say why the project goes to another place."), field="reason")
    with transaction.atomic(), Kept(upload, "transfers") as file:
        row = locked(project)
        unit = host_unit(row)
        _refuse_unless_free(row, unit, to_division, on)
        try:
            with transaction.atomic():
                transfer = Transfer.objects.create(
                    project=row, project_name=row.name, project_number=row.number, from_division=unit,
                    to_division=to_division, reason=reason, asked_by=by, asked_at=at, **unit.codes, **file.values,
                )  # fmt: skip
        except IntegrityError:
            raise StaleState("transfer_waits", _("This project is being offered already.")) from None
        duty = obligations.owe_for_subject(
            kind=TRANSFER_DECISION,
            unit=to_division,
            subject=transfer,
            label=row.name,
            anchor=on,
            at=at,
            by=by,
        )
        if duty is not None:
            Transfer.objects.filter(pk=transfer.pk).update(obligation=duty)
            transfer.obligation = duty
        audit.record(
            "transfer_asked", target=row, by=by, at=at,
            after={"from_division": unit.name, "to_division": to_division.name}, reason=reason,
            rule_id=duty.rule_id if duty else "",
        )  # fmt: skip
        notify.tell(
            notify.staff_of(to_division, PERMISSION, on=on),
            key=f"transfer:{transfer.pk}", kind="transfer",
            title=_("%(unit)s hands you a project: %(project)s") % {"unit": unit.name, "project": row.name},
            text=reason, url=reverse("projects:transfer", args=[transfer.pk]), at=at,
        )  # fmt: skip
    return transfer


def decide_transfer(
    *, transfer: Transfer, accepted: bool, opinion: str = "", by: Any, at: datetime
) -> Transfer:
    """Accept: the project and all that belongs to it is the receiver's from now on. Refuse: it stays."""
    if not posted_at(by, transfer.to_division_id, PERMISSION):
        raise PermissionDenied(PERMISSION)
    on, opinion = local_date(at), clean(opinion)
    if not accepted and not opinion:
        raise DomainError("opinion_required", _("Say why the project is not accepted."), field="opinion")
    with transaction.atomic():
        row = locked(transfer.project)
        _settle(transfer, TransferState.ACCEPTED if accepted else TransferState.REFUSED, opinion, by, at)
        if accepted:
            _move(transfer, row, opinion, by, on, at)
        else:
            audit.record(
                "transfer_refused", target=row, by=by, at=at, after={"to_division": transfer.to_division.name},
                reason=opinion,
            )  # fmt: skip
        obligations.meet_for_subject(kind=TRANSFER_DECISION, subject=transfer, met_on=on, at=at, by=by)
        title = _("Project accepted: %(project)s") if accepted else _("Project not accepted: %(project)s")
        notify.tell(
            [transfer.asked_by], key=f"transfer_decided:{transfer.pk}", kind="transfer",
            title=title % {"project": transfer.project_name}, text=opinion,
            url=reverse("projects:transfer", args=[transfer.pk]), at=at,
        )  # fmt: skip
    return transfer


def withdraw_transfer(*, transfer: Transfer, reason: str, by: Any, at: datetime) -> Transfer:
    """The giving side takes its offer back."""
    require(by, PERMISSION, transfer.project)
    if not clean(reason):
        raise DomainError("reason_required", _("Say why the offer is taken back."), field="reason")
    with transaction.atomic():
        _withdraw(transfer, clean(reason), by, at)
    return transfer


def drop_waiting(project: Project, *, reason: str, by: Any, at: datetime) -> None:
    """Take back what waits for a project that ended. Inside the caller's transaction."""
    for transfer in project.transfers.filter(state=TransferState.ASKED):
        _withdraw(transfer, reason, by, at)


def _withdraw(transfer: Transfer, reason: str, by: Any, at: datetime) -> None:
    _settle(transfer, TransferState.WITHDRAWN, reason, by, at)
    obligations.cancel_for_subject(subject=transfer, reason=reason, at=at, by=by)
    audit.record("transfer_withdrawn", target=transfer.project, by=by, at=at, reason=reason)


def _settle(transfer: Transfer, state: str, opinion: str, by: Any, at: datetime) -> None:
    done = Transfer.objects.filter(pk=transfer.pk, state=TransferState.ASKED).update(
        state=state, decided_by=by, decided_at=at, opinion=opinion
    )
    transfer.refresh_from_db()
    if not done:
        raise StaleState(
            "already_decided",
            _("%(who)s was faster: this transfer is %(state)s. Nothing was changed by you.")
            % {"who": transfer.decided_by or _("Somebody else"), "state": transfer.get_state_display()},
        )


def _move(transfer: Transfer, row: Project, opinion: str, by: Any, on: date, at: datetime) -> None:
    old, new = transfer.from_division, transfer.to_division
    if row.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise StaleState("project_ended", _("This project has ended meanwhile."))
    if host_unit(row).pk != old.pk:
        raise StaleState("moved_meanwhile", _("This project lies in another division by now."))
    before = {"division": row.division.name, "version": row.version}
    _release_team(row, new, on)
    duties = hand_over_duties(row.pk, old, new)
    save_version(row, at=at, division_id=new.pk, **new.codes)
    moved = move_codes(row.pk, new.codes)
    Transfer.objects.filter(pk=transfer.pk).update(moved=moved)
    transfer.moved = moved
    row = Project.objects.select_related("division").get(pk=row.pk)
    tell_moved(row, old=old, new=new, by=by, at=at)
    audit.record_many(
        [
            audit.Entry(
                action="obligation_handed_over", object_type="accounts.obligation", object_id=str(duty.pk),
                object_label=str(duty)[:200], before={"unit": old.name}, after={"unit": new.name},
                reason=transfer.reason, rule_id=duty.rule_id, codes=new.codes,
            )
            for duty in duties
        ],
        by=by, at=at,
    )  # fmt: skip
    audit.record(
        "transfer_accepted", target=row, by=by, at=at, before=before,
        after={"division": new.name, "version": row.version, "moved_rows": sum(moved.values())},
        reason=opinion or transfer.reason,
    )  # fmt: skip


def _release_team(row: Project, new: Division, on: date) -> None:
    """Officials without a seat in or above the new division serve until today, and their view of it ends."""
    serving = row.team.filter(valid_to=None).exclude(role__in=STAYING).select_related("user")
    leaving: list[Assignment] = [one for one in serving if not _seated(one, new, on)]
    for one in leaving:
        Assignment.objects.filter(pk=one.pk).update(valid_to=max(one.valid_from, on))
    settle_grants(row, [one.user for one in leaving])


def _seated(one: Assignment, new: Division, on: date) -> bool:
    if one.user is None:
        return False
    above = [code for code in (new.province_code, new.city_code, new.county_code) if code]
    return Posting.objects.current(on).filter(user=one.user, division_id__in=above).exists()


def _refuse_unless_free(row: Project, unit: Division, to_division: Division, on: date) -> None:
    if row.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        raise DomainError("project_ended", _("A project that has ended stays where it is."))
    if Tier(to_division.tier) not in (Tier.CITY, Tier.COUNTY):
        raise DomainError("division_unfit", _("Choose a county or a city."), field="to_division")
    if to_division.pk == unit.pk:
        raise DomainError("same_division", _("The project lies there already."), field="to_division")
    if row.plan_changes.filter(state=ChangeState.WAITING).exists():
        raise StaleState(
            "plan_change_waits",
            _(
                "New planned dates of this project wait for a decision. Let it be made, or take the request back."
            ),
        )
    if row.transfers.filter(state=TransferState.ASKED).exists():
        raise StaleState("transfer_waits", _("This project is being offered already."))
    if not notify.staff_of(to_division, PERMISSION, on=on):
        raise DomainError(
            "nobody_there",
            _("Nobody in %(unit)s has an account to receive it. Let the tier above set one up first.")
            % {"unit": to_division.name},
            field="to_division",
        )
