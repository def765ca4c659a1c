"""Who hears of a mandate: the agent and the investor, whoever did not do it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notify
from accounts.clock import local_date
from accounts.notify import STORED_LANGUAGE
from approvals.mandates.models import Direction, Mandate, Receipt
from approvals.tickets.access import investors_of

LABELS: dict[str, Any] = {
    "mandate_given": gettext_lazy("mandate given"),
    "mandate_accepted": gettext_lazy("mandate accepted"),
    "mandate_declined": gettext_lazy("mandate not accepted"),
    "mandate_revoked": gettext_lazy("mandate revoked"),
    "mandate_ended": gettext_lazy("mandate finished"),
    "mandate_handed_over": gettext_lazy("mandate handed over to a successor"),
    "mandate_moved": gettext_lazy("mandate follows its project to the new division"),
    "receipt_in": gettext_lazy("materials received"),
    "receipt_office": gettext_lazy("materials handed in"),
    "receipt_back": gettext_lazy("materials given back"),
    "receipt_confirmed": gettext_lazy("receipt confirmed"),
}


def tell(mandate: Mandate, action: str, by: Any, at: datetime) -> None:
    _put(
        mandate,
        f"mandate:{mandate.pk}:{mandate.turn}",
        action,
        mandate.end_reason,
        "mandates:detail",
        mandate.pk,
        by,
        at,
    )


def tell_receipt(receipt: Receipt, by: Any, at: datetime) -> None:
    """The company confirms what it gave and what it got back."""
    if receipt.direction != Direction.OFFICE:
        _put(
            receipt.mandate, f"receipt:{receipt.pk}", f"receipt_{receipt.direction}", receipt.number,
            "mandates:receipt", receipt.pk, by, at,
        )  # fmt: skip


def _put(
    mandate: Mandate, key: str, action: str, text: str, url: str, pk: int, by: Any, at: datetime
) -> None:
    people = {user.pk: user for user in investors_of(mandate.project, local_date(at))}
    people[mandate.agent_id] = mandate.agent
    people.pop(getattr(by, "pk", 0), None)
    with override(STORED_LANGUAGE):
        title = _("%(what)s: %(project)s") % {"what": str(LABELS[action]), "project": mandate.project.name}
    notify.tell(
        people.values(),
        key=key,
        kind="mandate",
        title=title,
        text=text[:300],
        url=reverse(url, args=[pk]),
        at=at,
    )
