"""The city's package for the province: gathered by itself, sent as versions, stale after a later correction (H18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Division, Obligation, Tier
from accounts.notify import staff_of, tell
from accounts.obligations.services import meet_for_period
from policy.periods import Period
from reporting.ledgers import rows as cells
from reporting.ledgers.access import REVIEW, SUBMIT, posted_at, require_submit
from reporting.ledgers.models import (
    Attempt,
    AttemptState,
    CityPackage,
    LedgerEntry,
    PackageState,
    RowMatch,
    StagedRow,
)
from reporting.ledgers.reviewing import correction_due
from reporting.ledgers.rows import FACTS, MONTHLY, NODES
from reporting.ledgers.staging import ledger_of

MOST_DIFFERENCES = 500


@dataclass(slots=True)
class UnitLine:
    """One unit of the package: its obligation, its latest hand-in of any state, and the accepted one that counts."""

    unit: Division
    obligation: Obligation | None = None
    latest: Attempt | None = None
    accepted: Attempt | None = None
    own: bool = False

    def state(self, on: date) -> str:
        return str(self.obligation.state(on)) if self.obligation else ""

    @property
    def is_missing(self) -> bool:
        exempt = self.obligation is not None and bool(self.obligation.exempt_reason)
        return not self.own and self.accepted is None and not exempt


@dataclass(slots=True)
class Gathered:
    """What a city has for a month."""

    unit: Division
    period: Period
    lines: list[UnitLine] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)

    @property
    def attempts(self) -> dict[str, int]:
        return {line.unit.pk: line.accepted.pk for line in self.lines if line.accepted}

    @property
    def missing(self) -> list[str]:
        return [line.unit.pk for line in self.lines if line.is_missing]


def gather(unit: Division, period: Period) -> Gathered:
    """The units that owed the month (as frozen then), their hand-ins, and the city's own."""
    duties = {
        o.unit_id: o
        for o in Obligation.objects.live().filter(kind="ledger_county", period=str(period), city_code=unit.pk)
    }
    units = Division.objects.filter(city_code=unit.pk, tier=Tier.COUNTY).order_by("code")
    units = units.filter(pk__in=duties) if duties else units.filter(reports_ledger=True).current(period.last)
    lines = {u.pk: UnitLine(u, duties.get(u.pk)) for u in units}
    lines[unit.pk] = UnitLine(unit, own=True)
    attempts = (
        Attempt.objects.filter(city_code=unit.pk, ledger__period=str(period))
        .exclude(state=AttemptState.DISCARDED)
        .select_related("ledger__unit", "submitted_by")
        .order_by("number")
    )
    for attempt in attempts:
        line = lines.setdefault(attempt.ledger.unit_id, UnitLine(attempt.ledger.unit))
        if attempt.state != AttemptState.STAGED:
            line.latest = attempt
        if attempt.state == AttemptState.ACCEPTED:
            line.accepted = attempt
    found = Gathered(unit, period, list(lines.values()))
    found.totals = totals_of(unit, period)
    return found


def totals_of(unit: Division, period: Period) -> dict[str, int]:
    """Figures of the month's accepted entries in the city. Amounts in 元."""
    sums = LedgerEntry.objects.filter(city_code=unit.pk, period=str(period)).aggregate(
        projects=Count("pk"),
        contract=Sum("project__contract_amount_yuan"),
        total=Sum("invested_total_yuan"),
        month=Sum("invested_month_yuan"),
    )
    return {name: int(value or 0) for name, value in sums.items()}


def send_package(*, unit: Division, period: Period, by: Any, at: datetime) -> CityPackage:
    """Send what is there. A city may send with units missing (they are named); its own duty is met by the sending."""
    require_submit(by, unit)
    if unit.tier != Tier.CITY:
        raise DomainError("not_a_city", _("Only a city sends a package to the province."))
    with transaction.atomic():
        ledger = ledger_of(unit, period)  # locked: two clicks make one version
        found = gather(unit, period)
        latest = CityPackage.objects.filter(unit=unit, period=str(period)).order_by("-version").first()
        _refuse_unchanged(latest, found)
        if not found.attempts:
            raise DomainError(
                "package_empty", _("No county's ledger has been accepted yet, so there is nothing to send.")
            )
        package = CityPackage.objects.create(
            unit=unit, period=str(period), version=latest.version + 1 if latest else 1, state=PackageState.SENT,
            obligation=ledger.obligation, attempts=found.attempts, missing=found.missing, totals=found.totals,
            differences=differences(latest, found) if latest else [], sent_by=by, sent_at=at, **unit.codes,
        )  # fmt: skip
        audit.record(
            "package_sent", target=package, by=by, at=at,
            after={"version": package.version, "attempts": found.attempts, "missing": found.missing},
        )  # fmt: skip
        transaction.on_commit(lambda: _tell_province(package, at))
    return package


def _refuse_unchanged(latest: CityPackage | None, found: Gathered) -> None:
    if latest is None or latest.state == PackageState.RETURNED:
        return
    if latest.attempts == found.attempts:
        text = _("Version %(version)d holds the same hand-ins. There is nothing new to send.")
        raise StaleState("package_unchanged", text % {"version": latest.version})


def differences(before: CityPackage, found: Gathered) -> list[dict[str, Any]]:
    """What changed against an earlier version, row by row, from the hand-ins themselves."""
    listed: list[dict[str, Any]] = []
    names = {line.unit.pk: line.unit.name for line in found.lines}
    for code, attempt_id in sorted(found.attempts.items()):
        old_id = before.attempts.get(code)
        if old_id == attempt_id:
            continue
        if old_id is None:
            listed.append({"unit": names[code], "kind": "added", "rows": _row_count(attempt_id)})
            continue
        old, new = _by_project(old_id), _by_project(attempt_id)
        for key in sorted(set(old) | set(new), key=str):
            listed += _row_differences(names[code], old.get(key), new.get(key))
            if len(listed) >= MOST_DIFFERENCES:
                return listed[:MOST_DIFFERENCES]
    return listed


def _row_count(attempt_id: int) -> int:
    return StagedRow.objects.filter(attempt_id=attempt_id).exclude(match=RowMatch.SKIPPED).count()


def _by_project(attempt_id: int) -> dict[Any, tuple[str, dict[str, Any]]]:
    rows = StagedRow.objects.filter(attempt_id=attempt_id).exclude(match=RowMatch.SKIPPED)
    return {
        project or name: (name, values)
        for project, name, values in rows.values_list("project_id", "name", "values")
    }


def _row_differences(unit: str, old: Any, new: Any) -> list[dict[str, Any]]:
    if old is None or new is None:
        name = (new or old)[0]
        return [{"unit": unit, "kind": "row_added" if old is None else "row_gone", "name": name}]
    found = []
    for field_name in (*MONTHLY, *FACTS, *NODES):
        before, after = cells.value_of(old[1], field_name), cells.value_of(new[1], field_name)
        if not cells.same(field_name, before, after):
            found.append({
                "unit": unit, "kind": "cell", "name": new[0], "field": field_name,
                "before": cells.show(field_name, [before]), "after": cells.show(field_name, [after]),
            })  # fmt: skip
    return found


# --- the province's side ----------------------------------------------------------------------------------


def may_review_package(user: Any, package: CityPackage) -> bool:
    return posted_at(user, package.unit.reports_to_code, REVIEW)


def accept_package(*, package: CityPackage, by: Any, at: datetime) -> CityPackage:
    """Accept; the city's duty is met by the first sending that was later accepted."""
    _require_review(by, package)
    with transaction.atomic():
        _decide(package, PackageState.ACCEPTED, by=by, at=at, note="")
        audit.record("package_accepted", target=package, by=by, at=at, after={"version": package.version})
        meet_for_period(
            kind="ledger_city",
            unit=package.unit,
            period=package.period,
            met_at=_receipt(package),
            at=at,
            by=by,
        )
        transaction.on_commit(lambda: _tell_city(package, at))
    package.refresh_from_db()
    return package


def return_package(*, package: CityPackage, note: str, by: Any, at: datetime) -> CityPackage:
    _require_review(by, package)
    if not note.strip():
        raise DomainError("reason_required", _("Say what is to be corrected."), field="note")
    with transaction.atomic():
        _decide(package, PackageState.RETURNED, by=by, at=at, note=note.strip()[:1000])
        audit.record(
            "package_returned",
            target=package,
            by=by,
            at=at,
            after={"version": package.version},
            reason=note.strip(),
        )
        transaction.on_commit(lambda: _tell_city(package, at))
    package.refresh_from_db()
    return package


def _require_review(user: Any, package: CityPackage) -> None:
    if not may_review_package(user, package):
        raise PermissionDenied(REVIEW)


def _decide(package: CityPackage, state: str, *, by: Any, at: datetime, note: str) -> None:
    newer = CityPackage.objects.filter(
        unit_id=package.unit_id, period=package.period, version__gt=package.version
    ).exists()
    changed = (
        0
        if newer
        else CityPackage.objects.filter(pk=package.pk, state=PackageState.SENT).update(
            state=state, reviewed_by=by, reviewed_at=at, review_note=note
        )
    )
    if not changed:
        raise StaleState(
            "package_decided",
            _("This version was decided on already, or a newer one was sent. Reload the page."),
        )
    package.state, package.review_note = state, note


def _receipt(package: CityPackage) -> datetime:
    """A version sent within the correction clock of the one before keeps its receipt."""
    receipt = package.sent_at
    earlier = CityPackage.objects.filter(
        unit_id=package.unit_id, period=package.period, version__lt=package.version
    ).order_by("-version")
    for version in earlier:
        decided = version.reviewed_at if version.state == PackageState.RETURNED else None
        if decided is not None and local_date(receipt) > correction_due(local_date(decided)):
            break
        receipt = version.sent_at
    return receipt


def _tell_province(package: CityPackage, at: datetime) -> None:
    period = Period.parse(package.period).label
    title = _("%(unit)s sent its ledgers of %(period)s, version %(version)d") % {
        "unit": package.unit.name, "period": period, "version": package.version,
    }  # fmt: skip
    text = _("%(n)d units, %(missing)d missing") % {
        "n": len(package.attempts),
        "missing": len(package.missing),
    }
    people = staff_of(package.unit.reports_to_code, REVIEW, on=local_date(at))
    tell(people, key=f"package-in-{package.pk}", kind="ledger", title=title, text=text,
         url=reverse("ledgers:package", args=[package.pk]), at=at)  # fmt: skip


def _tell_city(package: CityPackage, at: datetime) -> None:
    period = Period.parse(package.period).label
    if package.state == PackageState.ACCEPTED:
        title = _("The province accepted your ledgers of %(period)s") % {"period": period}
    else:
        title = _("The province returned your ledgers of %(period)s") % {"period": period}
    people = staff_of(package.unit, SUBMIT, on=local_date(at))
    tell(people, key=f"package-{package.state}-{package.pk}", kind="ledger", title=title, text=package.review_note,
         url=reverse("ledgers:package", args=[package.pk]), at=at)  # fmt: skip
