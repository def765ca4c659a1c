"""What the pages of the public site read of the large payloads, and what the publisher is told of a title."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.clock import BUSINESS_ZONE
from reporting.circulars.models import Circular
from reporting.disclosure import queries
from reporting.disclosure.models import Publication
from tests.web.test_disclosure_pages import AT, _circular_of, published, unkept, world

__all__ = ["published", "unkept", "world"]
pytestmark = pytest.mark.django_db
WHOLE = re.compile(r'(?:SELECT|,) "reporting_publication"."payload"')  # the column itself, not a field of it


def _publish(world, period, payload, **changes):
    return Publication.objects.create(
        unit_id="230000", circular=_circular_of(world, period), slug=f"230000-{period}-x", period=period,
        cut_off_on=f"{period}-28", payload={**payload, "period": period}, digest="d",
        published_by=world["province_head"], published_at=AT.astimezone(BUSINESS_ZONE), province_code="230000",
        **changes,
    )  # fmt: skip


def test_the_office_list_reads_no_payload_and_names_what_corrects_a_row(world, published):
    payload = {**published.payload, "number": "黑营商通〔2026〕99号"}
    _publish(world, "2026-09", payload, replaced_by=published)
    client = Client()
    client.force_login(world["province_head"])
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("disclosure:list")).content.decode()
    assert not [query["sql"] for query in asked if WHOLE.search(query["sql"])]
    assert published.payload["title"] in page and "黑营商通〔2026〕99号" in page
    assert page.count(published.payload["number"]) == 2  # its own row, and that of the corrected one
    assert len(client.get(reverse("disclosure:list") + "?per_page=20&page=9").context["page_obj"]) == 2


def test_the_file_of_departments_is_read_from_the_twelve_newest_months_alone(world, published):
    months = [f"2025-{n:02}" for n in range(1, 13)] + ["2026-09"]
    for month in months:
        _publish(world, month, published.payload)
    with CaptureQueriesContext(connection) as asked:
        newest = queries.newest_payloads("230000")
    assert [one["period"] for one in newest] == [*months[2:], "2026-10"]
    assert WHOLE.search(asked[0]["sql"])
    assert "LIMIT 12" in asked[0]["sql"]
    with CaptureQueriesContext(connection) as asked:
        everything = queries.payloads("230000")
    assert [one["period"] for one in everything] == [*months, "2026-10"]
    assert not WHOLE.search(asked[0]["sql"])
    for name in ("cut_off_on", "number", "units", "counties", "extras"):
        assert everything[-1][name] == published.payload[name], name
    assert everything[-1]["offices"] == {
        name: published.payload["offices"][name] for name in ("total", "places")
    }
    page = Client().get(reverse("public:data")).content.decode()
    assert f"{sum(len(one['counties']) for one in everything)}" in page.replace(",", "")


@pytest.mark.parametrize(
    ("title", "names", "personal"),
    [
        ("通报（联系电话13912345678）", False, True),
        ("关于机密项目2的通报", True, False),
        ("关于机密项目2的通报13912345678", True, True),
    ],
)
def test_the_publisher_is_told_what_is_wrong_with_the_title(world, title, names, personal):
    Circular.objects.filter(pk=world["circular"].pk).update(title=title)
    client = Client()
    client.force_login(world["province_head"])
    address = reverse("disclosure:publish", args=[world["circular"].pk])
    page = client.get(address).content.decode()
    assert ("标题中有项目或企业名称" in page) is names
    assert ("标题中疑似有个人信息" in page) is (personal and not names)
    assert ("“13912345678”" in page) is personal
    assert ("“13912345678” （疑似个人信息）" in page) is (names and personal)
    client.post(address, {"sections": [], "checked": "on"})
    assert not Publication.objects.exists()
