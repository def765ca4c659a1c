"""Rows of a hand-in as the pages show them: old and new values, messages at their cell, inputs where something is to mend."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reporting.ledgers import rows as cells
from reporting.ledgers.evaluate import CHOICE_CODES, Draft, is_answered, key_of
from reporting.ledgers.models import Attempt, RowMatch
from reporting.ledgers.rows import NODE_LABELS, NODES
from reporting.ledgers.staging import file_key
from reporting.tableimport.columns import heading_key

TABLE = ("invested_month", "invested_total", "progress", "problems", "node", "contract_amount", "signed_on")
NEW_WRITTEN = ("company", "place", "industry", "lead_department")  # of a newly signed project, beside TABLE
NUMERIC = {"invested_month", "invested_total", "contract_amount"}
TEXT = {"progress", "problems"}


@dataclass(slots=True)
class CellView:
    """One cell. `fix`: an input is shown; `asks`: a question stands below the table."""

    field: str
    label: str
    text: str
    under: str = ""
    old: str = ""
    raw: str = ""
    live: str = ""
    errors: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    asks: bool = False
    notes: list[str] = dataclasses.field(default_factory=list)
    input_id: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.old)

    @property
    def css(self) -> str:
        names = ["jg-num"] if self.field in NUMERIC else ["is-text"] if self.field in TEXT else []
        if self.errors:
            names.append("is-fix")
        elif self.changed:
            names.append("is-new")
        if self.asks and not self.errors:
            names.append("is-ask")
        if not names[1:] and not self.changed:
            names.append("jg-same")
        return " ".join(names)


@dataclass(slots=True)
class RowView:
    draft: Draft
    name: CellView
    cells: list[CellView]
    more_errors: list[CellView]
    more_changes: list[CellView] = dataclasses.field(default_factory=list)
    return_reason: str = ""
    candidates: list[Any] = dataclasses.field(default_factory=list)

    @property
    def pk(self) -> int | None:
        return self.draft.pk

    @property
    def skipped(self) -> bool:
        return self.draft.match == RowMatch.SKIPPED

    @property
    def is_new(self) -> bool:
        return self.draft.match == RowMatch.NEW

    @property
    def unsure(self) -> bool:
        return self.draft.match == RowMatch.UNSURE

    @property
    def twice(self) -> bool:
        return any(m["code"] in ("row_twice", "place_not_here", "project_ended") for m in self.draft.messages)

    @property
    def has_errors(self) -> bool:
        return any(m["level"] == "error" for m in self.draft.messages)

    @property
    def where(self) -> str:
        return str(self.draft.line or self.draft.position)


@dataclass(frozen=True, slots=True)
class Question:
    """One point to explain or to decide."""

    row_id: int | None
    key: str
    name: str
    title: str
    text: str
    answer: str
    choice: bool
    choices: tuple[tuple[str, str], ...] = ()
    answered: bool = False


def letters_of(attempt: Attempt) -> dict[str, str]:
    return {code: letter for letter, _heading, code, *_rest in attempt.reading.get("columns", []) if code}


def row_view(draft: Draft, letters: Mapping[str, str]) -> RowView:
    by_field: dict[str, list[dict[str, Any]]] = {}
    for message in draft.messages:
        by_field.setdefault(message["field"], []).append(message)
    node = node_field(draft, by_field)
    shown = [_cell(draft, node if name == "node" else name, by_field, letters) for name in TABLE]
    covered = {c.field for c in shown} | {"name"}
    more = [
        _cell(draft, name, by_field, letters)
        for name, told in by_field.items()
        if name not in covered and any(m["level"] == "error" for m in told)
    ]
    covered |= {c.field for c in more}
    rest = [_change(draft, name, by_field, letters) for name in _written(draft) if name not in covered]
    return RowView(draft, _cell(draft, "name", by_field, letters), shown, more, rest)


def _written(draft: Draft) -> list[str]:
    """What acceptance will write: the changes of a known project, all that a newly signed one is entered with."""
    if draft.match != RowMatch.NEW:
        return draft.changed
    plans = [name for name in draft.values if name.startswith("plan.")]
    return [n for n in (*NEW_WRITTEN, *NODES, *plans) if cells.value_of(draft.values, n) not in (None, "")]


def _change(
    draft: Draft, name: str, by_field: Mapping[str, list[dict[str, Any]]], letters: Mapping[str, str]
) -> CellView:
    """A written cell that has no column in the table, with its plain value."""
    cell = _cell(draft, name, by_field, letters)
    cell.text = cells.show(name, draft.values.get(name))
    return cell


def node_field(draft: Draft, by_field: Mapping[str, Any]) -> str:
    """The milestone to show: one with a fault, else the latest reached, else the first."""
    faulty = [name for name in NODES if any(m["level"] != "note" for m in by_field.get(name, ()))]
    if faulty:
        return faulty[0]
    reached = [name for name in NODES if cells.value_of(draft.values, name)]
    return reached[-1] if reached else NODES[0]


def _cell(
    draft: Draft, name: str, by_field: Mapping[str, list[dict[str, Any]]], letters: Mapping[str, str]
) -> CellView:
    told = by_field.get(name, [])
    last, live = draft.previous.get("last") or {}, draft.previous.get("live") or {}
    old = under = ""
    before = last.get(name, live.get(name))
    if name in draft.changed:
        old = cells.show(name, [before]) if before not in (None, "") else _("empty")
    errors = [m for m in told if m["level"] == "error"]
    text = cells.show(name, draft.values.get(name))
    if name.startswith("node."):
        before_text = _("not done") if old and before in (None, "") else old
        old, under = before_text, text
        text = (
            str(NODE_LABELS[name[5:]])
            if cells.value_of(draft.values, name)
            else _node_text(draft, name, bool(told))
        )
    return CellView(
        field=name,
        label=cells.label(name),
        text=text,
        under=under if under != "—" else "",
        old=old,
        raw=cells.input_of(draft.values, name),
        errors=errors,
        asks=any(m["level"] == "ask" for m in told),
        notes=[m["text"] for m in told if m["level"] == "note"],
        input_id=f"cell-{draft.pk}-{name.replace('.', '-')}",
    )


def _node_text(draft: Draft, name: str, told: bool) -> str:
    raw = cells.raw_of(draft.values, name)
    return f"{NODE_LABELS[name[5:]]} {raw}".strip() if raw or told else "—"


def questions(attempt: Attempt, drafts: Sequence[Draft]) -> list[Question]:
    """All points of the hand-in that want a word, the file's own first, in the order of the rows."""
    found = [_file_question(attempt, m) for m in attempt.messages if m["level"] == "ask"]
    for draft in drafts:
        if draft.match != RowMatch.SKIPPED:
            found += [_row_question(draft, m) for m in draft.messages if m["level"] == "ask"]
    return found


def _file_question(attempt: Attempt, message: Mapping[str, Any]) -> Question:
    answer = attempt.explanations.get(file_key(message), "")
    title = message["cell"] or _("The whole workbook")
    return Question(None, file_key(message), f"file:{file_key(message)}", title, message["text"], answer, False,
                    answered=bool(answer.strip()))  # fmt: skip


def _row_question(draft: Draft, message: Mapping[str, Any]) -> Question:
    name = message["field"]
    value = cells.show(name, draft.values.get(name)) if name else ""
    unit = _(" (10,000 yuan)") if cells.kind_of(name) == "amount" and value != "—" else ""
    title = f"{draft.name} · {cells.label(name)} {value}{unit}" if name else draft.name
    choice = message["code"] in CHOICE_CODES
    key = f"={name}" if choice else key_of(message)
    answer = draft.resolutions.get(name, "") if choice else draft.explanations.get(key, "")
    live = cells.show(name, [(draft.previous.get("live") or {}).get(name)])
    choices = (("ledger", value), ("live", live)) if choice else ()
    return Question(draft.pk, key, f"row:{draft.pk}:{key}", title, message["text"], answer, choice, choices,
                    answered=is_answered(message, draft))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnView:
    letter: str
    heading: str
    field: str
    meaning: str
    sure: bool
    known: bool
    unit: str

    @property
    def check(self) -> bool:
        return bool(self.field) and not self.sure and not self.known


def columns_view(attempt: Attempt, memory: Mapping[str, str]) -> list[ColumnView]:
    """The columns of the workbook with what they were taken for."""
    return [
        ColumnView(
            letter,
            heading,
            code,
            cells.label(code) if code else "",
            sure,
            heading_key(heading) in memory,
            unit,
        )
        for letter, heading, code, sure, unit in attempt.reading.get("columns", [])
    ]


DROPPED = {
    "title": lambda: _("title row"),
    "unit": lambda: _("unit line"),
    "heading": lambda: _("heading row"),
    "subtotal": lambda: _("subtotal"),
    "category": lambda: _("group"),
    "note": lambda: _("note row"),
    "blank": lambda: _("blank row"),
    "signature": lambda: _("signatures"),
    "continuation": lambda: _("continued line"),
}


def dropped_view(attempt: Attempt) -> list[str]:
    """第 5 行：合计，已核对 — rows that were not read as projects, with the check of their sums."""
    totals = {t["line"]: t for t in attempt.reading.get("totals", [])}
    found = []
    for line, kind, text in attempt.reading.get("dropped", []):
        word = DROPPED.get(kind, lambda: _("other row"))()
        said = _("row %(line)d: %(kind)s %(text)s") % {"line": line, "kind": word, "text": text[:40]}
        total = totals.get(line)
        if total:
            said += _(", checked") if total["agrees"] else _(", does not agree with the rows")
        found.append(said)
    return found


def amount_note(attempt: Attempt) -> str:
    """与表中“合计”行一致 and the unit the workbook was written in, for the strip above the table."""
    grand = next((t for t in attempt.reading.get("totals", []) if "contract_amount" in t["sums"]), None)
    parts = [_("contract amounts together")]
    if grand:
        agrees = grand["sums"]["contract_amount"][0] == grand["sums"]["contract_amount"][1]
        parts.append(_("as in the row of totals") if agrees else _("not as in the row of totals"))
    unit = attempt.reading.get("unit", "")
    if unit and unit != "万元":
        parts.append(_("the workbook is in %(unit)s, shown here in 10,000 yuan") % {"unit": unit})
    return _("; ").join(parts)
