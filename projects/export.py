"""The list as a workbook or as CSV: exactly its rows in its order, every text inert."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.rows import inert_text, write_rows
from policy.lights import LightThresholds
from projects.industries import industry_label
from projects.lights import project_light
from projects.models import MilestoneCode, Project, ProjectState
from projects.queries import current_point_of
from projects.text import clean
from projects.track import imprecise

MOST_XLSX_ROWS = 20_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Column:
    title: Any
    value: Callable[[Project, LightThresholds], Any]
    width: int = 14


def _wan(yuan: int | None) -> Decimal | None:
    return None if yuan is None else Decimal(yuan) / 10_000


def _light(project: Project, bounds: LightThresholds) -> str:
    if project.state in (ProjectState.ACTIVE, ProjectState.DONE):
        return project_light(project, bounds).label
    return project.get_state_display()


def _point(project: Project, _bounds: LightThresholds) -> str:
    point = current_point_of(project.milestones.all()) if project.state == ProjectState.ACTIVE else None
    return point.get_code_display() if point else ""


def _responsible(project: Project, _bounds: LightThresholds) -> str:
    point = current_point_of(project.milestones.all())
    return (point.responsible if point else "") or project.lead_department


def _date_of(code: str, name: str) -> Callable[[Project, LightThresholds], Any]:
    def value(project: Project, _bounds: LightThresholds) -> Any:
        found = next((point for point in project.milestones.all() if point.code == code), None)
        if found is None:
            return None
        day = getattr(found, name)
        return imprecise(day, found.actual_precision) if day and name == "actual_on" else day

    return value


COLUMNS: tuple[Column, ...] = (
    Column(gettext_lazy("project number"), lambda p, _b: p.number, 18),
    Column(gettext_lazy("national project code"), lambda p, _b: p.investment_code, 26),
    Column(gettext_lazy("project name"), lambda p, _b: p.name, 40),
    Column(gettext_lazy("company"), lambda p, _b: p.company.name if p.company else "", 34),
    Column(
        gettext_lazy("unified social credit code"),
        lambda p, _b: p.company.credit_code if p.company else "",
        22,
    ),
    Column(gettext_lazy("investor"), lambda p, _b: p.investor, 30),
    Column(gettext_lazy("host division"), lambda p, _b: place_of(p), 22),
    Column(gettext_lazy("place"), lambda p, _b: p.place, 20),
    Column(
        gettext_lazy("industry"),
        lambda p, _b: industry_label(p.industry_section, p.industry_4567, p.industry_text),
        16,
    ),
    Column(gettext_lazy("contract kind"), lambda p, _b: p.get_contract_kind_display()),
    Column(gettext_lazy("contract amount, 10,000 yuan"), lambda p, _b: _wan(p.contract_amount_yuan), 16),
    Column(gettext_lazy("funds in place, 10,000 yuan"), lambda p, _b: _wan(p.invested_total_yuan), 16),
    Column(gettext_lazy("signed on"), lambda p, _b: imprecise(p.signed_on, p.signed_precision), 12),
    Column(gettext_lazy("major project"), lambda p, _b: _("yes") if p.is_major else _("no"), 10),
    Column(gettext_lazy("state"), lambda p, _b: p.get_state_display(), 12),
    Column(gettext_lazy("light"), _light, 12),
    Column(gettext_lazy("current key point"), _point, 18),
    Column(gettext_lazy("planned"), lambda p, _b: p.next_due_on, 12),
    Column(gettext_lazy("responsible office and person"), _responsible, 26),
    *(
        Column(_title, _date_of(code, name), 12)
        for code, label in MilestoneCode.choices
        for name, _title in (
            ("planned_on", (label, gettext_lazy("planned"))),
            ("actual_on", (label, gettext_lazy("actual"))),
        )
    ),
    Column(gettext_lazy("progress on site"), lambda p, _b: p.progress_text, 40),
    Column(gettext_lazy("problems"), lambda p, _b: p.problem_text, 40),
)


def place_of(project: Project) -> str:
    """齐齐哈尔 克山县; the city alone for what it runs itself."""
    division = project.division
    parent = division.parent if division.parent_id else None
    return (
        f"{parent.short_name} {division.name}" if parent is not None and parent.parent_id else division.name
    )


def columns_for(held: set[str] | frozenset[str]) -> list[Column]:
    """The problems column is the office's own and stays inside it."""
    return [column for column in COLUMNS if column is not COLUMNS[-1] or "warnings.view" in held]


def titles(columns: Iterable[Column]) -> list[str]:
    return [
        _("%(point)s: %(field)s") % {"point": column.title[0], "field": column.title[1]}
        if isinstance(column.title, tuple)
        else str(column.title)
        for column in columns
    ]


def inert(text: str) -> str:
    """A text that no spreadsheet runs as a formula, for CSV."""
    text = inert_text(clean(text))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_xlsx(
    rows: Iterable[Project], columns: list[Column], bounds: LightThresholds, *, heading: str
) -> IO[bytes]:
    """A workbook in a temporary file, read from its start. Written row by row: memory stays flat."""
    widths = [column.width for column in columns]
    return write_rows(
        ([_plain_text(column.value(row, bounds)) for column in columns] for row in rows),
        sheet_name=_("Projects (sheet)"),
        heading=heading,
        columns=list(zip(titles(columns), widths, strict=True)),
        freeze="D3",
        number_format="#,##0.00",
    )


def _plain_text(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_lines(rows: Iterable[Project], columns: list[Column], bounds: LightThresholds) -> Iterator[str]:
    """CSV with a mark for spreadsheets; a break in the middle says so in its last line."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(titles(columns))
    try:
        for row in rows:
            yield writer.writerow([_plain(column.value(row, bounds)) for column in columns])
    except Exception:
        yield writer.writerow([_("The export broke off here and is not complete. Please export again.")])
        raise


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return inert(value)
    return value.isoformat() if isinstance(value, date) else f"{value:.4f}".rstrip("0").rstrip(".")
