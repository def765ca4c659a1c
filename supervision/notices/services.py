"""Writing, publishing and withdrawing policy notices; who is addressed; the receipt of reading."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.files import Checked, check_files, forget, keep
from accounts.models import Division, User
from accounts.outside.personal import Sort, personal
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings, require_own
from projects.industries import LABELS_4567, SECTION_LABELS
from projects.text import clean
from supervision.notices import addressing, telling
from supervision.notices.models import (
    OFFICE_ROLES,
    Audience,
    Notice,
    NoticeFile,
    NoticeRows,
    NoticeState,
    Receipt,
)

PERMISSION = "notices.write"
PUBLISH = telling.PUBLISH
MOST_TEXT = 20_000
MOST_FILES = 6
# Never for everybody to read: a mobile phone is a person's, an identity number too; an office's landline and mail
# address may be given.
_PERSONAL = (Sort.MOBILE, Sort.IDENTITY)


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says and to whom. Empty `divisions`, `industries` or `roles`: all of them."""

    title: str
    text: str
    audience: str = Audience.COMPANIES
    divisions: Sequence[Division] = ()
    industries: Sequence[str] = ()
    roles: Sequence[str] = ()
    is_public: bool = False


def draft_notice(
    *, unit: Division, words: Words, uploads: Sequence[Any] = (), by: Any, at: datetime
) -> Notice:
    """A new draft of `unit`, which only writers of the area see."""
    require_own(by, PERMISSION, unit)
    words = _checked(words, unit)
    with _kept(uploads, at) as files, transaction.atomic():
        row = Notice.objects.create(unit=unit, written_by=by, written_at=at, **_columns(words), **unit.codes)
        row.divisions.set(words.divisions)
        _add_files(row, files)
        audit.record("notice_drafted", target=row, by=by, at=at, after={"title": row.title})
    return row


def edit_draft(
    *, notice: Notice, words: Words, turn: int, uploads: Sequence[Any] = (), drop: Iterable[int] = (), by: Any,
    at: datetime,
) -> Notice:  # fmt: skip
    """Change a draft. `turn`: as the writer saw it; `drop`: ids of files to take out."""
    require_own(by, PERMISSION, notice.unit)
    words = _checked(words, notice.unit)
    gone = list(notice.files.filter(pk__in=list(drop)))
    _count_files(notice.files.count() - len(gone) + len(uploads))
    with _kept(uploads, at) as files, transaction.atomic():
        take_step(notice, _in_state(NoticeState.DRAFT), turn, **_columns(words), written_by=by, written_at=at)
        notice.divisions.set(words.divisions)
        NoticeFile.objects.filter(pk__in=[one.pk for one in gone]).delete()
        _add_files(notice, files)
        audit.record("notice_edited", target=notice, by=by, at=at, after={"title": words.title})
        transaction.on_commit(lambda: forget([one.path for one in gone]))
    return notice


def publish_notice(*, notice: Notice, turn: int, by: Any, at: datetime) -> Notice:
    """Send it to everybody it is addressed to. From now on it is never changed.

    Proposed for the public site, it waits there for another person's word (`releasing`); refused where there is none.
    """
    require_own(by, PERMISSION, notice.unit)
    if notice.is_public:
        refuse_personal(notice)
    releasers = _releasers(notice, by, at) if notice.is_public else []
    with transaction.atomic():
        take_step(
            notice, _in_state(NoticeState.DRAFT), turn, state=NoticeState.PUBLISHED, published_by=by, published_at=at
        )  # fmt: skip
        people = addressing.address(notice, at)
        if not people and not notice.is_public:
            raise DomainError(
                "nobody_addressed",
                _(
                    "Nobody is addressed by this: no invited company or officer matches place, industry and role. "
                    "Widen them, or publish the notice on the public site."
                ),
            )
        audit.record("notice_published", target=notice, by=by, at=at, after={"people": len(people)})
        telling.tell_published(notice, people, at)
        if notice.is_public:
            telling.tell_proposed(notice, releasers, by, at)
    return notice


def _releasers(notice: Notice, by: Any, at: datetime) -> list[User]:
    found = telling.releasers(notice, by, local_date(at))
    if not found:
        raise DomainError(
            "nobody_releases",
            _(
                "Nobody else can release this for the public site: neither at %(unit)s nor above it has another head "
                "an account. Ask the administrator for one, or take the public site out of the draft, then publish."
            )
            % {"unit": notice.unit.name},
        )
    return found


def refuse_personal(notice: Notice) -> None:
    """Raise DomainError where the words carry a number of a person: nobody publishes that."""
    if found := personal(f"{notice.title}\n{notice.text}", _PERSONAL):
        raise DomainError(
            "personal_data",
            _(
                "“%(text)s” looks like a mobile or identity number. A notice on the public site must not carry it: "
                "take it out, or do not publish the notice there."
            )
            % {"text": found[0]},
        )


def withdraw_notice(*, notice: Notice, reason: str, turn: int, by: Any, at: datetime) -> Notice:
    """Take a published notice back; everybody who was addressed reads why.

    From the public site only whoever publishes there takes it: the reason stands there for everybody.
    """
    require_own(by, PERMISSION if notice.public_at is None else PUBLISH, notice.unit)
    reason = checked_reason(reason, _("Write why the notice is withdrawn."))
    if notice.public_at is not None and (found := personal(reason, _PERSONAL)):
        raise DomainError(
            "personal_data",
            _(
                "“%(text)s” looks like a mobile or identity number. The reason stands on the public site: take it out."
            )
            % {"text": found[0]},
            field="reason",
        )
    with transaction.atomic():
        take_step(
            notice, _in_state(NoticeState.PUBLISHED), turn, state=NoticeState.WITHDRAWN, withdrawn_by=by, withdrawn_at=at,
            withdrawal_reason=reason,
        )  # fmt: skip
        audit.record("notice_withdrawn", target=notice, by=by, at=at, reason=reason)
        telling.tell_withdrawn(notice, at)
    return notice


def discard_draft(*, notice: Notice, turn: int, by: Any, at: datetime) -> None:
    """Throw a draft away, with its files."""
    require_own(by, PERMISSION, notice.unit)
    paths = list(notice.files.values_list("path", flat=True))
    with transaction.atomic():
        take_step(notice, _in_state(NoticeState.DRAFT), turn)
        audit.record("notice_discarded", target=notice, by=by, at=at, before={"title": notice.title})
        notice.delete()
        transaction.on_commit(lambda: forget(paths))


def confirm_read(*, notice: Notice, by: Any, at: datetime) -> int:
    """The receipt: the person says they have read it. Twice counts once; nobody else's is ever touched."""
    if notice.state == NoticeState.DRAFT:
        raise DomainError("not_published", _("This notice is not published."))
    mine = Receipt.objects.filter(notice=notice, user=by)
    if not mine.exists():
        raise PermissionDenied("notices.read")  # a right that addressing gives, not a role
    with transaction.atomic():
        count = mine.filter(read_at=None).update(read_at=at)
        if count:
            audit.record("notice_read", target=notice, by=by, at=at)
    return count


def writing_units(user: Any) -> list[Division]:
    """Units in whose name the person may write, the chosen posting's first."""
    found = {
        posting.division_id: posting.division
        for posting in current_postings(user)
        if PERMISSION in PERMISSIONS[posting.role]
    }
    return list(found.values())


def _checked(words: Words, unit: Division) -> Words:
    title, text = clean(" ".join((words.title or "").split())), clean(words.text or "")
    if not title:
        raise DomainError("title_missing", _("Write a title."), field="title")
    if len(title) > 120:
        raise DomainError("title_long", _("At most 120 characters, please."), field="title")
    if not text:
        raise DomainError("text_missing", _("Write what the notice says."), field="text")
    if len(text) > MOST_TEXT:
        raise DomainError(
            "text_long", _("At most 20,000 characters; attach the rest as a file."), field="text"
        )
    if any(not one.path.startswith(unit.path) for one in words.divisions):
        raise DomainError("place_outside", _("This place lies outside your area."), field="divisions")
    if set(words.industries) - set(SECTION_LABELS) - set(LABELS_4567):
        raise DomainError("industry_unknown", _("This industry does not exist."), field="industries")
    if set(words.roles) - set(OFFICE_ROLES):
        raise DomainError("role_unknown", _("Notices cannot be addressed to this role."), field="roles")
    if words.audience not in Audience.values:
        raise DomainError("audience_unknown", _("Choose companies, offices or both."), field="audience")
    return Words(
        title, text, words.audience, tuple(words.divisions),
        () if words.audience == Audience.OFFICES else tuple(words.industries),
        () if words.audience == Audience.COMPANIES else tuple(words.roles), words.is_public,
    )  # fmt: skip


def _columns(words: Words) -> dict[str, Any]:
    return {
        "title": words.title, "text": words.text, "audience": words.audience, "industries": sorted(words.industries),
        "roles": sorted(words.roles), "is_public": words.is_public,
    }  # fmt: skip


def checked_reason(typed: str, lacking: str) -> str:
    """The reason in one line, at most 300 characters; `lacking` is said where there is none."""
    reason = clean(" ".join((typed or "").split()))
    if not reason:
        raise DomainError("reason_missing", lacking, field="reason")
    if len(reason) > 300:
        raise DomainError("reason_long", _("At most 300 characters, please."), field="reason")
    return reason


def take_step(notice: Notice, rows: NoticeRows, turn: int, /, **changes: Any) -> None:
    """Change it if it is among `rows`, those that may take this step, as the person saw it; StaleState else."""
    if not rows.filter(pk=notice.pk, turn=turn).update(turn=turn + 1, **changes):
        raise StaleState(
            "notice_moved",
            _("Somebody else has changed this notice meanwhile. Look at it anew, then decide."),
        )
    notice.refresh_from_db()


def _in_state(state: str) -> NoticeRows:
    return Notice.objects.filter(state=state)


def _count_files(number: int) -> None:
    if number > MOST_FILES:
        raise DomainError(
            "files_too_many",
            _("At most %(n)d files belong to one notice.") % {"n": MOST_FILES},
            field="uploads",
        )


@contextmanager
def _kept(uploads: Sequence[Any], at: datetime) -> Iterator[list[tuple[Checked, str]]]:
    """Files checked and stored; taken out again when the block fails."""
    checked, done = check_files(uploads, field="uploads"), []
    try:
        for known, upload in checked:
            done.append((known, keep(upload, known, f"notices/{at:%Y%m}")))
        yield done
    except BaseException:
        forget([path for _known, path in done])
        raise


def _add_files(notice: Notice, files: Iterable[tuple[Checked, str]]) -> None:
    NoticeFile.objects.bulk_create(
        NoticeFile(
            notice=notice, name=known.name, path=path, content_type=known.content_type, size=known.size,
            sha256=known.sha256,
        )
        for known, path in files
    )  # fmt: skip
