"""A person's digest: once a working day, what is new, what changed, what was put out, what is still red.

What a person was told of each warning is stored (`WarningTold`); the digest is the difference between that and what
stands now. A day without a run is made up by the next run, a second run of a day finds nothing to send.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import BUSINESS_ZONE, local_date
from accounts.models import JobRun, User
from accounts.notify import STORED_LANGUAGE
from policy.services import current_calendar
from supervision.warnings import subjects
from supervision.warnings.answers import Places
from supervision.warnings.models import Warning, WarningDigest, WarningLevel, WarningTold
from supervision.warnings.offices import Addressees
from supervision.warnings.services import wait_for_turn
from supervision.warnings.telling import remember, roles_of, sight_of

JOB = "warning_digest"
OFFICE_OPENS = 8  # o'clock, Asia/Shanghai
CHUNK = 1_000
# So many lines of each group are kept with a digest; the numbers count all.
MOST_LINES = 100
GROUPS = ("fresh", "changed", "still_red", "cleared")


def plan(at: datetime) -> list[tuple[str, str]]:
    """Once per working day, from eight in the morning."""
    local = at.astimezone(BUSINESS_ZONE)
    if local.hour < OFFICE_OPENS or not current_calendar().is_working(local.date()):
        return []
    return [(local.date().isoformat(), "")]


def run(_job: JobRun, at: datetime) -> dict[str, int]:
    """Body of the job `warning_digest`."""
    return {"digests": send_digests(at)}


@dataclass(slots=True)
class Draft:
    """One person's digest in the making."""

    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    lines: list[dict[str, Any]] = field(default_factory=list)
    told: list[Warning] = field(default_factory=list)

    def add(self, group: str, row: Warning) -> None:
        self.numbers[group] += 1
        if self.numbers[group] <= MOST_LINES:
            self.lines.append(line_of(group, row))
        if group in ("fresh", "changed"):
            self.told.append(row)


def line_of(group: str, row: Warning) -> dict[str, Any]:
    """One line as it is kept: group, warning id, light, words, day (ISO), whether it went up, note of the fact."""
    return {
        "group": group,
        "id": row.pk,
        "level": row.level,
        "label": row.label,
        "due_on": row.due_on.isoformat(),
        "url": subjects.address_of(row),
        "up": row.up_on.isoformat() if row.up_on else "",
        "silent": row.unanswered_on is not None,
        "lapsed": row.lapsed_on is not None,
        "note": row.clear_note,
    }


def send_digests(at: datetime) -> int:
    """Write and tell the digests of the business day of `at`; return how many people got one."""
    on = local_date(at)
    with transaction.atomic():
        wait_for_turn()  # a second run of the day finds what the first one sent
        drafts = _drafts(on)
        had = set(WarningDigest.objects.filter(on=on, user_id__in=drafts).values_list("user_id", flat=True))
        due = {pk: draft for pk, draft in drafts.items() if pk not in had}
        people = User.objects.in_bulk(list(due))
        rows = [
            WarningDigest(user_id=pk, on=on, at=at, lines=draft.lines, **draft.numbers)
            for pk, draft in sorted(due.items())
        ]
        WarningDigest.objects.bulk_create(rows, batch_size=200)
        for row in rows:
            _tell(people[row.user_id], row, at)
        remember(((pk, row) for pk, draft in due.items() for row in draft.told), at)
        _forget_cleared(due)
    return len(rows)


def _drafts(on: date) -> dict[int, Draft]:
    """Everybody's difference between what stands and what they were told."""
    drafts: dict[int, Draft] = defaultdict(Draft)
    places = Places()
    for rows in _in_chunks():
        told = dict(_told(rows))
        who = Addressees(rows, on)
        for row in rows:
            rule = places.rule(row)
            if rule is None:
                continue
            sight = sight_of(row)
            for pk in who.of(row, roles_of(row, rule)):
                known = told.get((pk, row.pk))
                if known is None:
                    drafts[pk].add("fresh", row)
                elif known != sight:
                    drafts[pk].add("changed", row)
                elif row.level == WarningLevel.RED:
                    drafts[pk].add("still_red", row)
    for pk, row in _put_out():
        drafts[pk].add("cleared", row)
    return drafts


def _in_chunks() -> Iterator[list[Warning]]:
    """Open warnings, the oldest day first within each chunk of ids."""
    ids = list(Warning.objects.open().order_by("due_on", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        yield list(Warning.objects.open().filter(pk__in=ids[start : start + CHUNK]).order_by("due_on", "pk"))


def _told(rows: Iterable[Warning]) -> Iterator[tuple[tuple[int, int], str]]:
    found = WarningTold.objects.filter(warning__in=list(rows), user__is_active=True)
    for user, warning, sight in found.values_list("user_id", "warning_id", "sight"):
        yield (user, warning), sight


def _put_out() -> Iterator[tuple[int, Warning]]:
    """Warnings somebody was told of that went out since: good news is told once too."""
    found = WarningTold.objects.filter(warning__cleared_on__isnull=False, user__is_active=True)
    for one in found.select_related("warning").order_by("user_id", "warning_id"):
        yield one.user_id, one.warning


def _forget_cleared(due: Iterable[int]) -> None:
    WarningTold.objects.filter(warning__cleared_on__isnull=False, user_id__in=list(due)).delete()


def _tell(user: User, row: WarningDigest, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        told = [
            (row.fresh, _("new %(n)d")),
            (row.changed, _("changed %(n)d")),
            (row.still_red, _("still red %(n)d")),
            (row.cleared, _("put out %(n)d")),
        ]
        numbers = _(", ").join(words % {"n": n} for n, words in told if n)
        first = [line["label"] for line in row.lines if line["group"] in ("fresh", "changed")][:2]
        notify.tell(
            [user],
            key=f"warning-digest:{row.on}",
            kind="digest",
            title=_("Warnings of the day: %(numbers)s") % {"numbers": numbers},
            text="；".join(first or [line["label"] for line in row.lines[:2]]),
            url=reverse("warnings:digest", args=[row.pk]),
            at=at,
        )
