"""Per-request context: its id, and the posting in whose name the person acts."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts import request_id

SESSION_KEY = "acting_posting"


class RequestIdMiddleware:
    """Give each request an id of our own; a header from outside is never trusted into the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        value = request_id.begin()
        request.META["HTTP_X_REQUEST_ID"] = value  # what the log binds
        response = self.get_response(request)
        response["X-Request-ID"] = value
        return response


class PlainTextMiddleware:
    """Refuse NUL in an address, a query or a form with 400: no person types it and PostgreSQL takes it in no text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or _has_nul(request.GET):
            raise SuspiciousOperation("NUL in the address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """After the CSRF check, which is the first to read the form."""
        if request.method == "POST" and _has_nul(request.POST):
            raise SuspiciousOperation("NUL in the form")


def _has_nul(values: QueryDict) -> bool:
    return any("\0" in key or any("\0" in text for text in texts) for key, texts in values.lists())


class PostingMiddleware:
    """Put the chosen posting on the user, and keep signed-in pages out of shared caches.

    The choice is checked against the postings in force on each request, so an ended posting opens nothing from the
    next request on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if signed_in := person.is_authenticated:
            chosen = request.session.get(SESSION_KEY)
            person.acting_posting_id = chosen if isinstance(chosen, int) else None
        response = self.get_response(request)
        if signed_in and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
