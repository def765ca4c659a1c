"""Rows made ready from live data and last month's ledger: to fill in online, or as a workbook to fill in offline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Division
from policy.periods import Period
from projects.models import Milestone, Project, ProjectState
from reporting.ledgers import rows as cells
from reporting.ledgers.access import require_submit
from reporting.ledgers.context import area_filter, load_area
from reporting.ledgers.evaluate import Draft, Layout, evaluate
from reporting.ledgers.models import Attempt, AttemptSource, LedgerEntry
from reporting.ledgers.rows import iso
from reporting.ledgers.staging import counted, insert_rows, new_attempt
from reporting.tableimport.write import LedgerLine, write_ledger


def start_online(*, unit: Division, period: Period, by: Any, at: datetime) -> Attempt:
    """A hand-in whose rows are the unit's projects under way, with what is known; to be gone through in the browser."""
    require_submit(by, unit)
    on = local_date(at)
    drafts = [
        Draft(position, values["name"][0], values, resolutions={"match": str(project_id)})
        for position, (project_id, values) in enumerate(prefilled(unit, period), start=1)
    ]
    if not drafts:
        raise DomainError(
            "no_projects",
            _(
                "There is no project under way to fill in. Hand in a nil report, or upload a workbook "
                "with the newly signed ones."
            ),
        )
    area = load_area(unit, period, on)
    evaluate(drafts, area, Layout())
    with transaction.atomic():
        attempt = new_attempt(
            unit, period, source=AttemptSource.ONLINE, by=by, at=at, **counted(drafts, [], {})
        )
        insert_rows(attempt, drafts)
        audit.record("ledger_started_online", target=attempt, by=by, at=at, after={"rows": len(drafts)})
    return attempt


def copy_returned(*, attempt: Attempt, by: Any, at: datetime) -> Attempt:
    """A fresh hand-in with the rows of a returned (or accepted) one, to correct in the browser."""
    from reporting.ledgers.mending import load_drafts

    unit, period = attempt.ledger.unit, Period.parse(attempt.ledger.period)
    require_submit(by, unit)
    drafts = load_drafts(attempt)
    reading = {k: v for k, v in attempt.reading.items() if k != "digest"}
    layout = Layout()
    if reading.get("columns"):
        from reporting.ledgers.staging import layout_of

        layout = layout_of([c[:3] for c in reading["columns"]])
    evaluate(drafts, load_area(unit, period, local_date(at)), layout)
    with transaction.atomic():
        fresh = new_attempt(
            unit, period, source=attempt.source, by=by, at=at, file=attempt.file.name, file_name=attempt.file_name,
            file_sha256="", file_size=attempt.file_size, reading=reading, messages=attempt.messages,
            explanations=attempt.explanations, **counted(drafts, attempt.messages, attempt.explanations),
        )  # fmt: skip
        insert_rows(fresh, drafts)
        audit.record("ledger_correction_started", target=fresh, by=by, at=at, after={"from": attempt.number})
    return fresh


def prefilled(unit: Division, period: Period) -> list[tuple[int, cells.Cells]]:
    """(project id, cells) of the unit's projects under way, in the order of the last ledger's habit: place, signing."""
    projects = list(
        Project.objects.filter(**area_filter(unit), state=ProjectState.ACTIVE, signed_on__lte=period.last)
        .select_related("company", "division")
        .order_by("county_code", "signed_on", "pk")
    )
    nodes: dict[int, dict[str, str]] = {}
    for project_id, code, day, precision in Milestone.objects.filter(
        **area_filter(unit), actual_on__isnull=False
    ).values_list("project_id", "code", "actual_on", "actual_precision"):
        nodes.setdefault(project_id, {})[code] = iso(day, precision) or ""
    held = set(
        LedgerEntry.objects.filter(**area_filter(unit), period=str(period)).values_list(
            "project_id", flat=True
        )
    )
    return [(p.pk, _cells(p, nodes.get(p.pk, {}), month_known=p.pk in held)) for p in projects]


def _cells(project: Project, nodes: dict[str, str], *, month_known: bool) -> cells.Cells:
    values: dict[str, Any] = {
        "project_code": project.number,
        "name": project.name,
        "company": project.company.name if project.company else project.investor,
        "place": project.place or project.division.name,
        "industry": project.industry_text,
        "contract_amount": project.contract_amount_yuan,
        "signed_on": iso(project.signed_on, project.signed_precision),
        "invested_month": project.invested_month_yuan if month_known else 0,
        "invested_total": project.invested_total_yuan,
        "progress": project.progress_text,
        "problems": project.problem_text,
        "lead_department": project.lead_department,
        **{f"node.{code}": day for code, day in nodes.items()},
    }
    return {name: [value] for name, value in values.items() if value not in (None, "")}


def workbook(unit: Division, period: Period, on: date) -> bytes:
    """The pre-filled ledger to fill in offline; it comes back through the same reader."""
    city = f"{unit.parent.name}{unit.name}" if unit.parent and unit.tier == 3 else unit.name
    return write_ledger(
        _lines(prefilled(unit, period)),
        title=f"{city}招商引资签约项目{period.label}进程信息台账",
        reporter=unit.name,
        filled_on=f"{on.year}年{on.month}月{on.day}日",
        with_project_code=True,
    )


def _lines(rows: Iterable[tuple[int, cells.Cells]]) -> Iterable[LedgerLine]:
    for _project_id, values in rows:
        fields = {name: cell[0] for name, cell in values.items() if not name.startswith("node.")}
        nodes = {name[5:]: cell[0] for name, cell in values.items() if name.startswith("node.")}
        yield LedgerLine(fields, nodes)


def file_name(unit: Division, period: Period) -> str:
    return f"{unit.name}{period.label}进程信息台账.xlsx"
