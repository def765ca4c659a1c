"""The service sheet on screen, and as a file to print."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import document_download
from documents import Format
from documents import render as render_document
from projects.abilities import abilities
from projects.models import Project
from reporting.servicesheet.content import sheet_document

VIEW = "checklist.view"
FORMATS: tuple[Format, ...] = ("pdf", "xlsx")


def _project(request: HttpRequest, project_id: int) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("division", "company")
    project: Project = get_object_or_404(rows, pk=project_id)
    if VIEW not in abilities(request.user, project):
        raise PermissionDenied(VIEW)
    return project


@require_safe
def show(request: HttpRequest, project_id: int) -> HttpResponse:
    project = _project(request, project_id)
    document = sheet_document(project, request.user, clock.today())
    context = {"project": project, "page_html": render_document(document, "html")}
    return render(request, "reporting/servicesheet/show.html", context)


@require_safe
def export(request: HttpRequest, project_id: int, format: str) -> HttpResponse:
    project = _project(request, project_id)
    return document_download(sheet_document(project, request.user, clock.today()), format, FORMATS)
