"""Pages over many meetings: the month, the list, what is due by regime, attendance; and one's own calendar address."""

import calendar
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Obligation, ObligationState
from accounts.notify import STORED_LANGUAGE
from accounts.obligations import kinds
from accounts.obligations.services import last_day_f
from accounts.scope import acting_posting, holds
from accounts.views.guards import needs, page_of
from policy.periods import Period
from policy.services import current_calendar, one_calendar
from supervision.meetings import exports, feed, feeds, ics, queries
from supervision.meetings.access import holding_units
from supervision.meetings.duties import as_dues, due_rows
from supervision.meetings.forms import AttendanceFilter, CalendarFilter, DueFilter, MeetingFilter
from supervision.meetings.models import VIEW, UnitMeetingState

SHOWN = 5  # entries of a day shown at once; the rest behind a fold
DUE_SHOWN = 8


@require_safe
@needs(VIEW)
@one_calendar()
def month(request: HttpRequest) -> HttpResponse:
    """The month as a table, Monday first; under 760 pixels wide it reads as a list of days."""
    on, work = clock.today(), current_calendar()
    form = CalendarFilter(request.GET)
    first = form.first_day(on)
    form.data = request.GET.dict() | {"month": _month(first)}  # the field says which month is shown
    wanted = form.cleaned_data
    own = wanted.get("whose") != "all"
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    found = queries.entries(request.user, weeks[0][0], weeks[-1][-1], own=own, kind=wanted.get("kind") or "")
    cells = [
        [queries.Day(day, work.kind(day).value, day.month == first.month, found.get(day, [])) for day in week]
        for week in weeks
    ]
    units = [unit.pk for unit in holding_units(request.user)] or queries.area_units(request.user)
    due = list(due_rows(request.user, on, units=units)[:DUE_SHOWN])
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    context = {
        "form": form, "first": first, "weeks": cells, "today": on, "own": own, "most": SHOWN,
        "top": f":{SHOWN}", "rest": f"{SHOWN}:",
        "before": _month(first - timedelta(days=1)), "after": _month(last + timedelta(days=1)),
        "due": as_dues(due, on, work), "may_hold": bool(holding_units(request.user)),
        "posting": acting_posting(request.user), "feed": feeds.feed_of(request.user),
        "empty": not any(day.inside and day.entries for week in cells for day in week),
    }  # fmt: skip
    return render(request, "supervision/meetings/calendar.html", context)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


@require_safe
@needs(VIEW)
def meeting_list(request: HttpRequest) -> HttpResponse:
    form = MeetingFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = _filtered(queries.listed(request.user, own=wanted.get("whose") != "all"), wanted)
    if request.GET.get("format") == "xlsx":
        return exports.meetings(rows, clock.today())
    context = {
        "form": form, "page": page_of(request, rows.order_by("-meets_at", "-pk"), default=20),
        "posting": acting_posting(request.user), "may_hold": bool(holding_units(request.user)), "now": clock.now(),
    }  # fmt: skip
    return render(request, "supervision/meetings/list.html", context)


def _filtered(rows: Any, wanted: dict[str, Any]) -> Any:
    if q := (wanted.get("q") or "").strip():
        rows = rows.filter(Q(subject__icontains=q) | Q(place__icontains=q) | Q(number__icontains=q))
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("since"):
        rows = rows.filter(meets_at__gte=clock.start_of(wanted["since"]))
    if wanted.get("to"):
        rows = rows.filter(meets_at__lt=clock.end_of(wanted["to"]))
    if wanted.get("state") == "late":
        return rows.filter(state=UnitMeetingState.CALLED, meets_at__lt=clock.now())
    return rows.filter(state=wanted["state"]) if wanted.get("state") else rows


@require_safe
@needs(VIEW)
@one_calendar()
def due(request: HttpRequest) -> HttpResponse:
    """Duties to hold meetings over the area: to be held, overdue, held."""
    on = clock.today()
    form = DueFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = _due_rows(request.user, wanted, on)
    if request.GET.get("format") == "xlsx":
        return exports.duties(rows, on)
    page = page_of(request, rows, default=20)
    work = current_calendar()
    page.object_list = as_dues(page.object_list, on, work)
    context = {
        "form": form, "page": page, "posting": acting_posting(request.user),
        "holding": {unit.pk for unit in holding_units(request.user)}, "counts": _due_counts(request.user, on),
    }  # fmt: skip
    return render(request, "supervision/meetings/due.html", context)


def _due_rows(user: Any, wanted: dict[str, Any], on: date) -> Any:
    rows: Any = Obligation.objects.visible_to(user).live().filter(kind__in=kinds.MEETINGS)
    rows = rows.select_related("unit").annotate(counts_on=last_day_f())
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if period := (wanted.get("period") or "").strip():
        try:
            rows = rows.filter(period=str(Period.parse(period)))
        except ValueError:
            rows = rows.none()
    state = wanted.get("state") or ""
    if state == "missing":
        rows = rows.filter(met_on=None, exempt_reason="", counts_on__lt=on)
    elif state == "met":
        rows = rows.filter(met_on__isnull=False)
    elif state != "all":
        rows = rows.open()
    return rows.order_by("counts_on", "unit_id", "kind")


def _due_counts(user: Any, on: date) -> dict[str, int]:
    rows = Obligation.objects.visible_to(user).open().filter(kind__in=kinds.MEETINGS)
    missing = rows.in_state(ObligationState.MISSING, on).count()
    return {"open": rows.count(), "missing": missing}


@require_safe
@needs(VIEW)
def attendance(request: HttpRequest) -> HttpResponse:
    """Who was asked to come and came, late or not: meetings and trainings of a year (X五)."""
    form = AttendanceFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    year = wanted.get("year") or clock.today().year
    rows = queries.attendance(request.user, year, kind=wanted.get("kind") or "", who=wanted.get("who") or "")
    if request.GET.get("format") == "xlsx":
        return exports.attendance(rows, year, clock.today())
    context = {
        "form": form, "year": year, "page": page_of(request, rows, default=50), "posting": acting_posting(request.user),
    }  # fmt: skip
    return render(request, "supervision/meetings/attendance.html", context)


@never_cache
@require_safe
@needs(VIEW)
def feed_page(request: HttpRequest) -> HttpResponse:
    return render(request, "supervision/meetings/feed.html", {"feed": feeds.feed_of(request.user)})


@never_cache
@require_POST
@needs(VIEW)
def feed_issue(request: HttpRequest) -> HttpResponse:
    """A new address, shown on this answer and never again; the one before ends."""
    row, text = feeds.issue_feed(by=request.user, at=clock.now())
    address = request.build_absolute_uri(reverse("meetings:feed", args=[text]))
    context = {"feed": row, "address": address}
    return render(request, "supervision/meetings/feed.html", context)


@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    row = feeds.feed_of(request.user)
    if row is None:
        if not holds(request.user, VIEW):
            raise Http404
        messages.info(request, _("There is no calendar address in use."))
        return redirect("meetings:feed_page")
    try:
        feeds.revoke_feed(token=row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.info(request, str(refusal.message))
    else:
        messages.success(
            request, _("The address no longer works. Calendars keep what they hold until you remove it.")
        )
    return redirect("meetings:feed_page")


@require_safe
@login_not_required
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar file behind a secret address: no sign-in, since calendar programs have none."""
    at = clock.now()
    reader = feeds.reader_of(token, at)
    if reader is None:
        raise Http404
    base = request.build_absolute_uri("/").rstrip("/")
    with override(STORED_LANGUAGE):  # a calendar program tells no language
        content = ics.render(_("Signed project supervision"), feed.events(reader, base, at))
    answer = ics_answer(content, "meetings.ics")
    answer["Cache-Control"] = "private, max-age=300"  # a program asks often, and is nobody's browser
    return answer


def ics_answer(content: bytes, name: str) -> HttpResponse:
    """A calendar that no cache keeps and whose address no link gives away."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["X-Content-Type-Options"] = "nosniff"
    return response
