"""Publish an issued circular, withdraw it again. Nobody publishes words that name a person, a project or a company."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.jsontext import encode_sorted
from accounts.models import Division
from accounts.scope import require_own
from policy.periods import Period
from reporting.circulars.models import Circular, CircularState
from reporting.disclosure import allowlist, extras, named, queries
from reporting.disclosure.beside import Beside
from reporting.disclosure.models import Publication
from reporting.reports.services import content_of

PERMISSION = "disclosure.publish"


def publish_circular(*, circular: Circular, sections: Collection[int], by: Any, at: datetime) -> Publication:
    """Put an issued circular on the public site. `sections`: indexes (from 0) of the parts of its words to publish.

    The tables come from the frozen report through the allow-list. A circular that corrects another takes its place.
    """
    require_own(by, PERMISSION, circular.unit)
    if circular.state != CircularState.ISSUED:
        raise DomainError("not_issued", _("Only an issued circular is published. Number and issue it first."))
    wanted = {n for n in sections if 0 <= n < len(circular.body)}
    if found := [one for one in findings_in(circular) if one.section == 0 or one.section - 1 in wanted]:
        code = "named" if found[0].is_name else "personal_data"
        raise DomainError(code, _refusal_words(found[0]), field="sections")
    payload = payload_for(circular, wanted, on=local_date(at))
    try:
        with transaction.atomic():
            row = Publication.objects.create(
                unit=circular.unit, circular=circular, slug=_slug(circular), period=circular.period,
                cut_off_on=circular.report.snapshot.cut_off_on, payload=payload, digest=_digest(payload),
                published_by=by, published_at=at, **circular.unit.codes,
            )  # fmt: skip
            Publication.objects.public().filter(unit=circular.unit, period=circular.period).exclude(
                pk=row.pk
            ).update(replaced_by=row)
            audit.record(
                "circular_published", target=row, by=by, at=at, after={"number": circular.number, "digest": row.digest}
            )  # fmt: skip
    except IntegrityError:
        raise StaleState("already_published", _("This circular is published already.")) from None
    return row


def withdraw_publication(*, publication: Publication, note: str, by: Any, at: datetime) -> Publication:
    """Take a publication off the site; number, dates and the note stay in the public log."""
    require_own(by, PERMISSION, publication.unit)
    note = " ".join(note.split())
    if not note:
        raise DomainError("note_required", _("Write for the public why it is withdrawn."), field="note")
    names = named.names_in(publication.circular.report.snapshot_id)
    if found := allowlist.findings([], names, title=note):
        raise DomainError(
            "named" if found[0].is_name else "personal_data",
            _("“%(text)s” must not stand in the note: everybody reads it in the public log. Take it out.")
            % {"text": found[0].text},
            field="note",
        )
    with transaction.atomic():
        done = Publication.objects.filter(pk=publication.pk, withdrawn_at=None).update(
            withdrawn_at=at, withdrawn_by=by, withdrawal_note=note[:300]
        )
        if not done:
            raise StaleState("already_withdrawn", _("This publication was withdrawn in the meantime."))
        audit.record("publication_withdrawn", target=publication, by=by, at=at, reason=note)
    publication.refresh_from_db()
    return publication


def findings_in(circular: Circular) -> list[allowlist.Finding]:
    """What of the circular's title and words must not go public, in their order."""
    names = named.names_in(circular.report.snapshot_id)
    return allowlist.findings(circular.body, names, title=circular.title)


def open_sections(circular: Circular, found: Collection[allowlist.Finding] | None = None) -> list[int]:
    """Indexes (from 0) of the sections in which nothing was found."""
    held = {one.section - 1 for one in (findings_in(circular) if found is None else found)}
    return [n for n in range(len(circular.body)) if n not in held]


def payload_for(circular: Circular, sections: Collection[int], *, on: date) -> dict[str, Any]:
    """What the public would see with these sections (indexes from 0) if published on that day: also the publisher's
    preview.

    Ratings by the month alone: a quarter beside its months would tell what a month withholds.
    """
    chosen = [section for n, section in enumerate(circular.body) if n in set(sections)]
    period, content = Period.parse(circular.period), content_of(circular.report)
    last = min(period.last, content.cut_off_on)
    beside, others = _beside(circular.unit, period, content.previous_period)
    return allowlist.payload_of(
        content, title=circular.title, number=circular.number, issued_on=circular.issued_on, sections=chosen,
        extras=extras.counted(circular.unit, period, last, on=on), beside=beside, others=others,
    )  # fmt: skip


def _beside(unit: Division, period: Period, previous: str) -> tuple[Beside, dict[str, Beside]]:
    """What stands of the period elsewhere, and of the previous one and each month of it, the unit's own included."""
    now, others = str(period), {previous, *(str(month) for month in period.months)} - {str(period), ""}
    found = queries.beside(unit, {now, *others})

    def of(wanted: str) -> Beside:
        payloads = [
            one
            for one in found
            if one["period"] == wanted and (wanted != now or one["unit"]["code"] != unit.pk)
        ]
        return Beside.of(payloads, unit.pk, allowlist.GROUPS)

    return of(now), {one: of(one) for one in others}


def _slug(circular: Circular) -> str:
    base = f"{circular.unit_id}-{circular.period}"
    before = Publication.objects.filter(unit=circular.unit, period=circular.period).count()
    return f"{base}-{before + 1}" if before else base


def _digest(payload: dict[str, Any]) -> str:
    return hashlib.sha256(encode_sorted(payload).encode()).hexdigest()


def _refusal_words(found: allowlist.Finding) -> str:
    if not found.section:
        return _("The title names “%(text)s”. Correct the circular; this one is not published.") % {
            "text": found.text
        }
    place = _("section %(n)d, paragraph %(m)d") % {"n": found.section, "m": found.paragraph}
    if not found.paragraph:
        place = _("heading of section %(n)d") % {"n": found.section}
    words = {"text": found.text, "place": place}
    if found.is_name:
        return (
            _(
                "“%(text)s” (%(place)s) is a project or company. Leave this section out, or correct the circular."
            )
            % words
        )
    return (
        _("“%(text)s” (%(place)s) looks like personal data. Leave this section out, or correct the circular.")
        % words
    )
