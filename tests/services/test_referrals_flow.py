"""Accountability referrals: opened by a head, frozen evidence, the person heard first, a closed circle, each look kept."""

import io
import json
import zipfile
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import audit
from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Department, Division, InboxItem, Posting, User
from accounts.models.audit import AppendOnly
from accounts.obligations.todo import items_for
from accounts.permissions import Role
from approvals.tickets import services as tickets
from projects import services as projects
from projects.models import TeamRole
from projects.services.dependents import dependents
from supervision.matters.models import MatterSource
from supervision.matters.services import issue_matter
from supervision.referrals import handing, queries, services
from supervision.referrals.bundle import is_intact
from supervision.referrals.looks import log_look, looks_of
from supervision.referrals.models import Referral, ReferralLook, ReferralState
from tests import build, checklist_help
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
COUNTY = "230622"


class Scene:
    """肇源县: a head who opens, another head, the discipline inspection office, the official of the housing bureau."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.head = build.user("t-head", Role.OFFICE_HEAD, COUNTY, name="高国梁")
        self.second = build.user("t-second", Role.OFFICE_HEAD, COUNTY, name="宋志远")
        self.city_head = build.user("t-city-head", Role.OFFICE_HEAD, "230600", name="罗秀英")
        self.discipline = build.user("t-discipline", Role.DISCIPLINE_OFFICE, COUNTY, name="梁纪委")
        self.city_discipline = build.user(
            "t-city-discipline", Role.DISCIPLINE_OFFICE, "230600", name="市纪委"
        )
        self.official = build.user(
            "t-official", Role.SERVICE_SPECIALIST, COUNTY, department="housing", name="高凤霞"
        )
        self.division = Division.objects.get(pk=COUNTY)
        self.housing = Department.objects.get(division_id=COUNTY, code="housing")
        self.project = build.project(planned={"construction_permit": date(2026, 9, 1)})
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.people["county"], at=at("2026-04-01 09:00"),
            )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def opened(self, **changes: Any) -> Referral:
        facts: dict[str, Any] = {
            "case": "delay", "division": self.division, "unit": self.division, "project": self.project,
            "department": self.housing, "person": self.official, "person_name": "高凤霞",
            "person_post": "县住房和城乡建设局审批股", "reason": "施工许可受理后 20 个工作日未办结。",
            "by": self.head, "at": at("2026-11-05 09:30"),
        }  # fmt: skip
        return services.open_referral(**(facts | changes))

    def invited(self, **changes: Any) -> Referral:
        referral = self.opened(**changes)
        return services.invite_statement(
            referral=referral,
            put_text="施工许可受理后为何未按承诺时限办结。",
            by=self.head,
            at=at("2026-11-05 10:00"),
        )

    def handed(self) -> Referral:
        referral = self.invited()
        services.make_statement(
            referral=referral,
            text="图审意见未出。",
            is_final=True,
            by=self.official,
            at=at("2026-11-06 09:00"),
        )
        referral.refresh_from_db()
        return handing.hand_over(
            referral=referral, addressee=self.division, by=self.head, at=at("2026-11-06 15:00")
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def sees(user: User, referral: Referral) -> bool:
    return Referral.objects.visible_to(user).filter(pk=referral.pk).exists()


def unpacked(referral: Referral, version: int) -> zipfile.ZipFile:
    bundle = referral.bundles.get(version=version)
    with default_storage.open(bundle.path, "rb") as stored:
        return zipfile.ZipFile(io.BytesIO(stored.read()))


def test_only_a_head_opens_one_and_in_the_name_of_the_own_office(scene: Scene) -> None:
    records = AuditRecord.objects.count()
    for who in (
        scene.county,
        scene.officer,
        scene.discipline,
        scene.auditor,
        scene.city_head,
        scene.investor,
    ):
        with pytest.raises(PermissionDenied):
            scene.opened(by=who)
    assert not Referral.objects.exists()
    assert AuditRecord.objects.count() == records
    assert scene.opened().number == "WZ-230622-2026-0001"
    assert scene.opened().number == "WZ-230622-2026-0002"


def test_each_case_carries_its_words_and_article(scene: Scene) -> None:
    for case, word in (("delay", "拖延不办"), ("dereliction", "失职渎职"), ("obstruction", "吃拿卡要")):
        referral = scene.opened(case=case)
        assert "第二十五条" in referral.basis
        assert word in referral.basis
        assert referral.rule_id == "HLJ-25-accountability"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"case": "other"}, "case_unknown"),
        ({"project": None, "department": None}, "subject_missing"),
        ({"person_name": " "}, "person_missing"),
        ({"person_post": ""}, "post_missing"),
        ({"reason": "\n"}, "text_missing"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_written(scene: Scene, changes: Any, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        scene.opened(**changes)
    assert refused.value.code == code
    assert refused.value.field
    assert not Referral.objects.exists()


def test_nobody_opens_one_about_themselves_or_lets_the_person_concerned_in(scene: Scene) -> None:
    with pytest.raises(DomainError) as refused:
        scene.opened(person=scene.head, person_name="高国梁")
    assert refused.value.code == "own_case"
    with pytest.raises(DomainError) as refused:
        scene.opened(person=scene.second, readers=[scene.second])
    assert refused.value.code == "reader_concerned"
    with pytest.raises(DomainError) as refused:
        scene.opened(readers=[scene.county])
    assert refused.value.code == "reader_no_head"
    assert not Referral.objects.exists()


def test_the_evidence_holds_the_record_of_that_moment_with_files_and_audit_chain(scene: Scene) -> None:
    checklist_help.catalogue()
    checklist_help.checklist(scene.project, scene.county)
    ticket = tickets.open_ticket(
        project=scene.project, kind="land", title="用地预审", text="请出具意见",
        uploads=[SimpleUploadedFile("说明.pdf", PDF)], by=scene.investor, at=at("2026-10-20 10:00"),
    )  # fmt: skip
    matter = issue_matter(
        source=MatterSource.OFFICE, title="限期办结施工许可", demand="三日内办结并反馈", issuer=scene.division,
        unit=scene.division, department=scene.housing, project=scene.project, by=scene.county,
        at=at("2026-10-21 09:00"),
    )  # fmt: skip
    referral = scene.opened(matter=matter, department=None)
    bundle = referral.bundles.get()
    with unpacked(referral, 1) as zipped:
        names = zipped.namelist()
        manifest = json.loads(zipped.read("manifest.json"))
        for part in manifest["papers"]:
            assert sha256(zipped.read(part["path"])).hexdigest() == part["sha256"]
        assert zipped.read("证据材料清单.pdf").startswith(b"%PDF-")
        file = manifest["files"][0]
        assert zipped.read(file["path"]) == PDF
        assert file["sha256"] == sha256(PDF).hexdigest()
    assert names[:3] == ["manifest.json", "证据材料清单.docx", "证据材料清单.pdf"]
    assert manifest == bundle.manifest | {}
    rows = {one["code"]: one["rows"] for one in manifest["sections"]}
    assert {"name": "项目名称", "value": scene.project.name} in rows["project"]
    assert len(rows["items"]) == len(checklist_help.SPECS)
    assert {"organ", "enterprise"} <= set(rows["items"][0])
    assert rows["tickets"][0]["number"] == ticket.number
    assert rows["holds"]
    assert rows["matters"][0]["number"] == matter.number
    assert [one["text"] for one in rows["matter_entries"]] == ["三日内办结并反馈"]
    heads = {one["chain"]: one["head"] for one in manifest["audit"]["chains"]}
    assert set(heads) == {"230600"}
    record = next(
        one for one in manifest["audit"]["records"] if one["object"] == f"supervision.matter:{matter.pk}"
    )
    assert AuditRecord.objects.get(pk=record["id"]).hash == record["hash"]
    assert is_intact(bundle)


def test_what_happens_later_does_not_change_what_was_frozen(scene: Scene) -> None:
    referral = scene.opened()
    first = referral.bundles.get()
    scene.project.name = "改了名的项目"
    scene.project.save(update_fields=["name"])
    services.collect_again(referral=referral, by=scene.head, at=at("2026-11-06 09:00"))
    kept, again = referral.bundles.order_by("version")
    assert kept.sha256 == first.sha256
    assert "改了名的项目" not in json.dumps(kept.manifest, ensure_ascii=False)
    assert "改了名的项目" in json.dumps(again.manifest, ensure_ascii=False)
    assert is_intact(kept)
    with default_storage.open(kept.path, "rb") as stored:
        content = stored.read()
    default_storage.delete(kept.path)
    default_storage.save(kept.path, io.BytesIO(content + b"x"))
    assert not is_intact(kept)


def test_the_person_is_heard_within_the_rules_days_before_it_is_handed_over(scene: Scene) -> None:
    """Thursday 5 November; five working days after it: Friday 6, 9, 10, 11, Thursday 12 November."""
    referral = scene.invited()
    assert referral.state_by_on == date(2026, 11, 12)
    with pytest.raises(DomainError) as refused:
        handing.hand_over(
            referral=referral, addressee=scene.division, by=scene.head, at=at("2026-11-12 23:59")
        )
    assert refused.value.code == "statement_first"
    services.make_statement(
        referral=referral, text="先说一部分。", is_final=False, by=scene.official, at=at("2026-11-09 09:00")
    )
    referral.refresh_from_db()
    with pytest.raises(DomainError):
        handing.hand_over(
            referral=referral, addressee=scene.division, by=scene.head, at=at("2026-11-10 09:00")
        )
    referral.refresh_from_db()
    assert referral.state == ReferralState.INVITED
    handing.hand_over(referral=referral, addressee=scene.division, by=scene.head, at=at("2026-11-13 00:00"))
    referral.refresh_from_db()
    assert referral.state == ReferralState.HANDED


def test_all_said_it_may_be_handed_over_at_once_with_statements_and_evidence_in_one_bundle(
    scene: Scene,
) -> None:
    referral = scene.invited()
    services.make_statement(
        referral=referral, text="图审意见迟了十日才到。", is_final=True,
        uploads=[SimpleUploadedFile("图审意见.pdf", PDF)], by=scene.official, at=at("2026-11-06 09:00"),
    )  # fmt: skip
    referral.refresh_from_db()
    handing.hand_over(referral=referral, addressee=scene.division, by=scene.head, at=at("2026-11-06 15:00"))
    first, handed = referral.bundles.order_by("version")
    with unpacked(referral, 2) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
        inner = zipped.read("证据材料（第1次收集）.zip")
        assert [zipped.read(one["path"]) for one in manifest["files"]] == [PDF]
    assert sha256(inner).hexdigest() == first.sha256
    assert manifest["sections"][0]["rows"][0]["text"] == "图审意见迟了十日才到。"
    assert handed.kind == "handed"


def test_who_sees_it(scene: Scene) -> None:
    referral = scene.opened(readers=[scene.second])
    inside = {scene.head.pk, scene.second.pk}
    everybody = User.objects.all()
    assert {one.pk for one in everybody if sees(one, referral)} == inside
    handed = scene.handed()
    assert {one.pk for one in everybody if sees(one, handed)} == {scene.head.pk, scene.discipline.pk}
    assert not queries.put_to(scene.official).filter(pk=referral.pk).exists()
    assert queries.put_to(scene.official).filter(pk=handed.pk).exists()


def test_a_head_about_whom_it_is_never_sees_it(scene: Scene) -> None:
    referral = scene.opened(person=scene.second, person_name="宋志远")
    assert not sees(scene.second, referral)
    with pytest.raises(DomainError):
        services.name_reader(
            referral=referral,
            reader=scene.second,
            reason="了解情况",
            by=scene.head,
            at=at("2026-11-05 11:00"),
        )
    assert not sees(scene.second, referral)


def test_a_circle_that_left_office_leaves_it_to_the_discipline_office_alone(scene: Scene) -> None:
    referral = scene.opened()
    assert not sees(scene.discipline, referral)
    Posting.objects.filter(user=scene.head).update(valid_to=date(2026, 1, 1))
    fresh = {name: User.objects.get(pk=getattr(scene, name).pk) for name in ("head", "second", "discipline")}
    assert not sees(fresh["head"], referral)
    assert not sees(fresh["second"], referral)
    assert sees(fresh["discipline"], referral)
    services.name_reader(
        referral=referral, reader=fresh["second"], reason="接任局长", by=fresh["discipline"],
        at=at("2026-11-06 09:00"),
    )  # fmt: skip
    assert sees(fresh["second"], referral)
    assert not sees(User.objects.get(pk=scene.discipline.pk), referral)


def test_the_log_of_the_area_the_inbox_and_the_todos_of_others_hold_nothing(scene: Scene) -> None:
    referral = scene.handed()
    log_look(referral=referral, what="全部", purpose="核对证据", by=scene.head, at=at("2026-11-06 16:00"))
    for who in (scene.county, scene.city, scene.province, scene.auditor, scene.city_head, scene.second):
        seen = AuditRecord.objects.visible_to(who).filter(object_type="supervision.referral")
        assert not seen.exists()
        assert not InboxItem.objects.filter(user=who, kind="referral").exists()
        assert not [one for one in items_for(who, date(2026, 11, 6)) if "referral" in one.key]
    written = AuditRecord.objects.filter(object_type="supervision.referral")
    assert set(written.values_list("action", flat=True)) == {
        "referral_opened", "referral_invite", "referral_state", "referral_hand", "referral_looked",
    }  # fmt: skip
    assert set(written.values_list("object_label", flat=True)) == {referral.number}
    assert audit.verify()[1] is None


def test_nothing_that_lists_or_moves_what_hangs_on_a_project_meets_it() -> None:
    assert not [one.label for one in dependents() if "referral" in one.label]


def test_the_person_is_told_without_a_word_of_what_it_is_about(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        referral = scene.invited()
    told = InboxItem.objects.get(user=scene.official)
    assert told.url == f"/referrals/{referral.pk}/statement/"
    assert "项目" not in told.title + told.text
    [todo] = [one for one in items_for(scene.official, date(2026, 11, 5)) if "referral" in one.key]
    assert todo.days_left == 5


def test_nobody_else_states_and_not_after_it_was_handed_over(scene: Scene) -> None:
    referral = scene.invited()
    for who in (scene.head, scene.second, scene.discipline, scene.officer):
        with pytest.raises(PermissionDenied):
            services.make_statement(
                referral=referral, text="代说", is_final=True, by=who, at=at("2026-11-06 09:00")
            )
    with pytest.raises(PermissionDenied):  # the person has an account and speaks for themselves
        services.record_statement(
            referral=referral, text="代录", is_final=True, by=scene.head, at=at("2026-11-06 09:00")
        )
    assert not referral.statements.exists()
    handed = scene.handed()
    with pytest.raises(StaleState):
        services.make_statement(
            referral=handed, text="还有话说", is_final=True, by=scene.official, at=at("2026-11-07 09:00")
        )


def test_a_paper_statement_is_recorded_for_somebody_without_an_account(scene: Scene) -> None:
    referral = scene.invited(person=None, person_name="外单位某人")
    row = services.record_statement(
        referral=referral, text="书面陈述", is_final=True, by=scene.head, at=at("2026-11-06 09:00")
    )
    assert row.recorded_by == scene.head


def test_two_heads_at_once_one_wins_and_the_other_is_told(scene: Scene) -> None:
    referral = scene.opened(readers=[scene.second])
    mine, theirs = (Referral.objects.get(pk=referral.pk) for _n in range(2))
    services.invite_statement(referral=mine, put_text="请说明", by=scene.head, at=at("2026-11-05 10:00"))
    with pytest.raises(StaleState) as refused:
        handing.withdraw_referral(
            referral=theirs, reason="不再需要", by=scene.second, at=at("2026-11-05 10:01")
        )
    assert "等待" in str(refused.value.message)
    referral.refresh_from_db()
    assert (referral.state, referral.close_reason) == (ReferralState.INVITED, "")


def test_the_outcome_is_the_discipline_offices_with_day_and_document(scene: Scene) -> None:
    referral = scene.handed()
    facts: dict[str, Any] = {
        "referral": referral, "decided_on": date(2026, 11, 9), "document_number": "源纪〔2026〕12号", "text": "受理",
        "at": at("2026-11-09 10:00"),
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        handing.record_outcome(kind="accepted", by=scene.head, **facts)
    with pytest.raises(PermissionDenied):
        handing.record_outcome(kind="accepted", by=scene.city_discipline, **facts)
    with pytest.raises(StaleState):
        handing.record_outcome(kind="measure", by=scene.discipline, **facts)
    for change, code in (
        ({"document_number": " "}, "document_missing"),
        ({"decided_on": date(2026, 11, 10)}, "day_ahead"),
        ({"decided_on": date(2026, 11, 5)}, "day_before_handing"),
    ):
        with pytest.raises(DomainError) as refused:
            handing.record_outcome(kind="accepted", by=scene.discipline, **(facts | change))
        assert refused.value.code == code
    assert not referral.outcomes.exists()
    handing.record_outcome(kind="accepted", by=scene.discipline, **facts)
    handing.record_outcome(kind="measure", by=scene.discipline, **(facts | {"text": "诫勉谈话"}))
    referral.refresh_from_db()
    assert (referral.state, [one.kind for one in referral.outcomes.all()]) == (
        "closed",
        ["accepted", "measure"],
    )


def test_without_an_account_there_the_circle_enters_the_paper_answer(scene: Scene) -> None:
    Posting.objects.filter(user=scene.discipline).update(valid_to=date(2026, 1, 1))
    referral = scene.handed()
    handing.record_outcome(
        referral=referral, kind="not_accepted", decided_on=date(2026, 11, 9), document_number="源纪函〔2026〕3号",
        text="事实不足", by=scene.head, at=at("2026-11-09 10:00"),
    )  # fmt: skip
    referral.refresh_from_db()
    assert referral.state == ReferralState.CLOSED


def test_it_goes_to_the_own_discipline_office_or_the_one_above_and_nowhere_else(scene: Scene) -> None:
    referral = scene.invited()
    late = at("2026-11-13 09:00")
    with pytest.raises(DomainError) as refused:
        handing.hand_over(
            referral=referral, addressee=Division.objects.get(pk="230621"), by=scene.head, at=late
        )
    assert refused.value.code == "addressee_elsewhere"
    handing.hand_over(referral=referral, addressee=Division.objects.get(pk="230600"), by=scene.head, at=late)
    assert sees(scene.city_discipline, referral)
    assert not sees(scene.discipline, referral)
    assert "期限届满" in referral.bundles.latest("version").manifest["sections"][0]["note"]


def test_looks_are_append_only_and_need_a_purpose_and_a_place_in_the_circle(scene: Scene) -> None:
    referral = scene.opened()
    when = at("2026-11-05 10:00")
    with pytest.raises(DomainError) as refused:
        log_look(referral=referral, what="全部", purpose=" 看 ", by=scene.head, at=when)
    assert refused.value.code == "purpose_missing"
    with pytest.raises(PermissionDenied):
        log_look(referral=referral, what="全部", purpose="了解情况", by=scene.second, at=when)
    assert not looks_of(referral).exists()
    look = log_look(referral=referral, what="全部", purpose="准备移交", by=scene.head, at=when)
    look.purpose = "别的"
    with pytest.raises(AppendOnly):
        look.save()
    with pytest.raises(AppendOnly):
        look.delete()
    with pytest.raises(AppendOnly):
        ReferralLook.objects.all().delete()
    with pytest.raises(AppendOnly):
        ReferralLook.objects.update(purpose="别的")


def test_a_merged_county_leaves_its_referrals_to_the_people_of_the_new_one(scene: Scene) -> None:
    referral = scene.invited()
    Division.objects.filter(pk=COUNTY).update(valid_to=date(2026, 11, 8), successor_id="230621")
    Posting.objects.filter(user__in=[scene.head, scene.second, scene.discipline]).update(division_id="230621")
    head, second, discipline = (
        User.objects.get(pk=one.pk) for one in (scene.head, scene.second, scene.discipline)
    )
    assert (sees(head, referral), sees(second, referral), sees(discipline, referral)) == (True, False, False)
    late = at("2026-11-13 09:00")
    referral.refresh_from_db()
    handing.hand_over(referral=referral, addressee=referral.division, by=head, at=late)
    assert sees(User.objects.get(pk=discipline.pk), referral)
    handing.record_outcome(
        referral=referral, kind="accepted", decided_on=date(2026, 11, 13), document_number="纪〔2026〕1号", text="受理",
        by=discipline, at=late,
    )  # fmt: skip
    referral.refresh_from_db()
    assert referral.state == ReferralState.ACCEPTED
