"""The digest of a working day: the difference between what stands and what the person was told."""

from datetime import date
from typing import Any

import pytest

from accounts.jobs import engine
from accounts.models import InboxItem, JobRun
from projects.models import Milestone, MilestoneCode
from supervision.warnings import digest, services
from supervision.warnings.models import Warning, WarningDigest, WarningTold
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PERMIT = MilestoneCode.CONSTRUCTION_PERMIT


def day(text: str) -> int:
    """The scan and then the digest of that morning."""
    services.scan(at(f"{text} 08:05"))
    return digest.send_digests(at(f"{text} 08:10"))


def sent(who: Any) -> list[tuple[date, int, int, int, int]]:
    rows = WarningDigest.objects.filter(user=who).order_by("on")
    return list(rows.values_list("on", "fresh", "changed", "still_red", "cleared"))


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


def test_new_changed_still_red_and_put_out(people: dict[str, Any]) -> None:
    for n in range(3):
        build.project(f"项目{n}", planned={PERMIT: date(2026, 10, 16)})
    county = people["county"]
    day("2026-10-19")  # yellow
    assert sent(county) == [(date(2026, 10, 19), 3, 0, 0, 0)]
    assert day("2026-10-20") == 0  # nothing new, nothing red
    day("2026-10-26")  # nobody answered: told at once, so it is no news for the digest
    assert InboxItem.objects.filter(user=county, kind="warning").count() == 3
    assert len(sent(county)) == 1
    day("2026-11-02")  # red was told at once; the digest says that it still stands
    assert sent(county)[1:] == [(date(2026, 11, 2), 0, 0, 3, 0)]
    Milestone.objects.filter(code=PERMIT, project__name="项目0").update(
        actual_on=date(2026, 11, 2), is_open=False
    )
    day("2026-11-03")
    assert sent(county)[2:] == [(date(2026, 11, 3), 0, 0, 2, 1)]
    day("2026-11-04")
    assert sent(county)[3:] == [(date(2026, 11, 4), 0, 0, 2, 0)]  # good news is told once
    item = InboxItem.objects.filter(user=county, kind="digest").latest("at")
    assert "未消除红灯 2" in item.title
    assert str(WarningDigest.objects.get(user=county, on=date(2026, 11, 4)).pk) in item.url
    assert not sent(people["neighbour"])


def test_twice_a_day_sends_nothing_and_a_missed_day_sends_later(people: dict[str, Any]) -> None:
    build.project(planned={PERMIT: date(2026, 10, 16)})
    services.scan(at("2026-10-19 09:00"))
    assert digest.send_digests(at("2026-10-22 08:10")) == 1  # three mornings without a run
    assert digest.send_digests(at("2026-10-22 08:11")) == 0
    assert sent(people["county"]) == [(date(2026, 10, 22), 1, 0, 0, 0)]
    WarningTold.objects.all().delete()
    assert digest.send_digests(at("2026-10-22 17:00")) == 0  # one message a day, whatever happened
    assert InboxItem.objects.filter(kind="digest").count() == 1


def test_planned_on_working_days_from_eight(people: dict[str, Any]) -> None:
    assert digest.plan(at("2026-10-19 07:59")) == []
    assert digest.plan(at("2026-10-19 08:00")) == [("2026-10-19", "")]
    assert digest.plan(at("2026-10-18 09:00")) == []  # a Sunday
    assert digest.plan(at("2026-10-10 09:00")) == [("2026-10-10", "")]  # a make-up Saturday


def test_the_job_runs_once_a_day(people: dict[str, Any]) -> None:
    build.project(planned={PERMIT: date(2026, 10, 16)})
    services.scan(at("2026-10-19 08:00"))
    for _time in range(2):
        engine.run_inline(at("2026-10-19 09:00"), at("2026-10-19 09:00"))
    assert JobRun.objects.filter(kind=digest.JOB).count() == 1
    assert WarningDigest.objects.filter(user=people["county"]).count() == 1


def test_a_day_with_many_keeps_the_numbers_and_some_lines(
    people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "MOST_LINES", 2)
    for n in range(4):
        build.project(f"项目{n}", planned={PERMIT: date(2026, 10, 16)})
    day("2026-10-19")
    row = WarningDigest.objects.get(user=people["county"])
    assert (row.fresh, len(row.lines)) == (4, 2)
    assert Warning.objects.open().count() == 4
