"""What the investor's page shows: read from the same rows as the office's pages, through what the person may see; and
the invitations of a project, for whoever may invite."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.models import OutgoingMail, OutsideLink
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from approvals.checklist.giving import given_since_asked
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.checklist.queries import Row as ItemRow
from approvals.checklist.queries import sheet_of
from approvals.service.models import MeetingState, ProblemMeeting, ServiceEntry
from approvals.tickets.models import OPEN_STATES, Side, Ticket, TicketState
from approvals.tickets.queries import Row as TicketRow
from approvals.tickets.queries import rows_of
from policy.lights import Light
from projects.lights import thresholds
from projects.models import Assignment, Milestone, Party, Project, TeamRole
from projects.promises.queries import promises
from projects.track import Node, lit, track
from supervision.investors.services import KIND
from supervision.meetings.models import UnitMeeting
from supervision.meetings.queries import coming_for
from supervision.notices.queries import Waiting
from supervision.notices.queries import waiting as notices_of
from supervision.ratings.models import Chance
from supervision.ratings.queries import open_chances, rated_count

CONTACTS = (
    TeamRole.CHIEF_SERVICE_OFFICER,
    TeamRole.SERVICE_SPECIALIST,
    TeamRole.TASK_FORCE_HEAD,
    TeamRole.LEAD_DEPARTMENT,
    TeamRole.PACKAGE_LEADER,
)
LOG_SHOWN = 8
LATE = (Light.RED, Light.AMBER)


@dataclass(slots=True)
class Ask:
    """One thing the company is asked to do: `kind` confirm, agree or material."""

    kind: str
    title: str
    text: str
    ticket: Ticket | None = None
    item: ChecklistItem | None = None
    due_on: date | None = None


@dataclass(slots=True)
class View:
    """Everything of one project's page."""

    project: Project
    nodes: list[Node]
    asks: list[Ask]
    others: list[TodoItem]
    contacts: list[Assignment]
    tickets: list[TicketRow]
    closed: int
    items: Any
    log: list[ServiceEntry]
    promises: list[Any]
    meetings: list[ProblemMeeting]
    held: int
    sent: list[tuple[ChecklistItem, datetime]] = field(default_factory=list)
    late_items: list[ItemRow] = field(default_factory=list)
    late_tickets: list[TicketRow] = field(default_factory=list)
    invited: list[UnitMeeting] = field(default_factory=list)
    rated: int = 0
    late: Node | None = None
    done: int = 0
    ratings: list[Chance] = field(default_factory=list)
    notices: Waiting | None = None

    @property
    def waiting(self) -> int:
        """How many things wait for the person."""
        return len(self.asks) + len(self.others) + len(self.ratings)

    @property
    def is_late(self) -> bool:
        """Whether anything of the project is overdue on the office's side: a step, an item or a matter asked for."""
        return bool(self.late or self.late_items or self.late_tickets)

    @property
    def current(self) -> Node | None:
        return next((node for node in self.nodes if node.is_current), None)

    @property
    def cause(self) -> str:
        """Whose delay it is, where it was recorded."""
        return (
            str(Party(self.late.point.delay_party).label) if self.late and self.late.point.delay_party else ""
        )


def own_projects(user: Any) -> list[Project]:
    """Projects open to the person, newest first."""
    rows = Project.objects.visible_to(user).select_related("division__parent", "company")
    return list(rows.order_by("-signed_on", "pk")[:50])


def view_of(project: Project, user: Any, on: date, at: datetime) -> View:
    """About a dozen statements, whatever the project's size."""
    meetings = ProblemMeeting.objects.visible_to(user).filter(project=project)
    points = list(Milestone.objects.visible_to(user).filter(project=project))
    nodes = track(project, points, thresholds(on))
    tickets = list(
        Ticket.objects.visible_to(user)
        .filter(project=project)
        .select_related("division", "department", "person", "project")
    )
    rows = rows_of([one for one in tickets if one.state in OPEN_STATES], on)
    items = sheet_of(project, user, on)
    late = lit(nodes)
    given = given_since_asked(row.item for row in items.rows)
    asks = [*_ticket_asks(tickets), *_item_asks(items.rows, given)]
    return View(
        project=project,
        nodes=nodes,
        asks=asks,
        others=_others(user, on, asks),
        sent=[(row.item, given[row.item.pk]) for row in items.rows if row.item.pk in given],
        late_items=[row for row in items.rows if row.light in LATE],
        late_tickets=[row for row in rows if row.light in LATE],
        contacts=contacts_of(project, on),
        tickets=rows,
        closed=sum(one.state == TicketState.CLOSED for one in tickets),
        items=items,
        log=list(ServiceEntry.objects.visible_to(user).filter(project=project)[:LOG_SHOWN]),
        promises=list(promises(user).filter(project=project).order_by("due_on", "pk")[:20]),
        meetings=list(meetings.filter(state=MeetingState.CALLED).order_by("meets_at")[:5]),
        held=meetings.filter(state=MeetingState.HELD).count(),
        late=late[0] if late and late[0].light.value in ("red", "amber") else None,
        ratings=open_chances(project, on),
        rated=rated_count(project),
        invited=coming_for(project, at),
        notices=notices_of(user),
        done=sum(node.light.value == "done" for node in nodes),
    )  # fmt: skip


def contacts_of(project: Project, on: date) -> list[Assignment]:
    """Who serves the project, the first to call first."""
    rows = (
        Assignment.objects.current(on).filter(project=project, role__in=CONTACTS).select_related("department")
    )
    order = {role.value: n for n, role in enumerate(CONTACTS)}
    return sorted(rows, key=lambda row: (order[row.role], row.pk))


def _ticket_asks(tickets: Iterable[Ticket]) -> list[Ask]:
    found = []
    for one in tickets:
        if one.state == TicketState.CLOSING:
            found.append(Ask("confirm", one.title, one.result, ticket=one, due_on=one.silence_due_on))
        elif one.state == TicketState.PROPOSED and one.opened_side == Side.OFFICE:
            found.append(Ask("agree", one.title, one.text, ticket=one))
    return found


def _item_asks(rows: Iterable[ItemRow], given: dict[int, datetime]) -> list[Ask]:
    """What is missing and was not sent since the office said so."""
    return [
        Ask("material", row.item.name, "", item=row.item)
        for row in rows
        if row.item.state == ItemState.SUPPLEMENT and row.item.pk not in given
    ]


def _others(user: Any, on: date, asks: Iterable[Ask]) -> list[TodoItem]:
    """Whatever else waits for the person, of any project: more time to decide on, papers to sign for."""
    shown = {f"ticket:{ask.ticket.pk}" for ask in asks if ask.ticket is not None}
    return [item for item in todo.items_for(user, on) if item.key not in shown]


def links_of(project: Project) -> Any:
    """All invitations to the project, newest first."""
    rows = OutsideLink.objects.filter(kind=KIND, subject_id=project.pk)
    return rows.select_related("user__mail_choice", "made_by")


def mailed(link: OutsideLink) -> str:
    """Whether the invitation goes by mail: "sent", "held" until the address is confirmed, or nothing."""
    row = OutgoingMail.objects.filter(key=f"invitation:{link.pk}").first()
    if row is None:
        return ""
    return "held" if row.next_try_at is None else "sent"


def with_count(rows: Any, on: date) -> list[OutsideLink]:
    """The rows as a list; `others` of each: how many more links of the same person are good on `on`."""
    found = list(rows)
    good = Counter(row.user_id for row in found if row.revoked_at is None and row.expires_on >= on)
    for row in found:
        row.others = max(0, good[row.user_id] - 1)
    return found
