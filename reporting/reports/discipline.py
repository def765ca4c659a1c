"""How units handed in their ledgers over the months of a period (H18, H19).

On time (with an extension too) + late + missing + exempt + not yet due = expected.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from accounts.models import Obligation, ObligationState
from reporting.reports.figures import Discipline

LEDGER_KINDS = ("ledger_county", "ledger_city")


def by_unit(province_code: str, months: Iterable[str], *, on: date) -> dict[str, Discipline]:
    """Unit code → its own hand-ins over `months` ('2026-10', …), as the day `on` sees them. One statement."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    owed = Obligation.objects.live().filter(
        province_code=province_code, kind__in=LEDGER_KINDS, period__in=list(months)
    )
    for obligation in owed.only(
        "unit_id", "due_on", "extended_to", "met_on", "met_at", "exempt_reason", "kind", "period"
    ):
        counts[obligation.unit_id]["expected"] += 1
        counts[obligation.unit_id][FIELD[obligation.state(on)]] += 1
    return {code: Discipline(**values) for code, values in counts.items()}


FIELD = {
    ObligationState.ON_TIME: "on_time",
    ObligationState.EXTENDED: "extended",
    ObligationState.LATE: "late",
    ObligationState.MISSING: "missing",
    ObligationState.EXEMPT: "exempt",
    ObligationState.OPEN: "open",
}
