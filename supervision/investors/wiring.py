"""What this subject hangs into the lower apps when the process starts."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import audit_words, context
from approvals import links
from approvals.checklist.giving import PERMISSION as GIVE
from approvals.checklist.models import ChecklistItem
from projects.models import Project, ProjectState
from projects.tabs import Action, register_action


def register() -> None:
    context.give_outside_frame("supervision/investors/page.html")
    audit_words.register(
        {
            "investor_entered": _("investor entered by a link"),
            "item_material_given": _("material sent by the company"),
        },
        {"files": _("files")},
    )
    audit_words.register_visitors("investor_entered")
    links.register_link(
        "item", links.Link("material", lambda _user: str(_("Send material")), _material, GIVE, 5)
    )
    register_action(
        Action(
            "invitations",
            _("Invite the company"),
            "invitations.make",
            _address,
            icon="link",
            order=80,
            aside=True,
        )
    )


def _address(project: Project, _user: Any) -> str:
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        return ""
    return reverse("investors:invitations", args=[project.pk])


def _material(item: ChecklistItem, _user: Any) -> str:
    return reverse("investors:material", args=[item.pk]) if item.is_open else ""
