"""One item of a catalogue as a plain value, and what must hold between items. Pure: no database.

Faults name the item and the field, so that a form and a workbook can both put them where the reader looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.catalogue.models import TERMS, CatalogueItem, ItemKind, LimitUnit
from projects.models import MilestoneCode

STAGE_ORDER = {code: number for number, code in enumerate(MilestoneCode.values)}
MOST_ITEMS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSpec:
    """Fields as on `CatalogueItem`; lists are tuples. Limits in whole days of their unit, None = none."""

    code: str
    name: str
    stage: str
    kind: str = ItemKind.PROMISED.value
    department_code: str = ""
    statutory_days: int | None = None
    statutory_unit: str = LimitUnit.WORKING_DAYS.value
    extra_days: int = 0
    basis: str = ""
    promised_days: int | None = None
    promised_unit: str = LimitUnit.WORKING_DAYS.value
    green_days: int | None = None
    materials: tuple[str, ...] = ()
    result: str = ""
    prerequisites: tuple[str, ...] = ()
    commitment_allowed: bool = False
    is_control: bool = False
    project_kinds: tuple[str, ...] = ()
    usual: bool = True


NAMES = tuple(field.name for field in fields(ItemSpec))
LISTS = ("materials", "prerequisites", "project_kinds")


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` of the item and `field` of ItemSpec; both empty for the catalogue as a whole."""

    code: str
    field: str
    text: str


def spec_of(row: Any) -> ItemSpec:
    """The value behind a stored item."""
    values: dict[str, Any] = {name: getattr(row, name) for name in NAMES}
    return ItemSpec(**(values | {name: tuple(values[name]) for name in LISTS}))


def stored(spec: ItemSpec) -> dict[str, Any]:
    """Fields for `CatalogueItem`."""
    values = {name: getattr(spec, name) for name in NAMES}
    return {name: list(value) if name in LISTS else value for name, value in values.items()}


def terms_of(item: CatalogueItem) -> dict[str, Any]:
    """What a checklist copies from the catalogue."""
    return {name: getattr(item, name) for name in TERMS}


def faults_of(specs: Sequence[ItemSpec]) -> list[Fault]:
    """Everything wrong with a catalogue, in the order of its items."""
    found: list[Fault] = []
    if len(specs) > MOST_ITEMS:
        found.append(Fault("", "", _("A catalogue holds at most %(most)d items.") % {"most": MOST_ITEMS}))
    stages = {spec.code: spec.stage for spec in specs}
    seen: set[str] = set()
    for spec in specs:
        if spec.code in seen:
            found.append(
                Fault(
                    spec.code,
                    "code",
                    _("The code “%(code)s” stands here twice. Give each item its own.") % {"code": spec.code},
                )
            )
        seen.add(spec.code)
        found += [Fault(spec.code, field, text) for field, text in limit_faults(spec)]
        found += [Fault(spec.code, "prerequisites", text) for text in _prerequisite_faults(spec, stages)]
    if not any(fault.field == "prerequisites" for fault in found) and (
        ring := cycle({s.code: s.prerequisites for s in specs})
    ):
        text = _("Prerequisites run in a circle: %(ring)s. Take one of them out.") % {
            "ring": " → ".join(ring)
        }
        found.append(Fault(ring[0], "prerequisites", text))
    return found


def limit_faults(spec: ItemSpec) -> list[tuple[str, str]]:
    """(field, text): what is wrong with the limits of one item."""
    found: list[tuple[str, str]] = []
    if spec.kind == ItemKind.IMMEDIATE:
        for field in ("statutory_days", "promised_days", "green_days"):
            if getattr(spec, field):
                found.append(
                    (
                        field,
                        _(
                            "An immediate item is decided the same day. Leave the limit empty, or choose another kind."
                        ),
                    )
                )
        return found
    statutory = _span(spec.statutory_days, spec.statutory_unit)
    promised = _span(spec.promised_days, spec.promised_unit)
    green = _span(spec.green_days, spec.promised_unit)
    if spec.promised_days == 0:
        found.append(
            (
                "promised_days",
                _("A promise of 0 days is an immediate item. Choose that kind, or write a number of days."),
            )
        )
    if statutory is not None and promised is not None and promised > statutory:
        found.append(
            (
                "promised_days",
                _(
                    "The promise (%(promised)s) is longer than the statutory limit (%(statutory)s). "
                    "Make it shorter, or mend the limit."
                )
                % {
                    "promised": limit_text(spec.promised_days, spec.promised_unit),
                    "statutory": limit_text(spec.statutory_days, spec.statutory_unit),
                },
            )
        )
    least = promised if promised is not None else statutory
    if green is not None and least is not None and green > least:
        found.append(
            (
                "green_days",
                _("The green channel is slower than the ordinary limit. Make it shorter, or leave it empty."),
            )
        )
    if spec.extra_days and spec.statutory_days is None:
        found.append(
            ("extra_days", _("Without a statutory limit there is nothing to extend. Leave this empty."))
        )
    return found


def limit_text(days: int | None, unit: str) -> str:
    """20 working days; empty for none."""
    if days is None:
        return ""
    form = (
        _("%(days)d working days (limit)")
        if unit == LimitUnit.WORKING_DAYS
        else _("%(days)d calendar days (limit)")
    )
    return form % {"days": days}


def _span(days: int | None, unit: str) -> int | None:
    """Calendar days, so that two units can be compared; five working days take a week."""
    if days is None:
        return None
    return days if unit == LimitUnit.CALENDAR_DAYS else ceil(days * 7 / 5)


def _prerequisite_faults(spec: ItemSpec, stages: Mapping[str, str]) -> list[str]:
    found = []
    for code in spec.prerequisites:
        if code == spec.code:
            found.append(_("An item cannot come before itself. Take “%(code)s” out.") % {"code": code})
        elif code not in stages:
            found.append(
                _("There is no item “%(code)s” in this catalogue. Mend the code, or add the item.")
                % {"code": code}
            )
        elif STAGE_ORDER.get(stages[code], 0) > STAGE_ORDER.get(spec.stage, 99):
            found.append(_("“%(code)s” belongs to a later stage, so it cannot come before.") % {"code": code})
    if len(set(spec.prerequisites)) != len(spec.prerequisites):
        found.append(_("A prerequisite is named twice. Name each once."))
    return found


def cycle(prerequisites: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes of a circle, first and last the same; empty when there is none."""
    state: dict[str, int] = {}
    for start in prerequisites:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            code, leaving = stack.pop()
            if leaving:
                state[code] = 2
                path.pop()
                continue
            if state.get(code) == 2:
                continue
            state[code] = 1
            path.append(code)
            stack.append((code, True))
            for before in prerequisites.get(code, ()):
                if state.get(before) == 1:
                    return [*path[path.index(before) :], before]
                if before in prerequisites and state.get(before) != 2:
                    stack.append((before, False))
    return []


def between(parts: Sequence[str]) -> str:
    """Joined the way a list is written in the reader's language."""
    return pgettext("between items", ", ").join(parts)
