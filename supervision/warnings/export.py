"""The list of warnings as a workbook: exactly its rows, every text inert."""

from collections.abc import Callable, Iterable
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from policy.calendar import WorkCalendar
from supervision.warnings.forms import LEVELS, RULES
from supervision.warnings.models import Warning, WarningLevel

MOST_ROWS = 20_000
Value = Callable[[Warning, dict[str, str]], Any]
_TIERS = {1: gettext_lazy("province"), 2: gettext_lazy("city"), 3: gettext_lazy("county")}
COLUMNS: tuple[tuple[Any, Value, int], ...] = (
    (pgettext_lazy("warning column", "light"), lambda w, _p: str(LEVELS[WarningLevel(w.level)]), 8),
    (pgettext_lazy("warning column", "unit"), lambda w, places: _place(w, places), 24),
    (pgettext_lazy("warning column", "what about"), lambda w, _p: str(RULES.get(w.rule_key, w.rule_key)), 18),
    (pgettext_lazy("warning column", "subject"), lambda w, _p: w.label, 50),
    (pgettext_lazy("warning column", "due"), lambda w, _p: w.due_on, 12),
    (gettext_lazy("working days overdue"), lambda w, _p: w.days_late, 12),  # type: ignore[attr-defined]
    (gettext_lazy("lit since"), lambda w, _p: w.opened_on, 12),
    (pgettext_lazy("warning column", "at this level since"), lambda w, _p: w.level_since, 12),
    (gettext_lazy("told up to"), lambda w, _p: str(_TIERS[w.tier]), 10),
    (gettext_lazy("gone up on"), lambda w, _p: w.up_on, 12),
    (pgettext_lazy("warning column", "answer"), lambda w, _p: answer_word(w), 16),
    (pgettext_lazy("warning column", "what will be done"), lambda w, _p: w.plan_text, 40),
    (gettext_lazy("promised for"), lambda w, _p: w.promised_on, 12),
    (gettext_lazy("answered by"), lambda w, _p: str(w.acknowledged_by or ""), 14),
    (gettext_lazy("cleared on"), lambda w, _p: w.cleared_on, 12),
    (gettext_lazy("cleared by"), lambda w, _p: w.clear_note, 30),
    (pgettext_lazy("warning column", "rule"), lambda w, _p: w.rule_id, 22),
)


def answer_word(row: Warning) -> str:
    if row.lapsed_on:
        return _("answer lapsed")
    if row.acknowledged_at:
        return _("answered")
    return _("not answered, gone up") if row.unanswered_on and row.up_on else _("not answered")


def _place(row: Warning, places: dict[str, str]) -> str:
    codes = (row.city_code, row.county_code) if row.city_code else (row.province_code,)
    return " ".join(places.get(code, code) for code in codes if code)


def write_xlsx(
    rows: Iterable[Warning], places: dict[str, str], calendar: WorkCalendar, on: date, *, heading: str
) -> IO[bytes]:
    """A workbook in a temporary file, read from its start. `places`: names of divisions by code."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Warnings"))
    for number, (_title, _value, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "E3"
    sheet.append([_text(sheet, heading, Font(bold=True, size=13))])
    head = [_text(sheet, str(title), Font(bold=True)) for title, _value, _width in COLUMNS]
    for cell in head:
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.append(head)
    for row in rows:
        row.days_late = max(0, calendar.between(row.due_on, row.cleared_on or on))  # type: ignore[attr-defined]
        sheet.append([_cell(sheet, value(row, places)) for _title, value, _width in COLUMNS])
    file = TemporaryFile()  # noqa: SIM115 - closed by the response that sends it
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet: Any, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "0"
    return cell


def _text(sheet: Any, value: str, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # "=1+1" stays the text it is
    if font is not None:
        cell.font = font
    return cell
