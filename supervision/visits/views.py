"""Pages of visits: the list, a new visit on the phone, one visit with what became of its findings, the triage."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.downloads import TABLE, document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import acting_posting, holds
from accounts.views.guards import needs, page_of
from approvals.tickets.routing import departments_of
from projects.abilities import abilities
from projects.models import Project
from supervision.inspections.moving import place_of
from supervision.matters.models import Matter, MatterSource
from supervision.visits import queries, services
from supervision.visits.forms import DeclineForm, PressForm, VisitFilter, VisitForm
from supervision.visits.models import RECORD, VIEW, Outcome, Visit, VisitFile, VisitFinding
from supervision.visits.naming import NAME

MOST_EXPORTED = 5_000


@require_safe
@needs(VIEW)
def visit_list(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = VisitFilter(request.GET)
    rows = queries.filtered(queries.listed(user), form.cleaned_data if form.is_valid() else {})
    if request.GET.get("format") == "xlsx" and form.is_valid():
        return document_download(queries.list_document(rows[:MOST_EXPORTED]), "xlsx", TABLE)
    asked = request.GET.copy()
    for name in ("page", "per_page", "format"):
        asked.pop(name, None)
    context = {
        "form": form, "page": page_of(request, rows, default=20), "posting": acting_posting(user),
        "projects": list(queries.projects_of(user)[:100]), "supervisor": queries.is_supervisor(user),
        "waiting": queries.to_triage(user).count(), "export_query": asked.urlencode(),
        "names": holds(user, NAME),
    }  # fmt: skip
    return render(request, "supervision/visits/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def visit_new(request: HttpRequest, project_id: int) -> HttpResponse:
    """Write a visit down."""
    project = _project(request, project_id)
    form = VisitForm(
        request.POST or None, request.FILES or None,
        initial={"visited_on": clock.today(), "place": project.place[:120]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            visit = services.record_visit(project=project, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("Thank you. The competent office has it; you will read here what became of it.")
            )
            return redirect("visits:detail", pk=visit.pk)
    context = {"form": form, "project": project}
    return render(request, "supervision/visits/new.html", context)


@require_safe
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _visit(request, pk))


@require_safe
def visit_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    visit = _visit(request, pk, through_matter=True)
    row = get_object_or_404(VisitFile, visit=visit, pk=file_id)
    return files.attachment(row.path, row.name, row.content_type)


@require_safe
def visit_finding(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    """One finding with the photos of its visit, also for the department that has to mend it."""
    visit = _visit(request, pk, through_matter=True)
    finding = get_object_or_404(visit.findings, pk=finding_id)
    sees = Visit.objects.visible_to(request.user).filter(pk=pk).exists()
    if not sees and not queries.given(request.user, [finding.pk]):
        raise Http404
    row = queries.matters_of([finding], clock.today()).get(finding.pk)
    context = {"visit": visit, "finding": finding, "row": row, "sees": sees}
    return render(request, "supervision/visits/finding.html", context)


@require_POST
def visit_triage(request: HttpRequest, pk: int, finding_id: int, code: str) -> HttpResponse:
    """Press a finding as a matter, or decline it with a reason the supervisor reads."""
    visit = _visit(request, pk)
    finding = get_object_or_404(
        VisitFinding.objects.select_related("visit__project", "visit__unit", "visit__by"),
        visit=visit,
        pk=finding_id,
    )
    services.require_triage(request.user, visit)
    if code not in ("press", "decline"):
        raise Http404
    form: Any = _press_form(visit, finding, request.POST) if code == "press" else DeclineForm(request.POST)
    if form.is_valid():
        service: Any = services.press_finding if code == "press" else services.decline_finding
        try:
            service(finding=finding, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            said = (
                _("Pressed; the supervisor has been told.")
                if code == "press"
                else _("The supervisor reads why.")
            )
            messages.success(request, said)
            return redirect("visits:detail", pk=pk)
    return _page(request, visit, bound=(finding.pk, code, form), status=400)


def _project(request: HttpRequest, project_id: int) -> Any:
    """A granted project; 403 for those who see it without being its supervisor."""
    rows = Project.objects.visible_to(request.user).select_related("division__parent")
    project = get_object_or_404(rows, pk=project_id)
    if RECORD not in abilities(request.user, project):
        raise PermissionDenied(RECORD)
    return project


def _visit(request: HttpRequest, pk: int, *, through_matter: bool = False) -> Visit:
    """A visit of the person's scope; `through_matter`: also for those given a matter made of one of its findings."""
    user = request.user
    if not holds(user, VIEW) and not (through_matter and holds(user, "matters.view")):
        raise PermissionDenied(VIEW)
    carried = ("project__division", "unit", "by")
    found = Visit.objects.visible_to(user).select_related(*carried).filter(pk=pk).first()
    if found is None and through_matter:
        found = queries.given_visit(user, pk)
    if found is None:
        raise Http404
    return found


def _press_form(visit: Visit, finding: VisitFinding, data: Any = None) -> PressForm:
    initial = {
        "title": _("%(name)s: found by the invited supervisor") % {"name": visit.project.name[:80]},
        "demand": "\n".join(text for text in (finding.text, finding.suggestion) if text),
    }  # fmt: skip
    return PressForm(
        data, departments=departments_of(place_of(visit.project), clock.today()), initial=initial,
        auto_id=f"id_{finding.pk}_%s",
    )  # fmt: skip


def _page(
    request: HttpRequest, visit: Visit, *, bound: tuple[int, str, Any] | None = None, status: int = 200
) -> HttpResponse:
    findings = list(visit.findings.all())
    triages = services.issuer_for(request.user, visit) is not None
    pressed = queries.matters_of(findings, clock.today())
    given = (
        set(
            Matter.objects.visible_to(request.user)
            .filter(source=MatterSource.VISIT)
            .values_list("source_id", flat=True)
        )
        if pressed
        else set()
    )
    rows = []
    for one in findings:
        tried = bound[1:] if bound and bound[0] == one.pk else None
        open_ = triages and one.outcome == Outcome.NEW
        press, decline = None, None
        if open_ or (tried and tried[0] == "press"):
            press = tried[1] if tried and tried[0] == "press" else _press_form(visit, one)
        if open_ or (tried and tried[0] == "decline"):
            decline = tried[1] if tried and tried[0] == "decline" else DeclineForm(auto_id=f"id_{one.pk}_%s")
        rows.append(
            {
                "finding": one, "row": pressed.get(one.pk), "sees_matter": one.pk in given, "press": press,
                "decline": decline, "decline_open": bool(tried and tried[0] == "decline"),
            }
        )  # fmt: skip
    context = {
        "visit": visit, "rows": rows, "files": visit.files.all(), "bound": bound[2] if bound else None,
        "supervisor": visit.by_id == request.user.pk,
        "sees_project": visit.project in type(visit.project).objects.visible_to(request.user).filter(pk=visit.project_id),
    }  # fmt: skip
    return render(request, "supervision/visits/detail.html", context, status=status)
