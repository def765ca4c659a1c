"""On what ground a newly signed row may be registered: the kind of its contract, and the assessment before signing."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from accounts.models import Division
from policy.regimes import Regime
from policy.rules import Rule
from projects.assessments import using
from projects.models import ContractKind
from projects.regime import regime_of
from projects.text import name_key


def contract_kind(text: str) -> str:
    """框架协议 → framework, 意向 → intent, 协议 → agreement, anything else a contract."""
    if "框架" in text:
        return ContractKind.FRAMEWORK
    if "意向" in text:
        return ContractKind.INTENT
    return ContractKind.AGREEMENT if "协议" in text and "合同" not in text else ContractKind.CONTRACT


class Grounds:
    """Passed assessments of a unit's area, where its regime asks for them; read only once a new row is met."""

    def __init__(self, unit: Division, on: date) -> None:
        self.unit, self.on = unit, on

    @cached_property
    def _regime(self) -> Regime | None:
        regime = regime_of(self.unit)
        return regime if using.ever_asks(regime) else None

    @cached_property
    def _passed(self) -> set[tuple[str, str]]:
        return set(using.passed_below(self.unit))

    def missing(self, *, unit_code: str, name: str, kind: str, signed_on: date | None) -> Rule | None:
        """The rule a new project lacks an assessment for; None where it needs none or has a passed one of its name."""
        if self._regime is None:
            return None
        rule = using.required_of_ledger(self._regime, kind, signed_on, self.on)
        if rule is None or (unit_code, name_key(name)) in self._passed:
            return None
        return rule
