"""What the clerk is told: one text per code, with place, reason and how to mend. Levels: see values.Message."""

# ruff: noqa: E501  a message is one sentence

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .values import ASK, ERROR, NOTE, Message

_SAVE_AS = _(
    "Open it in Excel or WPS, choose “Save as”, type “Excel workbook (.xlsx)”, and upload that file."
)

TEXTS: dict[str, tuple[str, Any]] = {
    # The file as a whole
    "file_empty": (ERROR, _("The file is empty. Fill in the ledger, save it and upload it again.")),
    "file_too_large": (
        ERROR,
        _(
            "The file is {size}; at most {limit} can be taken. Delete pictures and unused sheets and save it again."
        ),
    ),
    "file_wps": (
        ERROR,
        _(
            "This is a WPS-only file (.et), which other programs cannot read. In WPS choose “Save as”, type “Excel workbook (.xlsx)”, and upload that file."
        ),
    ),
    "file_macros": (
        ERROR,
        _(
            "The workbook contains macros and is not taken. Save it as “Excel workbook (.xlsx)” without macros and upload it again."
        ),
    ),
    "file_protected": (
        ERROR,
        _(
            "The workbook is protected by a password and cannot be opened. Remove the password (File – Info – Protect workbook) and upload it again."
        ),
    ),
    "file_damaged": (
        ERROR,
        _(
            "The file is damaged or incomplete and cannot be opened. Open it on your computer, save it again as .xlsx and upload it once more."
        ),
    ),
    "file_html": (
        ERROR,
        format_lazy("{} {}", _("This is a web page saved under a table's name, not a workbook."), _SAVE_AS),
    ),
    "file_xml2003": (ERROR, format_lazy("{} {}", _("This is an XML table of Excel 2003."), _SAVE_AS)),
    "file_xlsb": (ERROR, format_lazy("{} {}", _("This is a binary workbook (.xlsb)."), _SAVE_AS)),
    "file_document": (
        ERROR,
        _(
            "This is a document (Word, PDF or the like), not a table. Upload the ledger as a workbook (.xlsx, .xls, .ods) or .csv."
        ),
    ),
    "file_picture": (
        ERROR,
        _(
            "This is a picture, not a table. Upload the ledger itself as a workbook (.xlsx, .xls, .ods) or .csv."
        ),
    ),
    "file_archive": (
        ERROR,
        _("This is a compressed package, not a workbook. Unpack it and upload the workbook in it."),
    ),
    "file_program": (
        ERROR,
        _(
            "This is a program file and is not taken. Upload the ledger as a workbook (.xlsx, .xls, .ods) or .csv."
        ),
    ),
    "file_unknown": (
        ERROR,
        _(
            "This file is no table that can be read. Upload the ledger as a workbook (.xlsx, .xls, .ods) or .csv."
        ),
    ),
    "file_entities": (
        ERROR,
        _(
            "The workbook contains entity or document type declarations, which no office program writes, and is not taken. Save it again as .xlsx with Excel or WPS."
        ),
    ),
    "file_too_many_parts": (
        ERROR,
        _(
            "The workbook consists of {count} parts; at most {limit} can be taken. Copy the ledger sheet into a new workbook and upload that."
        ),
    ),
    "file_unpacks_too_large": (
        ERROR,
        _(
            "The workbook unpacks to {size}; at most {limit} can be taken. Copy the ledger sheet into a new workbook and upload that."
        ),
    ),
    "sheet_too_large": (
        ERROR,
        _(
            "The table exceeds the permitted range of {rows} rows and {columns} columns. Delete the cells far below or far to the right (select whole rows or columns, then delete) and save again."
        ),
    ),
    "file_too_complex": (
        ERROR,
        _(
            "The workbook cannot be read within the permitted memory and time. Copy the ledger sheet as values into a new workbook and upload that."
        ),
    ),
    "file_too_slow": (
        ERROR,
        _(
            "Reading the workbook was stopped after {seconds} seconds. Copy the ledger sheet as values into a new workbook and upload that."
        ),
    ),
    "file_kind_differs": (
        NOTE,
        _("The file is named {named}, but its content is {kind}; it was read as {kind}."),
    ),
    "csv_encoding": (
        NOTE,
        _(
            "The text file is in the GBK character set and was read as such; check that no character is wrong."
        ),
    ),
    # Sheets and headings
    "no_table": (
        ERROR,
        _(
            "No ledger heading was found in the sheets {sheets}. The heading row needs at least the project name and two or three known columns (place, contract amount, signing date, milestones …)."
        ),
    ),
    "not_a_ledger": (
        ERROR,
        _(
            "The sheet “{sheet}” is a summary by area (no project name column), not a ledger of single projects. Upload the ledger with one row per project."
        ),
    ),
    "no_rows": (
        ERROR,
        _(
            "The table “{sheet}” has headings but no project rows. Fill in the projects; a month without any project is declared as a nil report."
        ),
    ),
    "two_ledgers": (
        ERROR,
        _(
            "The workbook holds several filled ledger sheets: {sheets}. Only “{sheet}” was read. Keep the one to be sent, or choose the sheet to read."
        ),
    ),
    "sheet_missing": (ERROR, _("There is no sheet named “{sheet}” in the workbook; it has {sheets}.")),
    "sheets_joined": (
        NOTE,
        _("The sheets {sheets} have the same headings and were read together as one ledger."),
    ),
    "sheet_covers": (
        NOTE,
        _("The sheet “{sheet}” holds all projects of the other sheets ({sheets}) and was read alone."),
    ),
    "hidden_sheet": (
        ASK,
        _(
            "The hidden sheet “{sheet}” also holds a filled ledger; it was not read. Unhide it if it is to be sent."
        ),
    ),
    "two_blocks": (
        ERROR,
        _(
            "There are two heading blocks in this sheet: row {first} and row {second}. Only the first table was read. Put each table in a sheet of its own."
        ),
    ),
    "heading_repeated": (
        ASK,
        _(
            "The heading of row {first} is repeated in row {second}; the rows below were read as the same table. If it is another table, put it in a sheet of its own."
        ),
    ),
    "column_missing_soft": (ASK, _("No column for “{field}” was found; it stays empty for every project.")),
    "column_unsure": (
        ASK,
        _("Column {letter} “{heading}” was taken for “{field}”. Confirm it or choose another."),
    ),
    "column_rivals": (ASK, _("Columns {first} and {second} could both be “{field}”; {first} was taken.")),
    "unit_missing": (
        ASK,
        _("No unit of amounts is written anywhere; 万元 was assumed. Write “单位：万元” above the table."),
    ),
    "unit_foreign": (
        ASK,
        _(
            "Amounts are in {unit}. They are kept as written and not converted; state the amount in 万元 and the rate used."
        ),
    ),
    "period_missing": (
        ASK,
        _(
            "No month was found in the title, the date line or the file name. Write it in the title, for example “2026年10月”."
        ),
    ),
    "period_guessed": (ASK, _("The title names no month; {period} was taken from “{source}”.")),
    # Rows and cells
    "name_missing": (ERROR, _("The project name is empty. Write the name, or delete the row.")),
    "row_without_name": (
        ASK,
        _(
            "This row has no number and no project name and was left out. If it belongs to the project above, enter it there; if it is a project, write its name."
        ),
    ),
    "hidden_row": (NOTE, _("The row is hidden in the workbook; it was read like the others.")),
    "name_only": (
        ASK,
        _("Only a project name is written in this row. Fill in the row, or delete it if it is a caption."),
    ),
    "two_facts": (
        NOTE,
        _("Two facts stand in one cell: taken as company “{company}” and contact “{contact}”."),
    ),
    "merged_amount": (
        ASK,
        _(
            "One amount is merged over rows {first} to {last}; it was counted once, for row {first}. Split it by project."
        ),
    ),
    "cell_error": (ERROR, _("The cell shows the error {part}. Correct the formula or type the value.")),
    "cell_formula": (
        ERROR,
        _(
            "The formula in this cell has no calculated value. Open the workbook in Excel or WPS, save it, and upload it again."
        ),
    ),
    "date_bad_month": (
        ERROR,
        _("“{raw}” is no date: there is no month {part}. Write it like 2026-03-05 or 2026年3月5日."),
    ),
    "date_bad_day": (
        ERROR,
        _("“{raw}” is no date: the day {part} does not exist. Write it like 2026-03-05 or 2026年3月5日."),
    ),
    "date_out_of_range": (
        ERROR,
        _("“{raw}” lies outside the years 1990 to 2100. Check the year, or the number format of the cell."),
    ),
    "date_unreadable": (
        ERROR,
        _(
            "“{raw}” cannot be read as a date. Write it like 2026-03-05, or 2026年3月 when only the month is known."
        ),
    ),
    "date_no_year": (ERROR, _("“{raw}” has no year. Write it with the year, like 2026年3月5日.")),
    "date_range": (
        ERROR,
        _("“{raw}” is a span of time; one date is wanted here. Write the day on which it was completed."),
    ),
    "date_several": (ERROR, _("“{raw}” holds several dates; one is wanted here.")),
    "date_missing": (ASK, _("“{raw}” says it is done, but not when. Write the date.")),
    "date_planned": (
        ASK,
        _(
            "“{raw}” is a planned date, not a completed one; it was taken as the plan. Leave the cell empty until it is done."
        ),
    ),
    "date_with_words": (ASK, _("“{raw}” holds more than a date; {value} was taken.")),
    "date_lost_zero": (
        ASK,
        _(
            "The number {part} may mean January or October (the program drops the last 0); {value} was taken. Write 2026年10月 or 2026-10."
        ),
    ),
    "amount_unreadable": (ERROR, _("“{raw}” cannot be read as an amount. Write a number only, in {unit}.")),
    "amount_is_date": (
        ERROR,
        _(
            "The cell holds the date {part}, not an amount. Set its format to number and type the amount in {unit}."
        ),
    ),
    "amount_negative": (
        ERROR,
        _("The amount {raw} is negative. Correct it; write 0 when nothing was invested."),
    ),
    "amount_too_large": (
        ERROR,
        _(
            "{raw} {unit} is 100 billion yuan or more: the unit is probably wrong (万元, 亿元, 元). Correct the amount or the unit."
        ),
    ),
    "amount_small": (
        ASK,
        _("{raw} {unit} is less than 100,000 yuan: was it written in 亿元? Confirm or correct it."),
    ),
    "amount_odd_comma": (
        ASK,
        _("The comma in “{raw}” does not separate thousands; it was left out. Check the amount."),
    ),
    "amount_several": (ASK, _("“{raw}” holds several amounts; their sum was taken. Confirm it.")),
    "amount_currency": (
        ERROR,
        _("The amount “{raw}” is in {part}. State it in 万元 and keep the original in the remarks."),
    ),
    "amount_foreign": (
        ASK,
        _("The amount “{raw}” is in US dollars and was not converted. State it in 万元 and the rate used."),
    ),
    "number_damaged": (
        ERROR,
        _(
            "The number {raw} has more digits than a numeric cell keeps, so its end is lost. Set the cell to text and type it again."
        ),
    ),
    # Totals
    "total_count": (ASK, _("“{label}” says {written} projects, but the rows are {counted}.")),
    "total_amount": (
        ASK,
        _("“{label}”: {field} says {written} {unit}, but the rows add up to {counted} {unit}."),
    ),
}

FIELD_LABELS: dict[str, Any] = {
    "name": pgettext_lazy("ledger column", "project name"),
    "company": pgettext_lazy("ledger column", "investor"),
    "place": pgettext_lazy("ledger column", "place"),
    "industry": pgettext_lazy("ledger column", "industry"),
    "contract_amount": pgettext_lazy("ledger column", "contract amount"),
    "foreign_amount": pgettext_lazy("ledger column", "foreign capital"),
    "signed_on": pgettext_lazy("ledger column", "signing date"),
    "invested_month": pgettext_lazy("ledger column", "invested this month"),
    "invested_year": pgettext_lazy("ledger column", "invested this year"),
    "invested_total": pgettext_lazy("ledger column", "invested in total"),
    "year_plan": pgettext_lazy("ledger column", "investment planned this year"),
    "progress": pgettext_lazy("ledger column", "progress"),
    "problems": pgettext_lazy("ledger column", "problems"),
    "lead_department": pgettext_lazy("ledger column", "lead department"),
    "chief_service_officer": pgettext_lazy("ledger column", "chief service officer"),
    "package_leader": pgettext_lazy("ledger column", "package leader"),
    "node.company_setup": pgettext_lazy("ledger column", "company set up"),
    "node.land_planning_permit": pgettext_lazy("ledger column", "land and planning permit"),
    "node.engineering_permit": pgettext_lazy("ledger column", "engineering permit"),
    "node.construction_permit": pgettext_lazy("ledger column", "construction permit"),
    "node.construction_start": pgettext_lazy("ledger column", "construction start"),
    "node.completion_acceptance": pgettext_lazy("ledger column", "completion acceptance"),
    "node.production": pgettext_lazy("ledger column", "production"),
}


def field_label(field: str) -> Any:
    """Name of a field for people (lazy)."""
    if field.startswith("plan."):
        return format_lazy(_("planned date of {milestone}"), milestone=FIELD_LABELS["node." + field[5:]])
    return FIELD_LABELS.get(field, field)


def say(code: str, sheet: str = "", cell: str = "", field: str = "", /, **params: Any) -> Message:
    """A message of this code at this place; the text is translated when it is shown."""
    level, text = TEXTS[code]
    return Message(sheet, cell, code, format_lazy(text, **params) if params else text, level, field)
