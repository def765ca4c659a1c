"""Meetings on the pages: from the duty to the minutes, the calendar, the feed; nothing typed is lost; strangers get 404."""

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Department, Division, Obligation, Posting, User
from accounts.obligations.making import make_periodic
from accounts.permissions import Role
from approvals.kickoff.models import Kickoff
from approvals.service.models import ProblemMeeting
from approvals.tickets.models import Ticket
from config.settings.logs import hide_secrets
from projects import services as projects
from projects.models import TeamRole
from supervision.matters.models import Matter
from supervision.meetings import services
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan
from supervision.meetings.models import AgreedItem, UnitMeeting
from tests import build
from tests.build import at
from tests.unit.test_meetings_ics import read, unescape

pytestmark = [pytest.mark.django_db]
NOW = "2026-11-20 10:00"


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project("艾草生物经济项目", number="T-230622-1")
        projects.appoint(
            project=self.project, role=TeamRole.CHIEF_SERVICE_OFFICER, user=self.people["officer"],
            valid_from=date(2026, 4, 1), by=self.people["county"], at=at("2026-11-02 08:00"),
        )  # fmt: skip
        self.people["power"] = build.user(
            "t-power", Role.SERVICE_SPECIALIST, "230622", department="power_supply", name="高峰"
        )

    def as_(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def call(
        self, who: str = "county", unit: str = "230622", when: str = "2026-11-25 09:00", **more: Any
    ) -> UnitMeeting:
        plan = Plan(
            subject=more.pop("subject", "四季度座谈"), meets_at=at(when), place="三楼", invited=more.pop("invited", Invited()),
            agenda="一、通报\n二、座谈",
        )  # fmt: skip
        return services.call_meeting(
            unit=Division.objects.get(pk=unit), kind=more.pop("kind", "symposium"), plan=plan, by=self.people[who],
            at=at("2026-11-20 09:00"),
        )  # fmt: skip


@pytest.fixture
def scene(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(at(NOW), tick=False):
        yield Scene()


def form(**more: Any) -> dict[str, Any]:
    return {
        "kind": "symposium", "subject": "四季度座谈会", "day": "2026-11-25", "hour": "09:00", "until": "11:00",
        "place": "三楼会议室", "agenda": "听取意见", "projects": "T-230622-1", "companies": "甲公司\n甲公司\n乙公司",
    } | more  # fmt: skip


def test_from_the_duty_to_the_minutes(scene: Scene) -> None:
    make_periodic(at(NOW), since=at(NOW).date())
    duty = Obligation.objects.get(kind="symposium", unit_id="230622")
    county = scene.as_("county")
    page = county.get(reverse("meetings:calendar")).text
    # 20 November to 31 December 2026: 6 days in November, 23 in December.
    assert "还有 29 个工作日" in page and "HLJ-22-symposium" in page and f"duty={duty.pk}" in page
    asked = county.get(f"{reverse('meetings:new')}?duty={duty.pk}").text
    assert '<option value="symposium" selected>' in asked
    power = Department.objects.get(division_id="230622", code="power_supply")
    answer = county.post(reverse("meetings:new"), form(departments=[power.pk], units=["230600"]))
    meeting = UnitMeeting.objects.get()
    assert answer.status_code == 302
    assert sorted(meeting.invitees.values_list("name", flat=True)) == sorted(
        [power.name, "大庆市", "甲公司", "乙公司"]
    )
    assert "四季度座谈会" in scene.as_("power").get("/").text  # within five working days
    with time_machine.travel(at("2026-11-25 15:00"), tick=False):
        county = scene.as_("county")  # a session does not last five days
        assert "待登记纪要" in county.get("/").text
        address = reverse("meetings:record", args=[meeting.pk])
        row = meeting.invitees.get(name=power.name)
        data = {f"came_{one.pk}": "present" for one in meeting.invitees.all()}
        data |= {
            f"came_{row.pk}": "late", f"who_{row.pk}": "高峰", "chair": "陈局长", "text": "会议议定两项", "turn": "1",
            "title_1": "落实用电", "owner_1": f"d{power.pk}", "due_1": "2026-12-10", "project_1": "艾草生物经济项目",
            "title_2": "解决用水", "help_2": "water", "project_2": "T-230622-1", "company_agreed": "on",
            "uploads": SimpleUploadedFile("签到.pdf", b"%PDF-1.4"),
        }  # fmt: skip
        assert county.post(address, data).status_code == 302
        page = county.get(reverse("meetings:detail", args=[meeting.pk])).text
        assert "计入" in page and "2026年第四季度座谈会" in page.replace(" ", "")
        assert "迟到" in page and "签到.pdf" in page
        attendance = county.get(reverse("meetings:attendance")).text
        assert power.name in attendance
        assert (
            scene.as_("power").get(reverse("matters:detail", args=[Matter.objects.get().pk])).status_code
            == 200
        )
    assert Ticket.objects.get().title == "解决用水"
    duty.refresh_from_db()
    assert duty.met_on == date(2026, 11, 25)


def test_nothing_typed_is_lost(scene: Scene) -> None:
    county = scene.as_("county")
    page = county.post(
        reverse("meetings:new"), form(projects="艾草生物经济项目\n没有这个项目", day="2027-12-30")
    )
    assert page.status_code == 400 and "没有这个项目" in page.text and "听取意见" in page.text
    page = county.post(reverse("meetings:new"), form(until="08:00"))
    assert page.status_code == 400 and "结束时间要晚于开始时间" in page.text
    meeting = scene.call(when="2026-11-20 09:30")
    address = reverse("meetings:record", args=[meeting.pk])
    data = {"chair": "陈", "text": "议定", "turn": "1", "title_1": "补办手续", "text_1": "月底前补齐"}
    page = county.post(address, data)
    assert page.status_code == 400 and "请选择责任单位或部门" in page.text and "月底前补齐" in page.text
    services.cancel_meeting(
        meeting=meeting, turn=1, reason="改期", by=scene.people["county"], at=at("2026-11-20 09:50")
    )
    page = county.post(address, data | {"owner_1": "u230622"})
    assert page.status_code == 400 and "月底前补齐" in page.text and not AgreedItem.objects.exists()


def test_the_calendar_shows_every_kind_of_meeting_and_no_neighbours(scene: Scene) -> None:
    scene.call(subject="县座谈会")
    scene.call("neighbour", "230621", subject="邻县座谈会")
    scene.call(
        "city", "230600", subject="全市联席会议", kind="joint",
        invited=Invited(units=(Division.objects.get(pk="230622"),)),
    )  # fmt: skip
    codes = scene.project.division.codes
    ProblemMeeting.objects.create(
        project=scene.project,
        subject="用电碰头",
        meets_at=at("2026-11-24 14:00"),
        place="现场",
        called_at=at(NOW),
        **codes,
    )
    Kickoff.objects.create(
        project=scene.project,
        held_on=date(2026, 11, 6),
        chair="李明",
        minutes="分工",
        recorded_at=at(NOW),
        **codes,
    )
    page = scene.as_("county").get(reverse("meetings:calendar")).text
    for words in ("县座谈会", "全市联席会议", "用电碰头", "专题推进会"):
        assert words in page, words
    assert "邻县座谈会" not in page
    assert "邻县座谈会" not in scene.as_("county").get(f"{reverse('meetings:calendar')}?whose=all").text
    city = scene.as_("city")
    assert "县座谈会" not in city.get(reverse("meetings:calendar")).text
    whole = city.get(f"{reverse('meetings:calendar')}?whose=all").text
    assert "县座谈会" in whole and "邻县座谈会" in whole
    assert "县座谈会" not in city.get(f"{reverse('meetings:calendar')}?whose=all&kind=joint").text
    assert "县座谈会" in city.get(f"{reverse('meetings:list')}?whose=all&q=座谈").text
    for odd in ("month=2026-13", "month=0001-01", "month=9999-12", "month=x&whose=y"):
        assert city.get(f"{reverse('meetings:calendar')}?{odd}").status_code == 200


def test_a_change_and_a_meeting_called_off(scene: Scene) -> None:
    meeting, county = scene.call(), scene.as_("county")
    address = reverse("meetings:edit", args=[meeting.pk])
    assert 'value="2026-11-25"' in county.get(address).text
    changed = form(day="2026-11-26", reason="与全市会议冲突", turn="1", projects="", companies="")
    assert county.post(address, changed).status_code == 302
    stale = county.post(address, changed | {"turn": "1", "day": "2026-11-27"})
    assert stale.status_code == 400 and "刚被他人变更" in stale.text and "2026-11-27" in stale.text
    assert "与全市会议冲突" in county.get(reverse("meetings:detail", args=[meeting.pk])).text
    answer = county.post(reverse("meetings:do", args=[meeting.pk, "cancel"]), {"reason": "", "turn": "2"})
    assert answer.status_code == 400
    assert (
        county.post(
            reverse("meetings:do", args=[meeting.pk, "cancel"]), {"reason": "改期", "turn": "2"}
        ).status_code
        == 302
    )
    assert "已取消" in county.get(reverse("meetings:detail", args=[meeting.pk])).text
    one = read(county.get(reverse("meetings:ics", args=[meeting.pk])).content)[1][0]
    assert one["STATUS"] == "CANCELLED" and one["SEQUENCE"] == "2"


def address_of(client: Client) -> str:
    page = client.post(reverse("meetings:feed_issue"))
    assert page["Cache-Control"].startswith("max-age=0")
    found = re.search(r"/meetings/feed/[A-Za-z0-9_-]{43}\.ics", page.text)
    assert found
    return found[0]


def test_the_feed_needs_no_sign_in_and_ends_when_revoked(scene: Scene) -> None:
    make_periodic(at(NOW), since=at(NOW).date())
    meeting = scene.call(subject="座谈；一，二")
    scene.call("neighbour", "230621", subject="邻县座谈会")
    county, stranger = scene.as_("county"), Client()
    address = address_of(county)
    answer = stranger.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, max-age=300" and answer["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer
    calendar, events = read(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    found = {unescape(one["SUMMARY"]): one for one in events}
    assert set(found) == {"座谈；一，二", "最后一日：座谈会 2026年第四季度"}
    assert found["座谈；一，二"]["DTSTART"] == "20261125T010000Z"
    assert found["座谈；一，二"]["UID"] == f"unit-meeting-{meeting.pk}@signed-project-supervision"
    assert found["最后一日：座谈会 2026年第四季度"]["DTSTART;VALUE=DATE"] == "20261231"
    assert stranger.get(address).content == answer.content  # stable from one reading to the next
    assert address.split("/")[-1].split(".")[0] not in county.get(reverse("meetings:feed_page")).text
    county.post(reverse("meetings:feed_revoke"))
    assert stranger.get(address).status_code == 404


def test_the_feed_follows_the_person(scene: Scene) -> None:
    power = Department.objects.get(division_id="230622", code="power_supply")
    scene.call(subject="请电力参加", invited=Invited(departments=(power,)))
    scene.call(subject="只有县里")
    address = address_of(scene.as_("power"))
    _calendar, events = read(Client().get(address).content)
    assert [unescape(one["SUMMARY"]) for one in events] == ["请电力参加"]
    again = address_of(scene.as_("power"))
    assert Client().get(address).status_code == 404 and Client().get(again).status_code == 200
    Posting.objects.filter(user=scene.people["power"]).update(valid_to=date(2026, 11, 19))
    assert Client().get(again).status_code == 404
    Posting.objects.filter(user=scene.people["power"]).update(valid_to=None)
    User.objects.filter(username="t-power").update(is_active=False)
    assert Client().get(again).status_code == 404


def test_the_secret_of_a_feed_stands_in_no_log() -> None:
    event = {"request": f"GET /meetings/feed/{'x' * 43}.ics", "code": 200}
    assert hide_secrets(None, "", event) == {"request": "GET /meetings/feed/…", "code": 200}


def test_lists_are_exported(scene: Scene) -> None:
    make_periodic(at(NOW), since=at(NOW).date())
    scene.call()
    county = scene.as_("county")
    for name in ("list", "due", "attendance"):
        answer = county.get(f"{reverse(f'meetings:{name}')}?format=xlsx")
        assert answer.status_code == 200 and answer.content.startswith(b"PK"), name
    page = county.get(f"{reverse('meetings:due')}?period=2026Q4&kind=symposium&state=all").text
    assert "肇源县" in page and "已定于" in page
    assert county.get(f"{reverse('meetings:due')}?period=xx&state=yy&kind=zz").status_code == 200


def test_the_project_names_its_meetings(scene: Scene) -> None:
    meeting = scene.call(subject="专题研究用电")
    meeting.projects.add(scene.project)
    page = scene.as_("officer").get(reverse("projects:tab", args=[scene.project.pk, "meetings"])).text
    assert "专题研究用电" in page
    assert "提交会议研究" in scene.as_("county").get(reverse("projects:detail", args=[scene.project.pk])).text
