"""When an anonymous rating was given is written nowhere that the rated office reads; nor who was here then."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import structlog
from django.test import Client, RequestFactory
from django.urls import reverse
from django_structlog import signals

from accounts import audit
from accounts.models import AuditRecord, InboxItem
from supervision.investors.services import enter, invite
from supervision.ratings import services, wiring
from supervision.ratings.models import BadCase
from tests import build
from tests.services.test_ratings_visits import AT, Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _read(user: Any) -> set[str]:
    return set(AuditRecord.objects.visible_to(user).values_list("action", flat=True))


def test_the_office_reads_the_minute_of_no_anonymous_rating_and_of_nobodys_coming(scene: Scene) -> None:
    made = invite(
        project=scene.project, name="李匿名", phone="139", expires_on=build.at("2026-12-31 00:00").date(),
        by=scene.county, at=AT,
    )  # fmt: skip
    enter(link=made.link, at=AT)
    case = scene.rated()
    services.answer_case(case=case, outcome="mended", answer="已改进", by=scene.lead, at=AT)
    written = AuditRecord.objects.filter(action__in=("rated", "bad_case_opened", "investor_entered"))
    assert written.count() == 3
    for who in (scene.county, scene.city, scene.province, scene.province_head, scene.lead, scene.neighbour):
        assert not _read(who) & {"rated", "bad_case_opened", "investor_entered"}
    assert "bad_case_answered" in _read(scene.county)  # what staff do stays in the office's log
    seen = _read(scene.auditor)
    assert "investor_entered" in seen and not seen & {"rated", "bad_case_opened"}
    assert audit.verify()[1] is None
    entered = AuditRecord.objects.get(action="investor_entered")
    page = Client()
    page.force_login(scene.county)
    assert page.get(reverse("accounts:audit_detail", args=[entered.pk])).status_code == 404


def test_a_named_one_stays_in_the_log_of_its_area(scene: Scene) -> None:
    scene.rated(name="王镈", phone="139")
    assert BadCase.objects.get().rating.anonymous is False
    assert {"rated", "bad_case_opened"} <= _read(scene.county)


@pytest.mark.parametrize(
    ("name", "args", "kept"),
    [
        ("ratings:portal", [24], False),
        ("ratings:code", [], False),
        ("ratings:rate", ["K7QM-2XPA-9DRT"], False),
        ("complaints:write", [], False),
        ("complaints:status", [], False),
        ("ratings:list", [], True),
    ],
)
def test_the_request_log_of_these_pages_names_nobody(name: str, args: list[Any], kept: bool) -> None:
    request = RequestFactory().get(reverse(name, args=args))
    for signal in (
        signals.bind_extra_request_metadata,
        signals.bind_extra_request_finished_metadata,
        signals.bind_extra_request_failed_metadata,
    ):
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(user_id=7, ip="10.0.0.1", request_id="r")
        signal.send(sender=None, request=request, logger=None, response=None, exception=None, log_kwargs={})
        told = structlog.contextvars.get_contextvars()
        structlog.contextvars.clear_contextvars()
        assert told == ({"user_id": 7, "ip": "10.0.0.1"} if kept else {}) | {"request_id": "r"}


def test_the_day_it_is_due_is_shown_of_a_named_one_only(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    """Rated on Tuesday, 20 October: due on the 27th, in the week from the 26th."""
    with django_capture_on_commit_callbacks(execute=True):
        case = scene.rated()
    assert (case.due_on, case.due_week) == (date(2026, 10, 27), date(2026, 10, 26))
    page = Client()
    page.force_login(scene.county)
    said = page.get(reverse("ratings:case", args=[case.pk])).content.decode()
    assert "2026-10-26" in said
    assert not re.search(r"10-2[0-57-9]|10月2[0-57-9]日", said)
    (told,) = {row.text for row in InboxItem.objects.filter(kind="rating")}
    assert "2026-10-26" in told and "2026-10-27" not in told
    for days, left in ((0, 4), (6, 0), (7, 0), (8, 0)):
        (item,) = wiring.todo_items(scene.county, AT.date() + timedelta(days=days))
        assert (item.days_left, item.due_on, item.why) == (left, None, None)
        assert ("10-26" in item.detail) is (days < 8)


def test_the_inbox_dates_an_anonymous_one_by_its_week_and_later_steps_by_their_minute(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    """Rated on Tuesday, 20 October, 15:00."""
    with django_capture_on_commit_callbacks(execute=True):
        case = scene.rated()
    told = InboxItem.objects.filter(kind="rating")
    assert set(told.values_list("user__username", flat=True)) == {"t-county", "t-desk", "t-lead"}
    assert set(told.values_list("at", flat=True)) == {build.at("2026-10-19 00:00")}
    with django_capture_on_commit_callbacks(execute=True):
        services.answer_case(case=case, outcome="mended", answer="已改进", by=scene.lead, at=AT)
    assert set(told.filter(key=f"bad-rating:{case.pk}:2").values_list("at", flat=True)) == {AT}


def test_the_inbox_dates_a_named_one_by_its_minute(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        scene.rated(name="王镈", phone="139")
    assert set(InboxItem.objects.filter(kind="rating").values_list("at", flat=True)) == {AT}


def test_a_named_one_says_its_day_and_why(scene: Scene) -> None:
    case = scene.rated(name="王镈", phone="139")
    (item,) = wiring.todo_items(scene.county, AT.date())
    assert (case.due_week, item.due_on, item.days_left) == (None, date(2026, 10, 27), 5)
    assert item.why
