"""The button on a project's page (see projects.tabs)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.tabs import Action, register_action
from reporting.servicesheet.views import VIEW


def register() -> None:
    register_action(
        Action(
            code="servicesheet",
            label=_("Service sheet"),
            permission=VIEW,
            url=lambda project, _user: reverse("servicesheet:show", args=[project.pk]),
            icon="file-text",
            order=50,
        )
    )
