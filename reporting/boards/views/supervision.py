"""The supervision board of an area, the rows behind each figure, and the board as a workbook or a plain table."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.downloads import TABLE, document_download
from accounts.scope import holds
from accounts.views.guards import page_of
from documents import content_disposition, filename
from policy.periods import Period, PeriodKind
from policy.services import one_calendar
from reporting.boards import supervision
from reporting.boards.area import Month
from reporting.boards.export import supervision_document
from reporting.boards.supervision import KINDS, MATTERS, ORDERS, PAPERS, Line
from reporting.boards.views.common import Asked, board_page
from supervision.letters import queries as papers
from supervision.matters import queries as matters

TITLES = {
    MATTERS: gettext_lazy("Open matters"),
    PAPERS: gettext_lazy("Supervision notices and letters of the year"),
    ORDERS: gettext_lazy("Work orders of the year"),
}
# Column heads; the groups stand over them.
LABELS: dict[str, dict[str, Any]] = {
    MATTERS: {
        "open": pgettext_lazy("supervision board", "open"),
        "red": pgettext_lazy("supervision board", "red"),
        "amber": pgettext_lazy("supervision board", "amber"),
        "blue": pgettext_lazy("supervision board", "due soon"),
        "calm": pgettext_lazy("supervision board", "no light"),
        "age_15": pgettext_lazy("supervision board", "to 15 days"),
        "age_30": pgettext_lazy("supervision board", "16 to 30"),
        "age_60": pgettext_lazy("supervision board", "31 to 60"),
        "age_more": pgettext_lazy("supervision board", "over 60"),
        "assigned": pgettext_lazy("supervision board", "assigned"),
        "press": pgettext_lazy("supervision board", "pressed"),
        "supervise": pgettext_lazy("supervision board", "supervised"),
        "circulate": pgettext_lazy("supervision board", "circulated"),
        "listed": pgettext_lazy("supervision board", "listed"),
        "answered": pgettext_lazy("supervision board", "to be checked"),
    },
    PAPERS: {
        "issued": pgettext_lazy("supervision board", "issued"),
        "in_time": pgettext_lazy("supervision board", "answered in time"),
        "late": pgettext_lazy("supervision board", "answered late"),
        "waiting": pgettext_lazy("supervision board", "not answered, within the limit"),
        "overdue": pgettext_lazy("supervision board", "not answered, overdue"),
    },
    ORDERS: {
        "issued": pgettext_lazy("supervision board", "sent"),
        "in_time": pgettext_lazy("supervision board", "fed back in time"),
        "late": pgettext_lazy("supervision board", "fed back late"),
        "waiting": pgettext_lazy("supervision board", "no feedback yet, within the limit"),
        "overdue": pgettext_lazy("supervision board", "no feedback, overdue"),
    },
}
GROUPS: dict[str, tuple[tuple[Any, int], ...]] = {
    MATTERS: (
        (pgettext_lazy("supervision board", "All"), 1),
        (pgettext_lazy("supervision board", "Light"), 4),
        (pgettext_lazy("supervision board", "Days since it was assigned"), 4),
        (pgettext_lazy("supervision board", "Step of the ladder"), 4),
        (pgettext_lazy("supervision board", "Of these"), 2),
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One table of the board. A cell is a figure and the address of its rows, empty for 0."""

    kind: str
    title: Any
    groups: tuple[tuple[Any, int], ...]
    heads: tuple[Any, ...]
    lines: tuple[tuple[Line, tuple[tuple[int, str], ...]], ...]
    total: tuple[tuple[int, str], ...]


@board_page
@one_calendar()
def board(request: HttpRequest, asked: Asked) -> HttpResponse:
    asked = _running(request, asked)
    found = _board(request, asked)
    context = asked.context("supervision") | {
        "tables": [_shown(asked, found, kind) for kind in found.kinds],
        "exports": [("xlsx", asked.link("supervision_export", "xlsx")), ("csv", asked.link("supervision_export", "csv"))],
        "sees_papers": PAPERS in found.kinds,
    }  # fmt: skip
    return render(request, "reporting/boards/supervision.html", context)


@board_page
@one_calendar()
def rows(request: HttpRequest, asked: Asked, kind: str, figure: str) -> HttpResponse:
    """The rows a figure counted: the same conditions, so their number is the figure."""
    if kind not in KINDS or figure not in KINDS[kind]:
        raise Http404(figure)
    if kind not in supervision.kinds_for(request.user):
        raise PermissionDenied(kind)
    asked = _running(request, asked)
    own, on = request.GET.get("own") == "1", asked.month.today
    found = supervision.rows_of(request.user, asked.area, asked.month, kind, figure, own=own)
    if kind == PAPERS:
        found = found.select_related("unit", "addressee", "department", "project", "matter")
        page = page_of(request, found.order_by("-issued_on", "-pk"))
        page.object_list = papers.rows_of(page.object_list, on)
    else:
        page = page_of(request, found.select_related(*matters.CARRY).order_by("due_on", "pk"))
        page.object_list = matters.rows_of(page.object_list, on)
    context = asked.context("supervision") | {
        "label": f"{TITLES[kind]} · {LABELS[kind][figure]}", "kind": kind, "figure": figure, "own": own, "page": page,
        "back": asked.link("supervision"),
    }  # fmt: skip
    return render(request, "reporting/boards/supervision_rows.html", context)


@board_page
@one_calendar()
def export(request: HttpRequest, asked: Asked, format: str) -> HttpResponse:
    """The board's tables: sheets of a workbook, or one plain table for other programs."""
    if format not in ("xlsx", "csv"):
        raise Http404(format)
    asked = _running(request, asked)
    found = _board(request, asked)
    document = supervision_document(asked.area, asked.month, found)
    if format == "xlsx":
        return document_download(document, "xlsx", TABLE)
    response = HttpResponse(_plain(document.tables()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition(
        filename(document, "xlsx").removesuffix("xlsx") + "csv"
    )
    return response


def _plain(tables: Sequence[Any]) -> bytes:
    """All tables side by side, a unit a line; with the mark by which Excel and WPS know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    heads = [f"{table.caption}：{column.heading}" for table in tables for column in table.columns[1:]]
    writer.writerow(["单位", *heads])
    for number, row in enumerate([*tables[0].rows, tables[0].total or {}]):
        cells = [row.get("name", "")]
        for table in tables:
            whole = [*table.rows, table.total or {}]
            cells += [whole[number].get(column.key, "") for column in table.columns[1:]]
        writer.writerow(cells)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _running(request: HttpRequest, asked: Asked) -> Asked:
    """Without a month in the address the running one: what is open is looked at today, not at a month's end."""
    if request.GET.get("month"):
        return asked
    today = asked.month.today
    return replace(asked, month=Month(Period.containing(PeriodKind.MONTH, today), today))


def _board(request: HttpRequest, asked: Asked) -> supervision.Board:
    if not holds(request.user, "matters.view"):
        raise PermissionDenied("matters.view")
    return supervision.board_for(request.user, asked.area, asked.month)


def _shown(asked: Asked, board: supervision.Board, kind: str) -> Shown:
    def cells(line: Line, unit: str | None) -> tuple[tuple[int, str], ...]:
        counts, own = line.of(kind), "1" if line.own else ""
        return tuple(
            (
                counts[name],
                asked.link("supervision_rows", kind, name, unit=unit, own=own) if counts[name] else "",
            )
            for name in KINDS[kind]
        )

    return Shown(
        kind,
        TITLES[kind],
        GROUPS.get(kind, ()),
        tuple(LABELS[kind][name] for name in KINDS[kind]),
        tuple((line, cells(line, line.division.pk)) for line in board.lines),
        cells(board.total, None),
    )
