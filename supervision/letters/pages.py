"""What the pages of papers share: the person's issuing unit, the form with its start, downloads, who may do what."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Division
from accounts.permissions import PERMISSIONS
from accounts.scope import acting_posting, current_postings, posted_at
from supervision.letters.forms import PaperForm
from supervision.letters.models import DRAFT, SIGN, PaperKind, PaperState, SupervisionPaper, Urgency
from supervision.letters.organs import kind_for, ladder_rule, limit_days, organs_fault_only
from supervision.letters.services import may_sign


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """What a notice may rest on in this regime, and the text that says so (printed on the pages of papers)."""

    organ_only: bool
    basis: str


def notice_rule(unit: Division, on: date, organ_only: bool | None = None) -> NoticeRule:
    """The rule in force for the unit on `on`; `organ_only` is the one a paper was drafted under, where it exists."""
    only = organs_fault_only(unit, on) if organ_only is None else organ_only
    return NoticeRule(only, ladder_rule(unit, on).basis.text)


def issuing_unit(user: Any) -> Division | None:
    """The unit in whose name this person drafts papers: the posting chosen, else the first that may."""
    chosen = acting_posting(user)
    postings = current_postings(user)
    for posting in sorted(postings, key=lambda one: chosen is None or one.pk != chosen.pk):
        if DRAFT in PERMISSIONS[posting.role] and kind_for(posting.division) is not None:
            found: Division = posting.division
            return found
    return None


def chain(place: Division, unit: Division) -> list[Division]:
    """The units from `place` up to `unit`: whom a letter about it may be addressed to."""
    found, step = [], place
    while True:
        found.append(step)
        if step.pk == unit.pk or step.parent is None:
            return found
        step = step.parent


def paper_form(
    data: Any, *, kind: str, place: Division, unit: Division, on: date, initial: dict[str, Any]
) -> PaperForm:
    form = PaperForm(data, kind=kind, units=chain(place, unit), on=on, initial=initial)
    form.limits({code: limit_days(unit, code, on) for code in Urgency.values})
    return form


def rights(paper: SupervisionPaper, user: Any) -> dict[str, bool]:
    """Which buttons the page shows; the services decide."""
    drafts = posted_at(user, paper.unit_id, DRAFT)
    heads = posted_at(user, paper.unit_id, SIGN)
    fresh, signed = paper.state == PaperState.DRAFT, paper.state == PaperState.SIGNED
    open_matter = paper.matter is not None and paper.matter.is_open
    return {
        "may_edit": drafts and fresh,
        "may_sign": fresh and may_sign(paper, user),
        "wrote_it": paper.writer_id == user.pk,
        "may_return": heads and (signed or (fresh and paper.writer_id != user.pk)),
        "may_issue": drafts and signed,
        "may_withdraw": (drafts and (fresh or signed))
        or (heads and paper.state == PaperState.ISSUED and open_matter),
        "is_notice": paper.kind == PaperKind.NOTICE,
    }


def draft_words(user: Any) -> str:
    """The words on the button that begins a paper: what this person's unit issues."""
    unit = issuing_unit(user)
    if unit is None:
        return ""
    return (
        _("Draft a supervision letter")
        if kind_for(unit) == PaperKind.LETTER
        else _("Draft a supervision notice")
    )
