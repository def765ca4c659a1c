"""What projects ask the regime of their division: milestones, names of roles, thresholds. The only road to policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.divisions import DEFAULT_REGIME, regime_code_of, regime_codes_of
from accounts.models.divisions import Tier
from policy.regimes import Regime, get_regime
from projects.models import ContractKind, MilestoneCode, TeamRole

__all__ = [
    "DEFAULT_REGIME",
    "MajorRule",
    "counted_kinds",
    "major_rule",
    "milestone_template",
    "regime_of",
    "regimes_of",
    "role_name",
    "winter_season",
]

# Regimes are Chinese texts: their words for the kinds of contract.
KIND_WORDS = {
    "合同": ContractKind.CONTRACT,
    "协议": ContractKind.AGREEMENT,
    "框架协议": ContractKind.FRAMEWORK,
    "意向": ContractKind.INTENT,
}


@dataclass(frozen=True, slots=True)
class MajorRule:
    """From which contract amount a project of this division is major, and by which rule."""

    rule_id: str
    yuan: int
    inclusive: bool
    basis: str

    def holds_for(self, amount_yuan: int | None) -> bool:
        if amount_yuan is None:
            return False
        return amount_yuan >= self.yuan if self.inclusive else amount_yuan > self.yuan


@dataclass(frozen=True, slots=True)
class Season:
    """Both days inclusive. `milestones`: codes of the key points that may stand still in it."""

    rule_id: str
    first: date
    last: date
    milestones: tuple[str, ...]


def winter_season(regime: Regime, on: date) -> Season | None:
    """The season `on` lies in, else the next one to begin; None where the regime allows no winter stop."""
    if not regime.has_rule("winter_stop", on):
        return None
    rule = regime.rule("winter_stop", on)
    begin, end = ([int(part) for part in rule[name].split("-")] for name in ("first", "last"))
    year = on.year if (on.month, on.day) > tuple(end) or begin < end else on.year - 1
    first = date(year, *begin)
    last = date(year + (1 if end < begin else 0), *end)
    return Season(rule.id, first, last, tuple(rule["milestones"]))


def regime_of(division: Any) -> Regime:
    return get_regime(regime_code_of(division))


def regimes_of(divisions: Iterable[Any]) -> dict[str, Regime]:
    """`regime_of` for many, by code of the division, in one statement."""
    return {code: get_regime(regime) for code, regime in regime_codes_of(divisions).items()}


def milestone_template(regime: Regime) -> list[tuple[str, int]]:
    """(code, position) of the key points a new project gets, positions counted from 1."""
    known = set(MilestoneCode.values)
    return [(item.code, item.order) for item in regime.milestones if item.code in known]


def major_rule(regime: Regime, division: Any, on: date) -> MajorRule | None:
    """The threshold in force for the tier of `division`; None where the regime sets none."""
    if not regime.has_rule("major_project", on):
        return None
    rule = regime.rule("major_project", on)
    tiers = rule.get("tiers") or {}
    name = Tier(min(division.tier, Tier.COUNTY)).name.lower()
    yuan = tiers.get(name, rule.get("yuan"))
    if yuan is None:
        return None
    return MajorRule(rule.id, int(yuan), bool(rule["inclusive"]), rule.basis.text)


def counted_kinds(regime: Regime, on: date) -> list[str]:
    """Contract kinds that count as signed in the figures."""
    if regime.has_rule("count_contract_kinds", on):
        words = regime.rule("count_contract_kinds", on)["default"]
        return [KIND_WORDS[word] for word in words if word in KIND_WORDS]
    return [ContractKind.CONTRACT, ContractKind.AGREEMENT]


def role_name(regime: Regime, role: str) -> str:
    """The regime's own name of a team role (项目管家), else the general one."""
    own = regime.roles.get(role, "")
    return own or str(TeamRole(role).label)
