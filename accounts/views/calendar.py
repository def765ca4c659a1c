"""The working calendar of a year, and the entry of its holiday notice: look first, then apply (design.md §2)."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from accounts import clock, workcalendar
from accounts.errors import DomainError
from accounts.forms import NoticeForm, add_refusal
from accounts.scope import holds
from accounts.templatetags.portal import weekday_name
from accounts.typed import whole_number
from accounts.views.guards import needs
from policy.calendar import DayKind, WorkCalendar
from policy.models import CalendarNotice
from policy.services import calendar_version, current_calendar

CLASSES = {
    DayKind.WEEKEND: "is-rest",
    DayKind.HOLIDAY: "is-holiday",
    DayKind.CLOSURE: "is-holiday",
    DayKind.MAKEUP: "is-work",
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
@needs("calendar.view")
def calendar(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    year = _year(request.GET.get("year"), today.year)
    days = current_calendar()
    every = [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year, 12, 31) - date(year, 1, 1)).days + 1)
    ]
    context = {
        "year": year,
        "weekdays": weekday_letters(),
        "months": [_month(days, year, month, today) for month in range(1, 13)],
        "working": sum(days.is_working(day) for day in every),
        "makeup": sum(days.kind(day) is DayKind.MAKEUP for day in every),
        "holidays": sum(days.kind(day) is DayKind.HOLIDAY for day in every),
        "provisional": any(days.is_provisional(day) for day in every),
        "notices": CalendarNotice.objects.filter(year=year),
        "may_enter": holds(request.user, "calendar.manage"),
    }
    return render(request, "accounts/calendar/year.html", context)


@needs("calendar.manage")
def calendar_notice(request: HttpRequest) -> HttpResponse:
    """First press shows what would move; the second, with the same text, applies it."""
    today = clock.today()
    year = _year(request.POST.get("year") or request.GET.get("year"), today.year + 1)
    form = NoticeForm(request.POST or None, initial={"year": year})
    preview = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if request.POST.get("step") == "apply":
                done = workcalendar.enter_notice(
                    text=data["text"],
                    year=data["year"],
                    source=data["source"],
                    version=data["version"] or 0,
                    by=request.user,
                    at=clock.now(),
                )
                messages.success(request, _applied(data["year"], len(done.changes)))
                return redirect(f"{reverse('accounts:calendar')}?year={data['year']}")
            preview = workcalendar.preview(data["text"], data["year"], today)
        except DomainError as error:
            add_refusal(form, error)
    context = {"form": form, "year": year, "preview": preview, "version": calendar_version()}
    return render(request, "accounts/calendar/notice.html", context)


def weekday_letters() -> list[str]:
    """一 … 日, Monday first; the last letter of 周一 or the first of Mon."""
    names = [weekday_name(date(2024, 1, 1) + timedelta(days=n)) for n in range(7)]
    return [name.removeprefix("周") if name.startswith("周") else name[:2] for name in names]


def _applied(year: int, changed: int) -> str:
    return ngettext(
        "The calendar of %(year)d is confirmed; %(n)d day changed. Deadlines not yet closed were worked out again.",
        "The calendar of %(year)d is confirmed; %(n)d days changed. Deadlines not yet closed were worked out again.",
        changed,
    ) % {"year": year, "n": changed}


def _month(days: WorkCalendar, year: int, month: int, today: date) -> dict[str, Any]:
    """Weeks of a month, Monday first; each day with its class and its words for screen readers."""
    first = date(year, month, 1)
    cells: list[dict[str, Any] | None] = [None] * first.weekday()
    day = first
    while day.month == month:
        cells.append(_cell(days, day, today))
        day += timedelta(days=1)
    cells += [None] * (-len(cells) % 7)
    return {"number": month, "first": first, "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)]}


def _cell(days: WorkCalendar, day: date, today: date) -> dict[str, Any]:
    kind = days.kind(day)
    marks = [CLASSES.get(kind, "")]
    if days.is_provisional(day):
        marks.append("is-maybe")
    if day == today:
        marks.append("is-today")
    words = {
        DayKind.HOLIDAY: pgettext("kind of day", "off"),
        DayKind.CLOSURE: pgettext("kind of day", "closed"),
        DayKind.MAKEUP: pgettext("kind of day", "worked"),
    }.get(kind, "")
    return {"day": day, "classes": " ".join(mark for mark in marks if mark), "word": words}


def _year(raw: str | None, default: int) -> int:
    """The year asked for, if it is one the calendar can draw; else `default`."""
    year = whole_number(raw)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else default
