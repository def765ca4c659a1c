"""Who serves a project since when (H8–H11, B2): appointments, their end, and the view that comes with them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, User
from accounts.scope import require
from projects.grants import VIEW, beside_team
from projects.models import Assignment, Project, ProjectState, TeamRole
from projects.models.team import SINGLE_ROLES
from projects.services.registry import locked
from projects.text import clean


def appoint(
    *,
    project: Project,
    role: str,
    user: User | None = None,
    name: str = "",
    phone: str = "",
    department: Department | None = None,
    office: str = "",
    valid_from: date,
    by: Any,
    at: datetime,
) -> Assignment:
    """Appoint a person from `valid_from` (not in the future) on. `user` where they have an account, else `name`.

    The former holder of a role that one person holds steps down the day before. Appointing the same person to the
    same role again returns the appointment in force.
    """
    require(by, "team.appoint", project)
    name, phone, office = clean(name), clean(phone), clean(office)
    _check(role, user, name, valid_from, local_date(at))
    if user is not None:
        name, phone = user.get_full_name(), phone or user.phone
    with transaction.atomic():
        row = locked(project)
        if row.state not in (ProjectState.ACTIVE, ProjectState.DONE):
            raise StaleState(
                "project_ended", _("This project has ended; nobody is appointed to it any more.")
            )
        held = row.team.select_for_update().filter(role=role, valid_to=None)
        same = held.filter(user=user) if user is not None else held.filter(user=None, name=name, phone=phone)
        if (found := same.first()) is not None:
            return found
        former = list(held) if role in SINGLE_ROLES else []
        for old in former:
            _end(old, max(old.valid_from, valid_from - timedelta(days=1)))
        made = Assignment.objects.create(
            project=row, role=role, user=user, name=name[:60], phone=phone[:40], department=department,
            office=office[:120], valid_from=valid_from, province_code=row.province_code, city_code=row.city_code,
            county_code=row.county_code,
        )  # fmt: skip
        settle_grants(row, [user, *(old.user for old in former)])
        audit.record(
            "team_appointed", target=row, by=by, at=at,
            before={"role": role, "person": former[0].name} if former else {},
            after={"role": role, "person": name, "office": office, "valid_from": valid_from},
        )  # fmt: skip
        if user is not None and user.pk != getattr(by, "pk", None):
            transaction.on_commit(lambda: _tell(made, at))
    return made


def dismiss(*, assignment: Assignment, valid_to: date, reason: str = "", by: Any, at: datetime) -> Assignment:
    """End an appointment with `valid_to` as its last day; the personal view of the project ends with it."""
    require(by, "team.appoint", assignment.project)
    if valid_to > local_date(at):
        raise DomainError("dismissed_in_future", _("This day has not come yet."), field="valid_to")
    if valid_to < assignment.valid_from:
        raise DomainError(
            "dismissed_before_start",
            _("The appointment began on %(day)s; it cannot end before.")
            % {"day": assignment.valid_from.isoformat()},
            field="valid_to",
        )
    with transaction.atomic():
        row = locked(assignment.project)
        # Of itself: the account may be missing, and PostgreSQL does not lock what an outer join may leave out.
        held = (
            row.team.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=assignment.pk, valid_to=None)
            .first()
        )
        if held is None:
            raise StaleState("dismissed_already", _("This appointment has ended already."))
        _end(held, valid_to)
        settle_grants(row, [held.user])
        audit.record(
            "team_dismissed", target=row, by=by, at=at, before={"role": held.role, "person": held.name},
            after={"role": held.role, "person": "", "valid_to": valid_to}, reason=clean(reason),
        )  # fmt: skip
    return held


def succeed(*, assignment: Assignment, user: User, by: Any, at: datetime) -> Assignment | None:
    """`user` takes the seat over from today; None when it is no longer held. For a hand-over both sides have agreed to:
    the right to it is asked by the caller. Whoever has the same seat already simply keeps it."""
    on = local_date(at)
    with transaction.atomic():
        row = locked(assignment.project)
        held = row.team.select_for_update(of=("self",)).filter(pk=assignment.pk, valid_to=None).first()
        if held is None:
            return None
        _end(held, max(held.valid_from, on - timedelta(days=1)))
        posting = user.postings.current(on).select_related("department", "division").first()
        office = f"{posting.unit_name}{posting.title}" if posting else held.office
        made = row.team.filter(role=held.role, user=user, valid_to=None).first() or Assignment.objects.create(
            project=row, role=held.role, user=user, name=user.get_full_name()[:60], phone=user.phone[:40],
            department=held.department, office=office[:120], valid_from=on, province_code=row.province_code,
            city_code=row.city_code, county_code=row.county_code,
        )  # fmt: skip
        settle_grants(row, [user, held.user])
        audit.record(
            "team_appointed", target=row, by=by, at=at, before={"role": held.role, "person": held.name},
            after={"role": held.role, "person": made.name, "valid_from": on},
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(made, at))
    return made


def let_in(*, project: Project, user: User, by: Any, at: datetime) -> Assignment:
    """The investor's person sees the project from today on. For invitations: the right is asked by the caller."""
    with transaction.atomic():
        row = locked(project)
        found = row.team.filter(role=TeamRole.INVESTOR, user=user, valid_to=None).first()
        if found is not None:
            return found
        made = Assignment.objects.create(
            project=row, role=TeamRole.INVESTOR, user=user, name=user.get_full_name()[:60], phone=user.phone[:40],
            valid_from=local_date(at), province_code=row.province_code, city_code=row.city_code,
            county_code=row.county_code,
        )  # fmt: skip
        settle_grants(row, [user])
        audit.record(
            "team_appointed", target=row, by=by, at=at,
            after={"role": TeamRole.INVESTOR, "person": made.name, "valid_from": made.valid_from},
        )  # fmt: skip
    return made


def let_out(*, project: Project, user: User, by: Any, at: datetime) -> bool:
    """The investor's person sees it no longer; False when they did not. The right is asked by the caller."""
    on = local_date(at)
    with transaction.atomic():
        row = locked(project)
        held = row.team.select_for_update(of=("self",)).filter(
            role=TeamRole.INVESTOR, user=user, valid_to=None
        )
        found = held.first()
        if found is None:
            return False
        _end(found, max(found.valid_from, on - timedelta(days=1)))
        settle_grants(row, [user])
        audit.record(
            "team_dismissed", target=row, by=by, at=at, before={"role": found.role, "person": found.name},
            after={"role": found.role, "person": "", "valid_to": found.valid_to},
        )  # fmt: skip
    return True


def _check(role: str, user: User | None, name: str, valid_from: date, on: date) -> None:
    if role not in TeamRole.values:
        raise DomainError("role_unknown", _("Choose one of the roles."), field="role")
    if user is None and not name:
        raise DomainError("name_missing", _("Choose a person, or write the name."), field="name")
    if user is not None and not user.is_active:
        raise DomainError("user_inactive", _("This account is closed. Choose somebody else."), field="user")
    if role == TeamRole.INVESTOR and user is None:
        raise DomainError(
            "investor_needs_account", _("The investor signs in: choose their account."), field="user"
        )
    if valid_from > on:
        raise DomainError("appointed_in_future", _("This day has not come yet."), field="valid_from")


def _end(assignment: Assignment, last_day: date) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(valid_to=last_day)
    assignment.valid_to = last_day


def settle_grants(project: Project, users: list[User | None]) -> None:
    """The view grant of each person is there exactly while an appointment of theirs has no end, or something beside
    the team opens the project to them."""
    beside = beside_team(project.pk)
    for user in {user for user in users if user is not None}:
        if user.pk in beside or project.team.filter(Q(user=user), valid_to=None).exists():
            assign_perm(VIEW, user, project)
        else:
            remove_perm(VIEW, user, project)


def _tell(assignment: Assignment, at: datetime) -> None:
    project = assignment.project
    notify.tell(
        [assignment.user] if assignment.user else [],
        key=f"appointed:{assignment.pk}",
        kind="appointed",
        title=_("You are %(role)s of %(project)s")
        % {"role": assignment.get_role_display(), "project": project.name},
        text=_("From %(day)s on. Open the project for its dates and contacts.")
        % {"day": assignment.valid_from.isoformat()},
        url=reverse("projects:detail", args=[project.pk]),
        at=at,
    )
