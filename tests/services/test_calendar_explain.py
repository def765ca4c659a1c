"""manage.py explain_deadline: what it prints, and that nothing wrong ends in a traceback."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from policy.models import CalendarNotice

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def explain(*words: str) -> Any:
    out = StringIO()
    call_command("explain_deadline", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", ["H7", "h7", "kickoff_meeting", "HLJ-07-kickoff"])
def test_one_rule_gives_one_object(name: str) -> None:
    found = explain(name, "--from", "2026-09-24")
    assert found["rule"] == "HLJ-07-kickoff" and found["key"] == "kickoff_meeting"
    assert (found["regime"], found["article"]) == ("heilongjiang", "H7")
    assert (found["from"], found["due_on"], found["nominal_on"]) == ("2026-09-24", "2026-10-22", "2026-10-22")
    assert found["provisional"] is False and "第七条" in found["basis"]
    assert found["steps"][-1]["on"] == "2026-10-22"


def test_an_article_with_several_rules_gives_a_list() -> None:
    found = explain("H18", "--from", "2026-09-10")
    assert {one["key"]: (one["nominal_on"], one["due_on"]) for one in found} == {
        "ledger_county": ("2026-09-25", "2026-09-28"),
        "ledger_city": ("2026-10-05", "2026-10-08"),
    }


def test_a_period_may_be_named() -> None:
    assert explain("report_quarter", "--from", "2026Q3")["due_on"] == "2026-09-28"
    assert explain("report_year", "--from", "2026-02-01")["due_on"] == "2026-12-10"


def test_another_regime_by_its_name() -> None:
    found = explain("basic_filing", "--from", "2026-09-05", "--regime", "贵州省")
    assert (found["regime"], found["due_on"]) == ("guizhou", "2026-10-08")


def test_an_unknown_year_is_provisional() -> None:
    assert explain("H7", "--from", "2026-12-14")["provisional"] is True


def test_for_people() -> None:
    out = StringIO()
    call_command("explain_deadline", "H7", "--from", "2026-12-14", stdout=out)
    assert "2027-01-05（预估）" in out.getvalue() and "依据" in out.getvalue()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["H99", "--from", "2026-09-24"], "H99"),
        (["milestone_light", "--from", "2026-09-24"], "milestone_light"),
        (["H7", "--from", "2026-02-30"], "2026-02-30"),
        (["H7", "--from", "yesterday"], "yesterday"),
        (["H7", "--from", "9999-12-31"], "9999-12-31"),
        (["ledger_city", "--from", "9999-12"], "9999-12"),
        (["H7", "--from", "2026-09-24", "--regime", "mars"], "mars"),
        (["H7", "--from", "2019-08-14"], "2019-08-14"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], told: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("explain_deadline", *words, "--json")
    assert told in str(refused.value) and refused.value.returncode == 1


def test_an_empty_calendar_is_said() -> None:
    CalendarNotice.objects.all().delete()
    with pytest.raises(CommandError, match="seed_calendar"):
        call_command("explain_deadline", "H7", "--from", "2026-09-24")
