"""To the discipline inspection office, back from it, or taken back before: how a referral leaves the circle's hands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import files
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Division
from accounts.notify import STORED_LANGUAGE
from accounts.scope import acting_posting
from projects.text import clean
from supervision.referrals import telling
from supervision.referrals.access import discipline_posted, require_move
from supervision.referrals.bundle import enclosed, is_intact, make_bundle, statements_of
from supervision.referrals.models import BundleKind, OutcomeKind, Referral, ReferralBundle, ReferralOutcome
from supervision.referrals.moving import MOST_TEXT, advance, keep_files, record, text_of


def hand_over(
    *, referral: Referral, addressee: Division, note: str = "", turn: int | None = None, by: Any, at: datetime
) -> Referral:
    """To the discipline inspection office of the division or of the tier above, with all statements, as one bundle.

    Only after the person concerned said all they have to say, or the limit for it has passed.
    """
    require_move(by, referral, "hand")
    on = local_date(at)
    final = referral.statements.filter(is_final=True).exists()
    if not final and (referral.state_by_on is None or on <= referral.state_by_on):
        day = referral.state_by_on.isoformat() if referral.state_by_on else ""
        raise DomainError(
            "statement_first",
            _(
                "The person concerned may state until %(day)s. Hand it over when they are done, or after that day."
            )
            % {"day": day},
        )
    if addressee.pk not in (referral.division_id, referral.division.parent_id):
        raise DomainError(
            "addressee_elsewhere",
            _("Choose the discipline inspection office of your own division or of the tier above."),
            field="addressee",
        )
    changes = {
        "addressee": addressee,
        "handed_by": by,
        "handed_at": at,
        "handed_note": clean(note)[:MOST_TEXT],
    }
    made: list[str] = []
    try:
        with transaction.atomic(), override(STORED_LANGUAGE):
            advance(referral, "hand", turn, changes, by)
            bundle = _hand_bundle(referral, by, at)
            made.append(bundle.path)
            after = {
                "to": addressee.name,
                "bundle": bundle.sha256,
                "on_paper": not discipline_posted(addressee.pk),
            }
            record("hand", referral, by, at, after)
            transaction.on_commit(lambda: telling.tell_discipline(referral, at))
    except BaseException:
        files.forget(made)
        raise
    return referral


def withdraw_referral(
    *, referral: Referral, reason: str, turn: int | None = None, by: Any, at: datetime
) -> Referral:
    """Before it is handed over; what was collected and said stays on record."""
    require_move(by, referral, "withdraw")
    reason = text_of(reason, "reason", _("Say why it is taken back."))
    asked = referral.invited_at is not None
    with transaction.atomic():
        advance(referral, "withdraw", turn, {"closed_at": at, "close_reason": reason}, by)
        record("withdraw", referral, by, at, {"state": referral.state}, reason)
        if asked:
            transaction.on_commit(lambda: telling.tell_withdrawn(referral, at))
    return referral


def record_outcome(
    *,
    referral: Referral,
    kind: str,
    decided_on: date,
    document_number: str,
    text: str,
    uploads: Sequence[Any] = (),
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> ReferralOutcome:
    """What the discipline inspection office answered, with its day and document."""
    if kind not in OutcomeKind.values:
        raise DomainError("outcome_unknown", _("Choose one of the outcomes."), field="kind")
    require_move(by, referral, kind)
    number = clean(document_number)[:80]
    if not number:
        raise DomainError(
            "document_missing",
            _("Give the number of the document the outcome stands in."),
            field="document_number",
        )
    text = text_of(text, "text", _("Write what was decided."))
    if decided_on > local_date(at):
        raise DomainError(
            "day_ahead", _("This day lies ahead. Give the day of the document."), field="decided_on"
        )
    if referral.handed_at and decided_on < local_date(referral.handed_at):
        raise DomainError(
            "day_before_handing",
            _("It was handed over on %(day)s; the outcome cannot be older.")
            % {"day": local_date(referral.handed_at).isoformat()},
            field="decided_on",
        )
    checked, kept, posting = files.check_files(uploads), list[str](), acting_posting(by)
    changes = {} if kind == OutcomeKind.ACCEPTED else {"closed_at": at, "close_reason": text}
    try:
        with transaction.atomic():
            advance(referral, kind, turn, changes, by)
            outcome = ReferralOutcome.objects.create(
                referral=referral, kind=kind, decided_on=decided_on, document_number=number, text=text, by=by,
                by_name=by.get_full_name()[:60], office=(posting.unit_name if posting else "")[:120], at=at,
            )  # fmt: skip
            kept += keep_files(referral, checked, outcome=outcome)
            record(kind, referral, by, at, {"decided_on": decided_on, "document_number": number})
            transaction.on_commit(lambda: telling.tell_outcome(referral, outcome, at))
    except BaseException:
        files.forget(kept)
        raise
    return outcome


def _hand_bundle(referral: Referral, by: Any, at: datetime) -> ReferralBundle:
    """The evidence as frozen, byte for byte, with the statements: nothing slips in that was not collected before."""
    last = referral.bundles.filter(kind=BundleKind.EVIDENCE).latest("version")
    if not is_intact(last):
        raise DomainError(
            "bundle_changed",
            _("The stored evidence is no longer what was frozen. Collect it again, then hand it over."),
        )
    found = statements_of(referral)
    return make_bundle(referral, found, BundleKind.HANDED, user=by, at=at, beside=[enclosed(last)])
