"""Visits and namings when their project goes to another county, or turns out to be a duplicate."""

import pytest

from accounts.models import Division, InboxItem, User
from accounts.permissions import Role
from projects.models import Project
from projects.services.team import settle_grants
from projects.transfers.merging import merge_projects
from projects.transfers.services import ask_transfer, decide_transfer
from supervision.visits import naming, queries, services
from supervision.visits.models import Naming, Outcome, Visit, VisitFinding
from supervision.visits.services import Found
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db]
AT = at("2026-11-06 09:00")


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.local = build.user("t-local", Role.INVITED_SUPERVISOR, "230622", name="周雪松")
        self.wide = build.user("t-wide", Role.INVITED_SUPERVISOR, "230600", name="于洋")
        self.project = build.project("艾草项目")
        for who in (self.local, self.wide):
            naming.name_project(
                project=self.project, supervisor=who, by=self.people["county"], at=at("2026-11-02 09:00")
            )
        self.visit = services.record_visit(
            project=self.project, visited_on=at("2026-11-03 09:00").date(), place="现场", seen="停工",
            found=[Found("没有路灯"), Found("没有水")], by=self.local, at=at("2026-11-03 17:00"),
        )  # fmt: skip


def fresh(user: User) -> User:
    """The person as of the next request."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_new_host_decides_and_the_old_ones_supervisor_goes(
    scene: Scene, django_capture_on_commit_callbacks
):
    first, second = scene.visit.findings.all()
    services.decline_finding(finding=first, reason="已列入计划", by=scene.people["county"], at=AT)
    neighbour = scene.people["neighbour"]
    with django_capture_on_commit_callbacks(execute=True):
        offer = ask_transfer(
            project=scene.project, to_division=neighbour.postings.get().division, reason="选址调整",
            by=scene.people["county"], at=AT,
        )  # fmt: skip
        decide_transfer(transfer=offer, accepted=True, by=neighbour, at=AT)
    held = list(Naming.objects.in_force().values_list("supervisor_id", flat=True))
    assert held == [scene.wide.pk]
    assert not Project.objects.visible_to(fresh(scene.local)).exists()
    assert Project.objects.visible_to(fresh(scene.wide)).exists()
    assert InboxItem.objects.get(user=scene.local, key__startswith="naming_ended").text.startswith(
        "项目现由肇州县"
    )
    assert Visit.objects.get().unit_id == neighbour.postings.get().division_id
    assert [row.pk for row in queries.to_triage(fresh(neighbour))] == [second.pk]
    assert not queries.to_triage(fresh(scene.people["county"])).exists()
    second = VisitFinding.objects.select_related("visit__project__division", "visit__by").get(pk=second.pk)
    matter = services.press_finding(
        finding=second, title="接水", demand="接水", by=fresh(neighbour), at=at("2026-11-06 10:00")
    )
    assert matter.unit_id == matter.issuer_id == neighbour.postings.get().division_id
    second.refresh_from_db()
    assert second.outcome == Outcome.MATTER


def test_leaving_the_team_does_not_take_what_was_named(scene: Scene):
    settle_grants(scene.project, [scene.wide])
    assert Project.objects.visible_to(fresh(scene.wide)).exists()


def test_the_duplicate_goes_and_its_supervisor_sees_what_stays(scene: Scene):
    stays = build.project("艾草项目（一期）")
    stays, goes = Project.objects.get(pk=stays.pk), Project.objects.get(pk=scene.project.pk)
    merge_projects(
        survivor=stays, duplicate=goes, take=set(), reason="重复填报", versions=(stays.version, goes.version),
        by=scene.people["county"], at=AT,
    )  # fmt: skip
    assert list(Project.objects.visible_to(fresh(scene.wide))) == [stays]
    assert set(Naming.objects.in_force().values_list("project_id", flat=True)) == {stays.pk}
    assert Division.objects.get(pk="230622") == Visit.objects.get().unit
