"""What no person types but anyone may send: NUL, superscript digits, thousands of digits, the ends of the calendar."""

import io

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory
from openpyxl import Workbook

from accounts.middleware import PlainTextMiddleware
from accounts.typed import whole_number
from policy.periods import Period
from reporting.ledgers.models import Attempt, LedgerEntry
from reporting.tableimport.grid import _without_controls, load_sheets
from tests.web.world import World

LONG = "9" * 5000


@pytest.mark.parametrize("text", ["²", "-1", "１２", LONG, "", None, "1.0", " 1"])
def test_only_plain_digits_are_a_number(text):
    assert whole_number(text) is None
    assert whole_number("42") == 42


@pytest.mark.parametrize("text", ["0001-01", "1999-12", "2100", "９９９９"])
def test_a_period_lies_in_this_century(text):
    with pytest.raises(ValueError, match=r"period|期"):
        Period.parse(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/divisions/%00/",
        "/boards/?unit=%00",
        "/kickoffs/?q=a%00b",
        "/ledgers/units/%00/2026-10/",
        "/login/?next=%00",
    ],
)
def test_nul_in_an_address_is_a_bad_request(client: Client, path: str):
    assert client.get(path).status_code == 400


@pytest.mark.django_db
def test_nul_in_a_form_is_a_bad_request(client: Client):
    assert client.post("/login/", {"username": "a\0b", "password": "x"}).status_code == 400


def test_a_form_without_nul_passes():
    middleware = PlainTextMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    middleware.process_view(RequestFactory().post("/", {"a": "镈𠮷"}), None, (), {})
    with pytest.raises(SuspiciousOperation):
        middleware.process_view(RequestFactory().post("/", {"a\0": "b"}), None, (), {})


@pytest.mark.django_db
@pytest.mark.parametrize("period", ["2026Q3", "2026", "1990-01", "0001-01"])
def test_only_a_month_has_a_ledger(browse_as, world: World, period: str):
    client = browse_as("county")
    before = Attempt.objects.count()
    for address in ("nil", "online", "prefilled"):
        path = f"/ledgers/units/230622/{period}/{address}/"
        assert client.get(path).status_code in (404, 405)
        assert client.post(path, {"note": "x"}).status_code in (404, 405)
    assert Attempt.objects.count() == before
    assert not LedgerEntry.objects.filter(period=period).exists()


@pytest.mark.django_db
def test_odd_row_numbers_change_nothing(browse_as, world: World):
    client, pk = browse_as("county"), world.staged.pk
    for odd in ("²", LONG):
        for path, form in (
            (f"/ledgers/attempts/{pk}/save/", {f"cell:{odd}:progress": "x", f"row:{odd}:x": "y"}),
            (f"/ledgers/attempts/{pk}/edit/", {"same": odd}),
            (f"/ledgers/attempts/{pk}/edit/", {"same": "all", "row": odd}),
        ):
            assert client.post(path, form).status_code < 500
    for path in ("/projects/", "/audit/", "/warnings/"):
        assert browse_as("province").get(path, {"per_page": LONG}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{"last": "9999-12-31"}, {"first": "0001-01-01"}])
def test_the_log_asked_for_the_ends_of_the_calendar(browse_as, world: World, asked: dict[str, str]):
    assert browse_as("auditor").get("/audit/", asked).status_code == 200


def test_control_characters_of_a_workbook_are_dropped(tmp_path):
    assert _without_controls(rb'["a\u0000b\u001f","c\nd","\\u0000"]') == rb'["ab","c\nd","\\u0000"]'
    book = Workbook()
    book.active["A1"] = "前_x0000_后"
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "控制.xlsx"
    path.write_bytes(out.getvalue())
    _checked, sheets = load_sheets(path, path.name)
    assert "\0" not in str(sheets[0].cell(0, 0))


@pytest.mark.django_db
def test_a_form_cut_short_empties_nothing(browse_as, world: World):
    point = world.project.milestones.exclude(actual_on=None).first() or world.project.milestones.first()
    before = list(
        world.project.milestones.order_by("pk").values_list("planned_on", "actual_on", "responsible")
    )
    client = browse_as("county")
    client.post(f"/projects/{world.project.pk}/plan/", {"version": world.project.version, "reason": "x"})
    assert (
        list(world.project.milestones.order_by("pk").values_list("planned_on", "actual_on", "responsible"))
        == before
    )
    assert point is not None
