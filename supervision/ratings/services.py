"""Giving a rating and following up a bad one (国办发〔2019〕51号, H23).

Nobody of the office gives, changes or removes a rating, and nobody reads who gave an anonymous one: that is written
nowhere. The author of a named one is sealed and opened for the call back only, each time on record.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import OutsideLink
from accounts.outside import masking
from accounts.outside.links import make_link, use_link
from accounts.outside.sealed import Unreadable, seal, unseal
from accounts.scope import is_staff, require
from approvals.tickets.moving import clean_text
from projects.abilities import abilities
from projects.text import clean
from supervision.ratings.limits import turn_limit
from supervision.ratings.models import (
    BAD,
    SEALED,
    BadCase,
    CallerNote,
    CaseState,
    Chance,
    Channel,
    Level,
    Rating,
    RatingAuthor,
    Reason,
)
from supervision.ratings.pressing import settled
from supervision.ratings.rights import may_review, refuse_rated, require_office, require_unit
from supervision.ratings.telling import tell_case

KIND = "rating"
MOST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """What the company says. `name` and `phone` only when it gives its name; `reasons` are codes of `Reason`."""

    level: int
    reasons: Collection[str] = ()
    text: str = ""
    name: str = ""
    phone: str = ""

    @property
    def anonymous(self) -> bool:
        return not self.name


def rate_in_portal(*, chance: Chance, said: Said, by: Any, at: datetime) -> Rating:
    """The investor's person rates a service of a project open to them."""
    if "portal.view" not in abilities(by, chance.project):
        raise PermissionDenied("portal.view")
    return _rate(chance, said, Channel.PORTAL, at)


def rate_by_link(*, link: OutsideLink, said: Said, by: Any = None, at: datetime) -> Rating | None:
    """The one-time link or code of a service; used up with the rating, in one transaction.

    None where the link was used or the service rated before: the first rating counts, nothing is written and nothing is
    said, for links pass through the office's hands. `by`: whoever is signed in meanwhile, if anybody; staff are refused
    and the rating never names them.
    """
    refuse_staff(by)
    chance = (
        Chance.objects.select_related("project", "division", "department").filter(pk=link.subject_id).first()
    )
    if chance is None:
        raise DomainError(
            "link_unknown",
            _("This link or code is not known. Check that it is complete, or ask for a new one."),
        )
    refuse_late(chance, local_date(at))
    _checked(said)
    try:
        with transaction.atomic():
            use_link(link=link, at=at)
            return _rate(chance, said, Channel.LINK, at)
    except DomainError as refusal:
        if refusal.code in ("link_used", "rated_already"):
            return None
        raise


def enter_for_caller(*, chance: Chance, said: Said, note: str, by: Any, at: datetime) -> None:
    """The competent office writes down what a caller says; not whoever was rated.

    The first rating of a service counts. Where there is one already nothing is written and nothing is said: the office
    must not learn which service an anonymous rating belongs to.
    """
    require(by, "ratings.enter", chance)
    refuse_rated(by, chance, "ratings.enter")
    note = clean(note)
    if not note:
        raise DomainError("note_missing", _("Write who called, when, from which number."), field="note")
    refuse_late(chance, local_date(at))
    _checked(said)
    try:
        _rate(chance, said, Channel.PHONE, at, entered_by=by, note=note)
    except StaleState as refusal:
        if refusal.code != "rated_already":
            raise


def print_link(*, chance: Chance, by: Any, at: datetime) -> tuple[OutsideLink, str, str]:
    """A one-time link with its code for paper; each print is a new one, the earlier ones stay until one is used.

    Whoever was rated prints none: with the code in hand one could rate oneself. One is made for a rated service too:
    a refusal would tell the office which service an anonymous rating belongs to.
    """
    require(by, "ratings.enter", chance)
    refuse_rated(by, chance, "ratings.enter")
    refuse_late(chance, local_date(at))
    with transaction.atomic():
        return make_link(
            kind=KIND, subject_id=chance.pk, expires_on=chance.expires_on, uses=1, label=chance.label,
            codes={name: getattr(chance, name) for name in ("province_code", "city_code", "county_code")},
            by=by, at=at,
        )  # fmt: skip


def call_back(*, case: BadCase, note: str, by: Any, at: datetime) -> BadCase:
    """Record what the rater said on the phone: asked what is wrong, told what was answered, or asked about an objection.

    Named raters are all called (call_back_percent = 100). While an objection waits, whoever decides on it calls.
    """
    if case.state == CaseState.OBJECTED:
        require(by, "ratings.follow", case)
        if not may_review(by, case):
            raise PermissionDenied("ratings.follow")
    else:
        require_office(by, case, "ratings.follow")
    if case.rating.anonymous:
        raise DomainError("anonymous", _("This rating was given without a name; nobody knows who gave it."))
    note = clean_text(note)
    if not note:
        raise DomainError("note_missing", _("Write what was said on the phone."), field="note")
    refuse_naming(case, note, "note")
    if case.call_note and case.called_at:  # an earlier call stays readable
        note = f"{case.call_note}\n{local_date(at).isoformat()} 再次致电：{note}"
    move_case(
        case, ("open", "answered", "objected"), "bad_case_called", by, at, called_at=at, called_by=by, call_note=note
    )  # fmt: skip
    return case


def answer_case(*, case: BadCase, outcome: str, answer: str, by: Any, at: datetime) -> BadCase:
    """The rated unit says what it mended, or why it cannot be mended."""
    require_unit(by, case)
    answer = clean_text(answer)
    if outcome not in ("mended", "explained"):
        raise DomainError("outcome_unknown", _("Choose whether it was mended or explained."), field="outcome")
    if not answer:
        raise DomainError("answer_missing", _("Write what was done, or why it cannot be."), field="answer")
    refuse_naming(case, answer, "answer")
    move_case(
        case, ("open", "answered"), "bad_case_answered", by, at, state="answered", outcome=outcome, answer=answer,
        answered_by=by, answered_at=at, **_turn(case, CaseState.ANSWERED, at),
    )  # fmt: skip
    return case


def close_case(*, case: BadCase, by: Any, at: datetime) -> BadCase:
    """The office closes an answered case. A named rater must have been told the answer by phone before."""
    require_office(by, case, "ratings.follow")
    if not case.rating.anonymous and case.called_at is None:
        raise DomainError(
            "not_called", _("Call the rater back first and record what was said; then close the case.")
        )
    if case.must_call:
        raise DomainError(
            "not_told",
            _(
                "The rater was called before the answer. Tell them the answer and record it; then close the case."
            ),
        )
    move_case(case, ("answered",), "bad_case_closed", by, at, state="closed", closed_at=at)
    return case


def _rate(
    chance: Chance, said: Said, channel: str, at: datetime, *, entered_by: Any = None, note: str = ""
) -> Rating:
    on = local_date(at)
    refuse_closed(chance, on)
    text, reasons = _checked(said)
    codes = {name: getattr(chance, name) for name in ("province_code", "city_code", "county_code")}
    try:
        with transaction.atomic():
            rating = Rating.objects.create(
                chance=chance, level=said.level, reasons=reasons, text=text, anonymous=said.anonymous, channel=channel,
                rated_on=on, entered_by=entered_by, entered_note=SEALED if note else "", **codes,
            )  # fmt: skip
            if note:
                CallerNote.objects.create(rating=rating, sealed=seal({"note": note[:200]}))
            if not said.anonymous:
                known = {"name": clean(said.name)[:60], "phone": clean(said.phone)[:40]}
                RatingAuthor.objects.create(rating=rating, sealed=seal(known))
            # The log names no author: not even a named one, whom only the call back may know.
            audit.record(
                "rated", target=rating, by=entered_by, at=at, codes=_log_codes(rating),
                after={"level": said.level, "service": rating.shown_service},
            )  # fmt: skip
            if said.level in BAD:
                _open_case(rating, on, codes, at)
    except IntegrityError:
        raise StaleState(
            "rated_already", _("This service has been rated already. Each is rated once; thank you.")
        ) from None
    return rating


def _open_case(rating: Rating, on: date, codes: dict[str, str], at: datetime) -> None:
    limit = turn_limit(rating.chance.division, CaseState.OPEN, on)
    case = BadCase.objects.create(rating=rating, opened_on=on, **limit, **codes)
    audit.record(
        "bad_case_opened", target=case, by=None, at=at, codes=_log_codes(rating), after={"due_on": case.due_on}
    )  # fmt: skip
    transaction.on_commit(lambda: tell_case(case, "opened", at))


def _log_codes(rating: Rating) -> dict[str, str] | None:
    """No area for an anonymous rating: the minute in the office's own log would tell who was in the portal then."""
    return {} if rating.anonymous else None


def _checked(said: Said) -> tuple[str, list[str]]:
    if said.level not in Level.values:
        raise DomainError("level_unknown", _("Choose one of the five levels."), field="level")
    text = clean_text(said.text)
    if len(text) > MOST_TEXT:
        raise DomainError("text_too_long", _("At most 1,000 characters, please."), field="text")
    if said.level in BAD and not said.anonymous and not clean(said.phone):
        raise DomainError(
            "phone_missing",
            _("To be called back, leave a number; or leave the name empty too."),
            field="phone",
        )
    return text, [code for code in Reason.values if code in set(said.reasons)]


def refuse_staff(user: Any) -> None:
    """Raise DomainError for whoever is signed in and holds any posting but an investor's: no office rates itself."""
    if is_staff(user):
        raise DomainError(
            "staff_rates",
            _(
                "You are signed in as staff; a service is rated by whoever was served, on a device of their own. "
                "What a caller says is entered under “Ratings”."
            ),
        )


def refuse_naming(case: BadCase, text: str, field: str) -> None:
    """Raise DomainError where a text that the rated unit reads names whoever gave the rating."""
    held = RatingAuthor.objects.filter(rating=case.rating_id).first()
    try:
        known = unseal(held.sealed) if held is not None else {}
    except Unreadable:
        known = {}
    if masking.names_author(text, known):
        raise DomainError(
            "names_rater",
            _("The rated unit reads this: leave out name and phone of whoever gave the rating."),
            field=field,
        )


def refuse_late(chance: Chance, on: date) -> None:
    """Raise DomainError after the last day of rating, which says nothing of whether it was rated."""
    if on > chance.expires_on:
        raise DomainError(
            "too_late",
            _("This service could be rated until %(day)s.") % {"day": chance.expires_on.isoformat()},
        )


def refuse_closed(chance: Chance, on: date) -> None:
    """Raise DomainError where the service is rated already, or can be rated no more on `on`. For whoever may rate it."""
    if Rating.objects.filter(chance=chance).exists():
        raise StaleState(
            "rated_already", _("This service has been rated already. Each is rated once; thank you.")
        )
    refuse_late(chance, on)


def move_case(
    case: BadCase, sources: Collection[str], action: str, by: Any, at: datetime, **changes: Any
) -> None:
    """From one of the states `sources`, if nobody moved it meanwhile; with its audit record. Raise StaleState else."""
    with transaction.atomic():
        before = case.state
        rows = BadCase.objects.filter(pk=case.pk, state__in=sources, turn=case.turn)
        if not rows.update(turn=case.turn + 1, **changes):
            raise StaleState(
                "case_moved", _("Somebody else has moved this case meanwhile. Look at it again.")
            )
        case.refresh_from_db()
        if case.state != before:  # whoever was pressed has done their part
            settled(case, by, at)
        audit.record(action, target=case, by=by, at=at, before={"state": before}, after={"state": case.state})
        transaction.on_commit(lambda: tell_case(case, action, at))


def _turn(case: BadCase, state: str, at: datetime) -> dict[str, Any]:
    """The new limit with a new state; answering once more leaves that of the office as it is."""
    return {} if case.state == state else turn_limit(case.rating.chance.division, state, local_date(at))
