"""What meetings hang into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import audit_words, clock, sections
from accounts.clock import local_date
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.scope import holds
from approvals.kickoff.models import Kickoff
from approvals.service.models import ProblemMeeting
from policy.services import current_calendar
from projects.models import Project, ProjectState
from projects.tabs import Action, Tab, register_action, register_tab
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source
from supervision.meetings import duties, queries
from supervision.meetings.access import holding_units
from supervision.meetings.models import HOLD, ITEM_ROADS, VIEW, AgreedItem, UnitMeeting, UnitMeetingState

LEAD_DAYS = 5  # working days before a meeting its invitation shows among the things to do
LIMIT = 50
SHOWN = 50


def register() -> None:
    sections.register(
        "supervision", "meetings", pgettext_lazy("of units", "Meetings"), "meetings:calendar", VIEW, 60
    )
    register_source(Source(MatterSource.AGREED, gettext_lazy("agreed at a meeting"), url=_matter_url))
    duties.register_duties()
    todo.register("unit_meetings", todo_items)
    register_tab(
        Tab(
            code="meetings",
            label=pgettext_lazy("of units", "Meetings"),
            template="supervision/meetings/_tab.html",
            permission=VIEW,
            context=_tab,
            rows=lambda project, user: UnitMeeting.objects.visible_to(user).filter(projects=project),
            order=19,
        )
    )
    register_action(
        Action(
            code="unit-meeting",
            label=gettext_lazy("Put before a meeting"),
            permission=HOLD,
            url=lambda project, user: (
                f"{reverse('meetings:new')}?project={project.pk}"
                if project.state in (ProjectState.ACTIVE, ProjectState.DONE)
                else ""
            ),
            icon="calendar",
            order=60,
            aside=True,
        )
    )
    _register_words()


def _register_words() -> None:
    audit_words.register(
        {
            "unit_meeting_called": gettext_lazy("meeting of a unit called"),
            "unit_meeting_changed": gettext_lazy("meeting of a unit changed"),
            "unit_meeting_cancelled": gettext_lazy("meeting of a unit called off"),
            "unit_meeting_recorded": gettext_lazy("minutes of a unit's meeting recorded"),
            "unit_meeting_amended": gettext_lazy("minutes corrected"),
            "unit_meeting_item_added": gettext_lazy("agreed item added"),
            "unit_meeting_files": gettext_lazy("papers of a meeting added"),
            "calendar_feed_issued": gettext_lazy("calendar address made"),
            "calendar_feed_revoked": gettext_lazy("calendar address revoked"),
        },
        {
            "invited": gettext_lazy("invited"),
            "agreed": gettext_lazy("agreed items"),
            "counted": gettext_lazy("duties met"),
            "replaced": gettext_lazy("earlier addresses ended"),
        },
    )


def _matter_url(matter: Matter) -> str:
    found = AgreedItem.objects.filter(pk=matter.source_id).values_list("meeting_id", flat=True).first()
    return reverse("meetings:detail", args=[found]) if found else ""


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Meetings to go to within five working days; minutes that are lacking."""
    if not holds(user, VIEW):
        return
    calendar = current_calendar()
    units = {unit.pk for unit in holding_units(user)}
    rows = (
        UnitMeeting.objects.visible_to(user)
        .filter(queries.own_q(user), state=UnitMeetingState.CALLED)
        .filter(meets_at__lt=clock.end_of(calendar.add(on, LEAD_DAYS)))
    )
    now = clock.now()
    for row in rows.select_related("unit").order_by("meets_at")[:LIMIT]:
        day, mine = local_date(row.meets_at), row.unit_id in units
        over = row.meets_at <= now
        if over and not mine and day < on:
            continue  # its minutes are the calling unit's to write
        lacking = over and mine
        title = _("Minutes lacking: %(what)s") if lacking else _("Meeting: %(what)s")
        yield TodoItem(
            key=f"unit_meeting:{row.pk}", days_left=calendar.between(on, day), due_on=day, order=40,
            title=title % {"what": row.subject},
            detail=_("%(unit)s, %(when)s, %(place)s") % {
                "unit": row.unit.name, "place": row.place,
                "when": f"{row.meets_at.astimezone(clock.BUSINESS_ZONE):%m-%d %H:%M}",
            },
            url=reverse("meetings:record" if lacking else "meetings:detail", args=[row.pk]),
            button=_("Record the meeting") if lacking else _("See the meeting"),
        )  # fmt: skip


def _tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    """Every meeting over this project: those of units, those about it alone, its kickoff; and what was agreed."""
    rows = UnitMeeting.objects.visible_to(user).filter(projects=project).select_related("unit")
    kickoff = Kickoff.objects.visible_to(user).filter(project=project).first()
    problems = ProblemMeeting.objects.visible_to(user).filter(project=project)
    items = AgreedItem.objects.filter(project=project, meeting__in=UnitMeeting.objects.visible_to(user))
    return {
        "meetings": rows[:SHOWN],
        "kickoff": kickoff,
        "problems": problems[:SHOWN] if holds(user, "service.view") else [],
        "items": items.select_related(*ITEM_ROADS)[:SHOWN],
    }
