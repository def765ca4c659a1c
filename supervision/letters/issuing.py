"""Signed by another than the writer, numbered and issued with its clock, withdrawn by a reason only (起草→签发→印发)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.scope import posted_at, require_own
from documents import format_number
from documents.codec import to_json
from projects.numbers import take
from projects.text import clean
from supervision.letters.models import DRAFT, SIGN, PaperKind, PaperState, SupervisionPaper
from supervision.letters.organs import organ_word
from supervision.letters.paper import build
from supervision.letters.writing import still_holds
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterState


def sign_paper(*, paper: SupervisionPaper, row_version: int, by: Any, at: datetime) -> SupervisionPaper:
    """The head signs the words as they stand: not the one who wrote them last, and only while the facts still hold."""
    require_own(by, SIGN, paper.unit)
    if paper.writer_id == by.pk:
        raise DomainError("own_words", _("You wrote this text yourself; someone else has to sign it."))
    if paper.kind == PaperKind.NOTICE:
        still_holds(paper, local_date(at))
    changes = {"state": PaperState.SIGNED, "signed_by": by, "signed_at": at, "returned_reason": ""}
    with transaction.atomic():
        _move(paper, [PaperState.DRAFT], changes, "paper_signed", by=by, at=at, row_version=row_version)
        transaction.on_commit(lambda: _tell(paper, _("Signed, to be numbered and issued: %(title)s"), at))
    return paper


def return_paper(*, paper: SupervisionPaper, reason: str, by: Any, at: datetime) -> SupervisionPaper:
    """Back to the writer with the reason, signed or not."""
    require_own(by, SIGN, paper.unit)
    reason = _reason(reason, _("Say what has to be changed."))
    changes = {"state": PaperState.DRAFT, "signed_by": None, "signed_at": None, "returned_reason": reason}
    with transaction.atomic():
        _move(
            paper, [PaperState.DRAFT, PaperState.SIGNED], changes, "paper_returned", by=by, at=at, reason=reason
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(paper, _("Returned for changes: %(title)s"), at, reason))
    return paper


def issue_paper(*, paper: SupervisionPaper, by: Any, at: datetime) -> SupervisionPaper:
    """Number, matter and page in one transaction: no gap and no double, whatever dies in the middle.

    The year of the number is that of the business date (Asia/Shanghai) of `at`. What is issued is kept as a document.
    """
    require_own(by, DRAFT, paper.unit)
    on = local_date(at)
    if paper.kind == PaperKind.NOTICE:
        still_holds(paper, on)
    if paper.due_on is not None and paper.due_on < on:
        raise DomainError(
            "due_in_past",
            _("The last day %(day)s has passed. Have the paper returned and set a later one.")
            % {"day": paper.due_on.isoformat()},
        )
    with transaction.atomic():
        # The row first: of two who issue at once the second waits here and takes no number.
        held = SupervisionPaper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
        if held.state != PaperState.SIGNED or held.row_version != paper.row_version:
            raise _stale()
        seq = take(series(held, on.year))
        matter = _press(held, by=by, at=at)
        held.number = format_number(organ_word(held.unit, held.kind), on.year, seq)
        held.number_year, held.number_seq = on.year, seq
        held.state, held.issued_by, held.issued_at, held.issued_on = PaperState.ISSUED, by, at, on
        held.matter = matter
        changes = {
            name: getattr(held, name)
            for name in (
                "state", "number", "number_year", "number_seq", "issued_by", "issued_at", "issued_on", "matter",
            )
        }  # fmt: skip
        changes["document"] = to_json(build(held))
        _move(paper, [PaperState.SIGNED], changes, "paper_issued", by=by, at=at)
    return paper


def series(paper: SupervisionPaper, year: int) -> str:
    """The series of an organ's papers of one kind and year."""
    return f"{paper.kind}-{paper.unit_id}-{year}"


def _press(paper: SupervisionPaper, *, by: Any, at: datetime) -> Matter:
    return matters.issue_matter(
        source=paper.kind, source_id=paper.pk, title=paper.title, demand=paper.demand, issuer=paper.unit,
        unit=paper.addressee, department=paper.department, project=paper.project, due_on=paper.due_on,
        urgency=paper.urgency, basis=paper.basis, rule_id=paper.rule_id, by=by, at=at,
    )  # fmt: skip


def withdraw_paper(*, paper: SupervisionPaper, reason: str, by: Any, at: datetime) -> SupervisionPaper:
    """A draft is laid aside; an issued one is taken back with its matter. The number stays used, the words stay."""
    issued = paper.state == PaperState.ISSUED
    require_own(by, SIGN if issued else DRAFT, paper.unit)
    reason = _reason(reason, _("Say why it is withdrawn; whoever received it reads this."))
    if issued and paper.matter is not None and not paper.matter.is_open:
        raise DomainError(
            "matter_over", _("Its matter is closed already; what was done with it stays on record.")
        )
    sources = [PaperState.ISSUED] if issued else [PaperState.DRAFT, PaperState.SIGNED]
    with transaction.atomic():
        if issued and paper.matter is not None:  # its row before the paper's, as on the matter's own page
            Matter.objects.select_for_update(of=("self",)).get(pk=paper.matter.pk)
        _withdraw(paper, sources, reason, by=by, at=at)
        if issued and paper.matter is not None:
            matters.withdraw_matter(matter=paper.matter, reason=reason, by=by, at=at)
    return paper


def follow_matter(matter: Matter, by: Any, at: datetime) -> None:
    """The matter was taken back on its own page: its paper with it. Runs inside that transaction, and refuses it to
    whoever may not withdraw a signed paper; what ended with its project is nobody's choice."""
    if matter.state != MatterState.WITHDRAWN:
        return
    paper = SupervisionPaper.objects.filter(matter=matter, state=PaperState.ISSUED).first()
    if paper is None:
        return
    last = matter.entries.order_by("-at", "-pk").first()
    by_hand = last is not None and last.kind == "withdraw"
    if by_hand and not posted_at(by, paper.unit_id, SIGN):
        raise DomainError(
            "head_withdraws",
            _("%(number)s was signed by the head; only the head withdraws it.") % {"number": paper.number},
        )
    reason = last.text if last and last.text else str(_("its matter ended"))
    _withdraw(paper, [PaperState.ISSUED], reason[:500], by=by, at=at)


def may_sign(paper: SupervisionPaper, user: Any) -> bool:
    """Whether the button is offered: the right role at the unit, and not one's own words."""
    return posted_at(user, paper.unit_id, SIGN) and paper.writer_id != user.pk


def _withdraw(paper: SupervisionPaper, sources: Sequence[str], reason: str, *, by: Any, at: datetime) -> None:
    changes = {
        "state": PaperState.WITHDRAWN,
        "withdrawn_by": by,
        "withdrawn_at": at,
        "withdraw_reason": reason,
    }
    _move(paper, sources, changes, "paper_withdrawn", by=by, at=at, reason=reason)


def _move(
    paper: SupervisionPaper,
    sources: Sequence[str],
    changes: dict[str, Any],
    action: str,
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    row_version: int | None = None,
) -> None:
    """Compare-and-set with its audit record."""
    seen = paper.row_version if row_version is None else row_version
    with transaction.atomic():
        before = paper.state
        rows = SupervisionPaper.objects.filter(pk=paper.pk, state__in=sources, row_version=seen)
        if not rows.update(**changes, row_version=seen + 1):
            raise _stale()
        paper.refresh_from_db()
        audit.record(
            action, target=paper, by=by, at=at, before={"state": before},
            after={"state": paper.state, "number": paper.number}, reason=reason, rule_id=paper.rule_id,
        )  # fmt: skip


def _stale() -> StaleState:
    return StaleState(
        "stale", _("Someone else was faster: this paper has changed. Look at it as it stands now.")
    )


def _reason(text: str, message: str) -> str:
    text = "\n".join(clean(line) for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
    if not text:
        raise DomainError("reason_required", message, field="reason")
    if len(text) > 500:
        raise DomainError("reason_too_long", _("At most 500 characters, please."), field="reason")
    return text


def _tell(paper: SupervisionPaper, title: str, at: datetime, text: str = "") -> None:
    """The writers hear what the head did."""
    people = {
        person for person in (paper.drafted_by, paper.edited_by) if person is not None and person.is_active
    }
    notify.tell(
        people,
        key=f"paper:{paper.pk}:{paper.row_version}",
        kind="letters",
        title=title % {"title": paper.title},
        text=text,
        url=reverse("letters:detail", args=[paper.pk]),
        at=at,
    )
