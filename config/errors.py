"""What a person sees when the system itself fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

# No template and no database here: this page must come when neither can be trusted.
UNAVAILABLE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>"""


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database cannot be reached (it comes back by itself), 500 for a fault of ours."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        page = UNAVAILABLE.format(
            title=_("The system is busy or being restarted"),
            text=_("Nothing you sent has been saved. Please try again in a minute."),
        )
        return HttpResponse(page, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    return HttpResponse(loader.get_template("500.html").render({}), status=500)
