"""Every address of the portal, by subject."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config import health

handler500 = "config.errors.server_error"


def _when_written(route: str, module: str) -> list[URLPattern | URLResolver]:
    """Until every subject is written: include the ones that are. Then these become plain lines."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    return [path(route, include(module))] if found else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    *_when_written("", "accounts.urls"),
    *_when_written("", "supervision.home.urls"),
    *_when_written("projects/", "projects.urls"),
    *_when_written("ledgers/", "reporting.ledgers.urls"),
    *_when_written("reports/", "reporting.reports.urls"),
    *_when_written("circulars/", "reporting.circulars.urls"),
    *_when_written("boards/", "reporting.boards.urls"),
    *_when_written("warnings/", "supervision.warnings.urls"),
    *_when_written("kickoffs/", "approvals.kickoff.urls"),
    path("approvals/", include("approvals.urls")),
    path("catalogue/", include("approvals.catalogue.urls")),
    path("checklist/", include("approvals.checklist.urls")),
    path("tickets/", include("approvals.tickets.urls")),
    path("servicesheets/", include("reporting.servicesheet.urls")),
    path("service/", include("approvals.service.urls")),
    path("mandates/", include("approvals.mandates.urls")),
    *_when_written("jobs/", "accounts.jobs.urls"),
    *_when_written("api/v1/", "config.api"),
]

if settings.DEBUG:
    urlpatterns += _when_written("styleguide/", "accounts.styleguide")
