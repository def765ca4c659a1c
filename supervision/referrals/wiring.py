"""What referrals hang into the lower apps: a section, to-dos of the people inside, words of the log, a button for heads."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.jobs.registry import daily, register_job
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.scope import holds
from policy.services import working_days_left
from projects.models import Project
from projects.tabs import Action, register_action
from supervision.referrals import limits, queries
from supervision.referrals.models import Referral
from supervision.referrals.states import LABELS

LIMIT = 50


def register() -> None:
    sections.register(
        "supervision",
        "referrals",
        gettext_lazy("Accountability referrals"),
        "referrals:list",
        "referrals.view",
        70,
    )
    todo.register("referrals", todo_items)
    register_job(
        "referral_limits", daily, limits.run, queue="warn", label=gettext_lazy("Limits of statements"), standing=True,
        every=timedelta(days=1),
        words={
            "soon": gettext_lazy("people reminded of their statement"),
            "late": gettext_lazy("statements not made in time"),
        },
    )  # fmt: skip
    audit_words.register(
        {f"referral_{code}": label for code, label in LABELS.items()}
        | {
            "referral_opened": gettext_lazy("accountability referral opened"),
            "referral_looked": gettext_lazy("referral looked at"),
        }
    )
    register_action(
        Action(
            code="referral", label=gettext_lazy("Open an accountability referral"), permission="referrals.make",
            url=_new_url, icon="file-text", order=90, aside=True,
        )
    )  # fmt: skip


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """For the people inside alone; the words say the number and nothing of whom it is about."""
    for row in queries.to_be_stated(user)[:LIMIT]:
        yield _item(
            row, on, _("Make your statement"), reverse("referrals:statement", args=[row.pk]), _("Make a statement"),
            row.state_by_on, row.deadline,
        )  # fmt: skip
    if not holds(user, "referrals.view"):
        return
    for row in queries.to_be_put(user)[:LIMIT]:
        yield _item(row, on, _("Put it to the person concerned"), _page(row), _("Open the referral"))
    for row in queries.to_be_handed(user, on)[:LIMIT]:
        yield _item(row, on, _("May be handed over"), _page(row), _("Open the referral"))
    for row in queries.to_be_answered(user)[:LIMIT]:
        yield _item(row, on, _("Waits for the outcome"), _page(row), _("Open the referral"))


def _item(
    row: Referral, on: date, what: str, url: str, button: str, due: date | None = None, why: Any = None
) -> TodoItem:
    return TodoItem(
        key=f"referral:{row.pk}:{url}",
        days_left=working_days_left(due, on),
        due_on=due,
        title=_("Accountability referral %(number)s") % {"number": row.number},
        detail=what,
        url=url,
        button=button,
        why=why or None,
        order=20,
    )


def _page(row: Referral) -> str:
    return reverse("referrals:detail", args=[row.pk])


def _new_url(project: Project, user: Any) -> str:
    return f"{reverse('referrals:new')}?project={project.pk}" if queries.own_division(user) else ""
