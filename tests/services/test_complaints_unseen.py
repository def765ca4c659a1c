"""Who complained stays unseen: the unit reads a version without identity, each look is on record, time takes the author."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.errors import DomainError, StaleState
from accounts.growing import Unalterable
from accounts.models import AuditRecord, Division, InboxItem
from accounts.outside import masking
from accounts.permissions import Role
from policy.regimes import get_regime
from supervision.complaints import (
    checks,
    handling,
    identity,
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
)
from supervision.complaints.states import State
from tests import build
from tests.complaints_help import (
    AT,
    MARK,
    NAME,
    PHONE,
    SUMMARY,
    TEXT,
    answered,
    cast,
    department,
    finish,
    take,
)

pytestmark = pytest.mark.django_db
people = pytest.fixture(cast)


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
            finish(complaint=row, outcome="untrue", finding="不属实", by=people[who], at=AT)
    handling.state_side(complaint=row, text="正在办理", by=people["unit"], at=AT)
    with pytest.raises(StaleState):
        handling.state_side(complaint=row, text="又说", by=people["unit"], at=AT)
    assert (
        finish(complaint=row, outcome="true", finding="属实", by=people["other"], at=AT).state == "finished"
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
        handling.contest(complaint=row, text=f"仍未办，请再查一次{MARK}", at=AT)
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
