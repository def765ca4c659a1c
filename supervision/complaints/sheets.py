"""What those may read who do not sort a complaint: its handler, discipline inspection, the office above, the unit itself.

A `Sheet` is all their page gets; the complaint with the complainant's own words is never handed to it.
"""

from dataclasses import dataclass, field
from typing import Any

from accounts.outside import masking
from supervision.complaints import limits
from supervision.complaints.checks import draft_summary, identity_of
from supervision.complaints.models import Complaint, ComplaintFile, Side, Step


@dataclass(frozen=True, slots=True)
class Masked:
    """For discipline inspection: the complainant's words with whatever is surely somebody's taken out."""

    why: str
    said: str
    words: list[dict[str, Any]]
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Nothing here comes from the complainant unread by the office, `masked` apart. `due_on` is the reader's own limit."""

    pk: int
    number: str
    kind: str
    unit: str
    month: str
    state: str
    office: str
    handler: str
    due_on: Any
    deadline: Any
    summary: str
    statement: str
    stated_at: Any
    files: list[ComplaintFile]
    rounds: list[dict[str, Any]]
    notes: list[str]
    events: list[Any] = field(default_factory=list)
    masked: Masked | None = None


def sheet_of(complaint: Complaint, seat: str) -> Sheet:
    """`seat`: unit, handler, discipline, or above (an office of a higher tier that reads along)."""
    deep = seat != "unit"
    limit = _limit(complaint, seat)
    notes = complaint.events.filter(action="complaint_sent_back").values_list("note", flat=True)
    return Sheet(
        pk=complaint.pk, number=complaint.number if deep else "", kind=complaint.get_kind_display(),
        unit=complaint.unit_name, month=f"{complaint.received_on:%Y-%m}",
        state=complaint.get_state_display() if deep else "", office=complaint.office_name if deep else "",
        handler=_handler(complaint) if deep else "", due_on=limit.due_on if limit else None,
        deadline=limit.deadline if limit else None, summary=complaint.summary, statement=complaint.statement,
        stated_at=complaint.stated_at, files=list(complaint.files.filter(side=Side.UNIT)),
        rounds=_rounds(complaint, seat) if deep else [], notes=list(notes) if seat == "handler" else [],
        events=_events(complaint, seat) if seat in ("discipline", "above") else [],
        masked=_masked(complaint) if seat == "discipline" else None,
    )  # fmt: skip


def _limit(complaint: Complaint, seat: str) -> Any:
    if seat == "unit":
        return limits.running(complaint, Step.STATE) if complaint.stated_at is None else None
    if seat == "discipline":
        return limits.running(complaint, Step.DISCIPLINE)
    return limits.present(complaint) or limits.running(complaint, Step.MEND)


def _events(complaint: Complaint, seat: str) -> list[Any]:
    """The course. What discipline inspection noted is for itself and the sorting office."""
    found: list[Any] = list(complaint.events.select_related("by"))
    for one in found:
        if one.action == "complaint_discipline" and seat != "discipline":
            one.note = ""
    return found


def _handler(complaint: Complaint) -> str:
    if complaint.handler is not None:
        return complaint.handler.name
    return complaint.office_name if complaint.summary else ""


def _rounds(complaint: Complaint, seat: str) -> list[dict[str, Any]]:
    """What each round found. The answers are written to the complainant: masked, and for discipline inspection alone."""
    identity = identity_of(complaint)
    return [
        {
            "number": one.number, "finding": one.finding, "outcome": one.get_outcome_display(), "refused": one.refused,
            "replied_on": one.replied_on if seat == "discipline" else None, "satisfied": one.satisfied,
            "reply": masking.draft(one.reply, identity, complaint.about_project) if seat == "discipline" else "",
        }
        for one in complaint.rounds.all()
        if one.finding or (one.reply and seat == "discipline")
    ]  # fmt: skip


def _masked(complaint: Complaint) -> Masked:
    identity = identity_of(complaint)
    words = [
        {"at": one.at, "side": one.side, "text": masking.draft(one.text, identity, complaint.about_project)}
        for one in complaint.words.exclude(text="")
    ]
    return Masked(
        why=complaint.escalated_why,
        said=draft_summary(complaint),
        words=words,
        note=complaint.discipline_note,
    )
