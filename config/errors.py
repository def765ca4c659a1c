"""What a person sees when the system itself fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database cannot be reached (it comes back by itself), 500 for a fault of ours."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        page = loader.get_template("503.html").render({})
        return HttpResponse(page, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    return HttpResponse(loader.get_template("500.html").render({}), status=500)
