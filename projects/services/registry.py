"""Registering a signed project, editing what is known of it, filing its basic information (H17)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.scope import require
from projects.assessments import using as assessments
from projects.codes import fold
from projects.completeness import basic_missing
from projects.due import refresh_due
from projects.duplicates import find_duplicates
from projects.models import Company, ContractKind, DatePrecision, Milestone, Project, ProjectState
from projects.numbers import allot, number_code
from projects.regime import major_rule, milestone_template, regime_of
from projects.services.companies import CompanySpec, settle_company
from projects.services.duties import meet_filing, owe_signing_duties
from projects.services.versions import refuse_if_clash, save_version
from projects.text import clean, initials, plain

TEXTS = (
    "name",
    "investor",
    "place",
    "industry_section",
    "industry_4567",
    "industry_text",
    "content",
    "lead_department",
)
FIELDS = (
    *TEXTS, "company", "contract_kind", "contract_amount_yuan", "signed_on", "signed_precision", "investment_code",
    "is_major", "major_reason",
)  # fmt: skip
# A change of these moves duties or figures, so it is never made without saying why.
WANT_REASON = {"signed_on", "contract_kind", "contract_amount_yuan", "company"}


def register_project(*, data: dict[str, Any], by: Any, at: datetime) -> Project:
    """Register a signed project with the key points of its division's regime.

    `data`: name, division (required); company (Company or CompanySpec), investor, place, contract_kind,
    contract_amount_yuan, signed_on, signed_precision, investment_code, industry_section, industry_4567, industry_text,
    content, lead_department; is_major (None = by the regime's threshold, else by hand with major_reason);
    plan {milestone code: planned date}; duplicate_reason (why a similar project is another one); assessment (the passed
    pre-signing assessment, which some regimes ask for).
    DomainError "maybe_duplicate" has details {"candidates": [{id, number, name, division, company, signed_on}],
    "hidden": how many lie outside the person's area}.
    """
    division = data.get("division")
    if division is None:
        raise DomainError("division_missing", _("Choose the host division."), field="division")
    require(by, "projects.create", division=division)
    on = local_date(at)
    values = _cleaned(data)
    _check(values, on)
    assessment = data.get("assessment")
    assessments.refuse_without(
        division, values["contract_kind"], assessment, values["signed_on"] or on, user=by
    )
    with transaction.atomic():
        company = _company(data.get("company"), division.codes, by=by, at=at)
        _refuse_duplicates(values, company, division, clean(data.get("duplicate_reason", "")), by)
        project = Project(
            **values, **division.codes, company=company, division=division, initials=initials(values["name"]),
            number=allot([number_code(division)], on.year)[0], created_by=by, created_at=at, updated_at=at,
        )  # fmt: skip
        rule_id = _set_major(project, data.get("is_major"), data.get("major_reason", ""), on)
        if not basic_missing(project):
            project.filed_on = on
        project.save(force_insert=True)
        if assessment is not None:
            assessments.use(assessment, project)
        _make_milestones(project, data.get("plan") or {})
        refresh_due([project.pk])
        after = {name: value_of(project, name) for name in FIELDS} | {"number": project.number, "version": 1}
        after |= {"filed_on": project.filed_on, "division": division.name}
        audit.record(
            "project_registered", target=project, by=by, at=at, after=after, rule_id=rule_id,
            reason=clean(data.get("duplicate_reason", "")),
        )  # fmt: skip
        owe_signing_duties(project, by=by, at=at)
    project.refresh_from_db()
    return project


def edit_project(
    *, project: Project, changes: dict[str, Any], version: int, reason: str = "", by: Any, at: datetime
) -> Project:
    """Change fields of the registry. `changes` holds every field of the form; only those that differ are written.

    Raises StaleState with {field: {base, theirs, yours}} when somebody else changed a field of this form since
    `version` (see projects.services.versions).
    """
    require(by, "projects.edit", project)
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise LookupError(f"not fields of the registry form: {sorted(unknown)}")
    on, reason = local_date(at), clean(reason)
    with transaction.atomic():
        row = locked(project)
        if row.state == ProjectState.MERGED:
            raise DomainError(
                "project_merged", _("This project was merged into another one; please work on that one.")
            )
        wanted = _cleaned(changes, partial=True)
        company = row.company
        if "company" in changes:
            company = _company(changes["company"], row.division.codes, own=row.company, by=by, at=at)
        yours = {name: plain(value) for name, value in wanted.items()}
        if "company" in changes:
            yours["company"] = company.name if company else ""
        if "is_major" in changes:
            yours["is_major"] = changes["is_major"]
        theirs = {name: plain(value_of(row, name)) for name in yours}
        if "is_major" in theirs:
            theirs["is_major"] = _major_choice(row)
        refuse_if_clash(row, version, theirs, yours)
        if "company" in yours and (company and company.pk) != row.company_id:
            theirs["company"] = None  # another company of the same name
        names = [name for name in yours if yours[name] != theirs[name]]
        if not names:
            return row
        _check({**{name: getattr(row, name) for name in FIELDS}, **wanted}, on)
        if not reason and _was_known(row, WANT_REASON.intersection(names)):
            raise DomainError(
                "reason_missing",
                _("Say why the signing facts change: the record keeps old and new."),
                field="reason",
            )
        before = {name: value_of(row, name) for name in FIELDS}
        rule_id = _apply(row, names, wanted, company, changes, on)
        moved = [name for name in FIELDS if value_of(row, name) != before[name] or name in names]
        columns = {"company_id" if name == "company" else name for name in moved} | {"initials"}
        save_version(row, at=at, **{name: getattr(row, name) for name in columns})
        audit.record(
            "project_edited", target=row, by=by, at=at, reason=reason, rule_id=rule_id,
            before={name: before[name] for name in moved} | {"version": row.version - 1},
            after={name: value_of(row, name) for name in moved} | {"version": row.version},
        )  # fmt: skip
        if {"signed_on", "signed_precision", "contract_kind"}.intersection(names):
            owe_signing_duties(row, by=by, at=at)
    return row


def file_basic_information(*, project: Project, by: Any, at: datetime) -> Project:
    """File the basic information (H17). Refused while something of it is missing; done once."""
    require(by, "projects.edit", project)
    on = local_date(at)
    with transaction.atomic():
        row = locked(project)
        if lacking := basic_missing(row):
            names = _(", ").join(str(item.label) for item in lacking)
            raise DomainError("basic_incomplete", _("Before filing, please fill in: %(names)s.") % {"names": names},
                              details={"missing": [item.key for item in lacking]})  # fmt: skip
        if not Project.objects.filter(pk=row.pk, filed_on=None).update(filed_on=on, updated_at=at):
            raise StaleState("filed_already", _("The basic information has been filed already."))
        row.filed_on = on
        audit.record(
            "basic_filed", target=row, by=by, at=at, before={"filed_on": None}, after={"filed_on": on}
        )
        meet_filing(row, by=by, at=at)
    return row


def locked(project: Project) -> Project:
    return (
        Project.objects.select_for_update(of=("self",))
        .select_related("company", "division")
        .get(pk=project.pk)
    )


def value_of(project: Project, name: str) -> Any:
    """A field as the record keeps it: the company by its name."""
    if name == "company":
        return project.company.name if project.company else ""
    return getattr(project, name)


def _cleaned(data: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Model values from the caller's data; with `partial` only of the fields that are there."""
    defaults: dict[str, Any] = dict.fromkeys(TEXTS, "")
    defaults |= {"contract_kind": ContractKind.CONTRACT, "contract_amount_yuan": None, "signed_on": None,
                 "signed_precision": DatePrecision.DAY, "investment_code": ""}  # fmt: skip
    values = {
        name: data.get(name, default) for name, default in defaults.items() if not partial or name in data
    }
    for name in TEXTS:
        if name in values:
            values[name] = clean(values[name] or "")
    if "investment_code" in values:
        values["investment_code"] = fold(values["investment_code"] or "")
    return values


def _check(values: dict[str, Any], on: date) -> None:
    if not values["name"]:
        raise DomainError("name_missing", _("Write the project's name."), field="name")
    if values["contract_kind"] not in ContractKind.values:
        raise DomainError(
            "contract_kind_unknown", _("Choose one of the contract kinds."), field="contract_kind"
        )
    if values["signed_on"] and values["signed_on"] > on:
        raise DomainError(
            "signed_in_future",
            _("The signing date has not come yet. Please check the year and month."),
            field="signed_on",
        )
    amount = values["contract_amount_yuan"]
    if amount is not None and amount < 0:
        raise DomainError("amount_negative", _("An amount cannot be below 0."), field="contract_amount_yuan")


def _company(
    given: Company | CompanySpec | None,
    codes: dict[str, str],
    *,
    own: Company | None = None,
    by: Any,
    at: datetime,
) -> Company | None:
    return (
        settle_company(given, codes=codes, own=own, by=by, at=at) if isinstance(given, CompanySpec) else given
    )


def _refuse_duplicates(
    values: dict[str, Any], company: Company | None, division: Any, why: str, by: Any
) -> None:
    if why:
        return
    found = find_duplicates(
        name=values["name"], company=company, investor=values["investor"], user=by,
        county_code=division.county_code, city_code=division.city_code,
    )  # fmt: skip
    if not found:
        return
    candidates = [
        {
            "id": row.pk, "number": row.number, "name": row.name, "division": row.division.name,
            "company": row.company.name if row.company else row.investor,
            "signed_on": row.signed_on.isoformat() if row.signed_on else "",
        }
        for row in found.visible
    ]  # fmt: skip
    raise DomainError(
        "maybe_duplicate",
        _("This project may be registered already. Look at the ones listed; if it is another one, say why."),
        field="duplicate_reason",
        details={"candidates": candidates, "hidden": found.hidden},
    )


def _set_major(project: Project, by_hand: bool | None, why: str, on: date) -> str:
    """Set is_major; return the id of the rule it follows, empty when it was set by hand."""
    if by_hand is not None:
        if not clean(why):
            raise DomainError(
                "major_reason_missing",
                _("Say why this project is (or is not) a major one."),
                field="major_reason",
            )
        project.is_major, project.major_reason = bool(by_hand), clean(why)[:200]
        return ""
    rule = major_rule(regime_of(project.division), project.division, project.signed_on or on)
    project.is_major = bool(rule and rule.holds_for(project.contract_amount_yuan))
    project.major_reason = ""
    return rule.rule_id if rule else ""


def _apply(
    row: Project,
    names: list[str],
    wanted: dict[str, Any],
    company: Company | None,
    changes: dict[str, Any],
    on: date,
) -> str:
    """Put the changed values on the row, `major` last because it follows from the amount. Returns the rule's id."""
    for name in names:
        if name == "company":
            row.company = company
        elif name in wanted:
            setattr(row, name, wanted[name])
    row.initials = initials(row.name)
    if {"is_major", "major_reason", "contract_amount_yuan", "signed_on"}.intersection(names):
        choice = changes["is_major"] if "is_major" in changes else _major_choice(row)
        return _set_major(row, choice, changes.get("major_reason", row.major_reason), on)
    return ""


def _major_choice(row: Project) -> bool | None:
    """None: major by the regime's threshold; else what was set by hand, which always has a reason."""
    return row.is_major if row.major_reason else None


def _was_known(row: Project, names: set[str]) -> bool:
    """Filling in what was empty needs no reason; changing what was known does."""
    return any(value_of(row, name) not in (None, "") for name in names)


def _make_milestones(project: Project, plan: dict[str, date | None]) -> None:
    codes = {name: getattr(project, name) for name in ("province_code", "city_code", "county_code")}
    Milestone.objects.bulk_create(
        Milestone(
            project=project,
            code=code,
            position=position,
            **codes,
            is_open=True,
            planned_on=plan.get(code),
            baseline_on=plan.get(code),
        )
        for code, position in milestone_template(regime_of(project.division))
    )
