"""The catalogue as a table: the columns of our template, reading rows into items and back, faults by cell.

The template is a Chinese official form, so its headings and words are Chinese. Reading what was written gives the same
items; nothing is guessed, a cell that cannot be read is named with the way to mend it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from approvals.catalogue.models import ItemKind, LimitUnit, ProjectKind
from approvals.catalogue.spec import Fault, ItemSpec, faults_of
from projects.models import MilestoneCode
from projects.text import clean

KINDS = {"即办件": ItemKind.IMMEDIATE, "承诺件": ItemKind.PROMISED, "上报件": ItemKind.FORWARDED}
UNITS = {"工作日": LimitUnit.WORKING_DAYS, "日": LimitUnit.CALENDAR_DAYS}
UNIT_WORDS = {"自然日": "日", "天": "日", "日历日": "日", "个工作日": "工作日"}
STAGES = {
    "开办企业": MilestoneCode.COMPANY_SETUP,
    "立项用地规划许可": MilestoneCode.LAND_PLANNING_PERMIT,
    "工程建设许可": MilestoneCode.ENGINEERING_PERMIT,
    "施工许可": MilestoneCode.CONSTRUCTION_PERMIT,
    "开工建设": MilestoneCode.CONSTRUCTION_START,
    "竣工验收": MilestoneCode.COMPLETION_ACCEPTANCE,
    "投产": MilestoneCode.PRODUCTION,
}
PROJECT_KINDS = {
    "备案新建": ProjectKind.FILED,
    "核准新建": ProjectKind.RATIFIED,
    "小型低风险": ProjectKind.SMALL_LOW_RISK,
    "利用现有厂房": ProjectKind.RENOVATION,
    "政府投资": ProjectKind.GOVERNMENT,
    "不涉及建设": ProjectKind.NO_BUILD,
}
YES_NO = {"是": True, "否": False}
SEPARATORS = re.compile(r"[；;\n]+")
MOST_DAYS = 1000
TITLE = "审批服务事项目录"
NOTE = (
    "时限填整数；没有规定或没有承诺的留空。多个材料、前置事项、项目类型之间用“；”隔开。前置事项填事项编码。"
)


class Formula(str):
    """What stood in a formula cell, as against a text that only begins with "="."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a fault lies: row and column counted from 1, as the spreadsheet shows them."""

    row: int
    column: int

    @property
    def name(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class CellFault:
    """`cell` is a spreadsheet name such as G12, empty for the table as a whole."""

    cell: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """`field` of ItemSpec, heading, width, how a value is written, whether it must be filled."""

    field: str
    heading: str
    width: int
    write: Callable[[ItemSpec, Departments], str | int | None]
    must: bool = False


@dataclass(frozen=True, slots=True)
class Departments:
    """Departments of the division: what a catalogue's codes are called there."""

    names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    def called(self, code: str) -> str:
        return self.names.get(code, code)

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Departments:
        """`rows` of accounts.Department: each is found by code, short name or full name."""
        names: dict[str, str] = {}
        codes: dict[str, str] = {}
        for row in rows:
            names[row.code] = row.short_name or row.name
            for word in (row.code, row.name, row.short_name):
                if word:
                    codes.setdefault(word, row.code)
        return cls(names, codes)


def _word(table: Mapping[str, Any], value: str) -> str:
    return next((word for word, code in table.items() if code == value), value)


def _days(name: str) -> Callable[[ItemSpec, Departments], int | None]:
    return lambda spec, _d: getattr(spec, name) if name != "extra_days" else (spec.extra_days or None)


def _unit(days: str, unit: str) -> Callable[[ItemSpec, Departments], str]:
    return lambda spec, _d: _word(UNITS, getattr(spec, unit)) if getattr(spec, days) is not None else ""


def _flag(name: str) -> Callable[[ItemSpec, Departments], str]:
    return lambda spec, _d: "是" if getattr(spec, name) else "否"


def _text(name: str) -> Callable[[ItemSpec, Departments], str]:
    return lambda spec, _d: getattr(spec, name)


def _list(name: str) -> Callable[[ItemSpec, Departments], str]:
    return lambda spec, _d: "；".join(getattr(spec, name))


COLUMNS: tuple[Column, ...] = (
    Column("code", "事项编码", 12, _text("code"), must=True),
    Column("name", "事项名称", 34, _text("name"), must=True),
    Column("stage", "所属阶段", 18, lambda s, _d: _word(STAGES, s.stage), must=True),
    Column("kind", "办件类型", 10, lambda s, _d: _word(KINDS, s.kind), must=True),
    Column("department_code", "责任部门", 16, lambda s, d: d.called(s.department_code), must=True),
    Column("statutory_days", "法定时限", 10, _days("statutory_days")),
    Column("statutory_unit", "法定时限单位", 13, _unit("statutory_days", "statutory_unit")),
    Column("extra_days", "可延长", 9, _days("extra_days")),
    Column("basis", "法定依据", 44, _text("basis")),
    Column("promised_days", "承诺时限", 10, _days("promised_days")),
    Column("promised_unit", "承诺时限单位", 13, _unit("promised_days", "promised_unit")),
    Column("green_days", "绿色通道时限", 13, _days("green_days")),
    Column("materials", "申请材料", 44, _list("materials")),
    Column("result", "办理结果", 22, _text("result")),
    Column("prerequisites", "前置事项", 16, _list("prerequisites")),
    Column("commitment_allowed", "可否告知承诺", 13, _flag("commitment_allowed")),
    Column(
        "project_kinds", "适用项目类型", 24,
        lambda s, _d: "；".join(_word(PROJECT_KINDS, one) for one in s.project_kinds),
    ),
    Column("is_control", "控制事项", 10, _flag("is_control")),
    Column("usual", "通常需要", 10, _flag("usual")),
)  # fmt: skip
BY_FIELD = {column.field: number for number, column in enumerate(COLUMNS)}
LENGTHS = {"code": 30, "name": 120, "basis": 300, "result": 120}


def table_of(specs: Iterable[ItemSpec], departments: Departments) -> list[list[str | int | None]]:
    """Heading and rows, in the order of COLUMNS."""
    rows: list[list[str | int | None]] = [[column.heading for column in COLUMNS]]
    rows += [[column.write(spec, departments) for column in COLUMNS] for spec in specs]
    return rows


@dataclass(slots=True)
class Read:
    """What a table says. With any fault nothing may be stored."""

    specs: list[ItemSpec] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)


def read_table(rows: Sequence[Sequence[Any]], departments: Departments) -> Read:
    """`rows`: all rows of the sheet from its first, cells as read. The heading row is found by its words."""
    read = Read()
    head = next(
        (
            n
            for n, row in enumerate(rows[:20])
            if _plain(_at(row, 0)) == COLUMNS[0].heading or _names(row) >= 5
        ),
        None,
    )
    if head is None:
        text = _("The heading row was not found. Use the template: its headings begin with “%(word)s”.")
        read.faults.append(CellFault("A1", "", text % {"word": COLUMNS[0].heading}))
        return read
    places = {_plain(value): number for number, value in enumerate(rows[head]) if _plain(value)}
    missing = [column.heading for column in COLUMNS if column.heading not in places]
    if missing:
        text = _("These columns are missing: %(names)s. Put their headings back as in the template.")
        read.faults.append(CellFault(Cell(head + 1, 1).name, "", text % {"names": "、".join(missing)}))
        return read
    lines: dict[str, int] = {}
    for number in range(head + 1, len(rows)):
        row = rows[number]
        if not any(_plain(value) for value in row):
            continue
        _read_row(read, row, number + 1, places, departments, lines)
    if not read.specs and not read.faults:
        read.faults.append(
            CellFault(Cell(head + 2, 1).name, "", _("The table has no items. Write at least one row."))
        )
    if not read.faults:
        read.faults += [_placed(fault, lines, places) for fault in faults_of(read.specs)]
    return read


def _placed(fault: Fault, lines: Mapping[str, int], places: Mapping[str, int]) -> CellFault:
    if not fault.field or fault.code not in lines:
        return CellFault("", "", fault.text)
    heading = COLUMNS[BY_FIELD[fault.field]].heading
    return CellFault(Cell(lines[fault.code], places[heading] + 1).name, heading, fault.text)


def _names(row: Sequence[Any]) -> int:
    headings = {column.heading for column in COLUMNS}
    return sum(_plain(value) in headings for value in row)


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else None


def _plain(value: Any) -> str:
    """A cell as text: 20.0 → 20, blanks and full-width forms folded."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value).replace("\r\n", "\n").replace("\r", "\n"))


def _read_row(
    read: Read,
    row: Sequence[Any],
    line: int,
    places: Mapping[str, int],
    departments: Departments,
    lines: dict[str, int],
) -> None:
    values: dict[str, Any] = {}
    for column in COLUMNS:
        place = places[column.heading]
        raw = _at(row, place)
        try:
            values[column.field] = _value(column, raw, departments)
        except ValueError as fault:
            read.faults.append(CellFault(Cell(line, place + 1).name, column.heading, str(fault)))
    if len(values) < len(COLUMNS):
        return
    for days, unit in (("statutory_days", "statutory_unit"), ("promised_days", "promised_unit")):
        if values[days] is not None and not values[unit]:
            place = places[COLUMNS[BY_FIELD[unit]].heading]
            text = _("Say whether these are working days or calendar days: %(words)s.") % {
                "words": "、".join(UNITS)
            }
            read.faults.append(CellFault(Cell(line, place + 1).name, COLUMNS[BY_FIELD[unit]].heading, text))
        values[unit] = values[unit] or LimitUnit.WORKING_DAYS.value
    values["extra_days"] = values["extra_days"] or 0
    lines[values["code"]] = line
    read.specs.append(ItemSpec(**values))


def _value(column: Column, raw: Any, departments: Departments) -> Any:
    """The cell's value for ItemSpec; ValueError with a message for the reader."""
    if isinstance(raw, Formula):
        raise ValueError(_("A formula is not read. Write the value itself."))
    if isinstance(raw, date):
        raise ValueError(
            _("The spreadsheet turned this into a date. Format the cell as text and write it again.")
        )
    text = _plain(raw)
    if column.must and not text:
        raise ValueError(_("“%(heading)s” is empty. Fill it in.") % {"heading": column.heading})
    match column.field:
        case "statutory_days" | "promised_days" | "green_days" | "extra_days":
            return _whole(text)
        case "statutory_unit" | "promised_unit":
            return _choice(UNITS, UNIT_WORDS.get(text, text)) if text else ""
        case "stage":
            return _choice(STAGES, text)
        case "kind":
            return _choice(KINDS, text)
        case "department_code":
            return _department(text, departments)
        case "materials" | "prerequisites":
            return _parts(text, 30 if column.field == "prerequisites" else 100)
        case "project_kinds":
            return tuple(_choice(PROJECT_KINDS, one) for one in _parts(text, 30))
        case "commitment_allowed" | "is_control" | "usual":
            return _choice(YES_NO, text) if text else column.field == "usual"
    return _short(text, LENGTHS[column.field])


def _short(text: str, most: int) -> str:
    text = " ".join(text.split("\n"))
    if len(text) > most:
        raise ValueError(
            _("%(count)d characters are too many, at most %(most)d. Shorten the text.")
            % {"count": len(text), "most": most}
        )
    return text


def _whole(text: str) -> int | None:
    if not text:
        return None
    folded = (
        unicodedata.normalize("NFKC", text)
        .removesuffix("个工作日")
        .removesuffix("工作日")
        .removesuffix("日")
        .removesuffix("天")
    )
    if not folded.strip().isdecimal() or int(folded) > MOST_DAYS:
        raise ValueError(
            _("“%(text)s” is not a whole number of days from 0 to %(most)d. Write digits only.")
            % {"text": text[:30], "most": MOST_DAYS}
        )
    return int(folded)


def _choice(table: Mapping[str, Any], text: str) -> Any:
    if text not in table:
        raise ValueError(
            _("“%(text)s” is not known here. Choose one of: %(names)s.")
            % {"text": text[:30], "names": "、".join(table)}
        )
    value = table[text]
    return value if isinstance(value, bool) else str(value)


def _department(text: str, departments: Departments) -> str:
    code = departments.codes.get(text)
    if code is None:
        raise ValueError(
            _("There is no department “%(text)s” in this division. Known: %(names)s.")
            % {"text": text[:40], "names": "、".join(dict.fromkeys(departments.names.values()))}
        )
    return code


def _parts(text: str, longest: int) -> tuple[str, ...]:
    parts = tuple(part for part in (clean(each) for each in SEPARATORS.split(text)) if part)
    for part in parts:
        if len(part) > longest:
            raise ValueError(
                _("“%(text)s…” is too long for one entry. Separate entries by “；”.") % {"text": part[:20]}
            )
    if len(parts) > 60:
        raise ValueError(_("At most 60 entries fit into one cell."))
    return parts
