"""What service hangs into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, clock, leaving, sections
from accounts.clock import local_date
from accounts.models import Division, Posting
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.permissions import roles_with
from accounts.scope import division_q, holds, own_departments
from approvals.service import handing, offices, owned, queries
from approvals.service.models import HandOver, HandOverState, MeetingState, ProblemMeeting, ServiceEntry
from approvals.service.office_models import RECEIVE, OfficeHandOver
from approvals.service.sources import SOURCES
from policy.services import current_calendar
from projects.models import Project
from projects.tabs import Action, Tab, register_action, register_tab

LOG_SHOWN = 100
# The office hears of a posting's end so many working days before, when open work hangs on it.
LEAVING_DAYS = 10


def register() -> None:
    for source in (*SOURCES, offices.SOURCE):
        owned.register_source(source)
    leaving.register("service", posting=handing.left_behind, department=offices.labels_at)
    sections.register("approvals", "bench", gettext_lazy("My workbench"), "service:bench", "service.bench", 5)
    sections.register(
        "approvals", "vacancies", gettext_lazy("Empty seats"), "service:vacancies", "handovers.propose", 60
    )
    sections.register(
        "approvals", "handovers", gettext_lazy("Hand-over"), "service:handovers", "handovers.receive", 70
    )
    todo.register("service", todo_items)
    register_tab(
        Tab(
            code="service",
            label=gettext_lazy("Service log"),
            template="approvals/service/_tab.html",
            permission="service.view",
            context=_tab,
            order=16,
        )
    )
    register_action(
        Action(
            code="service-log",
            label=gettext_lazy("Write the log"),
            permission="service.log",
            url=lambda project, user: reverse("service:log", args=[project.pk]) if _runs(project) else "",
            icon="notebook",
            order=40,
        )
    )
    register_action(
        Action(
            code="service-meeting",
            label=gettext_lazy("Call a meeting"),
            permission="service.meet",
            url=lambda project, user: reverse("service:call", args=[project.pk]) if _runs(project) else "",
            icon="users",
            order=45,
        )
    )
    _register_words()


def _register_words() -> None:
    audit_words.register(
        {
            "service_logged": gettext_lazy("written into the service log"),
            "service_taken_up": gettext_lazy("ticket opened from the service log"),
            "meeting_called": gettext_lazy("meeting called"),
            "meeting_recorded": gettext_lazy("meeting recorded"),
            "meeting_cancelled": gettext_lazy("meeting called off"),
            "meeting_followed": gettext_lazy("meeting followed up"),
            "handover_proposed": gettext_lazy("hand-over offered"),
            "handover_accepted": gettext_lazy("hand-over taken over"),
            "handover_declined": gettext_lazy("hand-over not taken over"),
            "handover_withdrawn": gettext_lazy("hand-over taken back"),
            "office_matter_moved": gettext_lazy("passed to another department"),
        },
        {
            "duty": gettext_lazy("duty"),
            "done_on": gettext_lazy("done on"),
            "shared": gettext_lazy("seen by the investor"),
            "at_company": gettext_lazy("on a visit to the company"),
            "way": gettext_lazy("return visit"),
            "result": gettext_lazy("result of the visit"),
            "ticket": gettext_lazy("ticket"),
            "giver": gettext_lazy("handed over by"),
            "receiver": gettext_lazy("taken over by"),
            "items": gettext_lazy("matters"),
            "follow_up_on": gettext_lazy("look at it again on"),
            "tickets": gettext_lazy("tickets opened"),
        },
    )


def _runs(project: Project) -> bool:
    return project.state in ("active", "done")


def _tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    entries = ServiceEntry.objects.visible_to(user).filter(project=project)
    meetings = ProblemMeeting.objects.visible_to(user).filter(project=project)
    empty = queries.vacancies_of([project.pk], on)[project.pk]
    return {
        "entries": entries.select_related("ticket")[:LOG_SHOWN],
        "visits": queries.visit_counts(entries),
        "meetings": meetings.select_related("called_by")[:LOG_SHOWN],
        "vacant": empty if project.state == "active" and hasattr(project, "kickoff") else [],
        "today": on,
    }


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    yield from _handovers(user, on)
    yield from _meetings(user, on)
    if holds(user, "handovers.propose"):
        yield from _office(user, on)


def _handovers(user: Any, on: date) -> Iterator[TodoItem]:
    if not holds(user, "handovers.receive"):
        return
    for row in HandOver.objects.filter(receiver=user, state=HandOverState.PROPOSED).select_related("giver"):
        yield TodoItem(
            key=f"handover:{row.pk}", days_left=None, due_on=None, order=20,
            title=_("Take over the work of %(name)s") % {"name": row.giver}, detail=row.reason,
            url=reverse("service:handover", args=[row.pk]), button=_("Look at the hand-over"),
        )  # fmt: skip
    if not (own := own_departments(user, RECEIVE)):
        return
    for office in OfficeHandOver.objects.waiting().filter(receiver_id__in=own).select_related("giver"):
        yield TodoItem(
            key=f"office_handover:{office.pk}", days_left=None, due_on=None, order=20,
            title=_("Take over the work of %(name)s") % {"name": office.giver}, detail=office.reason,
            url=reverse("service:office", args=[office.pk]), button=_("Look at the hand-over"),
        )  # fmt: skip


def _meetings(user: Any, on: date) -> Iterator[TodoItem]:
    if not holds(user, "service.meet"):
        return
    calendar = current_calendar()
    for row in queries.open_meetings(user, clock.now())[:50]:
        day = row.follow_up_on if row.state == MeetingState.HELD else local_date(row.meets_at)
        if day is None or day > calendar.add(on, 5):
            continue
        again = row.state == MeetingState.HELD
        title = _("Look at it again: %(what)s") if again else _("Meeting: %(what)s")
        yield TodoItem(
            key=f"meeting:{row.pk}", days_left=calendar.left(on, day), due_on=day, order=40,
            title=title % {"what": row.subject}, detail=row.project.name,
            url=reverse("service:meeting", args=[row.pk]),
            button=_("Write it down") if day <= on else _("See the meeting"),
        )  # fmt: skip


def _office(user: Any, on: date) -> Iterator[TodoItem]:
    """Empty seats, ownerless work, and postings that end with open work: the competent office's to mend."""
    for code, number in queries.vacancy_counts(user, on).items():
        if number:
            yield TodoItem(
                key=f"vacant:{code}", days_left=None, due_on=None, order=60,
                title=_("%(n)d projects without %(seat)s") % {"n": number, "seat": queries.SEATS[code][1]},
                url=f"{reverse('service:vacancies')}?seat={code}", button=_("Fill the seats"),
            )  # fmt: skip
    if lost := owned.count_ownerless(user, on):
        yield TodoItem(
            key="ownerless", days_left=0, due_on=on, order=10,
            title=_("%(n)d open matters without anybody in charge") % {"n": lost},
            url=reverse("service:vacancies"), button=_("Find somebody"),
        )  # fmt: skip
    calendar = current_calendar()
    ending = Posting.objects.current(on).filter(
        division_q_for(user),
        role__in=roles_with("tickets.handle"),
        valid_to__lte=calendar.add(on, LEAVING_DAYS),
    )
    for posting in ending.select_related("user", "division")[:50]:
        left = handing.left_behind(posting, posting.valid_to)
        if left:
            yield TodoItem(
                key=f"leaving:{posting.pk}", days_left=calendar.left(on, posting.valid_to), due_on=posting.valid_to,
                title=_("%(name)s leaves with %(n)d open matters") % {"name": posting.user, "n": len(left)},
                url=f"{reverse('service:handover_new')}?giver={posting.user_id}", button=_("Hand over"), order=15,
            )  # fmt: skip


def division_q_for(user: Any) -> Any:
    """Postings in the divisions of the user's area."""
    return Q(division__in=Division.objects.filter(division_q(user)))
