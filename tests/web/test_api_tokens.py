"""One's own tokens: shown once, bound to a posting in force, told in the log without their text."""

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.errors import DomainError, StaleState
from accounts.models import ApiToken, AuditRecord, Posting
from accounts.permissions import Role
from accounts.tokens import services
from tests import build

pytestmark = pytest.mark.django_db
NOW = build.at("2026-11-05 09:30")
PAGE = "/account/tokens/"


@pytest.fixture(autouse=True)
def _fixed_clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def issue(user: Any, **values: Any) -> tuple[ApiToken, str]:
    given = {
        "posting": user.postings.first(), "label": "县平台", "expires_on": date(2026, 12, 31), "by": user, "at": NOW,
    }  # fmt: skip
    return services.issue_token(**(given | values))


def test_the_token_is_shown_once_and_only_its_digest_kept() -> None:
    county = build.user("county")
    client = client_of(county)
    form = {"label": "县招商平台", "posting": county.postings.get().pk, "expires_on": "2027-03-31"}
    response = client.post(PAGE, form)
    page = response.content.decode()
    text = re.search(rf"{services.PREFIX}[\w-]{{43}}", page)
    assert text and "no-store" in response["Cache-Control"]
    token = ApiToken.objects.get()
    assert token.digest == services.digest_of(text[0]) and token.expires_on == date(2027, 3, 31)
    listed = client.get(PAGE).content.decode()
    assert "县招商平台" in listed and text[0] not in listed and token.digest not in page + listed
    record = AuditRecord.objects.get(action="token_issued")
    assert record.actor_id == county.pk and record.county_code == "230622"
    told = str(record.after) + record.object_label
    assert "县招商平台" in told and token.digest not in told and text[0] not in told


def test_revoking_is_recorded_and_final() -> None:
    county = build.user("county")
    token, _text = issue(county)
    client = client_of(county)
    assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at == NOW
    assert AuditRecord.objects.filter(action="token_revoked").count() == 1
    assert "已停用" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{token.pk}/revoke/")
    assert AuditRecord.objects.filter(action="token_revoked").count() == 1
    with pytest.raises(StaleState):
        services.revoke_token(token=token, by=county, at=NOW)


def test_nobody_reaches_the_tokens_of_another() -> None:
    county, other = build.user("county"), build.user("other")
    token, _text = issue(county)
    client = client_of(other)
    assert "县平台" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    with pytest.raises(PermissionDenied):
        services.revoke_token(token=token, by=other, at=NOW)
    with pytest.raises(PermissionDenied):
        issue(other, posting=county.postings.get())
    form = {"label": "x", "posting": county.postings.get().pk, "expires_on": "2026-12-31"}
    assert client.post(PAGE, form).status_code == 200
    assert ApiToken.objects.count() == 1 and ApiToken.objects.get().revoked_at is None


def test_rules_say_what_to_mend_and_keep_what_was_typed() -> None:
    county = build.user("county")
    for code, values in (
        ("expires_before_today", {"expires_on": date(2026, 11, 4)}),
        ("expires_too_late", {"expires_on": date(2027, 11, 6)}),
        ("label_required", {"label": "  "}),
    ):
        with pytest.raises(DomainError) as refused:
            issue(county, **values)
        assert refused.value.code == code and refused.value.field
    ended = Posting.objects.create(
        user=county,
        role=Role.AUDITOR,
        division_id="230622",
        valid_from=date(2020, 1, 1),
        valid_to=date(2026, 11, 4),
    )
    with pytest.raises(DomainError) as refused:
        issue(county, posting=ended)
    assert refused.value.code == "posting_ended"
    form = {"label": "县招商平台", "posting": county.postings.first().pk, "expires_on": "2028-01-01"}
    page = client_of(county).post(PAGE, form).content.decode()
    assert "365" in page and "县招商平台" in page and not ApiToken.objects.exists()


def test_a_posting_has_ten_tokens_at_most() -> None:
    county = build.user("county")
    for _number in range(services.MOST_PER_POSTING):
        issue(county)
    with pytest.raises(DomainError) as refused:
        issue(county)
    assert refused.value.code == "too_many_tokens"
    services.revoke_token(token=ApiToken.objects.all()[0], by=county, at=NOW)
    issue(county)


def test_without_a_posting_the_page_says_what_to_do() -> None:
    page = client_of(build.user("nobody", role="")).get(PAGE).content.decode()
    assert "联系本单位管理员" in page and "<form method" not in page.split("<main")[1].split("</main>")[0]
    assert client_of(build.user("nobody2", role="")).post(PAGE, {"label": "x"}).status_code == 200
