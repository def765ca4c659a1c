"""What hangs on a project, found from the models themselves, so that a transfer or a merge forgets no subject.

Upper apps are found without being named here. What is history of a place and not of the project is named with
`register_stay`; what has to be done beyond moving rows (calling off a request, say) is registered as a step.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import Division, Obligation
from projects.models import Project

CODES = ("province_code", "city_code", "county_code")
DEPTH = 3

Ended = Callable[..., None]
_stay: set[str] = set()
_ended: dict[str, Ended] = {}
_moved: dict[str, Ended] = {}


@dataclass(frozen=True, slots=True)
class Dependent:
    """Rows of `model` belong to a project by any of `paths` ("project", "arrears__project"); `direct` ones are keys."""

    model: type[models.Model]
    paths: tuple[str, ...]
    direct: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def has_codes(self) -> bool:
        names = {field.name for field in self.model._meta.concrete_fields}
        return names.issuperset(CODES)

    def rows(self, project_id: int) -> models.QuerySet[Any]:
        found = models.Q(pk__in=[])
        for path in self.paths:
            found |= models.Q(**{path: project_id})
        return self.model._base_manager.filter(found)


def register_stay(model: type[models.Model]) -> None:
    """Rows of this model stay with the place they were written in when their project moves or is merged."""
    _stay.add(model._meta.label_lower)


def register_ended(name: str, step: Ended) -> None:
    """`step(project, reason=, by=, at=)` runs inside the transaction that ends a project. Add or replace."""
    _ended[name] = step


def tell_ended(project: Project, *, reason: str, by: Any, at: datetime) -> None:
    for step in _ended.values():
        step(project, reason=reason, by=by, at=at)


def register_moved(name: str, step: Ended) -> None:
    """`step(project, old=, new=, by=, at=)` runs inside the transaction of an accepted transfer, after the rows moved.

    For what the codes do not say: whose desk a ticket lies on. Add or replace.
    """
    _moved[name] = step


def tell_moved(project: Project, *, old: Division, new: Division, by: Any, at: datetime) -> None:
    for step in _moved.values():
        step(project, old=old, new=new, by=by, at=at)


def dependents() -> list[Dependent]:
    """Every installed model whose rows belong to a project, in a stable order."""
    paths: dict[type[models.Model], list[str]] = {}
    direct: dict[type[models.Model], list[str]] = {}
    for model, path, depth in _walk(Project, "", 1):
        paths.setdefault(model, []).append(path)
        if depth == 1:
            direct.setdefault(model, []).append(path)
    found = [
        Dependent(model, tuple(dict.fromkeys(names)), tuple(dict.fromkeys(direct.get(model, []))))
        for model, names in paths.items()
        if model._meta.label_lower not in _stay
    ]
    return sorted(found, key=lambda one: one.label)


def parents_first() -> list[Dependent]:
    """The same, a model after those its rows point to."""
    waiting, found = dependents(), list[Dependent]()
    while waiting:
        names = {one.label for one in waiting}
        ready = [one for one in waiting if not (_points_to(one.model) - {one.label}) & names]
        found += ready or waiting
        waiting = [one for one in waiting if one not in found]
    return found


def _points_to(model: type[models.Model]) -> set[str]:
    return {
        field.related_model._meta.label_lower
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type)
    }


def _walk(
    parent: type[models.Model], suffix: str, depth: int
) -> Iterator[tuple[type[models.Model], str, int]]:
    for relation in parent._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not isinstance(relation, models.ManyToOneRel) or field is None or field.many_to_many:
            continue
        model: type[models.Model] = relation.related_model
        if model is Project or model._meta.label_lower in _stay:
            continue
        path = f"{field.name}__{suffix}" if suffix else field.name
        yield model, path, depth
        if depth < DEPTH:
            yield from _walk(model, path, depth + 1)


def move_codes(project_id: int, codes: dict[str, str]) -> dict[str, int]:
    """Put the codes of the project's new division on every row that belongs to it; {model: rows}."""
    moved = {}
    for one in dependents():
        if one.has_codes and (count := one.rows(project_id).update(**codes)):
            moved[one.label] = count
    return moved


def open_duties(project_id: int) -> models.QuerySet[Obligation]:
    """Open duties about the project or about a row that belongs to it (a promise, an instalment)."""
    about = models.Q(subject_type=Project._meta.label_lower, subject_id=project_id)
    for one in dependents():
        about |= models.Q(subject_type=one.label, subject_id__in=one.rows(project_id).values("pk"))
    return Obligation.objects.open().filter(about)


def hand_over_duties(project_id: int, old: Division, new: Division) -> list[Obligation]:
    """Open duties the old host owes become the new one's, their days unchanged; met ones stay where they were met."""
    rows = list(open_duties(project_id).filter(unit=old).select_for_update(of=("self",)))
    ids = [row.pk for row in rows]
    Obligation.objects.filter(pk__in=ids).update(unit=new, **new.codes)
    for relation in Obligation._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if isinstance(relation, models.ManyToOneRel) and field is not None:
            watcher = Dependent(relation.related_model, (field.name,), ())
            if watcher.has_codes and watcher.label not in _stay:
                watcher.model._base_manager.filter(**{f"{field.name}__in": ids}).update(**new.codes)
    return rows
