"""The log of changes as a person reads it: only the own area, only with the right (H16, 等保 8.1.4.3)."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import audit, clock
from accounts.models import AuditRecord, Division
from tests import build

pytestmark = pytest.mark.django_db


def record(division: str, **values: Any) -> AuditRecord:
    target = Division.objects.get(pk=division)
    with transaction.atomic():
        audit.record(
            values.pop("action", "posting_added"),
            target=target,
            by=values.pop("by", None),
            at=clock.now(),
            before=values.pop("before", {"short_name": "旧名", "same": 1}),
            after=values.pop("after", {"short_name": "新名", "same": 1, "is_official": True}),
            **values,
        )
    return AuditRecord.objects.latest("pk")


def test_each_sees_the_own_area_only(client: Client) -> None:
    people = build.cast()
    own, neighbour, city = record("230622"), record("230621"), record("230600")
    client.force_login(people["county"])
    page = client.get("/audit/").text
    assert f"/audit/{own.pk}/" in page
    assert f"/audit/{neighbour.pk}/" not in page and f"/audit/{city.pk}/" not in page
    assert client.get(f"/audit/{neighbour.pk}/").status_code == 404
    client.force_login(people["city"])
    page = client.get("/audit/").text
    assert all(f"/audit/{row.pk}/" in page for row in (own, neighbour, city))
    client.force_login(people["other_city"])
    assert f"/audit/{own.pk}/" not in client.get("/audit/").text


@pytest.mark.parametrize("who", ["promotion", "officer", "investor", "administrator", "nobody"])
def test_without_the_right_nobody_reads_it(client: Client, who: str) -> None:
    row = record("230622")
    client.force_login(build.cast()[who])
    assert client.get("/audit/").status_code == 403
    assert client.get(f"/audit/{row.pk}/").status_code == 403


def test_the_detail_shows_what_changed_in_words(client: Client) -> None:
    person = build.user("t-county", name="孙丽娟")
    row = record("230622", by=person, reason="改名", rule_id="HLJ-07-1")
    client.force_login(person)
    page = client.get(f"/audit/{row.pk}/").text
    for part in ("增加任职", "孙丽娟", "旧名", "新名", "改名", "HLJ-07-1", row.hash):
        assert part in page
    assert "same" not in page, "what did not change is left out"


def test_filters(client: Client) -> None:
    person = build.user("t-city", division="230600", name="周国强")
    record("230622", action="posting_ended")
    client.force_login(person)
    day = clock.today().isoformat()

    def rows(query: str) -> int:
        return len(client.get(f"/audit/?{query}").context["page"].object_list)

    assert rows("action=posting_ended") == 1 and rows("action=posting_added") == 0
    assert rows("q=肇源") == 1 and rows("q=没有") == 0
    assert rows("division=230622") == 1 and rows("division=230621") == 0
    assert rows(f"first={day}&last={day}") == 1 and rows("last=2020-01-01") == 0


@pytest.mark.parametrize(
    "query", ["first=2026-13-45", "first=2026-02-02&last=2026-01-01", "division=230200", "page=x"]
)
def test_nonsense_in_the_address_is_no_fault(client: Client, query: str) -> None:
    client.force_login(build.user("t-county"))
    assert client.get(f"/audit/?{query}").status_code == 200


def test_text_in_the_log_is_escaped(client: Client) -> None:
    row = record("230622", after={"name": "<script>alert(1)</script>"}, reason="<img src=x>")
    client.force_login(build.user("t-county"))
    for path in ("/audit/", f"/audit/{row.pk}/"):
        page = client.get(path).text
        assert "<script>alert" not in page and "<img src=x>" not in page


def test_what_several_subjects_call_the_same_is_one_choice(client: Client) -> None:
    person = build.user("t-county", name="孙丽娟")
    rows = [
        record("230622", action=action) for action in ("ticket_accept", "referral_accepted", "posting_added")
    ]
    client.force_login(person)
    page = client.get("/audit/").text
    assert page.count(">受理</option>") == 1
    chosen = page.split(">受理</option>")[0].rsplit('value="', 1)[1].split('"')[0]
    found = client.get("/audit/", {"action": chosen}).text
    assert [f"/audit/{row.pk}/" in found for row in rows] == [True, True, False]
