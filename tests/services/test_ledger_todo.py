"""Who is asked to do what while a ledger is on its way: the county waits, the city and the province decide."""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Obligation
from accounts.obligations import todo
from policy.periods import Period
from projects.models import Project
from reporting.ledgers import packages, reviewing, submitting
from reporting.ledgers import todo as ledgers_todo
from reporting.ledgers.evaluate import Draft
from reporting.ledgers.models import RowMatch
from reporting.ledgers.present import row_view
from tests.ledger_help import (
    DAQING,
    OCTOBER,
    PROVINCE,
    ZHAOYUAN,
    ZHAOZHOU,
    answer_all,
    book,
    moment,
    office,
    row,
    stage,
    unit,
)

TODAY = date(2026, 11, 21)
NOW = moment("2026-11-21 10:00")


@pytest.fixture
def duty(db):
    call_command("seed_calendar", verbosity=0)
    return Obligation.objects.create(
        kind="ledger_county", unit=unit(ZHAOYUAN), period="2026-10", due_on=date(2026, 10, 26),
        nominal_on=date(2026, 10, 25), rule_id="x", made_at=moment(), **unit(ZHAOYUAN).codes,
    )  # fmt: skip


def handed_in(by):
    attempt = answer_all(stage(book([row(1)]), by), by)
    return submitting.submit_attempt(attempt=attempt, by=by, at=moment())


def keyed(user, start):
    return [item for item in todo.items_for(user, TODAY) if item.key.startswith(start)]


def test_a_ledger_handed_in_is_no_longer_counted_as_late(duty):
    county, city = office(ZHAOYUAN), office(DAQING)
    assert keyed(county, "obligation:")[0].days_late > 0
    attempt = handed_in(county)
    [item] = keyed(county, "obligation:")
    assert (item.waiting, item.days_left, item.due_on, item.detail) == (
        True,
        None,
        None,
        "已报送，等上级处理",
    )
    reviewing.return_attempt(
        attempt=attempt, note="请核对", row_reasons={}, by=city, at=moment("2026-10-24 09:00")
    )
    assert keyed(county, "obligation:")[0].days_late > 0


def test_the_home_page_of_the_county_says_it_is_handed_in(duty, client, settings):
    county = office(ZHAOYUAN)
    handed_in(county)
    client.force_login(county)
    page = client.get(reverse("home")).content.decode()
    assert "已报送，等上级处理" in page and "查看报送件" in page and "核对并报送" not in page


def test_the_city_is_asked_to_decide_and_nobody_else(duty):
    county, city, province = office(ZHAOYUAN), office(DAQING), office(PROVINCE)
    elsewhere, below = office("230200"), office(ZHAOZHOU)
    attempt = handed_in(county)
    [item] = keyed(city, "hand-in:")
    assert item.title == "处理肇源县2026年10月台账" and item.url == reverse(
        "ledgers:attempt", args=[attempt.pk]
    )
    assert not any(keyed(user, "hand-in:") for user in (county, province, elsewhere, below))
    assert ledgers_todo.month_meant(city, unit(DAQING), NOW) == OCTOBER
    assert ledgers_todo.month_meant(elsewhere, unit("230200"), NOW) == Period.month(2026, 11)
    reviewing.accept_attempt(attempt=attempt, by=city, at=moment("2026-10-24 10:00"))
    assert not keyed(city, "hand-in:")
    assert ledgers_todo.month_meant(city, unit(DAQING), NOW) == Period.month(2026, 11)


def test_the_province_is_asked_to_decide_on_a_package(duty):
    county, city, province = office(ZHAOYUAN), office(DAQING), office(PROVINCE)
    reviewing.accept_attempt(attempt=handed_in(county), by=city, at=moment("2026-10-24 10:00"))
    package = packages.send_package(unit=unit(DAQING), period=OCTOBER, by=city, at=moment("2026-10-26 10:00"))
    [item] = keyed(province, "package:")
    assert item.title == "处理大庆市2026年10月台账汇总" and not keyed(city, "package:")
    assert ledgers_todo.month_meant(province, unit(PROVINCE), NOW) == OCTOBER
    packages.accept_package(package=package, by=province, at=moment("2026-10-27 10:00"))
    assert not keyed(province, "package:")


def test_every_changed_cell_of_a_row_is_told():
    values = {
        "invested_total": [100], "node.engineering_permit": ["2026-08-17"], "node.construction_permit": ["2026-09-01"],
        "lead_department": ["县工信局"],
    }  # fmt: skip
    changed = ["node.engineering_permit", "node.construction_permit", "lead_department"]
    draft = Draft(
        1,
        "有机水稻",
        values,
        match=RowMatch.MATCHED,
        changed=changed,
        previous={"live": {"lead_department": "县农业局"}},
    )
    view = row_view(draft, {})
    shown = {cell.field for cell in view.cells if cell.changed} | {cell.field for cell in view.more_changes}
    assert shown == set(changed)
    told = {cell.field: (str(cell.label), cell.text, cell.old) for cell in view.more_changes}
    assert told["lead_department"][1:] == ("县工信局", "县农业局")
    assert told["node.engineering_permit"][1] == "2026-08-17"


def test_all_that_a_new_project_is_entered_with_is_told():
    values = {
        "company": ["某公司"],
        "node.company_setup": ["2026-01-05"],
        "node.construction_start": ["2026-05"],
    }
    view = row_view(Draft(1, "新项目", values, match=RowMatch.NEW), {})
    assert [(c.field, c.text) for c in view.more_changes] == [
        ("company", "某公司"),
        ("node.company_setup", "2026-01-05"),
    ]


def test_city_and_county_read_the_changes_below_the_row(duty, client):
    county, city = office(ZHAOYUAN), office(DAQING)
    attempt = handed_in(county)
    client.force_login(city)
    page = client.get(reverse("ledgers:attempt", args=[attempt.pk])).content.decode()
    assert "另有填报：" in page and "某某有限公司" in page


def test_a_gap_of_the_record_that_is_filled_counts_as_a_change(duty):
    county, city = office(ZHAOYUAN), office(DAQING)
    reviewing.accept_attempt(attempt=handed_in(county), by=city, at=moment("2026-10-24 10:00"))
    title = "大庆市肇源县招商引资签约项目2026年11月进程信息台账"
    may = {"period": Period.month(2026, 11), "at": NOW}
    assert "place" not in stage(book([row(1, month=0)], title=title), county, **may).rows.get().changed
    Project.objects.update(place="")
    assert (
        "place" in stage(book([row(1, month=1, total=1001)], title=title), county, **may).rows.get().changed
    )
