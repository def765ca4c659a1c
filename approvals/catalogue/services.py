"""Writing a catalogue: a draft is made, its items changed one by one or by workbook, and published as a whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError, StaleState
from accounts.models import Division
from accounts.scope import require
from approvals.catalogue.models import Catalogue, CatalogueItem, CatalogueState
from approvals.catalogue.queries import catalogue_for, departments_of, specs_of
from approvals.catalogue.sheet import BY_FIELD, COLUMNS, Read, read_table
from approvals.catalogue.spec import STAGE_ORDER, ItemSpec, faults_of, stored
from projects.text import clean

EDIT, PUBLISH = "catalogue.edit", "catalogue.publish"
MOST_TOLD = 200


def open_draft(*, division: Division, note: str = "", by: Any, at: datetime) -> Catalogue:
    """A draft that starts as a copy of what is in force here, be it the division's own or that of a tier above."""
    require(by, EDIT, division=division)
    source = catalogue_for(division)
    try:
        with transaction.atomic():
            draft = _new_version(division, CatalogueState.DRAFT, clean(note), by=by, at=at)
            specs = specs_of(source) if source is not None else []
            _write_items(draft, specs)
            audit.record(
                "catalogue_drafted", target=draft, by=by, at=at,
                after={"number": draft.number, "items": len(specs), "copied_from": str(source or "")}, reason=note,
            )  # fmt: skip
    except IntegrityError:
        raise StaleState(
            "draft_exists", _("There is a draft already. Go on with it, or discard it first.")
        ) from None
    return draft


def _new_version(division: Division, state: str, note: str, *, by: Any, at: datetime) -> Catalogue:
    last = Catalogue.objects.filter(division=division).aggregate(last=Max("number"))["last"] or 0
    return Catalogue.objects.create(
        division=division,
        number=last + 1,
        state=state,
        note=note[:300],
        made_by=by,
        made_at=at,
        **division.codes,
    )


def _write_items(catalogue: Catalogue, specs: Sequence[ItemSpec]) -> None:
    ordered = sorted(
        specs, key=lambda spec: STAGE_ORDER.get(spec.stage, 99)
    )  # stable: order inside a stage is kept
    CatalogueItem.objects.bulk_create(
        CatalogueItem(catalogue=catalogue, position=number, **stored(spec))
        for number, spec in enumerate(ordered, 1)
    )


def _locked_draft(catalogue: Catalogue, by: Any) -> Catalogue:
    """The draft under lock; only a draft changes."""
    require(by, EDIT, division=catalogue.division)
    row = (
        Catalogue.objects.select_for_update(of=("self",))
        .select_related("division")
        .filter(pk=catalogue.pk)
        .first()
    )
    if row is None:
        raise StaleState("draft_gone", _("Somebody has discarded this draft."))
    if not row.is_draft:
        raise StaleState(
            "not_a_draft", _("This version has been published and no longer changes. Open a new draft.")
        )
    return row


def import_items(*, catalogue: Catalogue, rows: Sequence[Sequence[Any]], by: Any, at: datetime) -> int:
    """Replace the draft's items by those of a table (see `sheet`). With any fault nothing changes and all are told:
    DomainError "catalogue_wrong" with details {"cells": [{"cell", "column", "text"}], "more": n}."""
    read: Read = read_table(rows, departments_of(catalogue.division))
    if read.faults:
        told = [{"cell": f.cell, "column": f.column, "text": f.text} for f in read.faults[:MOST_TOLD]]
        text = _("%(count)d cells cannot be read. Nothing was changed; mend them and upload the file again.")
        raise DomainError(
            "catalogue_wrong", text % {"count": len(read.faults)},
            details={"cells": told, "more": max(0, len(read.faults) - MOST_TOLD)},
        )  # fmt: skip
    with transaction.atomic():
        row = _locked_draft(catalogue, by)
        before = {spec.code: spec for spec in specs_of(row)}
        row.items.all().delete()
        _write_items(row, read.specs)
        after = {spec.code: spec for spec in read.specs}
        _step(row)
        audit.record(
            "catalogue_imported", target=row, by=by, at=at,
            before={"items": len(before)},
            after={
                "items": len(after),
                "added": sorted(set(after) - set(before)),
                "removed": sorted(set(before) - set(after)),
                "changed": sorted(code for code in set(before) & set(after) if before[code] != after[code]),
            },
        )  # fmt: skip
    return len(read.specs)


def save_item(
    *, catalogue: Catalogue, item: CatalogueItem | None, spec: ItemSpec, version: int, by: Any, at: datetime
) -> CatalogueItem:
    """Add an item to a draft, or change one. `version`: the draft's version the person saw."""
    with transaction.atomic():
        row = _locked_draft(catalogue, by)
        _refuse_if_changed(row, version)
        others = [(held.pk, one) for held, one in zip(row.items.all(), specs_of(row), strict=True)]
        if item is not None and item.pk not in dict(others):
            raise StaleState("item_gone", _("Somebody has taken this item out meanwhile."))
        old = dict(others).get(item.pk) if item is not None else None
        wanted = [one for pk, one in others if item is None or pk != item.pk]
        if old is not None and old.code != spec.code:
            users = [one.code for one in wanted if old.code in one.prerequisites]
            if users:
                raise DomainError(
                    "code_in_use",
                    _("%(codes)s name this code as a prerequisite. Change them first, or keep the code.")
                    % {"codes": "、".join(users)},
                    field="code",
                )
        own = [fault for fault in faults_of([*wanted, spec]) if fault.code == spec.code or not fault.field]
        if own:
            raise DomainError("item_wrong", own[0].text, field=own[0].field)
        if item is None:
            last = row.items.aggregate(last=Max("position"))["last"] or 0
            saved = CatalogueItem.objects.create(catalogue=row, position=last + 1, **stored(spec))
        else:
            CatalogueItem.objects.filter(pk=item.pk).update(**stored(spec))
            saved = CatalogueItem.objects.get(pk=item.pk)
        _step(row)
        before = {} if old is None else {n: v for n, v in stored(old).items() if stored(spec)[n] != v}
        after = stored(spec) if old is None else {name: stored(spec)[name] for name in before}
        audit.record(
            "catalogue_item_saved",
            target=saved,
            by=by,
            at=at,
            before=before,
            after=after,
            codes=row.division.codes,
        )
    return saved


def remove_item(*, catalogue: Catalogue, item: CatalogueItem, by: Any, at: datetime) -> None:
    """Take an item out of a draft; refused while another names it as a prerequisite."""
    with transaction.atomic():
        row = _locked_draft(catalogue, by)
        users = [one.code for one in specs_of(row) if item.code in one.prerequisites]
        if users:
            raise DomainError(
                "code_in_use",
                _("%(codes)s name this item as a prerequisite. Change them first.")
                % {"codes": "、".join(users)},
            )
        audit.record(
            "catalogue_item_removed",
            target=item,
            by=by,
            at=at,
            before={"code": item.code},
            codes=row.division.codes,
        )
        row.items.filter(pk=item.pk).delete()
        _step(row)


def publish(*, catalogue: Catalogue, note: str, version: int, by: Any, at: datetime) -> Catalogue:
    """Put the draft in force; the version in force until now is kept as replaced, projects keep their own lists."""
    require(by, PUBLISH, division=catalogue.division)
    note = clean(note)
    if not note:
        raise DomainError(
            "note_missing", _("Say in a sentence what changed; it is shown with the version."), field="note"
        )
    with transaction.atomic():
        row = _locked_draft(catalogue, by)
        _refuse_if_changed(row, version)
        specs = specs_of(row)
        if not specs:
            raise DomainError("catalogue_empty", _("The draft has no items yet."))
        faults = faults_of(specs)
        if faults:
            raise DomainError(
                "catalogue_wrong",
                _("%(code)s %(column)s: %(text)s")
                % {"code": faults[0].code, "column": _heading(faults[0].field), "text": faults[0].text},
            )
        old = Catalogue.objects.filter(division=row.division, state=CatalogueState.PUBLISHED).first()
        if old is not None:
            Catalogue.objects.filter(pk=old.pk).update(state=CatalogueState.REPLACED)
        row.state, row.note, row.published_by, row.published_at = CatalogueState.PUBLISHED, note[:300], by, at
        row.save(update_fields=["state", "note", "published_by", "published_at"])
        audit.record(
            "catalogue_published", target=row, by=by, at=at, before={"number": old.number if old else None},
            after={"number": row.number, "items": len(specs)}, reason=note,
        )  # fmt: skip
    return row


def discard_draft(*, catalogue: Catalogue, by: Any, at: datetime) -> None:
    with transaction.atomic():
        row = _locked_draft(catalogue, by)
        audit.record(
            "catalogue_discarded",
            target=row,
            by=by,
            at=at,
            before={"number": row.number, "items": row.items.count()},
        )
        row.delete()


def load_starting(
    *, division: Division, rows: Sequence[Sequence[Any]], note: str, at: datetime
) -> Catalogue | None:
    """The catalogue an installation begins with, in force at once. None where the division has one already."""
    with transaction.atomic():
        Division.objects.select_for_update(of=("self",)).get(
            pk=division.pk
        )  # two who load at once go one by one
        if Catalogue.objects.filter(division=division).exists():
            return None
        read = read_table(rows, departments_of(division))
        if read.faults:
            first = read.faults[0]
            raise DomainError("catalogue_wrong", f"{first.cell} {first.column} {first.text}")
        made = _new_version(division, CatalogueState.DRAFT, note, by=None, at=at)
        _write_items(made, read.specs)
        made.state, made.published_at = CatalogueState.PUBLISHED, at
        made.save(update_fields=["state", "published_at"])
        audit.record(
            "catalogue_loaded",
            target=made,
            by=None,
            at=at,
            after={"number": made.number, "items": len(read.specs)},
        )
    return made


def _heading(field: str) -> str:
    return COLUMNS[BY_FIELD[field]].heading if field in BY_FIELD else ""


def _refuse_if_changed(row: Catalogue, version: int) -> None:
    if row.version != version:
        raise StaleState(
            "changed_meanwhile",
            _(
                "Somebody changed this draft meanwhile. Look at it again, then save once more; what you typed is kept."
            ),
        )


def _step(row: Catalogue) -> None:
    Catalogue.objects.filter(pk=row.pk).update(version=F("version") + 1)
    row.version += 1
