"""Who may do what with a ledger. A unit hands in its own; the unit one tier up receives it; neither acts for the other."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import Division
from accounts.scope import posted_at

SUBMIT, REVIEW, VIEW = "ledgers.submit", "ledgers.review", "ledgers.view"


def receiver_of(unit: Division) -> str:
    """Code of the unit that accepts or returns this unit's hand-ins: a city takes its own rows into its package."""
    return unit.pk if unit.city_code == unit.pk else unit.reports_to_code


def may_submit(user: Any, unit: Division) -> bool:
    return unit.reports_ledger and posted_at(user, unit.pk, SUBMIT)


def may_review(user: Any, unit: Division) -> bool:
    return posted_at(user, receiver_of(unit), REVIEW)


def require_submit(user: Any, unit: Division) -> None:
    if not may_submit(user, unit):
        raise PermissionDenied(SUBMIT)


def require_review(user: Any, unit: Division) -> None:
    if not may_review(user, unit):
        raise PermissionDenied(REVIEW)
