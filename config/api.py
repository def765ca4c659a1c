"""The interface for programs: every address under /api/v1/, its schema and the page that describes it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

import accounts.api.schema  # noqa: F401  the scheme of the tokens registers itself
from accounts.api.divisions import DivisionList
from accounts.api.problems import NoSuchAddress
from projects.api import ProjectList, ProjectOne
from reporting.ledgers.api import HandInList, HandInOne, HandInSubmit
from reporting.reports.api import ReportFiguresOne, ReportList, ReportOne


class Schema(SpectacularAPIView):
    """OpenAPI 3; YAML, or JSON by the Accept header. Language and file name are not taken from the address."""

    schema = None
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._get_schema_response(request)

    def _get_version_parameter(self, request: Request) -> None:
        return None

    def _get_filename(self, request: Request, version: Any) -> str:
        return f"api.{self.perform_content_negotiation(request, force=True)[0].format}"


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The schema as a page. Its scripts come from this site, so it works without any other."""
    return render(request, "api/docs.html", {"title": settings.SPECTACULAR_SETTINGS["TITLE"]})


app_name = "api"

urlpatterns: list[URLPattern] = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("divisions/", DivisionList.as_view(), name="divisions"),
    path("projects/", ProjectList.as_view(), name="projects"),
    path("projects/<int:pk>/", ProjectOne.as_view(), name="project"),
    path("ledgers/hand-ins/", HandInList.as_view(), name="hand_ins"),
    path("ledgers/hand-ins/<int:pk>/", HandInOne.as_view(), name="hand_in"),
    path("ledgers/hand-ins/<int:pk>/submit/", HandInSubmit.as_view(), name="hand_in_submit"),
    path("reports/", ReportList.as_view(), name="reports"),
    path("reports/<int:pk>/", ReportOne.as_view(), name="report"),
    path("reports/<int:pk>/figures/", ReportFiguresOne.as_view(), name="report_figures"),
    path("<path:rest>", NoSuchAddress.as_view(), name="unknown"),
]
