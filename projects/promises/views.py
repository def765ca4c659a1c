"""Promises to the investor: the list with the share kept, the tab of a project, recording, keeping, giving up."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.files import attachment
from accounts.scope import acting_posting, only_investor
from accounts.views.guards import needs, page_of
from policy.services import current_calendar
from projects.files import download
from projects.models import ChangeState, Project, Promise, PromiseState
from projects.promises import queries, replanning, services
from projects.promises.forms import KeepForm, PromiseFilter, PromiseForm, ReasonForm
from projects.views.common import open_project
from projects.views.course import small_form

FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("promises.view")
def promise_list(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today()
    every = queries.promises(user)
    form = PromiseFilter(request.GET, queries.units_of(user))
    form.is_valid()
    page = page_of(request, queries.filter_promises(every, form.cleaned_data, today).order_by("due_on", "pk"))
    decorate(page, today)
    due = every.due(today)
    context = {
        "form": form, "page": page, "today": today,
        "due": due.count(), "kept": due.filter(state=PromiseState.KEPT).count(),
        "overdue": every.overdue(today).count(), "shares": queries.shares(user, today),
        "posting": acting_posting(user), "any": every.exists(),
    }  # fmt: skip
    return render(request, "projects/promises/list.html", context)


@FORM
def promise_new(request: HttpRequest, pk: int) -> HttpResponse:
    project = open_project(request, pk, services.RECORD).project
    form = PromiseForm(*_data(request), project=project)

    def act(data: dict[str, Any]) -> Any:
        upload = data.pop("file")
        return services.record_promise(
            project=project, **data, upload=upload, by=request.user, at=clock.now()
        )

    return small_form(
        request, form, act, project=project, tab="promises", title=_("Record a promise"),
        button=_("Record this promise"), done=_("Recorded. Its light comes on before its day."),
        note=_("Its day never moves later: what was promised stays what was promised."),
    )  # fmt: skip


@FORM
def promise_keep(request: HttpRequest, pk: int) -> HttpResponse:
    promise = _one(request, pk, services.FULFIL)

    def act(data: dict[str, Any]) -> Any:
        return services.keep_promise(
            promise=promise, kept_on=data["kept_on"], evidence=data["evidence"], upload=data["file"],
            by=request.user, at=clock.now(),
        )  # fmt: skip

    return small_form(
        request, KeepForm(*_data(request)), act, project=promise.project, tab="promises", title=_("Promise kept"),
        button=_("Record it as kept"), done=_("Recorded as kept."), facts=facts(promise),
        note=_("Only a fact with its proof ends the light of a promise."),
    )  # fmt: skip


@FORM
def promise_break(request: HttpRequest, pk: int) -> HttpResponse:
    promise = _one(request, pk, services.RECORD)

    def act(data: dict[str, Any]) -> Any:
        return services.break_promise(promise=promise, reason=data["reason"], by=request.user, at=clock.now())

    return small_form(
        request, ReasonForm(request.POST or None), act, project=promise.project, tab="promises",
        title=_("Promise cannot be kept"), button=_("Record that it cannot be kept"), danger=True,
        done=_("Recorded. It counts as not kept."), facts=facts(promise),
        note=_("It stays among the promises due and lowers the share kept; it can still be kept later."),
    )  # fmt: skip


@FORM
def promise_void(request: HttpRequest, pk: int) -> HttpResponse:
    promise = _one(request, pk, services.RECORD)

    def act(data: dict[str, Any]) -> Any:
        return services.void_promise(promise=promise, reason=data["reason"], by=request.user, at=clock.now())

    return small_form(
        request, ReasonForm(request.POST or None), act, project=promise.project, tab="promises",
        title=_("Strike out a wrong entry"), button=_("Strike this entry out"), danger=True,
        done=_("Struck out. The entry stays readable with its reason."), facts=facts(promise),
        note=_("Only for what was never promised like this. A promise that was not kept is not an error of entry."),
    )  # fmt: skip


@require_safe
def promise_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return download(_one(request, pk, "promises.view"))


@require_safe
def promise_proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    promise = _one(request, pk, "promises.view")
    return attachment(promise.proof_path, promise.proof_name, promise.proof_type)


def tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    rows = list(queries.promises(user).filter(project=project))
    decorate(rows, on)
    debts: list[Any] = list(
        queries.arrears(user).filter(project=project).prefetch_related("instalments", "replans")
    )
    for debt in debts:
        debt.parts = list(debt.instalments.all())
        debt.paid = sum(part.amount_yuan for part in debt.parts if part.paid_on)
        debt.open = any(part.paid_on is None for part in debt.parts)
        debt.changes = list(debt.replans.all())
        debt.waiting = next((one for one in debt.changes if one.state == ChangeState.WAITING), None)
        first = replanning.first_of(debt.parts, debt.changes)
        for part in debt.parts:
            part.first = first.get(part.position)
        decorate_parts(debt.parts, on)
    due = [row for row in rows if row.due_on <= on and row.state != PromiseState.VOID]
    return {
        "promises": rows,
        "debts": debts,
        "due": len(due),
        "kept": sum(row.state == PromiseState.KEPT for row in due),
        "official": not only_investor(user),
    }


def decorate(rows: Any, on: date) -> None:
    """Light and working days left of each promise."""
    calendar = current_calendar()
    for row in rows:
        row.light, row.days_left = "none", None
        if row.state == PromiseState.KEPT:
            row.light = "done"
        elif row.state != PromiseState.VOID:
            row.days_left = calendar.left(on, row.due_on)
            row.light = light_of(row.due_on, row.days_left, on)
        row.is_open = row.state == PromiseState.OPEN
        row.is_live = row.state in (PromiseState.OPEN, PromiseState.BROKEN)


def decorate_parts(rows: Any, on: date) -> None:
    calendar = current_calendar()
    for row in rows:
        row.days_left = None if row.paid_on else calendar.left(on, row.due_on)
        row.light = "done" if row.paid_on else light_of(row.due_on, row.days_left or 0, on)


def light_of(due_on: date, days_left: int, on: date) -> str:
    """As the promise rule of the regimes has it: ten working days ahead blue, ten behind yellow, then red."""
    if due_on < on:
        return "red" if days_left < -10 else "amber"
    return "blue" if days_left <= 10 else "none"


def facts(promise: Promise) -> list[tuple[Any, Any]]:
    return [
        (_("What was promised"), promise.text),
        (_("Document it rests on"), promise.basis),
        (_("To be kept by (inclusive)"), promise.due_on),
    ]


def _one(request: HttpRequest, pk: int, permission: str) -> Promise:
    promise = get_object_or_404(queries.promises(request.user), pk=pk)
    open_project(request, promise.project_id, permission)
    return promise


def _data(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
