"""Visits of invited supervisors: recorded once, triaged once, the supervisor reads what became of each finding."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, InboxItem, User
from accounts.permissions import Role
from projects.models import Project
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterSource
from supervision.visits import naming, queries, services
from supervision.visits.models import Naming, Visit, VisitFinding
from supervision.visits.services import Found
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.people["supervisor"] = build.user("t-super", Role.INVITED_SUPERVISOR, "230622", name="周雪松")
        self.people["second"] = build.user("t-super-2", Role.INVITED_SUPERVISOR, "230622", name="于洋")
        self.project, self.other = build.project(), build.project("别的项目")
        for who in ("supervisor", "second"):
            naming.name_project(
                project=self.project,
                supervisor=self.people[who],
                by=self.people["county"],
                at=at("2026-04-01 09:00"),
            )

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def visited(self, who: str = "supervisor", **changes: Any) -> Visit:
        facts: dict[str, Any] = {
            "project": self.project, "visited_on": date(2026, 11, 4), "place": "施工现场", "people_met": "梁经理",
            "seen": "主体在施工", "found": [Found("用电容量不够", "先接临时线"), Found(""), Found("没有路灯")],
        }  # fmt: skip
        return services.record_visit(**(facts | changes), by=self.people[who], at=at("2026-11-05 09:00"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def press(scene: Scene, finding: VisitFinding, who: str = "county") -> Matter:
    return services.press_finding(
        finding=VisitFinding.objects.select_related("visit__unit", "visit__project", "visit__by").get(pk=finding.pk),
        title="用电容量", demand="十日内解决", by=scene.people[who], at=at("2026-11-06 09:00"),
    )  # fmt: skip


def test_a_visit_with_photos_and_findings(scene: Scene, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        visit = scene.visited(uploads=[SimpleUploadedFile("现场.jpg", JPEG)])
    assert visit.number == "FW-230622-2026-0001" and visit.unit_id == "230622"
    assert [one.text for one in visit.findings.all()] == ["用电容量不够", "没有路灯"]
    assert visit.files.get().content_type == "image/jpeg"
    assert InboxItem.objects.filter(user=scene.people["county"], kind="visit").exists()


@pytest.mark.parametrize("who", ["county", "officer", "investor", "city", "auditor"])
def test_only_a_supervisor_of_the_project_records(scene: Scene, who: str) -> None:
    with pytest.raises(PermissionDenied):
        scene.visited(who)
    assert not Visit.objects.exists()


def test_not_for_a_project_that_was_not_named(scene: Scene) -> None:
    with pytest.raises(PermissionDenied):
        scene.visited(project=scene.other)


def test_a_wrong_photo_a_wrong_day_nothing_seen(scene: Scene) -> None:
    before = AuditRecord.objects.count()
    for changes, field in (
        ({"uploads": [SimpleUploadedFile("现场.jpg", b"<html>")]}, "uploads"),
        ({"visited_on": date(2026, 11, 6)}, "visited_on"),
        ({"visited_on": date(2026, 10, 4)}, "visited_on"),  # 32 days before
        ({"seen": " "}, "seen"),
        ({"found": [Found("", "只有建议")]}, "found_1"),
    ):
        with pytest.raises(DomainError) as refused:
            scene.visited(**changes)
        assert refused.value.field == field
    assert not Visit.objects.exists() and AuditRecord.objects.count() == before


def test_who_sees_a_visit(scene: Scene) -> None:
    visit = scene.visited()
    for who, sees in (
        ("supervisor", True), ("county", True), ("city", True), ("province", True), ("auditor", True),
        ("second", False), ("officer", False), ("investor", False), ("neighbour", False), ("promotion", False),
    ):  # fmt: skip
        assert Visit.objects.visible_to(scene.people[who]).filter(pk=visit.pk).exists() is sees, who


def test_a_finding_becomes_a_matter_once(scene: Scene) -> None:
    visit = scene.visited()
    first = visit.findings.first()
    assert first is not None
    matter = press(scene, first)
    assert (matter.source, matter.source_id, matter.issuer_id, matter.unit_id) == (
        MatterSource.VISIT, first.pk, "230622", "230622",
    )  # fmt: skip
    with pytest.raises(StaleState):
        press(scene, first)
    with pytest.raises(StaleState):
        services.decline_finding(
            finding=first, reason="x", by=scene.people["county"], at=at("2026-11-06 10:00")
        )
    assert Matter.objects.count() == 1
    assert queries.to_triage(scene.people["county"]).count() == 1


def test_the_city_may_press_it_on_the_county(scene: Scene) -> None:
    finding = scene.visited().findings.first()
    assert finding is not None
    matter = press(scene, finding, "city")
    assert (matter.issuer_id, matter.unit_id) == ("230600", "230622")


@pytest.mark.parametrize("who", ["supervisor", "neighbour", "auditor", "officer", "other_city"])
def test_others_do_not_triage(scene: Scene, who: str) -> None:
    finding = scene.visited().findings.first()
    assert finding is not None
    with pytest.raises(PermissionDenied):
        press(scene, finding, who)
    with pytest.raises(PermissionDenied):
        services.decline_finding(finding=finding, reason="x", by=scene.people[who], at=at("2026-11-06 09:00"))
    finding.refresh_from_db()
    assert finding.outcome == "new"


def test_the_supervisor_hears_of_each_outcome(scene: Scene, django_capture_on_commit_callbacks: Any) -> None:
    visit = scene.visited()
    first, second = visit.findings.all()
    checker = build.user("t-county-2", division="230622")
    with django_capture_on_commit_callbacks(execute=True):
        matter = press(scene, first)
        with pytest.raises(DomainError):
            services.decline_finding(
                finding=second, reason=" ", by=scene.people["county"], at=at("2026-11-06 09:30")
            )
        services.decline_finding(
            finding=second, reason="已列入计划", by=scene.people["county"], at=at("2026-11-06 09:30")
        )
        matter = matters.receive_matter(matter=matter, by=scene.people["county"], at=at("2026-11-06 10:00"))
        matter = matters.answer_matter(
            matter=matter, text="已接线", by=scene.people["county"], at=at("2026-11-09 10:00")
        )
        matters.judge_matter(
            matter=matter, good=True, text="属实", checked_on=date(2026, 11, 10), check_note="现场看过",
            by=checker, at=at("2026-11-10 10:00"),
        )  # fmt: skip
    told = list(
        InboxItem.objects.filter(user=scene.people["supervisor"])
        .order_by("pk")
        .values_list("title", flat=True)
    )
    assert len(told) == 3
    assert matter.number in told[0] and "用电容量" in told[2]


def test_naming_opens_the_project_and_ending_closes_it(scene: Scene) -> None:
    supervisor, county = scene.people["supervisor"], scene.people["county"]
    assert list(Project.objects.visible_to(supervisor)) == [scene.project]
    again = naming.name_project(
        project=scene.project, supervisor=supervisor, by=county, at=at("2026-04-02 09:00")
    )
    assert Naming.objects.in_force().filter(supervisor=supervisor).get() == again
    scene.visited()
    naming.end_naming(naming=again, by=county, at=at("2026-11-06 09:00"))
    supervisor = User.objects.get(pk=supervisor.pk)
    assert not Project.objects.visible_to(supervisor).exists()
    assert Visit.objects.visible_to(supervisor).count() == 1  # what they wrote stays theirs to read
    with pytest.raises(StaleState):
        naming.end_naming(naming=again, by=county, at=at("2026-11-06 09:10"))


@pytest.mark.parametrize("who", ["neighbour", "auditor", "officer", "supervisor", "promotion"])
def test_others_do_not_name(scene: Scene, who: str) -> None:
    with pytest.raises(PermissionDenied):
        naming.name_project(
            project=scene.other,
            supervisor=scene.people["supervisor"],
            by=scene.people[who],
            at=at("2026-11-06 09:00"),
        )
    assert Naming.objects.count() == 2


def test_only_invited_supervisors_are_named(scene: Scene) -> None:
    with pytest.raises(DomainError) as refused:
        naming.name_project(
            project=scene.other, supervisor=scene.people["promotion"], by=scene.people["county"],
            at=at("2026-11-06 09:00"),
        )  # fmt: skip
    assert refused.value.field == "supervisor"


def test_the_same_visit_sent_twice_is_written_once(scene: Scene) -> None:
    first = scene.visited()
    assert scene.visited() == first
    assert scene.visited(seen="又看了一处") != first
    assert Visit.objects.count() == 2
