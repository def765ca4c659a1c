"""Every address of the portal, by subject."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from accounts.api.problems import NoSuchAddress
from config import health

handler500 = "config.errors.server_error"


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("accounts.urls")),
    path("", include("supervision.home.urls")),
    path("projects/", include("projects.urls")),
    path("ledgers/", include("reporting.ledgers.urls")),
    path("reports/", include("reporting.reports.urls")),
    path("circulars/", include("reporting.circulars.urls")),
    path("boards/", include("reporting.boards.urls")),
    path("warnings/", include("supervision.warnings.urls")),
    path("supervision/", include("supervision.urls")),
    path("matters/", include("supervision.matters.urls")),
    path("workorders/", include("supervision.workorders.urls")),
    path("letters/", include("supervision.letters.urls")),
    path("referrals/", include("supervision.referrals.urls")),
    path("meetings/", include("supervision.meetings.urls")),
    path("inspections/", include("supervision.inspections.urls")),
    path("visits/", include("supervision.visits.urls")),
    path("", include("supervision.investors.urls")),
    path("", include("supervision.ratings.urls")),
    path("notices/", include("supervision.notices.urls")),
    path("", include("supervision.complaints.urls")),
    path("kickoffs/", include("approvals.kickoff.urls")),
    path("approvals/", include("approvals.urls")),
    path("catalogue/", include("approvals.catalogue.urls")),
    path("checklist/", include("approvals.checklist.urls")),
    path("tickets/", include("approvals.tickets.urls")),
    path("service/", include("approvals.service.urls")),
    path("mandates/", include("approvals.mandates.urls")),
    path("disclosure/", include("reporting.disclosure.urls")),
    path("public/", include("reporting.disclosure.public_urls")),
    path("servicesheets/", include("reporting.servicesheet.urls")),
    path("jobs/", include("accounts.jobs.urls")),
    path("account/tokens/", include("accounts.tokens.urls")),
    path("api/v1/", include("config.api")),
    path("api/<path:rest>", NoSuchAddress.as_view(), name="api_unknown"),
]

if settings.DEBUG:
    urlpatterns += [path("styleguide/", include("accounts.styleguide"))]
