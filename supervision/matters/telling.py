"""Who hears of what happened to a matter: the other side always, from supervision on also the tier above the unit."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from supervision.matters.access import issuer_people, unit_people
from supervision.matters.levels import first_people
from supervision.matters.models import PRESSED_HARD, Matter, MatterEntry
from supervision.matters.states import LABELS, MOVES

BY_UNIT = {code for code, move in MOVES.items() if move.whose != "issuer"}
HEADS_TOO = {"issue", "press", "supervise", "circulate", "round", "list", "return", "ask_time"}


def tell(matter: Matter, entry: MatterEntry, at: datetime) -> None:
    """What the unit does is told to the office that pressed it and the other way round; nobody hears of their own."""
    on = local_date(at)
    people: dict[int, User] = {}
    if entry.kind in BY_UNIT and entry.kind not in ("ask_time", "assign"):
        people |= {user.pk: user for user in issuer_people(matter, on)}
    if entry.kind not in ("receive", "answer", "report"):
        people |= {user.pk: user for user in unit_people(matter, on)}
    if entry.kind in HEADS_TOO:
        people |= {user.pk: user for user in notify.staff_of(matter.unit_id, "matters.agree", on=on)}
    if entry.kind == "ask_time":
        people |= {user.pk: user for user in first_people(matter, on)}
    if entry.kind in PRESSED_HARD:
        people |= {user.pk: user for user in issuer_people(matter, on)}
        if matter.unit.parent_id:
            above = notify.staff_of(matter.unit.parent_id, "matters.judge", on=on)
            people |= {user.pk: user for user in above}
    people.pop(entry.by_id or 0, None)
    if people:
        _send(list(people.values()), matter, entry, at)


def _send(people: list[User], matter: Matter, entry: MatterEntry, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("%(what)s: %(title)s") % {
            "what": str(LABELS.get(entry.kind, entry.kind)),
            "title": matter.title,
        }
        text = _("%(number)s, %(unit)s, last day %(day)s. %(text)s") % {
            "number": matter.number,
            "unit": matter.holder_name,
            "day": matter.due_on.isoformat(),
            "text": entry.text[:160],
        }
    notify.tell(
        people,
        key=f"matter:{matter.pk}:{entry.pk}",
        kind="matter",
        title=title,
        text=text,
        url=reverse("matters:detail", args=[matter.pk]),
        at=at,
    )
