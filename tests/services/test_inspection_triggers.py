"""Figures of a ledger that were questioned and only explained name their project for verification (H19, H21)."""

from datetime import date

import pytest

from accounts.models import Division
from reporting.inspection_triggers import _explained
from reporting.ledgers.models import Attempt, AttemptState, Ledger, StagedRow
from supervision.inspections.models import InspectionKind
from supervision.inspections.triggers import find_trigger
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def row(name: str, period: str, state: str, explanations: dict[str, str], code: str = "230622") -> StagedRow:
    unit = Division.objects.get(pk=code)
    ledger, _made = Ledger.objects.get_or_create(unit=unit, period=period, defaults=unit.codes)
    attempt = Attempt.objects.create(
        ledger=ledger, number=ledger.attempts.count() + 1, source="file", state=state, made_at=at("2026-10-23 09:00"),
        **unit.codes,
    )  # fmt: skip
    project = build.project(name, code)
    return StagedRow.objects.create(
        attempt=attempt, position=1, name=name, match="matched", project=project, explanations=explanations
    )


def test_rows_that_were_only_explained_are_named() -> None:
    said = {"jump": "设备到货集中付款"}
    wanted = row("猛增", "2026-10", AttemptState.ACCEPTED, said)
    row("没有疑问", "2026-10", AttemptState.ACCEPTED, {})
    row("退回的", "2026-10", AttemptState.RETURNED, said)
    row("太早的", "2026-07", AttemptState.ACCEPTED, said)
    row("邻县的", "2026-10", AttemptState.ACCEPTED, said, "230621")
    hits = _explained(Division.objects.get(pk="230622"), date(2026, 11, 5))
    assert [hit.project_id for hit in hits] == [wanted.project_id]
    assert "设备到货集中付款" in hits[0].why
    assert len(_explained(Division.objects.get(pk="230600"), date(2026, 11, 5))) == 2


def test_reporting_registers_it_with_supervision() -> None:
    found = find_trigger("truth")
    assert found is not None and found.kind == InspectionKind.VERIFICATION
