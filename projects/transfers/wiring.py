"""What transfers and merges hang into the apps below and into the project's pages."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.obligations import kinds
from projects.models import Assessment, Merge, Project, ProjectState, Transfer, TransferState
from projects.services.dependents import register_ended, register_stay
from projects.tabs import Action, register_action
from projects.transfers import merging, services


def register() -> None:
    kinds.register(
        kinds.DutyKind(
            code=kinds.TRANSFER_DECISION,
            label=gettext_lazy("Answer to a project handed over"),
            title=lambda row: _("Accept or refuse the project: %(project)s") % {"project": row.subject_label},
            button=gettext_lazy("Look at the transfer"),
            url=lambda row: reverse("projects:transfer", args=[row.subject_id]),
            permission=services.PERMISSION,
        )
    )
    register_stay(Transfer)  # history of the giving side
    register_stay(Assessment)  # made by a division before there was a project
    register_ended("transfers", services.drop_waiting)
    register_action(
        Action(
            code="transfer", label=gettext_lazy("Hand to another division"), permission=services.PERMISSION,
            url=_transfer_url, icon="transfer", order=60, aside=True,
        )
    )  # fmt: skip
    register_action(
        Action(
            code="merge", label=gettext_lazy("Merge a duplicate"), permission=merging.PERMISSION, url=_merge_url,
            icon="git-merge", order=70, aside=True,
        )
    )  # fmt: skip
    register_action(
        Action(
            code="merged", label=gettext_lazy("Merged records"), permission="audit.view", url=_merged_url,
            icon="git-merge", order=80, aside=True,
        )
    )  # fmt: skip


def _merged_url(project: Project, user: Any) -> str:
    merge = Merge.objects.filter(Q(survivor=project) | Q(duplicate=project)).first()
    return reverse("projects:merge", args=[merge.pk]) if merge else ""


def _transfer_url(project: Project, user: Any) -> str:
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        return ""
    waiting = project.transfers.filter(state=TransferState.ASKED).first()
    if waiting is not None:
        return reverse("projects:transfer", args=[waiting.pk])
    return reverse("projects:transfer_ask", args=[project.pk])


def _merge_url(project: Project, user: Any) -> str:
    if project.state == ProjectState.MERGED:
        return ""
    return reverse("projects:merge_choose", args=[project.pk])
