"""One move of a matter: compare-and-set, the day of the next rung, the line in the thread with its files, audit, inbox."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.clock import BUSINESS_ZONE, local_date
from accounts.errors import DomainError, StaleState
from accounts.scope import acting_posting
from projects.text import clean
from supervision.matters import telling
from supervision.matters.clocks import climb_on
from supervision.matters.models import Matter, MatterEntry, MatterFile
from supervision.matters.states import LABELS, Move

FOLDER = "matters"
LONGEST = 4000


def perform(
    matter: Matter,
    code: str,
    move: Move,
    *,
    by: Any,
    at: datetime,
    turn: int | None = None,
    text: str = "",
    uploads: Sequence[Any] = (),
    changes: dict[str, Any] | None = None,
) -> MatterEntry:
    """Do the move or raise StaleState with what happened meanwhile. `turn`: that of the page the person saw.

    Opens a savepoint of its own; callers with more to write wrap it in their `atomic`. `matter` is fresh afterwards.
    """
    text = clean_text(text)
    checked = files.check_files(uploads)
    seen = matter.turn if turn is None else turn
    kept: list[str] = []
    try:
        with transaction.atomic():
            before = facts(matter)
            _compare_and_set(matter, move, seen, dict(changes or {}), at)
            entry = add_entry(matter, code, by=by, at=at, text=text, due_before=before["due_on"])
            kept += keep_files(entry, checked)
            audit.record(
                f"matter_{code}",
                target=matter,
                by=by,
                at=at,
                before=before,
                after=facts(matter),
                reason=text[:500],
            )
            transaction.on_commit(lambda: telling.tell(matter, entry, at))
    except BaseException:
        files.forget(kept)
        raise
    return entry


def add_entry(
    matter: Matter,
    kind: str,
    by: Any,
    at: datetime,
    *,
    text: str = "",
    on: date | None = None,
    due_before: date | None = None,
) -> MatterEntry:
    """A line of the thread. `on`: the day that counts where it is not today's; `due_before` tells a moved last day."""
    posting = acting_posting(by) if by is not None else None
    moved = due_before is not None and due_before != matter.due_on
    return MatterEntry.objects.create(
        matter=matter,
        kind=kind,
        at=at,
        on=on or local_date(at),
        by=by,
        by_name=(by.get_full_name() if by is not None else "系统")[:60],
        office=(posting.unit_name if posting else "")[:120],
        text=text,
        step=matter.step,
        due_before=due_before if moved else None,
        due_after=matter.due_on if moved else None,
    )


def keep_files(entry: MatterEntry, checked: Sequence[tuple[files.Checked, Any]]) -> list[str]:
    """Store and record the files; return the stored paths, so that a failed write can take them back."""
    paths: list[str] = []
    try:
        for known, upload in checked:
            paths.append(files.keep(upload, known, FOLDER))
            MatterFile.objects.create(
                entry=entry, name=known.name, path=paths[-1], content_type=known.content_type, size=known.size,
                sha256=known.sha256,
            )  # fmt: skip
    except BaseException:
        files.forget(paths)
        raise
    return paths


def clean_text(text: str, field: str = "text") -> str:
    """Trimmed, lines kept; at most 4000 characters, told and not cut."""
    text = "\n".join(clean(line) for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
    if len(text) > LONGEST:
        raise DomainError(
            "text_too_long",
            _("This has %(n)d characters; at most 4000 are possible. Put the rest into a file.")
            % {"n": len(text)},
            field=field,
        )
    return text


def reason_of(text: str, field: str = "text") -> str:
    """A reason that must be there; the other side reads it."""
    text = clean_text(text, field)
    if not text:
        raise DomainError("reason_missing", _("Say why; the other side reads it."), field=field)
    return text


def check_due(due_on: date, on: date, field: str = "due_on") -> date:
    """A last day set by hand: today or later, and no mistyped year."""
    if due_on < on:
        raise DomainError("due_in_past", _("This day lies in the past. Choose today or later."), field=field)
    if due_on.year > on.year + 3:
        raise DomainError(
            "due_too_far", _("This day lies more than three years ahead. Check the year."), field=field
        )
    return due_on


def stale(matter: Matter) -> StaleState:
    """Tell the second of two people what the first one did."""
    last = matter.entries.order_by("-at", "-pk").first()
    if last is None:
        return StaleState("matter_moved", _("This matter has moved on. Reload the page."))
    return StaleState(
        "matter_moved",
        _(
            "%(who)s was faster: %(what)s at %(when)s. Look at the matter as it stands now; what you typed is kept."
        )
        % {
            "who": last.by_name,
            "what": LABELS.get(last.kind, last.kind),
            "when": f"{last.at.astimezone(BUSINESS_ZONE):%m-%d %H:%M}",
        },
    )


def facts(matter: Matter) -> dict[str, Any]:
    return {
        "state": matter.state,
        "step": matter.step,
        "due_on": matter.due_on,
        "holder": matter.holder_name,
        "listed_on": matter.listed_on if matter.is_listed else None,
    }


def _compare_and_set(matter: Matter, move: Move, seen: int, changes: dict[str, Any], at: datetime) -> None:
    changes["state"] = move.target or matter.state
    if changes["state"] != matter.state or {"due_on", "step"} & changes.keys():
        changes["next_step_on"] = climb_on(
            changes["state"],
            changes.get("step", matter.step),
            changes.get("step_since", matter.step_since),
            changes.get("due_on", matter.due_on),
            changes.get("issuer", matter.issuer),
            local_date(at),
        )
    rows = Matter.objects.filter(pk=matter.pk, turn=seen, state__in=move.sources)
    if not rows.update(turn=F("turn") + 1, **changes):
        raise stale(matter)
    matter.refresh_from_db()
