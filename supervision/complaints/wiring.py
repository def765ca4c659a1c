"""What this subject hangs into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, leaving, navigation
from accounts.jobs.registry import daily, register_job
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.outside.quiet import hide_visitors
from accounts.scope import holds
from policy.services import current_calendar, on_calendar_changed
from supervision.complaints import limits, queries, running
from supervision.complaints.models import Complaint, ComplaintLimit, Step
from supervision.complaints.states import State
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source

LIMIT = 100


ACTIONS = {
    "complaint_received": gettext_lazy("complaint received"),
    "complaint_accepted": gettext_lazy("complaint accepted"),
    "complaint_refused": gettext_lazy("complaint not accepted"),
    "complaint_assigned": gettext_lazy("complaint given to a handler"),
    "complaint_stated": gettext_lazy("unit stated its side of a complaint"),
    "complaint_finished": gettext_lazy("complaint handled"),
    "complaint_sent_back": gettext_lazy("complaint sent back to the handler"),
    "complaint_answered": gettext_lazy("complaint answered"),
    "complaint_corrected": gettext_lazy("answer to a complaint corrected before it was read"),
    "complaint_called": gettext_lazy("word of the complainant by phone entered"),
    "complaint_contested": gettext_lazy("complaint contested"),
    "complaint_closed": gettext_lazy("complaint closed"),
    "complaint_word": gettext_lazy("further word on a complaint"),
    "complaint_word_office": gettext_lazy("word of the office to a complainant"),
    "complaint_pressed": gettext_lazy("complaint pressed"),
    "complaint_word_called": gettext_lazy("further word of a caller entered"),
    "complaint_mended": gettext_lazy("what a complaint found recorded as mended"),
    "complaint_mend_pressed": gettext_lazy("pressed to mend what a complaint found"),
    "complaint_state_late": gettext_lazy("statement on a complaint is overdue"),
    "complaint_discipline_late": gettext_lazy("discipline inspection is past its limit on a complaint"),
    "complaint_told": gettext_lazy("who was told of a complaint"),
    "complaint_escalated": gettext_lazy("complaint handed to discipline inspection"),
    "complaint_discipline": gettext_lazy("discipline inspection noted on a complaint"),
    "complaint_identity_read": gettext_lazy("identity of a complainant read"),
    "complaint_cleared": gettext_lazy("complaint made anonymous"),
    "complaints_exported": gettext_lazy("list of complaints taken out as a workbook"),
}


def register() -> None:
    hide_visitors(lambda: reverse("complaints:write"))
    register_source(
        Source(MatterSource.COMPLAINT, gettext_lazy("Complaint"), url=_page, permission="complaints.handle")
    )
    register_job(
        running.JOB, daily, running.run, label=gettext_lazy("Press, escalate and close complaints"), standing=True,
        every=timedelta(hours=30),
        words={
            "pressed": gettext_lazy("complaints pressed"),
            "escalated": gettext_lazy("complaints handed to discipline inspection"),
            "told_late": gettext_lazy("complaints whose unit or discipline inspection was told it is late"),
            "closed": gettext_lazy("complaints closed"),
            "cleared": gettext_lazy("complaints made anonymous"),
        },
    )  # fmt: skip
    todo.register("complaints", todo_items)
    leaving.register("complaints", posting=lambda _posting, _day: [], department=queries.handled_at)
    on_calendar_changed.register("complaints", preview=limits.preview, apply=limits.apply)
    navigation.register("complaints", gettext_lazy("Complaints"), "complaints:list", "complaints.handle", 62)
    navigation.register(
        "complaints_escalated", gettext_lazy("Complaints"), "complaints:list", "complaints.escalated", 62
    )
    audit_words.register(
        ACTIONS,
        {
            "came_by": gettext_lazy("way it came"),
            "files": gettext_lazy("files"),
            "exported": gettext_lazy("complaints in it"),
            "show": gettext_lazy("Show"),
            "searched": gettext_lazy("searched by words"),
        },
    )


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """What waits for the person's office or department; of the own unit only that a statement is asked."""
    mending: dict[int, Complaint] = {}
    if holds(user, "complaints.triage"):
        for row in queries.to_sort(user)[:LIMIT]:
            mending[row.pk] = row
            if queries.waits_for_office(row):
                yield _item(row, on, _do_what(row))
    if holds(user, "complaints.handle"):
        for row in queries.to_handle(user)[:LIMIT]:
            mending[row.pk] = row
            if row.state == State.ASSIGNED:
                yield _item(row, on, _("Handle a complaint: %(unit)s"))
        for row in queries.to_state(user)[:LIMIT]:
            title = _("State your side of a complaint: %(kind)s") % {"kind": row.get_kind_display()}
            limit = limits.running(row, Step.STATE)
            yield TodoItem(
                key=f"complaint-state:{row.pk}", title=title, button=_("Write the statement"),
                url=reverse("complaints:detail", args=[row.pk]), **_when(limit, on),
            )  # fmt: skip
    for row in mending.values():
        if limit := limits.running(row, Step.MEND):
            yield _item(row, on, _("Have mended what a complaint found: %(unit)s"), limit, "-mend")
    if holds(user, "complaints.escalated"):
        for row in queries.with_discipline(user)[:LIMIT]:
            if row.office_is_unit:
                yield _item(row, on, _do_what(row))
            else:
                limit = limits.running(row, Step.DISCIPLINE)
                yield _item(row, on, _("Complaint for discipline inspection: %(unit)s"), limit)


def _item(
    row: Complaint, on: date, title: str, limit: ComplaintLimit | None = None, what: str = ""
) -> TodoItem:
    return TodoItem(
        key=f"complaint{what}:{row.pk}", title=title % {"unit": row.unit_name},
        detail=f"{row.number} · {row.get_kind_display()}", url=reverse("complaints:detail", args=[row.pk]),
        button=_("Open the complaint"), **_when(limit or limits.present(row), on),
    )  # fmt: skip


def _when(limit: ComplaintLimit | None, on: date) -> dict[str, Any]:
    if limit is None:
        return {"days_left": None, "due_on": None}
    left = current_calendar().left(on, limit.due_on)
    return {"days_left": left, "due_on": limit.due_on, "why": limit.deadline}


def _do_what(row: Complaint) -> str:
    return {
        State.RECEIVED: _("Accept or refuse a complaint: %(unit)s"),
        State.ACCEPTED: _("Name who handles a complaint: %(unit)s"),
        State.ASSIGNED: _("Handle a complaint: %(unit)s"),
        State.FINISHED: _("Answer a complainant: %(unit)s"),
    }[State(row.state)]


def _page(matter: Matter) -> str:
    """The page answers by the seat of whoever opens it; the unit complained about is shown its own sheet there."""
    return reverse("complaints:detail", args=[matter.source_id])
