"""How departments did is counted when a report is frozen and stays as it was; older reports have none (H20)."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Department, Division
from approvals.checklist.models import ChecklistItem
from policy.periods import Period
from reporting.reports import services
from reporting.reports.content import OfficeLine, ReportContent
from reporting.reports.figures import OfficeFigures
from reporting.reports.models import Report
from reporting.reports.narrative import draft
from reporting.reports.tables import NO_OFFICE, all_tables
from supervision.letters.models import SupervisionPaper
from supervision.matters import services as matters
from supervision.matters.models import MatterSource
from supervision.ratings.models import Chance, Rating
from tests import build, checklist_help
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HOUSING = {"division_id": "230622", "code": "housing"}


class Scene:
    """One project of 肇源县 per item; days are set on the rows, for the counting alone is looked at."""

    def __init__(self) -> None:
        self.people = build.cast()
        checklist_help.catalogue()
        self.housing = Department.objects.get(**HOUSING)
        self.city = Department.objects.get(division_id="230600", code="natural_resources")

    def item(self, department: Department | None, due: str, ended: str = "", **fields: Any) -> ChecklistItem:
        project = build.project()
        checklist_help.checklist(project, self.people["county"], [checklist_help.SPECS[0]["code"]])
        row = ChecklistItem.objects.get(project=project)
        state = fields.pop("state", "decided" if ended else "accepted")
        values: dict[str, Any] = {
            "state": state, "is_running": state in ("accepted", "supplement", "submitted"), "department": department,
            "accepted_on": date(2026, 9, 1), "due_on": date.fromisoformat(due),
            "ended_on": date.fromisoformat(ended) if ended else None,
        }  # fmt: skip
        ChecklistItem.objects.filter(pk=row.pk).update(**(values | fields))
        return row

    def letter(self, department: Department, issued: str, due: str, answered: str = "") -> None:
        county = Division.objects.get(pk="230622")
        matter = matters.issue_matter(
            source=MatterSource.OFFICE, title="限期办理", demand="办结", issuer=county, unit=county,
            department=department, due_on=date.fromisoformat(due), by=self.people["county"],
            at=at(f"{issued} 09:00"),
        )  # fmt: skip
        if answered:
            type(matter).objects.filter(pk=matter.pk).update(answered_at=at(f"{answered} 23:30"))
        SupervisionPaper.objects.create(
            kind="notice", state="issued", party="organ", unit=county, addressee=county,
            department=department, ground="problem",
            ground_key=f"problem:{matter.pk}", evidence_on=date(2026, 10, 1), title="督办", addressees="住建局",
            reason="逾期", problem="逾期", basis="第二十一条", demand="办结", feedback="书面", contact_name="孙",
            contact_phone="0459", drafted_at=at(f"{issued} 08:00"), issued_at=at(f"{issued} 09:00"),
            issued_on=date.fromisoformat(issued), number=f"〔2026〕{matter.pk}号", number_year=2026,
            number_seq=matter.pk, signed_at=at(f"{issued} 08:30"), signed_by=self.people["province_head"],
            issued_by=self.people["county"], matter=matter, **county.codes,
        )  # fmt: skip

    def rating(self, department: Department, level: int, rated: str) -> None:
        chance = Chance.objects.create(
            service="item", subject_id=Chance.objects.count() + 1, project=build.project(),
            division=department.division, department=department, label="施工许可", office=department.name,
            done_on=date(2026, 10, 8), made_at=at("2026-10-09 08:00"), expires_on=date(2026, 12, 1),
            **department.division.codes,
        )  # fmt: skip
        Rating.objects.create(
            chance=chance, level=level, anonymous=True, channel="link", rated_on=date.fromisoformat(rated),
            **department.division.codes,
        )  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return Scene()


def freeze(when: str = "2026-11-05 08:00") -> dict[str, Report]:
    province = Division.objects.get(pk="230000")
    snapshot = services.compile_period(
        province=province, period=Period.parse("2026-10"), by=None, at=at(when)
    )
    return {one.unit_id: one for one in snapshot.reports.all()}


def lines(report: Report) -> dict[tuple[str, str], OfficeFigures]:
    found = services.content_of(report).offices
    assert found is not None
    return {(one.place_code, one.name): one.figures for one in found}


def test_items_are_due_on_time_or_late_by_their_day_in_the_period(scene: Scene) -> None:
    scene.item(scene.housing, "2026-10-01", "2026-09-20")  # early: on time, in the month its day lies in
    scene.item(scene.housing, "2026-10-31", "2026-10-31")  # the last day counts, inclusive
    scene.item(scene.housing, "2026-10-20", "2026-10-21")  # a day late
    scene.item(scene.housing, "2026-10-30", "2026-11-03")  # open at the cut-off, decided when compiled: late
    scene.item(scene.housing, "2026-10-31")  # open
    scene.item(scene.housing, "2026-10-15", "2026-10-20", state="withdrawn")  # withdrawn after its day
    # none of these:
    scene.item(scene.housing, "2026-09-30", "2026-10-08")
    scene.item(scene.housing, "2026-11-01")
    scene.item(scene.housing, "2026-10-15", is_paused=True, holder="enterprise")
    scene.item(scene.housing, "2026-10-15", "2026-10-10", state="withdrawn")
    scene.item(scene.housing, "2026-10-15", accepted_on=None, state="submitted")
    found = lines(freeze()["230622"])
    assert found == {("230622", scene.housing.name): OfficeFigures(due=6, on_time=2, late=4)}


def test_each_department_counts_at_its_own_place_and_places_add_up(scene: Scene) -> None:
    scene.item(scene.housing, "2026-10-20", "2026-10-20")
    scene.item(
        scene.city, "2026-10-20", "2026-10-20"
    )  # the project lies in the county, the department in the city
    scene.item(None, "2026-10-20")
    reports = freeze()
    assert set(lines(reports["230622"])) == {("230622", scene.housing.name), ("230622", "")}
    assert set(lines(reports["230600"])) == {
        ("230600", scene.city.name), ("230622", scene.housing.name), ("230622", ""),
    }  # fmt: skip
    assert lines(reports["230200"]) == {}
    province = services.content_of(reports["230000"])
    places = {one.code: one.figures for one in province.office_places}
    assert places["230600"] == OfficeFigures(due=3, on_time=2, late=1) == province.office_total
    assert province.office_places[0].name == "省本级"
    city = services.content_of(reports["230600"])
    assert {one.name: one.figures.due for one in city.office_places if one.figures.due} == {
        "市本级": 1, "肇源县": 2,
    }  # fmt: skip


def test_letters_and_ratings_of_the_period_are_counted(scene: Scene) -> None:
    scene.letter(
        scene.housing, "2026-10-09", "2026-10-20", "2026-10-20"
    )  # answered 23:30 of its day: in time
    scene.letter(scene.housing, "2026-10-09", "2026-10-20", "2026-10-21")
    scene.letter(scene.housing, "2026-10-12", "2026-11-05")  # its day has not come
    scene.letter(scene.housing, "2026-09-07", "2026-09-20")  # of another month
    for level, day in ((1, "2026-10-10"), (4, "2026-10-31"), (5, "2026-11-01")):
        scene.rating(scene.housing, level, day)
    figures = lines(freeze()["230622"])[("230622", scene.housing.name)]
    assert (figures.letters, figures.letters_answered, figures.letters_late) == (3, 2, 1)
    assert (figures.rated, figures.good) == (2, 1)


def test_what_was_frozen_stays_and_is_told_in_words_and_table(scene: Scene) -> None:
    for _n in range(3):
        scene.item(scene.housing, "2026-10-20")
    scene.item(None, "2026-10-20", "2026-10-19")
    report = freeze()["230622"]
    before = services.content_of(report)
    ChecklistItem.objects.update(ended_on=date(2026, 10, 1), state="decided", is_running=False)
    report.refresh_from_db()
    assert services.content_of(report) == before
    section = next(one for one in draft(before) if one["heading"] == "部门审批办理情况")
    assert "审批事项4项，按时办结1项，逾期3项，按时办结率25.0%。" in section["paragraphs"][0]
    assert f"{scene.housing.name}（3项）" in section["paragraphs"][1]
    table = next(one for one in all_tables(before) if one.caption == "部门审批办理情况表")
    assert [row["name"] for row in table.rows] == [scene.housing.name, NO_OFFICE]
    assert table.total is not None and (table.total["due"], table.total["late"]) == (4, 3)
    assert "停止计时的不计入" in table.notes[0]


def test_a_report_frozen_before_has_none_and_says_nothing(scene: Scene) -> None:
    content = services.content_of(freeze()["230622"])
    assert content.offices == ()  # counted, and nothing was due
    old = {name: value for name, value in content.to_json().items() if name != "offices"}
    assert ReportContent.from_json(old).offices is None
    assert all(one["heading"] != "部门审批办理情况" for one in draft(ReportContent.from_json(old)))
    line = OfficeLine("230622", "住建局", OfficeFigures(due=3, on_time=2, late=1))
    again = ReportContent.from_json(content.to_json() | {"offices": [line.to_json()]})
    assert again.offices == (line,)
    assert ReportContent.from_json(again.to_json()) == again
