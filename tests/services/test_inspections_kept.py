"""Nothing of an inspection gets lost: results stay, an inspection of nothing counts for nothing, successors take over."""

from datetime import date

import pytest

from accounts.errors import DomainError
from accounts.models import AuditRecord, Division, Obligation, User
from accounts.permissions import Role
from supervision.inspections import concluding, planning, recording
from supervision.inspections.following import follow_successors
from supervision.inspections.models import (
    Conclusion,
    ConclusionState,
    Inspection,
    InspectionItem,
    InspectionState,
)
from supervision.matters import following
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def begun() -> tuple[dict[str, User], Inspection, InspectionItem]:
    """大庆 looks at one project of 肇源县 in November 2026 and has begun."""
    people = build.cast()
    city = people["city"]
    inspection = planning.plan_inspection(
        unit=Division.objects.get(pk="230600"), period="2026-11", kinds=["screening"], title="落地检查",
        purpose="检查开工", planned_from=date(2026, 11, 9), planned_to=date(2026, 11, 13),
        authority_government="大庆市人民政府", authority_document="庆政办函〔2026〕3号", by=city,
        at=at("2026-11-02 09:00"),
    )  # fmt: skip
    planning.add_projects(
        inspection=inspection, picks=[planning.Pick(build.project(), "screening", "逾期未开工")], by=city,
        at=at("2026-11-02 09:10"),
    )  # fmt: skip
    recording.start_inspection(
        inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="开发区", by=city,
        at=at("2026-11-09 09:00"),
    )  # fmt: skip
    return people, inspection, InspectionItem.objects.get()


def remove(people: dict[str, User], inspection: Inspection, item: InspectionItem) -> None:
    planning.remove_project(
        inspection=inspection, item=item, reason="不再检查", by=people["city"], at=at("2026-11-10 09:00")
    )


def finish(people: dict[str, User], inspection: Inspection) -> Inspection:
    return recording.finish_inspection(
        inspection=inspection, held_to=date(2026, 11, 11), summary="已检查", by=people["city"],
        at=at("2026-11-11 17:00"),
    )  # fmt: skip


def look(people: dict[str, User], item: InspectionItem) -> None:
    recording.record_result(
        item=item, result="clear", text="正常施工", looked_on=date(2026, 11, 9), by=people["city"],
        at=at("2026-11-09 15:00"),
    )  # fmt: skip


def test_a_project_that_was_looked_at_stays_on_the_list(begun) -> None:
    people, inspection, item = begun
    stale = InspectionItem.objects.get(pk=item.pk)  # as another window still shows it
    look(people, item)
    with pytest.raises(DomainError) as refusal:
        remove(people, inspection, stale)
    assert refusal.value.code == "item_looked_at"
    assert InspectionItem.objects.get().result == "clear"


def test_an_inspection_of_nothing_meets_no_duty(begun) -> None:
    people, inspection, item = begun
    remove(people, inspection, item)
    with pytest.raises(DomainError) as refusal:
        finish(people, Inspection.objects.get())
    assert refusal.value.code == "no_projects"
    assert Inspection.objects.get().state == InspectionState.UNDER_WAY
    assert not Obligation.objects.exclude(met_on=None).exists()


def test_the_successor_of_a_county_signs_for_what_was_sent_to_it(begun) -> None:
    people, _inspection, item = begun
    look(people, item)
    finish(people, Inspection.objects.get())
    Division.objects.filter(pk="230622").update(valid_to=date(2026, 11, 12), successor="230621")
    assert following.follow_successors(at("2026-11-13 06:00")) >= 1
    assert follow_successors(at("2026-11-13 07:00")) == 0  # once
    sent = Conclusion.objects.select_related("inspection__unit", "unit").get()
    assert (sent.unit_id, sent.county_code) == ("230621", "230621")
    heir = User.objects.get(pk=people["neighbour"].pk)
    concluding.receive(conclusion=sent, by=heir, at=at("2026-11-13 09:00"))
    assert Conclusion.objects.get().state == ConclusionState.RECEIVED
    assert AuditRecord.objects.filter(action="inspection_conclusion_moved").count() == 1


def test_the_successor_goes_on_with_an_open_inspection() -> None:
    people = build.cast()
    head = build.user("t-head", Role.OFFICE_HEAD, "230621")
    inspection = planning.plan_inspection(
        unit=Division.objects.get(pk="230622"), period="2026-11", kinds=["screening"], title="落地检查",
        purpose="检查开工", planned_from=date(2026, 11, 9), planned_to=date(2026, 11, 13), by=people["county"],
        at=at("2026-11-02 09:00"),
    )  # fmt: skip
    Division.objects.filter(pk="230622").update(valid_to=date(2026, 11, 5), successor="230621")
    assert follow_successors(at("2026-11-06 06:00")) == 1
    inspection.refresh_from_db()
    assert (inspection.unit_id, inspection.county_code) == ("230621", "230621")
    planning.cancel_inspection(
        inspection=inspection, reason="合并后另行安排", by=head, at=at("2026-11-06 09:00")
    )
    assert Inspection.objects.get().state == InspectionState.CANCELLED


def test_the_same_form_sent_twice_is_one_plan_and_one_finding(begun) -> None:
    people, inspection, item = begun
    facts = {
        "unit": Division.objects.get(pk="230622"), "period": "2026-11", "kinds": ["screening"], "title": "落地检查",
        "purpose": "检查开工", "planned_from": date(2026, 11, 9), "planned_to": date(2026, 11, 13),
        "by": people["county"],
    }  # fmt: skip
    first = planning.plan_inspection(**facts, at=at("2026-11-09 09:00"))
    assert planning.plan_inspection(**facts, at=at("2026-11-09 09:01")) == first
    assert planning.plan_inspection(**facts, at=at("2026-11-10 09:00")) != first  # a day later it is meant
    found = {"item": item, "fact": "停工", "place": "现场", "unit": item.unit, "by": people["city"]}
    one = recording.add_finding(inspection=inspection, **found, at=at("2026-11-09 15:00"))
    assert recording.add_finding(inspection=inspection, **found, at=at("2026-11-09 15:00")) == one
    other = found | {"fact": "没有围挡"}
    assert recording.add_finding(inspection=inspection, **other, at=at("2026-11-09 15:05")) != one
