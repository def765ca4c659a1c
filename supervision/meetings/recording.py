"""Record a meeting that was held: who came, the minutes, what became of earlier items, what was agreed now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from approvals.tickets.models import TicketSource
from approvals.tickets.moving import clean_text
from approvals.tickets.opening import open_ticket
from projects.models import Project
from projects.numbers import take
from projects.text import clean
from supervision.matters.models import MatterSource
from supervision.matters.services import issue_matter
from supervision.meetings import telling
from supervision.meetings.access import require_hold
from supervision.meetings.calling import move, reason_of
from supervision.meetings.duties import count_meeting
from supervision.meetings.models import (
    ITEM_ROADS,
    AgreedItem,
    Attendance,
    CarriedItem,
    MeetingFile,
    MeetingInvitee,
    UnitMeeting,
    UnitMeetingState,
)

FOLDER = "meetings"
MOST_FILES = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One agreed item. `help_kind` (a TicketKind) with a project: it becomes a ticket with the investor; else a matter
    of `unit` and `department`. `due_on` None: by the rule of the regime. `n` marks the line of the form."""

    title: str
    unit: Division
    department: Department | None = None
    text: str = ""
    due_on: date | None = None
    project: Project | None = None
    help_kind: str = ""
    company_agreed: bool = False
    n: int = 1


@dataclass(frozen=True, slots=True)
class Minutes:
    """What is written down. `attendance`: invitee id → (Attendance, who came); `notes`: agreed item id → what was said."""

    text: str
    chair: str = ""
    attendance: Mapping[int, tuple[str, str]] | None = None
    notes: Mapping[int, str] | None = None
    lines: tuple[Line, ...] = ()
    uploads: tuple[Any, ...] = ()


def open_before(meeting: UnitMeeting) -> Any:
    """Items agreed at earlier meetings of this kind and unit that are still open, the oldest first."""
    rows = AgreedItem.objects.open().filter(
        meeting__unit_id=meeting.unit_id, meeting__kind=meeting.kind, meeting__meets_at__lt=meeting.meets_at
    )
    related = rows.select_related(*ITEM_ROADS)
    return related.exclude(meeting_id=meeting.pk).order_by("meeting__meets_at", "position")


def record_meeting(
    *, meeting: UnitMeeting, turn: int | None, minutes: Minutes, by: Any, at: datetime
) -> UnitMeeting:
    """All of it together or nothing: the duty of the period is met, agreed items are issued, minutes are numbered."""
    require_hold(by, meeting.unit_id)
    text, chair = _checked(meeting, minutes, at)
    checked = files.check_files(minutes.uploads, field="uploads")
    kept: list[str] = []
    try:
        with transaction.atomic():
            year = local_date(meeting.meets_at).year
            move(
                meeting, turn, UnitMeetingState.HELD, at, minutes=text, chair=chair, closed_by=by, closed_at=at,
                number=_number(meeting.unit, year), sequence=F("sequence") + 1,
            )  # fmt: skip
            _attendance(meeting, minutes.attendance or {})
            _carry(meeting, minutes.notes or {})
            items = [_agree(meeting, n, line, by, at) for n, line in enumerate(minutes.lines, 1)]
            kept += _keep(meeting, checked, by, at)
            counted = count_meeting(meeting, by=by, at=at)
            UnitMeeting.objects.filter(pk=meeting.pk).update(counted=counted)
            meeting.counted = counted
            audit.record(
                "unit_meeting_recorded", target=meeting, by=by, at=at, before={"state": UnitMeetingState.CALLED},
                after={
                    "state": meeting.state, "number": meeting.number, "chair": chair, "minutes": text[:300],
                    "agreed": [one.title for one in items], "counted": counted,
                },
            )  # fmt: skip
            transaction.on_commit(lambda: telling.tell_ended(meeting, by, at))
    except BaseException:
        files.forget(kept)
        raise
    return meeting


def add_item(*, meeting: UnitMeeting, line: Line, by: Any, at: datetime) -> AgreedItem:
    """An item that was agreed and forgotten in the minutes."""
    require_hold(by, meeting.unit_id)
    with transaction.atomic():
        locked = UnitMeeting.objects.select_for_update().get(pk=meeting.pk)
        _require_held(locked)
        last = locked.items.aggregate(last=Max("position"))["last"] or 0
        item = _agree(locked, last + 1, line, by, at)
        audit.record(
            "unit_meeting_item_added", target=meeting, by=by, at=at,
            after={"title": item.title, "owner": item.owner_name, "due_on": item.counts_on},
        )  # fmt: skip
    return item


def amend_minutes(
    *, meeting: UnitMeeting, turn: int | None, text: str, reason: str, by: Any, at: datetime
) -> UnitMeeting:
    """Correct the words of the minutes, with the reason; the old words stay in the log. Items keep their own course."""
    require_hold(by, meeting.unit_id)
    _require_held(meeting)
    text, reason = clean_text(text), reason_of(reason)
    if not text:
        raise DomainError("minutes_missing", _("Write down what was decided."), field="text")
    before = meeting.minutes
    with transaction.atomic():
        rows = UnitMeeting.objects.filter(pk=meeting.pk, state=UnitMeetingState.HELD)
        if turn is not None:
            rows = rows.filter(turn=turn)
        if not rows.update(minutes=text, turn=F("turn") + 1, changed_at=at, sequence=F("sequence") + 1):
            raise StaleState(
                "meeting_changed",
                _("Somebody changed these minutes meanwhile. Look at them as they stand now and save again."),
            )
        meeting.refresh_from_db()
        audit.record(
            "unit_meeting_amended", target=meeting, by=by, at=at, reason=reason, before={"minutes": before},
            after={"minutes": text},
        )  # fmt: skip
    return meeting


def add_files(*, meeting: UnitMeeting, uploads: Iterable[Any], by: Any, at: datetime) -> int:
    """Papers before the meeting, a list of signatures or photos after it; return how many there are now."""
    require_hold(by, meeting.unit_id)
    if meeting.state == UnitMeetingState.CANCELLED:
        raise StaleState("meeting_closed", _("This meeting was called off; no papers are added."))
    checked = files.check_files(uploads, field="uploads")
    if not checked:
        raise DomainError("files_missing", _("Choose at least one file."), field="uploads")
    if meeting.files.count() + len(checked) > MOST_FILES:
        raise DomainError(
            "files_too_many",
            _("A meeting holds %(n)d files at most. Put several papers into one.") % {"n": MOST_FILES},
            field="uploads",
        )
    kept: list[str] = []
    try:
        with transaction.atomic():
            kept += _keep(meeting, checked, by, at)
            audit.record(
                "unit_meeting_files", target=meeting, by=by, at=at,
                after={"files": [one.name for one, _upload in checked]},
            )  # fmt: skip
    except BaseException:
        files.forget(kept)
        raise
    return meeting.files.count()


def _checked(meeting: UnitMeeting, minutes: Minutes, at: datetime) -> tuple[str, str]:
    text, chair = clean_text(minutes.text), clean(minutes.chair)[:60]
    if meeting.meets_at > at:
        raise DomainError(
            "not_held_yet", _("The meeting has not been held yet. Record it afterwards, or call it off.")
        )
    if not chair:
        raise DomainError("chair_missing", _("Say who was in the chair."), field="chair")
    if not text:
        raise DomainError("minutes_missing", _("Write down what was decided."), field="text")
    return text, chair


def _require_held(meeting: UnitMeeting) -> None:
    if meeting.state != UnitMeetingState.HELD:
        raise StaleState("meeting_not_held", _("This is possible once the meeting is recorded."))


def _attendance(meeting: UnitMeeting, attendance: Mapping[int, tuple[str, str]]) -> None:
    rows = list(meeting.invitees.all())
    for row in rows:
        code, who = attendance.get(row.pk, (Attendance.PRESENT, ""))
        if code not in Attendance.values:
            raise DomainError(
                "attendance_unknown",
                _("Say for “%(name)s” who came: present, late, absent or on leave.") % {"name": row.name},
            )
        row.attendance, row.who_came = code, clean(who)[:120]
    MeetingInvitee.objects.bulk_update(rows, ["attendance", "who_came"])


def _carry(meeting: UnitMeeting, notes: Mapping[int, str]) -> None:
    CarriedItem.objects.bulk_create(
        CarriedItem(
            meeting=meeting, item=item, state_then=item.state_label[:60], note=clean(notes.get(item.pk, ""))[:500]
        )
        for item in open_before(meeting)
    )  # fmt: skip


def _agree(meeting: UnitMeeting, position: int, line: Line, by: Any, at: datetime) -> AgreedItem:
    """The item, and the matter or ticket in which it lives on."""
    title, text = clean(line.title), clean_text(line.text)
    try:
        if line.help_kind and line.project is None:
            raise DomainError(
                "project_missing",
                _("A matter of help belongs to a project. Name the project, or choose “order”."),
                field="project",
            )
        item = AgreedItem.objects.create(
            meeting=meeting, position=position, title=title[:120], text=text, unit=line.unit, project=line.project,
            department=line.department, due_on=line.due_on,
        )  # fmt: skip
        if line.help_kind and line.project is not None:
            item.ticket = open_ticket(
                project=line.project, kind=line.help_kind, title=title, text=text or title,
                source=TicketSource.MEETING, source_note=_note(meeting), due_on=line.due_on,
                department=line.department, agreed_there=line.company_agreed, by=by, at=at,
            )  # fmt: skip
        else:
            item.matter = issue_matter(
                source=MatterSource.AGREED, source_id=item.pk, title=title, demand=text or title,
                issuer=meeting.unit, unit=line.unit, department=line.department, project=line.project,
                due_on=line.due_on, basis=_note(meeting), by=by, at=at,
            )  # fmt: skip
    except DomainError as refusal:
        raise _of_line(refusal, line.n) from refusal
    item.save(update_fields=["matter", "ticket"])
    return item


_FIELDS = {
    "title": "title",
    "demand": "text",
    "text": "text",
    "due_on": "due",
    "project": "project",
    "kind": "help",
}


def _of_line(refusal: DomainError, n: int) -> DomainError:
    """The same refusal, at the field of its line."""
    field = f"{_FIELDS.get(refusal.field, 'owner')}_{n}"
    text = _("Item %(n)d: %(text)s") % {"n": n, "text": refusal.message}
    return type(refusal)(refusal.code, text, field=field, details=refusal.details)


def _note(meeting: UnitMeeting) -> str:
    """Where it was agreed, in Chinese: printed in letters and circulars."""
    day = local_date(meeting.meets_at)
    return f"{day.year}年{day.month}月{day.day}日{meeting.get_kind_display()}（{meeting.number}）"[:120]


def _number(unit: Division, year: int) -> str:
    """肇源县会议纪要〔2026〕3号."""
    return f"{unit.short_name}会议纪要〔{year}〕{take(f'JY-{unit.pk}-{year}')}号"


def _keep(meeting: UnitMeeting, checked: list[Any], by: Any, at: datetime) -> list[str]:
    paths: list[str] = []
    try:
        for one, upload in checked:
            path = files.keep(upload, one, FOLDER)
            paths.append(path)
            MeetingFile.objects.create(
                meeting=meeting, name=one.name, path=path, content_type=one.content_type, size=one.size,
                sha256=one.sha256, by=by, at=at,
            )  # fmt: skip
    except BaseException:
        files.forget(paths)
        raise
    return paths
