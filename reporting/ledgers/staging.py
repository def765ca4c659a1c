"""A workbook becomes a hand-in being checked. Nothing live changes here, and a file that cannot be read leaves nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.bulk import bulk_insert, insert_or_lock
from accounts.clock import local_date
from accounts.collector import collector_at_rest
from accounts.errors import DomainError
from accounts.jsontext import encode_json
from accounts.models import Division, Obligation
from policy.periods import Period, PeriodKind
from reporting.ledgers import rows as cells
from reporting.ledgers.access import require_submit
from reporting.ledgers.context import Area, load_area, load_places
from reporting.ledgers.evaluate import Draft, Layout, count, evaluate
from reporting.ledgers.models import (
    Attempt,
    AttemptSource,
    AttemptState,
    ColumnMemory,
    Ledger,
    StagedRow,
)
from reporting.ledgers.refusing import (
    already_submitted,
    earlier_of,
    refuse_foreign,
    refuse_same_content,
    refuse_same_file,
    refuse_unfit,
)
from reporting.ledgers.uploads import Received, count_upload, put_aside, stored_name
from reporting.tableimport.reader import read_table
from reporting.tableimport.values import ERROR, TableReading

ROW_COLUMNS = (
    "attempt_id", "position", "sheet", "line", "name", "match", "project_id", "project_version", "unit_code", "values",
    "mended", "previous", "changed", "messages", "explanations", "candidates", "resolutions",
)  # fmt: skip
# Messages of the file that the clerk settles by reading on, not by writing an explanation.
_TOLD_ONLY = {"column_missing_soft", "column_rivals", "hidden_row"}


@collector_at_rest()
def stage_upload(
    *, unit: Division, period: Period, upload: Any, file_name: str, by: Any, at: datetime
) -> Attempt:
    """Read, match and check a workbook; return the hand-in for the preview.

    DomainError: `file_unreadable` (details {"messages": [...]}), `same_file` ({"attempt": id}), `other_period`
    ({"period": "2026-09"}), `other_unit`, `already_submitted`, `file_too_large`, `upload_quota`.
    """
    require_submit(by, unit)
    refuse_ahead(period, at)
    count_upload(by, local_date(at))
    earlier = earlier_of(unit)
    if any(e.period == str(period) and e.state == AttemptState.SUBMITTED for e in earlier):
        raise already_submitted()
    with put_aside(upload, file_name) as received:
        refuse_same_file(earlier, received)
        reading = read_workbook(received.path, received.name, unit, period)
        places = load_places()
        refuse_unfit(reading, unit, period, places)
        area = load_area(unit, period, local_date(at), places)
        drafts, layout = drafts_of(reading)
        evaluate(drafts, area, layout)
        refuse_foreign(drafts, unit)
        digest = digest_of(drafts)
        refuse_same_content(earlier, period, digest)
        kept = {"digest": digest, "checked_at": at.isoformat(), **reading_json(reading)}
        return _keep(unit, period, received, drafts, kept, file_messages(reading, drafts, area), by=by, at=at)


def read_workbook(path: Path, name: str, unit: Division, period: Period) -> TableReading:
    """The reader with the unit's learned columns."""
    learned = dict(ColumnMemory.objects.filter(unit=unit).values_list("heading", "field"))
    return read_table(path, filename=name, learned=learned, period=str(period))


def drafts_of(reading: TableReading) -> tuple[list[Draft], Layout]:
    layout = layout_of([(c.letter, c.heading, c.field) for c in reading.columns])
    drafts = []
    for position, row in enumerate(reading.rows, start=1):
        messages = [{**m.as_dict(), "by": "read"} for m in row.messages] if row.messages else []
        drafts.append(
            Draft(
                position,
                row.name[:200],
                cells.pack_row(row, layout.letters),
                row.sheet[:60],
                row.line,
                messages,
            )
        )
    return drafts, layout


def layout_of(columns: Sequence[Sequence[Any]]) -> Layout:
    """Layout from (letter, heading, field) of each column."""
    letters = {field: letter for letter, _heading, field in columns if field}
    headings = {field: heading for _letter, heading, field in columns if field}
    cumulative, monthly = headings.get("invested_total", ""), headings.get("invested_month", "")
    return Layout(
        letters=letters,
        # 当月完成投资 beside 累计到位资金: two measures, so the sum of months says nothing.
        sums_apart="到位" in cumulative and "到位" not in monthly,
        has_nodes=frozenset(field for field in letters if field.startswith("node.")),
    )


def reading_json(reading: TableReading) -> dict[str, Any]:
    """What the page and a later re-check need of the reading."""
    return {
        "title": reading.title,
        "unit": reading.unit,
        "unit_text": reading.unit_text,
        "sheet": reading.sheet,
        "kind": reading.kind,
        "header_lines": list(reading.header_lines),
        "columns": [[c.letter, c.heading, c.field or "", c.sure, c.unit] for c in reading.columns],
        "dropped": [[d.line, d.kind, d.text] for d in reading.dropped],
        "totals": [
            {"line": t.line, "label": t.label, "count": t.written_count, "counted": t.counted, "agrees": t.agrees,
             "sums": {k: list(v) for k, v in t.sums.items()}}
            for t in reading.totals
        ],
    }  # fmt: skip


def digest_of(drafts: Sequence[Draft]) -> str:
    """What the rows say, whatever the file looks like: saving a workbook again changes its hash, not this."""
    content = [[d.name, {k: v[0] for k, v in sorted(d.values.items()) if k != "seq"}] for d in drafts]
    return hashlib.sha256(encode_json(content).encode()).hexdigest()


def file_messages(reading: TableReading | None, drafts: Sequence[Draft], area: Area) -> list[dict[str, Any]]:
    """Messages about the whole file, and the projects reported last month that this one leaves out."""
    found = [{**m.as_dict(), "by": "read"} for m in reading.messages] if reading else []
    for message in found:
        if message["code"] in _TOLD_ONLY:
            message["level"] = "note"
    if reading and layout_of([(c.letter, c.heading, c.field) for c in reading.columns]).sums_apart:
        text = _(
            "The month's column is investment made, the cumulative one funds in place: two measures, "
            "so the one was not added up to the other."
        )
        found.append({
            "sheet": reading.sheet, "cell": "", "code": "sums_apart", "level": "note", "field": "invested_total",
            "by": "check", "text": text,
        })  # fmt: skip
    present = {d.project_id for d in drafts}
    absent = [
        project.name
        for project_id, months in area.past.items()
        if project_id not in present
        and months[0].period == area.last_period
        and (project := area.projects.by_id.get(project_id)) is not None
        and project.state == "active"
        and area.unit.tier == 3
    ]
    if absent and reading is not None:
        text = _(
            "%(n)d projects reported last month are not in this workbook: %(names)s. Were they left out by mistake?"
        )
        names = "、".join(f"《{name}》" for name in absent[:5]) + (
            _(" and others") if len(absent) > 5 else ""
        )
        found.append({
            "sheet": reading.sheet, "cell": "", "code": "projects_absent", "level": "ask", "field": "", "by": "check",
            "text": text % {"n": len(absent), "names": names},
        })  # fmt: skip
    return found


def ledger_of(unit: Division, period: Period) -> Ledger:
    """The unit's ledger of the month, made when first needed, locked, tied to its obligation."""
    pk, obligation_id = insert_or_lock(
        Ledger, {"unit_id": unit.pk, "period": str(period)}, {"obligation_id": None, **unit.codes}, ("id", "obligation_id")
    )  # fmt: skip
    ledger = Ledger.from_db(
        None, ["id", "unit_id", "period", "obligation_id", *unit.codes],
        [pk, unit.pk, str(period), obligation_id, *unit.codes.values()],
    )  # fmt: skip
    ledger.unit = unit
    if obligation_id is None:
        ledger.obligation = obligation_of(unit, period)
        if ledger.obligation:
            ledger.save(update_fields=["obligation"])
    return ledger


def obligation_kind(unit: Division) -> str:
    return "ledger_city" if unit.city_code == unit.pk else "ledger_county"


def obligation_of(unit: Division, period: Period) -> Obligation | None:
    return Obligation.objects.live().filter(kind=obligation_kind(unit), unit=unit, period=str(period)).first()


def new_attempt(
    unit: Division, period: Period, *, source: str, by: Any, at: datetime, **values: Any
) -> Attempt:
    """A fresh staged hand-in; one that was still being checked is discarded. Call inside `atomic`."""
    refuse_ahead(period, at)
    ledger = ledger_of(unit, period)
    states = dict(ledger.attempts.values_list("number", "state"))
    if AttemptState.SUBMITTED in states.values():
        raise already_submitted()
    if AttemptState.STAGED in states.values():
        ledger.attempts.filter(state=AttemptState.STAGED).update(state=AttemptState.DISCARDED)
    return Attempt.objects.create(
        ledger=ledger,
        number=max(states, default=0) + 1,
        source=source,
        made_by=by,
        made_at=at,
        **unit.codes,
        **values,
    )


def insert_rows(attempt: Attempt, drafts: Sequence[Draft]) -> None:
    bulk_insert(
        StagedRow, ROW_COLUMNS,
        [
            (attempt.pk, d.position, d.sheet, d.line, d.name, str(d.match), d.project_id, d.project_version, d.unit_code,
             d.values, d.mended, d.previous, d.changed, d.messages, d.explanations, d.candidates, d.resolutions)
            for d in drafts
        ],
    )  # fmt: skip


def counted(
    drafts: Sequence[Any], messages: Sequence[Mapping[str, Any]], answers: Mapping[str, str]
) -> dict[str, int]:
    """Column values of Attempt from its rows and file messages. `ask_count` counts what is still unanswered."""
    found = count(drafts)
    open_file = sum(1 for m in messages if m["level"] == "ask" and not answers.get(file_key(m), "").strip())
    return {
        "row_count": found.rows,
        "changed_count": found.changed,
        "new_count": found.new,
        "error_count": found.errors + sum(1 for m in messages if m["level"] == ERROR),
        "ask_count": found.open_asks + open_file,
        "amount_yuan": found.amount_yuan,
    }


def file_key(message: Mapping[str, Any]) -> str:
    return f"{message['code']}@{message['cell']}"


def _keep(
    unit: Division, period: Period, received: Received, drafts: list[Draft], reading: dict[str, Any],
    messages: list[dict[str, Any]], *, by: Any, at: datetime,
) -> Attempt:  # fmt: skip
    folder = f"ledgers/{at:%Y}/{at:%m}/"
    with received.path.open("rb") as file:
        saved = default_storage.save(folder + stored_name(received.name), File(file))
    try:
        with transaction.atomic():
            attempt = new_attempt(
                unit, period, source=AttemptSource.UPLOAD, by=by, at=at, file=saved, file_name=received.name,
                file_sha256=received.sha256, file_size=received.size, reading=reading, messages=messages,
                **counted(drafts, messages, {}),
            )  # fmt: skip
            insert_rows(attempt, drafts)
            audit.record(
                "ledger_staged", target=attempt, by=by, at=at,
                after={"file": received.name, "sha256": received.sha256, "rows": attempt.row_count},
            )  # fmt: skip
    except BaseException:
        default_storage.delete(saved)
        raise
    return attempt


def refuse_ahead(period: Period, at: datetime) -> None:
    """A month that has not begun has no ledger; a quarter or a year never has one."""
    if period.kind is not PeriodKind.MONTH:
        text = _("%(period)s is not a month. Choose the month the ledger is about.")
        raise DomainError("period_not_month", text % {"period": period.label})
    if local_date(at) < period.first:
        text = _("%(period)s has not begun. Choose this month or an earlier one.")
        raise DomainError("period_ahead", text % {"period": period.label})
