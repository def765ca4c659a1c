"""A clock stopped too late hides nothing; an extension comes before the limit ends; what is missing is kept whole."""

from datetime import date
from typing import Any

import pytest

from accounts.errors import DomainError
from accounts.permissions import Role
from approvals.checklist import queries
from approvals.checklist.lights import breach_q, is_breach, item_light, light_q, thresholds
from approvals.checklist.models import ChecklistItem
from approvals.checklist.warchart import SHOWN, controls_of
from policy.lights import Light
from tests import build
from tests import checklist_help as help_

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def by() -> Any:
    return build.user("t-county")


@pytest.fixture
def own(by: Any) -> Any:
    """肇源县's project with its list; company set-up and filing are done."""
    help_.catalogue()
    project = build.project(company=build.company())
    help_.checklist(project, by)
    help_.decide(project, "QY01", "2026-04-01", by)
    help_.decide(project, "LX01", "2026-04-02", by)
    return project


def accepted(project: Any, by: Any) -> None:
    """LX05 accepted on Tuesday 14 April: promise 21 April, statute 14 May (1, 4, 5 May off, 9 May worked)."""
    help_.step(project, "LX05", "submit", "2026-04-13", by)
    help_.step(project, "LX05", "accept", "2026-04-14", by)


def lights_on(row: ChecklistItem, on: date) -> set[str]:
    """What Python says, and what SQL says, which must be the same."""
    bounds = thresholds(on)
    found = {item_light(row, bounds).value}
    asked = {
        light.value
        for light in (Light.RED, Light.AMBER, Light.BLUE, Light.GREY)
        if ChecklistItem.objects.filter(light_q(light, bounds), pk=row.pk).exists()
    }
    assert asked == found
    assert is_breach(row, on) == ChecklistItem.objects.filter(breach_q(on), pk=row.pk).exists()
    return found


def test_a_stop_after_the_promise_leaves_the_item_late(own: Any, by: Any) -> None:
    accepted(own, by)
    row = help_.step(
        own,
        "LX05",
        "hold",
        "2026-04-24",
        by,
        party="third_party",
        review_on=date(2026, 5, 20),
        note="专家评审",
    )
    assert (row.is_paused, row.is_held, row.due_on) == (False, True, date(2026, 4, 21))
    assert lights_on(row, date(2026, 4, 27)) == {"amber"}
    # the statutory clock was stopped in time: no breach even after its day
    assert row.statutory_deadline["open_pause"] and lights_on(row, date(2026, 5, 18)) == {"red"}
    assert not is_breach(row, date(2026, 5, 18))
    with pytest.raises(DomainError) as refusal:
        help_.step(own, "LX05", "decide", "2026-05-18", by)
    assert refusal.value.code == "clock_stopped"


def test_a_stop_after_the_statute_does_not_end_the_breach(own: Any, by: Any) -> None:
    accepted(own, by)
    row = help_.step(
        own,
        "LX05",
        "hold",
        "2026-05-15",
        by,
        party="third_party",
        review_on=date(2026, 5, 29),
        note="专家评审",
    )
    assert row.statutory_due_on == date(2026, 5, 14)
    assert lights_on(row, date(2026, 5, 18)) == {"red"}
    assert is_breach(row, date(2026, 5, 18))


def test_a_stop_in_time_is_grey(own: Any, by: Any) -> None:
    accepted(own, by)
    row = help_.step(own, "LX05", "ask_supplement", "2026-04-16", by, missing=["红线图"])
    assert row.is_paused
    assert lights_on(row, date(2026, 6, 1)) == {"grey"}


def test_no_extension_after_the_statutory_day(own: Any, by: Any) -> None:
    accepted(own, by)
    with pytest.raises(DomainError) as refusal:
        help_.step(own, "LX05", "extend", "2026-05-15", by, days=10, note="情况复杂")
    assert (refusal.value.code, refusal.value.field) == ("limit_ran_out", "on")
    row = help_.step(own, "LX05", "extend", "2026-05-14", by, days=10, note="情况复杂")
    assert row.statutory_due_on == date(2026, 5, 28)


def test_an_immediate_item_stopped_the_same_day_is_due_when_it_comes_back(by: Any) -> None:
    help_.catalogue()
    project = build.project(company=build.company())
    help_.checklist(project, by)
    help_.decide(project, "QY01", "2026-04-01", by)
    help_.step(project, "LX01", "submit", "2026-04-07", by)
    help_.step(project, "LX01", "accept", "2026-04-07", by)
    row = help_.step(project, "LX01", "ask_supplement", "2026-04-07", by, missing=["声明"])
    assert (row.is_paused, row.due_on) == (True, date(2026, 4, 7))
    row = help_.step(project, "LX01", "resubmit", "2026-04-10", by)
    assert (row.is_paused, row.due_on) == (False, date(2026, 4, 10))
    row = help_.step(project, "LX01", "decide", "2026-04-10", by)
    assert not row.broke_promise


def test_a_long_line_of_what_is_missing_is_kept_whole(own: Any, by: Any) -> None:
    accepted(own, by)
    line = "用地红线图（" + "须加盖测绘单位公章并注明坐标系" * 12 + "）"
    row = help_.step(own, "LX05", "ask_supplement", "2026-04-15", by, missing=[line])
    assert row.missing == [line]


def test_the_war_chart_draws_items_under_their_key_point_and_names_the_block(own: Any, by: Any) -> None:
    accepted(own, by)
    chart = controls_of(own, by, date(2026, 5, 18))
    land = chart.stages["land_planning_permit"]
    assert [one.name for one in land.shown if one.is_block] == ["建设用地规划许可证核发"]
    assert (land.total, land.more) == (3, 0)
    assert sum(n for _label, n in land.counts) == 3
    assert len(land.shown) <= SHOWN
    assert chart.block is not None
    assert (chart.block.control.light, chart.block.control.office) == ("red", "自然资源局")
    assert chart.block.held_up == 1  # the construction permit waits
    assert "production" not in chart.stages


def test_the_war_chart_shows_nothing_to_whom_approvals_are_closed(own: Any) -> None:
    stranger = build.user("t-nobody", role="")
    assert not controls_of(own, stranger, date(2026, 5, 18)).stages
    neighbour = build.user("t-neighbour", division="230621")
    assert not controls_of(own, neighbour, date(2026, 5, 18)).stages


def test_the_list_names_lateness_of_a_stopped_item(own: Any, by: Any) -> None:
    accepted(own, by)
    help_.step(
        own,
        "LX05",
        "hold",
        "2026-05-15",
        by,
        party="third_party",
        review_on=date(2026, 5, 29),
        note="专家评审",
    )
    (row,) = queries.rows_of(queries.listed(by).filter(code="LX05"), date(2026, 5, 18))
    assert row.is_breach and row.light is Light.RED and row.days_left is not None and row.days_left < 0
    office = build.user("t-land", Role.SERVICE_SPECIALIST, "230622", department="natural_resources")
    assert queries.figures(office, date(2026, 5, 18))["red"] == 1
