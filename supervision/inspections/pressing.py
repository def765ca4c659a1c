"""An objection nobody decides in time is pressed on the same ladder as everything else (催办 → 督办 → 通报).

The decision is the inspecting unit's (政府督查工作条例 art. 17); the unit above it presses, of the province the province
itself.
"""

from datetime import datetime
from typing import Any

from accounts.clock import local_date
from documents import chinese_date
from supervision.inspections.models import Conclusion, ConclusionState
from supervision.matters.following import settle_by_fact
from supervision.matters.issuing import issue_matter
from supervision.matters.models import Matter, MatterSource


def press_overdue(at: datetime) -> int:
    """One matter for each objection whose day to decide has passed and that is not on the ladder yet; how many."""
    on, new = local_date(at), 0
    held = set(Matter.objects.filter(source=MatterSource.OBJECTION).values_list("source_id", flat=True))
    rows = Conclusion.objects.filter(state=ConclusionState.OBJECTED, decide_by_on__lt=on).exclude(pk__in=held)
    for row in rows.select_related("inspection__unit__parent", "unit", "department").order_by("pk"):
        unit, told = row.inspection.unit, row.decision_deadline or {}
        limit = chinese_date(row.decide_by_on) if row.decide_by_on else ""
        issue_matter(
            source=MatterSource.OBJECTION, source_id=row.pk,
            title=f"督查结论异议逾期未复核：{row.inspection.title}"[:120],
            demand=f"{row.addressee}对督查结论提出的异议应于{limit}前作出复核决定，现已逾期。"
            "请由没有参与本次督查的人员复核，作出决定并在督查结论页面提交。",
            issuer=unit.parent or unit, unit=unit, urgency="urgent", basis=told.get("basis", "")[:300],
            rule_id=told.get("rule", ""), by=None, at=at,
        )  # fmt: skip
        new += 1
    return new


def settled(conclusion: Conclusion, by: Any, at: datetime) -> None:
    """Decided: what pressed it is settled. Inside that transaction."""
    note = f"已作出复核决定：{conclusion.get_state_display()}"
    settle_by_fact(source=MatterSource.OBJECTION, source_id=conclusion.pk, note=note, by=by, at=at)
