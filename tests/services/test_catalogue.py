"""Catalogues: which is in force where and when, drafts that only the office writes, publishing, the starting one."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division
from approvals.catalogue import services
from approvals.catalogue.models import Catalogue, CatalogueState
from approvals.catalogue.queries import catalogue_for, departments_of, specs_of
from approvals.catalogue.sheet import table_of
from approvals.catalogue.spec import faults_of
from tests import build
from tests import checklist_help as help_

pytestmark = pytest.mark.django_db
AT = build.at("2026-04-20 09:00")


def place(code: str) -> Division:
    return Division.objects.get(pk=code)


def test_the_starting_catalogue_is_whole_and_loads_once() -> None:
    call_command("load_catalogue", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    made = Catalogue.objects.get()
    specs = specs_of(made)
    assert (made.state, made.division_id, len(specs)) == (CatalogueState.PUBLISHED, "230000", 30)
    assert faults_of(specs) == []
    assert all(spec.promised_days is None for spec in specs)  # the office's to fill
    assert all(spec.basis for spec in specs)
    by_code = {spec.code: spec for spec in specs}
    assert (by_code["SG04"].statutory_days, by_code["SG04"].statutory_unit) == (7, "calendar_days")
    assert (by_code["LX06"].statutory_days, by_code["LX07"].statutory_days) == (30, 60)
    assert (by_code["LX02"].statutory_days, by_code["LX02"].extra_days) == (20, 40)
    assert {spec.stage for spec in specs} >= {
        "company_setup",
        "land_planning_permit",
        "completion_acceptance",
    }
    assert catalogue_for(place("230622")) == made


def test_own_catalogue_goes_before_that_of_city_and_province() -> None:
    province, city = help_.catalogue("230000"), help_.catalogue("230600")
    assert catalogue_for(place("230622")) == city
    assert catalogue_for(place("230229")) == province
    own = help_.catalogue("230622")
    assert catalogue_for(place("230622")) == own
    assert catalogue_for(place("230622"), date(2026, 1, 4)) is None  # before any was published


def test_a_new_version_replaces_and_the_old_one_stays_readable() -> None:
    people = build.cast()
    old = help_.catalogue("230600")
    draft = services.open_draft(division=place("230600"), by=people["city"], at=AT)
    assert [s.code for s in specs_of(draft)] == [s.code for s in specs_of(old)]
    with pytest.raises(StaleState):
        services.open_draft(division=place("230600"), by=people["city"], at=AT)
    with pytest.raises(DomainError) as fault:
        services.publish(catalogue=draft, note=" ", version=draft.version, by=people["city"], at=AT)
    assert fault.value.field == "note"
    services.publish(catalogue=draft, note="承诺时限减半", version=draft.version, by=people["city"], at=AT)
    old.refresh_from_db()
    assert old.state == CatalogueState.REPLACED
    assert catalogue_for(place("230622")) == draft
    assert catalogue_for(place("230622"), date(2026, 4, 19)) == old
    with pytest.raises(StaleState):
        services.import_items(
            catalogue=draft,
            rows=table_of(specs_of(old), departments_of(place("230600"))),
            by=people["city"],
            at=AT,
        )


def test_only_the_office_of_the_division_writes() -> None:
    people = build.cast()
    help_.catalogue("230600")
    audits = AuditRecord.objects.count()
    for who in ("county", "neighbour", "auditor", "promotion", "officer", "investor", "other_city", "nobody"):
        with pytest.raises(PermissionDenied):
            services.open_draft(division=place("230600"), by=people[who], at=AT)
    assert Catalogue.objects.filter(state=CatalogueState.DRAFT).count() == 0
    assert AuditRecord.objects.count() == audits


def test_import_with_a_fault_changes_nothing() -> None:
    people = build.cast()
    help_.catalogue("230600")
    draft = services.open_draft(division=place("230600"), by=people["city"], at=AT)
    rows: list[list[Any]] = table_of(specs_of(draft), departments_of(place("230600")))
    good = [list(row) for row in rows]
    rows[2][1] = ""
    rows[3][5] = "许多"
    with pytest.raises(DomainError) as fault:
        services.import_items(catalogue=draft, rows=rows, by=people["city"], at=AT)
    assert [one["cell"] for one in fault.value.details["cells"]] == ["B3", "F4"]
    assert draft.items.count() == len(help_.SPECS)
    assert services.import_items(catalogue=draft, rows=good[:3], by=people["city"], at=AT) == 2
    assert draft.items.count() == 2


def test_two_who_change_one_draft() -> None:
    people = build.cast()
    help_.catalogue("230600")
    draft = services.open_draft(division=place("230600"), by=people["city"], at=AT)
    spec = specs_of(draft)[0]
    first = draft.items.earliest("position")
    services.save_item(
        catalogue=draft, item=first, spec=spec, version=draft.version, by=people["city"], at=AT
    )
    with pytest.raises(StaleState):
        services.save_item(
            catalogue=draft, item=first, spec=spec, version=draft.version, by=people["city"], at=AT
        )
    with pytest.raises(DomainError, match="LX01"):
        services.remove_item(catalogue=draft, item=first, by=people["city"], at=AT)
