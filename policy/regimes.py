"""Regimes: one file per policy text (`regimes/<code>.toml`), rules as data, each with its legal basis.

A rule never changes: it ends (`effective_to`) and another begins. Rules of `_common.toml` fill the keys a regime says
nothing about; they are marked as the office's own choice. `regime_schema` says which fields a kind of rule has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from policy.regime_schema import Problem, build_rule, version_problems
from policy.rules import DeadlineRule, Rule

REGIMES_DIR = Path(__file__).parent / "regimes"
DEFAULT_REGIME = "heilongjiang"
_COMMON = "_common"
_HEAD = {"code", "name", "short_name", "place", "source", "note"}
_SECTIONS = {"roles", "offices", "milestones", "documents", "rules"}


class UnknownRegime(LookupError):
    """No regime has this code or name."""


class NoRuleInForce(LookupError):
    """The regime has no rule of this key on that day."""


class RegimeError(ValueError):
    """A regime file cannot be used; the text lists every fault found."""


@dataclass(frozen=True)
class MilestoneTemplate:
    """One node of the regime's project course. `order` counts from 1."""

    code: str
    name: str
    order: int


@dataclass(frozen=True)
class DocumentKind:
    """An official document of the regime: `layout` is letter (信函格式) or document (公文); `word` is the character
    kind in its number, 〔2026〕3号 following it."""

    code: str
    name: str
    layout: str
    word: str


@dataclass(frozen=True, eq=False)
class Regime:
    """A policy text as data. `roles`: role code → official name; `offices`: kind of organ → its name here."""

    code: str
    name: str
    short_name: str
    place: str
    source: str
    note: str
    roles: Mapping[str, str]
    offices: Mapping[str, str]
    milestones: tuple[MilestoneTemplate, ...]
    documents: Mapping[str, DocumentKind]
    rules: tuple[Rule, ...]

    def rule(self, key: str, on: date) -> Any:
        """The version of rule `key` in force on `on`; NoRuleInForce otherwise."""
        for rule in self.rules:
            if rule.key == key and rule.in_force(on):
                return rule
        raise NoRuleInForce(
            _("“%(regime)s” has no rule “%(key)s” in force on %(on)s.")
            % {"regime": self.name, "key": key, "on": on.isoformat()}
        )

    def has_rule(self, key: str, on: date) -> bool:
        return any(rule.key == key and rule.in_force(on) for rule in self.rules)

    def rule_by_id(self, rule_id: str) -> Rule:
        """The rule a stored result names, whether still in force or not; LookupError otherwise."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise NoRuleInForce(
            _("“%(regime)s” has no rule with the id “%(id)s”.") % {"regime": self.name, "id": rule_id}
        )

    def deadlines_of(self, name: str, on: date) -> tuple[DeadlineRule, ...]:
        """Deadline rules called `name`: a rule id, a key, or an article ("H18", several possible).

        By id any version is found; by key or article those in force on `on`.
        """
        wanted = name.strip().casefold()
        found = [rule for rule in self.rules if isinstance(rule, DeadlineRule)]
        by_id = [rule for rule in found if rule.id.casefold() == wanted]
        if by_id:
            return tuple(by_id)
        in_force = [rule for rule in found if rule.in_force(on)]
        return tuple(
            rule for rule in in_force if wanted in (rule.key.casefold(), rule.basis.article.casefold())
        )

    def of_kind(self, kind: str, on: date) -> tuple[Rule, ...]:
        """Rules of a kind (rate, warning …) in force on `on`, in the file's order."""
        return tuple(rule for rule in self.rules if rule.kind == kind and rule.in_force(on))

    def milestone(self, code: str) -> MilestoneTemplate:
        for each in self.milestones:
            if each.code == code:
                return each
        raise LookupError(code)

    def role_name(self, code: str) -> str:
        """The regime's own name for a role; the code itself where the text names none."""
        return self.roles.get(code) or self.offices.get(code) or code


def regime_codes() -> tuple[str, ...]:
    """Codes of the regimes that ship, the default first."""
    codes = sorted(path.stem for path in REGIMES_DIR.glob("*.toml") if not path.stem.startswith("_"))
    return tuple(sorted(codes, key=lambda code: (code != DEFAULT_REGIME, code)))


def all_regimes() -> tuple[Regime, ...]:
    return tuple(get_regime(code) for code in regime_codes())


def get_regime(code: str = DEFAULT_REGIME) -> Regime:
    """A regime by code or Chinese name (full, short, or the place); UnknownRegime lists what there is."""
    wanted = code.strip()
    if wanted in regime_codes():
        return _load(wanted)
    for regime in all_regimes():
        if wanted and wanted in (regime.name, regime.short_name, regime.place):
            return regime
    known = "、".join(f"{regime.code}（{regime.place}）" for regime in all_regimes())
    raise UnknownRegime(
        _("There is no regime “%(code)s”. Known regimes: %(known)s.") % {"code": code, "known": known}
    )


@lru_cache(maxsize=64)
def _load(code: str) -> Regime:
    regime, problems = read_regime(REGIMES_DIR / f"{code}.toml")
    if problems or regime is None:
        raise RegimeError("\n".join(str(problem) for problem in problems))
    return regime


def read_regime(path: Path, *, common: Path | None = None) -> tuple[Regime | None, list[Problem]]:
    """Read one file with the common rules added. All faults are collected; the regime is None if it can't be read."""
    problems: list[Problem] = []
    raw = _read_toml(path, problems)
    shared = _read_toml(common or REGIMES_DIR / f"{_COMMON}.toml", problems)
    if raw is None or shared is None:
        return None, problems
    place = path.name
    for name in sorted(set(raw) - _HEAD - _SECTIONS):
        problems.append(Problem("E002", place, f"未知的项“{name}”"))
    for name in ("code", "name", "short_name", "place", "roles", "milestones", "rules"):
        if not raw.get(name):
            problems.append(Problem("E002", place, f"缺少“{name}”"))
    own = [build_rule(table, place, problems) for table in raw.get("rules", [])]
    own_keys = {rule.key for rule in own if rule}
    fallback = [build_rule(table, f"{_COMMON}.toml", problems) for table in shared.get("rules", [])]
    rules = tuple(rule for rule in own if rule) + tuple(
        rule for rule in fallback if rule and rule.key not in own_keys
    )
    problems += version_problems(rules, place)
    roles = {**shared.get("roles", {}), **raw.get("roles", {})}
    offices = raw.get("offices", {})
    problems += _addressee_problems(rules, roles, offices, place)
    try:
        regime = _assemble(raw, shared, roles, offices, rules)
    except (KeyError, TypeError) as fault:
        problems.append(Problem("E002", place, f"节点、文种或角色的写法有误：{fault}"))
        return None, problems
    if regime.code != path.stem:
        problems.append(Problem("E002", place, f"code “{regime.code}”与文件名不一致"))
    codes = [each.code for each in regime.milestones]
    problems += [
        Problem("E003", place, f"节点“{code}”重复")
        for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    return regime, problems


def _assemble(
    raw: dict[str, Any],
    shared: dict[str, Any],
    roles: dict[str, str],
    offices: dict[str, str],
    rules: tuple[Rule, ...],
) -> Regime:
    milestones = tuple(
        MilestoneTemplate(item["code"], item["name"], order)
        for order, item in enumerate(raw.get("milestones", []), start=1)
    )
    kinds = {item["code"]: DocumentKind(**item) for item in shared.get("documents", [])}
    kinds |= {item["code"]: DocumentKind(**item) for item in raw.get("documents", [])}
    return Regime(
        **{name: raw.get(name, "") for name in sorted(_HEAD)},
        roles=MappingProxyType(roles),
        offices=MappingProxyType(offices),
        milestones=milestones,
        documents=MappingProxyType(kinds),
        rules=rules,
    )


def _read_toml(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        problems.append(Problem("E001", path.name, f"无法读取：{fault}"))
        return None


def _addressee_problems(
    rules: tuple[Rule, ...], roles: Mapping[str, str], offices: Mapping[str, str], place: str
) -> list[Problem]:
    """Whom a warning tells must be somebody the regime knows."""
    known = set(roles) | set(offices)
    return [
        Problem("E005", place, f"规则 {rule.id} 通知的“{code}”不是本制度的角色")
        for rule in rules
        for codes in getattr(rule, "tell", {}).values()
        for code in codes
        if code not in known
    ]
