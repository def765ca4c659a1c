"""What mandates hang into the lower apps when the process starts."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.models import Posting, User
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.permissions import Role, roles_with
from accounts.scope import current_postings, granted_projects
from approvals.mandates import following
from approvals.mandates.models import OPEN_STATES, Direction, Mandate, MandateState, Receipt
from approvals.mandates.services import change_agent, may_give
from approvals.mandates.telling import LABELS
from approvals.service import owned
from approvals.service.owned import Source, Thing
from policy.services import current_calendar
from projects.models import Project
from projects.services.dependents import register_ended, register_moved
from projects.tabs import Tab, register_tab


def register() -> None:
    sections.register("approvals", "mandates", gettext_lazy("Mandates"), "mandates:list", "mandates.view", 30)
    todo.register("mandates", todo_items)
    register_moved("mandates", following.follow_move)
    register_ended("mandates", following.follow_end)
    owned.register_source(
        Source(
            "mandate", gettext_lazy("Mandate"), mandates_of, move_mandates, ownerless_mandates, lost_mandates
        )
    )
    register_tab(
        Tab(
            code="mandates",
            label=gettext_lazy("Mandates"),
            template="approvals/mandates/_tab.html",
            permission="mandates.view",
            context=_tab,
            order=18,
        )
    )
    audit_words.register(
        LABELS,
        {
            "agent": gettext_lazy("agent"),
            "scope": gettext_lazy("what is entrusted"),
            "signed_on": gettext_lazy("signed on"),
            "party": gettext_lazy("other side"),
            "materials": gettext_lazy("materials"),
        },
    )


def _open() -> Any:
    """In force or waiting, or ended while papers are still held."""
    held = Mandate.objects.filter(materials__isnull=False, materials__handed=None)
    return Mandate.objects.filter(Q(state__in=OPEN_STATES) | Q(pk__in=held.values("pk"))).select_related(
        "project", "agent"
    )


def _thing(row: Mandate, why: str = "") -> Thing:
    return Thing(
        "mandate", row.pk, row.number, row.project.name, reverse("mandates:detail", args=[row.pk]), why
    )


def mandates_of(user: User, on: date) -> list[Thing]:
    return [_thing(row) for row in _open().filter(agent=user).order_by("pk")]


def move_mandates(pks: Sequence[int], giver: User, receiver: User, by: Any, at: datetime) -> set[int]:
    rows = _open().filter(pk__in=pks, agent=giver)
    return {row.pk for row in rows if change_agent(row, receiver, by=by, at=at)}


def lost_mandates(viewer: Any, on: date) -> QuerySet[Mandate]:
    posted = Posting.objects.current(on).filter(
        user_id=OuterRef("agent_id"), role__in=roles_with("mandates.handle"), user__is_active=True
    )
    rows = _open().filter(~Exists(posted))
    if viewer is not None:
        rows = rows.filter(pk__in=Mandate.objects.visible_to(viewer).values("pk"))
    return rows


def ownerless_mandates(viewer: Any, on: date) -> Iterator[Thing]:
    for row in lost_mandates(viewer, on).order_by("pk"):
        yield _thing(row, _("%(name)s holds no posting any more") % {"name": row.agent})


def _tab(project: Project, user: Any, on: date) -> dict[str, Any]:
    rows = Mandate.objects.visible_to(user).filter(project=project).select_related("agent")
    return {"mandates": rows, "may_give": may_give(user, project)}


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    calendar = current_calendar()
    for row in _open().filter(agent=user).order_by("accept_by_on", "pk")[:100]:
        if row.state == MandateState.GIVEN:
            title, button = _("Accept the mandate: %(project)s"), _("Accept or decline")
            days, due, why = calendar.left(on, row.accept_by_on), row.accept_by_on, row.acceptance
        elif row.state == MandateState.ACTIVE:
            if not row.has_lapsed(on):
                continue
            title, button = _("The mandate has run out: %(project)s"), _("Give back and finish")
            days, due, why = calendar.left(on, row.valid_to), row.valid_to, None
        else:
            title, button = _("Give the materials back: %(project)s"), _("Give back")
            days, due, why = None, None, None
        yield TodoItem(
            key=f"mandate:{row.pk}", days_left=days, due_on=due, why=why, order=25, detail=row.number, button=button,
            title=title % {"project": row.project.name}, url=reverse("mandates:detail", args=[row.pk]),
        )  # fmt: skip
    if any(posting.role == Role.INVESTOR for posting in current_postings(user)):
        waiting = Receipt.objects.filter(
            mandate__project_id__in=granted_projects(user), confirmed_at=None
        ).exclude(direction=Direction.OFFICE)
        for receipt in waiting.select_related("mandate__project")[:50]:
            yield TodoItem(
                key=f"receipt:{receipt.pk}", days_left=None, due_on=None, order=45, button=_("Look at the receipt"),
                title=_("Confirm the receipt %(number)s") % {"number": receipt.number},
                detail=receipt.mandate.project.name, url=reverse("mandates:receipt", args=[receipt.pk]),
            )  # fmt: skip
