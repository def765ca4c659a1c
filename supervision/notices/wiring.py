"""What this subject hangs into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit_words, navigation
from accounts.jobs.registry import hourly, register_job
from accounts.obligations import todo
from accounts.obligations.todo import TodoItem
from accounts.scope import holds
from supervision.notices import addressing, releasing, services

LIMIT = 50


def register() -> None:
    todo.register("notices", todo_items)
    navigation.register("notices", _("Policy notices"), "notices:list", services.PERMISSION, 80)
    register_job(
        addressing.JOB, hourly, addressing.run, label=_("Send standing policy notices to newcomers"), standing=True,
        every=timedelta(hours=2), words={"addressed": _("people addressed")},
    )  # fmt: skip
    audit_words.register(
        {
            "notice_drafted": _("policy notice drafted"),
            "notice_edited": _("draft of a policy notice changed"),
            "notice_published": _("policy notice published"),
            "notice_read": _("policy notice read"),
            "notice_withdrawn": _("policy notice withdrawn"),
            "notice_released": _("policy notice released for the public site"),
            "notice_not_released": _("policy notice not released for the public site"),
            "notice_discarded": _("draft of a policy notice thrown away"),
        },
        {"people": _("people addressed")},
    )


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Notices that wait for this person's word before the public reads them."""
    if not holds(user, services.PUBLISH):
        return
    for row in releasing.to_release(user, on)[:LIMIT]:
        yield TodoItem(
            key=f"notice-release:{row.pk}", days_left=None, due_on=None,
            title=gettext("Release for the public site: %(title)s") % {"title": row.title},
            url=reverse("notices:detail", args=[row.pk]), button=gettext("Read the notice and decide"),
        )  # fmt: skip
