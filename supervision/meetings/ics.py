"""Calendar files (RFC 5545), written by icalendar. Pure: events in, bytes out. Instants are written in UTC."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

PRODUCT = "-//Signed project supervision//Meetings//ZH"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """`starts` an aware instant, or a date for a whole day (then `ends` is the last day, inclusive, or None).

    `uid` must never change for the same thing; `sequence` grows with each change. `stamp`: when it was last written.
    `busy`: whether it takes the person's time (a due day does not).
    """

    uid: str
    starts: datetime | date
    summary: str
    stamp: datetime
    ends: datetime | date | None = None
    description: str = ""
    location: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False
    busy: bool = True
    categories: tuple[str, ...] = ()


def render(name: str, events: Iterable[Event]) -> bytes:
    """A published calendar called `name`."""
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", plain(name))
    book.add("x-wr-timezone", "Asia/Shanghai")
    book.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT1H")
    for event in events:
        book.add_component(_entry(event))
    return book.to_ical()


def plain(text: str) -> str:
    """The text without control characters, which no calendar may hold; line breaks stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _entry(event: Event) -> Entry:
    row = Entry()
    row.add("uid", event.uid)
    row.add("dtstamp", event.stamp.astimezone(UTC))
    row.add("last-modified", event.stamp.astimezone(UTC))
    starts, ends = _times(event)
    row.add("dtstart", starts)
    row.add("dtend", ends)
    row.add("summary", plain(event.summary))
    row.add("sequence", event.sequence)
    row.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    row.add("transp", "OPAQUE" if event.busy and not event.cancelled else "TRANSPARENT")
    for field, text in (("description", event.description), ("location", event.location)):
        if text:
            row.add(field, plain(text))
    if event.categories:
        row.add("categories", [plain(one) for one in event.categories])
    if event.url:
        row.add("url", event.url)
    return row


def _times(event: Event) -> tuple[datetime | date, datetime | date]:
    """Instants in UTC; of a whole day the end is exclusive."""
    if isinstance(event.starts, datetime):
        ends = event.ends if isinstance(event.ends, datetime) else event.starts + timedelta(hours=1)
        return event.starts.astimezone(UTC), ends.astimezone(UTC)
    last = event.ends if event.ends is not None and not isinstance(event.ends, datetime) else event.starts
    return event.starts, last + timedelta(days=1)
