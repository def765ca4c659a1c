"""The reconciler of duties: ahead of time, once, and the same after days of silence; a holiday notice moves only open ones."""

from datetime import date

import pytest

from accounts.jobs import engine
from accounts.models import AuditRecord, InboxItem, JobRun, JobState, Obligation
from accounts.obligations import kinds, making
from accounts.obligations.kinds import (
    FILING,
    KICKOFF,
    LEDGER_CITY,
    LEDGER_COUNTY,
    REPORT_QUARTER,
    REPORT_YEAR,
)
from approvals.kickoff.models import Kickoff
from policy.calendar import DayKind
from policy.services import apply_notice, preview_notice
from projects.models import ProjectState
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def ledger_kind(monkeypatch):
    """The county's ledger as a duty of this test, whatever the ledger pages call it."""
    kind = kinds.DutyKind(
        code=LEDGER_COUNTY,
        label="台账",
        title=lambda row: f"报送 {row.period} 台账",
        button="核对并报送",
        url=lambda row: "/ledgers/",
        permission="ledgers.submit",
        pinned_days=5,
    )
    monkeypatch.setitem(kinds._kinds, LEDGER_COUNTY, kind)


def run(text: str) -> dict[str, dict[str, int]]:
    moment = at(text)
    done = engine.run_inline(moment, moment)
    assert done.failed == []
    return done.made


def shape() -> set[tuple]:
    return set(Obligation.objects.values_list("kind", "unit_id", "period", "subject_id", "due_on"))


def test_current_and_next_month_for_every_unit():
    made = run("2026-10-23 09:00")["obligations"]
    assert made[LEDGER_COUNTY] == 2 * 126
    assert made[LEDGER_CITY] == 2 * 13
    assert (
        Obligation.objects.filter(kind=REPORT_QUARTER).values_list("period", flat=True).distinct().get()
        == "2026Q4"
    )
    annual = Obligation.objects.filter(kind=REPORT_YEAR, period="2026").first()
    assert annual is not None
    assert annual.due_on == date(2026, 12, 10)
    assert run("2026-10-23 10:00")["obligations"] == {}
    assert run("2026-10-23 09:00")["obligations"] == {}


def test_a_period_still_open_at_the_start_is_owed_too():
    run("2026-10-03 09:00")
    assert Obligation.objects.filter(
        kind=LEDGER_CITY, period="2026-09", unit_id="230600"
    ).exists()  # due 5 October
    assert not Obligation.objects.filter(kind=LEDGER_COUNTY, period="2026-09").exists()


def test_silence_over_the_25th_and_the_5th_gives_what_daily_runs_give():
    for day in ("08-20", "08-21"):
        run(f"2026-{day} 09:00")
    run("2026-11-10 09:00")  # beat was down for eleven weeks
    late = shape()
    Obligation.objects.all().delete()
    JobRun.objects.all().delete()
    for day in (
        "08-20",
        "08-21",
        "08-25",
        "09-01",
        "09-05",
        "09-26",
        "10-01",
        "10-05",
        "10-25",
        "11-01",
        "11-10",
    ):
        run(f"2026-{day} 09:00")
    assert shape() == late
    assert {"2026-08", "2026-09", "2026-10", "2026-11", "2026-12"} <= {
        period for _k, _u, period, _s, _d in late
    }


def test_signed_projects_get_their_duties_and_lose_them_with_their_ground():
    fresh = build.project("新签项目", signed_on=date(2026, 10, 9))
    build.project("去年的项目", signed_on=date(2025, 12, 30))
    build.project("意向", signed_on=date(2026, 10, 9), contract_kind="intent")
    build.project("只知月份", signed_on=date(2026, 10, 1), signed_precision="month")
    gone = build.project("撤资项目", signed_on=date(2026, 10, 9))
    made = run("2026-10-12 09:00")["obligations"]
    assert (made[KICKOFF], made[FILING]) == (2, 2)
    assert set(Obligation.objects.filter(kind=KICKOFF).values_list("subject_id", flat=True)) == {
        fresh.pk,
        gone.pk,
    }
    type(gone).objects.filter(pk=gone.pk).update(state=ProjectState.WITHDRAWN, ended_on=date(2026, 10, 15))
    type(fresh).objects.filter(pk=fresh.pk).update(filed_on=date(2026, 10, 14))
    Kickoff.objects.create(
        project=fresh, held_on=date(2026, 10, 13), chair="李明", minutes="明确分工", recorded_at=at("2026-10-13 10:00"),
        **fresh.division.codes,
    )  # fmt: skip
    assert run("2026-10-16 09:00")["obligations"] == {"met": 2, "cancelled": 2}
    assert run("2026-10-16 10:00")["obligations"] == {}
    assert Obligation.objects.get(kind=KICKOFF, subject_id=fresh.pk).met_on == date(2026, 10, 13)


def test_reminders_once_per_working_day_and_level(ledger_kind):
    clerk = build.user("clerk", division="230622", name="孙丽娟")
    run("2026-10-20 09:00")
    assert InboxItem.objects.filter(user=clerk, key="digest:2026-10-20").count() == 1
    for text in ("2026-10-23 09:00", "2026-10-23 15:00"):
        run(text)
    duty = Obligation.objects.get(kind=LEDGER_COUNTY, unit_id="230622", period="2026-10")
    assert InboxItem.objects.filter(user=clerk, key=f"duty:{duty.pk}:1:2026-10-26").count() == 1
    assert "reminders" not in run("2026-10-24 09:00")  # a Saturday
    run("2026-10-27 09:00")  # the day itself was missed: told that it is overdue, not that it is due
    keys = set(InboxItem.objects.filter(user=clerk, kind="duty").values_list("key", flat=True))
    assert f"duty:{duty.pk}:3:2026-10-26" in keys
    assert f"duty:{duty.pk}:2:2026-10-26" not in keys


def test_catch_up_looks_at_finished_runs_only():
    run("2026-08-20 09:00")
    JobRun.objects.create(
        kind=making.JOB, period="2026-10-01T09", made_at=at("2026-10-01 09:00"), state=JobState.QUARANTINED
    )
    run("2026-10-20 09:00")
    assert Obligation.objects.filter(kind=LEDGER_COUNTY, period="2026-09", unit_id="230622").exists()


def test_a_holiday_notice_moves_open_duties_only():
    row = build.project(signed_on=date(2026, 12, 14))
    other = build.project("已开过会", signed_on=date(2026, 12, 14))
    run("2026-12-15 09:00")
    held, due = Obligation.objects.get(kind=KICKOFF, subject_id=other.pk), date(2027, 1, 5)
    Obligation.objects.filter(pk=held.pk).update(met_on=date(2026, 12, 16), met_at=at("2026-12-16 09:00"))
    open_duty = Obligation.objects.get(kind=KICKOFF, subject_id=row.pk)
    assert open_duty.provisional
    assert open_duty.due_on == due
    notice = [(date(2027, 1, day), DayKind.HOLIDAY) for day in (1, 4)] + [(date(2027, 1, 9), DayKind.MAKEUP)]
    preview = preview_notice(notice, date(2026, 12, 20))
    moved = {item.what: (item.due_on, item.new_due_on) for item in preview.affected["obligations"]}
    assert all(old != new for old, new in moved.values())
    assert Obligation.objects.get(pk=open_duty.pk).due_on == due  # looking writes nothing
    apply_notice(notice, "国办发明电〔2026〕9号", at("2026-12-20 10:00"))
    open_duty.refresh_from_db()
    held.refresh_from_db()
    assert open_duty.due_on == date(2027, 1, 6)
    assert not open_duty.provisional
    assert held.due_on == due
    assert (
        AuditRecord.objects.filter(action="obligation_recomputed", object_id=str(open_duty.pk)).count() == 1
    )
