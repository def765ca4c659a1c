"""`manage.py import_ledger`: prints what a careful clerk reads, leaves no trace on a dry run, stages without it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditRecord
from projects.models import Project
from reporting.ledgers.models import Attempt, AttemptState, ColumnMemory, Ledger, UploadTally
from tests.ledger_help import LEDGERS, ZHAOYUAN, book, office, row
from tests.paths import SHARED

pytestmark = pytest.mark.django_db
UNITS = {"zhaoyuan": ZHAOYUAN, "daqing": "230600", "qiqihar": "230200", "mudanjiang": "231000"}
BOOKS = sorted(path.stem for path in LEDGERS.glob("*.xlsx"))
REAL = sorted((SHARED / "data" / "ledgers-real").glob("*.xls"))
# The cells hold 亿元 with four decimals (6.4656), the reading beside them was written from the unrounded figure.
WRITTEN_FINER = {"qiqihar-2026-10": 0.5}


def run(path: Any, unit: str, period: str, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_ledger", str(path), unit=unit, period=period, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def no_trace() -> None:
    assert not any(
        m.objects.exists() for m in (Ledger, Attempt, ColumnMemory, UploadTally, Project, AuditRecord)
    )


@pytest.mark.parametrize("stem", BOOKS)
def test_prints_what_the_sheet_says(stem):
    town, _dash, period = stem.partition("-")
    expected = json.loads((LEDGERS / f"{stem}.expected.json").read_text(encoding="utf-8"))
    found = run(LEDGERS / f"{stem}.xlsx", UNITS[town], period, dry_run=True)
    assert list(found) == ["period", "unit", "count", "rows", "messages"]
    assert (found["period"], found["unit"], found["count"]) == (
        expected["period"],
        expected["unit"],
        expected["count"],
    )
    assert len(found["rows"]) == len(expected["rows"])
    for ours, theirs in zip(found["rows"], expected["rows"], strict=True):
        for key in theirs:
            if key == "invested_total_wanyuan" and stem in WRITTEN_FINER:
                assert ours[key] == pytest.approx(theirs[key], abs=WRITTEN_FINER[stem])
            else:
                assert ours[key] == theirs[key], (ours["name"], key)
        assert set(ours) == set(theirs)
    for message in found["messages"]:
        assert list(message) == ["sheet", "cell", "code", "text"]
    no_trace()


def test_the_finer_figures_are_not_in_the_workbook():
    import openpyxl

    sheet = openpyxl.load_workbook(LEDGERS / "qiqihar-2026-10.xlsx").active
    assert sheet["P7"].value == 6.4656


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem)
def test_real_workbooks_of_elsewhere_are_read_or_told_about(path):
    found = run(path, ZHAOYUAN, "2026-10", dry_run=True)
    assert found["rows"] or found["messages"]
    assert all(any("一" <= letter <= "鿿" for letter in m["text"]) for m in found["messages"])
    no_trace()


def test_what_does_not_fit_is_told_with_its_cell(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(book([row(1, place="哈尔滨市宾县")], title="肇州县2026年9月进程信息台账"))
    codes = {
        m["code"]: m["cell"] for m in run(path, ZHAOYUAN, "2026-10", dry_run=True)["messages"] if m["cell"]
    }
    assert codes == {"other_period": "A1", "other_unit": "A1", "place_foreign": "D4"}


def test_without_dry_run_it_stages_like_an_upload():
    person = office(ZHAOYUAN)
    found = run(LEDGERS / "zhaoyuan-2026-10.xlsx", ZHAOYUAN, "2026-10")
    attempt = Attempt.objects.get()
    assert found == {"attempt": attempt.pk, "number": 1, "rows": 5, "changed": 0, "new": 5, "errors": 1,
                     "questions": attempt.ask_count}  # fmt: skip
    assert (attempt.state, attempt.made_by) == (AttemptState.STAGED, person)
    assert not Project.objects.exists()
    with pytest.raises(CommandError, match="无变化"):
        run(LEDGERS / "zhaoyuan-2026-10.xlsx", ZHAOYUAN, "2026-10")


@pytest.mark.parametrize(
    ("unit", "period", "words"),
    [("999999", "2026-10", "999999"), (ZHAOYUAN, "2026-13", "2026-13"), (ZHAOYUAN, "2026Q3", "2026-10")],
)
def test_wrong_words_on_the_command_line(unit, period, words):
    with pytest.raises(CommandError, match=words):
        run(LEDGERS / "zhaoyuan-2026-10.xlsx", unit, period)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(CommandError, match=r"missing\.xlsx"):
        run(tmp_path / "missing.xlsx", ZHAOYUAN, "2026-10", dry_run=True)
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(CommandError, match="损坏"):
        run(broken, ZHAOYUAN, "2026-10", dry_run=True)
    no_trace()
