"""Published pages out of memory: the same bytes for everybody, before sessions, language and sign-in are looked at.

A page is made by its view at most every `FRESH` seconds per process; in between it is answered from here, about as fast
as a static file. Whatever is published or withdrawn is seen everywhere after that time. Only answers that a view marked
with `public_page` are kept, only GET and HEAD, and only for addresses below PREFIX without other query than `lang` and `size`.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import require_safe

from accounts import type_size

PREFIX = "/public/"
FRESH = 15.0  # seconds
MOST = 400  # pages kept per process
LARGEST = 4 * 1024 * 1024
LANGUAGES = ("zh-hans", "en")
_KEPT_HEADERS = (
    "Content-Type", "Content-Disposition", "Cache-Control", "Content-Language", "ETag", "Content-Security-Policy",
    "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
)  # fmt: skip


@dataclass(slots=True)
class Page:
    body: bytes
    headers: dict[str, str]
    until: float


class PublishedPagesMiddleware:
    """Stands before WhiteNoise. Keeps pages of this process only, so nothing has to be told to others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[str, Page] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        asked = request.META.get("QUERY_STRING", "")
        key = f"{request.META.get('HTTP_HOST', '')} {request.path_info}?{asked}"
        page = self.pages.get(key) if asked in QUESTIONS else None
        if page is not None and page.until > time.monotonic():
            return _answer(page, request)
        response = self.get_response(request)
        if getattr(response, "public_page", False):
            # Caches between us and the reader may hand the answer to anybody: no session goes with it.
            response.cookies.clear()
            if response.status_code == 200 and not response.streaming and asked in QUESTIONS:
                del response["Vary"]  # the page looks at nobody, so its caches need not tell visitors apart
                self._keep(key, response)
            if response.status_code == 200 and _is_known(response.get("ETag", ""), request):
                return _unchanged(response.headers)
        return response

    def _keep(self, key: str, response: HttpResponse) -> None:
        if len(response.content) > LARGEST:
            return
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        self.pages[key] = Page(response.content, headers, time.monotonic() + FRESH)
        self.pages.move_to_end(key)
        while len(self.pages) > MOST:
            self.pages.popitem(last=False)


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For everybody, the same for everybody: Chinese unless ?lang=en, larger type with ?size=large.

    Other queries are cut off by a plain redirect.
    """

    @login_not_required
    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("lang", "zh-hans")
        language = wanted if wanted in LANGUAGES else "zh-hans"
        size = type_size.LARGE if request.GET.get("size") == type_size.LARGE else ""
        if request.META.get("QUERY_STRING", "") not in QUESTIONS:
            return _plain_address(request, language, size)
        with override(language):
            response = view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        response["Content-Language"] = "zh-Hans" if language == "zh-hans" else language
        if response.status_code == 200:
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            patch_cache_control(response, public=True, max_age=60)
            vars(response)["public_page"] = True
        return response

    return shown


def question(language: str, size: str) -> str:
    """The query that keeps language and type size in a link of the site; "" for Chinese in standard type."""
    parts = ["lang=en"] if language == "en" else []
    if size == type_size.LARGE:
        parts.append("size=large")
    return f"?{'&'.join(parts)}" if parts else ""


# The queries there are: what is asked otherwise is sent on to one of these, so that few pages have to be made.
QUESTIONS = frozenset(
    question(language, size).removeprefix("?") for language in LANGUAGES for size in ("", type_size.LARGE)
)


def _plain_address(request: HttpRequest, language: str, size: str) -> HttpResponse:
    response = HttpResponse(status=302)
    response["Location"] = request.path_info + question(language, size)
    vars(response)["public_page"] = True  # no cookie goes with it
    return response


def _answer(page: Page, request: HttpRequest) -> HttpResponse:
    if _is_known(page.headers.get("ETag", ""), request):
        return _unchanged(page.headers)
    return HttpResponse(page.body, headers=page.headers)


def _is_known(etag: str, request: HttpRequest) -> bool:
    """Whether the reader holds this very page. A server between us may have marked the tag as weak."""
    asked = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(etag) and etag in (part.strip().removeprefix("W/") for part in asked.split(","))


def _unchanged(headers: Mapping[str, str]) -> HttpResponse:
    response: HttpResponse = HttpResponseNotModified()
    for name in ("ETag", "Cache-Control"):
        response[name] = headers[name]
    return response
