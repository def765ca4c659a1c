"""Complaints: the office one tier above sorts, the unit sees a version without identity, limits by working days, once more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, InboxItem
from accounts.permissions import Role
from supervision.complaints import (
    handling,
    limits,
    queries,
    receiving,
)
from supervision.complaints.models import (
    Complaint,
)
from supervision.complaints.receiving import Said
from supervision.complaints.states import MOVES, OPEN, State
from tests import build
from tests.complaints_help import (
    AT,
    CONTEST,
    REPLY,
    SUMMARY,
    TEXT,
    answered,
    cast,
    department,
    finish,
    given,
    take,
)

pytestmark = pytest.mark.django_db
people = pytest.fixture(cast)


def test_the_office_one_tier_above_sorts(people):
    county, city, province = take(), take("housing", "230600"), take("housing", "230000")
    assert county.complaint.office_id == "230600"
    assert city.complaint.office_id == province.complaint.office_id == "230000"
    assert county.complaint.county_code == city.complaint.city_code == ""
    visible = {who: set(Complaint.objects.visible_to(people[who])) for who in people}
    rows = [county.complaint, city.complaint, province.complaint]
    assert visible["city"] == {rows[0]}
    assert visible["province"] == set(rows)
    for who in (
        "county",
        "neighbour",
        "other_city",
        "unit",
        "other",
        "auditor",
        "administrator",
        "investor",
        "officer",
    ):
        assert not visible[who], who
    with pytest.raises(PermissionDenied):  # the province reads along but does not sort the city's
        handling.accept(complaint=rows[0], by=people["province"], at=AT)
    with pytest.raises(PermissionDenied):
        handling.accept(complaint=rows[1], by=people["city"], at=AT)


def test_the_number_the_code_and_the_first_limit(people):
    taken = take()
    row = taken.complaint
    assert row.number == "TS202610-0001"
    assert take().complaint.number == "TS202610-0002"
    assert row.due_on == date(2026, 10, 26)  # Monday: one working day after Friday
    assert taken.code.replace("-", "") not in f"{row.code_digest}{row.once}"
    assert receiving.find_by_codes(row.number.lower(), f" {taken.code.lower()} ") == row
    assert (
        receiving.find_by_codes(row.number, taken.code[:-1] + ("B" if taken.code.endswith("A") else "A"))
        is None
    )
    assert receiving.find_by_codes("TS202610-0009", taken.code) is None
    assert receiving.find_by_codes("", "") is None


def test_the_same_form_twice_is_one_complaint_with_one_code(people):
    said = Said(division=Division.objects.get(pk="230622"), kind="delay", text=TEXT)
    first = receiving.receive(said=said, token="form-x", at=AT)
    again = receiving.receive(said=said, token="form-x", at=AT)
    assert (first.complaint, first.code) == (again.complaint, again.code)
    assert Complaint.objects.count() == 1


def test_the_same_form_with_other_words_is_not_hidden_behind_the_first_receipt(people):
    said = Said(division=Division.objects.get(pk="230622"), department=None, kind="delay", text=TEXT)
    receiving.receive(said=said, token="one", at=AT)
    for changes in ({"text": f"{TEXT}另一件事。"}, {"division": Division.objects.get(pk="230600")}):
        with pytest.raises(DomainError) as refused:
            receiving.receive(said=replace(said, **changes), token="one", at=AT)
        assert refused.value.code == "form_used"
    assert Complaint.objects.count() == 1


def test_the_same_words_again_are_linked_not_refused(people):
    first = take(name="", phone="")
    second = take(name="", phone="", at=AT + timedelta(days=3))
    assert (second.complaint.like, second.seen_before) == (first.complaint, True)
    near = take(text=TEXT.replace("两次去问", "三次去问"))
    assert (near.complaint.like_id is not None, near.seen_before) == (True, False)
    assert take("water").complaint.like is None
    assert take(at=AT + timedelta(days=60)).complaint.like is None


def test_against_the_county_office_its_people_are_the_unit(people):
    row = take("business_environment").complaint
    given(people, row, handler="water")
    assert not Complaint.objects.visible_to(people["county"]).exists()
    assert list(Complaint.objects.asked_of(people["county"])) == [row]
    assert not Complaint.objects.asked_of(people["unit"]).exists()


def test_against_the_provincial_office_discipline_inspection_sorts(people):
    with pytest.raises(DomainError) as nobody:
        take("business_environment", "230000")
    assert (nobody.value.code, nobody.value.field) == ("nobody_there", "department")
    assert not Complaint.objects.exists()
    inspector = build.user("t-inspector", Role.DISCIPLINE_OFFICE, "230000")
    row = take("business_environment", "230000").complaint
    assert row.escalated_at is not None
    assert row.office_name == "黑龙江省纪委监委"
    for who in ("province", "province_head"):
        assert not Complaint.objects.visible_to(people[who]).exists()
    assert handling.accept(complaint=row, by=inspector, at=AT).state == State.ACCEPTED
    # its people read the area's log: nothing of it stands there
    told = AuditRecord.objects.filter(object_type__endswith="complaint", object_id=str(row.pk))
    assert {(one.province_code, one.city_code) for one in told} == {("", "")}
    assert told.count() == 2


def test_named_later_the_provincial_office_hands_over_to_discipline_inspection(
    people, django_capture_on_commit_callbacks
):
    row = take("", "230000").complaint
    own = department("business_environment", "230000")
    with pytest.raises(DomainError) as nobody:
        handling.accept(complaint=row, department=own, by=people["province"], at=AT)
    assert nobody.value.code == "nobody_there"
    row.refresh_from_db()
    assert (row.state, row.department, row.escalated_at) == (State.RECEIVED, None, None)
    inspector = build.user("t-inspector", Role.DISCIPLINE_OFFICE, "230000")
    with django_capture_on_commit_callbacks(execute=True):
        handling.accept(complaint=row, department=own, by=people["province"], at=AT)
    row.refresh_from_db()
    assert (row.state, row.escalated_at) == (State.ACCEPTED, AT)
    assert InboxItem.objects.filter(user=inspector).exists()
    assert not InboxItem.objects.filter(user__in=(people["province"], people["province_head"])).exists()
    assert list(queries.to_sort(people["province"])) == []
    assert not Complaint.objects.visible_to(people["province"]).exists()
    assert list(queries.with_discipline(inspector)) == [row]
    assert handling.assign(complaint=row, summary=SUMMARY, by=inspector, at=AT).state == State.ASSIGNED


def test_two_at_once_one_wins(people):
    row = take().complaint
    stale = Complaint.objects.get(pk=row.pk)
    handling.accept(complaint=row, by=people["city"], at=AT)
    for act in (handling.accept, lambda **kw: handling.refuse(reason="重复", **kw)):
        with pytest.raises(StaleState):
            act(complaint=stale, by=people["city"], at=AT)


@pytest.mark.parametrize("code", list(MOVES))
@pytest.mark.parametrize("state", list(State))
def test_only_the_moves_of_the_table(people, code, state):
    row = take().complaint
    due = row.due_on if state in OPEN else None
    Complaint.objects.filter(pk=row.pk).update(state=state, due_on=due, summary=SUMMARY)
    row.rounds.update(replied_on=AT.date())
    for step in ("assign", "finish", "reply"):
        limits.start_step(row, step, AT.date())
    row.refresh_from_db()
    acts = {
        "accept": lambda: handling.accept(complaint=row, by=people["city"], at=AT),
        "refuse": lambda: handling.refuse(complaint=row, reason="不属于", by=people["city"], at=AT),
        "assign": lambda: handling.assign(complaint=row, summary=SUMMARY, by=people["city"], at=AT),
        "finish": lambda: finish(complaint=row, outcome="true", finding="x", by=people["city"], at=AT),
        "back": lambda: handling.send_back(complaint=row, reason="x", by=people["city"], at=AT),
        "reply": lambda: handling.reply(complaint=row, text=REPLY, by=people["city"], at=AT),
        "contest": lambda: handling.contest(complaint=row, text=CONTEST, at=AT),
        "close": lambda: handling.close(complaint=row, satisfied=True, at=AT),
    }
    if state in MOVES[code].sources:
        assert acts[code]().state == MOVES[code].target
    else:
        with pytest.raises(StaleState):
            acts[code]()
        assert Complaint.objects.get(pk=row.pk).state == state


def test_public_counts_of_a_period(people):
    closed = answered(people, take().complaint)
    handling.close(complaint=closed, satisfied=True, at=AT)
    take("housing", "230600")
    take("housing", "230200", at=build.at("2026-11-02 09:00"))

    def counts(code, first=date(2026, 10, 1), last=date(2026, 10, 31)):
        return queries.public_counts(Division.objects.get(pk=code), first, last)

    figures = {"received": 2, "accepted": 1, "finished": 1, "finished_on_time": 1, "satisfied": 1, "asked": 1}
    assert counts("230000") == figures | {"places": {"230600": figures}, "period": "2026-10-01/2026-10-31"}
    assert counts("230622")["received"] == 1
    assert counts("230200") is None


def test_phone_complaints_are_entered_but_not_about_the_own_unit(people):
    said = Said(division=Division.objects.get(pk="230622"), kind="delay", text=TEXT, department=department())
    taken = receiving.enter_for_caller(said=said, token="t1", by=people["county"], at=AT)
    assert (taken.complaint.channel, taken.complaint.entered_by) == ("phone", people["county"])
    own = Said(division=said.division, kind="delay", text=TEXT, department=department("business_environment"))
    with pytest.raises(DomainError) as refused:
        receiving.enter_for_caller(said=own, token="t2", by=people["county"], at=AT)
    assert refused.value.code == "own_unit"
    assert Complaint.objects.count() == 1
    with pytest.raises(PermissionDenied):
        receiving.enter_for_caller(said=said, token="t3", by=people["unit"], at=AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "一直不给办。"}, "text_short"),
        ({"text": "拖" * 50_000}, "text_too_long"),
        ({"kind": "nonsense"}, "kind_unknown"),
        ({"division": "230621"}, "unit_elsewhere"),
    ],
)
def test_what_cannot_be_taken_is_told(people, changes, code):
    with pytest.raises(DomainError) as refused:
        take(**({"department": department()} | changes))
    assert refused.value.code == code
    assert not Complaint.objects.exists()


def test_home_holds_each_ones_own_turn(people):
    from accounts.obligations import todo

    row = take().complaint

    def titles(who):
        return [
            item.title for item in todo.items_for(people[who], AT.date()) if item.key.startswith("complaint")
        ]

    assert titles("city") == ["决定是否受理投诉：肇源县住房和城乡建设局"]
    assert titles("province") == titles("county") == titles("unit") == []
    given(people, row)
    assert titles("other") == ["办理投诉：肇源县住房和城乡建设局"]
    assert titles("unit") == ["请就一件投诉说明情况：办理拖延"]
    assert titles("city") == titles("county") == []
    handling.escalate(complaint=row, why="多次催办未整改", by=people["city"], at=AT)
    assert titles("discipline") == ["转纪检监察的投诉：肇源县住房和城乡建设局"]
