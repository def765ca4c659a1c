"""People of the company have one page of their project, one form to ask for help, one way to set a password."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.models import OutsideLink
from accounts.scope import only_investor
from projects.models import Project
from supervision.investors.entry import SESSION_LINK, TAKEN_BACK

# Pages of the office's application whose place the portal's page of the project takes; with the part of that page.
TAKEN = {
    "projects:detail": "", "projects:milestones": "#nodes", "projects:team": "#people", "projects:flow": "#nodes",
    "tickets:open": "#help",
}  # fmt: skip


class TakenBackMiddleware:
    """Whoever came by a link that was taken back meanwhile reads so, instead of a sign-in page for staff.

    Stands before whatever asks who the person is: that empties the session of somebody signed out. A browser without
    such a session learns nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        link = request.session.get(SESSION_LINK)
        response = self.get_response(request)
        if not link or request.user.is_authenticated or response.status_code != HTTPStatus.FOUND:
            return response
        if not response["Location"].startswith(reverse("accounts:login")):
            return response
        if not OutsideLink.objects.filter(pk=link, revoked_at__isnull=False).exists():
            return response
        return HttpResponseRedirect(reverse("investors:code") + f"?{TAKEN_BACK}=1")


class OwnPagesMiddleware:
    """Send them from the office's page to their own; what they may not see stays 404. Posts are left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name == "projects:tab" and kwargs.get("code") == "tickets":
            name = "projects:tab tickets"
        if request.method not in ("GET", "HEAD") or not (name in TAKEN or name in OWN):
            return None
        if not request.user.is_authenticated or not only_investor(request.user):
            return None
        address = OWN[name](request) if name in OWN else _project_page(request, name, kwargs)
        return HttpResponseRedirect(address) if address else None


def _project_page(request: HttpRequest, name: str, kwargs: dict[str, Any]) -> str:
    pk: int = kwargs.get("pk", kwargs.get("project_id", 0))
    if not Project.objects.visible_to(request.user).filter(pk=pk).exists():
        return ""
    kind = request.GET.get("kind", "") if name == "tickets:open" else ""
    query = f"?{urlencode({'kind': kind})}" if kind else ""
    return reverse("investors:project", args=[pk]) + query + TAKEN[name]


def _password(request: Any) -> str:
    return "" if request.user.has_usable_password() else reverse("investors:password")


# Pages that are about all their projects at once.
OWN: dict[str, Callable[[HttpRequest], str]] = {
    "projects:tab tickets": lambda _request: reverse("tickets:list") + "?show=all",
    "projects:list": lambda _request: reverse("investors:portal"),
    "accounts:password_change": _password,
}
