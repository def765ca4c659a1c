"""Work on a hand-in that is being checked: mend a cell, answer a question, choose the project, leave a row out, say that
nothing changed, correct the columns. Each re-checks the whole table, because one row may speak about another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.bulk import bulk_update
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.typed import whole_number
from policy.periods import Period
from reporting.ledgers import rows as cells
from reporting.ledgers.access import require_submit
from reporting.ledgers.context import Area, load_area
from reporting.ledgers.evaluate import CHOICE_CODES, Draft, Layout, evaluate, key_of
from reporting.ledgers.models import Attempt, AttemptState, ColumnMemory, RowMatch, StagedRow
from reporting.ledgers.rows import FACTS, MONTHLY, Cells
from reporting.ledgers.staging import (
    counted,
    drafts_of,
    file_key,
    file_messages,
    insert_rows,
    layout_of,
    read_workbook,
    reading_json,
)
from reporting.tableimport.amounts import parse_amount
from reporting.tableimport.columns import heading_key
from reporting.tableimport.dates import parse_date
from reporting.tableimport.text import tidy
from reporting.tableimport.texts import say
from reporting.tableimport.values import ERROR, FIELDS

ROW_FIELDS = (
    "id", "name", "match", "project_id", "project_version", "unit_code", "values", "mended", "previous", "changed",
    "messages", "explanations", "candidates", "resolutions",
)  # fmt: skip
LONGEST = {"progress": 300, "problems": 500, "name": 200}
LONGEST_OTHER = 300


def mend_cells(*, attempt: Attempt, edits: Mapping[int, Mapping[str, str]], by: Any, at: datetime) -> Attempt:
    """Type over cells. `edits`: {row id: {field: text as typed}}; amounts in 万元. A text that cannot be read is kept as
    typed with its message, like a cell of a workbook."""
    return _rework(attempt, lambda drafts, _area: _put_edits(drafts, edits, by), by=by, at=at)


def explain(*, attempt: Attempt, answers: Mapping[int, Mapping[str, str]], file_answers: Mapping[str, str] | None = None,
            by: Any, at: datetime) -> Attempt:  # fmt: skip
    """Answer questions. `answers`: {row id: {message key: text}}; a choice ("ledger", "live") has the key `=field`."""

    def put(drafts: Sequence[Draft], _area: Area) -> None:
        for draft in drafts:
            for key, text in answers.get(draft.pk or 0, {}).items():
                _put_answer(draft, key, text)

    return _rework(attempt, put, by=by, at=at, file_answers=file_answers or {})


def choose_match(*, attempt: Attempt, row_id: int, choice: str, by: Any, at: datetime) -> Attempt:
    """Say which project a row is: its id (one of the area), "new", "skip" (leave it out) or "" (ask the system again)."""

    def put(drafts: Sequence[Draft], area: Area) -> None:
        draft = _row(drafts, row_id)
        number = whole_number(choice)
        if number is not None and number not in area.projects.by_id:
            raise DomainError("place_not_here", _("The project does not exist or is not in this area."))
        if choice and number is None and choice not in ("new", "skip"):
            raise DomainError("choice_unknown", _("Please choose one of the projects listed."))
        draft.resolutions.pop("match", None)
        if choice:
            draft.resolutions["match"] = choice

    return _rework(attempt, put, by=by, at=at)


def mark_unchanged(*, attempt: Attempt, row_ids: Sequence[int], by: Any, at: datetime) -> Attempt:
    """本月无变化: the rows say what was accepted last month, with nothing invested this month."""

    def put(drafts: Sequence[Draft], area: Area) -> None:
        wanted = set(row_ids)
        for draft in drafts:
            if draft.pk not in wanted or not draft.project_id:
                continue
            live = area.projects.by_id[draft.project_id]
            known = {**live.values, **area.entries.get(live.id, {})}
            for name in MONTHLY:
                value = 0 if name == "invested_month" else known.get(name)
                _replace(draft, name, [value] if value is not None else None)

    return _rework(attempt, put, by=by, at=at)


def remap_columns(*, attempt: Attempt, mapping: Mapping[str, str], by: Any, at: datetime) -> Attempt:
    """Correct which column is which: `mapping` {column letter: field or "" for unused}. Remembered for the unit; the
    workbook is read again, answers and mended cells are carried over by row and field."""
    unit = attempt.ledger.unit
    require_submit(by, unit)
    headings = {letter: heading for letter, heading, *_rest in attempt.reading.get("columns", [])}
    wanted = {heading_key(headings[letter]): field for letter, field in mapping.items() if letter in headings}
    if any(field and field not in FIELDS for field in wanted.values()):
        raise DomainError("field_unknown", _("Please choose one of the fields listed."))
    used = [field for field in wanted.values() if field]
    if len(used) != len(set(used)):
        raise DomainError(
            "field_twice", _("Two columns were given the same meaning. Each field has one column.")
        )
    if "name" not in used:
        raise DomainError("name_column_missing", _("One column must be the project name."))
    with transaction.atomic():
        remember_columns(unit, wanted, at)
        _reread(_lock_staged(attempt), by=by, at=at)
    attempt.refresh_from_db()
    return attempt


def remember_columns(unit: Any, fields: Mapping[str, str], at: datetime) -> None:
    ColumnMemory.objects.bulk_create(
        [ColumnMemory(unit=unit, heading=key[:120], field=field, learned_at=at) for key, field in sorted(fields.items())],
        update_conflicts=True, unique_fields=["unit", "heading"], update_fields=["field", "learned_at"],
    )  # fmt: skip


def recheck(*, attempt: Attempt, by: Any, at: datetime) -> Attempt:
    """Judge all rows again: live data may have moved since the file was read."""
    return _rework(attempt, lambda _drafts, _area: None, by=by, at=at)


# --- the one way ------------------------------------------------------------------------------------------


def _rework(
    attempt: Attempt, put: Any, *, by: Any, at: datetime, file_answers: Mapping[str, str] | None = None
) -> Attempt:
    """Lock, change, judge again, keep what differs. `put(drafts, area)` makes the change."""
    unit = attempt.ledger.unit
    require_submit(by, unit)
    with transaction.atomic():
        row = _lock_staged(attempt)
        drafts = load_drafts(row)
        before = {d.pk: _state(d) for d in drafts}
        area = load_area(unit, Period.parse(row.ledger.period), local_date(at))
        put(drafts, area)
        evaluate(drafts, area, layout_of([c[:3] for c in row.reading.get("columns", [])]))
        moved = [d for d in drafts if _state(d) != before[d.pk]]
        save_drafts(moved)
        known = {file_key(m) for m in row.messages}
        row.explanations = {
            **row.explanations, **{k: v.strip()[:500] for k, v in (file_answers or {}).items() if k in known},
        }  # fmt: skip
        row.reading = {**row.reading, "checked_at": at.isoformat()}
        _save_counts(row, drafts)
    attempt.refresh_from_db()
    return attempt


def _save_counts(row: Attempt, drafts: Sequence[Draft]) -> None:
    values = counted(drafts, row.messages, row.explanations)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "explanations", "messages", "reading"])


def _lock_staged(attempt: Attempt) -> Attempt:
    row = Attempt.objects.select_for_update(of=("self",)).select_related("ledger__unit").get(pk=attempt.pk)
    if row.state != AttemptState.STAGED:
        raise StaleState(
            "not_staged", _("This hand-in is no longer being checked; it can no longer be changed here.")
        )
    return row


def load_drafts(attempt: Attempt, fields: Sequence[str] = ROW_FIELDS) -> list[Draft]:
    """The rows of a hand-in as drafts, in their order; `fields` of ROW_FIELDS, the others stay at their default."""
    names = ("position", "sheet", "line", *fields)
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    table = connection.ops.quote_name(StagedRow._meta.db_table)
    with connection.cursor() as cursor:
        # Plain rows: nine JSON columns of 5,000 rows through the model layer cost more than the whole query.
        cursor.execute(f"SELECT {columns} FROM {table} WHERE attempt_id = %s ORDER BY position", [attempt.pk])  # noqa: S608
        rows = cursor.fetchall()
    if not rows:
        return []
    held = dict(zip(names, zip(*rows, strict=True), strict=True))
    for name in names:
        if name in _JSON:
            held[name] = _loads(held[name])
    keys = ["pk" if name == "id" else name for name in names]
    return [Draft(**dict(zip(keys, row, strict=True))) for row in zip(*held.values(), strict=True)]


_JSON = {"values", "mended", "previous", "changed", "messages", "explanations", "candidates", "resolutions"}


def _loads(texts: Sequence[str]) -> tuple[Any, ...]:
    """A column of JSON texts, read in one go: the parser then keeps each key once."""
    return tuple(json.loads(f"[{','.join(texts)}]"))


def save_drafts(drafts: Sequence[Draft]) -> None:
    bulk_update(
        StagedRow, ROW_FIELDS,
        [
            (d.pk, d.name, str(d.match), d.project_id, d.project_version, d.unit_code, d.values, d.mended, d.previous,
             d.changed, d.messages, d.explanations, d.candidates, d.resolutions)
            for d in sorted(drafts, key=lambda d: d.pk or 0)
        ],
    )  # fmt: skip


def _state(draft: Draft) -> str:
    return repr((draft.name, draft.match, draft.project_id, draft.project_version, draft.unit_code, draft.values,
                 draft.mended, draft.previous, draft.changed, draft.messages, draft.explanations, draft.candidates,
                 draft.resolutions))  # fmt: skip


def _row(drafts: Sequence[Draft], row_id: int) -> Draft:
    found = next((d for d in drafts if d.pk == row_id), None)
    if found is None:
        raise DomainError("row_unknown", _("This row is not part of the hand-in."))
    return found


def _reread(row: Attempt, *, by: Any, at: datetime) -> None:
    """Read the stored workbook again and replace the rows; what was typed since is put back by line and field."""
    unit, period = row.ledger.unit, Period.parse(row.ledger.period)
    if not row.file:
        raise DomainError("no_workbook", _("There is no workbook behind this hand-in."))
    old = {draft.line: draft for draft in load_drafts(row)}
    reading = read_workbook(Path(row.file.path), row.file_name, unit, period)
    if not reading.ok or not reading.rows:
        raise DomainError(
            "file_unreadable", _("With these columns no project row is left. Please correct them.")
        )
    drafts, layout = drafts_of(reading)
    edits = {
        d.position: {f: cells.input_of(old[d.line].values, f) for f in old[d.line].mended}
        for d in drafts
        if d.line in old
    }
    for draft in drafts:
        earlier = old.get(draft.line)
        if earlier:
            draft.explanations, draft.resolutions = earlier.explanations, earlier.resolutions
            for name, text in edits.get(draft.position, {}).items():
                put_cell(draft, name, text)
    area = load_area(unit, period, local_date(at))
    evaluate(drafts, area, layout)
    StagedRow.objects.filter(attempt=row).delete()
    insert_rows(row, drafts)
    row.reading = {**row.reading, **reading_json(reading)}
    row.messages = file_messages(reading, drafts, area)
    _save_counts(row, drafts)


# --- single cells -----------------------------------------------------------------------------------------


def _put_edits(drafts: Sequence[Draft], edits: Mapping[int, Mapping[str, str]], by: Any) -> None:
    by_id = {draft.pk: draft for draft in drafts}
    for row_id, fields in edits.items():
        draft = by_id.get(row_id)
        if draft is None:
            raise DomainError("row_unknown", _("This row is not part of the hand-in."))
        for name, text in fields.items():
            if name in FIELDS and name != "seq" and text.strip() != cells.input_of(draft.values, name):
                put_cell(draft, name, text)


def put_cell(draft: Draft, name: str, text: str) -> None:
    """One typed cell: what the workbook said is remembered, messages about the old content go."""
    draft.mended.setdefault(name, cells.raw_of(draft.values, name))
    draft.messages = [m for m in draft.messages if m["field"] != name]
    packed, messages = read_cell(name, text, sheet=draft.sheet, cell=_cell_of(draft, name))
    if packed is None:
        draft.values.pop(name, None)
    else:
        draft.values[name] = packed
    draft.messages += messages
    if name == "name":
        draft.name = str(packed[0] if packed else "")[:200]
        if not draft.name:
            draft.messages.append({**say("name_missing", draft.sheet, "", "name").as_dict(), "by": "read"})
    draft.explanations = {k: v for k, v in draft.explanations.items() if not k.endswith(f"@{name}")}
    draft.resolutions.pop(name, None)


def _cell_of(draft: Draft, name: str) -> str:
    cell = draft.values.get(name)
    return str(cell[4]) if cell and len(cell) > 4 else ""


def _replace(draft: Draft, name: str, packed: list[Any] | None) -> None:
    if cells.value_of(draft.values, name) == (packed[0] if packed else None):
        return
    draft.mended.setdefault(name, cells.raw_of(draft.values, name))
    draft.messages = [m for m in draft.messages if m["field"] != name]
    if packed is None:
        draft.values.pop(name, None)
    else:
        draft.values[name] = packed


def read_cell(
    name: str, text: str, *, sheet: str = "", cell: str = ""
) -> tuple[list[Any] | None, list[dict[str, Any]]]:
    """One typed text understood: the packed cell (None when empty) and its messages. Amounts are in 万元."""
    raw = tidy(text or "")
    if not raw:
        return None, []
    kind = FIELDS.get(name, "text")
    if kind == "amount":
        amount = parse_amount(raw, "万元")
        told = (
            [_message(amount.code, sheet, cell, name, raw=raw, unit="万元", part=amount.part)]
            if amount.code
            else []
        )
        flags = "~" if amount.approximate else ""
        keep = "" if amount.value is not None and cells.edit_text(name, amount.value) == raw else raw
        return cells.trim([amount.value, keep, "", flags, cell]), told
    if kind == "date":
        found = parse_date(raw)
        told = (
            [_message(found.code, sheet, cell, name, raw=raw, part=found.part, value=found.value)]
            if found.code
            else []
        )
        keep = "" if raw == found.value else raw
        precision = found.precision if found.precision != "day" else ""
        return cells.trim([found.value or None, keep, precision, "", cell]), told
    return cells.trim([raw[: LONGEST.get(name, LONGEST_OTHER)], "", "", "", cell]), []


def _message(code: str, sheet: str, cell: str, name: str, **params: Any) -> dict[str, Any]:
    return {**say(code, sheet, cell, name, **params).as_dict(), "by": "read"}


def _put_answer(draft: Draft, key: str, text: str) -> None:
    if key.startswith("="):
        name = key[1:]
        if text in ("ledger", "live") and any(
            m["code"] in CHOICE_CODES and m["field"] == name for m in draft.messages
        ):
            draft.resolutions[name] = text
        return
    if any(key_of(m) == key and m["level"] != ERROR for m in draft.messages):
        draft.explanations[key] = text.strip()[:500]


__all__ = [
    "FACTS",
    "Cells",
    "Layout",
    "RowMatch",
    "choose_match",
    "explain",
    "load_drafts",
    "mark_unchanged",
    "mend_cells",
    "read_cell",
    "recheck",
    "remap_columns",
    "remember_columns",
    "save_drafts",
]
