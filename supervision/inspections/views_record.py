"""Pages filled in on the spot: the draw and its repetition, one project's result, findings with photos."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import holds
from projects.models import Project
from supervision.inspections import draw as algorithm
from supervision.inspections import drawing, queries, recording
from supervision.inspections.common import may_make, own, read
from supervision.inspections.forms import DrawForm, FindingForm, PressForm, ReasonForm, ResultForm
from supervision.inspections.models import (
    VIEW,
    Draw,
    Finding,
    FindingAction,
    FindingFile,
    Inspection,
    InspectionItem,
    InspectionKind,
    InspectionState,
    ItemResult,
)
from supervision.matters import queries as matters
from supervision.matters.models import Matter, MatterSource


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw for the spot check; the draws made so far, each to be repeated."""
    inspection = own(request, pk)
    draws = list(inspection.draws.select_related("drawn_by"))
    counts = {code: drawing.population_of(inspection, code).count() for code in drawing.SCOPES}
    form = DrawForm(request.POST or None, again=bool(draws), counts=counts)
    if request.method == "POST" and form.is_valid():
        try:
            row = drawing.draw_sample(
                inspection=inspection, **form.cleaned_data, by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("%(n)d projects are drawn and on the list.") % {"n": len(row.drawn)})
            return redirect("inspections:repeat", pk=pk, draw_id=row.pk)
    context = {
        "inspection": inspection, "draws": draws, "form": form, "method": algorithm.METHOD,
        "may_draw": inspection.is_open and InspectionKind.SPOT_CHECK in inspection.kinds,
    }  # fmt: skip
    return render(request, "supervision/inspections/draw.html", context)


@require_safe
def draw_repeat(request: HttpRequest, pk: int, draw_id: int) -> HttpResponse:
    """One draw with its list, done again from what was recorded."""
    inspection = read(request, pk)
    row = get_object_or_404(Draw.objects.select_related("drawn_by"), inspection=inspection, pk=draw_id)
    again = drawing.repeated(row)
    rows = Project.objects.visible_to(request.user).filter(number__in=row.drawn).select_related("division")
    by_number = {one.number: one for one in rows}
    context = {
        "inspection": inspection, "draw": row, "again": again, "holds": drawing.holds(row),
        "drawn": [(number, by_number.get(number)) for number in row.drawn], "method": algorithm.METHOD,
        "asked": "again" in request.GET,
    }  # fmt: skip
    return render(request, "supervision/inspections/repeat.html", context)


@require_safe
def draw_population(request: HttpRequest, pk: int, draw_id: int) -> HttpResponse:
    """The frozen list as plain text, one number a line: its SHA-256 is the recorded fingerprint."""
    row = get_object_or_404(Draw, inspection=read(request, pk), pk=draw_id)
    response = HttpResponse("\n".join(row.population), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="population-{row.pk}.txt"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def item_record(request: HttpRequest, pk: int, item_id: int) -> HttpResponse:
    """What was seen at one project, and what was found there. Made for a phone."""
    inspection = own(request, pk)
    item = _item(inspection, item_id)
    initial = {
        "result": item.result if item.result != ItemResult.PENDING else None, "text": item.result_text,
        "looked_on": item.looked_on or clock.today(), "place": item.place or item.project.place[:120],
    }  # fmt: skip
    form = ResultForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            recording.record_result(item=item, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Recorded: %(name)s") % {"name": item.project.name})
            if item.result == ItemResult.PROBLEM and not item.findings.exists():
                return redirect("inspections:find_at", pk=pk, item_id=item.pk)
            return redirect("inspections:detail", pk=pk)
    context = {
        "inspection": inspection, "item": item, "form": form, "findings": item.findings.all(),
        "may_record": inspection.state == InspectionState.UNDER_WAY,
    }  # fmt: skip
    return render(request, "supervision/inspections/item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_new(request: HttpRequest, pk: int, item_id: int | None = None) -> HttpResponse:
    """Put a problem on record, with photos."""
    inspection, on = own(request, pk), clock.today()
    item = _item(inspection, item_id) if item_id else None
    units = queries.responsible_units(inspection)
    form = FindingForm(
        request.POST or None, request.FILES or None, units=units,
        departments=queries.responsible_departments(units, on),
        initial={"unit": item.unit_id if item else inspection.unit_id, "place": item.place if item else ""},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            finding = recording.add_finding(
                inspection=inspection, item=item, **form.cleaned_data, by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("On record. Decide now: press it as a matter, or note it with a reason.")
            )
            return redirect("inspections:finding", pk=pk, finding_id=finding.pk)
    context = {"inspection": inspection, "item": item, "form": form}
    return render(request, "supervision/inspections/finding_new.html", context)


@require_safe
def finding_detail(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    return _finding_page(request, _finding(request, pk, finding_id))


@require_POST
def finding_decide(request: HttpRequest, pk: int, finding_id: int, code: str) -> HttpResponse:
    """Press the finding as a matter, or note it."""
    own(request, pk)
    finding = _finding(request, pk, finding_id)
    if code not in ("press", "note"):
        raise Http404
    form: Any = PressForm(request.POST) if code == "press" else ReasonForm(request.POST)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            if code == "press":
                recording.press_finding(finding=finding, **data, by=request.user, at=clock.now())
            else:
                recording.note_finding(
                    finding=finding, reason=data["reason"], by=request.user, at=clock.now()
                )
        except DomainError as refusal:
            add_refusal(form, refusal)
            finding.refresh_from_db()
        else:
            said = (
                _("Pressed. The unit has it in its list.")
                if code == "press"
                else _("Noted, with the reason.")
            )
            messages.success(request, said)
            return redirect("inspections:finding", pk=pk, finding_id=finding_id)
    return _finding_page(request, finding, bound=(code, form), status=400)


@require_safe
def finding_file(request: HttpRequest, pk: int, finding_id: int, file_id: int) -> HttpResponseBase:
    row = get_object_or_404(FindingFile, finding=_finding(request, pk, finding_id), pk=file_id)
    return files.attachment(row.path, row.name, row.content_type)


def _item(inspection: Inspection, item_id: int) -> InspectionItem:
    rows = inspection.items.select_related("project__division__parent", "unit", "inspection__unit")
    return get_object_or_404(rows, pk=item_id)


def _finding(request: HttpRequest, pk: int, finding_id: int) -> Finding:
    """For whoever sees the inspection, and for those who see the matter that was made of it."""
    rows = Finding.objects.filter(inspection_id=pk).select_related(
        "inspection__unit", "item__project", "unit", "department"
    )
    finding = rows.filter(pk=finding_id).first()
    if finding is not None:
        user = request.user
        if holds(user, VIEW) and Inspection.objects.visible_to(user).filter(pk=pk).exists():
            return finding
        given = Matter.objects.visible_to(user).filter(source=MatterSource.FINDING, source_id=finding_id)
        if given.exists():
            return finding
    if not (holds(request.user, VIEW) or holds(request.user, "matters.view")):
        raise PermissionDenied(VIEW)
    raise Http404


def _finding_page(
    request: HttpRequest, finding: Finding, *, bound: tuple[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    inspection, on = finding.inspection, clock.today()
    makes = may_make(request.user, inspection) and inspection.state == InspectionState.UNDER_WAY
    open_ = makes and finding.action == FindingAction.PENDING
    tried = dict([bound]) if bound else {}
    name = finding.item.project.name if finding.item else inspection.title
    press = PressForm(
        initial={
            "title": _("%(name)s: inspection finding") % {"name": name[:80]}, "requirement": finding.requirement,
            "due_on": finding.due_on,
        }
    )  # fmt: skip
    pressed = matters.rows_of(matters.for_source(MatterSource.FINDING, finding.pk), on)
    context = {
        "inspection": inspection, "finding": finding, "pressed": pressed, "bound": bound[1] if bound else None,
        "press": (tried.get("press") or press) if open_ or "press" in tried else None,
        "note": (tried.get("note") or ReasonForm()) if open_ or "note" in tried else None, "note_open": "note" in tried,
        "sees_inspection": Inspection.objects.visible_to(request.user).filter(pk=inspection.pk).exists(),
    }  # fmt: skip
    return render(request, "supervision/inspections/finding.html", context, status=status)
