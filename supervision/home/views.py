"""The home page of each role: what must I do today, ordered by working days left, one click to the form."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import clock, notify
from accounts.jobs import status
from accounts.models import Division, Posting, User
from accounts.obligations import todo
from accounts.permissions import ROW_SCOPE, Role, RowScope
from accounts.scope import acting_posting, current_postings, only_investor
from policy.services import one_calendar
from supervision.home import figures, queries

ITEMS_SHOWN = 12
INBOX_SHOWN = 6
SOON_DAYS = 3
POSTINGS_END_WITHIN = timedelta(days=30)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One page for all; which panels it has follows from the roles of the postings in force.

    People of the company go to their own page.
    """
    if only_investor(request.user):
        return redirect("investors:portal")
    with one_calendar():
        return render(request, "supervision/home/page.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    user, today = request.user, clock.today()
    scopes = {ROW_SCOPE[posting.role] for posting in current_postings(user)}
    context: dict[str, Any] = {"today": today, "posting": acting_posting(user), "scopes": scopes}
    context |= _inbox(user)
    if any(posting.role != Role.ADMINISTRATOR for posting in current_postings(user)):
        context |= _todo(user, today, everything=request.GET.get("todo") == "all")
    if RowScope.AREA in scopes:
        context |= {"lit": queries.lit_projects(user, today), "figures": figures.panel_for(user, today)}
    elif RowScope.GRANTED in scopes:
        context["own"] = queries.own_projects(user, today)
    if any(posting.role == Role.ADMINISTRATOR for posting in current_postings(user)):
        context |= {"people": _people(user, today), "jobs": status.all_statuses(timezone.now())}
    return context


def _todo(user: Any, today: date, *, everything: bool) -> dict[str, Any]:
    items = todo.items_for(user, today)
    soon = sum(item.days_left is not None and 0 <= item.days_left <= SOON_DAYS for item in items)
    return {
        "todo": items if everything else items[:ITEMS_SHOWN],
        "todo_total": len(items),
        "todo_soon": soon,
        "todo_late": sum(_is_late(item, today) for item in items),
        "todo_more": 0 if everything else max(0, len(items) - ITEMS_SHOWN),
        "soon_days": SOON_DAYS,
    }


def _is_late(item: todo.TodoItem, today: date) -> bool:
    return item.due_on is not None and item.due_on < today


def _inbox(user: Any) -> dict[str, Any]:
    """The newest items; how many are unread is counted with them and shown by the frame."""
    return {"inbox": notify.latest(user, INBOX_SHOWN)}


def _people(user: Any, today: date) -> dict[str, int]:
    """Accounts of the administrator's area."""
    posted = Posting.objects.filter(division__in=Division.objects.visible_to(user))
    people = User.objects.filter(pk__in=posted.values("user_id"))
    counted = people.aggregate(
        all=Count("pk"),
        disabled=Count("pk", filter=Q(is_active=False)),
        new=Count("pk", filter=Q(must_change_password=True, is_active=True)),
    )
    ending = posted.current(today).filter(valid_to__lte=today + POSTINGS_END_WITHIN).count()
    return {name: number or 0 for name, number in counted.items()} | {"ending": ending}
