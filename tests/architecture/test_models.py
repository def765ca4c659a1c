"""Rules about tables: every business row carries its area, every state is checked, names say what a column holds."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import APPS

pytestmark = pytest.mark.sqlite
AREA = ("province_code", "city_code", "county_code")
# Days and instants that are named otherwise for a reason.
DAYS = {"day", "on", "level_since", "step_since", "since_was", "due_before", "due_after"}
INSTANTS = {"at", "stale_since", "last_login", "date_joined", "lease_until"}


def own_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in APPS]


def scoped_models() -> list[type[models.Model]]:
    return [m for m in own_models() if hasattr(m._default_manager.all(), "visible_to")]


def named(model: type[models.Model]) -> str:
    return model._meta.label


def test_a_business_row_carries_the_codes_of_its_area() -> None:
    """Scope is an equality on a stored code; a row without codes could only be found by a join (design.md §2)."""
    wrong = [
        f"{named(model)} has no {code}"
        for model in scoped_models()
        for code in AREA
        if model.__name__ not in WITHOUT_CODES and code not in {f.name for f in model._meta.get_fields()}
    ]
    assert not wrong, "\n".join(wrong)


# Seen through another row: a company through its projects, an item of a catalogue through its catalogue.
WITHOUT_CODES = {"Company", "CatalogueItem"}


def test_money_is_whole_yuan() -> None:
    wrong = [
        f"{named(model)}.{field.name}: {field.get_internal_type()}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if (field.name.endswith("_yuan") and not isinstance(field, models.BigIntegerField))
        or isinstance(field, models.FloatField)
    ]
    assert not wrong, "\n".join(wrong)


def test_names_tell_days_from_instants() -> None:
    wrong = []
    for model in own_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField):
                good = field.name.endswith("_at") or field.name in INSTANTS
            elif isinstance(field, models.DateField):
                good = field.name.endswith(("_on", "_from", "_to", "_until")) or field.name in DAYS
            else:
                good = not field.name.endswith(("_on", "_at")) or isinstance(field, models.BooleanField)
            if not good:
                wrong.append(f"{named(model)}.{field.name}: {type(field).__name__}")
    assert not wrong, "\n".join(wrong)


def test_a_state_is_checked_by_the_database() -> None:
    """A `state` outside its list would be a row that no page knows."""
    wrong = [
        named(model)
        for model in own_models()
        for field in model._meta.concrete_fields
        if field.name == "state" and field.choices and not _checks(model, "state")
    ]
    assert not wrong, f"no check constraint on state: {wrong}"


def _checks(model: Any, name: str) -> bool:
    return any(
        isinstance(one, models.CheckConstraint) and f"{name}__in" in str(one.condition)
        for one in model._meta.constraints
    )


def test_constraints_and_indexes_have_names_of_their_own() -> None:
    """A broken rule is told to people by its name, so names are unique over all tables."""
    names = [one.name for model in own_models() for one in (*model._meta.constraints, *model._meta.indexes)]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice


def test_history_outlives_people_and_places() -> None:
    """Removing an account or a division never removes what was done there."""
    kept = {"accounts.User", "accounts.Division"}
    wrong = [
        f"{named(model)}.{field.name}"
        for model in scoped_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.model._meta.label in kept
        and field.remote_field.on_delete is models.CASCADE
    ]
    assert not wrong, "\n".join(wrong)
