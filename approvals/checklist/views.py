"""Pages of one project's checklist: making it, adding to it, its flags, its flow chart."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from approvals.catalogue.forms import answer_to
from approvals.catalogue.models import Catalogue, ProjectKind
from approvals.catalogue.queries import catalogue_for, departments_of, suggested
from approvals.catalogue.spec import limit_text
from approvals.checklist import building
from approvals.checklist.due import regime_for
from approvals.checklist.flow import chart_of
from approvals.checklist.forms import AddForm, FlagsForm, MakeForm
from approvals.checklist.models import UNDER_WAY, Checklist
from approvals.checklist.moves import EDIT
from approvals.checklist.queries import sheet_of
from projects.abilities import abilities
from projects.models import Project
from projects.units import host_unit


def tab_url(project: Project) -> str:
    return reverse("projects:tab", args=[project.pk, "checklist"])


def _project(request: HttpRequest, project_id: int, permission: str) -> Project:
    """404 outside the person's area, 403 inside without the right."""
    rows = Project.objects.visible_to(request.user).select_related(
        "division__parent", "company", "checklist__catalogue__division"
    )
    project: Project = get_object_or_404(rows, pk=project_id)
    if permission not in abilities(request.user, project):
        raise PermissionDenied(permission)
    return project


def _list_of(project: Project) -> Checklist | None:
    return getattr(project, "checklist", None)


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, project_id: int) -> HttpResponse:
    """Choose kind and items. GET with ?kind= suggests what such a project usually needs."""
    project = _project(request, project_id, EDIT)
    catalogue = catalogue_for(host_unit(project), clock.today())
    if _list_of(project) is not None or project.state not in UNDER_WAY or catalogue is None:
        if catalogue is None:
            messages.error(
                request,
                _(
                    "No approval catalogue is in force here. Publish one first, or load the starting catalogue."
                ),
            )
        return redirect(tab_url(project))
    rows = list(catalogue.items.order_by("position", "pk"))
    kind = request.GET.get("kind", "")
    kind = kind if kind in ProjectKind.values else ""
    green = building.green_rule(project, regime_for(project), clock.today())
    initial = {
        "kind": kind, "codes": [row.code for row in suggested(rows, kind)] if kind else [],
        "green_channel": green is not None, "green_reason": green.basis.text[:200] if green else "",
    }  # fmt: skip
    form = MakeForm(request.POST or None, rows=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            building.make_checklist(project=project, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The checklist is made; the investor sees it too."))
            return redirect(tab_url(project))
    _dress(form.groups, catalogue)
    context = {
        "project": project,
        "form": form,
        "catalogue": catalogue,
        "kind": kind,
        "kinds": ProjectKind.choices,
        "green": green,
    }
    return render(
        request, "approvals/checklist/make.html", context, status=400 if request.method == "POST" else 200
    )


def _dress(groups: list[dict[str, Any]], catalogue: Catalogue) -> None:
    offices = departments_of(catalogue.division).names
    for group in groups:
        for row in group["rows"]:
            item = row["item"]
            row["office"] = offices.get(item.department_code, item.department_code)
            row["limit"] = limit_text(item.promised_days, item.promised_unit) or limit_text(
                item.statutory_days, item.statutory_unit
            )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, project_id: int) -> HttpResponse:
    """Put further items of the catalogue in force on the list."""
    project = _project(request, project_id, EDIT)
    checklist, catalogue = _list_of(project), catalogue_for(host_unit(project), clock.today())
    if checklist is None or catalogue is None or project.state not in UNDER_WAY:
        return redirect(tab_url(project))
    held = set(checklist.items.values_list("code", flat=True))
    form = AddForm(
        request.POST or None,
        rows=[row for row in catalogue.items.order_by("position", "pk") if row.code not in held],
    )
    if request.method == "POST" and form.is_valid():
        try:
            count = building.add_items(
                checklist=checklist, codes=form.cleaned_data["codes"], by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("%(count)d items were put on the list.") % {"count": count})
            return redirect(tab_url(project))
    _dress(form.groups, catalogue)
    context = {"project": project, "form": form, "catalogue": catalogue}
    return render(
        request, "approvals/checklist/add.html", context, status=400 if request.method == "POST" else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def flags(request: HttpRequest, project_id: int) -> HttpResponse:
    project = _project(request, project_id, EDIT)
    checklist = _list_of(project)
    if checklist is None or project.state not in UNDER_WAY:
        return redirect(tab_url(project))
    names = ("version", "dedicated_window", "green_channel", "green_reason")
    form = FlagsForm(request.POST or None, initial={name: getattr(checklist, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            building.set_flags(checklist=checklist, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            if refusal.code == "changed_meanwhile":
                checklist.refresh_from_db(fields=["version"])
                answer_to(form, "version", checklist.version)
        else:
            messages.success(request, _("The flags are set; days to accept by were worked out again."))
            return redirect(tab_url(project))
    context = {
        "project": project, "form": form, "checklist": checklist,
        "green": building.green_rule(project, regime_for(project), clock.today()),
    }  # fmt: skip
    return render(
        request, "approvals/checklist/flags.html", context, status=400 if request.method == "POST" else 200
    )


@require_safe
def flow(request: HttpRequest, project_id: int) -> HttpResponse:
    """The course of the approvals as a drawing, and where it is stuck."""
    project = _project(request, project_id, "checklist.view")
    if _list_of(project) is None:
        return redirect(tab_url(project))
    sheet = sheet_of(project, request.user, clock.today())
    context = {
        "project": project,
        "sheet": sheet,
        "chart": chart_of(sheet.groups),
        "tab_url": tab_url(project),
    }
    return render(request, "approvals/checklist/flow.html", context)
