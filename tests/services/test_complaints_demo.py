"""The demo's complaints go through the services: by phone with its call, and in a second round."""

import pytest

from accounts.models import User
from policy.services import current_calendar
from reporting.demo import complaints, people
from supervision.complaints.models import Complaint
from tests import build

pytestmark = pytest.mark.django_db


def test_the_demo_shows_a_call_and_a_second_round():
    people.ensure_people("demo-demo-demo")
    users = {user.username: user for user in User.objects.all()}
    today = build.at("2026-11-20 09:00").date()
    assert complaints.write_complaints(users, today=today, calendar=current_calendar()) == 13
    called = Complaint.objects.get(channel="phone")
    assert (called.state, called.satisfied, called.present.call_by) == (
        "replied",
        True,
        users["office-230600"],
    )
    again = Complaint.objects.get(round=2)
    assert [one.satisfied for one in again.rounds.all()] == [False, None]
    assert again.get_outcome_display() == "部分属实，未整改"
    assert users["discipline-230000"].postings.get().division_id == "230000"
