"""The ledger to fill in, pre-filled, in the layout offices know: title, unit row, two heading rows, rows, 合计, 备注.

What is written here comes back the same through reader.read_table: text as text, amounts exact to the 元, dates with
their own precision.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .amounts import UNITS
from .styles import CHANGED_FILL, fill, put
from .text import column_letter
from .values import FIELDS, MILESTONES, TableRow

# (field, heading, width in characters); the node columns stand under one parent heading.
_BEFORE: tuple[tuple[str, str, float], ...] = (
    ("seq", "序号", 5),
    ("name", "项目名称", 28),
    ("company", "投资方", 24),
    ("place", "承接地", 15),
    ("industry", "行业", 9),
    ("contract_amount", "合同投资额", 11),
    ("signed_on", "签约时间", 11),
)
_AFTER: tuple[tuple[str, str, float], ...] = (
    ("invested_month", "本月完成投资", 11),
    ("invested_total", "累计完成投资", 11),
    ("progress", "形象进度", 20),
    ("problems", "存在问题", 20),
    ("lead_department", "牵头领办部门", 13),
    ("chief_service_officer", "首席服务官", 10),
    ("package_leader", "包保领导", 10),
    ("remark", "备注", 12),
)
_CODE = ("project_code", "项目代码", 20)
NODES_HEADING = "关键节点完成时间"
NOTE = (
    "备注：1.合同投资额以签订合同为准；2.节点时间填写实际完成时间，未完成的不填；"
    "3.只知道月份的日期可写为2026-03；4.浅黄底色为比上月有变化的单元格。"
)
SIGNATURES = "审核人：                填表人：                联系电话："


@dataclass(slots=True)
class LedgerLine:
    """One project to write. ``fields``: field code → text, integer 元 or ISO date text ("2026-03-05", "2026-03");
    ``nodes``: milestone code → ISO date text; ``changed``: codes ("progress", "node.production") to shade."""

    fields: Mapping[str, Any]
    nodes: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    @classmethod
    def from_row(cls, row: TableRow) -> LedgerLine:
        """The line that would read back as this row."""
        fields = {code: parsed.value for code, parsed in row.fields.items() if parsed.value is not None}
        fields |= {"name": row.name, "company": row.company, "place": row.place}
        return cls(fields, {code: parsed.value for code, parsed in row.nodes.items()})


def write_ledger(
    lines: Iterable[LedgerLine],
    *,
    title: str,
    unit: str = "万元",
    reporter: str = "",
    filled_on: str = "",
    sheet_name: str = "进程信息台账",
    with_project_code: bool | None = None,
) -> bytes:
    """The workbook as .xlsx bytes. ``title`` should name the month ("…2026年10月进程信息台账"), ``unit`` is a key of
    amounts.UNITS in CNY, ``filled_on`` a text such as "2026年10月25日"."""
    import openpyxl

    found = list(lines)
    if unit not in UNITS or "美元" in unit:
        raise ValueError(f"unknown unit {unit}")
    coded = (
        any(line.fields.get("project_code") for line in found)
        if with_project_code is None
        else with_project_code
    )
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = sheet_name
    columns = _columns(coded)
    _head(sheet, columns, title, unit, reporter, filled_on)
    for at, line in enumerate(found):
        _line(sheet, 5 + at, at + 1, line, columns, UNITS[unit])
    _foot(sheet, 5 + len(found), found, columns, UNITS[unit])
    _validations(sheet, columns, 5, 5 + len(found) + 200)
    _page(sheet, columns, 5 + len(found))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _columns(coded: bool) -> list[tuple[str, str, float]]:
    nodes = [(f"node.{code}", heading, 11.0) for code, heading in MILESTONES.items()]
    return [*_BEFORE, *nodes, *_AFTER, *([_CODE] if coded else [])]


def _head(
    sheet: Any,
    columns: Sequence[tuple[str, str, float]],
    title: str,
    unit: str,
    reporter: str,
    filled_on: str,
) -> None:
    from openpyxl.styles import Alignment, Font

    width = len(columns)
    put(sheet["A1"], title)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font = Font(name="黑体", size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    put(sheet["A2"], f"填报单位：{reporter}（盖章）")
    put(sheet.cell(2, width - 5), f"单位：{unit}")
    if filled_on:
        put(sheet.cell(2, width - 2), filled_on)
    nodes = [at for at, (code, _, _) in enumerate(columns, 1) if code.startswith("node.")]
    put(sheet.cell(3, nodes[0]), NODES_HEADING)
    sheet.merge_cells(start_row=3, start_column=nodes[0], end_row=3, end_column=nodes[-1])
    for at, (_, heading, column_width) in enumerate(columns, 1):
        if at in nodes:
            put(sheet.cell(4, at), heading)
        else:
            put(sheet.cell(3, at), heading)
            sheet.merge_cells(start_row=3, start_column=at, end_row=4, end_column=at)
        sheet.column_dimensions[column_letter(at - 1)].width = column_width
    for row in (3, 4):
        for at in range(1, width + 1):
            _style(sheet.cell(row, at), header=True)
    sheet.row_dimensions[1].height, sheet.row_dimensions[3].height, sheet.row_dimensions[4].height = (
        30,
        20,
        34,
    )


def _style(cell: Any, *, header: bool = False, centre: bool = False) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    thin = Side(style="thin", color="999999")
    cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    cell.font = Font(name="宋体", size=10, bold=header)
    cell.alignment = Alignment(
        horizontal="center" if header or centre else None, vertical="center", wrap_text=True
    )
    if header:
        cell.fill = fill("E8EEF7")


def _line(
    sheet: Any, row: int, number: int, line: LedgerLine, columns: Sequence[tuple[str, str, float]], scale: int
) -> None:
    for at, (code, _, _) in enumerate(columns, 1):
        cell = sheet.cell(row, at)
        value = (
            number
            if code == "seq"
            else line.nodes.get(code[5:])
            if code.startswith("node.")
            else line.fields.get(code)
        )
        if value not in (None, ""):
            put(cell, _written(code, value, scale))
        _style(cell, centre=code == "seq" or FIELDS[code] == "date")
        if code in line.changed:
            cell.fill = fill(CHANGED_FILL)


def _written(code: str, value: Any, scale: int) -> Any:
    """The value in the form a clerk would type: amounts in the unit, whole dates as dates, months as text."""
    if FIELDS[code] == "amount":
        return Decimal(int(value)) / scale
    if FIELDS[code] == "date":
        text = value.isoformat() if isinstance(value, date) else str(value)
        return date.fromisoformat(text) if len(text) == 10 else text
    return value if code == "seq" else str(value)


def _foot(
    sheet: Any, row: int, lines: list[LedgerLine], columns: Sequence[tuple[str, str, float]], scale: int
) -> None:
    """合计 holds the count and the contract sum, which a month seldom changes: it stays true while rows are filled."""
    for at, (code, _, _) in enumerate(columns, 1):
        cell = sheet.cell(row, at)
        if code == "seq":
            put(cell, "合计")
        elif code == "name":
            put(cell, f"{len(lines)}个")
        elif code == "contract_amount":
            put(cell, Decimal(sum(int(line.fields.get(code) or 0) for line in lines)) / scale)
        _style(cell, header=True)
    put(sheet.cell(row + 1, 1), NOTE)
    put(sheet.cell(row + 2, 1), SIGNATURES)


def _validations(sheet: Any, columns: Sequence[tuple[str, str, float]], first: int, last: int) -> None:
    """Warnings, not refusals: "2026-03" is a good answer where only the month is known."""
    from openpyxl.worksheet.datavalidation import DataValidation

    dates = DataValidation(
        type="date", operator="between", formula1="32874", formula2="73415", allow_blank=True
    )
    amounts = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    dates.errorTitle, dates.error = "日期", "请填写日期，如2026-03-05；只知道月份的可写2026-03。"
    amounts.errorTitle, amounts.error = "金额", "请只填数字，单位见表头。"
    for rule in (dates, amounts):
        rule.errorStyle, rule.showErrorMessage = "warning", True
        sheet.add_data_validation(rule)
    for at, (code, _, _) in enumerate(columns):
        area = f"{column_letter(at)}{first}:{column_letter(at)}{last}"
        if FIELDS[code] == "date":
            dates.add(area)
        elif FIELDS[code] == "amount":
            amounts.add(area)


def _page(sheet: Any, columns: Sequence[tuple[str, str, float]], total_row: int) -> None:
    sheet.freeze_panes = "C5"
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = 8, "landscape"  # 8 = A3
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "3:4"
    sheet.print_area = f"A1:{column_letter(len(columns) - 1)}{total_row + 2}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
