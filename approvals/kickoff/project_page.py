"""The kickoff button on a project's page (see projects.tabs)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Project, ProjectState
from projects.tabs import Action, register_action


def register() -> None:
    register_action(
        Action(
            code="kickoff",
            label=_("Kickoff meeting"),
            permission="kickoffs.record",
            url=_url,
            icon="users-group",
            order=10,
        )
    )


def _url(project: Project, user: Any) -> str:
    running = project.state in (ProjectState.ACTIVE, ProjectState.DONE) and project.signed_on is not None
    return reverse("kickoffs:record", args=[project.pk]) if running else ""
