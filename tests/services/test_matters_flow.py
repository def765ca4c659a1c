"""Matters: issued, signed for, answered, judged, extended on two levels, listed; each move by whom it belongs to."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Division, InboxItem, User
from accounts.permissions import Role
from supervision.matters import services, sources
from supervision.matters.models import ExtensionState, Matter, MatterFile, MatterState, Step
from supervision.matters.sources import Source
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
ASKED = "2026-09-07 10:00"  # a Monday


class Scene:
    """大庆市 presses something on 肇源县, which gives it to its housing bureau."""

    def __init__(self) -> None:
        self.people = build.cast()
        for name, role, where, department in (
            ("city_head", Role.OFFICE_HEAD, "230600", ""),
            ("county_head", Role.OFFICE_HEAD, "230622", ""),
            ("housing", Role.LEAD_DEPARTMENT, "230622", "housing"),
            ("water", Role.LEAD_DEPARTMENT, "230622", "water"),
        ):
            code = department if Department.objects.filter(division_id=where, code=department) else ""
            self.people[name] = build.user(f"t-{name}", role, where, department=code, name=name)
        self.bureau = Department.objects.get(division_id="230622", code="housing")
        self.project = build.project()

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def issued(self, **changes: Any) -> Matter:
        facts: dict[str, Any] = {
            "source": "office", "title": "施工许可证办理", "demand": "9月底前办结施工许可证，报送证照复印件。",
            "issuer": Division.objects.get(pk="230600"), "unit": Division.objects.get(pk="230622"),
            "project": self.project, "due_on": date(2026, 9, 28), "by": self.city, "at": at(ASKED),
        }  # fmt: skip
        return services.issue_matter(**(facts | changes))

    def working(self, **changes: Any) -> Matter:
        matter = self.issued(**changes)
        return services.receive_matter(matter=matter, by=self.county, at=at("2026-09-08 09:00"))

    def answered(self) -> Matter:
        return services.answer_matter(
            matter=self.working(), text="已发证", by=self.county, at=at("2026-09-21 09:00")
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def untouched(matter: Matter, call: Callable[[], Any], refusal: type[Exception]) -> Any:
    """`call` is refused and leaves row, thread and record as they were."""
    before = Matter.objects.values().get(pk=matter.pk)
    lines, records = matter.entries.count(), AuditRecord.objects.count()
    with pytest.raises(refusal) as told:
        call()
    assert Matter.objects.values().get(pk=matter.pk) == before
    assert (matter.entries.count(), AuditRecord.objects.count()) == (lines, records)
    return told.value


# -- issuing --------------------------------------------------------------------------------------------------------


def test_issued_with_number_place_and_the_day_of_the_first_rung(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        matter = scene.issued()
    assert matter.number == "DB-230600-2026-0001"
    assert (matter.province_code, matter.city_code, matter.county_code) == ("230000", "230600", "230622")
    assert (matter.state, matter.step, matter.turn) == (MatterState.ISSUED, Step.ASSIGNED, 1)
    assert matter.next_step_on == date(2026, 9, 29)
    assert InboxItem.objects.filter(user=scene.county, kind="matter").count() == 1
    assert not InboxItem.objects.filter(user=scene.city, kind="matter").exists()
    assert scene.issued().number == "DB-230600-2026-0002"


def test_the_number_begins_anew_with_the_year(scene: Scene) -> None:
    old = scene.issued(due_on=None, at=at("2026-12-31 23:59"))
    new = scene.issued(due_on=None, at=at("2027-01-01 00:00"))
    assert (old.number, new.number) == ("DB-230600-2026-0001", "DB-230600-2027-0001")


def test_the_rule_gives_the_day_and_tells_why(scene: Scene) -> None:
    matter = scene.issued(due_on=None, at=at("2026-09-21 10:00"))
    # Fifteen working days after Monday 21 September: 22–24 (3; the 25th is Mid-Autumn), 28–30 (6), 8–10 October (9),
    # 12–16 (14), Monday 19 October.
    assert matter.due_on == date(2026, 10, 19)
    assert matter.deadline["rule"] == "STD-supervision-answer"
    assert any("放假" in step["text"] for step in matter.deadline["steps"])
    urgent = scene.issued(due_on=None, urgency="urgent", at=at("2026-09-21 10:00"))
    assert urgent.due_on == date(2026, 9, 29)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"unit": "230200"}, "unit_not_below", "unit"),
        ({"unit": "230000"}, "unit_not_below", "unit"),
        ({"due_on": date(2026, 9, 6)}, "due_in_past", "due_on"),
        ({"due_on": date(2062, 9, 6)}, "due_too_far", "due_on"),
        ({"title": "  "}, "title_missing", "title"),
        ({"title": "长" * 121}, "title_too_long", "title"),
        ({"demand": ""}, "demand_missing", "demand"),
        ({"urgency": "now"}, "urgency_unknown", "urgency"),
    ],
)
def test_what_cannot_be_issued(scene: Scene, changes: dict[str, Any], code: str, field: str) -> None:
    if "unit" in changes:
        changes = {"unit": Division.objects.get(pk=changes["unit"])}
    with pytest.raises(DomainError) as told:
        scene.issued(**changes)
    assert (told.value.code, told.value.field) == (code, field)
    assert not Matter.objects.exists()


def test_only_the_issuing_office_issues_in_its_name(scene: Scene) -> None:
    for who in ("province", "county", "auditor", "promotion", "officer", "investor"):
        with pytest.raises(PermissionDenied):
            scene.issued(by=scene.people[who])
    assert not Matter.objects.exists()


# -- who sees it ----------------------------------------------------------------------------------------------------


def test_who_sees_a_matter(scene: Scene) -> None:
    matter = scene.issued()
    seen = {name for name, who in scene.people.items() if Matter.objects.visible_to(who).filter(pk=matter.pk)}
    assert seen == {
        "province", "province_head", "city", "city_head", "county", "county_head", "auditor", "promotion"
    }  # fmt: skip
    services.assign_matter(matter=matter, department=scene.bureau, by=scene.county, at=at(ASKED))
    assert Matter.objects.visible_to(scene.housing).filter(pk=matter.pk).exists()
    assert not Matter.objects.visible_to(scene.investor).exists()


# -- the unit -------------------------------------------------------------------------------------------------------


def test_signed_for_answered_and_closed_after_a_check(
    scene: Scene, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    watched = Source(
        "office",
        "交办",
        url=lambda matter: "",
        answered=lambda matter, by, at: told.append("answered"),
        closed=lambda matter, by, at: told.append(matter.state),
    )
    monkeypatch.setitem(sources._sources, "office", watched)
    with django_capture_on_commit_callbacks(execute=True):
        matter = scene.answered()
    assert (matter.state, matter.next_step_on) == (MatterState.ANSWERED, None)
    assert matter.received_by == scene.county
    assert InboxItem.objects.filter(user=scene.city, title__contains="答复").count() == 1
    services.judge_matter(
        matter=matter, good=True, checked_on=date(2026, 9, 22), check_note="现场核实，许可证号 001",
        by=scene.city, at=at("2026-09-23 09:00"),
    )  # fmt: skip
    assert (matter.state, matter.checked_on) == (MatterState.CLOSED, date(2026, 9, 22))
    assert [entry.kind for entry in matter.entries.all()] == ["issue", "receive", "answer", "close"]
    assert told == ["answered", "closed"]


def test_nothing_is_answered_before_it_is_signed_for(scene: Scene) -> None:
    matter = scene.issued()
    refusal = untouched(
        matter,
        lambda: services.answer_matter(matter=matter, text="好了", by=scene.county, at=at(ASKED)),
        StaleState,
    )
    assert "交办" in str(refusal.message)


@pytest.mark.parametrize(
    "who", ["city", "neighbour", "auditor", "officer", "investor", "housing", "province"]
)
def test_only_the_unit_signs_for_it(scene: Scene, who: str) -> None:
    matter = scene.issued()
    untouched(
        matter,
        lambda: services.receive_matter(matter=matter, by=scene.people[who], at=at(ASKED)),
        PermissionDenied,
    )


def test_the_office_gives_it_to_a_department_and_that_to_its_person_only(scene: Scene) -> None:
    matter = scene.working()
    services.assign_matter(
        matter=matter, department=scene.bureau, person=scene.housing, by=scene.county, at=at(ASKED)
    )
    assert matter.holder_name.startswith(scene.bureau.name)
    other = Department.objects.filter(division_id="230622").exclude(pk=scene.bureau.pk)[0]
    untouched(
        matter,
        lambda: services.assign_matter(matter=matter, department=other, by=scene.housing, at=at(ASKED)),
        PermissionDenied,
    )
    refusal = untouched(
        matter,
        lambda: services.assign_matter(
            matter=matter, department=other, person=scene.housing, by=scene.county, at=at(ASKED)
        ),
        DomainError,
    )
    assert refusal.field == "person"
    services.answer_matter(matter=matter, text="已发证", by=scene.housing, at=at(ASKED))
    assert matter.state == MatterState.ANSWERED


def test_a_second_of_two_learns_what_the_first_did(scene: Scene) -> None:
    matter = scene.working()
    mine, theirs = Matter.objects.get(pk=matter.pk), Matter.objects.get(pk=matter.pk)
    services.answer_matter(matter=mine, text="已发证", turn=matter.turn, by=scene.county, at=at(ASKED))
    refusal = untouched(
        matter,
        lambda: services.answer_matter(
            matter=theirs, text="也发证", turn=matter.turn, by=scene.county_head, at=at(ASKED)
        ),
        StaleState,
    )
    assert scene.county.full_name in str(refusal.message)


def test_a_refused_answer_keeps_no_file(scene: Scene) -> None:
    matter = scene.issued()
    upload = SimpleUploadedFile("证.pdf", PDF)
    untouched(
        matter,
        lambda: services.answer_matter(
            matter=matter, text="好了", uploads=[upload], by=scene.county, at=at(ASKED)
        ),
        StaleState,
    )
    assert not MatterFile.objects.exists()


# -- the issuer -----------------------------------------------------------------------------------------------------


def test_returned_with_a_day_by_the_rule_but_never_an_earlier_one(scene: Scene) -> None:
    matter = scene.answered()
    services.judge_matter(
        matter=matter, good=False, text="缺复印件", by=scene.city, at=at("2026-09-21 15:00")
    )
    # Urgent: five working days after 21 September is the 29th (the 25th is off), later than the 28th.
    assert (matter.state, matter.due_on, matter.first_due_on) == (
        MatterState.RETURNED, date(2026, 9, 29), date(2026, 9, 28),
    )  # fmt: skip
    assert matter.next_step_on == date(2026, 9, 30)
    line = matter.entries.get(kind="return")
    assert (line.due_before, line.due_after) == (date(2026, 9, 28), date(2026, 9, 29))


def test_a_check_is_needed_and_not_from_whoever_answered(scene: Scene) -> None:
    matter = scene.answered()
    when = at("2026-09-22 09:00")
    for changes, field in (
        ({"check_note": ""}, "check_note"),
        ({"check_note": "好", "checked_on": date(2026, 9, 23)}, "checked_on"),
        ({"check_note": "好", "checked_on": date(2026, 9, 6)}, "checked_on"),
    ):
        refusal = untouched(
            matter,
            lambda changes=changes: services.judge_matter(
                matter=matter, good=True, by=scene.city, at=when, **changes
            ),
            DomainError,
        )
        assert refusal.field == field
    own = services.issue_matter(
        source="office", title="自办", demand="自办", issuer=Division.objects.get(pk="230622"),
        unit=Division.objects.get(pk="230622"), due_on=date(2026, 9, 28), by=scene.county, at=at(ASKED),
    )  # fmt: skip
    services.receive_matter(matter=own, by=scene.county, at=at(ASKED))
    services.answer_matter(matter=own, text="好了", by=scene.county, at=at(ASKED))
    judged = {"matter": own, "good": True, "check_note": "核", "at": at(ASKED)}
    assert (
        untouched(own, lambda: services.judge_matter(**judged, by=scene.county), DomainError).code
        == "own_answer"
    )
    services.judge_matter(**judged, by=scene.county_head)
    assert own.state == MatterState.CLOSED


@pytest.mark.parametrize("who", ["county", "county_head", "province", "neighbour", "auditor", "officer"])
def test_only_the_issuing_office_judges(scene: Scene, who: str) -> None:
    matter = scene.answered()
    untouched(
        matter,
        lambda: services.judge_matter(
            matter=matter, good=True, check_note="好", by=scene.people[who], at=at("2026-09-22 09:00")
        ),
        PermissionDenied,
    )


def test_listed_by_the_head_and_off_the_list_when_closed(scene: Scene) -> None:
    matter = scene.working()
    untouched(
        matter,
        lambda: services.list_matter(matter=matter, reason="久拖不办", by=scene.city, at=at(ASKED)),
        PermissionDenied,
    )
    services.list_matter(matter=matter, reason="久拖不办", by=scene.city_head, at=at("2026-09-10 09:00"))
    assert matter.is_listed and Matter.objects.listed().count() == 1
    services.answer_matter(matter=matter, text="已办", by=scene.county, at=at("2026-09-11 09:00"))
    services.judge_matter(matter=matter, good=True, check_note="好", by=scene.city, at=at("2026-09-12 09:00"))
    assert (matter.listed_on, matter.unlisted_on) == (date(2026, 9, 10), date(2026, 9, 12))


def test_taken_back_and_opened_again(scene: Scene) -> None:
    matter = scene.working()
    services.withdraw_matter(matter=matter, reason="误派", by=scene.city, at=at("2026-09-09 09:00"))
    assert (matter.state, matter.next_step_on) == (MatterState.WITHDRAWN, None)
    done = scene.answered()
    services.judge_matter(matter=done, good=True, check_note="好", by=scene.city, at=at("2026-09-22 09:00"))
    services.reopen_matter(
        matter=done, reason="抽查未办", due_on=date(2026, 10, 20), by=scene.city, at=at("2026-10-12 09:00")
    )
    assert (done.state, done.due_on, done.closed_at, done.next_step_on) == (
        MatterState.RETURNED, date(2026, 10, 20), None, date(2026, 10, 21),
    )  # fmt: skip


def test_given_to_another_unit_it_starts_at_the_foot(scene: Scene) -> None:
    matter = scene.working()
    other = Division.objects.get(pk="230621")
    services.redirect_matter(
        matter=matter, unit=other, reason="项目在肇州", by=scene.city, at=at("2026-09-09 09:00")
    )
    assert (matter.state, matter.county_code, matter.received_at) == (MatterState.ISSUED, "230621", None)
    assert not Matter.objects.visible_to(scene.county).filter(pk=matter.pk).exists()
    late = at("2026-09-29 09:00")
    refusal = untouched(
        matter,
        lambda: services.redirect_matter(
            matter=matter, unit=Division.objects.get(pk="230622"), reason="回", by=scene.city, at=late
        ),
        DomainError,
    )
    assert refusal.field == "due_on"


# -- more time ------------------------------------------------------------------------------------------------------


def asked(scene: Scene, matter: Matter) -> None:
    services.ask_extension(
        matter=matter,
        wanted_on=date(2026, 10, 15),
        reason="图审未过",
        by=scene.county,
        at=at("2026-09-25 09:00"),
    )


def test_more_time_takes_two_levels(scene: Scene) -> None:
    matter = scene.working()
    asked(scene, matter)
    grant = {"matter": matter, "granted": True, "by": scene.city, "at": at("2026-09-28 09:00")}
    assert untouched(matter, lambda: services.decide_extension(**grant), StaleState).code == "not_waiting"
    untouched(
        matter,
        lambda: services.agree_extension(
            matter=matter, good=True, by=scene.county, at=at("2026-09-27 09:00")
        ),
        PermissionDenied,
    )
    services.agree_extension(
        matter=matter, good=True, text="属实", by=scene.county_head, at=at("2026-09-27 09:00")
    )
    assert matter.due_on == date(2026, 9, 28)
    services.decide_extension(**grant)
    assert (matter.due_on, matter.first_due_on, matter.is_extended) == (
        date(2026, 10, 15), date(2026, 9, 28), True,
    )  # fmt: skip
    assert matter.next_step_on == date(2026, 10, 16)
    assert matter.deadline["before"]["due_on"] == "2026-09-28"


@pytest.mark.parametrize("level", [1, 2])
def test_a_refusal_of_either_level_moves_nothing(scene: Scene, level: int) -> None:
    matter = scene.working()
    asked(scene, matter)
    when = at("2026-09-28 09:00")
    if level == 2:
        services.agree_extension(matter=matter, good=True, by=scene.county_head, at=when)
        services.decide_extension(matter=matter, granted=False, text="不予", by=scene.city, at=when)
    else:
        services.agree_extension(matter=matter, good=False, text="自己办", by=scene.county_head, at=when)
    assert (matter.due_on, matter.next_step_on) == (date(2026, 9, 28), date(2026, 9, 29))
    assert matter.extensions.get().state == ExtensionState.REFUSED


def test_more_time_is_asked_before_the_last_day_only(scene: Scene) -> None:
    matter = scene.working()
    for when, wanted, code in (
        ("2026-09-28 09:00", date(2026, 10, 15), "asked_too_late"),
        ("2026-09-27 23:59", date(2026, 9, 28), "not_later"),
    ):
        refusal = untouched(
            matter,
            lambda when=when, wanted=wanted: services.ask_extension(
                matter=matter, wanted_on=wanted, reason="图审", by=scene.county, at=at(when)
            ),
            DomainError,
        )
        assert refusal.code == code
    asked(scene, matter)
    assert untouched(matter, lambda: asked(scene, matter), StaleState).code == "asked_already"


def test_an_answer_makes_a_waiting_request_fall_away(scene: Scene) -> None:
    matter = scene.working()
    asked(scene, matter)
    services.answer_matter(matter=matter, text="已办", by=scene.county, at=at("2026-09-26 09:00"))
    assert matter.extensions.get().state == ExtensionState.LAPSED


def test_one_person_does_not_give_both_opinions(scene: Scene) -> None:
    county = Division.objects.get(pk="230622")
    own = services.issue_matter(
        source="office", title="自办", demand="自办", issuer=county, unit=county, due_on=date(2026, 9, 28),
        by=scene.county, at=at(ASKED),
    )  # fmt: skip
    asked(scene, own)
    services.agree_extension(matter=own, good=True, by=scene.county_head, at=at("2026-09-26 09:00"))
    decide = {"matter": own, "granted": True, "at": at("2026-09-26 10:00")}
    assert (
        untouched(own, lambda: services.decide_extension(**decide, by=scene.county_head), DomainError).code
        == "same_person"
    )
    services.decide_extension(**decide, by=scene.county)
    assert own.due_on == date(2026, 10, 15)
