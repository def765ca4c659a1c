"""The kickoff meeting on the pages: due ones listed, one form records, appoints and meets the duty."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.jobs import engine
from accounts.models import Obligation
from accounts.obligations.kinds import KICKOFF
from approvals.kickoff.models import Kickoff
from projects.models import Assignment
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def signed():
    with time_machine.travel(at("2026-10-13 10:00"), tick=False):
        row = build.project("云鹰马铃薯种薯繁育基地项目", signed_on=date(2026, 9, 24))
        engine.run_inline(at("2026-10-13 09:00"), at("2026-10-13 09:00"))
        yield row


FORM = {
    "held_on": "2026-10-12",
    "place": "县政府三楼会议室",
    "chair": "陈国梁",
    "attendees": "工信局、自然资源局、住建局",
    "minutes": "工信局牵头，10 月底前完成选址。",
    "package_leader_1_name": "陈国梁",
    "package_leader_1_office": "县委常委、副县长",
    "service_specialist_1_name": "王立新",
    "service_specialist_2_name": "高峰",
    "service_specialist_2_phone": "0459-000 0133",
}


def test_due_meetings_are_listed_with_their_day(client, signed):
    people = build.cast()
    client.force_login(people["county"])
    page = client.get(reverse("kickoffs:list")).text
    assert signed.name in page
    assert "2026-10-22" in page
    assert "还有 7 个工作日" in page or "未到期" in page
    client.force_login(people["neighbour"])
    assert signed.name not in client.get(reverse("kickoffs:list")).text


def test_one_form_does_it_all(client, signed):
    people = build.cast()
    client.force_login(people["county"])
    address = reverse("kickoffs:record", args=[signed.pk])
    assert "会议确定的人员" in client.get(address).text
    officer = {"chief_service_officer_1_user": str(people["officer"].pk)}
    answer = client.post(address, FORM | officer)
    assert answer.status_code == 302, answer.text
    duty = Obligation.objects.get(kind=KICKOFF, subject_id=signed.pk)
    assert duty.met_on == date(2026, 10, 12)
    assert Assignment.objects.filter(project=signed).count() == 4
    shown = client.get(address).text
    for words in ("陈国梁", "王立新", "高峰", "t-officer", "10 月底前完成选址"):
        assert words in shown
    assert signed.name in client.get(reverse("kickoffs:list"), {"show": "held"}).text


def test_bad_input_is_told_and_nothing_typed_is_lost(client, signed):
    people = build.cast()
    client.force_login(people["county"])
    address = reverse("kickoffs:record", args=[signed.pk])
    answer = client.post(
        address, FORM | {"held_on": "2026.13.45", "chair": "", "lead_department_1_phone": "0459-000 0112"}
    )
    assert answer.status_code == 200
    assert "工信局牵头" in answer.text
    assert "请填写会议主持人" in answer.text
    assert not Kickoff.objects.exists()
    future = client.post(address, FORM | {"held_on": "2026-10-14"})
    assert "这一天还没有到" in future.text
    assert not Assignment.objects.exists()


def test_who_may(client, signed):
    people = build.cast()
    address = reverse("kickoffs:record", args=[signed.pk])
    expected = {
        "neighbour": 404, "other_city": 404, "investor": 404, "administrator": 404, "nobody": 404,
        "auditor": 403, "promotion": 403, "city": 200, "province": 200, "county": 200,
    }  # fmt: skip
    for name, status in expected.items():
        client.force_login(people[name])
        assert client.get(address).status_code == status, name
    client.force_login(people["auditor"])
    assert client.post(address, FORM).status_code == 403


def test_a_refused_matter_is_told_on_its_own_line(client, signed):
    people = build.cast()
    client.force_login(people["county"])
    address = reverse("kickoffs:record", args=[signed.pk])
    lines = {"matter_1": "接水", "due_1": "2026-11-20", "matter_2": "用电", "due_2": "2026-10-01"}
    form = client.post(address, FORM | lines).context["form"]
    assert list(form.errors) == ["due_2"]  # that day has passed
    form = client.post(address, FORM | lines | {"due_2": "", "minutes": "长" * 4001}).context["form"]
    assert list(form.errors) == ["minutes"]
    assert not Kickoff.objects.exists()


@pytest.mark.parametrize("held_on", ["0001-01-01", "0019-10-12", "9999-12-31"])
def test_an_impossible_year_is_told(client, held_on):
    people = build.cast()
    unsigned = build.project("意向项目", signed_on=None)
    build.user("t-leader", "package_leader", "230622")
    client.force_login(people["county"])
    address = reverse("kickoffs:record", args=[unsigned.pk])
    for _twice in range(2):
        form = client.post(address, FORM | {"held_on": held_on}).context["form"]
        assert list(form.errors) == ["held_on"]
