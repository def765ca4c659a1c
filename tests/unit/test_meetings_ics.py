"""Calendar files: read back by a reader of their own rules (RFC 5545), folded by octets, escaped, in UTC."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.meetings import ics
from supervision.meetings.ics import Event
from tests.build import at

STAMP = at("2026-11-20 09:00")


def unfold(content: bytes) -> list[str]:
    """Lines as they were before folding: CRLF followed by one blank is nothing (3.1)."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def unescape(text: str) -> str:
    found, signs = [], iter(text)
    for sign in signs:
        if sign == "\\":
            after = next(signs)
            found.append("\n" if after in "nN" else after)
        else:
            assert sign not in ";,", "a separator stands unescaped"
            found.append(sign)
    return "".join(found)


def read(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The calendar's own properties, and those of each event by name with parameters."""
    lines, calendar, events = unfold(content), {}, []
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    current: dict[str, str] | None = None
    for line in lines[1:-1]:
        name, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            assert current is not None
            events.append(current)
            current = None
        else:
            (calendar if current is None else current)[name] = value
    return calendar, events


def event(**more: Any) -> Event:
    fields: dict[str, Any] = {
        "uid": "unit-meeting-1@test", "starts": at("2026-11-25 09:00"), "summary": "座谈会", "stamp": STAMP,
    }  # fmt: skip
    return Event(**fields | more)


def test_a_meeting_read_back() -> None:
    content = ics.render(
        "会议",
        [
            event(
                ends=at("2026-11-25 11:30"), location="三楼; 东侧, 3号", description="一\n二\\三", sequence=2
            )
        ],
    )
    calendar, events = read(content)
    assert calendar["METHOD"] == "PUBLISH" and calendar["VERSION"] == "2.0" and calendar["PRODID"]
    (one,) = events
    assert one["DTSTART"] == "20261125T010000Z" and one["DTEND"] == "20261125T033000Z"
    assert one["DTSTAMP"] == "20261120T010000Z"
    assert one["SEQUENCE"] == "2" and one["STATUS"] == "CONFIRMED" and one["TRANSP"] == "OPAQUE"
    assert unescape(one["LOCATION"]) == "三楼; 东侧, 3号" and unescape(one["DESCRIPTION"]) == "一\n二\\三"


def test_called_off_and_without_an_end() -> None:
    _calendar, (one,) = read(ics.render("会议", [event(cancelled=True)]))
    assert one["STATUS"] == "CANCELLED" and one["TRANSP"] == "TRANSPARENT"
    assert one["DTEND"] == "20261125T020000Z"  # an hour is assumed


def test_a_last_day_is_a_whole_day_whose_end_is_exclusive() -> None:
    _calendar, (one,) = read(ics.render("会议", [event(starts=date(2026, 12, 31), busy=False)]))
    assert one["DTSTART;VALUE=DATE"] == "20261231" and one["DTEND;VALUE=DATE"] == "20270101"
    assert one["TRANSP"] == "TRANSPARENT"


def test_folding_counts_octets_and_cuts_no_character() -> None:
    for text in ("签" * 60, "a" * 200, "😀" * 40):
        parts = ics.render("会议", [event(summary=text)]).split(b"\r\n")
        assert all(len(part) <= 75 for part in parts)
        assert all(part.decode() or part == b"" for part in parts)
        assert max(len(part) for part in parts) > 70


@given(text=st.text(max_size=300))
def test_any_text_comes_back(text: str) -> None:
    content = ics.render("会议", [event(summary=text)])
    assert all(len(part) <= 75 for part in content.split(b"\r\n"))
    _calendar, (one,) = read(content)
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    assert unescape(one["SUMMARY"]) == "".join(c for c in wanted if c == "\n" or (c >= " " and c != "\x7f"))


@pytest.mark.parametrize("hours", [0, 8, 23])
def test_instants_are_utc_whatever_zone_they_came_in(hours: int) -> None:
    from datetime import timezone

    local = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=hours)))
    _calendar, (one,) = read(ics.render("会议", [event(starts=local)]))
    assert one["DTSTART"] == f"{local.astimezone(ics.UTC):%Y%m%dT%H%M%SZ}"


def test_what_every_event_must_hold() -> None:
    content = ics.render("会议", [event(), event(uid="2@test")])
    _calendar, events = read(content)
    assert len({one["UID"] for one in events}) == 2
    for one in events:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"} <= set(one)
