"""Nobody works with a password someone else has seen: a one-time password opens only the page that changes it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

OPEN = frozenset(
    {"accounts:password_change", "accounts:logout", "accounts:login", "set_language", "healthz", "readyz"}
)


class PasswordGateMiddleware:
    """Send a person with a one-time password to the change of password; programs get a 403 with the reason.

    Stands after AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and getattr(user, "must_change_password", False)
            and not _is_open(request.path_info)
        ):
            if request.path_info.startswith("/api/"):
                detail = _("Change the one-time password in the portal first.")
                error = {"code": "password_change_required", "message": detail, "field": ""}
                return JsonResponse({"type": "client_error", "errors": [error]}, status=403)
            return redirect("accounts:password_change")
        return self.get_response(request)


def _is_open(path: str) -> bool:
    try:
        return resolve(path).view_name in OPEN
    except Resolver404:
        return False
