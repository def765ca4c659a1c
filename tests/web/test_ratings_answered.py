"""Whoever gave a bad rating reads what became of it; nobody of the office learns by that whose it is."""

from datetime import date
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from accounts import clock
from supervision.investors.services import invite
from supervision.ratings import answers, making, services
from supervision.ratings.models import BadCase, Chance, Rating
from supervision.ratings.services import Said
from tests import build
from tests.services.test_ratings_visits import AT, Scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_and_now():
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=AT),
        mock.patch.object(clock, "today", return_value=AT.date()),
    ):
        yield


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.visit()
    making.make_chances(AT)
    return made


def _as(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _link(scene: Scene) -> str:
    _row, text, _code = services.print_link(chance=Chance.objects.get(), by=scene.desk, at=AT)
    return reverse("ratings:rate", args=[text])


def _close(scene: Scene) -> None:
    case = BadCase.objects.get()
    services.answer_case(case=case, outcome="mended", answer="已重新培训窗口人员", by=scene.lead, at=AT)
    if not case.rating.anonymous:
        services.call_back(case=case, note="认可", by=scene.county, at=AT)
    services.close_case(case=case, by=scene.county, at=AT)


def test_the_link_of_a_named_one_shows_the_answer_once_it_is_closed(scene: Scene) -> None:
    address, visitor = _link(scene), Client()
    sent = visitor.post(address, {"level": "5", "name": "王镈", "phone": "139"})
    assert sent["Location"] == reverse("ratings:answer", args=[answers.receipt(Rating.objects.get())])
    waiting = visitor.get(address)
    assert (waiting.status_code, "已重新培训" in waiting.content.decode()) == (200, False)
    _close(scene)
    for page in (visitor.get(address), visitor.get(sent["Location"])):
        text = page.content.decode()
        assert page.status_code == 200
        assert "已重新培训窗口人员" in text
        assert "已整改" in text
        assert "王镈" not in text
    with mock.patch.object(clock, "now", return_value=build.at("2027-02-01 09:00")):
        assert "已重新培训窗口人员" in visitor.get(address).content.decode()
    assert _as(scene.county).get(address).status_code == 403


def test_of_an_anonymous_one_the_paper_tells_nothing_but_its_givers_own_address_does(scene: Scene) -> None:
    address, visitor = _link(scene), Client()
    sent = visitor.post(address, {"level": "4"})
    assert "请保存下面的网址" in visitor.get(sent["Location"]).content.decode()
    _close(scene)
    paper = visitor.get(address)  # whoever printed it may hold a copy
    assert (paper.status_code, "已重新培训" in paper.content.decode()) == (200, False)
    assert "已重新培训窗口人员" in visitor.get(sent["Location"]).content.decode()
    assert _as(scene.county).get(sent["Location"]).status_code == 403


def test_addresses_are_not_found_by_trying(scene: Scene) -> None:
    case = scene.rated()
    good = reverse("ratings:answer", args=[answers.receipt(case.rating)])
    visitor = Client()
    for wrong in (str(case.rating_id), f"{case.rating_id}:x", "x" * 40, answers.receipt(case.rating) + "x"):
        page = visitor.get(reverse("ratings:answer", args=[wrong]))
        assert (page.status_code, "入企服务" in page.content.decode()) == (410, False)
    assert visitor.post(good).status_code == 405
    assert visitor.get(good).status_code == 200


def test_a_good_one_has_no_answer(scene: Scene) -> None:
    address, visitor = _link(scene), Client()
    assert visitor.post(address, {"level": "2"})["Location"] == reverse("ratings:thanks")
    assert answers.by_receipt(answers.receipt(Rating.objects.get())) is None
    assert "已整改" not in visitor.get(address).content.decode()


@pytest.mark.parametrize("named", [{"name": "王镈", "phone": "139"}, {}])
def test_the_portal_counts_what_was_rated_and_only_the_givers_own_address_tells_more(
    scene: Scene, named
) -> None:
    """Whoever the office lets in as one of the company learns neither which service was rated nor when."""
    made = invite(
        project=scene.project, name="李敏", phone="138", expires_on=date(2026, 12, 31), by=scene.county, at=AT
    )
    company = _as(made.user)
    sent = company.post(reverse("ratings:portal", args=[Chance.objects.get().pk]), {"level": "5", **named})
    assert sent["Location"] == reverse("ratings:answer", args=[answers.receipt(Rating.objects.get())])
    assert company.get(sent["Location"]).status_code == 200
    home = reverse("investors:project", args=[scene.project.pk])
    label = Chance.objects.get().label
    assert label not in company.get(home).content.decode()
    _close(scene)
    let_in_later = invite(
        project=scene.project,
        name="局外人",
        phone="137",
        expires_on=date(2026, 12, 31),
        by=scene.county,
        at=AT,
    )
    for who in (company, _as(let_in_later.user)):
        page = who.get(home)
        text = page.content.decode()
        assert page.context["view"].rated == 1
        assert "已评价 1 项，谢谢" in text
        assert label not in text and "已重新培训窗口人员" not in text
    assert "已重新培训窗口人员" in company.get(sent["Location"]).content.decode()


def test_the_note_on_a_call_is_shown_once_to_a_colleague(scene: Scene) -> None:
    services.enter_for_caller(
        chance=Chance.objects.get(),
        said=Said(1, name="李女士", phone="139"),
        note="李女士 10:20",
        by=scene.desk,
        at=AT,
    )
    address = reverse("ratings:call", args=[Rating.objects.get().pk])
    for who, status in (
        ("desk", 403),
        ("auditor", 403),
        ("officer", 404),
        ("neighbour", 404),
        ("investor", 404),
    ):
        for answer in (
            _as(getattr(scene, who)).get(address),
            _as(getattr(scene, who)).post(address, {"purpose": "x"}),
        ):
            assert (answer.status_code, "10:20" in answer.content.decode()) == (status, False), who
    office = _as(scene.county)
    assert address in office.get(reverse("ratings:list")).content.decode()
    assert address not in _as(scene.desk).get(reverse("ratings:list")).content.decode()
    assert "10:20" not in office.get(address).content.decode()
    empty = office.post(address, {"purpose": ""})
    assert (empty.status_code, "10:20" in empty.content.decode()) == (400, False)
    shown = office.post(address, {"purpose": "核实来电"})
    assert "李女士 10:20" in shown.content.decode()
    after = office.get(address).content.decode()
    assert ("10:20" in after, "核实来电" in after) == (False, True)
    assert office.get(reverse("ratings:call", args=[999999])).status_code == 404


def test_the_address_to_keep_is_that_of_the_site(scene: Scene) -> None:
    """Not that of the machine behind the proxy which answered."""
    visitor = Client()
    sent = visitor.post(_link(scene), {"level": "5"})
    with override_settings(PORTAL_URL="https://portal.example.com"):
        text = visitor.get(sent["Location"]).content.decode()
    assert f"https://portal.example.com{sent['Location']}" in text
    assert "testserver" not in text
