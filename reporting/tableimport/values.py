"""The values a table reading is made of: no Django models, no settings, safe to pickle and to compare.

Amounts are integer 元 (``ParsedValue.value``); dates are ISO text of their own precision ("2026-04-26", "2025-11",
"2025"), so that a month-only date is never mistaken for the first of the month. Cells are named as
the clerk sees them ("F6").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

ERROR, ASK, NOTE = "error", "ask", "note"

# The seven control points, in order: code → official name (H14).
MILESTONES: dict[str, str] = {
    "company_setup": "开办企业",
    "land_planning_permit": "立项用地规划许可",
    "engineering_permit": "工程建设许可",
    "construction_permit": "施工许可",
    "construction_start": "开工建设",
    "completion_acceptance": "竣工验收",
    "production": "投产",
}

# Field code → kind ("text" | "amount" | "date" | "number" | "percent"). "node.<milestone>" is an actual date,
# "plan.<milestone>" a planned one.
FIELDS: dict[str, str] = {
    "seq": "text",
    "name": "text",
    "company": "text",
    "place": "text",
    "industry": "text",
    "contract_amount": "amount",
    "foreign_amount": "amount",
    "signed_on": "date",
    "invested_month": "amount",
    "invested_year": "amount",
    "invested_total": "amount",
    "year_plan": "amount",
    "progress": "text",
    "problems": "text",
    "lead_department": "text",
    "responsible_head": "text",
    "chief_service_officer": "text",
    "package_leader": "text",
    "remark": "text",
    "contact": "text",
    "phone": "text",
    "credit_code": "text",
    "project_code": "text",
    "content": "text",
    "nature": "text",
    "contract_kind": "text",
    "chinese_side": "text",
    "country": "text",
    "cooperation": "text",
    "build_period": "text",
    **{f"node.{code}": "date" for code in MILESTONES},
    **{f"plan.{code}": "date" for code in MILESTONES},
}


@dataclass(frozen=True, slots=True)
class Message:
    """What a clerk is told about one place. ``text`` may be a lazy translation: use ``str(message.text)`` to keep it.

    ``level``: "error" blocks, "ask" wants an answer or an explanation, "note" only tells. ``cell`` is "F6", a row is
    "A6" .. or "" when the whole sheet or file is meant (then ``sheet`` may be "" as well).
    """

    sheet: str
    cell: str
    code: str
    text: Any
    level: str = ERROR
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        """All six parts as plain text, for JSON columns and the API."""
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "code": self.code,
            "text": str(self.text),
            "level": self.level,
            "field": self.field,
        }


@dataclass(slots=True)
class ParsedValue:
    """One cell understood. ``raw`` is the text as written, ``value`` what it means (None = empty or not understood).

    text → str; amount → int 元; date → ISO text with ``precision`` "day" | "month" | "year"; ``approximate`` marks
    约 / 余 / 超过. An amount in US dollars is never converted: ``value`` None, ``foreign`` the dollars.
    """

    raw: str
    value: Any
    cell: str
    precision: str = ""
    approximate: bool = False
    currency: str = ""
    foreign: int | None = None

    @property
    def first_on(self) -> date | None:
        """First day a date value can mean (the day itself for day precision)."""
        if not self.precision or not self.value:
            return None
        parts = [int(p) for p in str(self.value).split("-")]
        return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)

    @property
    def last_on(self) -> date | None:
        """Last day a date value can mean, inclusive."""
        first = self.first_on
        if first is None or self.precision == "day":
            return first
        if self.precision == "year":
            return date(first.year, 12, 31)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return following - timedelta(days=1)


ParsedDate = ParsedValue


@dataclass(slots=True)
class TableRow:
    """One project row. ``name`` is stripped of ★ ● ※ and running numbers; ``fields`` holds every mapped column by field
    code except the nodes; ``nodes`` only the milestones with something written in them."""

    sheet: str
    line: int
    name: str
    company: str
    place: str
    fields: dict[str, ParsedValue] = field(default_factory=dict)
    nodes: dict[str, ParsedDate] = field(default_factory=dict)
    plans: dict[str, ParsedDate] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    def value(self, code: str) -> Any:
        """The understood value of a field, None when the column is missing, empty or not understood."""
        found = self.fields.get(code)
        return None if found is None else found.value


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column: letter, joined heading ("投资完成情况/当月完成"), the field it was taken for (None = an extra)."""

    letter: str
    heading: str
    field: str | None
    sure: bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DroppedRow:
    """A row that is not a project. ``kind``: title | unit | heading | subtotal | category | note | blank | signature |
    continuation (a line below a project without number and name)."""

    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """A subtotal row held against the rows it covers. Amounts in 元; ``written_*`` None when the row does not say."""

    line: int
    label: str
    written_count: int | None
    counted: int
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)  # field → (written, summed)

    @property
    def agrees(self) -> bool:
        """True when nothing written in the row differs from the rows."""
        return (self.written_count is None or self.written_count == self.counted) and all(
            written == summed for written, summed in self.sums.values()
        )


@dataclass(slots=True)
class TableReading:
    """All that was read from one file. ``ok`` is False when the file gave no table at all (see ``messages``)."""

    period: str | None = None
    period_text: str = ""
    title: str = ""
    unit: str = ""
    unit_text: str = ""
    reporter: str = ""
    sheet: str = ""
    kind: str = ""
    header_lines: tuple[int, int] = (0, 0)
    columns: list[ColumnMatch] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)
    dropped: list[DroppedRow] = field(default_factory=list)
    totals: list[TotalCheck] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """A ledger table was found and read, perhaps with messages in its cells."""
        return bool(self.columns)

    def all_messages(self) -> list[Message]:
        """Messages of the file followed by those of its rows, in the order of the sheet."""
        return [*self.messages, *(m for row in self.rows for m in row.messages)]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an upload. Sizes in bytes, ``wall_seconds`` of the whole child, ``cpu_seconds`` by RLIMIT_CPU."""

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 64 * 1024 * 1024
    entries: int = 200
    rows: int = 20_000
    columns: int = 200
    cells: int = 1_000_000
    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    cell_chars: int = 40_000
