"""Pages of inspections: the list, a plan, one inspection, its projects, its draw, begun, called off, finished."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.downloads import TABLE, document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import acting_posting
from accounts.views.guards import needs, page_of
from policy.periods import Period
from projects.models import Project
from supervision.inspections import concluding, planning, queries, recording, triggers
from supervision.inspections.common import may_make, own, read, renew
from supervision.inspections.document import list_document, record_document
from supervision.inspections.forms import (
    AddForm,
    FinishForm,
    InspectionFilter,
    PlanForm,
    ReasonForm,
    StartForm,
)
from supervision.inspections.models import (
    MAKE,
    VIEW,
    Inspection,
    InspectionItem,
    InspectionKind,
    InspectionState,
    ItemResult,
)
from supervision.inspections.periods import periods_to_plan
from supervision.matters import queries as matters
from supervision.matters.models import MatterSource

MOST_EXPORTED = 5_000


@require_safe
@needs(VIEW)
def inspection_list(request: HttpRequest) -> HttpResponse:
    on, user = clock.today(), request.user
    form = InspectionFilter(request.GET, units=queries.units_with(user))
    rows = queries.filtered(queries.listed(user), form.cleaned_data if form.is_valid() else {})
    if request.GET.get("format") == "xlsx" and form.is_valid():
        return document_download(list_document(rows[:MOST_EXPORTED]), "xlsx", TABLE)
    unit = queries.making_unit(user)
    asked = request.GET.copy()
    for name in ("page", "per_page", "format"):
        asked.pop(name, None)
    context = {
        "form": form, "page": page_of(request, rows, default=20), "posting": acting_posting(user), "unit": unit,
        "owed": queries.owed_now(unit, on) if unit else None, "export_query": asked.urlencode(),
        "unlooked": triggers.not_looked_into(unit, on) if unit else [],
    }  # fmt: skip
    return render(request, "supervision/inspections/list.html", context)


@require_safe
@needs(VIEW)
def inspection_due(request: HttpRequest, unit: str, period: str) -> HttpResponse:
    """Where a duty leads: to the inspection of that unit and period, else to its plan."""
    rows = Inspection.objects.visible_to(request.user).filter(unit_id=unit, period=period)
    row = rows.exclude(state=InspectionState.CANCELLED).order_by("state", "-pk").first()
    if row is not None:
        return redirect("inspections:detail", pk=row.pk)
    return redirect(f"{reverse('inspections:new')}?{urlencode({'period': period})}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MAKE)
def inspection_new(request: HttpRequest) -> HttpResponse:
    """Plan an inspection of one's own unit."""
    on, unit = clock.today(), queries.making_unit(request.user)
    if unit is None:
        raise PermissionDenied(MAKE)
    periods = periods_to_plan(unit, on)
    form = PlanForm(request.POST or None, periods=periods, initial=_proposed(request, unit, periods, on))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        values.pop("turn")
        try:
            inspection = planning.plan_inspection(unit=unit, **values, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("Planned. Now choose the projects, by what the figures say or by drawing.")
            )
            return redirect("inspections:choose", pk=inspection.pk)
    context = {"form": form, "unit": unit, "counts": triggers.counts(unit, on), "most": triggers.MOST}
    return render(request, "supervision/inspections/plan.html", context)


def _proposed(request: HttpRequest, unit: Any, periods: list[Period], on: Any) -> dict[str, Any]:
    """A plan begun from the last one: its authority stays true, its words usually too."""
    known = {str(one): one for one in periods}
    period = known.get(request.GET.get("period", ""), periods[1])
    last = (
        Inspection.objects.visible_to(request.user)
        .filter(unit=unit)
        .exclude(authority_document="")
        .order_by("-pk")
        .first()
    )
    first = max(on, period.first)
    return {
        "period": str(period), "kinds": list(InspectionKind.values),
        "title": f"{period.label}签约项目落地督查检查", "planned_from": first, "planned_to": max(first, period.last),
        "authority_government": last.authority_government if last else "",
        "authority_document": last.authority_document if last else "",
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the plan of an inspection that is not finished."""
    inspection = own(request, pk)
    names = (
        "turn", "title", "kinds", "purpose", "planned_from", "planned_to", "authority_government", "authority_document"
    )  # fmt: skip
    initial = {name: getattr(inspection, name) for name in names}
    form = PlanForm(request.POST or None, periods=[], fixed=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            planning.change_plan(inspection=inspection, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            renew(form, inspection.turn)
        else:
            messages.success(request, _("The plan is changed."))
            return redirect("inspections:detail", pk=pk)
    return render(request, "supervision/inspections/plan.html", {"form": form, "inspection": inspection})


@require_safe
def inspection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, read(request, pk))


@require_safe
def inspection_record(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    return document_download(record_document(read(request, pk)), format)


def _start(inspection: Inspection, data: Any) -> forms.Form:
    first = max(inspection.planned_from, Period.parse(inspection.period).first)
    initial = {"turn": inspection.turn, "held_from": min(first, clock.today())}
    return StartForm(data, initial=initial)


def _finish(inspection: Inspection, data: Any) -> forms.Form:
    rows = [
        (one.key, one.name, concluding.compose(inspection, one)) for one in concluding.addressees(inspection)
    ]
    initial = {"turn": inspection.turn, "held_to": clock.today()}
    return FinishForm(data, addressees=rows, initial=initial)


def _cancel(inspection: Inspection, data: Any) -> forms.Form:
    return ReasonForm(data, initial={"turn": inspection.turn})


def _finish_values(form: Any) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "turn": data["turn"], "held_to": data["held_to"], "summary": data["summary"], "texts": form.texts(),
    }  # fmt: skip


# move → (states, form, values, service, button, what is said afterwards)
Move = tuple[tuple[str, ...], Callable[..., Any], Callable[..., dict[str, Any]], Callable[..., Any], Any, Any]
MOVES: dict[str, Move] = {
    "start": (
        (InspectionState.PLANNED,), _start, lambda form: dict(form.cleaned_data), recording.start_inspection,
        gettext_lazy("Begin the inspection"), gettext_lazy("Begun. Record each project as you see it."),
    ),
    "finish": (
        (InspectionState.UNDER_WAY,), _finish, _finish_values, recording.finish_inspection,
        gettext_lazy("Finish and send the conclusions"),
        gettext_lazy("Finished. Those inspected have the conclusion in their inbox."),
    ),
    "cancel": (
        (InspectionState.PLANNED, InspectionState.UNDER_WAY), _cancel, lambda form: dict(form.cleaned_data),
        planning.cancel_inspection, gettext_lazy("Call the inspection off"),
        gettext_lazy("Called off. The duty of the period stays open."),
    ),
}  # fmt: skip


@require_POST
def inspection_move(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Begin, finish, call off. A refusal comes back on the page with what was typed."""
    inspection = own(request, pk)
    if code not in MOVES:
        raise Http404
    _states, make, values, service, _button, said = MOVES[code]
    form = make(inspection, request.POST)
    if form.is_valid():
        try:
            service(inspection=inspection, **values(form), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            inspection = read(request, pk)
            renew(form, inspection.turn)
        else:
            messages.success(request, said)
            return redirect("inspections:detail", pk=pk)
    return _page(request, inspection, bound=(code, form), status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Projects the figures name, to be ticked; others by number or name."""
    inspection, on = own(request, pk), clock.today()
    offered = triggers.suggestions(inspection, on)
    by_hand = "projects" in request.POST
    form = AddForm(request.POST if by_hand else None, kinds=inspection.kinds)
    status = 200
    if request.method == "POST":
        try:
            added = _add(request, inspection, offered, form if by_hand else None)
        except DomainError as refusal:
            add_refusal(form, refusal) if by_hand else messages.error(request, str(refusal.message))
            added, status = None, 400
        if added is not None:
            messages.success(request, _("%(n)d projects are on the list now.") % {"n": added})
            return redirect("inspections:detail", pk=pk)
        status = 400
    context = {
        "inspection": inspection, "offered": offered, "form": form, "ticked": set(request.POST.getlist("pick")),
        "items": inspection.items.count(), "most": triggers.MOST,
    }  # fmt: skip
    return render(request, "supervision/inspections/choose.html", context, status=status)


def _add(request: HttpRequest, inspection: Inspection, offered: list[Any], form: Any) -> int | None:
    """Add what was ticked or typed; None when the form is not complete."""
    if form is None:
        wanted = set(request.POST.getlist("pick"))
        picks = [
            planning.Pick(row.project, one.trigger.kind, row.why, one.trigger.code)
            for one in offered
            for row in one.rows
            if row.key in wanted
        ]
    elif form.is_valid():
        found, unknown = queries.projects_named(inspection.unit, form.cleaned_data["projects"].splitlines())
        if unknown:
            raise DomainError(
                "project_unknown",
                _("No single project of this area is called: %(names)s. Write its number.")
                % {"names": "、".join(unknown[:5])},
                field="projects",
            )
        data = form.cleaned_data
        picks = [planning.Pick(project, data["kind"], data["why"]) for project in found]
    else:
        return None
    return planning.add_projects(inspection=inspection, picks=picks, by=request.user, at=clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request: HttpRequest, pk: int, item_id: int) -> HttpResponse:
    """Take a project off the list, with a reason."""
    inspection = own(request, pk)
    item = get_object_or_404(
        InspectionItem.objects.select_related("project"), inspection=inspection, pk=item_id
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planning.remove_project(
                inspection=inspection,
                item=item,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Taken off the list."))
            return redirect("inspections:detail", pk=pk)
    context = {"inspection": inspection, "item": item, "form": form}
    return render(request, "supervision/inspections/remove.html", context)


def _page(
    request: HttpRequest, inspection: Inspection, *, bound: tuple[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    user, on = request.user, clock.today()
    items = list(inspection.items.select_related("project__division", "unit").prefetch_related("findings"))
    findings = list(
        inspection.findings.select_related("item__project", "unit", "department").prefetch_related("files")
    )
    pressed = {
        row.matter.source_id: row
        for row in matters.rows_of(
            matters.Matter.objects.filter(source=MatterSource.FINDING, source_id__in=[one.pk for one in findings])
            .select_related(*matters.CARRY), on,
        )
    }  # fmt: skip
    makes = may_make(user, inspection)
    others = {row.unit_id for row in items} - {inspection.unit_id}
    sees = set(
        Project.objects.visible_to(user)
        .filter(pk__in=[row.project_id for row in items])
        .values_list("pk", flat=True)
    )
    context = {
        "inspection": inspection, "period": Period.parse(inspection.period), "items": items, "makes": makes,
        "findings": [(one, pressed.get(one.pk)) for one in findings], "sees": sees,
        "done": sum(row.result != ItemResult.PENDING for row in items),
        "draw": inspection.draws.filter(replaced_at=None).first(), "draws": inspection.draws.count(),
        "conclusions": inspection.conclusions.select_related("unit", "department"),
        "actions": _actions(inspection, bound) if makes else [], "bound": bound[1] if bound else None,
        "authority_lacks": bool(others) and not inspection.authority_document,
        "spot_check": InspectionKind.SPOT_CHECK in inspection.kinds,
        "may_record": makes and inspection.state == InspectionState.UNDER_WAY,
    }  # fmt: skip
    return render(request, "supervision/inspections/detail.html", context, status=status)


def _actions(inspection: Inspection, bound: tuple[str, Any] | None) -> list[dict[str, Any]]:
    """Moves that can be made now, with their forms; the one tried last is open and keeps what was typed."""
    found = []
    for code, (states, make, _values, _service, button, _said) in MOVES.items():
        tried = bound is not None and bound[0] == code
        if inspection.state not in states and not tried:
            continue
        found.append(
            {
                "code": code, "button": button, "form": bound[1] if tried and bound else make(inspection, None),
                "open": tried, "main": code != "cancel", "danger": code == "cancel",
            }
        )  # fmt: skip
    return found
