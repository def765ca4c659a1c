"""Pages of those inspected: conclusions sent to them, signed for, objected to; the review by the inspecting office."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, files
from accounts.downloads import document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import holds
from accounts.views.guards import page_of
from policy.periods import Period
from supervision.inspections import concluding
from supervision.inspections.common import may_make
from supervision.inspections.document import conclusion_document
from supervision.inspections.forms import DecideForm, ObjectForm
from supervision.inspections.models import (
    ANSWER,
    VIEW,
    Conclusion,
    ConclusionFile,
    ConclusionState,
    Inspection,
)
from supervision.matters import queries as matters
from supervision.matters.models import Matter, MatterSource

S = ConclusionState


@require_safe
def conclusion_list(request: HttpRequest) -> HttpResponse:
    _require(request)
    rows = Conclusion.objects.visible_to(request.user).select_related(
        "inspection__unit", "unit", "department"
    )
    state, q = request.GET.get("state", ""), request.GET.get("q", "").strip()[:60]
    if state in S.values:
        rows = rows.filter(state=state)
    if q:
        rows = rows.filter(
            Q(inspection__title__icontains=q)
            | Q(inspection__number__icontains=q)
            | Q(unit__name__icontains=q)
        )
    context = {"page": page_of(request, rows, default=20), "states": S.choices, "state": state, "q": q}
    return render(request, "supervision/inspections/conclusions.html", context)


@require_safe
def conclusion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _conclusion(request, pk))


@require_safe
def conclusion_paper(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    return document_download(conclusion_document(_conclusion(request, pk)), format)


@require_safe
def conclusion_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    row = get_object_or_404(ConclusionFile, conclusion=_conclusion(request, pk), pk=file_id)
    return files.attachment(row.path, row.name, row.content_type)


@require_POST
def conclusion_move(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Sign for it, object to it, decide on the objection."""
    conclusion = _conclusion(request, pk)
    if code not in SAID:
        raise Http404
    form: Any = None
    if code == "object":
        form = ObjectForm(request.POST, request.FILES)
    elif code == "decide":
        form = DecideForm(request.POST)
    _allowed(request, conclusion, code)
    if form is None or form.is_valid():
        try:
            _do(code, conclusion, form.cleaned_data if form else {}, request.user)
        except DomainError as refusal:
            if form is None:
                messages.error(request, str(refusal.message))
                return redirect("inspections:conclusion", pk=pk)
            add_refusal(form, refusal)
            conclusion = _conclusion(request, pk)
        else:
            messages.success(request, SAID[code])
            return redirect("inspections:conclusion", pk=pk)
    return _page(request, conclusion, bound=(code, form), status=400)


SAID = {
    "receive": gettext_lazy("Signed for. You may object until the day shown here."),
    "object": gettext_lazy("The objection is with the inspecting office; it decides within 30 days."),
    "decide": gettext_lazy("Decided; the inspected unit has been told."),
}


def _do(code: str, conclusion: Conclusion, data: dict[str, Any], by: Any) -> None:
    at = clock.now()
    if code == "receive":
        concluding.receive(conclusion=conclusion, by=by, at=at)
    elif code == "object":
        concluding.object_to(conclusion=conclusion, text=data["text"], uploads=data["uploads"], by=by, at=at)
    else:
        concluding.decide(
            conclusion=conclusion, changed=data["changed"] == "yes", text=data["text"], new_text=data["new_text"],
            by=by, at=at,
        )  # fmt: skip


def _allowed(request: HttpRequest, conclusion: Conclusion, code: str) -> None:
    """An incomplete form of somebody without the right is 403 too."""
    if code == "decide":
        fits = may_make(request.user, conclusion.inspection)
    else:
        fits = concluding.is_addressee(request.user, conclusion)
    if not fits:
        raise PermissionDenied(code)


def _require(request: HttpRequest) -> None:
    if not (holds(request.user, VIEW) or holds(request.user, ANSWER)):
        raise PermissionDenied(VIEW)


def _conclusion(request: HttpRequest, pk: int) -> Conclusion:
    _require(request)
    rows = Conclusion.objects.visible_to(request.user).select_related(
        "inspection__unit", "unit", "department"
    )
    return get_object_or_404(rows, pk=pk)


def _page(
    request: HttpRequest, conclusion: Conclusion, *, bound: tuple[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    user, on = request.user, clock.today()
    tried = dict([bound]) if bound else {}
    addressee, makes = concluding.is_addressee(user, conclusion), may_make(user, conclusion.inspection)
    in_time = conclusion.object_by_on is not None and on <= conclusion.object_by_on
    may_object = addressee and conclusion.state == S.RECEIVED and in_time
    may_decide = makes and conclusion.state == S.OBJECTED
    took_part = may_decide and concluding.took_part(user, conclusion)
    findings = conclusion.inspection.findings.filter(unit=conclusion.unit).values("pk")
    if conclusion.department_id:
        findings = findings.filter(department=conclusion.department)
    visible = Matter.objects.visible_to(user).filter(source=MatterSource.FINDING, source_id__in=findings)
    context = {
        "conclusion": conclusion, "inspection": conclusion.inspection, "bound": bound[1] if bound else None,
        "period": Period.parse(conclusion.inspection.period), "addressee": addressee,
        "may_receive": addressee and conclusion.state == S.SENT,
        "object": tried.get("object") or (ObjectForm() if may_object else None),
        "decide": tried.get("decide") or (
            DecideForm(initial={"new_text": conclusion.text}) if may_decide and not took_part else None
        ),
        "took_part": took_part, "late": conclusion.state == S.RECEIVED and not in_time,
        "matters": matters.rows_of(visible.select_related(*matters.CARRY), on),
        "sees_inspection": Inspection.objects.visible_to(user).filter(pk=conclusion.inspection_id).exists(),
    }  # fmt: skip
    return render(request, "supervision/inspections/conclusion.html", context, status=status)
