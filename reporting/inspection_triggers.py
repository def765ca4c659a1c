"""What reported figures say should be verified on the spot (信息统计真实性核查, H19, H21)."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Division
from policy.periods import Period
from reporting.ledgers.models import AttemptState, StagedRow
from supervision.inspections.models import InspectionKind
from supervision.inspections.triggers import MOST, Hit, Trigger, in_area, register_trigger

MONTHS = 3  # ledgers of so many months back are looked at


def register() -> None:
    register_trigger(
        Trigger(
            "truth", InspectionKind.VERIFICATION, gettext_lazy("Figures that were questioned and only explained"),
            _explained, lambda _unit: reverse("ledgers:home"), 50,
        )
    )  # fmt: skip


def _explained(unit: Division, on: date) -> list[Hit]:
    """Rows of handed-in ledgers whose figures the checks asked about; the answer was words, nobody has looked."""
    month = Period.containing("month", on)
    since = month
    for _step in range(MONTHS):
        since = since.previous()
    rows = (
        StagedRow.objects.filter(
            in_area(unit, "project__"), attempt__state__in=[AttemptState.SUBMITTED, AttemptState.ACCEPTED],
            attempt__ledger__period__gte=str(since), attempt__ledger__period__lte=str(month),
        )
        .exclude(explanations={})
        .order_by("-attempt__ledger__period", "pk")
    )  # fmt: skip
    found = rows.values_list("project_id", "attempt__ledger__period", "explanations")[: MOST + 1]
    return [
        Hit(
            pk,
            _("ledger of %(month)s, explained by the unit: %(text)s")
            % {"month": period, "text": "；".join(str(one) for one in words.values())[:90]},
        )
        for pk, period, words in found
        if pk is not None
    ]
