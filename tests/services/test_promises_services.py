"""Promises and arrears: recorded with a clock, met by evidence only, figures that add up."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, InboxItem, Obligation
from projects.models import Arrears, Instalment, Project, Promise
from projects.promises import queries
from projects.promises.services import (
    Part,
    break_promise,
    keep_promise,
    pay_instalment,
    record_arrears,
    record_promise,
    void_promise,
)
from projects.services import appoint
from tests import build

pytestmark = pytest.mark.django_db
AT = build.at("2026-10-23 09:00")
TODAY = date(2026, 10, 23)
WHAT: dict[str, Any] = {"text": "三通一平由县里承担", "basis": "投资协议第8条"}
PDF = b"%PDF-1.4\n%test\n"


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    row = build.project()
    for role, who in (("chief_service_officer", "officer"), ("investor", "investor")):
        appoint(project=row, role=role, user=people[who], valid_from=TODAY, by=people["county"], at=AT)
    return row


def promise(project: Project, people: dict[str, Any], due_on: date, **more: Any) -> Promise:
    return record_promise(project=project, **WHAT | more, due_on=due_on, by=people["county"], at=AT)


def test_a_promise_has_its_clock_and_ends_by_evidence(project: Project, people: dict[str, Any]) -> None:
    row = promise(project, people, date(2026, 11, 30))
    duty = Obligation.objects.get(kind="promise")
    assert (duty.unit_id, duty.due_on, duty.deadline["basis"]) == (
        "230622",
        date(2026, 11, 30),
        "投资协议第8条",
    )
    with pytest.raises(DomainError) as told:
        keep_promise(promise=row, kept_on=TODAY, evidence=" ", by=people["officer"], at=AT)
    assert told.value.field == "evidence"
    with pytest.raises(DomainError) as told:
        keep_promise(promise=row, kept_on=date(2026, 10, 24), evidence="纪要", by=people["officer"], at=AT)
    assert told.value.code == "kept_in_future"
    proof = SimpleUploadedFile("验收单.pdf", PDF)
    keep_promise(
        promise=row, kept_on=TODAY, evidence="验收单 3 号", upload=proof, by=people["officer"], at=AT
    )
    row.refresh_from_db()
    duty.refresh_from_db()
    assert (row.state, row.proof_name, duty.met_on) == ("kept", "验收单.pdf", TODAY)
    assert InboxItem.objects.filter(user=people["investor"], kind="promise").exists()


def test_two_people_settle_one_promise(project: Project, people: dict[str, Any]) -> None:
    row = promise(project, people, date(2026, 11, 30))
    mine = Promise.objects.get(pk=row.pk)
    void_promise(promise=row, reason="重复录入", by=people["county"], at=AT)
    with pytest.raises(StaleState):
        keep_promise(promise=mine, kept_on=TODAY, evidence="纪要", by=people["county"], at=AT)
    assert Promise.objects.get().state == "void" and Promise.objects.get().kept_on is None
    assert Obligation.objects.get(kind="promise").cancelled_on == TODAY


def test_the_share_kept_counts_what_is_due(project: Project, people: dict[str, Any]) -> None:
    in_time = promise(project, people, date(2026, 10, 20))
    late = promise(project, people, date(2026, 9, 30))
    broken = promise(project, people, date(2026, 10, 1))
    void = promise(project, people, date(2026, 10, 2))
    promise(project, people, date(2026, 10, 10))  # open and overdue
    promise(project, people, date(2026, 12, 1))  # not due yet
    keep_promise(promise=in_time, kept_on=date(2026, 10, 20), evidence="单据", by=people["county"], at=AT)
    keep_promise(promise=late, kept_on=date(2026, 10, 8), evidence="单据", by=people["county"], at=AT)
    break_promise(promise=broken, reason="政策调整", by=people["county"], at=AT)
    void_promise(promise=void, reason="录错项目", by=people["county"], at=AT)
    (row,) = queries.shares(people["county"], TODAY)
    assert (row.division.pk, row.due, row.kept, row.in_time) == ("230622", 4, 2, 1)
    (above,) = queries.shares(people["province"], TODAY)
    assert (above.division.pk, above.due, above.kept) == ("230600", 4, 2)
    assert queries.shares(people["neighbour"], TODAY) == []
    assert Obligation.objects.open().filter(kind="promise").count() == 3, "giving up puts no light out"


def test_an_investor_reads_what_is_meant_for_them(project: Project, people: dict[str, Any]) -> None:
    promise(project, people, date(2026, 11, 30))
    promise(project, people, date(2026, 11, 30), text="内部", for_investor=False)
    assert [row.text for row in queries.promises(people["investor"])] == [WHAT["text"]]
    assert queries.promises(people["county"]).count() == 2
    assert not queries.promises(people["neighbour"]).exists()


DEBT: dict[str, Any] = {
    "creditor": "镈钟建筑工程有限公司",
    "subject": "标准厂房工程款",
    "amount_yuan": 3_000_000,
}
PARTS = [Part(date(2026, 11, 30), 1_000_000), Part(date(2026, 12, 31), 2_000_000)]


def test_arrears_are_paid_by_their_plan(project: Project, people: dict[str, Any]) -> None:
    debt = record_arrears(project=project, **DEBT, parts=PARTS, by=people["county"], at=AT)
    first, second = Instalment.objects.order_by("position")
    assert [o.due_on for o in Obligation.objects.filter(kind="arrears_instalment").order_by("due_on")] == [
        first.due_on, second.due_on,
    ]  # fmt: skip
    assert debt.paid_yuan == 0
    pay_instalment(instalment=first, paid_on=TODAY, evidence="国库支付 0087", by=people["officer"], at=AT)
    assert debt.paid_yuan == 1_000_000
    with pytest.raises(StaleState):
        pay_instalment(
            instalment=Instalment.objects.get(pk=first.pk),
            paid_on=TODAY,
            evidence="再付",
            by=people["county"],
            at=AT,
        )
    assert Instalment.objects.get(pk=first.pk).evidence == "国库支付 0087"
    assert Obligation.objects.open().filter(kind="arrears_instalment").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"creditor": ""}, "creditor"),
        ({"amount_yuan": None}, "amount_yuan"),
        ({"amount_yuan": 3_000_001}, "amount_yuan"),
        ({"parts": []}, "parts"),
        ({"parts": PARTS[::-1]}, "due_2"),
        ({"parts": [PARTS[0], Part(date(206, 1, 1), 2_000_000)]}, "due_2"),
        ({"parts": [Part(date(2026, 11, 30), 0)]}, "amount_1"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(
    change: dict[str, Any], field: str, project: Project, people: dict[str, Any]
) -> None:
    data: dict[str, Any] = DEBT | {"parts": PARTS} | change
    with pytest.raises(DomainError) as told:
        record_arrears(project=project, **data, by=people["county"], at=AT)
    assert told.value.field == field
    assert not Arrears.objects.exists() and not Obligation.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "auditor", "officer", "investor", "promotion", "nobody"])
def test_who_does_not_record(who: str, project: Project, people: dict[str, Any]) -> None:
    before = AuditRecord.objects.count()
    with pytest.raises(PermissionDenied):
        record_promise(project=project, **WHAT, due_on=TODAY, by=people[who], at=AT)
    with pytest.raises(PermissionDenied):
        record_arrears(project=project, **DEBT, parts=PARTS, by=people[who], at=AT)
    assert not Promise.objects.exists() and AuditRecord.objects.count() == before


def test_a_wrong_file_keeps_nothing(project: Project, people: dict[str, Any], settings: Any) -> None:
    with pytest.raises(DomainError) as told:
        promise(project, people, TODAY, upload=SimpleUploadedFile("协议.exe", b"MZ\x90\x00"))
    assert told.value.code == "file_kind_unknown" and not Promise.objects.exists()
