import shutil
from datetime import date
from pathlib import Path

import pytest

from policy.checks import check_regimes
from policy.regime_schema import KNOWN_KEYS
from policy.regimes import (
    REGIMES_DIR,
    NoRuleInForce,
    UnknownRegime,
    all_regimes,
    get_regime,
    read_regime,
    regime_codes,
)
from policy.rules import OFFICE_DEFAULT, DeadlineRule, RateRule
from tests.paths import SHARED

ON = date(2026, 11, 21)
HLJ_KEYS = """kickoff_meeting basic_filing basic_summary_city ledger_county ledger_city report_month report_quarter
report_year inspection_city inspection_province symposium milestone_light kickoff_warning filing_warning
ledger_warning major_project statistics_threshold count_contract_kinds winter_stop plan_change_limit
rate_fulfilment rate_start rate_completion rate_production rate_funds rate_planned_start rate_on_time rate_approvals ladder
complaint_limits rating score_sheet accountability_cases inspection_kinds circular_month""".split()


def test_the_shipped_files_are_sound() -> None:
    assert check_regimes() == []
    assert regime_codes() == ("heilongjiang", "banner", "guizhou", "xinghua")


@pytest.mark.parametrize("key", HLJ_KEYS)
def test_heilongjiang_has(key: str) -> None:
    rule = get_regime("heilongjiang").rule(key, ON)
    assert rule.key == key and rule.basis.text and key in KNOWN_KEYS
    assert rule.origin in ("", OFFICE_DEFAULT)


def test_heilongjiang_names_its_seven_key_points() -> None:
    names = [node.name for node in get_regime().milestones]
    assert names == [
        "开办企业",
        "立项用地规划许可",
        "工程建设许可",
        "施工许可",
        "开工建设",
        "竣工验收",
        "投产",
    ]
    assert get_regime().milestone("production").order == 7


def test_names_find_the_regime() -> None:
    for name in ("heilongjiang", "黑龙江省", "黑龙江省招商引资项目服务保障暂行办法"):
        assert get_regime(name).code == "heilongjiang"
    with pytest.raises(UnknownRegime, match="heilongjiang"):
        get_regime("mars")


def test_nothing_in_force_is_an_answer() -> None:
    with pytest.raises(NoRuleInForce, match="2019-08-14"):
        get_regime().rule("kickoff_meeting", date(2019, 8, 14))
    with pytest.raises(NoRuleInForce):
        get_regime("xinghua").rule("kickoff_meeting", ON)
    assert get_regime().rule("kickoff_meeting", date(2019, 8, 15)).id == "HLJ-07-kickoff"


def test_articles_and_ids_find_deadlines() -> None:
    regime = get_regime()
    assert [rule.key for rule in regime.deadlines_of("H7", ON)] == ["kickoff_meeting"]
    assert {rule.key for rule in regime.deadlines_of("h18", ON)} == {"ledger_county", "ledger_city"}
    assert len(regime.deadlines_of("HLJ-07-kickoff", date(2000, 1, 1))) == 1
    assert regime.deadlines_of("H99", ON) == ()


def test_office_choices_are_marked_and_texts_are_not() -> None:
    regime = get_regime()
    assert regime.rule("kickoff_meeting", ON).is_statutory
    assert regime.rule("major_project", ON).origin == OFFICE_DEFAULT
    assert regime.rule("statistics_threshold", ON)["yuan"] == 10_000_000


def test_what_the_other_texts_say() -> None:
    guizhou = get_regime("guizhou").rule("key_project", ON)
    assert guizhou["tiers"] == {"province": 1_000_000_000, "city": 500_000_000, "county": 100_000_000}
    sheet = get_regime("xinghua").rule("score_sheet", ON)
    assert [item["points"] for item in sheet["items"]] == [10, 10, 30, 10, 30, 10]
    survey = get_regime("xinghua").rule("satisfaction_survey", ON)
    assert [option.get("score") for option in survey["options"]] == [100, 80, 20, None]
    assert get_regime("banner").roles["project_secretary"] == "项目秘书"
    assert get_regime("banner").rule("talk_county", ON).per == "month"


def test_each_regime_prints_all_rates_with_their_definition() -> None:
    for regime in all_regimes():
        rates = regime.of_kind("rate", ON)
        assert {rate.name for rate in rates if isinstance(rate, RateRule)} == {
            "履约率", "开工率", "竣工率", "投产率", "资金到位率", "按计划开工率", "按时率", "审批按时办结率",
        }  # fmt: skip


def test_each_source_is_there() -> None:
    for regime in all_regimes():
        assert (SHARED / "policies" / regime.source).is_file()
        assert all(isinstance(rule.basis.article, str) for rule in regime.rules)
        assert any(isinstance(rule, DeadlineRule) for rule in regime.rules)


HEAD = """
code = "heilongjiang"
name = "试"
short_name = "试"
place = "试"
[roles]
agent = "代办员"
[[milestones]]
code = "production"
name = "投产"
"""
RULE = """
[[rules]]
id = "{id}"
key = "{key}"
kind = "period_deadline"
title = "试"
basis = {{ text = "试", article = "T1" }}
effective_from = {start}
{more}
per = "month"
day = 25
months = 0
roll = "next"
"""


def _faults(tmp_path: Path, *rules: str) -> list[str]:
    shutil.copy(REGIMES_DIR / "_common.toml", tmp_path)
    (tmp_path / "heilongjiang.toml").write_text(HEAD + "".join(rules), encoding="utf-8")
    return [str(fault.id) for fault in check_regimes(directory=tmp_path)]


def _rule(number: int, start: str, more: str = "", key: str = "ledger_county") -> str:
    return RULE.format(id=f"T-{number}", key=key, start=start, more=more)


@pytest.mark.parametrize(
    ("rules", "faults"),
    [
        ([_rule(1, "2020-01-01")], []),
        ([_rule(1, "2020-01-01", "effective_to = 2020-12-31"), _rule(2, "2021-01-01")], []),
        ([_rule(1, "2020-01-01"), _rule(2, "2021-01-01")], ["policy.E006"]),
        ([_rule(1, "2020-01-01", "effective_to = 2021-01-01"), _rule(2, "2021-01-01")], ["policy.E006"]),
        ([_rule(1, "2020-01-01", "effective_to = 2020-12-30"), _rule(2, "2021-01-01")], ["policy.E007"]),
        ([_rule(1, "2020-01-01"), _rule(1, "2020-01-01", key="report_month")], ["policy.E003"]),
        ([_rule(1, "2020-01-01", key="legder_county")], ["policy.E004"]),
        ([_rule(1, "2020-01-01", "colour = 1")], ["policy.E002"]),
        ([_rule(1, "2020-01-01").replace("day = 25", "day = 32")], ["policy.E002"]),
        ([_rule(1, "2020-01-01").replace("day = 25", 'day = "25"')], ["policy.E002"]),
        ([_rule(1, "2020-01-01").replace("day = 25", "")], ["policy.E002"]),
        ([_rule(1, "2020-01-01").replace('"next"', '"sideways"')], ["policy.E002"]),
        ([_rule(1, "2020-01-01").replace("period_deadline", "deadlien")], ["policy.E002"]),
        ([_rule(1, "2020-01-01", "effective_to = 2019-01-01")], ["policy.E002"]),
        (["[[rules]"], ["policy.E001"]),
    ],
)
def test_the_check_finds(tmp_path: Path, rules: list[str], faults: list[str]) -> None:
    assert _faults(tmp_path, *rules) == faults


def test_no_regime_at_all(tmp_path: Path) -> None:
    assert [fault.id for fault in check_regimes(directory=tmp_path)] == ["policy.E008"]


def test_versions_hold_for_their_own_days(tmp_path: Path) -> None:
    old = _rule(1, "2020-01-01", "effective_to = 2020-12-31")
    new = _rule(2, "2021-01-01").replace("day = 25", "day = 20")
    shutil.copy(REGIMES_DIR / "_common.toml", tmp_path)
    (tmp_path / "heilongjiang.toml").write_text(HEAD + old + new, encoding="utf-8")
    regime, problems = read_regime(tmp_path / "heilongjiang.toml", common=tmp_path / "_common.toml")
    assert regime and not problems
    assert regime.rule("ledger_county", date(2020, 12, 31)).day == 25
    assert regime.rule("ledger_county", date(2021, 1, 1)).day == 20
