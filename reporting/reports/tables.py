"""The data tables of a report (数据报表, H19) as document tables. Chinese only. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from documents.model import Cell, Column, Table
from reporting.reports.content import CITY, COUNTY, PROVINCE, PressedMatter, ReportContent, Unit
from reporting.reports.figures import RATES, Discipline, Figures, OfficeFigures

WAN = 10_000
YI = 100_000_000

PROJECT_COLUMNS: tuple[Column, ...] = (
    Column("name", "单位", weight=3, align="left"),
    Column("signed", "签约项目（个）", kind="integer"),
    Column("signed_amount", "合同投资额", kind="amount"),
    Column("in_place", "到位资金", kind="amount"),
    Column("funds_in_place_rate", "资金到位率", kind="percent"),
    Column("fulfilment_rate", "履约率", kind="percent"),
    Column("started", "已开工（个）", kind="integer", group="开工"),
    Column("start_rate", "开工率", kind="percent", group="开工"),
    Column("start_planned", "应开工（个）", kind="integer", group="按计划开工"),
    Column("planned_start_rate", "按计划开工率", kind="percent", group="按计划开工"),
    Column("completion_rate", "竣工率", kind="percent"),
    Column("production_rate", "投产率", kind="percent"),
    Column("on_time_rate", "节点按时率", kind="percent"),
    Column("red", "红灯（个）", kind="integer", group="亮灯"),
    Column("amber", "黄灯（个）", kind="integer", group="亮灯"),
)
DISCIPLINE_COLUMNS: tuple[Column, ...] = (
    Column("name", "单位", weight=3, align="left"),
    Column("expected", "应报（份）", kind="integer"),
    Column("on_time", "按时", kind="integer"),
    Column("extended", "延期内", kind="integer"),
    Column("late", "迟报", kind="integer"),
    Column("missing", "缺报", kind="integer"),
    Column("exempt", "免报", kind="integer"),
    Column("open", "未到期", kind="integer"),
    Column("rate", "按时率", kind="percent"),
)
LATE_COLUMNS: tuple[Column, ...] = (
    Column("no", "序号", kind="integer"),
    Column("name", "项目名称", weight=5, align="left"),
    Column("place", "承接地", weight=2, align="left"),
    Column("milestone", "关键节点", weight=2, align="left"),
    Column("due_on", "计划完成日期", kind="date"),
    Column("days_late", "逾期（工作日）", kind="integer"),
)

PRESSED_COLUMNS: tuple[Column, ...] = (
    Column("no", "序号", kind="integer"),
    Column("place", "承办单位", weight=3, align="left"),
    Column("title", "督办事项", weight=5, align="left"),
    Column("project", "项目名称", weight=4, align="left"),
    Column("number", "编号", weight=3, align="left"),
    Column("due_on", "办理期限", kind="date"),
    Column("days_late", "逾期（工作日）", kind="integer"),
    Column("step", "督办层级"),
)
OFFICE_COLUMNS: tuple[Column, ...] = (
    Column("place", "承办地", weight=2, align="left"),
    Column("name", "部门", weight=3, align="left"),
    Column("due", "应办结（项）", kind="integer", group="审批事项"),
    Column("on_time", "按时办结", kind="integer", group="审批事项"),
    Column("late", "逾期", kind="integer", group="审批事项"),
    Column("rate", "按时办结率", kind="percent", group="审批事项"),
    Column("letters", "收到（份）", kind="integer", group="督办文书"),
    Column("letters_answered", "已答复", kind="integer", group="督办文书"),
    Column("letters_late", "逾期", kind="integer", group="督办文书"),
    Column("rated", "评价（次）", kind="integer", group="好差评"),
    Column("good_rate", "好评率", kind="percent", group="好差评"),
)
NO_OFFICE = "未明确承办部门"
STEP_NAMES = {"assigned": "交办", "press": "催办", "supervise": "督办", "circulate": "通报"}


def project_table(content: ReportContent, units: Sequence[Unit], caption: str) -> Table:
    """Figures by unit with the total of the report; the total's rates come from its own sums."""
    unit = "亿元" if content.tier == PROVINCE else "万元"
    return Table(
        caption=caption,
        columns=PROJECT_COLUMNS,
        rows=tuple({"name": content.full_name(u), **figure_cells(u.figures, unit)} for u in units),
        unit_note=f"单位：个、{unit}",
        total={"name": "合计", **figure_cells(content.total, unit)},
        notes=definitions(content),
    )


def own_table(content: ReportContent, caption: str) -> Table:
    """A county has no units below: one line, its own."""
    return Table(
        caption=caption,
        columns=PROJECT_COLUMNS,
        rows=({"name": content.unit_name, **figure_cells(content.total, "万元")},),
        unit_note="单位：个、万元",
        notes=definitions(content),
    )


def discipline_table(content: ReportContent, units: Sequence[Unit], caption: str) -> Table:
    return Table(
        caption=caption,
        columns=DISCIPLINE_COLUMNS,
        rows=tuple(
            {"name": content.full_name(u), **discipline_cells(u.discipline)} for u in units if not u.own
        ),
        unit_note="单位：份",
        total={"name": "合计", **discipline_cells(content.discipline)},
    )


def late_table(content: ReportContent, caption: str) -> Table:
    rows: list[Mapping[str, Cell]] = [
        {
            "no": number,
            "name": p.name,
            "place": p.place,
            "milestone": p.milestone,
            "due_on": p.due_on,
            "days_late": p.days_late,
        }
        for number, p in enumerate(content.late, 1)
    ]
    return Table(caption=caption, columns=LATE_COLUMNS, rows=tuple(rows))


def pressed_table(content: ReportContent, caption: str) -> Table:
    """What was pressed and not done at the cut-off, unit by unit."""
    rows: list[Mapping[str, Cell]] = [
        {
            "no": number, "place": m.holder, "title": m.title, "project": m.project, "number": m.number,
            "due_on": m.due_on, "days_late": m.days_late, "step": step_name(m),
        }
        for number, m in enumerate(content.pressed, 1)
    ]  # fmt: skip
    day = content.cut_off_on
    note = f"截至{day.year}年{day.month}月{day.day}日已督办或挂牌、尚未办结的事项；逾期从办理期限次日起计。"
    return Table(caption=caption, columns=PRESSED_COLUMNS, rows=tuple(rows), notes=(note,))


def office_table(content: ReportContent) -> Table:
    """How the departments did: by place in the province's papers, department by department in a city's or county's."""
    wide = content.tier == PROVINCE
    lines = (
        [(place.name, None, place.figures) for place in content.office_places]
        if wide
        else [
            (content.place_name(one.place_code), one.name or NO_OFFICE, one.figures)
            for one in content.offices or ()
        ]
    )
    hidden = {"name"} if wide else {"place"} if content.tier == COUNTY else set()
    columns = tuple(column for column in OFFICE_COLUMNS if column.key not in hidden)
    total: dict[str, Cell] = {"place": "合计", "name": "合计" if content.tier == COUNTY else None}
    definition = content.rules.get("approval_rate", {}).get("definition")
    return Table(
        caption="部门审批办理情况表",
        columns=columns,
        rows=tuple({"place": place, "name": name, **office_cells(figures)} for place, name, figures in lines),
        unit_note="单位：项、份、次",
        total={**total, **office_cells(content.office_total)},
        notes=(definition,) if definition else (),
        landscape=True,
    )


def step_name(matter: PressedMatter) -> str:
    """督办, 通报（挂牌）."""
    name = STEP_NAMES.get(matter.step, matter.step)
    return f"{name}（挂牌）" if matter.is_listed else name


def all_tables(content: ReportContent) -> list[Table]:
    """Every table of the report, in order; each is a sheet of the workbook and an attachment of the circular."""
    if content.tier not in (PROVINCE, CITY):
        tables = [own_table(content, "签约项目推进情况表")]
    else:
        area = "各市（地）" if content.tier == PROVINCE else "各县（市、区）"
        tables = [
            project_table(content, content.units, f"{area}签约项目推进情况表"),
            discipline_table(content, content.units, f"{area}台账报送情况表"),
        ]
    if content.counties:
        tables.append(project_table(content, content.counties, "各县（市、区）签约项目推进情况表"))
    if content.offices:
        tables.append(office_table(content))
    if content.late:
        tables.append(late_table(content, "红灯项目清单"))
    if content.pressed:
        tables.append(pressed_table(content, "督办未办结事项清单"))
    return tables


def figure_cells(figures: Figures, unit: str) -> dict[str, Any]:
    divisor = YI if unit == "亿元" else WAN
    cells: dict[str, Any] = {
        "signed": figures.signed,
        "signed_amount": Fraction(figures.signed_amount_yuan, divisor),
        "in_place": Fraction(figures.in_place_yuan, divisor),
        "started": figures.started,
        "start_planned": figures.start_planned,
        "red": figures.red,
        "amber": figures.amber,
    }
    for column in PROJECT_COLUMNS:
        if column.kind == "percent":
            rate = figures.rate(column.key)
            cells[column.key] = Fraction(rate.numerator, rate.denominator) if rate.denominator else None
    return cells


def office_cells(figures: OfficeFigures) -> dict[str, Any]:
    return {
        **figures.to_json(),
        "rate": Fraction(figures.on_time, figures.due) if figures.due else None,
        "good_rate": Fraction(figures.good, figures.rated) if figures.rated else None,
    }


def discipline_cells(discipline: Discipline) -> dict[str, Any]:
    rate = discipline.rate
    return {
        **discipline.to_json(),
        "rate": Fraction(rate.numerator, rate.denominator) if rate.denominator > 0 else None,
    }


def definitions(content: ReportContent) -> tuple[str, ...]:
    """The rates' definitions with the cut-off date: a rate without its definition is not a figure (domain.md §6.1)."""
    day = content.cut_off_on
    notes = [
        f"截至{day.year}年{day.month}月{day.day}日。各项比率按合计数计算，不以百分比平均；无应计项目的以“—”表示。"
    ]
    notes += [
        rule["definition"] for key, rule in content.rules.items() if key in RATES and rule.get("definition")
    ]
    return tuple(notes)
