"""H17, H19, H20: one freeze serves every unit; frozen figures never move; each opens the rows it counted."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, Obligation
from policy.periods import Period
from projects.lights import thresholds
from projects.models import ContractKind, Milestone, Project, ProjectState
from reporting.circulars import services as circulars
from reporting.circulars.models import Circular, CircularState
from reporting.reports import services
from reporting.reports.figures import Figures
from reporting.reports.live import by_city, collect
from reporting.reports.models import Edition, Report, Snapshot
from reporting.reports.snapshots import OPENS, figures_of
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
AT = build.at("2026-11-05 08:00")
OCTOBER = Period.parse("2026-10")


@pytest.fixture
def projects() -> list[Project]:
    day = date
    return [
        build.project("甲", actual={"company_setup": day(2026, 4, 1)}, invested_total_yuan=10_000_000),
        build.project("乙", planned={"construction_start": day(2026, 9, 1)}, amount_wan=100),
        build.project(
            "丙",
            "230621",
            planned={"construction_start": day(2026, 9, 1)},
            actual={"construction_start": day(2026, 8, 30), "production": day(2026, 10, 30)},
        ),
        build.project("丁：完成后才补记的开工", "230229", actual={"completion_acceptance": day(2026, 7, 1)}),
        build.project("戊：意向", contract_kind=ContractKind.INTENT),
        build.project("己：十一月才签", signed_on=day(2026, 11, 2)),
        build.project("庚：已终止", state=ProjectState.TERMINATED, ended_on=day(2026, 6, 1)),
        build.project("辛：统计日后终止", state=ProjectState.WITHDRAWN, ended_on=day(2026, 11, 3)),
        build.project("壬：市本级", "230600", signed_on=day(2026, 10, 9)),
        build.project("癸：没有金额", amount_wan=None),
    ]


def freeze(period: str = "2026-10", at=AT, **kwargs) -> Snapshot:
    province = Division.objects.get(pk="230000")
    return services.compile_period(province=province, period=Period.parse(period), by=None, at=at, **kwargs)


def report(code: str, snapshot: Snapshot) -> Report:
    return Report.objects.get(unit_id=code, snapshot=snapshot)


def test_one_freeze_drafts_the_report_of_every_unit(projects: list[Project]) -> None:
    snapshot = freeze()
    assert snapshot.cut_off_on == date(2026, 10, 31)
    assert Report.objects.filter(snapshot=snapshot).count() == 140
    total = services.content_of(report("230000", snapshot)).total
    assert (total.signed, total.lost) == (7, 1)  # not the intent, not November's, not the one ended in June
    assert total.new_signed == 1
    assert (total.started, total.completed, total.produced) == (
        2,
        2,
        1,
    )  # production and completion imply the start
    assert (total.start_planned, total.started_of_planned) == (2, 1)
    assert total.fulfilled == 3


def test_frozen_figures_equal_the_live_ones_and_a_plain_recount(projects: list[Project]) -> None:
    snapshot = freeze()
    live = collect(
        Project.objects.all(),
        Milestone.objects.all(),
        first=OCTOBER.first,
        cut_off=snapshot.cut_off_on,
        thresholds=thresholds(date(2026, 11, 5)),
    )
    frozen = figures_of(snapshot)
    assert {k: v for k, v in live.items() if v != Figures()} == {
        k: v for k, v in frozen.items() if v != Figures()
    }
    counted = [p for p in projects if p.name[0] in "甲乙丙丁辛壬癸"]
    assert sum(f.signed_amount_yuan for f in live.values()) == sum(
        p.contract_amount_yuan or 0 for p in counted
    )
    assert by_city(live)["230600"].signed == 6


def test_each_figure_opens_exactly_the_rows_it_counted(projects: list[Project]) -> None:
    snapshot = freeze()
    total = services.content_of(report("230000", snapshot)).total
    counts = (
        "signed",
        "new_signed",
        "fulfilled",
        "started",
        "completed",
        "produced",
        "start_planned",
        "lost",
        "red",
    )
    for key in counts:
        assert snapshot.rows.filter(OPENS[key]).count() == getattr(total, key), key
    money = snapshot.rows.filter(OPENS["in_place_yuan"]).aggregate(sum=Sum("invested_total_yuan"))["sum"]
    assert money == total.in_place_yuan


def test_a_frozen_report_does_not_move_when_the_project_does(projects: list[Project]) -> None:
    snapshot = freeze()
    before = report("230622", snapshot).figures
    Project.objects.filter(name="乙").update(contract_amount_yuan=1, name="改了名")
    Milestone.objects.filter(project__name="改了名").update(
        reached_on=date(2026, 10, 1), actual_on=date(2026, 10, 1), is_open=False
    )
    assert report("230622", snapshot).figures == before
    assert snapshot.rows.filter(name="乙").exists()
    assert freeze().pk == snapshot.pk


def test_a_quarter_is_due_before_it_ends_and_carries_its_cut_off(projects: list[Project]) -> None:
    snapshot = freeze("2026Q4", build.at("2026-12-25 08:00"))
    assert snapshot.cut_off_on == date(2026, 12, 24)
    with pytest.raises(DomainError) as refused:
        freeze("2026Q4", build.at("2026-12-26 08:00"), edition=Edition.FINAL)
    assert refused.value.code == "period_not_over"
    final = freeze("2026Q4", build.at("2027-01-06 08:00"), edition=Edition.FINAL)
    assert final.cut_off_on == date(2026, 12, 31)
    assert Snapshot.objects.filter(period="2026Q4").count() == 2


def test_a_period_that_has_not_begun_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        freeze("2027-01")
    assert refused.value.code == "period_not_begun"
    assert not Snapshot.objects.exists()


def test_only_a_compiler_of_the_province_may_freeze(projects: list[Project]) -> None:
    people = build.cast()
    province = Division.objects.get(pk="230000")
    for who in ("county", "city", "auditor", "administrator", "promotion", "investor", "nobody"):
        with pytest.raises(PermissionDenied):
            services.compile_period(province=province, period=OCTOBER, by=people[who], at=AT)
    assert not Report.objects.exists()
    assert (
        services.compile_period(province=province, period=OCTOBER, by=people["province"], at=AT).row_count
        == 9
    )


def test_anew_needs_a_reason_and_stops_at_a_settled_report(projects: list[Project]) -> None:
    people, snapshot = build.cast(), freeze()
    with pytest.raises(DomainError):
        services.compile_anew(snapshot=snapshot, reason=" ", by=people["province"], at=AT)
    build.project("补报的项目")
    fresh = services.compile_anew(snapshot=snapshot, reason="肇源县补报", by=people["province"], at=AT)
    assert fresh.row_count == snapshot.row_count + 1
    services.settle(report=report("230622", fresh), by=people["county"], at=AT)
    with pytest.raises(DomainError) as refused:
        services.compile_anew(snapshot=fresh, reason="再来", by=people["province"], at=AT)
    assert refused.value.code == "report_settled"
    assert Snapshot.objects.filter(pk=fresh.pk).exists()


def test_settling_meets_the_duty_and_happens_once(projects: list[Project]) -> None:
    people, snapshot = build.cast(), freeze()
    county = Division.objects.get(pk="230622")
    owed = Obligation.objects.create(
        kind="report_month",
        unit=county,
        period="2026-10",
        due_on=date(2026, 11, 5),
        nominal_on=date(2026, 11, 5),
        rule_id="x",
        made_at=AT,
        **county.codes,
    )
    mine = report("230622", snapshot)
    services.settle(report=mine, by=people["county"], at=AT)
    owed.refresh_from_db()
    assert owed.met_on == date(2026, 11, 5)
    with pytest.raises(StaleState):
        services.settle(report=mine, by=people["county"], at=AT)
    with pytest.raises(DomainError):
        services.edit_narrative(
            report=mine,
            narrative=[{"heading": "x", "paragraphs": ["y"]}],
            version=1,
            by=people["county"],
            at=AT,
        )
    with pytest.raises(PermissionDenied):
        services.settle(report=report("230621", snapshot), by=people["county"], at=AT)


def test_two_editors_of_the_words_the_second_is_told(projects: list[Project]) -> None:
    people, mine = build.cast(), report("230622", freeze())
    words = [{"heading": "总体情况", "paragraphs": ["改过的话"]}]
    services.edit_narrative(report=mine, narrative=words, version=1, by=people["county"], at=AT)
    with pytest.raises(StaleState):
        services.edit_narrative(
            report=mine,
            narrative=[{"heading": "", "paragraphs": ["别的"]}],
            version=1,
            by=people["county"],
            at=AT,
        )
    mine.refresh_from_db()
    assert mine.narrative == words


class TestCircular:
    def draft(self) -> tuple[dict, Circular]:
        people = build.cast()
        circular = circulars.draft_circular(report=report("230000", freeze()), by=people["province"], at=AT)
        return people, circular

    def test_drafting_twice_gives_the_same_draft(self, projects: list[Project]) -> None:
        people, circular = self.draft()
        again = circulars.draft_circular(report=circular.report, by=people["province_head"], at=AT)
        assert again.pk == circular.pk
        assert circular.title == "关于2026年10月全省招商引资签约项目推进情况的通报"

    def test_whoever_wrote_the_words_does_not_approve_them(self, projects: list[Project]) -> None:
        people, circular = self.draft()
        head = people["province_head"]
        circulars.edit_circular(
            circular=circular,
            title=circular.title,
            addressees="各市",
            copies="",
            body=[{"heading": "一", "paragraphs": ["二"]}],
            row_version=1,
            by=head,
            at=AT,
        )
        with pytest.raises(DomainError) as refused:
            circulars.approve_circular(circular=circular, by=head, at=AT)
        assert refused.value.code == "own_words"
        circular.refresh_from_db()
        assert circular.state == CircularState.DRAFT

    def test_numbers_follow_without_gap_and_begin_anew_each_year(self, projects: list[Project]) -> None:
        people, first = self.draft()
        head = people["province_head"]
        circulars.approve_circular(circular=first, by=head, at=AT)
        circulars.issue_circular(circular=first, by=head, at=build.at("2026-12-31 23:59"))
        assert first.number == "黑营商通〔2026〕1号"
        erratum = circulars.draft_erratum(circular=first, reason="表二有误", by=people["province"], at=AT)
        circulars.approve_circular(circular=erratum, by=head, at=AT)
        circulars.issue_circular(circular=erratum, by=head, at=build.at("2027-01-01 00:01"))
        assert erratum.number == "黑营商通〔2027〕1号"
        first.refresh_from_db()
        assert first.state == CircularState.REPLACED

    def test_a_failed_issue_takes_no_number(self, projects: list[Project]) -> None:
        people, circular = self.draft()
        head = people["province_head"]
        with pytest.raises(StaleState):
            circulars.issue_circular(circular=circular, by=head, at=AT)
        circular.refresh_from_db()
        circulars.approve_circular(circular=circular, by=head, at=AT)
        circulars.issue_circular(circular=circular, by=head, at=AT)
        assert circular.number_seq == 1
        with pytest.raises(StaleState):
            circulars.issue_circular(circular=circular, by=head, at=AT)
        assert AuditRecord.objects.filter(action="circular_issued").count() == 1

    def test_issued_is_immutable(self, projects: list[Project]) -> None:
        people, circular = self.draft()
        head = people["province_head"]
        circulars.approve_circular(circular=circular, by=head, at=AT)
        circulars.issue_circular(circular=circular, by=head, at=AT)
        with pytest.raises(StaleState):
            circulars.edit_circular(
                circular=circular,
                title="x",
                addressees="y",
                copies="",
                body=[{"heading": "", "paragraphs": ["z"]}],
                row_version=circular.row_version,
                by=people["province"],
                at=AT,
            )
        with pytest.raises(StaleState):
            circulars.discard_draft(circular=circular, reason="x", by=people["province"], at=AT)
        assert Circular.objects.get().title == circular.title

    def test_an_office_without_the_right_changes_nothing(self, projects: list[Project]) -> None:
        people, circular = self.draft()
        for who in ("county", "city", "auditor", "promotion", "nobody"):
            with pytest.raises(PermissionDenied):
                circulars.approve_circular(circular=circular, by=people[who], at=AT)
        with pytest.raises(PermissionDenied):
            circulars.approve_circular(circular=circular, by=people["province"], at=AT)
        assert Circular.objects.get().state == CircularState.DRAFT
