"""The two that a ledger's import is measured against: plain COPY of the same live rows, and django-import-export."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from typing import Any

CODES = ["company_setup", "land_planning_permit", "engineering_permit", "construction_permit", "construction_start",
         "completion_acceptance", "production"]  # fmt: skip


# --- floor --------------------------------------------------------------------------------------------------


def validate(line: int, row: list[Any], known: dict[str, str], messages: list[str]) -> tuple[Any, ...] | None:
    """Each of the 20 cells looked at, as a careful importer must."""
    bad = len(messages)
    name = str(row[1]).strip()
    if not name or len(name) > 200:
        messages.append(f"B{line}：项目名称不能为空，且不超过200字")
    company = str(row[2]).strip()
    if len(company) > 300:
        messages.append(f"C{line}：投资方过长")
    code = known.get(str(row[3]).strip(), "")
    if not code:
        messages.append(f"D{line}：行政区划中没有“{row[3]}”")
    numbers = []
    for column, letter in ((5, "F"), (14, "O"), (15, "P")):
        try:
            value = round(float(row[column]) * 10_000)
        except (TypeError, ValueError):
            messages.append(f"{letter}{line}：“{row[column]}”不是数")
            value = 0
        if not 0 <= value < 10**12:
            messages.append(f"{letter}{line}：金额超出范围")
        numbers.append(value)
    dates: list[date | None] = []
    for column in range(6, 14):
        text = str(row[column]).strip()
        try:
            dates.append(date.fromisoformat(text) if text else None)
        except ValueError:
            messages.append(f"{chr(65 + column)}{line}：“{text}”不是日期")
            dates.append(None)
    if dates[0] is None:
        messages.append(f"G{line}：签约时间不能为空")
    texts = [str(row[column]).strip() for column in (4, 16, 17, 18, 19)]
    for letter, text, most in zip("EQRST", texts, (60, 300, 500, 80, 300), strict=True):
        if len(text) > most:
            messages.append(f"{letter}{line}：超过{most}字")
    return (name, company, str(row[3]).strip(), code, numbers, dates, texts) if len(messages) == bad else None


def floor(content: bytes, period: str, numbers: dict[str, str]) -> None:
    """The same live rows as ours, column by column (`bench_import.live_rows` compares them): companies, projects,
    milestones, the month's entries. `numbers`: project name → number, made on the first call, so that the second updates.
    """
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, code FROM accounts_division")
        known = dict(cursor.fetchall())
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    messages: list[str] = []
    rows = [validate(i, r, known, messages) for i, r in enumerate(sheet[3:], start=4)]
    if messages:
        raise AssertionError(messages[:3])
    companies, projects, points, entries = live_rows_of([r for r in rows if r], period, numbers)
    with transaction.atomic(), connection.cursor() as cursor:
        if companies:
            copy(cursor, "COPY projects_company (name, initials, credit_code, contact_name, contact_phone, version) "
                 "FROM STDIN", companies)  # fmt: skip
        for table, columns, made in (
            ("fp", PROJECT, projects),
            ("fm", POINT, points),
            ("fe", ENTRY, entries),
        ):
            listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            cursor.execute(f"CREATE TEMP TABLE {table} ({listed}) ON COMMIT DROP")
            copy(cursor, f"COPY {table} FROM STDIN", made)
        for sql in UPSERTS:
            cursor.execute(sql)


def live_rows_of(
    rows: list[tuple[Any, ...]], period: str, numbers: dict[str, str]
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Rows of COMPANY, PROJECT, POINT and ENTRY."""
    from projects.text import initials

    now = datetime.now().astimezone()
    companies, projects, points, entries = [], [], [], []
    for name, company, place, code, money, dates, texts in rows:
        if name not in numbers:
            numbers[name] = f"F-{len(numbers):07d}"
            companies.append((company, initials(company), "", "", "", 1))
        number, city = numbers[name], code[:4] + "00"
        codes = ("230000", city, code)
        state = "done" if dates[-1] else "active"
        industry, progress, problem, lead, _remark = texts
        projects.append((number, name, initials(name), company, code, *codes, place, money[0], dates[0], industry,
                         money[0] >= MAJOR_YUAN, state, money[2], money[1], period, progress, problem, lead,
                         now))  # fmt: skip
        nodes = dict(zip(CODES, dates[1:], strict=True))
        entries.append((number, period, money[2], money[1], progress, problem,
                        json.dumps({c: d.isoformat() for c, d in nodes.items() if d}), *codes))  # fmt: skip
        earliest: date | None = None
        for position, node in reversed(list(enumerate(CODES, start=1))):
            day = nodes[node]
            if day and (earliest is None or day < earliest):
                earliest = day
            points.append((number, node, position, day, earliest, day is None and state == "active", *codes))
    return companies, projects, points, entries


MAJOR_YUAN = 100_000_000
PLACES = {"province_code": "text", "city_code": "text", "county_code": "text"}
PROJECT = {
    "number": "text", "name": "text", "initials": "text", "investor": "text", "division_id": "text", **PLACES,
    "place": "text", "contract_amount_yuan": "bigint", "signed_on": "date", "industry_text": "text",
    "is_major": "boolean", "state": "text", "invested_total_yuan": "bigint", "invested_month_yuan": "bigint",
    "reported_period": "text", "progress_text": "text", "problem_text": "text", "lead_department": "text",
    "updated_at": "timestamptz",
}  # fmt: skip
POINT = {"number": "text", "code": "text", "position": "smallint", "actual_on": "date", "reached_on": "date",
         "is_open": "boolean", **PLACES}  # fmt: skip
ENTRY = {"number": "text", "period": "text", "invested_total_yuan": "bigint", "invested_month_yuan": "bigint",
         "progress_text": "text", "problem_text": "text", "nodes": "jsonb", **PLACES}  # fmt: skip
# Columns of a project that each new row has, whatever the workbook says.
FIXED = {
    "investment_code": "''", "contract_kind": "'contract'", "signed_precision": "'day'", "industry_section": "''",
    "industry_4567": "''", "content": "''", "major_reason": "''", "end_reason": "''", "paused": "false", "version": "1",
}  # fmt: skip
MONTHLY = ("invested_total_yuan", "invested_month_yuan", "reported_period", "progress_text", "problem_text",
           "lead_department", "state", "updated_at")  # fmt: skip
UPSERTS = (
    f"INSERT INTO projects_project ({', '.join((*PROJECT, *FIXED))}, created_at, company_id) "
    f"SELECT {', '.join(f'fp.{name}' for name in PROJECT)}, {', '.join(FIXED.values())}, fp.updated_at, c.id "
    "FROM fp LEFT JOIN projects_company c ON c.name = fp.investor ON CONFLICT (number) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in MONTHLY) + ", version = projects_project.version + 1",
    f"INSERT INTO projects_milestone (project_id, {', '.join(list(POINT)[1:])}, actual_precision, responsible, "
    f"delay_party, delay_reason) SELECT p.id, {', '.join(f'fm.{name}' for name in list(POINT)[1:])}, 'day', '', '', '' "
    "FROM fm JOIN projects_project p USING (number) ON CONFLICT (project_id, code) DO UPDATE SET "
    "actual_on = EXCLUDED.actual_on, reached_on = EXCLUDED.reached_on, is_open = EXCLUDED.is_open "
    "WHERE projects_milestone.actual_on IS DISTINCT FROM EXCLUDED.actual_on",
    f"INSERT INTO reporting_ledgerentry (project_id, {', '.join(list(ENTRY)[1:])}) "
    f"SELECT p.id, {', '.join(f'fe.{name}' for name in list(ENTRY)[1:])} FROM fe JOIN projects_project p USING (number) "
    "ON CONFLICT (project_id, period) DO UPDATE SET invested_total_yuan = EXCLUDED.invested_total_yuan, "
    "invested_month_yuan = EXCLUDED.invested_month_yuan, progress_text = EXCLUDED.progress_text, "
    "problem_text = EXCLUDED.problem_text, nodes = EXCLUDED.nodes",
)  # fmt: skip


def copy(cursor: Any, sql: str, rows: list[Any]) -> None:
    with cursor.copy(sql) as stream:
        for row in rows:
            stream.write_row(row)


# --- peer ---------------------------------------------------------------------------------------------------


def peer(content: bytes, period: str) -> None:
    """import-export as its documentation shows it: columns by name, the division by a widget, dry run, then the import."""
    import tablib
    from import_export import fields, resources, widgets
    from openpyxl import load_workbook

    from accounts.models import Division
    from projects.models import Project

    class Amount(widgets.IntegerWidget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return round(float(value) * 10_000)

    class ProjectResource(resources.ModelResource):
        name = fields.Field("name", "项目名称")
        investor = fields.Field("investor", "投资方")
        division = fields.Field("division", "承接地", widget=widgets.ForeignKeyWidget(Division, "name"))
        industry = fields.Field("industry_text", "行业")
        amount = fields.Field("contract_amount_yuan", "合同投资额", widget=Amount())
        signed = fields.Field("signed_on", "签约时间", widget=widgets.DateWidget())
        month = fields.Field("invested_month_yuan", "本月完成投资", widget=Amount())
        total = fields.Field("invested_total_yuan", "累计完成投资", widget=Amount())
        progress = fields.Field("progress_text", "形象进度")
        problems = fields.Field("problem_text", "存在问题")
        lead = fields.Field("lead_department", "牵头领办部门")
        number = fields.Field("number", "序号")

        class Meta:
            model = Project
            import_id_fields = ("number",)
            fields = ("name", "investor", "division", "industry", "amount", "signed", "month", "total", "progress",
                      "problems", "lead", "number")  # fmt: skip

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            row["序号"] = f"P-{int(row['序号']):07d}"

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            now = datetime.now().astimezone()
            instance.created_at = instance.created_at or now
            instance.updated_at, instance.reported_period = now, period
            for name, value in instance.division.codes.items():
                setattr(instance, name, value)

    sheet: Any = load_workbook(io.BytesIO(content), read_only=True).active
    lines = list(sheet.iter_rows(min_row=3, values_only=True))
    data = tablib.Dataset(*[["" if c is None else c for c in line] for line in lines[1:]], headers=lines[0])
    for dry_run in (True, False):
        result = ProjectResource().import_data(
            data, dry_run=dry_run, raise_errors=True, use_transactions=True
        )
        if result.has_errors() or result.has_validation_errors():
            raise AssertionError("the peer found errors")
