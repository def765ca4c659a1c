"""The note on a call is sealed and read for a purpose; the database itself refuses to alter a rating."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from accounts.errors import DomainError
from accounts.growing import Unalterable
from accounts.models import AuditRecord
from accounts.outside.sealed import unseal
from accounts.permissions import Role
from policy.regime_schema import build_rule
from policy.regimes import all_regimes
from supervision.ratings import keeping, looking, making, reviewing, services
from supervision.ratings.models import BAD, SEALED, CallerNote, Chance, Level, Rating, RatingLook
from supervision.ratings.services import Said
from tests import build
from tests.services.test_ratings_visits import AT, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOTE = "李女士 10:20 0459-6012345"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _phoned(scene: Scene, **named: str) -> Rating:
    scene.visit()
    making.make_chances(AT)
    services.enter_for_caller(
        chance=Chance.objects.get(), said=Said(1, **named), note=NOTE, by=scene.desk, at=AT
    )
    return Rating.objects.get()


def test_the_note_is_sealed_and_read_by_a_colleague_for_a_purpose_on_record(scene: Scene) -> None:
    rating = _phoned(scene, name="李女士", phone="139")
    assert rating.entered_note == SEALED
    assert "李女士".encode() not in bytes(CallerNote.objects.get().sealed)
    for who in (scene.desk, scene.lead, scene.officer, scene.neighbour, scene.auditor, scene.promotion):
        with pytest.raises(PermissionDenied):
            looking.note_on_call(rating=rating, purpose="核实", by=who, at=AT)
    with pytest.raises(DomainError) as refusal:
        looking.note_on_call(rating=rating, purpose=" ", by=scene.county, at=AT)
    assert refusal.value.code == "purpose_missing"
    assert not RatingLook.objects.exists()
    assert looking.note_on_call(rating=rating, purpose="核实李女士", by=scene.county, at=AT) == NOTE
    look = RatingLook.objects.get()
    assert (look.by, look.purpose) == (scene.county, "核实李女士")
    assert AuditRecord.objects.get(action="rating_call_read").reason == ""


def test_of_an_anonymous_caller_the_head_alone_reads_it(scene: Scene) -> None:
    rating = _phoned(scene)
    with pytest.raises(PermissionDenied):
        looking.note_on_call(rating=rating, purpose="核实", by=scene.county, at=AT)
    assert not RatingLook.objects.exists()
    head = build.user("t-county-head", Role.OFFICE_HEAD, "230622")
    assert looking.note_on_call(rating=rating, purpose="核实", by=head, at=AT) == NOTE


def test_notes_and_purposes_go_after_the_time_of_keeping(scene: Scene) -> None:
    rating = _phoned(scene, name="李女士", phone="139")
    looking.note_on_call(rating=rating, purpose="核实李女士", by=scene.county, at=AT)
    assert keeping.forget_old(build.at("2029-10-21 03:00")) == 1
    assert not CallerNote.objects.exists()
    assert RatingLook.objects.get().purpose == keeping.CLEARED
    with pytest.raises(DomainError) as gone:
        looking.note_on_call(rating=rating, purpose="核实", by=scene.county, at=AT)
    assert gone.value.code == "note_gone"


def test_a_look_is_never_changed_or_deleted_but_for_its_purpose(scene: Scene) -> None:
    rating = _phoned(scene, name="李女士", phone="139")
    looking.note_on_call(rating=rating, purpose="核实李女士", by=scene.county, at=AT)
    look = RatingLook.objects.get()
    look.by = scene.city
    for attempt in (
        look.save,
        look.delete,
        rating.looks.all().delete,
        RatingLook.objects.all().delete,
        lambda: RatingLook.objects.update(by=scene.city),
    ):
        with pytest.raises(Unalterable):
            attempt()
    kept = RatingLook.objects.get()
    assert (kept.by, kept.at, kept.purpose) == (scene.county, AT, "核实李女士")


def test_what_was_stored_in_clear_is_sealed_by_the_migration_and_comes_back(scene: Scene) -> None:
    rating, move = _phoned(scene), import_module("supervision.migrations.0022_rating_notes_sealed")
    # The managers of a migration's own models let rows be changed.
    plain = SimpleNamespace(objects=models.QuerySet(Rating))
    history = SimpleNamespace(get_model=lambda _app, name: {"Rating": plain}.get(name, CallerNote))
    move.open_notes(history, None)
    assert models.QuerySet(Rating).get().entered_note == NOTE
    CallerNote.objects.all().delete()
    move.seal_notes(history, None)
    rating.refresh_from_db()
    assert rating.entered_note == SEALED
    assert unseal(CallerNote.objects.get().sealed) == {"note": NOTE}


def test_a_new_key_seals_notes_again(scene: Scene, settings) -> None:
    _phoned(scene)
    settings.SEALING_KEYS = ["a" * 40, *settings.SEALING_KEYS]
    call_command("reseal")
    settings.SEALING_KEYS = settings.SEALING_KEYS[:1]
    assert unseal(CallerNote.objects.get().sealed) == {"note": NOTE}


@pytest.mark.parametrize(
    "changes", [{"level": 1}, {"text": "很好"}, {"anonymous": True}, {"rated_on": date(2026, 1, 1)}]
)
def test_the_database_refuses_to_alter_a_rating(scene: Scene, changes) -> None:
    scene.rated(name="王镈", phone="139")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating._base_manager.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE supervision_rating SET level = 2")
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM supervision_rating")
    rating = Rating.objects.get()
    assert (rating.level, rating.text, rating.anonymous) == (5, "", False)


def test_every_regime_says_what_the_programme_takes_for_granted() -> None:
    for regime in all_regimes():
        rule = regime.rule("rating", AT.date())
        assert rule["levels"] == [str(one.label) for one in Level]
        assert tuple(range(rule["bad_from"], 6)) == tuple(BAD)


@pytest.mark.parametrize(
    "changes", [{"bad_from": 3}, {"levels": ["好", "坏"]}, {"call_back_percent": 80}, {"close_days": 0}]
)
def test_a_regime_that_says_otherwise_is_refused(changes) -> None:
    rule = next(iter(all_regimes())).rule("rating", AT.date())
    table = {
        "id": "X", "key": "rating", "kind": "rating", "title": "好差评", "basis": {"text": "x", "article": ""},
        "effective_from": date(2019, 1, 1), **rule.values,
    }  # fmt: skip
    problems: list = []
    assert build_rule(table, "x.toml", problems) is not None
    assert build_rule({**table, **changes}, "x.toml", problems) is None
    assert [one.code for one in problems] == ["E002"]


def test_what_the_rated_unit_reads_names_nobody(scene: Scene) -> None:
    """The seal on the author is worth nothing if the note on the call holds the name."""
    case = scene.rated(name="王镈", phone="13900000001")
    named = "已致电王 镈，139-0000-0001，称材料清单仍未更新"
    for step in (
        lambda: services.call_back(case=case, note=named, by=scene.county, at=AT),
        lambda: services.answer_case(case=case, outcome="mended", answer=named, by=scene.lead, at=AT),
        lambda: reviewing.object_to(case=case, text=named, by=scene.lead, at=AT),
    ):
        with pytest.raises(DomainError) as refused:
            step()
        assert refused.value.code == "names_rater"
    case.refresh_from_db()
    assert (case.state, case.call_note, case.answer, case.objection) == ("open", "", "", "")
    services.call_back(case=case, note="来电人称材料清单仍未更新", by=scene.county, at=AT)
