"""Small helpers of the account pages: rights, safe addresses, paging."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.scope import require
from accounts.typed import whole_number


class Request(HttpRequest):
    """A request of a signed-in person, as our middleware leaves it. For annotations only."""

    user: User
    htmx: HtmxDetails


View = Callable[..., HttpResponse]
PAGE_SIZES = (20, 50, 100)


def needs(permission: str) -> Callable[[View], View]:
    """Answer 403 unless a posting in force carries `permission`. Being signed in is asked by the middleware."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, permission)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The `next` address of the request when it stays on this site, else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_local(request, wanted) else default


def is_local(request: HttpRequest, url: str) -> bool:
    return bool(url) and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def page_of(request: HttpRequest, rows: QuerySet[Any], default: int = 50) -> Page:
    """The page asked for; a number that does not exist gives the nearest one that does."""
    size = whole_number(request.GET.get("per_page"))
    per_page = size if size in PAGE_SIZES else default
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
