"""Complaints: the office one tier above sorts, the unit sees a version without identity, limits by working days, once more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Division, InboxItem
from accounts.permissions import Role
from policy.regimes import get_regime
from supervision.complaints import (
    checks,
    handling,
    identity,
    limits,
    masking,
    queries,
    receiving,
    running,
    words,
)
from supervision.complaints.models import (
    Complaint,
    ComplaintAuthor,
    ComplaintWord,
    IdentityLook,
    Unalterable,
)
from supervision.complaints.receiving import Said
from supervision.complaints.states import MOVES, OPEN, State
from supervision.matters.models import Matter
from tests import build

AT = build.at("2026-10-23 09:42")  # a Friday
NAME, PHONE, MARK = "欧阳暮雪", "13904521987", "机密原文"
TEXT = f"{MARK}：9 月 14 日在 6 号窗口申请规划核实，我叫{NAME}，电话{PHONE}，两次去问都说领导没签字。"
SUMMARY = "反映某事项申请规划核实后长期未办结，也未一次性告知缺少的材料。"
pytestmark = pytest.mark.django_db
tokens = iter(range(1_000_000))


def department(code="housing", division="230622"):
    return Department.objects.get(division_id=division, code=code)


def take(code="housing", division="230622", at=AT, **changes):
    said = {
        "division": Division.objects.get(pk=division),
        "department": department(code, division) if code else None,
        "kind": "delay",
        "text": TEXT,
        "name": NAME,
        "phone": PHONE,
    }
    return receiving.receive(said=Said(**(said | changes)), token=f"form-{next(tokens)}", at=at)


@pytest.fixture
def people():
    cast = build.cast()
    return {
        **cast,
        "city_head": build.user("t-city-head", Role.OFFICE_HEAD, "230600"),
        "unit": build.user("t-unit", Role.SERVICE_SPECIALIST, "230622", department="housing"),
        "other": build.user("t-other", Role.SERVICE_SPECIALIST, "230622", department="water"),
        "discipline": build.user("t-discipline", Role.DISCIPLINE_OFFICE, "230600"),
    }


def given(people, complaint, handler="water", **changes):
    handling.accept(complaint=complaint, by=people["city"], at=AT)
    values = {"summary": SUMMARY, "handler": department(handler) if handler else None} | changes
    return handling.assign(complaint=complaint, by=people["city"], at=AT, **values)


def answered(people, complaint):
    given(people, complaint)
    handling.finish(complaint=complaint, outcome="true", finding="已补办", by=people["other"], at=AT)
    return handling.reply(complaint=complaint, text="已补办，向您致歉。", by=people["city"], at=AT)


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
    assert row.number == "TS20261023-0001"
    assert take().complaint.number == "TS20261023-0002"
    assert row.due_on == date(2026, 10, 26)  # Monday: one working day after Friday
    assert taken.code.replace("-", "") not in f"{row.code_digest}{row.once}"
    assert receiving.find_by_codes(row.number.lower(), f" {taken.code.lower()} ") == row
    assert (
        receiving.find_by_codes(row.number, taken.code[:-1] + ("B" if taken.code.endswith("A") else "A"))
        is None
    )
    assert receiving.find_by_codes("TS20261023-0009", taken.code) is None
    assert receiving.find_by_codes("", "") is None


def test_the_same_form_twice_is_one_complaint_with_one_code(people):
    said = Said(division=Division.objects.get(pk="230622"), kind="delay", text=TEXT)
    first = receiving.receive(said=said, token="form-x", at=AT)
    again = receiving.receive(said=said, token="form-x", at=AT)
    assert (first.complaint, first.code) == (again.complaint, again.code)
    assert Complaint.objects.count() == 1


def test_the_same_words_again_are_linked_not_refused(people):
    first = take(name="", phone="")
    second = take(name="", phone="", at=AT + timedelta(days=3))
    assert (second.complaint.like, second.seen_before) == (first.complaint, True)
    near = take(text=TEXT.replace("两次去问", "三次去问"))
    assert (near.complaint.like_id is not None, near.seen_before) == (True, False)
    assert take("water").complaint.like is None
    assert take(at=AT + timedelta(days=60)).complaint.like is None


def test_limits_run_step_by_step(people):
    row = take().complaint
    moved = handling.accept(complaint=row, by=people["city"], at=build.at("2026-10-26 09:00"))
    assert moved.due_on == date(2026, 10, 29)
    moved = handling.assign(
        complaint=row, summary=SUMMARY, by=people["city"], at=build.at("2026-10-29 09:00")
    )
    assert moved.due_on == date(2026, 11, 19)
    moved = handling.finish(
        complaint=row, outcome="true", finding="已办", by=people["city"], at=build.at("2026-11-19 09:00")
    )
    assert moved.due_on == date(2026, 11, 26)
    moved = handling.reply(complaint=row, text="已办", by=people["city"], at=build.at("2026-11-20 09:00"))
    assert moved.due_on is None
    assert [line.done_on is not None for line in limits.course(moved)] == [True] * 4
    assert all(limit.deadline["rule"] == "HLJ-22-complaint" for limit in row.limits.all())


def test_the_unit_never_handles_and_never_reads_it(people):
    row = take().complaint
    handling.accept(complaint=row, by=people["city"], at=AT)
    with pytest.raises(DomainError) as own:
        handling.assign(complaint=row, summary=SUMMARY, handler=department(), by=people["city"], at=AT)
    assert own.value.code == "own_handler"
    with pytest.raises(DomainError) as elsewhere:
        handling.assign(
            complaint=row, summary=SUMMARY, handler=department("water", "230200"), by=people["city"], at=AT
        )
    assert elsewhere.value.code == "handler_elsewhere"
    handling.assign(complaint=row, summary=SUMMARY, handler=department("water"), by=people["city"], at=AT)
    for who in ("unit", "county"):
        assert not Complaint.objects.visible_to(people[who]).exists()
        with pytest.raises(PermissionDenied):
            handling.finish(complaint=row, outcome="untrue", finding="不属实", by=people[who], at=AT)
    handling.state_side(complaint=row, text="正在办理", by=people["unit"], at=AT)
    with pytest.raises(StaleState):
        handling.state_side(complaint=row, text="又说", by=people["unit"], at=AT)
    assert (
        handling.finish(complaint=row, outcome="true", finding="属实", by=people["other"], at=AT).state
        == "finished"
    )


def test_a_second_posting_at_the_office_opens_nothing_about_the_own_unit(people):
    row = take().complaint
    both = build.user("t-both", Role.OFFICE_HEAD, "230600")
    assert Complaint.objects.visible_to(both).exists()
    build.Posting.objects.create(
        user=both, role=Role.SERVICE_SPECIALIST, division_id="230622", department=department(), valid_from=date(2020, 1, 1)
    )  # fmt: skip
    del both._current_postings
    both.acting_posting_id = both.postings.get(role=Role.OFFICE_HEAD).pk  # acts for the office just now
    assert not Complaint.objects.visible_to(both).exists()
    for act in (
        lambda: handling.accept(complaint=row, by=both, at=AT),
        lambda: identity.look(complaint=row, purpose="核实", by=both, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            act()


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


def test_the_version_for_the_unit_may_not_name_the_complainant(people):
    row = take(about_project="艾草生物经济项目").complaint
    draft = checks.draft_summary(row)
    assert NAME not in draft
    assert PHONE not in draft
    handling.accept(complaint=row, by=people["city"], at=AT)
    for text in (
        f"{NAME}反映",
        "欧 阳 暮 雪反映",
        f"来电 {PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}",
        "139０4521987",
    ):
        with pytest.raises(DomainError) as named:
            handling.assign(complaint=row, summary=text, sure=True, by=people["city"], at=AT)
        assert named.value.code == "names_author"
    for text in ("艾草生物经济项目未办", "请联系 13800000000", "a@b.cn 反映", "联系人：李四 反映"):
        with pytest.raises(DomainError) as personal:
            handling.assign(complaint=row, summary=text, by=people["city"], at=AT)
        assert personal.value.code == "looks_personal"
    assert handling.assign(
        complaint=row, summary="请联系 13800000000", sure=True, by=people["city"], at=AT
    ).summary


def test_texts_are_compared_before_anything_is_locked(monkeypatch):
    take()
    depth, seen = len(connection.savepoint_ids), []
    real = receiving.difflib.SequenceMatcher

    def compare(*args, **kwargs):
        seen.append(len(connection.savepoint_ids))
        return real(*args, **kwargs)

    monkeypatch.setattr(receiving.difflib, "SequenceMatcher", compare)
    take(text=TEXT + "请查。")
    assert seen == [depth]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请找甄先生", "请找×××先生"),
        ("打 13 787654321 即可", "打 ××× 即可"),
        ("打 137-8765 4321 即可", "打 ××× 即可"),
        ("打一三七八七六五四三二一", "打×××"),
        ("微信：zhen_bm88 联系", "微信：××× 联系"),
        ("开黑E·A1234 的车", "开××× 的车"),
        ("（0459）1234567 转", "××× 转"),
    ],
)
def test_masking_also_takes_out_what_is_written_another_way(text, masked):
    assert masking.draft(text, {}) == masked


def test_masking_leaves_ordinary_text_alone():
    text = "2026 年 9 月 14 日在 6 号窗口，批文 230622-2026-0007，金额 1200 万元，一位先生说一、二、三层都不批，微信群里也说。"
    assert masking.draft(text, {}) == text
    assert not masking.looks_personal(text)


def test_identity_is_sealed_and_each_look_of_the_head_is_on_record(people):
    row = take().complaint
    assert NAME.encode() not in bytes(ComplaintAuthor.objects.get().sealed)
    with pytest.raises(PermissionDenied):
        identity.look(complaint=row, purpose="核实", by=people["city"], at=AT)
    with pytest.raises(PermissionDenied):
        identity.look(complaint=row, purpose="核实", by=people["province_head"], at=AT)
    with pytest.raises(DomainError):
        identity.look(complaint=row, purpose=" ", by=people["city_head"], at=AT)
    assert not IdentityLook.objects.exists()
    assert identity.look(complaint=row, purpose="核实", by=people["city_head"], at=AT)["name"] == NAME
    look = IdentityLook.objects.get()
    assert AuditRecord.objects.get(action="complaint_identity_read").reason == ""  # it may name the person
    for change in (
        look.save,
        look.delete,
        IdentityLook.objects.all().delete,
        lambda: IdentityLook.objects.update(purpose="x"),
    ):
        with pytest.raises(Unalterable):
            change()
    anonymous = take(
        name="", phone="", text="9 月 14 日在 6 号窗口申请规划核实，两次去问都没有答复。"
    ).complaint
    with pytest.raises(DomainError):
        identity.look(complaint=anonymous, purpose="核实", by=people["city_head"], at=AT)


def test_log_and_inbox_hold_no_words_and_no_names(people, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = take().complaint
        answered(people, row)
        words.say(complaint=row, text=f"再补充{MARK}", at=AT)
        handling.contest(complaint=row, text=f"仍未办{MARK}", at=AT)
    told = "".join(f"{i.title}{i.text}{i.url}" for i in InboxItem.objects.all())
    logged = "".join(f"{r.object_label}{r.before}{r.after}{r.reason}" for r in AuditRecord.objects.all())
    assert told
    for secret in (NAME, PHONE, MARK, "6 号窗口"):
        assert secret not in told + logged
    assert (
        not AuditRecord.objects.filter(object_type="supervision.complaint").exclude(county_code="").exists()
    )
    unit = InboxItem.objects.filter(user=people["unit"])
    assert unit.count() == 1
    assert row.number not in f"{unit.get().title}{unit.get().text}"


def test_contested_once_with_new_limits(people):
    row = answered(people, take().complaint)
    moved = handling.contest(complaint=row, text="还是没办", at=AT)
    assert (moved.state, moved.round, moved.handler) == (State.ACCEPTED, 2, None)
    assert ComplaintWord.objects.get().text == "还是没办"
    handling.assign(complaint=row, summary=SUMMARY, by=people["city"], at=AT)
    handling.finish(complaint=row, outcome="true", finding="已办", by=people["city"], at=AT)
    handling.reply(complaint=row, text="已办结", by=people["city"], at=AT)
    with pytest.raises(DomainError) as again:
        handling.contest(complaint=row, text="不服", at=AT)
    assert again.value.code == "contested_already"
    closed = handling.close(complaint=row, satisfied=False, at=AT)
    assert closed.state == State.CLOSED
    assert closed.escalated_at is not None  # not satisfied twice: discipline inspection hears of it
    assert list(Complaint.objects.visible_to(people["discipline"])) == [row]


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
        "finish": lambda: handling.finish(
            complaint=row, outcome="true", finding="x", by=people["city"], at=AT
        ),
        "back": lambda: handling.send_back(complaint=row, reason="x", by=people["city"], at=AT),
        "reply": lambda: handling.reply(complaint=row, text="x", by=people["city"], at=AT),
        "contest": lambda: handling.contest(complaint=row, text="x", at=AT),
        "close": lambda: handling.close(complaint=row, satisfied=True, at=AT),
    }
    if state in MOVES[code].sources:
        assert acts[code]().state == MOVES[code].target
    else:
        with pytest.raises(StaleState):
            acts[code]()
        assert Complaint.objects.get(pk=row.pk).state == state


def test_overdue_is_pressed_once_and_then_handed_up(people):
    row = take().complaint  # due Monday 26 October
    assert running.press_overdue(build.at("2026-10-26 23:00")) == (0, 0)
    assert running.press_overdue(build.at("2026-10-27 07:00")) == (1, 0)
    assert running.press_overdue(build.at("2026-10-28 07:00")) == (0, 0)
    assert running.press_overdue(build.at("2026-11-02 07:00")) == (0, 1)  # five working days late
    assert running.press_overdue(build.at("2026-11-03 07:00")) == (0, 0)
    row.refresh_from_db()
    rule = get_regime().rule("complaint_warning", date(2026, 10, 23))
    assert rule.up_tier_days == 5
    assert (row.pressed, row.escalated_why) == (1, f"逾期 5 个工作日未办（{rule.basis.text}）")
    assert AuditRecord.objects.get(action="complaint_escalated").rule_id == rule.id
    noted = handling.note_discipline(complaint=row, text="已约谈", by=people["discipline"], at=AT)
    assert noted.discipline_note == "已约谈"


def test_the_regime_says_how_long_silence_is_waited_for_and_when_it_goes_up(people, monkeypatch):
    """Another regime, other days: nothing of it stands in the code."""
    first, last = take().complaint, answered(people, take(text=f"{TEXT}另一件事。").complaint)
    regime = get_regime()
    changed = {
        "complaint_silence": replace(regime.rule("complaint_silence", AT.date()), offset=3),
        "complaint_warning": replace(regime.rule("complaint_warning", AT.date()), up_tier_days=None),
    }
    rules = tuple(changed.get(rule.key, rule) for rule in regime.rules)
    monkeypatch.setattr(limits, "get_regime", lambda _code: replace(regime, rules=rules))
    assert running.press_overdue(build.at("2026-12-30 07:00"))[1] == 0
    assert running.close_silent(build.at("2026-10-26 08:00")) == 0
    assert running.close_silent(build.at("2026-10-27 08:00")) == 1
    first.refresh_from_db()
    last.refresh_from_db()
    assert (first.escalated_at, last.state) == (None, State.CLOSED)


def test_a_handling_let_lie_climbs_the_ladder_without_a_word_of_it_and_leaves_it_by_the_fact(people):
    row = take().complaint
    handler = department("water", "230600")
    given(people, row, handler=None)
    handling.assign(complaint=row, handler=handler, summary=SUMMARY, by=people["city"], at=AT)
    running.press_overdue(build.at("2026-11-13 23:00"))  # 15 working days from Friday 23 October end today
    assert not Matter.objects.exists()
    running.press_overdue(build.at("2026-11-16 07:00"))
    running.press_overdue(build.at("2026-11-17 07:00"))
    matter = Matter.objects.get()
    assert (matter.source, matter.source_id, matter.department) == ("complaint", row.pk, handler)
    for secret in (NAME, PHONE, MARK, SUMMARY, row.number):
        assert secret not in f"{matter.title}{matter.demand}{matter.basis}"
    row.refresh_from_db()
    person = build.user("t-city-water", Role.SERVICE_SPECIALIST, "230600", department="water")
    handling.finish(
        complaint=row, outcome="true", finding="已补办", by=person, at=build.at("2026-11-18 09:00")
    )
    matter.refresh_from_db()
    assert (matter.state, matter.next_step_on) == ("closed", None)


def test_a_handler_beside_the_unit_is_pressed_off_the_ladder(people):
    given(people, take().complaint)
    running.press_overdue(build.at("2026-11-16 07:00"))
    assert not Matter.objects.exists()


def test_silence_closes_and_old_ones_lose_their_author_but_still_count(people):
    row = answered(people, take().complaint)
    words.say(complaint=row, text="谢谢", at=AT)
    assert running.close_silent(build.at("2026-11-07 08:00")) == 0
    assert running.close_silent(build.at("2026-11-08 08:00")) == 1
    row.refresh_from_db()
    assert (row.state, row.satisfied, row.closed_on) == (State.CLOSED, None, date(2026, 11, 8))
    rule = get_regime().rule("complaint_silence", date(2026, 10, 23))
    assert (rule.offset, rule.unit) == (15, "calendar_days")
    assert AuditRecord.objects.get(action="complaint_closed").rule_id == rule.id
    assert row.events.get(action="complaint_closed").note == rule.basis.text
    assert identity.clear_old(build.at("2029-11-08 08:00")) == 0
    before = queries.public_counts(Division.objects.get(pk="230000"), date(2026, 10, 1), date(2026, 10, 31))
    assert identity.clear_old(build.at("2029-11-09 08:00")) == 1
    assert identity.clear_old(build.at("2029-11-10 08:00")) == 0
    row.refresh_from_db()
    assert MARK not in f"{row.text}{row.summary}{row.reply}{row.finding}"
    assert not ComplaintAuthor.objects.exists()
    assert not ComplaintWord.objects.exists()
    after = queries.public_counts(Division.objects.get(pk="230000"), date(2026, 10, 1), date(2026, 10, 31))
    assert before == after


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
