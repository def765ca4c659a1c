"""Names of figures on screen, with what they are measured in. Official documents use `figures.OFFICIAL_NAMES`."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from reporting.reports.figures import RATES, Figures, Rate

LABELS: dict[str, Any] = {
    "signed": _("Signed projects"),
    "signed_amount_yuan": _("Contract amount"),
    "new_signed": _("Newly signed"),
    "new_signed_amount_yuan": _("Amount newly signed"),
    "in_place_yuan": _("Funds in place"),
    "fulfilled": _("Fulfilled"),
    "started": _("Construction started"),
    "not_started": _("Signed, not started"),
    "completed": _("Completed"),
    "produced": _("In production"),
    "start_planned": _("Start planned by now"),
    "started_of_planned": _("Started of those planned"),
    "behind_plan": _("Start planned, not started"),
    "points_finished": _("Milestones finished"),
    "points_on_time": _("Milestones finished on time"),
    "lost": _("Terminated or withdrawn"),
    "red": _("Red projects"),
    "amber": _("Amber projects"),
    "fulfilment_rate": _("Fulfilment rate"),
    "start_rate": _("Start rate"),
    "completion_rate": _("Completion rate"),
    "production_rate": _("Production rate"),
    "funds_in_place_rate": _("Funds-in-place rate"),
    "planned_start_rate": _("Planned-start rate"),
    "on_time_rate": _("On-time rate"),
    "approval_rate": _("Approvals on time"),
}
MONEY = {"signed_amount_yuan", "new_signed_amount_yuan", "in_place_yuan"}


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate as a page shows it: never without numerator, denominator and where each opens."""

    key: str
    label: Any
    rate: Rate
    numerator_key: str
    denominator_key: str
    is_money: bool
    change: float | None
    definition: str

    @property
    def change_text(self) -> str:
        """Change in percentage points on the period before, '+1.5'; empty when there is nothing to compare."""
        return "" if self.change is None else f"{self.change:+.1f}"


def rate_lines(figures: Figures, previous: Figures | None, rules: dict[str, Any]) -> list[RateLine]:
    lines = []
    for key, (numerator, denominator) in RATES.items():
        now, before = figures.rate(key).value, previous.rate(key).value if previous else None
        lines.append(
            RateLine(
                key=key,
                label=LABELS[key],
                rate=figures.rate(key),
                numerator_key=numerator,
                denominator_key=denominator,
                is_money=numerator in MONEY,
                change=None if now is None or before is None else round((now - before) * 100, 1),
                definition=rules.get(key, {}).get("definition", ""),
            )
        )
    return lines
