"""One move of a referral: compare-and-set, audit outside every area, files of statements and outcomes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, files
from accounts.errors import DomainError
from projects.text import clean
from supervision.referrals.access import require_move, stale
from supervision.referrals.looks import NO_AREA
from supervision.referrals.models import Referral, ReferralFile

FOLDER = "referrals"
MOST_TEXT = 4000


def keep_files(referral: Referral, checked: Sequence[tuple[files.Checked, Any]], **place: Any) -> list[str]:
    paths: list[str] = []
    try:
        for known, upload in checked:
            paths.append(files.keep(upload, known, FOLDER))
            ReferralFile.objects.create(
                referral=referral, name=known.name, path=paths[-1], content_type=known.content_type, size=known.size,
                sha256=known.sha256, **place,
            )  # fmt: skip
    except BaseException:
        files.forget(paths)
        raise
    return paths


def advance(referral: Referral, code: str, turn: int | None, changes: dict[str, Any], by: Any) -> None:
    """Compare-and-set on state and turn; the second of two people is told what happened."""
    move = require_move(by, referral, code)
    seen = referral.turn if turn is None else turn
    rows = Referral.objects.filter(pk=referral.pk, turn=seen, state__in=move.sources)
    if not rows.update(state=move.target or referral.state, turn=F("turn") + 1, **changes):
        raise stale(referral)
    referral.refresh_from_db()


def record(
    code: str, referral: Referral, by: Any, at: datetime, after: dict[str, Any], reason: str = ""
) -> None:
    audit.record(
        f"referral_{code}", target=referral, by=by, at=at, after={"state": referral.state, **after},
        reason=reason[:500], codes=NO_AREA,
    )  # fmt: skip


def text_of(text: str, field: str, missing: Any) -> str:
    text = "\n".join(clean(line) for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
    if not text:
        raise DomainError("text_missing", missing, field=field)
    if len(text) > MOST_TEXT:
        raise DomainError(
            "text_too_long",
            _("This has %(n)d characters; at most %(most)d are possible. Put the rest into a file.")
            % {"n": len(text), "most": MOST_TEXT},
            field=field,
        )
    return text
