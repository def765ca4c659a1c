"""Ratings: one per service, never altered, authors unknown or sealed, bad ones followed up by working days counted by hand."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Model

from accounts.errors import DomainError
from accounts.growing import Unalterable
from accounts.models import AuditRecord, Department, Division
from accounts.outside.links import find_link
from accounts.permissions import Role
from supervision.investors.services import invite
from supervision.ratings import keeping, looking, making, queries, reviewing, services
from supervision.ratings.models import BadCase, Chance, Rating, RatingAuthor, RatingLook
from supervision.ratings.services import Said
from tests import build, checklist_help

AT = build.at("2026-09-24 15:00")  # a Thursday before 中秋 (25 Sep, Friday off)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    cast = build.cast()
    project = build.project()
    checklist_help.catalogue()
    checklist_help.checklist(project, cast["county"])
    code = checklist_help.SPECS[0]["code"]
    for move, day in (("submit", "2026-09-17"), ("accept", "2026-09-18")):
        checklist_help.step(project, code, move, day, cast["county"])
    checklist_help.step(project, code, "decide", "2026-09-22", cast["county"], result_number="号1")
    making.make_chances(AT)
    made = invite(
        project=project, name="王镈", phone="139", expires_on=date(2026, 12, 31), by=cast["county"], at=AT
    )
    return {**cast, "project": project, "chance": Chance.objects.get(), "company": made.user}


def _rate(world, **changes):
    said = Said(**({"level": 2, "reasons": ("fast",), "text": "很好"} | changes))
    return services.rate_in_portal(chance=world["chance"], said=said, by=world["company"], at=AT)


def test_chances_are_made_once_however_often_the_job_runs(world):
    assert making.make_chances(AT) == 0
    assert making.make_chances(AT + timedelta(days=3)) == 0
    chance = world["chance"]
    assert (chance.service, chance.done_on, chance.expires_on) == (
        "item",
        date(2026, 9, 22),
        date(2026, 11, 21),
    )


def test_each_service_is_rated_once_and_never_altered(world):
    rating = _rate(world)
    with pytest.raises(DomainError) as again:
        _rate(world, level=5)
    assert again.value.code == "rated_already"
    rating.level = 1
    with pytest.raises(Unalterable):
        rating.save()
    with pytest.raises(Unalterable):
        rating.delete()
    with pytest.raises(Unalterable):
        Rating.objects.update(level=1)
    with pytest.raises(Unalterable):
        Rating.objects.all().delete()
    assert Rating.objects.get().level == 2


def test_an_anonymous_rating_leaves_no_trace_of_its_author(world):
    _rate(world)
    assert not RatingAuthor.objects.exists()
    record = AuditRecord.objects.get(action="rated")
    assert record.actor_id is None
    assert world["chance"].label not in f"{record.after} {record.object_label}"
    for model in (Rating, BadCase):
        for row in model.objects.all():
            assert not _points_at(row, world["company"])
    assert Rating.objects.get().shown_service == "审批事项办结"
    assert Rating.objects.get().shown_day == "2026-09"


def _points_at(row: Model, person) -> bool:
    return any(
        getattr(row, field.attname, None) == person.pk and field.is_relation for field in row._meta.fields
    )


def test_a_named_one_is_sealed_and_read_for_a_purpose_on_record(world):
    _rate(world, level=5, name="王镈", phone="13900000001")
    case = BadCase.objects.get()
    assert "王镈".encode() not in bytes(RatingAuthor.objects.get().sealed)
    with pytest.raises(DomainError) as refusal:
        looking.author_of(case=case, purpose=" ", by=world["county"], at=AT)
    assert refusal.value.code == "purpose_missing"
    for who in ("neighbour", "other_city", "officer", "investor", "auditor", "administrator", "nobody"):
        with pytest.raises(PermissionDenied):
            looking.author_of(case=case, purpose="回访", by=world[who], at=AT)
    assert looking.author_of(case=case, purpose="回访", by=world["county"], at=AT)["phone"] == "13900000001"
    look = RatingLook.objects.get()
    assert (look.purpose, look.by, look.rating) == ("回访", world["county"], case.rating)
    assert AuditRecord.objects.get(action="rating_author_read").reason == ""  # the log forgets nothing


def test_a_bad_rating_is_due_after_five_working_days_over_the_holidays(world):
    """24 Sep (Thu) + 5: 28, 29, 30 Sep, 8 Oct, 9 Oct — 25–27 Sep and 1–7 Oct are off."""
    _rate(world, level=4)
    case = BadCase.objects.get()
    assert case.due_on == date(2026, 10, 9)
    with pytest.raises(DomainError) as nobody:
        services.call_back(case=case, note="已致电", by=world["county"], at=AT)
    assert nobody.value.code == "anonymous"
    assert case.deadline["due_on"] == "2026-10-09"


def test_the_case_is_called_answered_and_closed_in_order(world):
    with pytest.raises(DomainError) as unreachable:
        _rate(world, level=5, name="王镈")
    assert (unreachable.value.code, unreachable.value.field) == ("phone_missing", "phone")
    assert not Rating.objects.exists()
    _rate(world, level=5, name="王镈", phone="13900000001")
    case = BadCase.objects.get()
    county = world["county"]
    with pytest.raises(DomainError):
        services.answer_case(case=case, outcome="mended", answer=" ", by=county, at=AT)
    services.answer_case(case=case, outcome="mended", answer="已更换材料清单", by=county, at=AT)
    with pytest.raises(DomainError) as refusal:
        services.close_case(case=case, by=county, at=AT)
    assert refusal.value.code == "not_called"
    services.call_back(case=case, note="王先生表示满意", by=county, at=AT)
    stale = BadCase.objects.get()
    services.close_case(case=case, by=county, at=AT)
    with pytest.raises(DomainError) as late:
        services.close_case(case=stale, by=county, at=AT)
    assert late.value.code == "case_moved"
    assert queries.by_office(queries.listed(county))[0].closed == 1


def test_an_objection_is_decided_by_someone_else(world):
    _rate(world, level=4)
    case, county = BadCase.objects.get(), world["county"]
    reviewing.object_to(case=case, text="误评", by=county, at=AT)
    with pytest.raises(DomainError) as own:
        reviewing.review_objection(case=case, upheld=True, text="属实", by=county, at=AT)
    assert own.value.code == "own_objection"
    reviewing.review_objection(case=case, upheld=True, text="属实", by=world["city"], at=AT)
    assert (case.state, case.outcome, case.is_upheld) == ("closed", "not_adopted", True)
    assert Rating.objects.get().level == 4
    line = queries.by_office(queries.listed(county))[0]
    assert (line.rated, line.good, line.bad, line.not_adopted) == (0, 0, 0, 1)
    assert queries.public_counts(world["chance"].division, AT.date(), AT.date())["not_adopted"] == 1


def _rated_itself(division):
    """A bad rating of the competent office of the division."""
    home = Division.objects.get(pk=division)
    office = Department.objects.get(division=home, code="business_environment")
    chance = Chance.objects.create(
        service="ticket", subject_id=7, project=build.project(division=division), division=home, department=office,
        label="帮办", office=office.name, done_on=AT.date(), made_at=AT, expires_on=date(2026, 12, 1), **home.codes,
    )  # fmt: skip
    rating = Rating.objects.create(
        chance=chance, level=5, anonymous=True, channel="link", rated_on=AT.date(), **home.codes
    )
    return BadCase.objects.create(rating=rating, opened_on=AT.date(), due_on=AT.date(), **home.codes)


def test_the_tier_above_decides_where_the_office_itself_was_rated(world):
    case, head = _rated_itself("230622"), build.user("t-county-head", Role.OFFICE_HEAD, "230622")
    reviewing.object_to(case=case, text="误评", by=world["county"], at=AT)
    assert (case.decided_at_unit_id, case.decided_by_head) == ("230600", False)
    for who in (head, world["neighbour"], world["other_city"], world["auditor"], world["officer"]):
        with pytest.raises(PermissionDenied):
            reviewing.review_objection(case=case, upheld=True, text="属实", by=who, at=AT)
    assert BadCase.objects.get().state == "objected"
    reviewing.review_objection(case=case, upheld=False, text="不成立", by=world["city"], at=AT)
    assert (case.state, case.is_upheld) == ("open", False)
    with pytest.raises(DomainError) as twice:
        reviewing.object_to(case=case, text="再提", by=world["county"], at=AT)
    assert twice.value.code == "reviewed_already"


def test_of_the_provincial_bureau_a_head_decides_who_had_no_hand_in_it(world):
    case, head = _rated_itself("230000"), world["province_head"]
    with pytest.raises(DomainError) as alone:
        reviewing.object_to(case=case, text="误评", by=head, at=AT)
    assert (alone.value.code, BadCase.objects.get().state) == ("nobody_decides", "open")
    reviewing.object_to(case=case, text="误评", by=world["province"], at=AT)
    assert case.decided_by_head
    other = build.user("t-province-2", division="230000")
    with pytest.raises(PermissionDenied):
        reviewing.review_objection(case=case, upheld=True, text="属实", by=other, at=AT)
    reviewing.review_objection(case=case, upheld=True, text="属实", by=head, at=AT)
    assert case.is_upheld


def test_paper_serves_once_and_staff_of_the_rated_department_enter_nothing(world):
    link, text, code = services.print_link(chance=world["chance"], by=world["county"], at=AT)
    for typed in (text, code):
        assert find_link("rating", typed, AT) == link
    services.rate_by_link(link=find_link("rating", code, AT), said=Said(1), at=AT)
    with pytest.raises(DomainError) as used:
        find_link("rating", text, AT)
    assert used.value.code == "link_used"
    for who in ("neighbour", "promotion", "officer", "auditor", "investor"):
        with pytest.raises(PermissionDenied):
            services.print_link(chance=world["chance"], by=world[who], at=AT)


def test_the_office_learns_nowhere_whether_a_service_was_rated(world):
    _rate(world, level=5)
    for _n in range(2):  # a code is made every time, and whoever rates by it is told nothing
        _link, text, _code = services.print_link(chance=world["chance"], by=world["county"], at=AT)
    assert services.rate_by_link(link=find_link("rating", text, AT), said=Said(1), at=AT) is None
    for wrong in (Said(9), Said(5, name="王镈")):  # what is wrong in itself is told as for any other service
        with pytest.raises(DomainError):
            services.rate_by_link(link=find_link("rating", text, AT), said=wrong, at=AT)
    said = {"chance": world["chance"], "note": "李女士 10:20", "by": world["county"], "at": AT}
    services.enter_for_caller(said=Said(1), **said)
    with pytest.raises(DomainError) as wrong:  # what is wrong in itself is told as for any other service
        services.enter_for_caller(said=Said(9), **said)
    assert wrong.value.code == "level_unknown"
    assert Rating.objects.get().level == 5


def test_two_rate_with_one_link_and_one_wins(world):
    _link, text, _code = services.print_link(chance=world["chance"], by=world["county"], at=AT)
    first, second = find_link("rating", text, AT), find_link("rating", text, AT)
    services.rate_by_link(link=first, said=Said(5), at=AT)
    assert services.rate_by_link(link=second, said=Said(1), at=AT) is None
    assert Rating.objects.get().level == 5


def test_too_late_and_odd_levels_and_long_words(world):
    for changes, code in (({"level": 9}, "level_unknown"), ({"text": "长" * 1001}, "text_too_long")):
        with pytest.raises(DomainError) as refusal:
            _rate(world, **changes)
        assert refusal.value.code == code
    late = build.at("2026-11-22 00:10")
    with pytest.raises(DomainError) as refusal:
        services.rate_in_portal(chance=world["chance"], said=Said(1), by=world["company"], at=late)
    assert refusal.value.code == "too_late"
    with pytest.raises(PermissionDenied):
        services.rate_in_portal(chance=world["chance"], said=Said(1), by=world["investor"], at=AT)
    assert not Rating.objects.exists()


def test_who_gave_it_and_what_was_noted_are_kept_three_years(world, settings):
    settings.RATING_KEEP_YEARS = 3
    rating = _rate(world, level=4, name="王镈", phone="13900000001")
    case, later = BadCase.objects.get(), build.at("2029-09-25 03:00")
    BadCase.objects.update(call_note="王镈说已解决", called_at=AT)
    assert keeping.forget_old(later) == 0  # the case is still open
    BadCase.objects.update(state="closed", outcome="mended", answer="已补办", closed_at=AT)
    assert keeping.forget_old(build.at("2029-09-24 23:59")) == 0  # three years to the day
    assert keeping.forget_old(later) == 1
    assert keeping.forget_old(later) == 0
    assert not RatingAuthor.objects.exists()
    case.refresh_from_db()
    rating.refresh_from_db()
    assert (case.call_note, case.answer) == ("", "已补办")
    assert (rating.level, rating.text, rating.anonymous) == (4, "很好", False)
    record = AuditRecord.objects.get(action="rater_forgotten")
    assert "王镈" not in f"{record.before} {record.after} {record.object_label}"
