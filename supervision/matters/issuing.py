"""Issuing a matter: the one door through which every subject presses something on a unit."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, Division, User
from accounts.scope import posted_at
from policy.deadlines import chinese_day
from policy.services import current_calendar
from projects.models import Project
from projects.numbers import take
from projects.text import clean
from supervision.matters import telling
from supervision.matters.clocks import ANSWER, URGENCIES, climb_on, computed, set_by_hand
from supervision.matters.models import Matter, MatterSource, MatterState, Step
from supervision.matters.moving import add_entry, check_due, clean_text, keep_files

ISSUE = "matters.issue"


def issue_matter(
    *,
    source: str,
    source_id: int = 0,
    title: str,
    demand: str,
    issuer: Division,
    unit: Division,
    department: Department | None = None,
    person: User | None = None,
    project: Project | None = None,
    due_on: date | None = None,
    rule_key: str = ANSWER,
    urgency: str = "ordinary",
    basis: str = "",
    rule_id: str = "",
    files: Sequence[Any] = (),
    by: Any,
    at: datetime,
) -> Matter:
    """Press a matter on `unit`, inside the caller's transaction where there is one.

    `unit` is `issuer` itself or lies below it. `due_on`, inclusive, not in the past, or None: worked out by `rule_key`
    of the issuer's regime (`urgency`, urgent, ordinary or difficult, where that is a rule of limits) from the day of
    `at`, not counted itself. `files` are uploads. `by` None: a job. Raises DomainError, PermissionDenied.
    """
    if by is not None and not posted_at(by, issuer, ISSUE):
        raise PermissionDenied(ISSUE)
    on = local_date(at)
    title, demand = _checked_words(title, demand)
    check_place(issuer, unit, department, on)
    if urgency not in URGENCIES:
        raise DomainError("urgency_unknown", _("Choose how urgent it is."), field="urgency")
    told = _told(due_on, rule_key, issuer, on, urgency, clean(basis))
    last_day = date.fromisoformat(told["due_on"])
    fields: dict[str, Any] = {
        "source": MatterSource(source), "source_id": source_id, "title": title, "demand": demand,
        "basis": (clean(basis) or told["basis"])[:300], "rule_id": rule_id or told["rule"], "project": project,
        "issuer": issuer, "issued_by": by, "issued_at": at, "unit": unit, "department": department, "person": person,
        "due_on": last_day, "first_due_on": last_day, "deadline": told, "step_since": on,
        "next_step_on": climb_on(MatterState.ISSUED, Step.ASSIGNED, on, last_day, issuer, on), **unit.codes,
    }  # fmt: skip
    return _create(fields, demand, files, by, at)


def _create(fields: dict[str, Any], demand: str, uploads: Sequence[Any], by: Any, at: datetime) -> Matter:
    checked = files.check_files(uploads)
    kept: list[str] = []
    try:
        with transaction.atomic():
            number = _number(fields["issuer"], local_date(at).year)
            matter = Matter.objects.create(number=number, **fields)
            entry = add_entry(matter, "issue", by=by, at=at, text=demand)
            kept += keep_files(entry, checked)
            audit.record(
                "matter_issue", target=matter, by=by, at=at, rule_id=matter.rule_id,
                after={
                    "source": matter.source, "title": matter.title, "issuer": matter.issuer.name,
                    "holder": matter.holder_name, "due_on": matter.due_on,
                },
            )  # fmt: skip
            transaction.on_commit(lambda: telling.tell(matter, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return matter


def _checked_words(title: str, demand: str) -> tuple[str, str]:
    title, demand = clean(title), clean_text(demand, "demand")
    if not title:
        raise DomainError("title_missing", _("Say in a few words what is to be done."), field="title")
    if len(title) > 120:
        raise DomainError(
            "title_too_long",
            _("This has %(n)d characters; at most 120 are possible. Put the rest into what is demanded.")
            % {"n": len(title)},
            field="title",
        )
    if not demand:
        raise DomainError(
            "demand_missing", _("Say what is demanded and how it will be checked."), field="demand"
        )
    return title, demand


def check_place(issuer: Division, unit: Division, department: Department | None, on: date) -> None:
    """Refuse a unit outside the area of the issuer, one that ended, and a department elsewhere."""
    if not unit.path.startswith(issuer.path):
        raise DomainError(
            "unit_not_below",
            _("%(unit)s does not lie below %(issuer)s. A matter is given to one's own unit or to one below.")
            % {"unit": unit.name, "issuer": issuer.name},
            field="unit",
        )
    if unit.valid_to is not None and unit.valid_to < on:
        raise DomainError(
            "unit_ended",
            _("%(unit)s ended on %(day)s. Choose the unit that took over its work.")
            % {"unit": unit.name, "day": unit.valid_to.isoformat()},
            field="unit",
        )
    if department is not None and department.division_id != unit.pk:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    if department is not None and department.valid_to is not None and department.valid_to < on:
        raise DomainError(
            "office_ended", _("This office has ended. Choose the one that took over."), field="department"
        )


def _told(
    due_on: date | None, rule_key: str, issuer: Division, on: date, urgency: str, basis: str
) -> dict[str, Any]:
    if due_on is None:
        return computed(rule_key, issuer, on, urgency, current_calendar())
    check_due(due_on, on)
    text = f"{chinese_day(on)}交办，办结时限由交办单位确定"
    return set_by_hand(due_on, "交办", text, basis or f"{issuer.name}交办时确定")


def _number(issuer: Division, year: int) -> str:
    """DB-230600-2026-0007."""
    prefix = f"DB-{issuer.pk}-{year}"
    return f"{prefix}-{take(prefix):04d}"
