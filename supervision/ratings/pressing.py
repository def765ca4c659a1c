"""A bad rating nobody follows up in time is pressed on the same ladder as everything else (催办 → 督办 → 通报)."""

from datetime import datetime
from typing import Any

from accounts.clock import local_date
from supervision.matters.following import settle_by_fact
from supervision.matters.issuing import issue_matter
from supervision.matters.models import Matter, MatterSource
from supervision.ratings.models import BadCase, CaseState

DEMAND = "差评已超过回访整改期限。请整改或作出解释，并在差评页面提交；实名的先回访。"


def press_overdue(at: datetime) -> int:
    """One matter for each case that is past its day and not on the ladder yet; return how many are new."""
    on, new = local_date(at), 0
    held = set(Matter.objects.filter(source=MatterSource.RATING).values_list("source_id", flat=True))
    rows = BadCase.objects.filter(state=CaseState.OPEN, due_on__lt=on).exclude(pk__in=held)
    for case in rows.select_related("rating__chance__division", "rating__chance__department").order_by("pk"):
        chance = case.rating.chance
        gone = chance.department is not None and chance.department.valid_to is not None
        issue_matter(
            source=MatterSource.RATING, source_id=case.pk, title=f"差评回访整改：{case.rating.shown_service}"[:120],
            demand=DEMAND, issuer=chance.division, unit=chance.division, department=None if gone else chance.department,
            urgency="urgent", by=None, at=at,
        )  # fmt: skip
        new += 1
    return new


def settled(case: BadCase, by: Any, at: datetime) -> None:
    """Closed, or not adopted after review: what pressed it is settled."""
    settle_by_fact(
        source=MatterSource.RATING, source_id=case.pk, note=str(case.get_state_display()), by=by, at=at
    )
