"""Find a company or enter it once: by credit code, else by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from projects.codes import credit_code_fault, fold
from projects.models import Company
from projects.text import clean, company_key, initials


@dataclass(frozen=True, slots=True)
class CompanySpec:
    """A company as typed. An empty name means: not known yet."""

    name: str
    credit_code: str = ""
    contact_name: str = ""
    contact_phone: str = ""


def settle_company(
    spec: CompanySpec, *, codes: dict[str, str], own: Company | None = None, by: Any, at: datetime
) -> Company | None:
    """The company meant by `spec`, made or completed where needed; call inside the transaction of the project.

    The code decides: two companies never share one, and a known code with another name is refused rather than merged.
    `own` is the company the project has already: its contact may be replaced, that of others only filled in.
    """
    name, code = clean(spec.name), fold(spec.credit_code)
    if not name:
        if code:
            raise DomainError(
                "company_name_missing",
                _("Write the company's name beside its credit code."),
                field="company_name",
            )
        return None
    if fault := credit_code_fault(code):
        raise DomainError("credit_code_wrong", fault, field="credit_code")
    found = _find(name, code)
    if found is None:
        return _make(spec, name, code, codes=codes, by=by, at=at)
    replace = own is not None and own.pk == found.pk
    return _complete(found, spec, code, replace=replace, codes=codes, by=by, at=at)


def _find(name: str, code: str) -> Company | None:
    if code:
        known = Company.objects.filter(credit_code=code).first()
        if known is not None:
            if company_key(known.name) != company_key(name):
                raise DomainError(
                    "company_other_name",
                    _("This credit code belongs to %(name)s. Please use that name, or check the code.")
                    % {"name": known.name},
                    field="company_name",
                    details={"name": known.name},
                )
            return known
    same = [
        row
        for row in Company.objects.filter(name=name).order_by("pk")
        if not code or row.credit_code in ("", code)
    ]
    return next((row for row in same if row.credit_code), same[0] if same else None)


def _make(
    spec: CompanySpec, name: str, code: str, *, codes: dict[str, str], by: Any, at: datetime
) -> Company:
    company = Company(
        name=name,
        credit_code=code,
        contact_name=clean(spec.contact_name),
        contact_phone=clean(spec.contact_phone),
        initials=initials(name),
    )
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError:  # somebody entered the same code at this moment
        return Company.objects.get(credit_code=code)
    after = {"name": name, "credit_code": code}
    audit.record("company_added", target=company, by=by, at=at, after=after, codes=codes)
    return company


def _complete(
    company: Company,
    spec: CompanySpec,
    code: str,
    *,
    replace: bool,
    codes: dict[str, str],
    by: Any,
    at: datetime,
) -> Company:
    """Fill what was empty; with `replace` also bring the contact up to date."""
    typed = {
        "credit_code": code,
        "contact_name": clean(spec.contact_name),
        "contact_phone": clean(spec.contact_phone),
    }
    added = {
        name: value
        for name, value in typed.items()
        if value and value != getattr(company, name) and (replace or not getattr(company, name))
    }
    if added:
        Company.objects.filter(pk=company.pk).update(**added, version=F("version") + 1)
        before = {name: getattr(company, name) for name in added}
        audit.record(
            "company_completed", target=company, by=by, at=at, before=before, after=added, codes=codes
        )
        for name, value in added.items():
            setattr(company, name, value)
    return company
