"""Inspections: planned, drawn, carried out, finished; the duty met; conclusions and objections with their dates."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Division, InboxItem, Obligation, User
from accounts.obligations import kinds, making
from accounts.permissions import Role
from projects.models import MilestoneCode, Project
from supervision.inspections import concluding, drawing, planning, recording, triggers
from supervision.inspections.models import (
    Conclusion,
    Finding,
    Inspection,
    InspectionItem,
    InspectionKind,
    InspectionState,
)
from supervision.matters.models import Matter, MatterSource
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
AUTHORITY = {"authority_government": "大庆市人民政府", "authority_document": "庆政办函〔2026〕3号"}


class Scene:
    """大庆 inspects 肇源县 in November 2026; the county also inspects itself."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.people["city_head"] = build.user("t-city-head", Role.OFFICE_HEAD, "230600")
        self.people["lead"] = build.user(
            "t-lead", Role.LEAD_DEPARTMENT, "230622", department="industry_information"
        )
        self.city = Division.objects.get(pk="230600")
        self.county_unit = Division.objects.get(pk="230622")
        self.project = build.project()

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def planned(self, who: str = "city", **changes: Any) -> Inspection:
        unit = self.city if who.startswith("city") else self.county_unit
        facts: dict[str, Any] = {
            "period": "2026-11", "kinds": [InspectionKind.SCREENING, InspectionKind.SPOT_CHECK], "title": "落地检查",
            "purpose": "检查开工和审批", "planned_from": date(2026, 11, 9), "planned_to": date(2026, 11, 13),
        }  # fmt: skip
        facts |= AUTHORITY if who.startswith("city") else {}
        return planning.plan_inspection(
            unit=unit, **(facts | changes), by=self.people[who], at=at("2026-11-02 09:00")
        )

    def with_project(self, who: str = "city", **changes: Any) -> tuple[Inspection, InspectionItem]:
        inspection = self.planned(who, **changes)
        pick = planning.Pick(self.project, InspectionKind.SCREENING, "逾期未开工")
        planning.add_projects(
            inspection=inspection, picks=[pick], by=self.people[who], at=at("2026-11-02 09:10")
        )
        return inspection, inspection.items.get()

    def begun(self, who: str = "city") -> tuple[Inspection, InspectionItem]:
        inspection, item = self.with_project(who)
        recording.start_inspection(
            inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="肇源县开发区",
            by=self.people[who], at=at("2026-11-09 09:00"),
        )  # fmt: skip
        item.refresh_from_db()
        return inspection, item

    def found(
        self, inspection: Inspection, item: InspectionItem, who: str = "city", **changes: Any
    ) -> Finding:
        item = InspectionItem.objects.select_related("inspection").get(pk=item.pk)
        facts: dict[str, Any] = {
            "fact": "施工许可超期 12 日", "place": "县政务大厅", "unit": self.county_unit, "requirement": "五日内办结",
        }  # fmt: skip
        return recording.add_finding(
            inspection=inspection,
            item=item,
            **(facts | changes),
            by=self.people[who],
            at=at("2026-11-10 10:00"),
        )

    def finished(self, who: str = "city") -> Inspection:
        inspection, item = self.begun(who)
        finding = self.found(inspection, item, who)
        recording.press_finding(
            finding=finding, title="施工许可超期", requirement="五日内办结", due_on=date(2026, 11, 20),
            by=self.people[who], at=at("2026-11-10 11:00"),
        )  # fmt: skip
        return recording.finish_inspection(
            inspection=inspection, held_to=date(2026, 11, 11), summary="发现问题 1 个", by=self.people[who],
            at=at("2026-11-12 09:00"),
        )  # fmt: skip

    def sent(self) -> Conclusion:
        self.finished()
        return Conclusion.objects.select_related("inspection", "unit").get()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def make_duties(day: str) -> None:
    moment = at(f"{day} 06:00")
    making.make_periodic(moment, since=moment.date())


# -- duties -----------------------------------------------------------------------------------------------------------


def test_duties_are_monthly_for_city_and_county_and_quarterly_for_the_province(scene: Scene) -> None:
    make_duties("2026-11-02")

    def rows(code: str, unit: str) -> list[tuple[str, date]]:
        found = Obligation.objects.filter(kind=code, unit_id=unit).order_by("period")
        return [(row.period, row.due_on) for row in found]

    assert rows(kinds.INSPECTION_CITY, "230622") == [
        ("2026-11", date(2026, 11, 30)), ("2026-12", date(2026, 12, 31)),
    ]  # fmt: skip
    assert [one for one, _due in rows(kinds.INSPECTION_CITY, "230600")] == ["2026-11", "2026-12"]
    assert rows(kinds.INSPECTION_CITY, "230000") == []
    assert rows(kinds.INSPECTION_PROVINCE, "230000") == [("2026Q4", date(2026, 12, 31))]
    assert rows(kinds.INSPECTION_PROVINCE, "230600") == []


def test_a_finished_inspection_meets_the_duty_of_its_unit_and_period_alone(scene: Scene) -> None:
    make_duties("2026-11-02")
    scene.finished()
    met = Obligation.objects.filter(kind=kinds.INSPECTION_CITY, met_on__isnull=False)
    assert [(row.unit_id, row.period, row.met_on) for row in met] == [
        ("230600", "2026-11", date(2026, 11, 12))
    ]


def test_a_cancelled_inspection_meets_nothing(scene: Scene) -> None:
    make_duties("2026-11-02")
    inspection = scene.planned()
    planning.cancel_inspection(
        inspection=inspection, reason="改期", by=scene.people["city"], at=at("2026-11-03 09:00")
    )
    assert inspection.state == InspectionState.CANCELLED
    assert not Obligation.objects.filter(kind=kinds.INSPECTION_CITY, met_on__isnull=False).exists()


def test_the_province_plans_quarters_and_a_county_months(scene: Scene) -> None:
    with pytest.raises(DomainError) as refused:
        scene.planned("county", period="2026Q4")
    assert refused.value.field == "period" and "2026-10" in str(refused.value.message)
    row = planning.plan_inspection(
        unit=Division.objects.get(pk="230000"), period="2026Q4", kinds=["screening"], title="重大项目", purpose="督查",
        planned_from=date(2026, 11, 9), planned_to=date(2026, 11, 20), by=scene.people["province"],
        at=at("2026-11-02 09:00"),
    )  # fmt: skip
    assert row.number == "DC-230000-2026-0001"


# -- the plan ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["county", "province", "neighbour", "auditor", "officer", "investor"])
def test_only_the_unit_itself_plans(scene: Scene, who: str) -> None:
    with pytest.raises(PermissionDenied):
        planning.plan_inspection(
            unit=Division.objects.get(pk="230600"), period="2026-11", kinds=["screening"], title="x", purpose="x",
            planned_from=date(2026, 11, 9), planned_to=date(2026, 11, 9), by=scene.people[who],
            at=at("2026-11-02 09:00"),
        )  # fmt: skip
    assert not Inspection.objects.exists()


def test_projects_of_other_areas_are_refused(scene: Scene) -> None:
    inspection = scene.planned("county")
    foreign = build.project("邻县项目", "230621")
    with pytest.raises(DomainError) as refused:
        planning.add_projects(
            inspection=inspection, picks=[planning.Pick(foreign, InspectionKind.SCREENING, "x")],
            by=scene.people["county"], at=at("2026-11-02 09:00"),
        )  # fmt: skip
    assert refused.value.code == "project_outside"
    assert not inspection.items.exists()


def test_a_kind_that_was_not_planned_is_refused(scene: Scene) -> None:
    inspection = scene.planned()
    with pytest.raises(DomainError) as refused:
        planning.add_projects(
            inspection=inspection, picks=[planning.Pick(scene.project, InspectionKind.TRACE_BACK, "x")],
            by=scene.people["city"], at=at("2026-11-02 09:00"),
        )  # fmt: skip
    assert refused.value.code == "kind_not_planned"


def test_other_units_are_not_inspected_without_the_authority(scene: Scene) -> None:
    inspection, _item = scene.with_project(authority_government="", authority_document="")
    with pytest.raises(DomainError) as refused:
        recording.start_inspection(
            inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="x",
            by=scene.people["city"], at=at("2026-11-09 09:00"),
        )  # fmt: skip
    assert refused.value.code == "authority_missing"
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.PLANNED


def test_ones_own_unit_is_inspected_without_it(scene: Scene) -> None:
    inspection, _item = scene.begun("county")
    assert inspection.state == InspectionState.UNDER_WAY


def test_two_people_changing_the_plan_at_once(scene: Scene) -> None:
    inspection = scene.planned()
    words: dict[str, Any] = {
        "kinds": ["screening"], "title": "新名", "purpose": "x", "planned_from": date(2026, 11, 9),
        "planned_to": date(2026, 11, 9), **AUTHORITY,
    }  # fmt: skip
    seen = inspection.turn
    planning.change_plan(
        inspection=inspection, **words, turn=seen, by=scene.people["city"], at=at("2026-11-03 09:00")
    )
    with pytest.raises(StaleState):
        planning.change_plan(
            inspection=Inspection.objects.get(), **(words | {"title": "旧名"}), turn=seen, by=scene.people["city"],
            at=at("2026-11-03 09:01"),
        )  # fmt: skip
    assert Inspection.objects.get().title == "新名"


# -- the draw ---------------------------------------------------------------------------------------------------------


def draw(scene: Scene, inspection: Inspection, **changes: Any) -> Any:
    facts: dict[str, Any] = {"scope": "under_way", "size": 3, "seed": "20261102"}
    return drawing.draw_sample(
        inspection=inspection, **(facts | changes), by=scene.people["city"], at=at("2026-11-02 10:00")
    )


def test_a_draw_is_recorded_and_repeats(scene: Scene) -> None:
    for number in range(9):
        build.project(f"项目{number}", "230622", number=f"230622-2026-{number:04d}")
    inspection = scene.planned()
    row = draw(scene, inspection)
    assert row.population_size == 10 and len(row.drawn) == 3
    assert drawing.holds(row)
    assert [one.project.number for one in inspection.items.order_by("pk")] == row.drawn
    Project.objects.filter(number=row.drawn[0]).update(state="withdrawn", ended_on=date(2026, 11, 3))
    row.refresh_from_db()
    assert drawing.holds(row)  # the list was frozen: what happens later changes nothing
    row.drawn = [*row.drawn[1:], row.drawn[0]]
    assert not drawing.holds(row)  # a record somebody touched shows


def test_drawing_again_needs_a_reason_and_keeps_the_former(scene: Scene) -> None:
    for number in range(9):
        build.project(f"项目{number}", "230622", number=f"230622-2026-{number:04d}")
    inspection = scene.planned()
    first = draw(scene, inspection)
    with pytest.raises(DomainError) as refused:
        draw(scene, inspection, seed="2")
    assert refused.value.field == "reason"
    assert inspection.items.count() == 3
    second = draw(scene, inspection, seed="2", reason="首次抽取时企业代表未到场")
    first.refresh_from_db()
    assert first.replaced_at is not None and drawing.holds(first)
    assert second.position == 2 and second.replaced_at is None
    assert [one.project.number for one in inspection.items.order_by("pk")] == second.drawn


def test_it_is_not_drawn_again_after_somebody_looked(scene: Scene) -> None:
    build.project("项目", "230622")
    inspection = scene.planned()
    draw(scene, inspection, size=1)
    recording.start_inspection(
        inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="x",
        by=scene.people["city"], at=at("2026-11-09 09:00"),
    )  # fmt: skip
    item = InspectionItem.objects.select_related("inspection").get()
    recording.record_result(
        item=item, result="clear", text="正常", looked_on=date(2026, 11, 9), by=scene.people["city"],
        at=at("2026-11-09 15:00"),
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        draw(scene, inspection, seed="2", reason="再抽")
    assert refused.value.code == "drawn_looked_at"
    assert inspection.draws.get().replaced_at is None


def test_a_drawn_project_cannot_be_taken_off(scene: Scene) -> None:
    inspection = scene.planned()
    draw(scene, inspection, size=1)
    with pytest.raises(DomainError) as refused:
        planning.remove_project(
            inspection=inspection, item=inspection.items.get(), reason="不便", by=scene.people["city"],
            at=at("2026-11-03 09:00"),
        )  # fmt: skip
    assert refused.value.code == "item_drawn"


# -- the record -------------------------------------------------------------------------------------------------------


def test_days_lie_in_the_period_and_not_ahead(scene: Scene) -> None:
    inspection, _item = scene.with_project()
    for day, code in ((date(2026, 10, 30), "day_before_period"), (date(2026, 11, 10), "day_in_future")):
        with pytest.raises(DomainError) as refused:
            recording.start_inspection(
                inspection=inspection, inspectors="徐、李", held_from=day, place="x", by=scene.people["city"],
                at=at("2026-11-09 09:00"),
            )  # fmt: skip
        assert refused.value.code == code


def test_a_photo_that_is_none_is_refused_and_nothing_is_written(scene: Scene) -> None:
    inspection, item = scene.begun()
    for name, body, code in (
        ("现场.jpg", b"not a photo", "file_kind_unknown"),
        ("现场.jpg", b"%PDF-1.4", "file_misnamed"),
        ("台账.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "evidence_kind"),
    ):
        with pytest.raises(DomainError) as refused:
            scene.found(inspection, item, uploads=[SimpleUploadedFile(name, body)])
        assert refused.value.code == code and refused.value.field == "uploads"
    assert not Finding.objects.exists()
    finding = scene.found(inspection, item, uploads=[SimpleUploadedFile("现场.jpg", JPEG)])
    assert finding.files.get().content_type == "image/jpeg"


def test_a_finding_makes_the_result_a_problem_and_becomes_a_matter(scene: Scene) -> None:
    inspection, item = scene.begun()
    finding = scene.found(inspection, item)
    item.refresh_from_db()
    assert item.result == "problem"
    recording.press_finding(
        finding=finding, title="施工许可超期", requirement="五日内办结", due_on=date(2026, 11, 20),
        by=scene.people["city"], at=at("2026-11-10 11:00"),
    )  # fmt: skip
    matter = Matter.objects.get()
    assert (matter.source, matter.source_id, matter.issuer_id, matter.unit_id) == (
        MatterSource.FINDING, finding.pk, "230600", "230622",
    )  # fmt: skip
    assert matter.due_on == date(2026, 11, 20) and matter.project_id == scene.project.pk
    with pytest.raises(StaleState):
        recording.note_finding(
            finding=Finding.objects.select_related("inspection").get(), reason="x", by=scene.people["city"],
            at=at("2026-11-10 12:00"),
        )  # fmt: skip
    assert Matter.objects.count() == 1


def test_nobody_below_writes_the_record_of_the_city(scene: Scene) -> None:
    inspection, item = scene.begun()
    before = AuditRecord.objects.count()
    for who in ("county", "province", "auditor"):
        with pytest.raises(PermissionDenied):
            scene.found(inspection, item, who)
    assert AuditRecord.objects.count() == before and not Finding.objects.exists()


def test_it_finishes_only_with_all_results_and_all_findings_decided(scene: Scene) -> None:
    inspection, item = scene.begun()

    def finish() -> None:
        recording.finish_inspection(
            inspection=inspection, held_to=date(2026, 11, 11), summary="已查", by=scene.people["city"],
            at=at("2026-11-12 09:00"),
        )  # fmt: skip

    with pytest.raises(DomainError) as refused:
        finish()
    assert refused.value.code == "results_missing" and scene.project.name in str(refused.value.message)
    finding = scene.found(inspection, item)
    with pytest.raises(DomainError) as refused:
        finish()
    assert refused.value.code == "findings_pending"
    recording.note_finding(
        finding=finding, reason="当场整改", by=scene.people["city"], at=at("2026-11-10 11:00")
    )
    finish()
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.FINISHED


# -- conclusions and objections ---------------------------------------------------------------------------------------


def test_the_inspected_unit_gets_its_conclusion(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        scene.finished()
    row = Conclusion.objects.get()
    assert (row.unit_id, row.department_id, row.state) == ("230622", None, "sent")
    assert "施工许可超期 12 日" in row.text and "2026年11月20日前办结" in row.text
    assert InboxItem.objects.filter(user=scene.people["county"], kind="inspection").exists()
    assert set(Conclusion.objects.visible_to(scene.people["county"])) == {row}
    assert not Conclusion.objects.visible_to(scene.people["neighbour"]).exists()
    assert not Inspection.objects.visible_to(scene.people["county"]).exists()


def test_a_department_of_the_own_unit_gets_it_too(scene: Scene) -> None:
    office = Department.objects.get(division_id="230622", code="industry_information")
    inspection, item = scene.begun("county")
    finding = scene.found(inspection, item, "county", department=office)
    recording.note_finding(
        finding=finding, reason="已改", by=scene.people["county"], at=at("2026-11-10 11:00")
    )
    recording.finish_inspection(
        inspection=inspection, held_to=date(2026, 11, 11), summary="已查", by=scene.people["county"],
        at=at("2026-11-12 09:00"),
    )  # fmt: skip
    row = Conclusion.objects.get()
    assert row.department_id == office.pk
    assert set(Conclusion.objects.visible_to(scene.people["lead"])) == {row}
    concluding.receive(conclusion=row, by=scene.people["lead"], at=at("2026-11-13 09:00"))
    assert row.received_by_id == scene.people["lead"].pk


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-11-13", date(2026, 12, 14)),  # the 30th day is Sunday 13 December: Monday
        ("2026-11-17", date(2026, 12, 17)),  # Thursday
        ("2026-12-02", date(2027, 1, 4)),  # 1 January is a holiday, then Saturday and Sunday
    ],
)
def test_thirty_days_to_object_run_from_signing(scene: Scene, received: str, until: date) -> None:
    row = scene.sent()
    concluding.receive(conclusion=row, by=scene.people["county"], at=at(f"{received} 09:00"))
    assert row.object_by_on == until
    assert "第十七条" in row.objection_deadline["basis"]


def test_an_objection_in_time_and_one_too_late(scene: Scene) -> None:
    row = scene.sent()
    with pytest.raises(StaleState):
        concluding.object_to(
            conclusion=row, text="不符", by=scene.people["county"], at=at("2026-11-12 10:00")
        )
    concluding.receive(conclusion=row, by=scene.people["county"], at=at("2026-11-13 09:00"))
    with pytest.raises(DomainError) as refused:
        concluding.object_to(
            conclusion=row, text="不符", by=scene.people["county"], at=at("2026-12-15 00:01")
        )
    assert refused.value.code == "objection_late"
    concluding.object_to(conclusion=row, text="不符", by=scene.people["county"], at=at("2026-12-14 23:59"))
    assert row.state == "objected" and row.decide_by_on == date(2027, 1, 13)  # a Wednesday


def test_only_the_addressee_signs_and_objects(scene: Scene) -> None:
    row = scene.sent()
    for who in ("city", "province", "neighbour", "officer", "auditor"):
        with pytest.raises(PermissionDenied):
            concluding.receive(conclusion=row, by=scene.people[who], at=at("2026-11-13 09:00"))
    row.refresh_from_db()
    assert row.state == "sent" and row.object_by_on is None


def test_whoever_took_part_does_not_decide(scene: Scene) -> None:
    row = scene.sent()
    concluding.receive(conclusion=row, by=scene.people["county"], at=at("2026-11-13 09:00"))
    concluding.object_to(conclusion=row, text="不符", by=scene.people["county"], at=at("2026-11-16 09:00"))
    with pytest.raises(DomainError) as refused:
        concluding.decide(
            conclusion=row, changed=False, text="维持", by=scene.people["city"], at=at("2026-11-20 09:00")
        )
    assert refused.value.code == "took_part"
    with pytest.raises(PermissionDenied):
        concluding.decide(
            conclusion=row, changed=False, text="维持", by=scene.people["county"], at=at("2026-11-20 09:00")
        )
    before = row.text
    concluding.decide(
        conclusion=row, changed=True, text="核实后变更", new_text="未发现问题", by=scene.people["city_head"],
        at=at("2026-11-20 09:00"),
    )  # fmt: skip
    assert (row.state, row.text, row.text_before) == ("changed", "未发现问题", before)
    with pytest.raises(StaleState):
        concluding.decide(
            conclusion=Conclusion.objects.select_related("inspection").get(), changed=False, text="维持",
            by=scene.people["city_head"], at=at("2026-11-20 10:00"),
        )  # fmt: skip


# -- triggers ---------------------------------------------------------------------------------------------------------


def test_the_figures_name_projects(scene: Scene) -> None:
    late = build.project("未开工", planned={MilestoneCode.CONSTRUCTION_START: date(2026, 8, 3)})
    build.project("将开工", planned={MilestoneCode.CONSTRUCTION_START: date(2026, 11, 20)})
    gone = build.project("撤资", state="withdrawn", ended_on=date(2026, 10, 8))
    build.project("旧撤资", state="withdrawn", ended_on=date(2025, 10, 8))
    inspection = scene.planned(kinds=list(InspectionKind.values))
    found = {one.trigger.code: one for one in triggers.suggestions(inspection, date(2026, 11, 2))}
    assert [row.project.pk for row in found["not_landed"].rows] == [late.pk]
    assert "2026-08-03" in found["not_landed"].rows[0].why
    assert [row.project.pk for row in found["withdrawn"].rows] == [gone.pk]
    planning.add_projects(
        inspection=inspection, picks=[planning.Pick(gone, InspectionKind.TRACE_BACK, "撤资", "withdrawn")],
        by=scene.people["city"], at=at("2026-11-02 09:00"),
    )  # fmt: skip
    again = {one.trigger.code: one for one in triggers.suggestions(inspection, date(2026, 11, 2))}
    assert again["withdrawn"].rows == []
    other = scene.planned("county", kinds=list(InspectionKind.values))
    marked = {one.trigger.code: one for one in triggers.suggestions(other, date(2026, 11, 2))}
    assert marked["withdrawn"].rows[0].looked_at == inspection.number


def test_an_app_above_adds_its_own_trigger(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "_triggers", dict(triggers._triggers))
    triggers.register_trigger(
        triggers.Trigger(
            "mine", InspectionKind.VERIFICATION, "存疑", lambda unit, on: [triggers.Hit(scene.project.pk, "存疑")],
            lambda unit: "/", always=True,
        )
    )  # fmt: skip
    assert [row.project.pk for row in triggers.not_looked_into(scene.county_unit, date(2026, 11, 2))] == [
        scene.project.pk
    ]
