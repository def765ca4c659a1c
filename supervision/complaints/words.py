"""Further words and files between complainant and office. The unit complained about reads neither."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, files
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.notify import STORED_LANGUAGE
from accounts.outside.uploads import check_outside_files
from supervision.complaints import checks, telling
from supervision.complaints.models import Complaint, ComplaintEvent, ComplaintWord, Side
from supervision.complaints.receiving import MOST_FILES, clean_lines, keep_files
from supervision.complaints.rights import may_sort
from supervision.complaints.rounds import SpokeWith
from supervision.complaints.states import State

MOST_WORDS = 40  # of the complainant, per complaint
MOST_ALL_FILES = 30


def say(
    *, complaint: Complaint, text: str, uploads: Sequence[Any] = (), by: Any = None, at: datetime
) -> ComplaintWord:
    """A further word; `by` None is the complainant, who has shown the query code."""
    if by is not None and not may_sort(by, complaint):
        raise PermissionDenied("complaints.triage")
    text = clean_lines(text)
    kept = check_outside_files(uploads, field="uploads", most=MOST_FILES)
    if not text and not kept:
        raise DomainError("text_missing", _("Write something or choose a file."), field="text")
    side = Side.COMPLAINANT if by is None else Side.OFFICE
    paths: list[str] = []
    try:
        with transaction.atomic():
            # Words sent at once come one after the other: each counts files and words after the one before.
            held = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
            _refuse_full(held, side, len(kept))
            last = held.words.last()
            if last is not None and not kept and (last.side, last.text) == (side, text):
                return last  # the same sent twice
            word = ComplaintWord.objects.create(complaint=held, side=side, text=text, at=at, by=by)
            keep_files(held, kept, side, paths, word)
            action = "complaint_word" if side == Side.COMPLAINANT else "complaint_word_office"
            ComplaintEvent.objects.create(complaint=held, action=action, at=at, by=by)
            after = {"files": len(kept), "from": str(side)}
            audit.record(action, target=held, by=by, at=at, after=after, codes=held.log_codes)
            if by is None:
                transaction.on_commit(lambda: telling.tell_office(held, "word", at))
    except BaseException:
        files.forget(paths)
        raise
    return word


def say_for_caller(
    *, complaint: Complaint, text: str, call_with: str, call_on: date, by: Any, at: datetime
) -> ComplaintWord:
    """What somebody who complained by phone adds on the phone; the call stands in the course."""
    if not may_sort(by, complaint):
        raise PermissionDenied("complaints.triage")
    checks.refuse_no_call(complaint, call_with)
    if not complaint.received_on <= call_on <= local_date(at):
        raise DomainError(
            "call_day",
            _("The call was between the day the complaint came (%(day)s) and today.")
            % {"day": complaint.received_on.isoformat()},
            field="call_on",
        )
    text = checks.said(text, "text", _("Write what the caller adds."))
    with transaction.atomic():
        held = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
        _refuse_full(held, Side.COMPLAINANT, 0)
        last = held.words.last()
        if last is not None and (last.side, last.text, last.by_id) == (Side.COMPLAINANT, text, by.pk):
            return last  # the same sent twice
        word = ComplaintWord.objects.create(complaint=held, side=Side.COMPLAINANT, text=text, at=at, by=by)
        with override(STORED_LANGUAGE):
            called = {"day": call_on.isoformat(), "who": SpokeWith(call_with).label}
            note = _("call on %(day)s with %(who)s") % called
        action = "complaint_word_called"
        ComplaintEvent.objects.create(complaint=held, action=action, at=at, by=by, note=note)
        audit.record(
            action, target=held, by=by, at=at, after={"from": str(Side.COMPLAINANT)}, codes=held.log_codes
        )
    return word


def tell_complainant(complaint: Complaint, text: str, by: Any, at: datetime, *, of: str = "") -> None:
    """A word of the office's side that goes with a step, also after the end; nothing when empty. `of`: whose it is."""
    text = clean_lines(text)
    if text:
        text = _("%(who)s: %(text)s") % {"who": of, "text": text} if of else text
        ComplaintWord.objects.create(complaint=complaint, side=Side.OFFICE, text=text, at=at, by=by)


def _refuse_full(complaint: Complaint, side: str, more: int) -> None:
    if complaint.state == State.CLOSED:
        raise DomainError(
            "closed", _("This complaint is closed. A new matter is a new complaint."), field="text"
        )
    if complaint.words.filter(side=side).count() >= MOST_WORDS or (
        more and complaint.files.count() + more > MOST_ALL_FILES
    ):
        raise DomainError(
            "too_much", _("There is no room for more here. Please call the office."), field="text"
        )


def mark_read(complaint: Complaint, at: datetime) -> None:
    """The complainant has opened the page on which the answer stands; who opened it is not known."""
    if complaint.state in (State.REPLIED, State.REFUSED):
        complaint.rounds.filter(number=complaint.round, read_at=None).update(read_at=at)
