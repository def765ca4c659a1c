"""What the ledgers hang into the lower apps when the process starts: their duties and their menu entry."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, navigation
from accounts.models import Obligation
from accounts.obligations import kinds, todo
from policy.periods import Period
from reporting.ledgers import todo as ledgers_todo
from reporting.ledgers.models import Attempt, AttemptState, CityPackage, PackageState


def register() -> None:
    navigation.register(
        "ledgers", gettext_lazy("Ledgers"), "ledgers:home", "ledgers.view", 30, namespaces=("ledgers",)
    )
    audit_words.register(
        {
            "ledger_staged": gettext_lazy("ledger uploaded for checking"),
            "ledger_started_online": gettext_lazy("ledger begun online"),
            "ledger_correction_started": gettext_lazy("correction of a ledger begun"),
            "ledger_submitted": gettext_lazy("ledger handed in"),
            "ledger_withdrawn": gettext_lazy("ledger taken back"),
            "ledger_discarded": gettext_lazy("ledger draft put aside"),
            "ledger_accepted": gettext_lazy("ledger accepted"),
            "ledger_returned": gettext_lazy("ledger returned"),
            "package_sent": gettext_lazy("city package sent"),
            "package_accepted": gettext_lazy("city package accepted"),
            "package_returned": gettext_lazy("city package returned"),
        },
        {
            "receipt_at": gettext_lazy("received"),
            "correct_by_on": gettext_lazy("to be corrected by"),
            "rows": gettext_lazy("Rows"),
            "file": gettext_lazy("file"),
            "sha256": gettext_lazy("fingerprint of the file"),
            "changed": gettext_lazy("projects changed"),
            "created": gettext_lazy("projects entered"),
            "entries": gettext_lazy("monthly figures"),
            "attempts": gettext_lazy("hand-ins in it"),
            "missing": gettext_lazy("units missing"),
        },
    )
    todo.register("ledger_hand_ins", ledgers_todo.hand_ins)
    todo.register("ledger_packages", ledgers_todo.sent_packages)
    kinds.register(
        kinds.DutyKind(
            code=kinds.LEDGER_COUNTY, label=gettext_lazy("Progress ledger to the city"), title=_county_title,
            button=gettext_lazy("Check and hand in"), url=_county_url, permission="ledgers.submit", standing=_county_standing,
            pinned_days=3,
        )
    )  # fmt: skip
    kinds.register(
        kinds.DutyKind(
            code=kinds.LEDGER_CITY, label=gettext_lazy("Ledger package to the province"), title=_city_title,
            button=gettext_lazy("Gather and send"), url=_city_url, permission="ledgers.submit", standing=_city_standing,
            pinned_days=3,
        )
    )  # fmt: skip


def _county_title(duty: Obligation) -> str:
    return _("Hand in the ledger of signed projects for %(month)s") % {
        "month": Period.parse(duty.period).label
    }


def _county_url(duty: Obligation) -> str:
    return reverse("ledgers:month", args=[duty.unit_id, duty.period])


def _county_standing(duty: Obligation) -> kinds.Standing:
    latest = (
        Attempt.objects.filter(ledger__unit_id=duty.unit_id, ledger__period=duty.period)
        .exclude(state=AttemptState.DISCARDED)
        .order_by("-number")
        .first()
    )
    if latest is None:
        return kinds.Standing(_("Not started yet"))
    if latest.state == AttemptState.STAGED:
        text = _("A draft waits: %(errors)d cells to mend, %(asks)d points to explain")
        return kinds.Standing(text % {"errors": latest.error_count, "asks": latest.ask_count})
    if latest.state == AttemptState.RETURNED:
        return kinds.Standing(_("Returned: %(note)s") % {"note": latest.review_note or _("see the rows")})
    return kinds.Standing(
        _("Handed in, waits for the tier above"), waiting=latest.state == AttemptState.SUBMITTED
    )


def _city_title(duty: Obligation) -> str:
    return _("Send the ledgers of %(month)s to the province") % {"month": Period.parse(duty.period).label}


def _city_url(duty: Obligation) -> str:
    return reverse("ledgers:city", args=[duty.unit_id, duty.period])


def _city_standing(duty: Obligation) -> kinds.Standing:
    sent = CityPackage.objects.filter(unit_id=duty.unit_id, period=duty.period).order_by("-version").first()
    if sent and sent.state == PackageState.SENT and sent.stale_since is None:
        return kinds.Standing(_("Handed in, waits for the tier above"), waiting=True)
    waiting = Attempt.objects.filter(
        city_code=duty.unit_id, ledger__period=duty.period, state=AttemptState.SUBMITTED
    ).count()
    return kinds.Standing(_("%(n)d hand-ins of counties wait for your decision") % {"n": waiting})
