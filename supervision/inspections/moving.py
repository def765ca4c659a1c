"""What every step of an inspection does alike: who may, compare-and-set, words, telling."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.errors import DomainError, StaleState
from accounts.models import Division, User
from accounts.scope import posted_at
from approvals.tickets.moving import clean_text
from approvals.tickets.routing import place_above
from projects.text import clean
from supervision.inspections.models import MAKE, OPEN_STATES, Inspection, InspectionItem


def require_maker(by: Any, unit: Division | str) -> None:
    """Only people of the inspecting unit itself write its inspection."""
    if not posted_at(by, unit, MAKE):
        raise PermissionDenied(MAKE)


def place_of(project: Any) -> Division:
    """The unit inspected when this project is: its host division, or the county of a township."""
    return place_above(project.division)


def compare_and_set(
    inspection: Inspection, states: Iterable[str] = OPEN_STATES, *, turn: int | None = None, **changes: Any
) -> None:
    """Move the inspection on, or say what happened meanwhile. `turn`: that of the page the person saw."""
    rows = Inspection.objects.filter(pk=inspection.pk, state__in=list(states))
    if turn is not None:
        rows = rows.filter(turn=turn)
    if not rows.update(turn=F("turn") + 1, **changes):
        inspection.refresh_from_db()
        raise StaleState(
            "inspection_moved",
            _(
                "This inspection was changed by somebody else meanwhile; it is now: %(state)s. Look at it as it "
                "stands; what you typed is kept."
            )
            % {"state": inspection.get_state_display()},
        )
    inspection.refresh_from_db()


def required(text: str, code: str, message: str, field: str, *, most: int = 4000) -> str:
    """The cleaned text, or a refusal that says what is missing."""
    text = clean_text(text) if most > 300 else clean(text)
    if not text:
        raise DomainError(code, message, field=field)
    if len(text) > most:
        raise DomainError(
            f"{field}_too_long",
            _("This has %(n)d characters; at most %(most)d are possible. Shorten it.")
            % {"n": len(text), "most": most},
            field=field,
        )
    return text


def require_authority(inspection: Inspection, items: Iterable[InspectionItem] | None = None) -> None:
    """An office that inspects other units must name the government that appointed it (政府督查工作条例 art. 7)."""
    units = {row.unit_id for row in (inspection.items.all() if items is None else items)}
    if units <= {inspection.unit_id}:
        return
    if not (inspection.authority_government and inspection.authority_document):
        raise DomainError(
            "authority_missing",
            _(
                "Other units are inspected here. Change the plan and name the government that appointed your office "
                "and the document (Regulations on Government Inspection, article 7)."
            ),
            field="authority_government",
        )


def tell(
    people: Iterable[User], *, key: str, title: str, text: str, url: str, at: datetime, but: Any = None
) -> None:
    """Put it into each inbox, except that of the person who did it. `title` and `text` are made in Chinese by the caller."""
    wanted = {user.pk: user for user in people if but is None or user.pk != but.pk}
    if wanted:
        notify.tell(
            wanted.values(), key=key, kind="inspection", title=title[:200], text=text[:300], url=url, at=at
        )


def note(action: str, inspection: Inspection, by: Any, at: datetime, reason: str = "", **after: Any) -> None:
    """One audit record about the inspection."""
    audit.record(f"inspection_{action}", target=inspection, by=by, at=at, after=after, reason=reason[:500])


__all__ = [
    "compare_and_set",
    "note",
    "override",
    "place_of",
    "require_authority",
    "require_maker",
    "required",
    "tell",
]
