"""What ledgers ask of the receiving office today: hand-ins and city packages to accept or to return."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Division, Tier
from accounts.obligations.todo import TodoItem
from accounts.scope import postings_with
from policy.periods import Period
from reporting.ledgers.access import REVIEW
from reporting.ledgers.board import default_period
from reporting.ledgers.models import Attempt, AttemptState, CityPackage, PackageState

LIMIT = 50


def hand_ins(user: Any, on: date) -> Iterator[TodoItem]:
    """Hand-ins of the counties right below, the longest waiting first, and those of a city's own."""
    offices = _offices(user, Tier.PROVINCE, Tier.CITY)
    if not offices:
        return
    rows = _submitted(user, offices).select_related("ledger__unit").order_by("submitted_at", "pk")
    for attempt in rows[:LIMIT]:
        detail = _("%(rows)d rows, %(changed)d changed, %(new)d new projects, %(asks)d explained")
        yield TodoItem(
            key=f"hand-in:{attempt.pk}",
            days_left=None,
            due_on=None,
            title=_("Decide on %(unit)s's ledger of %(month)s")
            % {"unit": attempt.ledger.unit.name, "month": Period.parse(attempt.ledger.period).label},
            detail=detail
            % {
                "rows": attempt.row_count,
                "changed": attempt.changed_count,
                "new": attempt.new_count,
                "asks": attempt.ask_count,
            },
            url=reverse("ledgers:attempt", args=[attempt.pk]),
            button=_("Read and decide"),
            order=30,
        )


def sent_packages(user: Any, on: date) -> Iterator[TodoItem]:
    """The newest version each city sent, while nobody has decided on it."""
    offices = _offices(user, Tier.PROVINCE)
    if not offices:
        return
    rows = _sent(user, offices).select_related("unit").order_by("sent_at", "pk")
    for package in rows[:LIMIT]:
        yield TodoItem(
            key=f"package:{package.pk}",
            days_left=None,
            due_on=None,
            title=_("Decide on the ledgers of %(unit)s for %(month)s")
            % {"unit": package.unit.name, "month": Period.parse(package.period).label},
            detail=_("%(n)d units, %(missing)d missing")
            % {"n": len(package.attempts), "missing": len(package.missing)},
            url=reverse("ledgers:package", args=[package.pk]),
            button=_("Read and decide"),
            order=30,
        )


def month_meant(user: Any, unit: Division, at: datetime) -> Period:
    """The newest month with something to decide for this office, else the one that runs (see `default_period`)."""
    if unit.pk not in _offices(user, Tier.PROVINCE, Tier.CITY):
        return default_period(at)
    handed = _submitted(user, {unit.pk}).order_by("-ledger__period").values_list("ledger__period", flat=True)
    sent = _sent(user, {unit.pk}).order_by("-period").values_list("period", flat=True)
    newest = max((text for text in (handed.first(), sent.first()) if text), default="")
    return Period.parse(newest) if newest else default_period(at)


def _offices(user: Any, *tiers: int) -> set[str]:
    """Divisions of these tiers where a posting of the user may decide on what is handed in."""
    postings = postings_with(user, REVIEW)
    return {p.division_id for p in postings if p.division.tier in tiers}


def _submitted(user: Any, offices: set[str]) -> Any:
    """Mirrors `access.receiver_of`: a city takes its own hand-in, every other unit's goes one tier up."""
    own = Q(ledger__unit_id__in=offices, ledger__unit__city_code=F("ledger__unit_id"))
    below = Q(ledger__unit__parent_id__in=offices) & ~Q(ledger__unit__city_code=F("ledger__unit_id"))
    return Attempt.objects.visible_to(user).filter(own | below, state=AttemptState.SUBMITTED)


def _sent(user: Any, offices: set[str]) -> Any:
    newer = CityPackage.objects.filter(
        unit_id=OuterRef("unit_id"), period=OuterRef("period"), version__gt=OuterRef("version")
    )
    return (
        CityPackage.objects.visible_to(user)
        .filter(unit__parent_id__in=offices, state=PackageState.SENT)
        .exclude(Exists(newer))
    )
