"""Approval items and tickets light like key points: by their stored day, cleared by the fact, told to who has them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditRecord, Department, Division, InboxItem
from accounts.permissions import Role
from approvals.checklist.models import ChecklistItem
from approvals.tickets import services as tickets
from approvals.tickets.models import Side, Ticket, TicketKind, TicketState
from policy.services import current_calendar
from projects import services as projects
from projects.models import Project, ProjectState, TeamRole
from supervision.warnings import queries, services, why
from supervision.warnings.models import Warning
from tests import build
from tests import checklist_help as help_
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
# Friday; the promise of five working days ends on Friday 23 October.
ACCEPTED, DUE = "2026-10-16", date(2026, 10, 23)


def scan(text: str) -> dict[str, int]:
    return services.scan(at(f"{text} 09:00"))


def only() -> Warning:
    return Warning.objects.get(cleared_on=None)


@pytest.fixture
def people() -> dict[str, Any]:
    found = build.cast()
    found["land"] = build.user("t-land", Role.SERVICE_SPECIALIST, "230622", department="natural_resources")
    found["power"] = build.user("t-power", Role.SERVICE_SPECIALIST, "230622", department="power_supply")
    found["city_power"] = build.user(
        "t-city-power", Role.SERVICE_SPECIALIST, "230600", department="power_supply"
    )
    return found


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    row = build.project(company=build.company())
    for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
        projects.appoint(
            project=row, role=role, user=people[who], valid_from=date(2026, 4, 1), by=people["county"],
            at=at("2026-04-01 09:00"),
        )  # fmt: skip
    return row


@pytest.fixture
def item(people: dict[str, Any], project: Project) -> ChecklistItem:
    """The planning permit, accepted; its organ's clock runs."""
    help_.catalogue()
    help_.checklist(project, people["county"])
    help_.decide(project, "QY01", "2026-10-12", people["county"])
    help_.decide(project, "LX01", "2026-10-13", people["county"])
    help_.step(project, "LX05", "submit", ACCEPTED, people["county"])
    row = help_.step(project, "LX05", "accept", ACCEPTED, people["county"])
    assert row.due_on == DUE
    return row


@pytest.fixture
def ticket(people: dict[str, Any], project: Project) -> Ticket:
    """The power company works on it, until Friday 23 October."""
    asked = tickets.open_ticket(
        project=project, kind=TicketKind.ELECTRICITY, title="临时用电接入", text="630 kVA", by=people["investor"],
        at=at("2026-10-12 10:00"),
    )  # fmt: skip
    row = tickets.accept(ticket=asked, person=people["power"], by=people["power"], at=at("2026-10-12 15:00"))
    Ticket.objects.filter(pk=row.pk).update(due_on=DUE, next_due_on=DUE)
    row.refresh_from_db()
    return row


def told() -> set[tuple[str, str]]:
    return {
        (row.user.username, row.key.split(":")[2])
        for row in InboxItem.objects.filter(kind="warning").select_related("user")
    }


def test_an_item_lights_and_goes_out_by_its_decision(
    item: ChecklistItem, project: Project, people: dict[str, Any]
) -> None:
    assert scan("2026-10-20") == {}  # three working days left
    assert scan("2026-10-21") == {"opened": 1}
    row = only()
    assert (row.rule_key, row.subject_key, row.level, row.due_on) == (
        "approval_warning", f"item:{item.pk}", "blue", DUE,
    )  # fmt: skip
    assert (row.item_id, row.project_id, row.county_code, row.tier) == (item.pk, project.pk, "230622", 3)
    assert (row.opened_on, row.level_since) == (date(2026, 10, 21), date(2026, 10, 21))
    assert scan("2026-10-21") == {}
    assert scan("2026-10-24") == {"changed": 1}
    assert scan("2026-10-30") == {}  # 26 to 30: five working days late
    assert scan("2026-10-31") == {}  # a Saturday
    assert scan("2026-11-02") == {"changed": 1}
    assert (only().level, only().tier, only().level_since) == ("red", 2, date(2026, 11, 2))
    help_.step(project, "LX05", "decide", "2026-11-02", people["county"], result_number="地字第1号")
    assert scan("2026-11-03") == {"cleared": 1}
    row = Warning.objects.get()
    assert row.cleared_on == date(2026, 11, 2)
    assert "2026-11-02" in row.clear_note
    actions = ["opened", "changed", "changed", "gone_up", "cleared"]
    found = AuditRecord.objects.filter(object_id=str(row.pk), object_type="supervision.warning").order_by(
        "pk"
    )
    assert list(found.values_list("action", flat=True)) == [f"warning_{one}" for one in actions]


def test_a_stopped_clock_and_an_ended_project_show_no_light(
    item: ChecklistItem, project: Project, people: dict[str, Any]
) -> None:
    scan("2026-10-21")
    help_.step(project, "LX05", "ask_supplement", "2026-10-22", people["county"], missing=["用地红线图"])
    assert scan("2026-10-22") == {"cleared": 1}
    assert "企业" in Warning.objects.get().clear_note
    help_.step(project, "LX05", "resubmit", "2026-10-26", people["county"])
    assert scan("2026-10-26") == {"opened": 1}  # the days the enterprise had are not counted
    assert only().due_on == ChecklistItem.objects.get(pk=item.pk).due_on > DUE
    Project.objects.filter(pk=project.pk).update(state=ProjectState.TERMINATED, ended_on=date(2026, 10, 27))
    assert scan("2026-10-27") == {"cleared": 1}
    assert scan("2026-11-20") == {}


def test_an_items_light_is_told_to_department_officer_and_office(item: ChecklistItem) -> None:
    scan("2026-10-21")
    scan("2026-10-24")
    assert told() == set()
    scan("2026-11-02")
    assert told() == {("t-officer", "red"), ("t-county", "red"), ("t-city", "red")}
    urls = set(InboxItem.objects.filter(kind="warning").values_list("url", flat=True))
    assert urls == {reverse("checklist:item", args=[item.pk])}


def test_why_the_item_is_lit_and_whose_turn(item: ChecklistItem, people: dict[str, Any]) -> None:
    scan("2026-10-26")
    warning = queries.detailed(people["county"]).get()
    rule = queries.rule_of(warning)
    told = why.explain(warning, rule, None, current_calendar(), date(2026, 10, 26))
    text = "；".join(step["text"] for step in told["steps"])
    assert told["rule"] == "STD-light-approval"
    assert "承诺时限" in text
    assert "逾期 1 个工作日" in text
    assert any(step["on"] == item.statutory_due_on.isoformat() for step in told["steps"] if step["on"])
    turn = why.turns(warning, date(2026, 10, 26))
    assert turn[0].name == Department.objects.get(pk=item.department_id).name
    assert people["officer"].full_name in [one.name for one in turn]


def test_a_ticket_lights_and_rests_while_the_investor_is_asked(
    ticket: Ticket, people: dict[str, Any]
) -> None:
    assert scan("2026-10-20") == {}
    assert scan("2026-10-21") == {"opened": 1}
    row = only()
    assert (row.rule_key, row.subject_key, row.level, row.ticket_id) == (
        "ticket_warning", f"ticket:{ticket.pk}", "blue", ticket.pk,
    )  # fmt: skip
    assert told() == set()
    assert scan("2026-10-24") == {"changed": 1}
    tickets.ask_close(ticket=ticket, result="已接通", by=people["power"], at=at("2026-10-26 10:00"))
    assert scan("2026-10-26") == {"cleared": 1}
    assert "确认" in Warning.objects.get().clear_note
    assert scan("2026-11-20") == {}


def test_a_closed_ticket_went_out_on_the_day_it_was_closed(ticket: Ticket, people: dict[str, Any]) -> None:
    scan("2026-10-26")
    ticket = tickets.ask_close(ticket=ticket, result="已接通", by=people["power"], at=at("2026-10-27 10:00"))
    tickets.confirm_close(ticket=ticket, by=people["investor"], at=at("2026-10-28 10:00"))
    assert scan("2026-11-02") == {"cleared": 1}
    row = Warning.objects.get()
    assert row.cleared_on == date(2026, 10, 28)
    assert "2026-10-28" in row.clear_note


def test_an_offer_the_investor_has_not_answered_is_not_the_offices_fault(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.PROPOSED, opened_side=Side.OFFICE)
    assert scan("2026-11-20") == {}
    Ticket.objects.filter(pk=ticket.pk).update(opened_side=Side.INVESTOR)
    assert scan("2026-11-20") == {"opened": 1, "gone_up": 1}


def test_a_ticket_taken_up_is_the_upper_offices(ticket: Ticket, people: dict[str, Any]) -> None:
    scan("2026-10-26")
    assert (only().level, only().tier) == ("amber", 3)
    city = Division.objects.get(pk="230600")
    power = Department.objects.get(division=city, code="power_supply")
    Ticket.objects.filter(pk=ticket.pk).update(division=city, department=power, person=None)
    assert scan("2026-10-27") == {"changed": 1}
    assert only().tier == 2
    assert ("t-city", "amber") in told()
    assert scan("2026-10-27") == {}
    InboxItem.objects.all().delete()
    scan("2026-11-02")  # red, and so late that the tier above the holder is told
    assert only().tier == 1
    assert {name for name, _level in told()} == {"t-officer", "t-city", "t-province"}
    assert only().up_on == date(2026, 11, 2)
    warning = queries.detailed(people["city"]).get()
    assert why.turns(warning, date(2026, 11, 2))[0].name == power.name


def test_skipped_days_leave_no_trace(item: ChecklistItem, ticket: Ticket) -> None:
    fields = ("subject_key", "level", "due_on", "opened_on", "level_since", "tier", "cleared_on")
    for day in ("2026-10-21", "2026-10-24", "2026-10-28", "2026-11-02"):
        scan(day)
    daily = set(Warning.objects.values_list(*fields))
    assert len(daily) == 2
    Warning.objects.all().delete()
    scan("2026-11-02")
    assert set(Warning.objects.values_list(*fields)) == daily


def test_a_run_with_nothing_new_is_one_statement_each(item: ChecklistItem, ticket: Ticket) -> None:
    scan("2026-10-26")
    with CaptureQueriesContext(connection) as few:
        assert scan("2026-10-26") == {}
    assert not [q for q in few if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert sum("approvals_checklistitem" in q["sql"] for q in few) == 3  # limit, stopped clock, commitment
    assert sum("approvals_ticket" in q["sql"] for q in few) == 1


def test_the_pages_name_them_and_filter_by_them(
    item: ChecklistItem, ticket: Ticket, people: dict[str, Any], client: Client
) -> None:
    scan("2026-10-26")
    client.force_login(people["county"])
    address = reverse("warnings:list")
    page = client.get(address).content.decode()
    assert item.name in page
    assert ticket.title in page
    page = client.get(address, {"rule": "approval_warning"}).content.decode()
    assert item.name in page
    assert ticket.title not in page
    page = client.get(address, {"rule": "ticket_warning"}).content.decode()
    assert ticket.title in page
    assert item.name not in page
    lit = Warning.objects.get(item=item)
    page = client.get(reverse("warnings:detail", args=[lit.pk])).content.decode()
    assert reverse("checklist:item", args=[item.pk]) in page
    lit = Warning.objects.get(ticket=ticket)
    page = client.get(reverse("warnings:detail", args=[lit.pk])).content.decode()
    assert reverse("tickets:detail", args=[ticket.pk]) in page
    client.force_login(people["neighbour"])
    assert client.get(reverse("warnings:detail", args=[lit.pk])).status_code == 404
