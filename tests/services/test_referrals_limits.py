"""The limit of a statement: the person is reminded, the circle hears when it has passed, once, however often it runs."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import InboxItem
from supervision.referrals import limits
from supervision.referrals.models import ReferralState
from tests import build
from tests.build import at
from tests.web import access_referrals

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
RUN: Any = None  # the job's own row is not looked at


def told(part: str) -> list[str]:
    rows = InboxItem.objects.filter(key__contains=f":{part}:").order_by("pk")
    return [row.user.full_name for row in rows.select_related("user")]


def test_the_person_before_and_the_circle_after_the_limit(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    build.cast()
    referral = access_referrals.sample(build.project())
    assert referral.state_by_on is not None
    early = limits.run(RUN, at("2026-11-04 09:30"))
    assert early == {"soon": 0, "late": 0}
    last = at(f"{referral.state_by_on.isoformat()} 08:00")
    for moment in (last, last + timedelta(hours=3)):
        assert limits.run(RUN, moment) == {"soon": 1, "late": 0}
    assert told("soon") == ["高凤霞"]
    for days in (3, 30):  # the job was not run for weeks
        assert limits.run(RUN, last + timedelta(days=days)) == {"soon": 0, "late": 1}
    assert told("late") == ["高国梁"]
    assert (
        "高凤霞" not in InboxItem.objects.get(key__contains=":late:").title
    )  # of whom it is, the circle alone reads
    referral.refresh_from_db()
    assert referral.state == ReferralState.INVITED  # nothing is handed over by itself
