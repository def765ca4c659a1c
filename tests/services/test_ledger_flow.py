"""The month of a county, end to end at the services: upload, mend, hand in, return, accept, package, province."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from accounts import audit
from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, InboxItem, Obligation
from projects.models import Milestone, Project
from reporting.ledgers import mending, packages, reviewing, submitting
from reporting.ledgers.models import Attempt, AttemptState, LedgerEntry, PackageState, StagedRow
from tests.ledger_help import (
    DAQING,
    OCTOBER,
    PROVINCE,
    SEPTEMBER,
    ZHAOYUAN,
    ZHAOZHOU,
    answer_all,
    book,
    moment,
    office,
    row,
    stage,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return office(ZHAOYUAN)


@pytest.fixture
def city():
    return office(DAQING)


@pytest.fixture
def province():
    return office(PROVINCE)


def mend_signed(attempt, by):
    wrong = attempt.rows.get(name="兔皮深加工")
    return mending.mend_cells(
        attempt=attempt, edits={wrong.pk: {"signed_on": "2026年4月27日"}}, by=by, at=moment()
    )


def hand_in(name, by, *, period=OCTOBER, at=None):
    attempt = stage(name, by, period=period, at=at)
    if attempt.rows.filter(name="兔皮深加工").exists() and attempt.error_count:
        attempt = mend_signed(attempt, by)
    attempt = answer_all(attempt, by, at)
    return submitting.submit_attempt(attempt=attempt, by=by, at=at or moment())


def test_nothing_live_changes_before_acceptance(county, city):
    attempt = stage("zhaoyuan-2026-10.xlsx", county)
    assert (attempt.row_count, attempt.new_count, attempt.error_count) == (5, 5, 1)
    bad = [m for r in attempt.rows.all() for m in r.messages if m["level"] == "error"]
    assert [(m["cell"], m["code"]) for m in bad] == [("G10", "date_bad_month")]
    with pytest.raises(DomainError) as refused:
        submitting.submit_attempt(attempt=attempt, by=county, at=moment())
    assert refused.value.code == "not_ready" and refused.value.details["cells"] == ["G10"]
    attempt = mend_signed(attempt, county)
    assert attempt.error_count == 0
    attempt = answer_all(attempt, county)
    submitting.submit_attempt(attempt=attempt, by=county, at=moment())
    assert not Project.objects.exists() and not LedgerEntry.objects.exists()
    assert not AuditRecord.objects.filter(object_type="projects.project").exists()


def test_accepted_ledger_becomes_live_with_audit(county, city):
    attempt = hand_in("zhaoyuan-2026-10.xlsx", county)
    reviewing.accept_attempt(attempt=attempt, by=city, at=moment("2026-10-24 10:00"))
    project = Project.objects.get(name="艾草生物经济项目")
    assert project.contract_amount_yuan == 800_000_000 and project.invested_total_yuan == 207_649_000
    assert (
        project.signed_on == date(2026, 3, 26)
        and project.division_id == ZHAOYUAN
        and project.reported_period == "2026-10"
    )
    assert project.company.name == "湖北蕲艾科技集团有限公司" and project.number.startswith("230622-2026-")
    assert project.milestones.count() == 7
    assert project.milestones.get(code="engineering_permit").actual_on == date(2026, 8, 17)
    assert LedgerEntry.objects.filter(period="2026-10").count() == 5
    assert AuditRecord.objects.filter(action="project_registered").count() == 5
    assert audit.verify()[1] is None
    assert StagedRow.objects.filter(attempt=attempt, project=project).exists()


def test_second_month_compares_with_the_first(county, city):
    first = hand_in("zhaoyuan-2026-09.xlsx", county, period=SEPTEMBER, at=moment("2026-09-24 09:00"))
    reviewing.accept_attempt(attempt=first, by=city, at=moment("2026-09-25 09:00"))
    attempt = stage("zhaoyuan-2026-10.xlsx", county)
    assert (attempt.new_count, attempt.changed_count) == (0, 4)
    moved = attempt.rows.get(name="艾草生物经济项目")
    assert set(moved.changed) == {"invested_month", "invested_total"}
    assert moved.previous["live"]["invested_total"] == 201_601_000
    assert not [m for m in moved.messages if m["level"] == "ask"], moved.messages  # 完成投资 beside 到位资金
    rabbit = attempt.rows.get(name="兔皮深加工")
    assert "node.construction_permit" in rabbit.changed


def test_return_correct_accept_keeps_the_receipt(county, city, django_capture_on_commit_callbacks):
    call_command("seed_calendar", verbosity=0)
    duty = Obligation.objects.create(
        kind="ledger_county", unit=unit(ZHAOYUAN), period="2026-10", due_on=date(2026, 10, 26), nominal_on=date(2026, 10, 25),
        rule_id="x", made_at=moment(), **unit(ZHAOYUAN).codes,
    )  # fmt: skip
    first = hand_in("zhaoyuan-2026-10.xlsx", county, at=moment("2026-10-26 23:50"))
    target = first.rows.get(name="水泥制品加工")
    with django_capture_on_commit_callbacks(execute=True):
        returned = reviewing.return_attempt(
            attempt=first,
            note="请核对",
            row_reasons={target.pk: "竣工后仍写主体施工"},
            by=city,
            at=moment("2026-10-27 09:00"),
        )
    assert returned.state == AttemptState.RETURNED and returned.correct_by_on == date(2026, 10, 30)
    assert InboxItem.objects.filter(user=county, key=f"ledger-returned-{first.pk}").exists()
    assert not Project.objects.exists()
    from reporting.ledgers.prefill import copy_returned

    again = copy_returned(attempt=returned, by=county, at=moment("2026-10-29 10:00"))
    wrong = again.rows.get(name="水泥制品加工")
    again = mending.mend_cells(
        attempt=again,
        edits={wrong.pk: {"progress": "已竣工，设备调试"}},
        by=county,
        at=moment("2026-10-29 10:05"),
    )
    again = answer_all(again, county, moment("2026-10-29 10:06"))
    again = submitting.submit_attempt(attempt=again, by=county, at=moment("2026-10-29 10:10"))
    assert again.receipt_at == first.receipt_at
    reviewing.accept_attempt(attempt=again, by=city, at=moment("2026-10-30 10:10"))
    duty.refresh_from_db()
    assert duty.met_on == date(2026, 10, 26)
    assert Project.objects.get(name="水泥制品加工").progress_text == "已竣工，设备调试"


def test_a_second_click_changes_nothing(county, city):
    attempt = hand_in("zhaoyuan-2026-10.xlsx", county)
    before = AuditRecord.objects.count()
    again = submitting.submit_attempt(attempt=attempt, by=county, at=moment("2026-10-23 09:15"))
    assert again.submitted_at == attempt.submitted_at and AuditRecord.objects.count() == before
    reviewing.accept_attempt(attempt=attempt, by=city, at=moment())
    with pytest.raises(StaleState):
        reviewing.accept_attempt(attempt=attempt, by=city, at=moment())
    with pytest.raises(StaleState):
        reviewing.return_attempt(attempt=attempt, note="x", by=city, at=moment())
    assert LedgerEntry.objects.count() == 5 and Project.objects.count() == 5


def test_same_file_is_no_change(county, city):
    attempt = stage("zhaoyuan-2026-10.xlsx", county)
    with pytest.raises(DomainError) as refused:
        stage("zhaoyuan-2026-10.xlsx", county)
    assert refused.value.code == "same_file" and refused.value.details["attempt"] == attempt.pk
    assert "无变化" in str(refused.value.message)
    assert Attempt.objects.count() == 1


def test_correction_after_acceptance_is_a_revision(county, city):
    first = stage(book([row(1)]), county)
    first = submitting.submit_attempt(attempt=answer_all(first, county), by=county, at=moment())
    reviewing.accept_attempt(attempt=first, by=city, at=moment())
    project = Project.objects.get()
    second = stage(book([row(1, total=1200, month=300)]), county)
    assert second.number == 2 and second.rows.get().project_id == project.pk
    second = submitting.submit_attempt(
        attempt=answer_all(second, county), by=county, at=moment("2026-10-29 10:00")
    )
    reviewing.accept_attempt(attempt=second, by=city, at=moment("2026-10-29 11:00"))
    entry = LedgerEntry.objects.get()
    assert entry.invested_total_yuan == 12_000_000 and entry.attempt_id == second.pk


def test_only_the_unit_hands_in_and_only_its_receiver_decides(county, city, province):
    neighbour, auditor = office(ZHAOZHOU), office(DAQING, "auditor")
    for stranger in (neighbour, city, province, auditor):
        with pytest.raises(PermissionDenied):
            stage("zhaoyuan-2026-10.xlsx", stranger)
    assert not Attempt.objects.exists()
    attempt = hand_in("zhaoyuan-2026-10.xlsx", county)
    for stranger in (neighbour, county, province, auditor):
        with pytest.raises(PermissionDenied):
            reviewing.accept_attempt(attempt=attempt, by=stranger, at=moment())
        with pytest.raises(PermissionDenied):
            reviewing.return_attempt(attempt=attempt, note="x", by=stranger, at=moment())
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED and not Project.objects.exists()


def test_edit_between_upload_and_acceptance_is_asked_about(county, city):
    first = submitting.submit_attempt(
        attempt=answer_all(stage(book([row(1)]), county), county), by=county, at=moment()
    )
    reviewing.accept_attempt(attempt=first, by=city, at=moment())
    project = Project.objects.get()
    second = stage(
        book([row(1, total=1300, month=300, progress="已开工", start="2026-10-20")], title="肇源县2026年11月进程信息台账"),
        county,
        period=OCTOBER.next(), at=moment("2026-11-20 09:00"),
    )  # fmt: skip
    second = submitting.submit_attempt(
        attempt=answer_all(second, county, moment("2026-11-20 09:01")),
        by=county,
        at=moment("2026-11-20 09:02"),
    )
    Project.objects.filter(pk=project.pk).update(progress_text="场地平整完成", version=project.version + 2)
    with pytest.raises(DomainError) as refused:
        reviewing.accept_attempt(attempt=second, by=city, at=moment("2026-11-21 09:00"))
    assert refused.value.code == "conflicts"
    clash = refused.value.details["conflicts"][0]
    assert (clash.field, clash.now, clash.ledger) == ("progress", "场地平整完成", "已开工")
    project.refresh_from_db()
    assert project.invested_total_yuan == 10_000_000 and second.state == AttemptState.SUBMITTED
    reviewing.accept_attempt(
        attempt=second, decisions={clash.row_id: {"progress": "live"}}, by=city, at=moment("2026-11-21 09:05")
    )
    project.refresh_from_db()
    assert (project.progress_text, project.invested_total_yuan) == ("场地平整完成", 13_000_000)
    assert Milestone.objects.get(project=project, code="construction_start").actual_on == date(2026, 10, 20)


def test_late_acceptance_of_an_older_month_leaves_the_newer_figures(county, city):
    october = submitting.submit_attempt(
        attempt=answer_all(stage(book([row(1)]), county), county), by=county, at=moment()
    )
    reviewing.accept_attempt(attempt=october, by=city, at=moment())
    september = stage(
        book([row(1, total=900, month=50)], title="肇源县2026年9月进程信息台账"), county, period=SEPTEMBER
    )
    september = submitting.submit_attempt(attempt=answer_all(september, county), by=county, at=moment())
    reviewing.accept_attempt(attempt=september, by=city, at=moment())
    project = Project.objects.get()
    assert project.invested_total_yuan == 10_000_000 and project.reported_period == "2026-10"
    assert LedgerEntry.objects.get(period="2026-09").invested_total_yuan == 9_000_000


def test_nil_report_beside_live_events_is_asked_about(county, city):
    first = submitting.submit_attempt(
        attempt=answer_all(stage(book([row(1, start="2026-10-20", progress="主体施工")]), county), county),
        by=county,
        at=moment(),
    )
    reviewing.accept_attempt(attempt=first, by=city, at=moment())
    with pytest.raises(DomainError) as refused:
        submitting.submit_nil(unit=unit(ZHAOYUAN), period=OCTOBER, by=county, at=moment())
    assert refused.value.code == "nil_contradicted" and "开工建设" in str(refused.value.message)
    assert Attempt.objects.filter(source="nil").count() == 0
    november = submitting.submit_nil(
        unit=unit(ZHAOYUAN), period=OCTOBER.next(), by=county, at=moment("2026-11-20 09:00")
    )
    reviewing.accept_attempt(attempt=november, by=city, at=moment("2026-11-21 09:00"))
    entry = LedgerEntry.objects.get(period="2026-11")
    assert (entry.invested_total_yuan, entry.invested_month_yuan) == (10_000_000, 0)


def test_package_to_the_province_and_its_corrections(county, city, province):
    duty = Obligation.objects.create(
        kind="ledger_city", unit=unit(DAQING), period="2026-10", due_on=date(2026, 11, 5), nominal_on=date(2026, 11, 5),
        rule_id="x", made_at=moment(), **unit(DAQING).codes,
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        packages.send_package(unit=unit(DAQING), period=OCTOBER, by=city, at=moment("2026-11-03 09:00"))
    assert refused.value.code == "package_empty"
    first = submitting.submit_attempt(
        attempt=answer_all(stage(book([row(1)]), county), county), by=county, at=moment()
    )
    reviewing.accept_attempt(attempt=first, by=city, at=moment())
    sent = packages.send_package(unit=unit(DAQING), period=OCTOBER, by=city, at=moment("2026-11-03 09:00"))
    assert sent.version == 1 and sent.attempts == {ZHAOYUAN: first.pk} and ZHAOZHOU in sent.missing
    assert sent.totals["total"] == 10_000_000
    with pytest.raises(StaleState):
        packages.send_package(unit=unit(DAQING), period=OCTOBER, by=city, at=moment("2026-11-03 09:01"))
    with pytest.raises(PermissionDenied):
        packages.accept_package(package=sent, by=city, at=moment("2026-11-04 09:00"))
    packages.accept_package(package=sent, by=province, at=moment("2026-11-04 09:00"))
    duty.refresh_from_db()
    assert duty.met_on == date(2026, 11, 3)
    second = stage(book([row(1, total=1200, month=300)]), county)
    second = submitting.submit_attempt(
        attempt=answer_all(second, county), by=county, at=moment("2026-11-08 09:00")
    )
    reviewing.accept_attempt(attempt=second, by=city, at=moment("2026-11-08 10:00"))
    sent.refresh_from_db()
    assert sent.stale_since is not None
    again = packages.send_package(unit=unit(DAQING), period=OCTOBER, by=city, at=moment("2026-11-09 09:00"))
    assert again.version == 2
    changed = {d["field"]: (d["before"], d["after"]) for d in again.differences}
    assert changed["invested_total"] == ("1,000.00", "1,200.00")
    back = packages.return_package(
        package=again, note="请补肇州县", by=province, at=moment("2026-11-10 09:00")
    )
    assert back.state == PackageState.RETURNED
    duty.refresh_from_db()
    assert duty.met_on == date(2026, 11, 3)


def test_a_citys_own_ledger_holds_rows_of_its_counties(city):
    attempt = stage("daqing-2026-10.xlsx", city, code=DAQING)
    assert (attempt.row_count, attempt.error_count) == (16, 0), [
        m for r in attempt.rows.all() for m in r.messages
    ]
    attempt = answer_all(attempt, city)
    attempt = submitting.submit_attempt(attempt=attempt, by=city, at=moment())
    assert attempt.state == AttemptState.ACCEPTED
    assert Project.objects.filter(county_code="230623").count() == 2
    assert Project.objects.get(name="职爱大健康产业园").division_id == "230671"
    assert Project.objects.get(name="鑫珑腾肉业二期").division_id == ZHAOZHOU
