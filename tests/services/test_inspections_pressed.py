"""An objection that nobody decides in time: a light like any other, and the one ladder (政府督查工作条例 art. 17).

大庆市 inspected 肇源县, which objected on Monday 16 November 2026: decided until Wednesday 16 December, the 30th day."""

from datetime import date

import pytest

from accounts.models import Division, InboxItem
from policy.services import current_calendar
from supervision.inspections import concluding, pressing
from supervision.inspections.models import Conclusion
from supervision.matters import ladder
from supervision.matters.following import follow_successors
from supervision.matters.models import Matter, MatterSource, MatterState, Step
from supervision.warnings import queries, services, subjects, why
from supervision.warnings.models import Warning
from tests import build
from tests.build import at
from tests.inspections_help import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def objected(scene: Scene) -> Conclusion:
    row = scene.sent()
    concluding.receive(conclusion=row, by=scene.people["county"], at=at("2026-11-13 09:00"))
    concluding.object_to(conclusion=row, text="不符", by=scene.people["county"], at=at("2026-11-16 09:00"))
    return Conclusion.objects.select_related("inspection__unit").get(pk=row.pk)


def decided(scene: Scene, row: Conclusion, moment: str) -> None:
    concluding.decide(
        conclusion=row, changed=False, text="核实后维持", by=scene.people["city_head"], at=at(moment)
    )


def scan(day: str) -> dict[str, int]:
    """What the scan did about objections alone: other rules light in the same scene."""
    before = set(Warning.objects.filter(conclusion__isnull=False).values_list("pk", "level", "cleared_on"))
    services.scan(at(f"{day} 09:00"))
    after = set(Warning.objects.filter(conclusion__isnull=False).values_list("pk", "level", "cleared_on"))
    return {"changed": len(after - before)}


def only() -> Warning:
    return Warning.objects.get(conclusion__isnull=False)


def test_it_lights_five_working_days_before_and_belongs_to_the_unit_that_inspected(scene: Scene) -> None:
    row = objected(scene)
    assert row.decide_by_on == date(2026, 12, 16)
    # working days back from the 16th: 15 14 | 11 10 9
    assert scan("2026-12-08") == {"changed": 0}
    assert scan("2026-12-09") == {"changed": 1}
    light = only()
    assert (light.rule_key, light.level, light.due_on) == ("objection_warning", "blue", date(2026, 12, 16))
    assert (light.city_code, light.county_code, light.tier) == ("230600", "", 2)
    assert scan("2026-12-16") == {"changed": 0}, "the last day still counts"
    assert scan("2026-12-17") == {"changed": 1}
    assert only().level == "amber"
    assert subjects.address_of(only()) == f"/inspections/conclusions/{row.pk}/"
    assert set(Warning.objects.visible_to(scene.people["city"]).filter(conclusion=row)) == {light}
    for other in ("county", "neighbour", "other_city", "officer", "investor"):
        assert not Warning.objects.visible_to(scene.people[other]).filter(conclusion=row).exists(), other


def test_why_it_stands(scene: Scene) -> None:
    objected(scene)
    scan("2026-12-17")
    warning = queries.detailed(scene.people["city"]).get(pk=only().pk)
    told = why.explain(warning, queries.rule_of(warning), None, current_calendar(), date(2026, 12, 18))
    text = "；".join(f"{one['label']} {one['text']}" for one in told["steps"])
    assert "肇源县对督查结论提出异议" in text
    assert "第十七条" in text
    assert told["rule"] == "STD-light-objection"
    assert why.turns(warning, date(2026, 12, 18))[0].since == date(2026, 11, 16)


def test_red_after_five_working_days_the_province_is_told(scene: Scene) -> None:
    objected(scene)
    # overdue by 17 18 | 21 22 23 are five working days; the 24th is the sixth
    scan("2026-12-23")
    assert (only().level, only().up_on) == ("amber", None)
    scan("2026-12-24")
    light = only()
    assert (light.level, light.tier, light.up_on) == ("red", 1, date(2026, 12, 24))
    assert InboxItem.objects.filter(user=scene.people["province"], kind="warning").exists()
    assert InboxItem.objects.filter(user=scene.people["city_head"], kind="warning").exists()


def test_the_decision_puts_the_light_out(scene: Scene) -> None:
    row = objected(scene)
    scan("2026-12-17")
    decided(scene, row, "2026-12-18 10:00")
    scan("2026-12-19")
    assert (only().cleared_on, "2026-12-18" in only().clear_note) == (date(2026, 12, 18), True)


def test_overdue_it_goes_on_the_ladder_once(scene: Scene) -> None:
    row = objected(scene)
    assert pressing.press_overdue(at("2026-12-16 23:30")) == 0
    assert ladder.run(None, at("2026-12-17 07:00"))["put"] == 1  # type: ignore[arg-type]
    assert ladder.run(None, at("2026-12-17 08:00"))["put"] == 0  # type: ignore[arg-type]
    matter = Matter.objects.get(source=MatterSource.OBJECTION)
    assert (matter.issuer_id, matter.unit_id, matter.source_id) == ("230000", "230600", row.pk)
    assert "2026年12月16日前作出复核决定" in matter.demand
    assert "第十七条" in matter.basis
    # the regime's urgent limit, five working days: 18 21 22 23 24
    assert matter.due_on == date(2026, 12, 24)
    ladder.climb(at("2026-12-28 07:00"))
    matter.refresh_from_db()
    assert matter.step == Step.PRESS
    assert not Matter.objects.visible_to(scene.people["county"]).filter(pk=matter.pk).exists()


def test_days_without_a_run_press_it_later_but_once(scene: Scene) -> None:
    objected(scene)
    assert pressing.press_overdue(at("2027-01-11 07:00")) == 1
    assert pressing.press_overdue(at("2027-01-12 07:00")) == 0


def test_the_decision_settles_the_matter(scene: Scene) -> None:
    row = objected(scene)
    pressing.press_overdue(at("2026-12-17 07:00"))
    decided(scene, row, "2026-12-18 10:00")
    matter = Matter.objects.get(source=MatterSource.OBJECTION)
    assert (matter.state, matter.checked_on) == (MatterState.CLOSED, date(2026, 12, 18))
    assert "维持" in matter.check_note
    assert pressing.press_overdue(at("2026-12-21 07:00")) == 0


def test_what_was_decided_in_time_is_never_pressed(scene: Scene) -> None:
    row = objected(scene)
    decided(scene, row, "2026-12-16 17:00")
    assert pressing.press_overdue(at("2026-12-17 07:00")) == 0
    assert scan("2026-12-17") == {"changed": 0}
    assert not Matter.objects.filter(source=MatterSource.OBJECTION).exists()


def test_an_objection_follows_the_unit_that_took_over_the_inspecting_one(scene: Scene) -> None:
    """A finished inspection of a unit that ended would otherwise be reviewed by nobody."""
    row = objected(scene)
    Division.objects.filter(pk="230600").update(valid_to=date(2026, 11, 30), successor="230200")
    follow_successors(at("2026-12-01 07:00"))
    row.inspection.refresh_from_db()
    assert row.inspection.unit_id == "230200"
    build.user("t-heir", "office_head", "230200", name="接任主任")
    pressing.press_overdue(at("2026-12-17 07:00"))
    assert Matter.objects.get(source=MatterSource.OBJECTION).unit_id == "230200"
