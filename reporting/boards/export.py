"""The board as a workbook: the same figures, one sheet for each of its tables. Chinese only."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from documents.model import Column, Document, Table
from policy.lights import Light
from reporting.boards.area import Area, Month
from reporting.boards.completeness import Grid
from reporting.boards.live import AreaFigures
from reporting.boards.supervision import KINDS, MATTERS, ORDERS, PAPERS, Board
from reporting.boards.waiting import Standing
from reporting.reports.figures import OFFICIAL_NAMES, RATES, Figures, Rate
from reporting.reports.tables import PROJECT_COLUMNS, WAN, figure_cells

COUNTED = (
    "signed", "signed_amount_yuan", "new_signed", "new_signed_amount_yuan", "in_place_yuan", "fulfilled", "started",
    "completed", "produced", "start_planned", "started_of_planned", "lost", "red", "amber",
)  # fmt: skip
MONEY_SUFFIX = "_yuan"


def document_of(
    area: Area, month: Month, *, figures: AreaFigures, grid: Grid, waiting: Sequence[Standing]
) -> Document:
    tables = (_main(figures.total), _handed_in(grid, month), _rates(area, figures, month), _waiting(waiting))
    return Document(
        kind="sheet",
        title=f"{area.division.name}{month.period.label}签约项目看板",
        blocks=tables,
        date=month.today,
        draft=False,
    )


def _main(total: Figures) -> Table:
    rows: list[dict[str, Any]] = []
    for name in COUNTED:
        value, money = getattr(total, name), name.endswith(MONEY_SUFFIX)
        shown: Any = f"{value / WAN:,.2f}" if money else value
        rows.append({"name": OFFICIAL_NAMES[name], "value": shown, "unit": "万元" if money else "个"})
    for name in RATES:
        rate = total.rate(name)
        rows.append(
            {"name": OFFICIAL_NAMES[name], "value": rate.text, "unit": "", "parts": _parts(name, rate)}
        )
    columns = (
        Column("name", "指标", weight=3, align="left"),
        Column("value", "数值", align="right"),
        Column("unit", "单位"),
        Column("parts", "分子 / 分母", align="right"),
    )
    return Table(caption="主要数字", columns=columns, rows=tuple(rows))


def _parts(name: str, rate: Rate) -> str:
    if RATES[name][0].endswith(MONEY_SUFFIX):
        return f"{rate.numerator / WAN:,.2f} / {rate.denominator / WAN:,.2f}（万元）"
    return f"{rate.numerator} / {rate.denominator}"


def _handed_in(grid: Grid, month: Month) -> Table:
    columns = [Column("name", "单位", weight=2, align="left")]
    columns += [Column(f"m{n}", f"{period.number}月") for n, period in enumerate(grid.months)]
    columns.append(Column("rate", "按时/应报"))
    rows = [
        {
            "name": row.unit.name,
            **{f"m{n}": cell.text for n, cell in enumerate(row.cells)},
            "rate": f"{row.rate.numerator}/{row.rate.denominator}",
        }
        for row in grid.rows
    ]
    total = {f"m{n}": _ratio(rate) for n, rate in enumerate(grid.columns)}
    return Table(
        caption=f"{month.year}年月度台账报送",
        columns=tuple(columns),
        rows=tuple(rows),
        total={"name": "按时/应报", **total, "rate": _ratio(grid.total)},
        notes=(f"截至{_day(month)}。“迟”后为工作日数；免报和未到期的不计入应报。",),
    )


def _rates(area: Area, figures: AreaFigures, month: Month) -> Table:
    unit = "亿元" if area.is_province else "万元"
    rows = [
        {"name": "市本级" if line.own else line.division.name, **figure_cells(line.figures, unit)}
        for line in figures.lines
    ]
    day = month.cut_off
    return Table(
        caption="各项比率",
        columns=PROJECT_COLUMNS,
        rows=tuple(rows),
        unit_note=f"单位：个、{unit}",
        total={"name": "合计", **figure_cells(figures.total, unit)},
        notes=(f"比率截至{day.year}年{day.month}月{day.day}日；到位资金和亮灯截至{_day(month)}。",),
    )


def _waiting(found: Sequence[Standing]) -> Table:
    columns = (
        Column("no", "序号", kind="integer"),
        Column("name", "项目名称", weight=5, align="left"),
        Column("place", "承接地", weight=2, align="left"),
        Column("amount", "合同投资额（万元）", kind="amount"),
        Column("signed_on", "签约日期", kind="date"),
        Column("point", "当前节点", weight=2, align="left"),
        Column("light", "状态"),
    )
    rows = [
        {
            "no": number,
            "name": one.project.name,
            "place": one.place,
            "amount": Fraction(one.project.contract_amount_yuan, WAN)
            if one.project.contract_amount_yuan
            else None,
            "signed_on": one.project.signed_on,
            "point": str(one.point.get_code_display()) if one.point else "",
            "light": _light(one),
        }
        for number, one in enumerate(found, 1)
    ]
    return Table(caption="签约未开工前10位", columns=columns, rows=tuple(rows))


def _light(one: Standing) -> str:
    if one.light in (Light.RED, Light.AMBER) and one.days is not None:
        return f"逾期{-one.days}个工作日"
    return one.light.label


def _ratio(rate: Rate) -> str:
    return f"{rate.numerator}/{rate.denominator}" if rate.denominator else "—"


def _day(month: Month) -> str:
    return f"{month.today.year}年{month.today.month}月{month.today.day}日"


SUPERVISION_NAMES = {
    MATTERS: "未办结督办事项",
    PAPERS: "督办通知书和督办函",
    ORDERS: "项目落地服务工作单",
}
SUPERVISION_HEADS = {
    MATTERS: {
        "open": ("", "未办结"), "red": ("亮灯", "红"), "amber": ("亮灯", "黄"), "blue": ("亮灯", "临期"),
        "calm": ("亮灯", "无灯"), "age_15": ("交办天数", "15天内"), "age_30": ("交办天数", "16至30天"),
        "age_60": ("交办天数", "31至60天"), "age_more": ("交办天数", "60天以上"), "assigned": ("督办层级", "交办"),
        "press": ("督办层级", "催办"), "supervise": ("督办层级", "督办"), "circulate": ("督办层级", "通报"),
        "listed": ("其中", "挂牌"), "answered": ("其中", "待核查"),
    },
    PAPERS: {
        "issued": ("", "发出"), "in_time": ("已答复", "按期"), "late": ("已答复", "逾期"), "waiting": ("未答复", "未到期"),
        "overdue": ("未答复", "逾期未答复"),
    },
    ORDERS: {
        "issued": ("", "派发"), "in_time": ("已反馈", "按期"), "late": ("已反馈", "逾期"), "waiting": ("未反馈", "未到期"),
        "overdue": ("未反馈", "逾期未反馈"),
    },
}  # fmt: skip


def supervision_document(area: Area, month: Month, board: Board) -> Document:
    """The supervision board as a workbook: one sheet for each kind of row the reader may see."""
    tables = []
    for kind in board.kinds:
        heads = SUPERVISION_HEADS[kind]
        columns = [Column("name", "单位", weight=2, align="left")]
        columns += [
            Column(name, heads[name][1], kind="integer", group=heads[name][0]) for name in KINDS[kind]
        ]
        rows: list[dict[str, Any]] = [
            {"name": "本级" if line.own else line.division.name, **line.of(kind)} for line in board.lines
        ]
        span = (
            ""
            if kind == MATTERS
            else f"{month.year}年1月1日至{month.cut_off.month}月{month.cut_off.day}日发出的。"
        )
        tables.append(
            Table(
                caption=SUPERVISION_NAMES[kind],
                columns=tuple(columns),
                rows=tuple(rows),
                unit_note="单位：件",
                total={"name": "合计", **board.total.of(kind)},
                notes=(f"截至{_day(month)}。{span}",),
            )
        )
    return Document(
        kind="sheet",
        title=f"{area.division.name}督办看板",
        blocks=tuple(tables),
        date=month.today,
        draft=False,
    )
