"""The two that a ledger's import is measured against: plain COPY of the same live rows, and django-import-export."""

from __future__ import annotations

import io
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
    code = known.get(str(row[3]).strip())
    if code is None:
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
            messages.append(f"{column}{line}：“{text}”不是日期")
            dates.append(None)
    if dates[0] is None:
        messages.append(f"G{line}：签约时间不能为空")
    texts = [str(row[column]).strip() for column in (4, 16, 17, 18, 19)]
    for letter, text, most in zip("EQRST", texts, (60, 300, 500, 80, 300), strict=True):
        if len(text) > most:
            messages.append(f"{letter}{line}：超过{most}字")
    return (name, company, code, numbers, dates, texts) if len(messages) == bad else None


def floor(content: bytes, period: str, numbers: dict[str, str]) -> None:
    """`numbers`: project name → number, made on the first call, so that the second updates."""
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
    now = datetime.now().astimezone()
    projects, points, entries = [], [], []
    for index, (name, company, code, money, dates, texts) in enumerate(r for r in rows if r):
        number = numbers.setdefault(name, f"F-{len(numbers):07d}")
        city = code[:4] + "00"
        projects.append((number, "", name, "", company, code, "230000", city, code, "", "contract", money[0], dates[0],
                         "day", "", "", texts[0], "", False, "", "active", "", money[2], money[1], period, texts[1],
                         texts[2], texts[3], False, 1, now, now))  # fmt: skip
        entries.append((number, period, money[2], money[1], texts[1], texts[2], "{}", "230000", city, code))
        for position, (node, day) in enumerate(zip(CODES, dates[1:], strict=True), start=1):
            points.append((number, node, position, day, "day", "", "", "", day is None, "230000", city, code))
        if index < 0:
            break
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE fp ON COMMIT DROP AS SELECT "
            + PROJECT_COLUMNS
            + " FROM projects_project WITH NO DATA"
        )
        copy(cursor, f"COPY fp ({PROJECT_COLUMNS}) FROM STDIN", projects)
        cursor.execute(
            f"INSERT INTO projects_project ({PROJECT_COLUMNS}) SELECT {PROJECT_COLUMNS} FROM fp "
            "ON CONFLICT (number) DO UPDATE SET " + ", ".join(f"{c} = EXCLUDED.{c}" for c in UPDATED)
        )
        cursor.execute("CREATE TEMP TABLE fm (number text, code text, position smallint, actual_on date, "
                       "actual_precision text, responsible text, delay_party text, delay_reason text, is_open boolean, "
                       "province_code text, city_code text, county_code text) ON COMMIT DROP")  # fmt: skip
        copy(cursor, "COPY fm FROM STDIN", points)
        cursor.execute(
            "INSERT INTO projects_milestone (project_id, code, position, actual_on, actual_precision, responsible, "
            "delay_party, delay_reason, is_open, province_code, city_code, county_code) "
            "SELECT p.id, fm.code, fm.position, fm.actual_on, fm.actual_precision, fm.responsible, fm.delay_party, "
            "fm.delay_reason, fm.is_open, fm.province_code, fm.city_code, fm.county_code "
            "FROM fm JOIN projects_project p USING (number) ON CONFLICT (project_id, code) DO UPDATE SET "
            "actual_on = EXCLUDED.actual_on, is_open = EXCLUDED.is_open "
            "WHERE projects_milestone.actual_on IS DISTINCT FROM EXCLUDED.actual_on"
        )
        cursor.execute("CREATE TEMP TABLE fe (number text, period text, total bigint, month bigint, progress text, "
                       "problem text, nodes jsonb, province_code text, city_code text, county_code text) "
                       "ON COMMIT DROP")  # fmt: skip
        copy(cursor, "COPY fe FROM STDIN", entries)
        cursor.execute(
            "INSERT INTO reporting_ledgerentry (project_id, period, invested_total_yuan, invested_month_yuan, "
            "progress_text, problem_text, nodes, province_code, city_code, county_code) "
            "SELECT p.id, fe.period, fe.total, fe.month, fe.progress, fe.problem, fe.nodes, fe.province_code, "
            "fe.city_code, fe.county_code FROM fe JOIN projects_project p USING (number) "
            "ON CONFLICT (project_id, period) DO UPDATE SET invested_total_yuan = EXCLUDED.invested_total_yuan"
        )


PROJECT_COLUMNS = (
    "number, investment_code, name, initials, investor, division_id, province_code, city_code, county_code, place, "
    "contract_kind, contract_amount_yuan, signed_on, signed_precision, industry_section, industry_4567, industry_text, "
    "content, is_major, major_reason, state, end_reason, invested_total_yuan, invested_month_yuan, reported_period, "
    "progress_text, problem_text, lead_department, paused, version, created_at, updated_at"
)
UPDATED = (
    "invested_total_yuan",
    "invested_month_yuan",
    "reported_period",
    "progress_text",
    "problem_text",
    "updated_at",
)


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

    sheet = load_workbook(io.BytesIO(content), read_only=True).active
    lines = list(sheet.iter_rows(min_row=3, values_only=True))
    data = tablib.Dataset(*[["" if c is None else c for c in line] for line in lines[1:]], headers=lines[0])
    for dry_run in (True, False):
        result = ProjectResource().import_data(
            data, dry_run=dry_run, raise_errors=True, use_transactions=True
        )
        if result.has_errors() or result.has_validation_errors():
            raise AssertionError("the peer found errors")
