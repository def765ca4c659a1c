"""People, postings and departments kept by the administrator of the area (H4, X-A1, reliability A)."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import clock, departments, people
from accounts.errors import DomainError
from accounts.models import AuditRecord, Department, Division, Posting, User
from accounts.permissions import Role
from tests import build

pytestmark = pytest.mark.django_db

NEW = {
    "full_name": "高峰",
    "username": "gaofeng",
    "phone": "0459-000 0118",
    "role": Role.SERVICE_SPECIALIST.value,
    "department": "",
    "title": "科长",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "subtree": "on",
    "reason": "庆源干〔2026〕3号",
}


@pytest.fixture
def admin(client: Client) -> User:
    """Administrator of 大庆市 and what lies below it."""
    person = build.user("t-admin", Role.ADMINISTRATOR, "230600")
    client.force_login(person)
    return person


def department(code: str = "housing", division: str = "230622") -> Department:
    return Department.objects.get(division_id=division, code=code)


def test_a_new_person_gets_a_one_time_password_that_works_once(client: Client, admin: User) -> None:
    page = client.post("/people/new/?division=230622", NEW | {"department": str(department().pk)})
    assert page.status_code == 200 and "一次性密码" in page.text and "no-" in page.headers["Cache-Control"]
    person = User.objects.get(username="gaofeng")
    posting = person.postings.get()
    assert (posting.division_id, posting.department.code, posting.title) == ("230622", "housing", "科长")
    assert person.must_change_password
    password = page.text.split('<span class="jg-once">')[2].split("<")[0]
    assert person.check_password(password)
    assert password not in client.get(f"/people/{person.pk}/").text
    actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {"user_created", "posting_added"} <= actions
    assert not AuditRecord.objects.filter(after__icontains=password).exists()


def test_nothing_is_kept_of_a_person_whose_posting_is_refused(client: Client, admin: User) -> None:
    page = client.post("/people/new/?division=230622", NEW | {"valid_to": "2025-01-01"})
    assert "结束日期早于开始日期" in page.text and 'value="高峰"' in page.text
    assert not User.objects.filter(username="gaofeng").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "高峰"}, "以字母开头"),
        ({"username": "t-admin"}, "账号"),
        ({"username": ""}, "必填"),
        ({"role": "emperor"}, "emperor"),
        ({"valid_from": "2026.13.45"}, "日期"),
        ({"department": "999999"}, "选"),
    ],
)
def test_bad_input_is_told_and_kept(client: Client, admin: User, change: dict[str, str], words: str) -> None:
    page = client.post("/people/new/?division=230622", NEW | change)
    assert page.status_code == 200 and words in page.text and "is-invalid" in page.text
    assert not User.objects.filter(full_name="高峰").exists()


@pytest.mark.parametrize("division", ["230000", "230200", "999999", "230621x"])
def test_nobody_is_added_outside_the_area(client: Client, admin: User, division: str) -> None:
    assert client.post(f"/people/new/?division={division}", NEW).status_code == 404
    assert not User.objects.filter(username="gaofeng").exists()


def test_the_list_shows_the_area_and_filters(client: Client, admin: User) -> None:
    build.user("t-county", name="孙丽娟")
    build.user("t-other", division="230200", name="外市人")
    page = client.get("/people/")
    assert "孙丽娟" in page.text and "外市人" not in page.text
    assert "孙丽娟" in client.get("/people/?division=230622&role=competent_office").text
    assert "孙丽娟" not in client.get("/people/?q=没有这个人").text
    assert client.get("/people/?division=230200").status_code == 200
    assert client.get("/people/?page=999&per_page=abc").status_code == 200


def test_outside_the_area_a_person_does_not_exist(client: Client, admin: User) -> None:
    person = build.user("t-other", division="230200")
    posting = person.postings.get()
    for path in ("", "postings/new/", "password/", "disable/", "enable/"):
        assert client.get(f"/people/{person.pk}/{path}").status_code == 404
        if path:  # the page itself takes no POST from anyone
            assert client.post(f"/people/{person.pk}/{path}", {"reason": "x"}).status_code == 404
    assert (
        client.post(f"/postings/{posting.pk}/end/", {"last_day": "2026-01-01", "reason": "x"}).status_code
        == 404
    )


@pytest.mark.parametrize("who", ["county", "province_head", "auditor", "investor", "nobody"])
def test_only_the_administrator_may(client: Client, who: str) -> None:
    person = build.cast()[who]
    client.force_login(person)
    for path in ("/people/", "/people/new/", f"/people/{person.pk}/", f"/people/{person.pk}/password/"):
        assert client.get(path).status_code == 403
    with pytest.raises(PermissionDenied):
        people.create_user(
            username="x1",
            full_name="x",
            phone="",
            division=Division.objects.get(pk="230622"),
            by=person,
            at=clock.now(),
        )


def test_a_posting_ends_with_a_reason_and_stays_on_record(client: Client, admin: User) -> None:
    posting = build.user("t-county").postings.get()
    url = f"/postings/{posting.pk}/end/"
    assert "必填" in client.post(url, {"last_day": "2026-06-30", "reason": ""}).text
    assert client.post(url, {"last_day": "2026-06-30", "reason": "调离"}).status_code == 302
    posting.refresh_from_db()
    assert posting.valid_to == date(2026, 6, 30)
    record = AuditRecord.objects.get(action="posting_ended")
    assert (record.reason, record.county_code) == ("调离", "230622")
    assert "已结束" in client.get(f"/people/{posting.user_id}/").text


def test_administration_audit_and_business_stay_apart(client: Client, admin: User) -> None:
    person = build.user("t-county")
    values = {k: v for k, v in NEW.items() if k not in {"full_name", "username", "phone"}}
    page = client.post(
        f"/people/{person.pk}/postings/new/?division=230622", values | {"role": Role.AUDITOR.value}
    )
    assert page.status_code == 200 and person.postings.count() == 1
    page = client.post(f"/people/{person.pk}/postings/new/?division=230621", values)
    assert page.status_code == 302 and person.postings.count() == 2


def test_administrators_do_not_appoint_reset_or_disable_themselves(client: Client, admin: User) -> None:
    values = {k: v for k, v in NEW.items() if k not in {"full_name", "username", "phone"}}
    values["role"] = Role.ADMINISTRATOR.value
    assert client.post(f"/people/{admin.pk}/postings/new/?division=230600", values).status_code == 200
    assert admin.postings.count() == 1
    client.post(f"/people/{admin.pk}/disable/", {"reason": "x"})
    admin.refresh_from_db()
    assert admin.is_active


def test_a_reset_ends_the_old_password_and_sessions(client: Client, admin: User) -> None:
    person = build.user("t-county")
    theirs = Client()
    theirs.force_login(person)
    assert client.get(f"/people/{person.pk}/password/").status_code == 200
    person.refresh_from_db()
    assert person.check_password(build.PASSWORD), "looking at the page resets nothing"
    assert "一次性密码" in client.post(f"/people/{person.pk}/password/").text
    person.refresh_from_db()
    assert not person.check_password(build.PASSWORD) and person.must_change_password
    assert theirs.get("/inbox/").status_code == 302


def test_nobody_takes_over_an_account_that_also_serves_above(client: Client, admin: User) -> None:
    person = build.user("t-double", division="230622")
    Posting.objects.create(
        user=person, role=Role.OFFICE_HEAD, division_id="230000", valid_from=date(2020, 1, 1)
    )
    page = client.post(f"/people/{person.pk}/password/")
    assert "上一级管理员" in page.text
    person.refresh_from_db()
    assert person.check_password(build.PASSWORD)
    client.post(f"/people/{person.pk}/disable/", {"reason": "x"})
    person.refresh_from_db()
    assert person.is_active


def test_disabling_signs_out_and_enabling_lets_in_again(client: Client, admin: User) -> None:
    person = build.user("t-county")
    theirs = Client()
    theirs.force_login(person)
    assert client.post(f"/people/{person.pk}/disable/", {"reason": "离职"}).status_code == 302
    assert theirs.get("/inbox/").status_code == 302
    assert client.post(f"/people/{person.pk}/enable/", {"reason": "返聘"}).status_code == 302
    person.refresh_from_db()
    assert person.is_active
    assert list(AuditRecord.objects.filter(action__startswith="user_").values_list("action", flat=True)) == [
        "user_enabled",
        "user_disabled",
    ]


class TestDivisions:
    def test_an_area_and_nothing_else(self, client: Client) -> None:
        client.force_login(build.user("t-city", division="230600"))
        tree = client.get("/divisions/").text
        assert "肇源县" in tree and "肇州县" in tree and "齐齐哈尔市" not in tree
        assert "住房和城乡建设局" in client.get("/divisions/230622/").text
        assert client.get("/divisions/230200/").status_code == 404
        assert client.get("/divisions/230000/").status_code == 404

    def test_an_area_of_one_goes_straight_there(self, client: Client) -> None:
        client.force_login(build.user("t-county"))
        assert client.get("/divisions/").url == "/divisions/230622/"

    def test_a_department_is_added_and_ended(self, client: Client, admin: User) -> None:
        values = {"name": "肇源县数据局", "short_name": "数据局", "code": "data", "valid_from": "2026-01-01"}
        assert (
            client.post("/divisions/230622/departments/new/", values | {"duties": ["approval"]}).status_code
            == 302
        )
        row = department("data")
        assert row.duties == ["approval"]
        assert "已使用这个代码" in client.post("/divisions/230622/departments/new/", values).text
        today = clock.today().isoformat()
        assert (
            client.post(f"/departments/{row.pk}/end/", {"last_day": today, "reason": "机构改革"}).status_code
            == 302
        )
        row.refresh_from_db()
        assert row.valid_to == clock.today()

    def test_a_staffed_department_does_not_end(self, client: Client, admin: User) -> None:
        build.user("t-housing", Role.SERVICE_SPECIALIST, department="housing", name="高峰")
        row = department()
        page = client.post(f"/departments/{row.pk}/end/", {"last_day": "2026-10-01", "reason": "合并"})
        assert "高峰" in page.text
        row.refresh_from_db()
        assert row.valid_to is None

    def test_others_may_look_but_not_add(self, client: Client) -> None:
        person = build.user("t-county")
        client.force_login(person)
        assert "增设部门" not in client.get("/divisions/230622/").text
        assert client.get("/divisions/230622/departments/new/").status_code == 403
        assert client.post(f"/departments/{department().pk}/end/", {}).status_code == 403
        assert client.get("/divisions/230621/departments/new/").status_code == 404
        with pytest.raises(PermissionDenied):
            departments.add_department(
                division=Division.objects.get(pk="230622"),
                code="x1",
                name="x",
                duties=[],
                valid_from=clock.today(),
                by=person,
                at=clock.now(),
            )

    @pytest.mark.parametrize("code", ["Housing", "1a", "a", "a b", "住建"])
    def test_a_bad_code_is_refused(self, admin: User, code: str) -> None:
        with pytest.raises(DomainError) as refused:
            departments.add_department(
                division=Division.objects.get(pk="230622"),
                code=code,
                name="x",
                duties=[],
                valid_from=clock.today(),
                by=admin,
                at=clock.now(),
            )
        assert refused.value.code == "bad_code"


class TestCalendar:
    @pytest.fixture
    def year(self) -> int:
        from policy.services import current_calendar

        return current_calendar().known_until.year + 1

    @pytest.fixture
    def notice(self, year: int) -> dict[str, Any]:
        weekend = next(d for d in (date(year, 2, n) for n in range(12, 20)) if d.weekday() == 5)
        return {
            "year": year,
            "source": "国办发明电〔2026〕9号",
            "text": f"2月5日至2月11日 放假\n\n{weekend} 上班",
        }

    def test_a_year_is_drawn_for_those_who_may_see_it(self, client: Client, year: int) -> None:
        client.force_login(build.user("t-county"))
        page = client.get("/calendar/?year=2026")
        assert "2026 年工作日历" in page.text and "录入 2026" not in page.text
        assert "推算" in client.get(f"/calendar/?year={year}").text
        assert client.get("/calendar/?year=99999").status_code == 200
        assert client.get("/calendar/notice/").status_code == 403

    def test_first_the_preview_then_the_entry(
        self, client: Client, admin: User, notice: dict[str, Any]
    ) -> None:
        from policy.models import CalendarNotice
        from policy.services import calendar_version, current_calendar

        version = calendar_version()
        page = client.post("/calendar/notice/", notice | {"step": "preview"})
        assert "改变的日期" in page.text and f"采用 {notice['year']} 年放假安排" in page.text
        assert calendar_version() == version, "a preview writes nothing"
        stale = client.post("/calendar/notice/", notice | {"step": "apply", "version": version + 1})
        assert "刚被他人改过" in stale.text and calendar_version() == version
        done = client.post("/calendar/notice/", notice | {"step": "apply", "version": version})
        assert done.status_code == 302
        assert CalendarNotice.objects.latest("pk").applied_by == admin.get_full_name()
        assert not current_calendar().is_working(date(notice["year"], 2, 8))
        assert AuditRecord.objects.get(action="calendar_year_set").after["year"] == notice["year"]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("随便写写", "第 1 行"),
            ("2月30日 放假", "没有这一天"),
            ("2月5日 唱歌", "放假"),
            ("2月11日至2月5日 放假", "不早于"),
            ("2019-02-05 放假", "一次只录入一年"),
        ],
    )
    def test_a_line_that_cannot_be_read_is_named(
        self, client: Client, admin: User, notice: dict[str, Any], text: str, words: str
    ) -> None:
        page = client.post("/calendar/notice/", notice | {"text": text, "step": "preview"})
        assert page.status_code == 200 and words in page.text and text in page.text


def test_the_list_costs_the_same_for_three_people_and_for_thirty(client: Client, admin: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/")
        return len(queries)

    for n in range(3):
        build.user(f"t-few-{n}")
    few = cost()
    for n in range(30):
        build.user(f"t-many-{n}")
    assert cost() == few <= 14
