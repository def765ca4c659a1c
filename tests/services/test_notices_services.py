"""Policy notices: who is addressed, once; never changed once published; receipts; what is public."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, InboxItem
from accounts.permissions import Role
from policy.regimes import get_regime
from projects.models import Project, ProjectState
from projects.services.team import let_in, let_out
from supervision.notices import addressing, queries, releasing, services
from supervision.notices.models import Audience, Notice, Receipt
from supervision.notices.services import Words
from tests import build

NOW = build.at("2026-10-23 09:00")
LATER = build.at("2026-10-24 09:00")
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Any]:
    cast = build.cast()
    food = build.project("玉米加工", company=build.company("北粮公司"), industry_4567="food")
    steel = build.project("钢结构", company=build.company("钢构公司"), industry_section="C")
    far = build.project("外县项目", "230621", company=build.company("外县公司"), industry_4567="food")
    guests = {}
    for name, project in (("food", food), ("steel", steel), ("far", far)):
        guests[name] = build.user(f"n-{name}", Role.INVESTOR, project.division_id)
        by = cast["county"] if name != "far" else cast["neighbour"]
        let_in(project=project, user=guests[name], by=by, at=NOW)
    return {**cast, **guests, "project": food, "unit": Division.objects.get(pk="230622")}


def _draft(world: dict[str, Any], **changes: Any) -> Notice:
    words = Words(
        **{"title": "秸秆补贴", "text": "十月底前申报。\n\n咨询：农业农村局 0459-8220000", **changes}
    )
    return services.draft_notice(unit=world["unit"], words=words, by=world["county"], at=NOW)


def _published(world: dict[str, Any], **changes: Any) -> Notice:
    return services.publish_notice(notice=_draft(world, **changes), turn=1, by=world["county"], at=NOW)


def _readers(notice: Notice) -> set[str]:
    return set(notice.receipts.values_list("user__username", flat=True))


def test_industry_and_place_choose_the_companies(world):
    assert _readers(_published(world)) == {"n-food", "n-steel"}
    assert _readers(_published(world, industries=["food"])) == {"n-food"}
    assert _readers(_published(world, industries=["C"])) == {"n-steel"}
    city = services.draft_notice(
        unit=Division.objects.get(pk="230600"), words=Words("全市", "文", industries=["food"]), by=world["city"], at=NOW
    )  # fmt: skip
    services.publish_notice(notice=city, turn=1, by=world["city"], at=NOW)
    assert _readers(city) == {"n-food", "n-far"}


def test_roles_choose_the_officers_and_not_the_publisher(world):
    notice = _published(
        world, audience=Audience.OFFICES, roles=[Role.CHIEF_SERVICE_OFFICER, Role.COMPETENT_OFFICE]
    )
    assert _readers(notice) == {"t-officer"}
    everybody = _published(world, audience=Audience.BOTH)
    assert _readers(everybody) == {"n-food", "n-steel", "t-officer", "t-promotion"}
    assert InboxItem.objects.filter(key=f"notice:{everybody.pk}").count() == 4
    assert AuditRecord.objects.filter(action="notice_published", object_id=str(everybody.pk)).count() == 1


def test_one_person_of_one_company_with_two_projects_is_addressed_once(world):
    second = build.project("二期", company=world["project"].company, industry_4567="food")
    let_in(project=second, user=world["food"], by=world["county"], at=NOW)
    assert _published(world, industries=["food"]).receipts.count() == 1


def test_nobody_to_address_is_refused_unless_public(world):
    with pytest.raises(DomainError) as refused:
        _published(world, industries=["aerospace"])
    assert refused.value.code == "nobody_addressed"
    assert not Notice.objects.filter(state="published").exists()
    assert _published(world, industries=["aerospace"], is_public=True).state == "published"


def test_a_newcomer_gets_the_standing_notices_once(world):
    standing = _published(world)
    gone = _published(world, title="作废")
    services.withdraw_notice(notice=gone, reason="重发", turn=2, by=world["county"], at=NOW)
    late = build.user("n-late", Role.INVESTOR, "230622")
    let_in(project=world["project"], user=late, by=world["county"], at=NOW)
    assert addressing.run(None, LATER) == {"addressed": 1}
    assert addressing.run(None, LATER) == {"addressed": 0}
    assert _readers(standing) == {"n-food", "n-steel", "n-late"}
    assert not Receipt.objects.filter(notice=gone, user=late).exists()
    assert InboxItem.objects.filter(user=late, kind="notice").count() == 1


def test_after_the_regimes_days_a_notice_stands_no_more(world):
    notice = _published(world)
    rule = get_regime().rule("notice_standing", NOW.date())
    assert (rule.offset, rule.unit) == (183, "calendar_days")
    assert addressing.standing(notice).due_on == NOW.date() + timedelta(days=183)
    late = build.user("n-late", Role.INVESTOR, "230622", since=NOW.date())
    let_in(project=world["project"], user=late, by=world["county"], at=NOW)
    assert addressing.run(None, NOW + timedelta(days=184)) == {"addressed": 0}
    assert addressing.run(None, NOW + timedelta(days=183)) == {"addressed": 1}


def test_a_run_reads_neither_old_notices_nor_whoever_was_addressed(world, django_assert_num_queries):
    """As many statements for a notice sent to three as for one sent to nobody new; none of what stands no more."""
    _published(world, audience=Audience.BOTH)
    day = NOW.date() + timedelta(days=183)
    assert [one.title for one in addressing._standing_on(day)] == ["秸秆补贴"]
    assert list(addressing._standing_on(day + timedelta(days=1))) == []
    with django_assert_num_queries(2):  # the calendar, and the notices of the days of the rule
        assert list(addressing._standing_on(day + timedelta(days=20))) == []
    notice = Notice.objects.get()
    assert list(addressing._lacking(notice, NOW.date(), LATER)) == []
    with django_assert_num_queries(4):  # its places and its companies' people, its places and their officers
        assert addressing.address(notice, LATER) == []


def test_who_has_it_for_one_company_is_not_told_again_for_another(world):
    notice = _published(world)
    second = build.project("又一个项目", company=build.company("北粮二厂"))
    let_in(project=second, user=world["food"], by=world["county"], at=NOW)
    assert addressing.run(None, LATER) == {"addressed": 0}
    held = notice.receipts.filter(user=world["food"]).values_list("company__name", flat=True)
    assert set(held) == {"北粮公司", "北粮二厂"}
    assert InboxItem.objects.filter(user=world["food"], kind="notice").count() == 1


def test_who_was_let_out_is_not_addressed(world):
    let_out(project=world["project"], user=world["food"], by=world["county"], at=build.at("2026-10-22 09:00"))
    assert _readers(services.publish_notice(notice=_draft(world), turn=1, by=world["county"], at=LATER)) == {
        "n-steel"
    }


def test_published_is_never_changed_and_steps_are_taken_once(world):
    notice = _published(world)
    with pytest.raises(DomainError) as refused:
        services.edit_draft(notice=notice, words=Words("改", "改"), turn=2, by=world["county"], at=LATER)
    assert refused.value.code == "notice_moved"
    with pytest.raises(DomainError) as refused:
        services.publish_notice(notice=notice, turn=1, by=world["county"], at=LATER)
    assert refused.value.code == "notice_moved"
    with pytest.raises(DomainError) as refused:
        services.withdraw_notice(notice=notice, reason=" ", turn=2, by=world["county"], at=LATER)
    assert refused.value.field == "reason"
    services.withdraw_notice(notice=notice, reason="口径有误", turn=2, by=world["county"], at=LATER)
    told = InboxItem.objects.filter(key=f"notice:{notice.pk}:withdrawn")
    assert {one.text for one in told} == {"口径有误"}
    assert told.count() == 2
    with pytest.raises(DomainError) as refused:
        services.withdraw_notice(notice=notice, reason="再撤", turn=3, by=world["county"], at=LATER)
    assert refused.value.code == "notice_moved"


def test_the_second_tab_loses(world):
    notice = _draft(world)
    services.edit_draft(notice=notice, words=Words("改", "改"), turn=1, by=world["county"], at=LATER)
    with pytest.raises(DomainError) as refused:
        services.edit_draft(notice=notice, words=Words("乙", "乙"), turn=1, by=world["county"], at=LATER)
    assert refused.value.code == "notice_moved"
    notice.refresh_from_db()
    assert notice.title == "改"


def test_others_do_not_write_in_the_units_name(world):
    notice = _draft(world)
    for who in ("city", "neighbour", "auditor", "investor", "officer"):
        with pytest.raises(PermissionDenied):
            services.publish_notice(notice=notice, turn=1, by=world[who], at=NOW)
    with pytest.raises(DomainError) as refused:
        _draft(world, divisions=[Division.objects.get(pk="230621")])
    assert refused.value.field == "divisions"


def test_receipts_are_each_persons_own(world):
    notice = _published(world)
    assert services.confirm_read(notice=notice, by=world["food"], at=LATER) == 1
    assert services.confirm_read(notice=notice, by=world["food"], at=build.at("2026-10-25 09:00")) == 0
    rows = queries.readers(notice)
    assert [(one.name, one.read, one.first) for one in rows] == [
        ("钢构公司", 0, None),
        ("北粮公司", 1, LATER),
    ]
    assert queries.totals(rows) == (1, 2)
    assert AuditRecord.objects.filter(action="notice_read").count() == 1
    with pytest.raises(PermissionDenied):
        services.confirm_read(notice=notice, by=world["far"], at=LATER)
    assert queries.waiting(world["food"]).unread == 0
    assert queries.waiting(world["steel"]).unread == 1


def test_public_ones_hold_allowed_fields_and_no_personal_numbers(world):
    for secret in ("联系人 139-1234-5678", "证号 230602 19800101 123X", "１３９１２３４５６７８"):
        with pytest.raises(DomainError) as refused:
            _published(world, text=secret, is_public=True)
        assert refused.value.code == "personal_data"
    notice = _published(world, is_public=True)
    assert queries.public_list() == []
    assert queries.public_one(notice.slug) is None
    head = build.user("n-head", Role.OFFICE_HEAD)
    releasing.release_notice(notice=notice, turn=2, by=head, at=LATER)
    (row,) = queries.public_list()
    assert row["published_at"] == LATER
    assert set(row) == {"slug", "title", "text", "place", "published_at"}
    assert queries.public_one(notice.slug) == row
    with pytest.raises(PermissionDenied):
        services.withdraw_notice(notice=notice, reason="口径有误", turn=3, by=world["county"], at=LATER)
    with pytest.raises(DomainError) as personal:
        services.withdraw_notice(notice=notice, reason="请致电138 1234 5678", turn=3, by=head, at=LATER)
    assert (personal.value.code, personal.value.field) == ("personal_data", "reason")
    services.withdraw_notice(notice=notice, reason="口径有误", turn=3, by=head, at=LATER)
    assert queries.public_list() == []
    gone = queries.public_one(notice.slug)
    assert gone is not None
    assert (gone["text"], gone["reason"]) == ("", "口径有误")
    assert queries.public_one(_draft(world, is_public=True).slug) is None
    assert queries.public_one(_published(world).slug) is None


def test_nobody_releases_their_own_words_or_what_nobody_proposed(world):
    head, other = build.user("n-head", Role.OFFICE_HEAD), build.user("n-head2", Role.OFFICE_HEAD)
    words = Words("自己写的", "文", is_public=True)
    own = services.draft_notice(unit=world["unit"], words=words, by=head, at=NOW)
    with pytest.raises(StaleState):
        releasing.release_notice(notice=own, turn=1, by=other, at=NOW)  # a draft still
    services.publish_notice(notice=own, turn=1, by=head, at=NOW)
    with pytest.raises(DomainError) as refused:
        releasing.release_notice(notice=own, turn=2, by=head, at=LATER)
    assert refused.value.code == "own_words"
    sent = services.draft_notice(unit=world["unit"], words=words, by=world["county"], at=NOW)
    services.publish_notice(notice=sent, turn=1, by=head, at=NOW)
    with pytest.raises(DomainError):
        releasing.release_notice(notice=sent, turn=2, by=head, at=LATER)
    inside = _published(world)
    with pytest.raises(StaleState):
        releasing.release_notice(notice=inside, turn=2, by=head, at=LATER)
    assert not Notice.objects.public().exists()
    assert set(releasing.to_release(head, NOW.date())) == set()
    assert set(releasing.to_release(other, NOW.date())) == {own, sent}
    assert InboxItem.objects.filter(user=other, key=f"notice:{own.pk}:proposed").count() == 1
    assert not InboxItem.objects.filter(user=head, key=f"notice:{own.pk}:proposed").exists()
    releasing.release_notice(notice=own, turn=2, by=other, at=LATER)
    with pytest.raises(StaleState):
        releasing.return_notice(notice=own, reason="晚了", turn=2, by=other, at=LATER)
    assert (own.public_by, own.public_refusal) == (other, "")
    assert AuditRecord.objects.filter(action="notice_released").count() == 1
    assert (
        InboxItem.objects.get(user=head, key=f"notice:{own.pk}:decided").title == "已在公示网站发布：自己写的"
    )


def test_where_the_only_head_wrote_it_the_nearest_office_above_is_asked(world):
    """County without another head, then with one at the city: asked is the nearest; whoever is above may decide."""
    on, chief = NOW.date(), build.user("n-head", Role.OFFICE_HEAD)
    words = Words("独自写的", "文", is_public=True)

    def sent(name: str) -> Notice:
        row = services.draft_notice(unit=world["unit"], words=words, by=chief, at=NOW)
        services.publish_notice(notice=row, turn=1, by=chief, at=NOW)
        told = InboxItem.objects.filter(key=f"notice:{row.pk}:proposed")
        assert [one.user.username for one in told] == [name]
        return row

    first = sent("t-province-head")
    assert set(releasing.to_release(world["province_head"], on)) == {first}
    city = build.user("n-city-head", Role.OFFICE_HEAD, "230600")
    blind = build.user("n-city-blind", Role.OFFICE_HEAD, "230600")
    blind.postings.update(subtree=False)
    far = build.user("n-far-head", Role.OFFICE_HEAD, "230200")
    beside = build.user("n-beside-head", Role.OFFICE_HEAD, "230621")
    second = sent("n-city-head")
    assert set(releasing.to_release(city, on)) == {first, second}
    for who in (world["province_head"], blind, far, beside, chief, world["city"]):
        assert not set(releasing.to_release(who, on)), who
    for who in (blind, far, beside, world["city"], world["county"]):
        assert not releasing.may_release(second, who)
        for step in (
            lambda by: releasing.release_notice(notice=second, turn=2, by=by, at=LATER),
            lambda by: releasing.return_notice(notice=second, reason="x", turn=2, by=by, at=LATER),
        ):
            with pytest.raises(PermissionDenied):
                step(who)
    with pytest.raises(DomainError) as refused:
        releasing.release_notice(notice=second, turn=2, by=chief, at=LATER)
    assert refused.value.code == "own_words"
    second.refresh_from_db()
    assert (second.turn, second.public_at, second.public_refused_at) == (2, None, None)
    assert releasing.may_release(second, city) and releasing.may_release(first, world["province_head"])
    releasing.release_notice(notice=second, turn=2, by=city, at=LATER)
    releasing.return_notice(notice=first, reason="请写明条件", turn=2, by=world["province_head"], at=LATER)
    assert (second.public_by, first.public_refusal) == (city, "请写明条件")
    assert InboxItem.objects.filter(user=chief, key=f"notice:{second.pk}:decided").count() == 1


def test_where_nobody_can_release_it_publishing_is_refused_at_once(world):
    chief = world["province_head"]
    alone = services.draft_notice(
        unit=Division.objects.get(pk="230000"), words=Words("省里", "文", is_public=True), by=chief, at=NOW
    )
    with pytest.raises(DomainError) as refused:
        services.publish_notice(notice=alone, turn=1, by=chief, at=NOW)
    assert refused.value.code == "nobody_releases"
    alone.refresh_from_db()
    assert (alone.state, alone.turn) == ("draft", 1)
    assert not Receipt.objects.filter(notice=alone).exists()
    assert not InboxItem.objects.filter(key__startswith=f"notice:{alone.pk}").exists()
    assert not AuditRecord.objects.filter(action="notice_published").exists()
    services.edit_draft(notice=alone, words=Words("省里", "文"), turn=1, by=chief, at=NOW)
    assert services.publish_notice(notice=alone, turn=2, by=chief, at=NOW).state == "published"


def test_files_are_checked_kept_and_thrown_away_with_the_draft(
    world, settings, django_capture_on_commit_callbacks
):
    good = SimpleUploadedFile("指南.pdf", b"%PDF-1.4 \n%%EOF")
    notice = services.draft_notice(
        unit=world["unit"], words=Words("题", "文"), uploads=[good], by=world["county"], at=NOW
    )
    stored = settings.MEDIA_ROOT / notice.files.get().path
    assert stored.exists()
    with pytest.raises(DomainError):
        services.draft_notice(
            unit=world["unit"], words=Words("题", "文"), uploads=[SimpleUploadedFile("a.exe", b"MZ")],
            by=world["county"], at=NOW,
        )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_draft(notice=notice, turn=1, by=world["county"], at=LATER)
    assert not stored.exists()
    assert not Notice.objects.exists()


def test_a_given_up_project_addresses_nobody(world):
    Project.objects.filter(pk=world["project"].pk).update(
        state=ProjectState.TERMINATED, ended_on=date(2026, 10, 1)
    )
    assert _readers(_published(world)) == {"n-steel"}
