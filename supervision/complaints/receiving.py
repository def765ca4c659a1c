"""Taking in a complaint: from the public form or from a caller, with receipt number and query code.

The query code follows from the form's own token by a secret key, so the same form sent twice by a double click gives
the same complaint and the same code; what is stored is a digest from which neither can be had.
"""

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import audit, files, notify
from accounts.clock import local_date
from accounts.errors import DomainError
from accounts.models import Department, Division, Tier
from accounts.outside.links import ALPHABET, CODE_LENGTH, grouped, plain_code
from accounts.outside.sealed import seal
from accounts.outside.uploads import check_outside_files
from accounts.scope import holds
from projects import numbers
from projects.text import clean, company_key
from supervision.complaints import limits
from supervision.complaints.models import (
    Channel,
    Complaint,
    ComplaintAuthor,
    ComplaintEvent,
    ComplaintFile,
    Kind,
    Side,
    Step,
    own_unit_q,
)
from supervision.complaints.rounds import ComplaintRound
from supervision.complaints.telling import tell_discipline, tell_office

SALT = "supervision.complaints"
LEAST_TEXT, MOST_TEXT = 20, 4000
MOST_FILES = 6
LIKE_DAYS = 30
LIKE_AT_MOST = 40  # complaints about the unit that are compared
ALIKE = 0.9
OFFICE_ITSELF = "被投诉单位为省级主管部门，直接转纪检监察机关"


@dataclass(frozen=True, slots=True)
class Said:
    """What a complainant writes. All empty in name … address: anonymous."""

    division: Division
    kind: str
    text: str
    department: Department | None = None
    about_project: str = ""
    happened: str = ""
    name: str = ""
    phone: str = ""
    mail: str = ""
    address: str = ""

    @property
    def identity(self) -> dict[str, str]:
        held = {"name": self.name, "phone": self.phone, "mail": self.mail, "address": self.address}
        return {name: clean(value) for name, value in held.items() if clean(value)}


@dataclass(frozen=True, slots=True)
class Taken:
    """`code` as K7QM-2XPA-9DRT is told once. `seen_before`: the same words about the same unit lie here already."""

    complaint: Complaint
    code: str
    seen_before: bool = False


def receive(*, said: Said, uploads: Sequence[Any] = (), token: str, at: datetime) -> Taken:
    """A complaint from the public form. `token` is the form's own: the same token twice is the same complaint."""
    return _receive(said, uploads, token, Channel.WEB, None, at)


def enter_for_caller(*, said: Said, uploads: Sequence[Any] = (), token: str, by: Any, at: datetime) -> Taken:
    """Staff of an office write down what a caller says. Nobody takes a complaint about the own unit."""
    if not holds(by, "complaints.enter"):
        raise PermissionDenied("complaints.enter")
    return _receive(said, uploads, token, Channel.PHONE, by, at)


def taken_before(token: str, text: str, place: str) -> Taken | None:
    """What came by this form already, for the second of two clicks. Other words, or of another place, are another
    complaint."""
    rows = Complaint.objects.filter(once=_once(token), text_key=_text_key(text), division_id=place)
    row = rows.first() if token else None
    return Taken(row, query_code(token)) if row is not None else None


def find_by_codes(receipt: str, code: str) -> Complaint | None:
    """The complaint of a receipt number and its query code; one message for either being wrong."""
    number = "".join(c for c in receipt.upper() if c.isalnum() or c == "-")[:20]
    row = Complaint.objects.filter(number=number).select_related("division", "department", "office").first()
    digest = _digest(number, plain_code(code[:60]))
    # Compared also when the number is unknown: the answer takes as long.
    right = constant_time_compare(digest, row.code_digest if row is not None else "-" * len(digest))
    return row if row is not None and right else None


def query_code(token: str) -> str:
    number = int(salted_hmac(SALT + ".code", token, algorithm="sha256").hexdigest(), 16)
    letters = []
    for _n in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return grouped("".join(letters))


def office_above(division: Division) -> Division:
    """The office that sorts complaints about units of `division`: one tier up, the province for its own."""
    if division.tier == Tier.PROVINCE or division.parent is None:
        return division
    return division.parent


def _receive(said: Said, uploads: Sequence[Any], token: str, channel: str, by: Any, at: datetime) -> Taken:
    before = taken_before(token, said.text, said.division.pk)
    if before is not None:
        return before
    text, kept = _checked(said), check_outside_files(uploads, field="uploads", most=MOST_FILES)
    near, paths = _near(said, text, local_date(at)), list[str]()
    try:
        with transaction.atomic():
            row = _row(said, text, token, channel, by, at)
            _refuse_own(row, by)
            refuse_nobody(row, row.received_on)
            same = _same(row)
            row.like = same or near
            if row.like:
                row.save(update_fields=["like"])
            keep_files(row, kept, Side.COMPLAINANT, paths)
            if said.identity:
                ComplaintAuthor.objects.create(complaint=row, sealed=seal(said.identity))
            limits.start_step(row, Step.ACCEPT, row.received_on)
            ComplaintEvent.objects.create(complaint=row, action="complaint_received", at=at, by=by)
            # Neither words nor names: the log is read by more people than the complaint.
            after = {"state": row.state, "due_on": row.due_on, "came_by": row.channel}
            audit.record("complaint_received", target=row, by=by, at=at, after=after, codes=row.log_codes)
            transaction.on_commit(
                lambda: (tell_discipline if row.escalated_at else tell_office)(row, "received", at)
            )
    except IntegrityError:
        files.forget(paths)
        before = taken_before(token, said.text, said.division.pk)
        if before is not None:
            return before
        if Complaint.objects.filter(once=_once(token)).exists():
            raise DomainError(
                "form_used",
                _("This form was used for another complaint. Send it once more; everything is kept."),
            ) from None
        raise
    except BaseException:
        files.forget(paths)
        raise
    return Taken(row, query_code(token), same is not None)


def _row(said: Said, text: str, token: str, channel: str, by: Any, at: datetime) -> Complaint:
    on, office = local_date(at), office_above(said.division)
    # by the month: the day is not for the handler, who reads the number
    number = f"TS{on:%Y%m}-{numbers.take(f'TS{on:%Y%m}'):04d}"
    department = said.department
    whole = department is None and said.division.tier != Tier.PROVINCE
    about_office = whole or (department is not None and "competent" in department.duties)
    row = Complaint(
        number=number, code_digest=_digest(number, plain_code(query_code(token))), once=_once(token), kind=said.kind,
        channel=channel, anonymous=not said.identity, division=said.division, department=department,
        unit_name=(department.name if department else said.division.name)[:120], about_office=about_office,
        office=office, province_code=office.province_code, city_code=office.city_code, county_code=office.county_code,
        about_project=clean(said.about_project)[:120], happened=clean(said.happened)[:60], text=text,
        text_key=_text_key(text), received_at=at, received_on=on, entered_by=by,
        due_on=limits.deadline(said.division, Step.ACCEPT, on).due_on,
    )  # fmt: skip
    if row.office_is_unit:
        row.escalated_at, row.escalated_why = at, OFFICE_ITSELF
    row.save()
    ComplaintRound.objects.create(complaint=row, number=1)
    return row


def _refuse_own(row: Complaint, by: Any) -> None:
    if by is not None and Complaint.objects.filter(own_unit_q(by), pk=row.pk).exists():
        raise DomainError(
            "own_unit",
            _("You work in this unit. Give the caller the number of the office above, or the public form."),
            field="department",
        )


def refuse_nobody(row: Complaint, on: date) -> None:
    """There is one receiver alone for the province's own office; without people there it would lie with nobody."""
    if row.office_is_unit and not notify.staff_of(row.office_id, "complaints.escalated", on=on):
        raise DomainError(
            "nobody_there",
            _(
                "Complaints about this office go to %(office)s, which does not receive any here yet. Call 12388 instead."
            )
            % {"office": row.office_name},
            field="department",
        )


def _checked(said: Said) -> str:
    text = checked_text(said.text)
    if said.kind not in Kind.values:
        raise DomainError("kind_unknown", _("Choose what kind of complaint it is."), field="kind")
    named = said.identity
    if named and not (named.get("name") and named.get("phone")):
        raise DomainError(
            "identity_part",
            _("With your name we need name and phone; or choose “Anonymous” above."),
            field="phone" if named.get("name") else "name",
        )
    if said.division.tier == Tier.TOWNSHIP:
        raise DomainError("place_unknown", _("Choose the county or the city."), field="division")
    if said.department is not None and said.department.division_id != said.division.pk:
        raise DomainError(
            "unit_elsewhere",
            _("%(place)s has no such unit. Choose another one, or “I do not know”.")
            % {"place": said.division.name},
            field="department",
        )
    return text


def checked_text(text: str) -> str:
    """The account of what happened, long enough to be looked into."""
    text = clean_lines(text)
    if len(text) < LEAST_TEXT:
        raise DomainError(
            "text_short",
            _(
                "Please write at least %(least)d characters, there are %(n)d now: which day, which counter, "
                "what it was about, what they said."
            )
            % {"least": LEAST_TEXT, "n": len(text)},
            field="text",
        )
    return text


def clean_lines(text: str) -> str:
    """Lines kept, control characters gone; too long is told, not cut."""
    text = "\n".join(clean(line) for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
    if len(text) > MOST_TEXT:
        raise DomainError(
            "text_too_long",
            _("This has %(n)d characters; at most %(most)d are possible. Put the rest into a file.")
            % {"n": len(text), "most": MOST_TEXT},
            field="text",
        )
    return text


def _same(row: Complaint) -> Complaint | None:
    """An earlier complaint about the same unit that says exactly the same."""
    return (
        _lately(row.division, row.department, row.received_on)
        .filter(text_key=row.text_key)
        .exclude(pk=row.pk)
        .first()
    )


def _near(said: Said, text: str, on: date) -> Complaint | None:
    """An earlier one that says nearly the same. Slow with many of them, so it is sought before anything is locked."""
    for other in _lately(said.division, said.department, on).order_by("-pk")[:LIKE_AT_MOST]:
        match = difflib.SequenceMatcher(None, other.text[:600], text[:600], autojunk=False)
        if match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE:
            return other
    return None


def _lately(division: Division, department: Department | None, on: date) -> QuerySet[Complaint]:
    since = on - timedelta(days=LIKE_DAYS)
    rows = Complaint.objects.filter(division=division, department=department, received_on__gte=since)
    return rows.order_by("pk")


def keep_files(
    row: Complaint, kept: list[tuple[files.Checked, Any]], side: str, paths: list[str], word: Any = None
) -> None:
    """Store checked files under random names; `paths` tells the caller what to forget when the write fails.

    The caller has written or locked the complaint's row in this transaction, so that nobody numbers files beside it.
    """
    start = row.files.count()
    for number, (checked, upload) in enumerate(kept, start + 1):
        path = files.keep(upload, checked, "complaints")
        paths.append(path)
        ComplaintFile.objects.create(
            complaint=row, word=word, side=side, position=number, path=path, suffix=checked.suffix,
            content_type=checked.content_type, size=checked.size, sha256=checked.sha256,
        )  # fmt: skip


def _text_key(text: str) -> str:
    """The same for words as they were sent, of any length, and as they are kept."""
    return hashlib.sha256(company_key(clean(text)).encode()).hexdigest()


def _once(token: str) -> str:
    return salted_hmac(SALT + ".once", token, algorithm="sha256").hexdigest()


def _digest(number: str, code: str) -> str:
    return salted_hmac(SALT + ".lookup", f"{number}:{code}", algorithm="sha256").hexdigest()
