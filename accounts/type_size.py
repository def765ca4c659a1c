"""Larger type (适老化): asked for with ?size=large, remembered in a cookie that says nothing else about the visitor.

Works without a script: the switch is a link. A page that is the same for everybody (the public site) keeps the size in
its own links instead and marks its answers with `public_page`; such an answer gets no cookie.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

LARGE, STANDARD = "large", "standard"
COOKIE, SECONDS = "type_size", 365 * 24 * 3600
QUERY = "size"


def is_large(request: HttpRequest) -> bool:
    asked = request.GET.get(QUERY)
    return (asked if asked in (LARGE, STANDARD) else request.COOKIES.get(COOKIE)) == LARGE


def address_with(request: HttpRequest, size: str) -> str:
    """The same page with the size asked for; its other questions stay."""
    query = request.GET.copy()
    query[QUERY] = size
    return f"?{query.urlencode()}"


class TypeSizeMiddleware:
    """Remember the size that was asked for. The script sets the same cookie, so it is open to scripts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        asked = request.GET.get(QUERY)
        if asked not in (LARGE, STANDARD) or getattr(response, "public_page", False):
            return response
        if asked == LARGE:
            response.set_cookie(COOKIE, LARGE, max_age=SECONDS, samesite="Lax", secure=request.is_secure())
        elif COOKIE in request.COOKIES:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
