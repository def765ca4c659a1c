"""Writing a paper: drafted on a ground, its words edited, its evidence taken again. Nothing issued is ever written."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from accounts.scope import require_own
from approvals.checklist.models import UNDER_WAY
from projects.text import clean
from supervision.letters import evidence, grounds
from supervision.letters.drafting import addressed_words, frozen, problem_of
from supervision.letters.grounds import Ground
from supervision.letters.models import DRAFT, GroundKind, PaperKind, PaperState, SupervisionPaper
from supervision.letters.organs import kind_for, ladder_rule, organs_fault_only
from supervision.matters.models import OPEN_STATES

# Words a person writes; keys of `values`.
WORDS = (
    "title", "addressees", "copies", "reason", "overview", "problem", "basis", "authority", "authority_number",
    "authority_on", "demand", "urgency", "due_on", "feedback", "contact_name", "contact_phone",
)  # fmt: skip
REQUIRED = (
    "title", "addressees", "reason", "problem", "basis", "demand", "feedback", "contact_name", "contact_phone",
)  # fmt: skip
LONGEST = 4000
FRESH = {PaperState.DRAFT, PaperState.SIGNED}


def draft_paper(
    *, ground: Ground, unit: Division, values: Mapping[str, Any], by: Any, at: datetime
) -> SupervisionPaper:
    """A draft of the unit's paper on `ground`: a notice (city, county) or a letter (province).

    `values`: WORDS, and `addressee` and `department`. Where the regime's rule `organ_fault_only` says so, a notice is
    refused with both counters shown unless the organ caused the delay. Raises PermissionDenied, DomainError.
    """
    require_own(by, DRAFT, unit)
    kind = kind_for(unit)
    if kind is None:
        raise DomainError("no_paper_here", _("Townships issue no supervision papers; ask the county."))
    organ_only = organs_fault_only(unit, local_date(at))
    if kind == PaperKind.NOTICE:
        ground = grounds.to_be_pressed(ground, unit, organ_only=organ_only)
    check_ground(ground, unit, kind, organ_only=organ_only)
    addressee, department = _addressed(ground, unit, kind, values, local_date(at))
    words = checked_words(values, kind, local_date(at))
    fields: dict[str, Any] = {
        "kind": kind, "unit": unit, "addressee": addressee, "department": department, "project": ground.project,
        "ground": ground.kind, "ground_key": ground.key, "party": ground.verdict.party,
        "evidence": frozen(ground), "evidence_on": ground.verdict.on,
        "rule_id": ladder_rule(unit, local_date(at)).id, "organ_fault_only": organ_only,
        "drafted_by": by, "drafted_at": at, **ground.links, **words, **addressee.codes,
    }  # fmt: skip
    try:
        with transaction.atomic():
            _none_open(unit, ground)
            paper = SupervisionPaper.objects.create(**fields)
            audit.record(
                "paper_drafted", target=paper, by=by, at=at, rule_id=paper.rule_id,
                after={
                    "kind": kind, "title": paper.title, "addressee": paper.addressed_name, "party": paper.party,
                    "ground": ground.key, "organ_fault_only": organ_only,
                },
            )  # fmt: skip
    except IntegrityError as error:
        raise _already(unit, ground) from error
    return paper


def check_ground(ground: Ground, unit: Division, kind: str, *, organ_only: bool) -> None:
    """Raise unless the unit may press this: it lies at or below it; for a notice something is late, and where the
    regime asks for it (`organ_only`) the organ caused the delay."""
    if not ground.unit.path.startswith(unit.path):
        raise DomainError(
            "ground_above",
            _("%(office)s does not lie below %(unit)s. Ask the tier above to supervise it.")
            % {"office": ground.department or ground.unit, "unit": unit.name},
        )
    if kind == PaperKind.NOTICE:
        if ground.project is not None and ground.project.state not in UNDER_WAY:
            raise DomainError(
                "project_ended",
                _("This project has ended; there is no delay of an approval to press any more."),
            )
        why = evidence.refusal(ground.verdict, organ_only=organ_only)
        if why:
            code = "not_the_organs_delay" if organ_only else "nothing_late"
            raise DomainError(code, why, details=ground.verdict.to_json())


def edit_paper(
    *, paper: SupervisionPaper, values: Mapping[str, Any], row_version: int, by: Any, at: datetime
) -> SupervisionPaper:
    """Change the words of a draft. Whoever writes last does not sign. `values` as for `draft_paper`."""
    require_own(by, DRAFT, paper.unit)
    after = checked_words(values, paper.kind, local_date(at))
    before = {name: getattr(paper, name) for name in after}
    if paper.kind == PaperKind.LETTER and values.get("addressee") is not None:
        ground = grounds.again(paper, paper.evidence_on)
        place = ground.unit if ground else paper.addressee
        addressee, department = _within(values, place, paper.unit, local_date(at))
        before |= {"addressee": paper.addressee, "department": paper.department}
        after |= {"addressee": addressee, "department": department}
    changed = {name for name in after if after[name] != before[name]}
    if "addressee" in changed:
        after |= after["addressee"].codes
    with transaction.atomic():
        _write(paper, {**after, "edited_by": by, "edited_at": at}, row_version)
        audit.record(
            "paper_edited", target=paper, by=by, at=at,
            before={name: _plain(before[name]) for name in changed},
            after={name: _plain(after[name]) for name in changed},
        )  # fmt: skip
    return paper


def renew_evidence(*, paper: SupervisionPaper, by: Any, at: datetime) -> SupervisionPaper:
    """Take the counters again as they stand today, for a draft. Facts nobody rewrote are replaced in the words too."""
    require_own(by, DRAFT, paper.unit)
    on = local_date(at)
    ground = standing_ground(paper, on)
    changes: dict[str, Any] = {
        "evidence": frozen(ground),
        "evidence_on": on,
        "party": ground.verdict.party,
        "edited_by": by,
        "edited_at": at,
    }
    if paper.kind == PaperKind.NOTICE:  # to whoever has it now
        changes |= {"addressee": ground.unit, "department": ground.department, **ground.unit.codes}
        if paper.addressees == addressed_words(paper.addressee, paper.department):
            changes["addressees"] = addressed_words(ground.unit, ground.department)
    facts = problem_of(ground.verdict, ground.name, ground.kind)
    if paper.problem == paper.evidence.get("words", "") or not paper.problem:
        changes["problem"] = facts or paper.problem
    before = {"evidence_on": paper.evidence_on, "party": paper.party, "problem": paper.problem}
    with transaction.atomic():
        _write(paper, changes, paper.row_version)
        audit.record(
            "paper_evidence_renewed", target=paper, by=by, at=at, before=before,
            after={name: getattr(paper, name) for name in before},
        )  # fmt: skip
    return paper


def standing_ground(paper: SupervisionPaper, on: date) -> Ground:
    """The ground as it stands on `on`, or a refusal: what was the organ's delay when drafted may be so no longer. The
    rule is the one the paper was drafted under."""
    ground = grounds.again(paper, on)
    if ground is None:
        raise DomainError(
            "ground_gone",
            _(
                "What this paper rests on is no longer there (the project was merged, say). Withdraw the draft."
            ),
        )
    if paper.kind == PaperKind.NOTICE:
        ground = grounds.to_be_pressed(ground, paper.unit, organ_only=paper.organ_fault_only)
    check_ground(ground, paper.unit, paper.kind, organ_only=paper.organ_fault_only)
    return ground


def still_holds(paper: SupervisionPaper, on: date) -> None:
    """Raise unless the facts a signed notice states are still so: the same party's delay, where the regime asks for it
    the organ's, and of the very office addressed."""
    ground = standing_ground(paper, on)
    if (ground.unit.pk, ground.department) != (paper.addressee_id, paper.department):
        raise DomainError(
            "office_changed",
            _("%(office)s has it now. Return the paper to draft and take the counters again.")
            % {"office": ground.department or ground.unit},
        )
    if ground.verdict.party != paper.party:
        raise DomainError(
            "party_changed",
            _(
                "The delay is no longer that of: %(party)s. Return the paper to draft and take the counters again."
            )
            % {"party": evidence.PARTY_WORDS[paper.party]},
        )


def checked_words(values: Mapping[str, Any], kind: str, on: date) -> dict[str, Any]:
    """The words, cleaned; refuses what a paper cannot go without."""
    words: dict[str, Any] = {}
    for name in WORDS:
        value = values.get(name)
        words[name] = _lines(value, name) if isinstance(value, str) else value
    for name in WORDS:
        if words[name] is None and name not in ("due_on", "authority_on"):
            words[name] = ""
    for name in REQUIRED:
        if not words[name]:
            label = field_of(name).verbose_name
            raise DomainError("words_missing", _("“%(field)s” is empty.") % {"field": label}, field=name)
    words["urgency"] = words["urgency"] or "ordinary"
    if words["due_on"] is not None and words["due_on"] < on:
        raise DomainError(
            "due_in_past", _("This day lies in the past. Choose today or later."), field="due_on"
        )
    if kind == PaperKind.LETTER:
        _check_authority(words, on)
    return words


def _check_authority(words: dict[str, Any], on: date) -> None:
    """政府督查工作条例 article 7: a department inspects only where its government appointed it."""
    for name in ("authority", "authority_number", "authority_on"):
        if not words[name]:
            raise DomainError(
                "authority_missing",
                _(
                    "A department issues a supervision letter only if its government appointed it (Regulations on "
                    "government inspection, article 7). Enter the government, the document and its date."
                ),
                field=name,
            )
    if words["authority_on"] > on:
        raise DomainError("authority_later", _("The appointment lies in the future."), field="authority_on")


def field_of(name: str) -> Any:
    """The column behind a word of the paper."""
    return SupervisionPaper._meta.get_field(name)


def _lines(text: str, name: str) -> str:
    text = "\n".join(clean(line) for line in text.replace("\r\n", "\n").split("\n")).strip()
    longest = field_of(name).max_length or LONGEST
    if len(text) > longest:
        raise DomainError(
            "words_too_long",
            _("This has %(n)d characters; at most %(most)d are possible.")
            % {"n": len(text), "most": longest},
            field=name,
        )
    return text


def _addressed(
    ground: Ground, unit: Division, kind: str, values: Mapping[str, Any], on: date
) -> tuple[Division, Department | None]:
    """Whom it goes to. A notice goes to whoever caused the delay, nobody else; a letter to a unit on the way there."""
    if kind == PaperKind.NOTICE:
        return ground.unit, ground.department
    return _within(values, ground.unit, unit, on)


def _within(
    values: Mapping[str, Any], place: Division, unit: Division, on: date
) -> tuple[Division, Department | None]:
    addressee: Division = values.get("addressee") or place
    department: Department | None = values.get("department")
    if not (addressee.path.startswith(unit.path) and place.path.startswith(addressee.path)):
        raise DomainError(
            "addressee_elsewhere",
            _("%(name)s has nothing to do with this matter. Choose the unit in charge or one above it.")
            % {"name": addressee.name},
            field="addressee",
        )
    if department is not None and department.division_id != addressee.pk:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )
    if department is not None and department.valid_to is not None and department.valid_to < on:
        raise DomainError(
            "office_ended", _("This office has ended. Choose the one that took over."), field="department"
        )
    return addressee, department


def open_paper(unit: Division, ground: Ground) -> SupervisionPaper | None:
    """The unit's own paper on the same ground that is not done with: a draft, or one whose matter is open."""
    if ground.kind == GroundKind.PROBLEM:
        return None
    rows = SupervisionPaper.objects.filter(unit=unit, ground_key=ground.key).select_related("matter")
    for row in rows.order_by("-pk"):
        if row.state in FRESH or (
            row.state == PaperState.ISSUED and row.matter and row.matter.state in OPEN_STATES
        ):
            return row
    return None


def _none_open(unit: Division, ground: Ground) -> None:
    if open_paper(unit, ground) is not None:
        raise _already(unit, ground)


def _already(unit: Division, ground: Ground) -> DomainError:
    there = open_paper(unit, ground)
    name = str(there) if there else ground.name
    return DomainError(
        "paper_there",
        _("There is a paper of your office on this already: %(name)s. Go on with that one.") % {"name": name},
        details={"paper": there.pk if there else None},
    )


def _write(paper: SupervisionPaper, changes: dict[str, Any], row_version: int) -> None:
    rows = SupervisionPaper.objects.filter(pk=paper.pk, state=PaperState.DRAFT, row_version=row_version)
    if not rows.update(**changes, row_version=row_version + 1):
        raise StaleState(
            "stale",
            _("Someone else changed this paper meanwhile, or it is signed. What you typed is kept below."),
        )
    paper.refresh_from_db()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Division | Department) else value
