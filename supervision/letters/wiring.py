"""What supervision papers hang into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from approvals import links
from projects.models import Project
from projects.services.dependents import register_stay
from projects.tabs import Action, register_action
from supervision.letters import queries
from supervision.letters.issuing import follow_matter
from supervision.letters.models import DRAFT, VIEW, PaperKind, PaperState, SupervisionPaper
from supervision.letters.pages import draft_words, issuing_unit
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source

MOST_TODOS = 100


def register() -> None:
    sections.register("supervision", "letters", gettext_lazy("Supervision papers"), "letters:list", VIEW, 20)
    for code, label in PaperKind.choices:
        register_source(
            Source(MatterSource(code), label, _paper_url, closed=follow_matter, permission="letters.view")
        )
    todo.register("letters", todo_items)
    # A paper stays with the place it was addressed to, wherever its project goes.
    register_stay(SupervisionPaper)
    links.register_link("item", links.Link("letters", draft_words, _item_url, DRAFT, 10))
    links.register_link("ticket", links.Link("letters", draft_words, _ticket_url, DRAFT, 10))
    register_action(
        Action(
            code="letters",
            label=gettext_lazy("Draft a supervision paper"),
            permission=DRAFT,
            url=_project_url,
            order=90,
            aside=True,
        )
    )
    audit_words.register(
        {
            "paper_drafted": gettext_lazy("supervision paper drafted"),
            "paper_edited": gettext_lazy("words of a supervision paper edited"),
            "paper_evidence_renewed": gettext_lazy("evidence of a supervision paper taken again"),
            "paper_signed": gettext_lazy("supervision paper signed"),
            "paper_returned": gettext_lazy("supervision paper returned for changes"),
            "paper_issued": gettext_lazy("supervision paper numbered and issued"),
            "paper_withdrawn": gettext_lazy("supervision paper withdrawn"),
        },
        {
            "party": gettext_lazy("delay caused by"),
            "ground": gettext_lazy("what it rests on"),
            "organ_fault_only": gettext_lazy("only a delay of the organ is pressed"),
        },
    )


def _paper_url(matter: Matter) -> str:
    return reverse("letters:detail", args=[matter.source_id]) if matter.source_id else ""


def _item_url(item: Any, user: Any) -> str:
    """Only while it runs. Whether the delay is the organ's is told on the page it leads to, with both counters."""
    if not item.is_running or issuing_unit(user) is None:
        return ""
    return f"{reverse('letters:new')}?item={item.pk}"


def _ticket_url(ticket: Any, user: Any) -> str:
    """Only while it runs against the office; an open paper on it is what the address leads to."""
    if not ticket.is_open or ticket.next_due_on is None or issuing_unit(user) is None:
        return ""
    return f"{reverse('letters:new')}?ticket={ticket.pk}"


def _project_url(project: Project, user: Any) -> str:
    return reverse("letters:choose", args=[project.pk]) if issuing_unit(user) else ""


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Drafts to sign, signed papers to issue, drafts that came back."""
    rows = (
        SupervisionPaper.objects.visible_to(user)
        .filter(queries.mine_q(user))
        .select_related("addressee", "department")
    )
    for paper in rows.defer("document", "evidence").order_by("pk")[:MOST_TODOS]:
        signed = paper.state == PaperState.SIGNED
        if signed:
            title, button = _("Number and issue: %(title)s"), _("Number and issue")
        elif paper.returned_reason:
            title, button = _("Returned for changes: %(title)s"), _("Edit the words")
        else:
            title, button = _("Sign: %(title)s"), _("Read and sign")
        yield TodoItem(
            key=f"paper:{paper.pk}",
            days_left=None,
            due_on=None,
            title=title % {"title": paper.title},
            detail=paper.returned_reason or paper.addressed_name,
            url=reverse("letters:detail", args=[paper.pk]),
            button=button,
            order=40,
        )
