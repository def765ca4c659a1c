"""One hand-in: the preview while it is checked, the read-only page afterwards, and every correction in between."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Division
from accounts.scope import require
from accounts.typed import whole_number
from policy.periods import Period
from policy.services import current_calendar
from projects.models import Project
from reporting.ledgers import mending, prefill, submitting
from reporting.ledgers.access import VIEW, may_submit, receiver_of, require_submit
from reporting.ledgers.board import last_return
from reporting.ledgers.evaluate import count
from reporting.ledgers.mending import load_drafts
from reporting.ledgers.models import Attempt, AttemptSource, AttemptState, ColumnMemory, RowMatch
from reporting.ledgers.present import amount_note, columns_view, dropped_view, letters_of, questions, row_view
from reporting.ledgers.rows import LABELS, MONTHLY, NODES, edit_text, input_of, label
from reporting.ledgers.views.common import attempt_or_404, download, sees_ledgers, status_of, tell_error
from reporting.ledgers.views.review import review_context
from reporting.tableimport.mark import mark_workbook
from reporting.tableimport.values import FIELDS, Message

PER_PAGE = 200
GRID_PER_PAGE = 50
TABS = ("all", "fix", "ask", "changed")
GRID_FIELDS = (*MONTHLY, *NODES, "contract_amount", "signed_on", "lead_department")


@require_safe
@sees_ledgers
def attempt_page(request: HttpRequest, pk: int) -> HttpResponse:
    attempt = attempt_or_404(request, pk)
    if attempt.state == AttemptState.STAGED and may_submit(request.user, attempt.ledger.unit):
        return render(request, "reporting/ledgers/preview.html", preview_context(request, attempt))
    return render(
        request,
        "reporting/ledgers/review.html",
        {**preview_context(request, attempt), **review_context(request, attempt)},
    )


def preview_context(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    drafts = load_drafts(attempt)
    letters = letters_of(attempt)
    counts = count(drafts)
    asked = questions(attempt, drafts)
    tab = request.GET.get("show", "all")
    tab = tab if tab in TABS else "all"
    pages = Paginator([d for d in drafts if _in_tab(d, tab)], PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    returned = last_return(attempt.ledger, attempt.number)
    unit, period = attempt.ledger.unit, Period.parse(attempt.ledger.period)
    memory = dict(ColumnMemory.objects.filter(unit=unit).values_list("heading", "field"))
    columns = columns_view(attempt, memory)
    duty = attempt.ledger.obligation
    due_on = duty.last_day if duty else None
    state = submitting.readiness(attempt, drafts)
    return {
        "attempt": attempt,
        "unit": unit,
        "period": period,
        "receiver": Division.objects.filter(pk=receiver_of(unit)).first(),
        "counts": counts,
        "same_count": sum(1 for d in drafts if d.match == RowMatch.MATCHED and not d.changed),
        "skipped_count": sum(1 for d in drafts if d.match == RowMatch.SKIPPED),
        "amount_note": amount_note(attempt),
        "tab": tab,
        "tabs": _tabs(drafts),
        "rows": _rows(page.object_list, letters, returned, request.user),
        "page": page,
        "questions": asked,
        "answered": sum(1 for q in asked if q.answered),
        "file_errors": [m for m in attempt.messages if m["level"] == "error"],
        "file_notes": [m for m in attempt.messages if m["level"] == "note"],
        "columns": [c for c in columns if c.field],
        "unused": [c for c in columns if not c.field and c.heading],
        "column_checks": sum(1 for c in columns if c.check),
        "column_known": sum(1 for c in columns if c.field and c.known),
        "dropped": dropped_view(attempt),
        "state": state,
        "not_ready": submitting.not_ready_text(state),
        "first_fault": state.cells[0] if state.cells else "",
        "first_fault_row": next(
            (d.pk for d in drafts if any(m["level"] == "error" for m in d.messages)), None
        ),
        "due_on": due_on,
        "days_left": current_calendar().left(clock.today(), due_on) if due_on else None,
        "duty": duty,
        "returned": returned,
        "is_upload": attempt.source == AttemptSource.UPLOAD,
    }


def _in_tab(draft: Any, tab: str) -> bool:
    if tab == "fix":
        return any(m["level"] == "error" for m in draft.messages)
    if tab == "ask":
        return any(m["level"] == "ask" for m in draft.messages)
    return tab == "all" or bool(draft.changed)


def _tabs(drafts: list[Any]) -> list[dict[str, Any]]:
    names = {"all": _("All"), "fix": _("To mend"), "ask": _("To explain"), "changed": _("Changed")}
    return [
        {"code": code, "label": names[code], "count": sum(1 for d in drafts if _in_tab(d, code))}
        for code in TABS
    ]


def _rows(drafts: Any, letters: dict[str, str], returned: Attempt | None, user: Any) -> list[Any]:
    views = [row_view(d, letters) for d in drafts]
    wanted = {pk for v in views for pk in v.draft.candidates}
    known = (
        {p.pk: p for p in Project.objects.visible_to(user).filter(pk__in=wanted).select_related("company")}
        if wanted
        else {}
    )
    reasons = {}
    if returned:
        reasons = dict(returned.rows.exclude(return_reason="").values_list("name", "return_reason"))
    for view in views:
        view.candidates = [known[pk] for pk in view.draft.candidates if pk in known]
        view.return_reason = reasons.get(view.draft.name, "")
    return views


@require_POST
@sees_ledgers
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Cells and answers of the preview, and with them, where asked for, the handing in."""
    attempt = attempt_or_404(request, pk)
    now = clock.now()
    try:
        edits, answers, files = _typed(request)
        if edits:
            attempt = mending.mend_cells(attempt=attempt, edits=edits, by=request.user, at=now)
        if answers or files:
            attempt = mending.explain(
                attempt=attempt, answers=answers, file_answers=files, by=request.user, at=now
            )
        if request.POST.get("then") == "submit":
            attempt = submitting.submit_attempt(
                attempt=attempt, note=request.POST.get("note", ""), by=request.user, at=now
            )
            messages.success(
                request,
                _("The ledger of %(period)s is handed in.")
                % {"period": Period.parse(attempt.ledger.period).label},
            )
            return redirect("ledgers:attempt", pk)
    except DomainError as error:
        tell_error(request, error)
        if getattr(request, "htmx", False):
            return HttpResponseClientRefresh()
        return redirect("ledgers:attempt", pk)
    if getattr(request, "htmx", False):
        return render(request, "reporting/ledgers/_preview.html", preview_context(request, attempt))
    if request.POST.get("then") == "later":
        messages.success(request, _("Saved. Nothing is handed in yet."))
        return redirect("ledgers:month", attempt.ledger.unit_id, attempt.ledger.period)
    return redirect(_back(request, pk))


def _back(request: HttpRequest, pk: int) -> str:
    """The page of the hand-in the form came from, else its first."""
    back = str(request.POST.get("back") or "")
    return back if back.startswith("/ledgers/attempts/") else reverse("ledgers:attempt", args=[pk])


def _typed(
    request: HttpRequest,
) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]], dict[str, str]]:
    """cell:<row>:<field>, row:<row>:<key> and file:<key> of the form."""
    edits: dict[int, dict[str, str]] = {}
    answers: dict[int, dict[str, str]] = {}
    files: dict[str, str] = {}
    for name, value in request.POST.items():
        kind, _colon, rest = name.partition(":")
        row, _colon, key = rest.partition(":")
        if kind == "file":
            files[rest] = str(value)
        elif kind in ("cell", "row") and (pk := whole_number(row)) is not None:
            if kind == "cell" and key not in FIELDS:
                continue
            (edits if kind == "cell" else answers).setdefault(pk, {})[key] = str(value)
    return edits, answers, files


@require_POST
@sees_ledgers
def row_action(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Choose the project, leave the row out or take it back in, or say that nothing changed."""
    attempt = attempt_or_404(request, pk)
    choice = request.POST.get("choice", "")
    try:
        if choice == "same":
            mending.mark_unchanged(attempt=attempt, row_ids=[row], by=request.user, at=clock.now())
        else:
            mending.choose_match(attempt=attempt, row_id=row, choice=choice, by=request.user, at=clock.now())
    except DomainError as error:
        tell_error(request, error)
    return redirect(_back(request, pk))


@require_POST
@sees_ledgers
def explain_all(request: HttpRequest, pk: int) -> HttpResponse:
    """One explanation for every open point of the same kind."""
    attempt = attempt_or_404(request, pk)
    text, code = request.POST.get("text", ""), request.POST.get("code", "")
    answers: dict[int, dict[str, str]] = {}
    for question in questions(attempt, load_drafts(attempt)):
        if (
            question.row_id
            and not question.answered
            and not question.choice
            and (not code or question.key.startswith(f"{code}@"))
        ):
            answers.setdefault(question.row_id, {})[question.key] = text
        elif question.row_id and question.choice and not question.answered and code in ("ledger", "live"):
            answers.setdefault(question.row_id, {})[question.key] = code
    try:
        mending.explain(attempt=attempt, answers=answers, by=request.user, at=clock.now())
    except DomainError as error:
        tell_error(request, error)
    return redirect("ledgers:attempt", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@sees_ledgers
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct which column is which."""
    attempt = attempt_or_404(request, pk)
    fault: DomainError | None = None
    chosen: dict[str, str] = {}
    if request.method == "POST":
        chosen = {name[4:]: str(value) for name, value in request.POST.items() if name.startswith("col:")}
        try:
            mending.remap_columns(attempt=attempt, mapping=chosen, by=request.user, at=clock.now())
            messages.success(
                request, _("The columns are corrected and remembered; the workbook was read again.")
            )
            return redirect("ledgers:attempt", pk)
        except DomainError as error:
            fault = error
    memory = dict(ColumnMemory.objects.filter(unit=attempt.ledger.unit).values_list("heading", "field"))
    rows = [(c, chosen.get(c.letter, c.field)) for c in columns_view(attempt, memory) if c.heading]
    fields = [(code, label(code)) for code in FIELDS if code in LABELS or "." in code]
    context = {"attempt": attempt, "unit": attempt.ledger.unit, "period": Period.parse(attempt.ledger.period),
               "rows": rows, "fields": fields, "fault": fault}  # fmt: skip
    if not may_submit(request.user, attempt.ledger.unit) or attempt.state != AttemptState.STAGED:
        return redirect("ledgers:attempt", pk)
    return render(
        request, "reporting/ledgers/columns.html", context, status=status_of(fault) if fault else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sees_ledgers
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows as inputs: for a ledger filled in online, and to change any cell of an uploaded one."""
    attempt = attempt_or_404(request, pk)
    if request.method == "POST":
        require_submit(request.user, attempt.ledger.unit)
    if attempt.state != AttemptState.STAGED or not may_submit(request.user, attempt.ledger.unit):
        return redirect("ledgers:attempt", pk)
    if request.method == "POST":
        edits, _answers, _files = _typed(request)
        try:
            if request.POST.get("same") == "all":
                marked_rows = [n for x in request.POST.getlist("row") if (n := whole_number(x)) is not None]
                mending.mark_unchanged(attempt=attempt, row_ids=marked_rows, by=request.user, at=clock.now())
            else:
                mending.mend_cells(attempt=attempt, edits=edits, by=request.user, at=clock.now())
                same = whole_number(request.POST.get("same"))
                if same is not None:
                    mending.mark_unchanged(attempt=attempt, row_ids=[same], by=request.user, at=clock.now())
        except DomainError as error:
            tell_error(request, error)
        if request.POST.get("then") == "check":
            return redirect("ledgers:attempt", pk)
        return redirect(f"{request.path}?page={request.GET.get('page', '1')}")
    drafts = [d for d in load_drafts(attempt) if d.match != RowMatch.SKIPPED]
    page = Paginator(drafts, GRID_PER_PAGE).get_page(request.GET.get("page"))
    rows = [(row_view(d, letters_of(attempt)), _grid_cells(d)) for d in page.object_list]
    return render(
        request, "reporting/ledgers/grid.html",
        {"attempt": attempt, "unit": attempt.ledger.unit, "period": Period.parse(attempt.ledger.period), "page": page,
         "rows": rows, "heads": [label(name) for name in GRID_FIELDS]},
    )  # fmt: skip


def _grid_cells(draft: Any) -> list[dict[str, Any]]:
    live = {**(draft.previous.get("live") or {}), **(draft.previous.get("last") or {})}
    return [
        {
            "field": name,
            "label": label(name),
            "value": input_of(draft.values, name),
            "old": edit_text(name, live.get(name)) if name in draft.changed else "",
            "errors": [m["text"] for m in draft.messages if m["field"] == name and m["level"] == "error"],
            "asks": [m["text"] for m in draft.messages if m["field"] == name and m["level"] == "ask"],
            "wide": name in ("progress", "problems"),
            "number": FIELDS[name] == "amount",
        }
        for name in GRID_FIELDS
    ]


@require_safe
@sees_ledgers
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The clerk's own workbook with the cells in question marked."""
    attempt = attempt_or_404(request, pk)
    if not attempt.file:
        raise Http404
    told = [m for m in attempt.messages if m["level"] != "note"]
    told += [
        m
        for d in load_drafts(attempt)
        if d.match != RowMatch.SKIPPED
        for m in d.messages
        if m["level"] != "note"
    ]
    found = [Message(m["sheet"], m["cell"], m["code"], m["text"], m["level"], m["field"]) for m in told]
    content = mark_workbook(attempt.file.path, found, filename=attempt.file_name)
    stem = attempt.file_name.rpartition(".")[0] or attempt.file_name
    return download(content, _("%(name)s (marked).xlsx") % {"name": stem})


@require_safe
@sees_ledgers
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook as it was handed in."""
    attempt = attempt_or_404(request, pk)
    require(request.user, VIEW, attempt)
    if not attempt.file:
        raise Http404
    with attempt.file.open("rb") as file:
        return download(file.read(), attempt.file_name, "application/octet-stream")


@require_POST
@sees_ledgers
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    attempt = attempt_or_404(request, pk)
    try:
        submitting.discard_attempt(attempt=attempt, by=request.user, at=clock.now())
        messages.success(request, _("The draft is put aside; nothing of it was handed in."))
    except DomainError as error:
        tell_error(request, error)
    return redirect("ledgers:month", attempt.ledger.unit_id, attempt.ledger.period)


@require_POST
@sees_ledgers
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    attempt = attempt_or_404(request, pk)
    try:
        submitting.withdraw_attempt(attempt=attempt, by=request.user, at=clock.now())
        messages.success(request, _("Taken back. Correct it and hand it in again."))
    except DomainError as error:
        tell_error(request, error)
    return redirect("ledgers:attempt", pk)


@require_POST
@sees_ledgers
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a correction in the browser with the rows of a returned or accepted hand-in."""
    attempt = attempt_or_404(request, pk)
    try:
        fresh = prefill.copy_returned(attempt=attempt, by=request.user, at=clock.now())
    except DomainError as error:
        tell_error(request, error)
        return redirect("ledgers:attempt", pk)
    return redirect("ledgers:attempt", fresh.pk)
