"""What this subject hangs into the lower apps when the process starts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, navigation
from accounts.jobs.registry import hourly, register_job
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.outside.quiet import hide_visitors
from accounts.scope import holds
from policy.calendar import WorkCalendar
from policy.services import current_calendar
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source
from supervision.ratings import making, queries
from supervision.ratings.models import BadCase, CaseState
from supervision.ratings.rights import handles, may_review
from supervision.ratings.telling import due_words

LIMIT = 100


def register() -> None:
    hide_visitors(
        lambda: reverse("ratings:code"), lambda: reverse("ratings:portal", args=[0]).removesuffix("0/")
    )  # fmt: skip
    register_job(
        making.JOB, hourly, making.run, label=gettext_lazy("Offer services for rating"), standing=True,
        every=timedelta(hours=2), words={
            "offered": gettext_lazy("services to rate"), "asked": gettext_lazy("services companies were asked to rate"),
            "pressed": gettext_lazy("bad ratings pressed"),
            "forgotten": gettext_lazy("names of raters removed"),
        },
    )  # fmt: skip
    todo.register("ratings", todo_items)
    register_source(
        Source(MatterSource.RATING, gettext_lazy("Bad rating"), url=_page, permission="ratings.follow")
    )
    navigation.register("ratings", gettext_lazy("Ratings"), "ratings:list", "ratings.follow", 60)
    audit_words.register(
        {
            "rated": gettext_lazy("service rated"),
            "rating_author_read": gettext_lazy("name of a rater read"),
            "rating_call_read": gettext_lazy("note on a call read"),
            "rater_forgotten": gettext_lazy("name of a rater removed after its time"),
            "bad_case_opened": gettext_lazy("bad rating: case opened"),
            "bad_case_called": gettext_lazy("bad rating: rater called back"),
            "bad_case_answered": gettext_lazy("bad rating: answered"),
            "bad_case_objected": gettext_lazy("bad rating: objection"),
            "bad_case_reviewed": gettext_lazy("bad rating: objection decided"),
            "bad_case_counted": gettext_lazy("bad rating: limit counted anew"),
            "bad_case_closed": gettext_lazy("bad rating: closed"),
        },
        {"service": gettext_lazy("service")},
    )


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Open cases of bad ratings of the person's office or department."""
    if not holds(user, "ratings.follow"):
        return
    calendar = current_calendar()
    for case in queries.cases_open(user)[:LIMIT]:
        office = case.rating.chance.office
        title = _("Follow up a bad rating: %(office)s")
        if case.state == CaseState.OBJECTED:
            if not may_review(user, case):
                continue
            title = _("Decide on an objection to a bad rating: %(office)s")
        if case.state == CaseState.ANSWERED:
            if not handles(user, case):
                continue
            title = _("Close an answered bad rating: %(office)s")
            if case.must_call:
                title = _("Tell the rater the answer and close: %(office)s")
        item = TodoItem(
            key=f"bad-rating:{case.pk}",
            days_left=calendar.between(on, case.due_on),
            due_on=case.due_on,
            title=title % {"office": office},
            detail=case.rating.shown_service,
            url=reverse("ratings:case", args=[case.pk]),
            button=_("Open the case"),
            why=case.deadline or None,
        )
        yield replace(item, **_by_the_week(case, on, calendar)) if case.due_week else item


def _by_the_week(case: BadCase, on: date, calendar: WorkCalendar) -> dict[str, Any]:
    """Due from the first day of the week on, so that the limit is kept without the day that tells when it was rated."""
    when = due_words(case)
    if on > case.due_on:
        when = _("past its day")
    left = max(0, calendar.between(on, case.due_week)) if case.due_week else 0
    return {"days_left": left, "due_on": None, "why": None, "detail": f"{case.rating.shown_service} · {when}"}


def _page(matter: Matter) -> str:
    return reverse("ratings:case", args=[matter.source_id])
