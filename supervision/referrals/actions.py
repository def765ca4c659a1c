"""The moves of a referral as the page offers them: form, service, button, what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Division
from supervision.referrals import handing, services
from supervision.referrals.access import heads_of, may
from supervision.referrals.forms import (
    CollectForm,
    HandForm,
    InviteForm,
    OutcomeForm,
    PaperStatementForm,
    ReaderForm,
    WithdrawForm,
)
from supervision.referrals.models import Referral, ReferralState
from supervision.referrals.states import MOVES, OUTCOMES

OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Action:
    """`main`: shown open in the main column; the others fold."""

    service: Callable[..., Any]
    button: Any
    said: Any
    main: bool = False
    danger: bool = False

    @staticmethod
    def values(form: forms.Form) -> dict[str, Any]:
        return dict(form.cleaned_data)


ACTIONS: dict[str, Action] = {
    "invite": Action(
        services.invite_statement, _("Put it to the person concerned"),
        _("The person concerned was asked for a statement."), main=True,
    ),
    "record_statement": Action(
        services.record_statement, _("Record a statement on paper"), _("The statement is recorded."),
    ),
    "hand": Action(
        handing.hand_over, _("Hand to the discipline inspection office"),
        _("Handed over, with evidence and statements in one bundle."), main=True,
    ),
    OUTCOME: Action(handing.record_outcome, _("Record the outcome"), _("The outcome is recorded."), main=True),
    "collect": Action(
        services.collect_again, _("Collect the evidence again"),
        _("The record was collected anew; the earlier bundle stays."),
    ),
    "name": Action(services.name_reader, _("Let another head in"), _("This head may read it now and was told.")),
    "withdraw": Action(handing.withdraw_referral, _("Take it back"), _("Taken back; the record of it stays."), danger=True),
}  # fmt: skip


def form_of(code: str, referral: Referral, data: Any, uploads: Any) -> forms.Form:
    initial = {"turn": referral.turn}
    if code == "name":
        inside = {
            referral.opened_by_id,
            referral.person_id,
            *referral.readers.values_list("user_id", flat=True),
        }
        heads = [one for one in heads_of(referral.division_id, clock.today()) if one.pk not in inside]
        return ReaderForm(data, heads=heads, initial=initial)
    if code == "hand":
        places = Division.objects.filter(pk__in=[referral.division_id, referral.division.parent_id or ""])
        return HandForm(
            data, divisions=places.order_by("-tier"), initial=initial | {"addressee": referral.division_id}
        )
    if code == OUTCOME:
        kinds = [kind for kind in OUTCOMES if referral.state in MOVES[kind].sources]
        return OutcomeForm(data, uploads, kinds=kinds, initial=initial | {"decided_on": clock.today()})
    if code == "record_statement":
        return PaperStatementForm(data, uploads, initial=initial)
    return {"invite": InviteForm, "collect": CollectForm, "withdraw": WithdrawForm}[code](
        data, initial=initial
    )


def actions_for(
    user: Any, referral: Referral, bound: tuple[str, forms.Form] | None = None
) -> list[dict[str, Any]]:
    """What this person may do now, with forms; the one tried last is open and keeps what was typed."""
    found = []
    for code, action in ACTIONS.items():
        codes = OUTCOMES if code == OUTCOME else (code,)
        if not any(may(user, referral, one) for one in codes):
            continue
        if code == "hand" and not may_be_handed(referral):
            continue
        tried = bound is not None and bound[0] == code
        form = bound[1] if tried and bound else form_of(code, referral, None, None)
        readers: Any = form.fields.get("reader")
        if code == "name" and not tried and not readers.queryset.exists():
            continue
        form.auto_id = f"id_{code}_%s"
        found.append({"code": code, "action": action, "form": form, "open": tried})
    return found


def may_be_handed(referral: Referral) -> bool:
    """Everything was said, or the limit for it has passed."""
    if referral.state != ReferralState.INVITED:
        return False
    late = referral.state_by_on is not None and referral.state_by_on < clock.today()
    return late or referral.statements.filter(is_final=True).exists()
