"""A visit to a company is offered for rating once; whoever made it neither enters, prints nor handles its rating (H23)."""

from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.errors import DomainError
from accounts.models import InboxItem, OutsideLink, User
from accounts.permissions import Role
from approvals.service import logging
from approvals.service.models import Duty, Result, ServiceEntry, Way
from policy.regimes import get_regime
from projects import services as projects
from projects.models import TeamRole
from supervision.investors.services import invite
from supervision.ratings import looking, making, queries, reviewing, rights, services
from supervision.ratings.models import BadCase, Chance, Rating, Service
from supervision.ratings.services import Said
from supervision.visits.models import Visit
from tests import build

AT = build.at("2026-10-20 15:00")
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project()
        self.lead = build.user(
            "t-lead", Role.LEAD_DEPARTMENT, "230622", department="industry_information", name="王立新"
        )
        self.desk = build.user("t-desk", division="230622", department="business_environment", name="孙丽娟")
        for role, user in (
            (TeamRole.CHIEF_SERVICE_OFFICER, self.officer),
            (TeamRole.INVESTOR, self.investor),
        ):
            projects.appoint(
                project=self.project, role=role, user=user, valid_from=date(2026, 4, 1), by=self.county,
                at=build.at("2026-04-01 09:00"),
            )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def visit(self, by: User | None = None, **changes: Any) -> ServiceEntry:
        facts: dict[str, Any] = {
            "duty": Duty.GUIDE, "done_on": date(2026, 10, 19), "text": "到厂区了解用工和用电情况", "way": Way.VISIT,
            "result": Result.NONE,
        }  # fmt: skip
        return logging.write_entry(project=self.project, **(facts | changes), by=by or self.officer, at=AT)

    def rated(self, by: User | None = None, level: int = 5, **named: Any) -> BadCase:
        """The company rates the visit of `by`."""
        self.visit(by)
        making.make_chances(AT)
        services.rate_in_portal(
            chance=Chance.objects.get(), said=Said(level, **named), by=self.investor, at=AT
        )
        return BadCase.objects.get()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_visit_is_offered_once_to_be_rated_as_the_department_that_made_it(scene: Scene) -> None:
    first = scene.visit()
    scene.visit(duty=Duty.FEEDBACK, text="当面反馈")  # the same visit, a second line of the log
    scene.visit(way="", result="", done_on=date(2026, 10, 18))
    scene.visit(done_on=date(2026, 9, 19))  # older than the 30 days of the rule
    assert making.make_chances(AT) == 1
    assert making.make_chances(AT) == 0
    chance = Chance.objects.get()
    assert (chance.service, chance.subject_id, chance.done_on) == (
        Service.VISIT,
        first.pk,
        date(2026, 10, 19),
    )
    assert (chance.visitor, chance.department.code) == (scene.officer, "industry_information")
    assert (chance.office, chance.label) == (chance.department.name, "入企服务：t-officer")
    assert chance.expires_on == date(2026, 12, 18)  # 60 days
    assert "用工" not in chance.label  # what is written inside stays inside


def test_another_person_or_day_is_another_visit(scene: Scene) -> None:
    scene.visit()
    scene.visit(scene.county)
    scene.visit(done_on=date(2026, 10, 20))
    assert making.make_chances(AT) == 3
    own = Chance.objects.get(visitor=scene.county)
    assert (own.department, own.division_id, own.office) == (None, "230622", "肇源县")


def test_a_return_visit_by_telephone_or_symposium_is_offered_too(scene: Scene) -> None:
    """回访 has three ways; each is offered under its own name."""
    for day, way in ((17, Way.PHONE), (18, Way.SYMPOSIUM), (19, Way.VISIT)):
        scene.visit(way=way, result=Result.SUGGESTION, done_on=date(2026, 10, day))
    assert making.make_chances(AT) == 3
    assert list(Chance.objects.order_by("done_on").values_list("label", flat=True)) == [
        "电话回访：t-officer",
        "企业座谈会：t-officer",
        "入企服务：t-officer",
    ]


def test_what_an_invited_supervisor_saw_is_not_offered(scene: Scene) -> None:
    supervisor = build.user("t-supervisor", Role.INVITED_SUPERVISOR)
    Visit.objects.create(
        number="FW-1", project=scene.project, unit=scene.project.division, visited_on=date(2026, 10, 19), place="厂区",
        seen="正常", by=supervisor, by_name="周雪松", at=AT, **scene.project.division.codes,
    )  # fmt: skip
    assert making.make_chances(AT) == 0


def test_the_days_are_those_of_the_regime(scene: Scene) -> None:
    rule = get_regime("heilongjiang").rule("rating", AT.date())
    assert (rule["offer_days"], rule["open_days"], rule.basis.article) == (30, 60, "H23")
    scene.visit(done_on=date(2026, 9, 20))
    assert making.make_chances(AT) == 1  # 30 days before, inclusive
    shorter = {**rule.values, "offer_days": 10, "open_days": 15}
    scene.visit(done_on=date(2026, 10, 9))
    scene.visit(done_on=date(2026, 10, 10))
    with mock.patch.object(type(rule), "__getitem__", lambda _self, name: shorter[name]):
        assert making.make_chances(AT) == 1
    assert Chance.objects.get(done_on=date(2026, 10, 10)).expires_on == date(2026, 10, 25)


def test_a_bad_one_opens_a_case_and_counts_in_the_figures(scene: Scene) -> None:
    case = scene.rated()
    assert (case.rating.shown_service, case.rating.shown_day) == ("入企服务", "2026-10")
    line = queries.by_office(queries.listed(scene.county))[0]
    assert (line.name, line.rated, line.bad) == (case.rating.chance.office, 1, 1)
    counts = queries.public_counts(scene.project.division, date(2026, 10, 1), date(2026, 10, 31))
    assert counts is not None and (counts["rated"], counts["good"], counts["bad"]) == (1, 0, 1)
    with pytest.raises(PermissionDenied):
        services.close_case(case=case, by=scene.lead, at=AT)
    stranger = build.user("t-other", Role.LEAD_DEPARTMENT, "230622", department="housing")
    for outside in (stranger, scene.officer, scene.neighbour, scene.auditor):
        with pytest.raises(PermissionDenied):
            services.answer_case(case=case, outcome="mended", answer="已改进", by=outside, at=AT)
    case.refresh_from_db()
    assert (case.state, case.answer) == ("open", "")
    services.answer_case(case=case, outcome="mended", answer="已改进", by=scene.lead, at=AT)
    services.close_case(case=case, by=scene.county, at=AT)
    assert case.state == "closed"


def test_whoever_made_the_visit_enters_and_prints_nothing(scene: Scene) -> None:
    scene.visit(scene.county)
    making.make_chances(AT)
    chance = Chance.objects.get()
    with pytest.raises(PermissionDenied):
        services.enter_for_caller(chance=chance, said=Said(1), note="来电", by=scene.county, at=AT)
    with pytest.raises(PermissionDenied):
        services.print_link(chance=chance, by=scene.county, at=AT)
    assert not Rating.objects.exists()
    _link, _text, code = services.print_link(chance=chance, by=scene.desk, at=AT)
    assert code
    services.enter_for_caller(chance=chance, said=Said(2), note="李女士 10:20", by=scene.desk, at=AT)
    assert Rating.objects.get().entered_by == scene.desk


def test_the_rated_office_does_not_handle_its_own_case(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    """The desk of the county's own office made the visit: the city follows up, another office's department may not."""
    with django_capture_on_commit_callbacks(execute=True):
        case = scene.rated(scene.desk, name="王镈", phone="139")
    for call in (
        lambda by: looking.author_of(case=case, purpose="回访", by=by, at=AT),
        lambda by: services.call_back(case=case, note="已致电", by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            call(scene.desk)
    case.refresh_from_db()
    assert (case.called_at, case.state) == (None, "open")
    assert rights.handles(scene.city, case)
    assert rights.handles(scene.county, case)
    assert not rights.handles(scene.desk, case)
    told = set(InboxItem.objects.filter(kind="rating").values_list("user__username", flat=True))
    assert {"t-county", "t-desk"} <= told


def test_the_rated_department_prints_no_code_but_answers_and_objects(scene: Scene) -> None:
    """Its specialist and lead, who hold no area, have their say; the competent office's own staff in it print nothing."""
    scene.visit(scene.desk)
    making.make_chances(AT)
    chance = Chance.objects.get()
    mate = build.user("t-desk-2", division="230622", department="business_environment")
    for who in (scene.desk, mate, scene.lead):
        with pytest.raises(PermissionDenied):
            services.print_link(chance=chance, by=who, at=AT)
    assert not OutsideLink.objects.exists()
    chance.delete()
    ServiceEntry.objects.all().delete()
    case = scene.rated()
    specialist = build.user(
        "t-specialist", Role.SERVICE_SPECIALIST, "230622", department="industry_information"
    )
    services.answer_case(case=case, outcome="explained", answer="已说明", by=specialist, at=AT)
    reviewing.object_to(case=case, text="误评", by=scene.lead, at=AT)
    assert (case.state, case.objected_by, case.decided_at_unit_id) == ("objected", scene.lead, "230622")
    for who in (scene.lead, specialist):
        with pytest.raises((PermissionDenied, DomainError)):
            reviewing.review_objection(case=case, upheld=True, text="属实", by=who, at=AT)
    case.refresh_from_db()
    assert case.state == "objected"


def test_a_case_of_a_city_office_is_not_the_countys(scene: Scene) -> None:
    visitor = build.user("t-city-desk", division="230600", department="business_environment")
    case = scene.rated(visitor)
    assert case.rating.chance.division_id == "230600"
    with pytest.raises(PermissionDenied):
        services.call_back(case=case, note="已致电", by=scene.county, at=AT)
    assert rights.handles(scene.city, case)


def test_the_inbox_tells_no_matter_of_an_anonymous_one(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    case = scene.rated()
    with django_capture_on_commit_callbacks(execute=True):
        services.answer_case(case=case, outcome="mended", answer="已改进", by=scene.lead, at=AT)
    titles = list(InboxItem.objects.filter(kind="rating").values_list("title", flat=True))
    assert titles
    assert all("t-officer" not in title for title in titles)  # the kind of service alone


def test_on_the_pages_of_log_portal_and_office(scene: Scene) -> None:
    def page(person: User, name: str, *args: Any, **data: Any) -> Any:
        client = Client()
        client.force_login(person)
        address = reverse(name, args=args)
        return client.post(address, data) if data else client.get(address)

    with (
        mock.patch.object(clock, "now", return_value=AT),
        mock.patch.object(clock, "today", return_value=AT.date()),
    ):
        log = reverse("service:log", args=[scene.project.pk])
        sent = {"duty": "guide", "done_on": "2026-10-19", "text": "到厂区", "way": "visit", "result": "none"}
        assert page(scene.county, "service:log", scene.project.pk, **sent).status_code == 302, log
        assert ServiceEntry.objects.get().way == Way.VISIT
        assert "入企" in page(scene.county, "projects:tab", scene.project.pk, "service").content.decode()
        making.make_chances(AT)
        chance = Chance.objects.get()
        made = invite(
            project=scene.project, name="王镈", phone="139", expires_on=date(2026, 12, 31), by=scene.county, at=AT
        )  # fmt: skip
        offer = page(made.user, "investors:project", scene.project.pk).content.decode()
        assert reverse("ratings:portal", args=[chance.pk]) in offer
        own, colleague = page(scene.county, "ratings:chances"), page(scene.desk, "ratings:chances")
        paper = reverse("ratings:paper", args=[chance.pk])
        assert paper not in own.content.decode()
        assert paper in colleague.content.decode()
        assert page(scene.county, "ratings:phone", chance.pk).status_code == 403
        assert page(scene.county, "ratings:paper", chance.pk, x="1").status_code == 403
        assert page(scene.desk, "ratings:paper", chance.pk, x="1").status_code == 302
