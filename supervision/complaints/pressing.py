"""A complaint that its handler lets lie is pressed on the same ladder as everything else (催办 → 督办 → 通报).

Only where the handler sits elsewhere than the unit complained about: a matter is read by the office of its place, and the
unit's own office must not learn more than its sheet. The matter names neither number nor words. The others are pressed by
the complaint's own limits alone.
"""

from datetime import date, datetime
from typing import Any

from accounts.clock import local_date
from accounts.models import Department
from supervision.complaints.models import Complaint
from supervision.complaints.states import State
from supervision.matters.following import settle_by_fact
from supervision.matters.issuing import issue_matter
from supervision.matters.models import Matter, MatterSource


def press_handler(complaint: Complaint, at: datetime) -> Matter | None:
    """Put an overdue handling on the ladder, once per handling; None where the unit's place could read it, and where the
    handler has ended: nobody is left to press, the office hears of it and names another one."""
    handler = complaint.handler
    if complaint.state != State.ASSIGNED or handler is None or complaint.office_is_unit:
        return None
    if handler.division_id == complaint.division_id or _ended(handler, local_date(at)):
        return None
    held = Matter.objects.open().filter(source=MatterSource.COMPLAINT, source_id=complaint.pk)
    if held.exists():
        return None
    return issue_matter(
        source=MatterSource.COMPLAINT, source_id=complaint.pk, title="办理逾期的投诉举报件",
        demand="已超过办理时限。请查清事实、依法处理，并在投诉举报页面提交办理结果。", issuer=complaint.office,
        unit=handler.division, department=handler, urgency="urgent", by=None, at=at,
    )  # fmt: skip


def handled(complaint: Complaint, by: Any, at: datetime, *, note: str = "办理结果已提交") -> None:
    """Handled, or taken from this handler (`note` says which): what pressed it is settled."""
    settle_by_fact(source=MatterSource.COMPLAINT, source_id=complaint.pk, note=note, by=by, at=at)


def _ended(department: Department, on: date) -> bool:
    days = (department.valid_to, department.division.valid_to)
    return any(day is not None and day < on for day in days)
