"""Links and codes for people outside: looked at freely, used as often as allowed, told apart when they end."""

from datetime import date, datetime, timedelta

import pytest

from accounts.clock import BUSINESS_ZONE
from accounts.errors import DomainError
from accounts.models import AuditRecord, OutsideLink
from accounts.outside.links import find_link, make_link, plain_code, revoke_link, use_link
from tests import build

AT = datetime(2026, 10, 23, 9, 0, tzinfo=BUSINESS_ZONE)
pytestmark = pytest.mark.django_db


def _made(**changes):
    return make_link(
        **(
            {"kind": "invite", "subject_id": 7, "expires_on": date(2026, 12, 31), "by": None, "at": AT}
            | changes
        )
    )


def _refused(kind, text, at=AT):
    with pytest.raises(DomainError) as refusal:
        find_link(kind, text, at)
    return refusal.value.code


def test_link_and_code_lead_to_the_same_row_and_neither_is_stored():
    row, text, code = _made()
    assert find_link("invite", text, AT) == find_link("invite", code, AT) == row
    assert find_link("invite", f" {code.lower().replace('-', ' ')} ", AT) == row
    stored = OutsideLink.objects.values_list("digest", "code_digest").get()
    assert text not in stored
    assert plain_code(code) not in stored
    assert AuditRecord.objects.get().action == "outside_link_made"


def test_looking_uses_nothing_and_a_one_time_link_is_used_once():
    row, text, _code = _made(uses=1)
    for _n in range(5):
        find_link("invite", text, AT)
    first, second = find_link("invite", text, AT), find_link("invite", text, AT)
    use_link(link=first, at=AT)
    with pytest.raises(DomainError) as refusal:
        use_link(link=second, at=AT)
    assert refusal.value.code == "link_used"
    assert _refused("invite", text) == "link_used"
    row.refresh_from_db()
    assert (row.uses_left, row.first_used_at, row.last_used_at) == (0, AT, AT)


def test_a_link_without_a_number_of_uses_serves_until_its_last_day():
    _row, text, _code = _made(expires_on=date(2026, 10, 23))
    for hours in (0, 5, 14):
        use_link(link=find_link("invite", text, AT + timedelta(hours=hours)), at=AT + timedelta(hours=hours))
    assert _refused("invite", text, datetime(2026, 10, 24, 0, 1, tzinfo=BUSINESS_ZONE)) == "link_expired"


def test_revoked_unknown_and_foreign_links():
    row, text, code = _made()
    assert _refused("rating", text) == "link_unknown"
    assert _refused("invite", "") == "link_unknown"
    assert _refused("invite", "x" * 50_000) == "link_unknown"
    assert _refused("invite", code[:-1]) == "link_unknown"
    held = find_link("invite", text, AT)
    assert revoke_link(link=row, by=build.user("office"), at=AT) is True
    assert revoke_link(link=row, by=None, at=AT) is False
    assert _refused("invite", text) == "link_revoked"
    with pytest.raises(DomainError):
        use_link(link=held, at=AT)


@pytest.mark.parametrize(
    ("typed", "plain"), [("k7qm-2xpa-9drt", "K7QM2XPA9DRT"), ("K7QM 2XPA—9DRT", "K7QM2XPA9DRT"), ("", "")]
)
def test_plain_code(typed, plain):
    assert plain_code(typed) == plain
