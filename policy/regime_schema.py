"""What a rule table in a regime file must look like. Pure; faults are collected, not raised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from policy.calendar import Roll
from policy.periods import PeriodKind
from policy.rules import Basis, DeadlineRule, RateRule, Rule, Unit, WarningRule

# kind → fields, "!" = must be there. The fields that every rule has come on top.
FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "deadline": {
        "unit!": str, "offset!": int, "event!": str, "roll": str, "owed_by": list, "owed_to": str, "stated": str,
    },
    "period_deadline": {
        "per!": str, "day!": int, "months!": int, "roll!": str, "owed_by": list, "owed_to": str, "form": str,
    },
    "warning": {
        "lead_days": int, "amber_days!": int, "red_late_nodes": int, "tell!": dict, "up_tier_days": int,
        "press_again_days": int, "levels": list, "watches": str,
    },
    "threshold": {"yuan": int, "tiers": dict, "industries": str, "inclusive!": bool},
    "rate": {"name!": str, "numerator!": str, "denominator!": str, "definition!": str},
    "ladder": {"steps!": list, "per": str, "organ_fault_only": bool},
    "limits": {"unit!": str, "steps!": dict},
    "rating": {
        "levels!": list, "bad_from!": int, "follow_up_days!": int, "object_days!": int, "decide_days!": int,
        "close_days!": int, "call_back_percent!": int, "offer_days!": int, "open_days!": int,
    },
    "survey": {"options!": list, "weight!": float},
    "score": {"full!": int, "mode!": str, "floor!": int, "notice_per": str, "rank_per": str, "items!": list},
    "season": {"first!": str, "last!": str, "milestones": list},
    "limit": {"shift_days!": int, "direct_days": int, "unit!": str, "approver_tiers!": dict},
    "choice": {"values!": list, "default": list},
    "staffing": {"agents_min": int, "assistants": int, "tenure_years": int, "change_months": list, "approver": str},
    "assessment": {"refusals!": list, "required!": bool},
    "meeting": {"per": dict, "form": str},
    "cases": {"items!": list},
}  # fmt: skip
_SHARED = {"id", "key", "kind", "title", "basis", "effective_from", "effective_to", "origin"}

# A key nobody reads would be a duty nobody does, so a mistyped one must not pass.
KNOWN_KEYS = frozenset(
    """
    kickoff_meeting basic_filing basic_summary_city collection_month collection_quarter collection_year
    ledger_county ledger_city report_month report_quarter report_year circular_month circular_quarter circular_year
    inspection_city inspection_province symposium talk_city talk_county joint_meeting_province
    study_city study_county land_meeting finance_meeting inspection_year
    agent_submission company_setup_limit staff_filing quarterly_notice yearly_rank ladder_round agent_report
    milestone_light kickoff_warning filing_warning ledger_warning report_warning inspection_warning
    meeting_warning promise_warning approval_warning matter_warning objection_warning complaint_warning
    major_project key_project statistics_threshold green_channel count_contract_kinds
    rate_fulfilment rate_start rate_completion rate_production rate_funds rate_planned_start rate_on_time
    rate_approvals
    winter_stop plan_change_limit plan_change_decision transfer_decision decision_warning
    ladder complaint_limits complaint_silence notice_standing rating satisfaction_survey score_sheet
    inspection_objection inspection_decision
    inspection_kinds truth_faults accountability_cases staffing pre_signing_assessment approval_limits
    supervision_answer work_order_feedback meetings item_kinds pause_reasons commitment_check
    supplement_notice dedicated_window approval_hold
    ticket_acceptance ticket_limit ticket_silence ticket_warning mandate_acceptance
    referral_statement
    commitment_warning hold_warning pause_warning mandate_warning acknowledgement
    """.split()
)


@dataclass(frozen=True)
class Problem:
    """A fault in a regime file: check id without prefix, file, Chinese text."""

    code: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}：{self.text}"


def build_rule(table: dict[str, Any], place: str, problems: list[Problem]) -> Rule | None:
    """A rule from its table, or None with the faults added to `problems`."""
    label = f"规则 {table.get('id') or table.get('key') or '（无编号）'}"
    faults = list(_shape_faults(table))
    if not faults:
        try:
            return _make(table)
        except (ValueError, KeyError, TypeError) as fault:
            faults.append(f"取值有误：{fault}")
    problems += [
        Problem("E004" if fault.startswith("未知的规则名") else "E002", place, f"{label} {fault}")
        for fault in faults
    ]
    return None


def _shape_faults(table: dict[str, Any]) -> Iterable[str]:
    for name in ("id", "key", "kind", "title", "basis", "effective_from"):
        if not table.get(name):
            yield f"缺少“{name}”"
    fields = FIELDS.get(table.get("kind", ""))
    if fields is None:
        yield f"未知的种类“{table.get('kind')}”"
        return
    if table.get("key") not in KNOWN_KEYS:
        yield f"未知的规则名“{table.get('key')}”"
    basis = table.get("basis")
    if not isinstance(basis, dict) or set(basis) != {"text", "article"} or not basis.get("text"):
        yield "basis 应有 text（文字依据）和 article（条款编号）"
    types = {name.rstrip("!"): kind for name, kind in fields.items()}
    for name in sorted(set(table) - _SHARED - set(types)):
        yield f"未知的项“{name}”"
    for name in (name[:-1] for name in fields if name.endswith("!")):
        if name not in table:
            yield f"缺少“{name}”"
    for name, kind in types.items():
        if name in table and not _is(table[name], kind):
            yield f"“{name}”的类型应为 {kind.__name__ if isinstance(kind, type) else kind}"
    for name in ("effective_from", "effective_to"):
        if name in table and type(table[name]) is not date:
            yield f"“{name}”应为日期"


def _is(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _make(table: dict[str, Any]) -> Rule:
    shared: dict[str, Any] = {name: table[name] for name in ("id", "key", "kind", "title", "effective_from")}
    shared |= {"effective_to": table.get("effective_to"), "origin": table.get("origin", "")}
    shared["basis"] = Basis(**table["basis"])
    values = {name: value for name, value in table.items() if name not in _SHARED}
    shared["values"] = MappingProxyType(values)
    if shared["effective_to"] and shared["effective_to"] < shared["effective_from"]:
        raise ValueError("effective_to 早于 effective_from")
    match table["kind"]:
        case "deadline":
            return _counted(values, shared)
        case "period_deadline":
            return _fixed(values, shared)
        case "warning":
            return _warning(values, shared)
        case "rate":
            return RateRule(**shared, **values)
        case "rating":
            _check_rating(values)
    return Rule(**shared)


def _owed(values: dict[str, Any]) -> dict[str, Any]:
    return {"owed_by": tuple(values.get("owed_by", ())), "owed_to": values.get("owed_to", "")}


def _counted(values: dict[str, Any], shared: dict[str, Any]) -> DeadlineRule:
    unit = Unit(values["unit"])
    if unit is Unit.DAY_OF_MONTH:
        raise ValueError("固定日期请用 period_deadline")
    if values["offset"] < 0:
        raise ValueError("offset 不能为负")
    return DeadlineRule(
        **shared, **_owed(values), unit=unit, offset=values["offset"], event=values["event"],
        roll=Roll(values.get("roll", Roll.NONE if unit is Unit.WORKING_DAYS else Roll.NEXT)),
    )  # fmt: skip


def _fixed(values: dict[str, Any], shared: dict[str, Any]) -> DeadlineRule:
    if not 1 <= values["day"] <= 31:
        raise ValueError("day 应为 1 至 31")
    return DeadlineRule(
        **shared, **_owed(values), unit=Unit.DAY_OF_MONTH, day=values["day"], months=values["months"],
        roll=Roll(values["roll"]), per=PeriodKind(values["per"]),
    )  # fmt: skip


def _warning(values: dict[str, Any], shared: dict[str, Any]) -> WarningRule:
    lead = values.get("lead_days")
    if (lead is not None and lead < 0) or values["amber_days"] < 0:
        raise ValueError("天数不能为负")
    if values.get("red_late_nodes", 0) not in (0, 2):
        raise ValueError("red_late_nodes 只能为 0 或 2")
    if set(values["tell"]) - {"blue", "amber", "red", "up"}:
        raise ValueError("tell 只能按 blue、amber、red、up 写")
    return WarningRule(
        **shared,
        lead_days=lead,
        amber_days=values["amber_days"],
        red_late_nodes=values.get("red_late_nodes", 0),
        up_tier_days=values.get("up_tier_days"),
        tell=MappingProxyType({light: tuple(codes) for light, codes in values["tell"].items()}),
    )


def _check_rating(values: dict[str, Any]) -> None:
    """What the programme takes for granted: five levels, the last two bad (GB/T 39734), every named rater called."""
    levels = values["levels"]
    if len(levels) != 5 or len(set(levels)) != 5 or values["bad_from"] != 4:
        raise ValueError("levels 应为五级，bad_from 应为 4（后两级为差评）")
    if values["call_back_percent"] != 100:
        raise ValueError("call_back_percent 应为 100（实名差评全部回访）")
    if min(value for name, value in values.items() if name.endswith("_days")) < 1:
        raise ValueError("天数至少为 1")


def version_problems(rules: Iterable[Rule], place: str) -> list[Problem]:
    """Double ids; for one key, versions that overlap or leave a gap between them."""
    problems = []
    seen: set[str] = set()
    by_key: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.id in seen:
            problems.append(Problem("E003", place, f"规则编号 {rule.id} 重复"))
        seen.add(rule.id)
        by_key[rule.key].append(rule)
    for key, versions in by_key.items():
        versions.sort(key=lambda rule: rule.effective_from)
        for older, newer in pairwise(versions):
            names = f"{older.id} 与 {newer.id}（{key}）"
            if older.effective_to is None or older.effective_to >= newer.effective_from:
                problems.append(Problem("E006", place, f"{names} 的有效期重叠"))
            elif older.effective_to + timedelta(days=1) != newer.effective_from:
                problems.append(Problem("E007", place, f"{names} 的有效期之间有空档"))
    return problems
