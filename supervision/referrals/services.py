"""Open, collect, let in, put, state. A person opens a referral, never the system (H25)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, files
from accounts.clock import local_date
from accounts.divisions import regime_code_of
from accounts.errors import DomainError
from accounts.models import Department, Division, User
from accounts.notify import STORED_LANGUAGE
from accounts.scope import posted_at
from policy.deadlines import compute
from policy.regimes import NoRuleInForce, get_regime
from policy.rules import DeadlineRule
from policy.services import current_calendar
from projects.models import Project
from projects.numbers import take
from projects.text import clean
from supervision.matters.models import Matter
from supervision.referrals import sections, telling
from supervision.referrals.access import heads_of, require_move
from supervision.referrals.bundle import make_bundle
from supervision.referrals.looks import NO_AREA
from supervision.referrals.models import (
    BundleKind,
    Referral,
    ReferralBundle,
    ReferralCase,
    ReferralReader,
    ReferralStatement,
)
from supervision.referrals.moving import advance, keep_files, record, text_of

CASES, STATEMENT = "accountability_cases", "referral_statement"


def case_of(division: Division, case: str, on: date) -> tuple[str, str]:
    """(rule id, words with their basis) of a case in the regime of `division`; DomainError where it names none."""
    try:
        rule = get_regime(regime_code_of(division)).rule(CASES, on)
    except NoRuleInForce as error:
        raise DomainError(
            "no_cases", _("The rules in force here name no cases of accountability."), field="case"
        ) from error
    for item in rule.values["items"]:
        if item["code"] == case:
            return rule.id, f"{rule.basis.text}：{item['name']}"[:300]
    raise DomainError("case_unknown", _("Choose one of the three cases."), field="case")


def cases_of(division: Division, on: date) -> list[tuple[str, str]]:
    """(code, words) of the cases of the regime; none where it names none."""
    try:
        rule = get_regime(regime_code_of(division)).rule(CASES, on)
    except NoRuleInForce:
        return []
    return [(item["code"], item["name"]) for item in rule.values["items"]]


def open_referral(
    *,
    case: str,
    division: Division,
    unit: Division,
    project: Project | None = None,
    matter: Matter | None = None,
    department: Department | None = None,
    person: User | None = None,
    person_name: str,
    person_post: str,
    reason: str,
    readers: Sequence[User] = (),
    by: Any,
    at: datetime,
) -> Referral:
    """Open a referral in the name of `division` and freeze what the record holds now.

    `unit` is where the fault lies: `division` itself or below. At least one of project, matter, department.
    """
    if not posted_at(by, division, "referrals.make"):
        raise PermissionDenied("referrals.make")
    on = local_date(at)
    rule_id, basis = case_of(division, case, on)
    _check_subject(division, unit, project, matter, department)
    name, post, reason = _checked_person(person, person_name, person_post, reason, by)
    made: list[str] = []
    try:
        with transaction.atomic(), override(STORED_LANGUAGE):
            referral = Referral.objects.create(
                number=_number(division, on.year), case=ReferralCase(case), division=division, unit=unit,
                department=department, project_key=project.pk if project else 0,
                project_label=f"{project.number} {project.name}"[:250] if project else "",
                matter_key=matter.pk if matter else 0, matter_label=str(matter)[:250] if matter else "",
                person=person, person_name=name, person_post=post, reason=reason, rule_id=rule_id, basis=basis,
                opened_by=by, opened_at=at, **unit.codes,
            )  # fmt: skip
            for reader in readers:
                _let_in(referral, reader, _("named on opening"), by, at)
            bundle = _collect(referral, project, matter, department, by, at)
            made.append(bundle.path)
            audit.record(
                "referral_opened", target=referral, by=by, at=at, rule_id=rule_id, codes=NO_AREA,
                after={"case": case, "bundle": bundle.sha256, "readers": [one.pk for one in readers]},
            )  # fmt: skip
            transaction.on_commit(lambda: telling.tell_readers(referral, readers, at))
    except BaseException:
        files.forget(made)
        raise
    return referral


def collect_again(*, referral: Referral, turn: int | None = None, by: Any, at: datetime) -> ReferralBundle:
    """Freeze the record anew; the earlier bundle stays as it was."""
    require_move(by, referral, "collect")
    project = Project.objects.visible_to(by).filter(pk=referral.project_key).first()
    matter = Matter.objects.visible_to(by).filter(pk=referral.matter_key).first()
    made: list[str] = []
    try:
        with transaction.atomic(), override(STORED_LANGUAGE):
            advance(referral, "collect", turn, {}, by)
            bundle = _collect(referral, project, matter, referral.department, by, at)
            made.append(bundle.path)
            record("collect", referral, by, at, {"bundle": bundle.sha256, "version": bundle.version})
    except BaseException:
        files.forget(made)
        raise
    return bundle


def name_reader(
    *, referral: Referral, reader: User, reason: str, turn: int | None = None, by: Any, at: datetime
) -> ReferralReader:
    """Let another head of the same office into the circle."""
    require_move(by, referral, "name")
    reason = text_of(reason, "reason", _("Say why this head has to know."))[:200]
    with transaction.atomic():
        advance(referral, "name", turn, {}, by)
        row = _let_in(referral, reader, reason, by, at)
        record("name", referral, by, at, {"reader": reader.get_full_name()}, reason)
        transaction.on_commit(lambda: telling.tell_readers(referral, [reader], at))
    return row


def invite_statement(
    *, referral: Referral, put_text: str, turn: int | None = None, by: Any, at: datetime
) -> Referral:
    """Put the matter to the person concerned and ask for a statement within the rule's days."""
    require_move(by, referral, "invite")
    text = text_of(
        put_text, "put_text", _("Write what is put to the person concerned; they see nothing else.")
    )
    rule = get_regime(regime_code_of(referral.division)).rule(STATEMENT, local_date(at))
    if not isinstance(rule, DeadlineRule):
        raise LookupError(f"{STATEMENT} is no deadline rule")
    deadline = compute(rule, anchor=local_date(at), calendar=current_calendar())
    changes = {
        "put_text": text, "invited_at": at, "state_by_on": deadline.due_on, "deadline": deadline.to_json(),
    }  # fmt: skip
    with transaction.atomic():
        advance(referral, "invite", turn, changes, by)
        record("invite", referral, by, at, {"state_by_on": deadline.due_on})
        transaction.on_commit(lambda: telling.tell_person(referral, at))
    return referral


def make_statement(
    *, referral: Referral, text: str, is_final: bool, uploads: Sequence[Any] = (), by: Any, at: datetime
) -> ReferralStatement:
    """The person concerned states, also after the limit, as long as it was not handed over."""
    require_move(by, referral, "state")
    return _state(referral, "state", text, is_final, uploads, None, by, at)


def record_statement(
    *, referral: Referral, text: str, is_final: bool, uploads: Sequence[Any] = (), turn: int | None = None, by: Any,
    at: datetime,
) -> ReferralStatement:  # fmt: skip
    """What a person without an account handed in on paper."""
    require_move(by, referral, "record_statement")
    return _state(referral, "record_statement", text, is_final, uploads, turn, by, at)


def _number(division: Division, year: int) -> str:
    """WZ-230622-2026-0001."""
    prefix = f"WZ-{division.pk}-{year}"
    return f"{prefix}-{take(prefix):04d}"


def _check_subject(
    division: Division, unit: Division, project: Any, matter: Any, department: Department | None
) -> None:
    if project is None and matter is None and department is None:
        raise DomainError(
            "subject_missing", _("Name the project, the matter or the office it is about."), field="project"
        )
    if not unit.path.startswith(division.path):
        raise DomainError("unit_elsewhere", _("This unit lies outside your area."), field="unit")
    if department is not None and department.division_id != unit.pk:
        raise DomainError(
            "office_elsewhere", _("This office belongs to another division."), field="department"
        )


def _checked_person(person: Any, name: str, post: str, reason: str, by: Any) -> tuple[str, str, str]:
    name, post = clean(name)[:60], clean(post)[:120]
    if not name:
        raise DomainError("person_missing", _("Name the person concerned."), field="person_name")
    if not post:
        raise DomainError(
            "post_missing", _("Give the office and post of the person concerned."), field="person_post"
        )
    if person is not None and person.pk == by.pk:
        raise DomainError("own_case", _("You cannot open a referral about yourself."), field="person_name")
    return name, post, text_of(reason, "reason", _("Write the facts and why they are one of the cases."))


def _let_in(referral: Referral, reader: User, reason: str, by: Any, at: datetime) -> ReferralReader:
    if reader.pk == referral.person_id:
        raise DomainError(
            "reader_concerned", _("The person concerned cannot be let into the circle."), field="reader"
        )
    if reader.pk not in {one.pk for one in heads_of(referral.division_id, local_date(at))}:
        raise DomainError(
            "reader_no_head", _("Only heads of the same office can be let into the circle."), field="reader"
        )
    row, _made = ReferralReader.objects.get_or_create(
        referral=referral, user=reader, defaults={"named_by": by, "named_at": at, "reason": reason}
    )
    return row


def _collect(
    referral: Referral, project: Any, matter: Any, department: Any, by: Any, at: datetime
) -> ReferralBundle:
    found = sections.collect(by, project=project, matter=matter, department=department, on=local_date(at))
    return make_bundle(referral, found, BundleKind.EVIDENCE, user=by, at=at)


def _state(
    referral: Referral, code: str, text: str, is_final: bool, uploads: Sequence[Any], turn: int | None, by: Any,
    at: datetime,
) -> ReferralStatement:  # fmt: skip
    text = text_of(text, "text", _("Write the statement, or at least what the files are."))
    checked, kept = files.check_files(uploads), list[str]()
    try:
        with transaction.atomic():
            advance(referral, code, turn, {}, by)
            row = ReferralStatement.objects.create(
                referral=referral, at=at, text=text, is_final=is_final,
                recorded_by=by if code == "record_statement" else None,
            )  # fmt: skip
            kept += keep_files(referral, checked, statement=row)
            record(code, referral, by, at, {"is_final": is_final, "files": len(checked)})
            transaction.on_commit(lambda: telling.tell_statement(referral, row, at))
    except BaseException:
        files.forget(kept)
        raise
    return row
