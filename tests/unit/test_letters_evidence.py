"""Whose delay it is, by hand-counted working days (calendar of 2026: 20 September and 10 October are worked, 25 to 27
September and 1 to 7 October are off)."""

from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from approvals.checklist.clock import Tick
from policy.calendar import WorkCalendar
from policy.seeding import seed_rows
from supervision.letters import evidence
from supervision.letters.evidence import Hold, Source

pytestmark = pytest.mark.sqlite


@lru_cache(maxsize=1)
def published() -> WorkCalendar:
    return WorkCalendar((day, kind, sure) for day, kind, sure, _source in seed_rows())


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def tick(kind: str, on: str, party: str = "", note: str = "") -> Tick:
    return Tick(kind, day(on), party, note)


def item(*ticks: Tick, due: str = "", on: str = "09-11", **more: Any) -> Source:
    """An item with a promise of five working days."""
    return evidence.item_source(
        name=more.pop("name", "用地规划许可"), office="县自然资源局", limit="承诺时限（5个工作日）", ticks=ticks,
        due_on=day(due) if due else None, on=day(on), calendar=published(), **more,
    )  # fmt: skip


ACCEPTED = (
    tick("submitted", "09-01"),
    tick("accepted", "09-01"),
)  # a Tuesday; the fifth day is Tuesday the 8th


def test_over_its_limit_the_organ_caused_it() -> None:
    found = item(*ACCEPTED, due="09-08")
    # 2 3 4 7 8 9 10 11 are the organ's; 9 10 11 are too many
    assert (found.party, found.organ_days, found.enterprise_days, found.late_days) == ("organ", 8, 0, 3)
    assert "行政机关用时8个工作日，企业用时0个工作日" in found.why
    assert "超过承诺时限（5个工作日）3个工作日" in found.why
    verdict = evidence.of_one(found, day("09-11"), published())
    assert evidence.refusal(verdict) == ""
    assert (verdict.late_days, verdict.due_on) == (3, day("09-08"))


def test_while_the_enterprise_mends_its_papers_the_clock_stands() -> None:
    # told on the 4th what is missing: 2 3 are the organ's; 4 7 8 9 10 11 14 15 16 17 18 20(worked) 21 the enterprise's
    found = item(*ACCEPTED, tick("supplement_asked", "09-04"), due="09-08", on="09-21")
    assert (found.party, found.organ_days, found.enterprise_days, found.late_days) == ("enterprise", 2, 13, 0)
    why = evidence.refusal(evidence.of_one(found, day("09-21"), published()))
    assert "行政机关用时2个工作日，企业用时13个工作日" in why
    assert "是企业原因" in why


def test_handed_in_again_and_over_the_moved_limit_it_is_the_organs() -> None:
    # handed in again on the 18th: the organ's are 2 3 | 18 20 21 22 23, the limit of five moved to the 22nd
    ticks = (*ACCEPTED, tick("supplement_asked", "09-04"), tick("resubmitted", "09-18"))
    found = item(*ticks, due="09-22", on="09-23")
    assert (found.party, found.organ_days, found.enterprise_days, found.late_days) == ("organ", 7, 10, 1)
    assert evidence.refusal(evidence.of_one(found, day("09-23"), published())) == ""


def test_a_short_delay_of_the_organ_does_not_cover_a_long_one_of_the_enterprise() -> None:
    # due the 8th, told on the 10th: the organ is over by the 9th alone; then 10 11 14 … are the enterprise's
    ticks = (*ACCEPTED, tick("supplement_asked", "09-10"))
    early = item(*ticks, due="09-08", on="09-10")
    assert (early.late_days, early.enterprise_days, early.party) == (1, 1, "enterprise")
    later = item(*ticks, due="09-08", on="09-30")
    assert later.party == "enterprise"
    assert "2026年9月10日起转由企业办理" in later.why
    # told on the 18th only: 9 10 11 14 15 16 17 are too many (7), the enterprise has had it for one day
    slow = item(*ACCEPTED, tick("supplement_asked", "09-18"), due="09-08", on="09-18")
    assert (slow.party, slow.late_days) == ("organ", 7)


@pytest.mark.parametrize(
    ("ticks", "due", "on", "party", "words"),
    [
        ((), "", "09-11", "enterprise", "尚未收到企业申请"),
        (ACCEPTED, "09-08", "09-08", "", "未超过承诺时限"),
        ((*ACCEPTED, tick("sent_up", "09-03")), "09-08", "09-30", "higher_level", "上级机关办理"),
        ((*ACCEPTED, tick("held", "09-03", "force_majeure")), "09-08", "09-30", "force_majeure", "不可抗力"),
    ],
)
def test_no_delay_of_the_organ(ticks: tuple[Tick, ...], due: str, on: str, party: str, words: str) -> None:
    found = item(*ticks, due=due, on=on)
    assert found.party == party
    assert words in found.why
    assert evidence.refusal(evidence.of_one(found, day(on), published()))


def test_days_skipped_are_named() -> None:
    found = item(tick("submitted", "09-24"), tick("accepted", "09-24"), due="10-08", on="10-12")
    # 28 29 30 | 8 9 10(worked) 12: two over after the 9th … the limit given is the 8th: 9 10 12
    assert (found.organ_days, found.late_days) == (7, 3)
    assert found.skipped == (
        "2026年9月25日至2026年9月27日放假不计",
        "2026年10月1日至2026年10月7日放假不计",
        "2026年10月10日调休上班计入",
    )


def test_decided_late_leaves_nothing_to_press() -> None:
    found = item(*ACCEPTED, tick("decided", "09-10"), due="09-08", on="10-09")
    assert (found.party, found.late_days, found.ended_on) == ("organ", 2, day("09-10"))
    assert "2026年9月10日办结" in evidence.refusal(evidence.of_one(found, day("10-09"), published()))


# -- tickets ---------------------------------------------------------------------------------------------------------


def ticket(holds: list[Hold], *, due: str = "09-11", on: str = "09-18", accepted: str = "09-01") -> Source:
    return evidence.ticket_source(
        name="接水", office="县水务局", holds=holds, due_on=day(due), accepted_on=day(accepted), on=day(on),
        calendar=published(),
    )  # fmt: skip


def test_a_ticket_the_office_sat_on() -> None:
    found = ticket([Hold("县水务局", "office", day("09-01"), None, 13)])
    assert (found.party, found.late_days) == ("organ", 5)  # 14 15 16 17 18


def test_days_with_the_investor_are_taken_off() -> None:
    holds = [
        Hold("县水务局", "office", day("09-01"), day("09-09"), 6),
        Hold("企业", "investor", day("09-09"), day("09-16"), 5),
        Hold("县水务局", "office", day("09-16"), None, 2),
    ]
    found = ticket(holds)
    # five days late, five of them the investor's
    assert (found.party, found.late_days) == ("enterprise", 0)
    assert "均在企业占用的5个工作日之内" in found.why
    later = ticket(holds, on="09-21")  # 20 (worked) and 21 come on top
    assert (later.party, later.late_days) == ("organ", 2)


def test_while_the_investor_is_asked_nothing_is_the_offices() -> None:
    holds = [
        Hold("县水务局", "office", day("09-01"), day("09-15"), 10),
        Hold("企业", "investor", day("09-15"), None, 3),
    ]
    found = ticket(holds)
    assert (found.party, found.holder) == ("enterprise", "enterprise")


# -- key points ------------------------------------------------------------------------------------------------------


def milestone(*items: Source, declared: Source | None = None, on: str = "09-21", actual: str = "") -> Any:
    return evidence.of_milestone(
        planned_on=day("09-11"), actual_on=day(actual) if actual else None, items=items, declared=declared,
        on=day(on), calendar=published(),
    )  # fmt: skip


def test_a_key_point_stands_by_the_open_item_the_organ_is_late_with() -> None:
    late = item(*ACCEPTED, due="09-08", on="09-21")
    theirs = item(*ACCEPTED, tick("supplement_asked", "09-02"), due="09-08", on="09-21", name="施工许可")
    verdict = milestone(theirs, late)
    assert (verdict.party, verdict.late_days) == ("organ", 7)  # 14 15 16 17 18 20 21
    assert [each.name for each in verdict.sources] == ["用地规划许可", "施工许可"]
    assert evidence.refusal(verdict) == ""


def test_a_key_point_that_waits_for_the_enterprise() -> None:
    never = item(due="", on="09-21", name="施工许可")
    verdict = milestone(never, item(*ACCEPTED, tick("decided", "09-07"), due="09-08", on="09-21"))
    assert verdict.party == "enterprise"
    assert "尚未收到企业申请" in evidence.refusal(verdict)


def test_all_decided_the_larger_share_counts() -> None:
    slow = item(*ACCEPTED, tick("decided", "09-11"), due="09-08", on="09-21")  # 3 over
    assert milestone(slow).party == "organ"
    ticks = (
        *ACCEPTED,
        tick("supplement_asked", "09-02"),
        tick("resubmitted", "09-14"),
        tick("decided", "09-15"),
    )
    theirs = item(*ticks, due="09-17", on="09-21", name="施工许可")  # 2 3 4 7 8 9 10 11: eight days
    assert theirs.enterprise_days == 8
    assert milestone(slow, theirs).party == "enterprise"


def test_without_approvals_the_declared_cause_counts() -> None:
    words = evidence.declared_source("计划调整", "organ", "经批准认定为行政机关原因：土地", day("09-21"))
    assert milestone(declared=words).party == "organ"
    assert milestone().party == ""
    assert "没有证据证明系行政机关原因" in evidence.refusal(milestone())
    assert milestone(declared=words, on="09-11").party == "", "not late yet"
    assert "尚未逾期" in evidence.refusal(milestone(on="09-11"))


# -- duties ----------------------------------------------------------------------------------------------------------


def test_a_duty_is_the_units_own() -> None:
    found = evidence.duty_source(
        name="签约项目台账",
        office="肇源县",
        due_on=day("09-25"),
        met_on=None,
        on=day("09-28"),
        calendar=published(),
    )
    assert (found.party, found.late_days) == ("organ", 1)  # the 25th to 27th are off
    weekend = evidence.duty_source(
        name="签约项目台账",
        office="肇源县",
        due_on=day("09-11"),
        met_on=None,
        on=day("09-12"),
        calendar=published(),
    )
    assert weekend.late_days == 1, "late over days off alone is late"


def test_the_verdict_is_kept_as_json() -> None:
    kept = evidence.of_one(item(*ACCEPTED, due="09-08"), day("09-11"), published()).to_json()
    assert kept["due_on"] == "2026-09-08"
    assert kept["sources"][0]["organ_days"] == 8
    assert kept["sources"][0]["days"]["enterprise"] == 0
