"""Two people on one form: who changed what since a version, told from the audit record (design.md §2)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import StaleState
from accounts.models import AuditRecord
from projects.models import Project

OBJECT_TYPE = "projects.project"


@dataclass(slots=True)
class Since:
    """`base`: field → value before the others' first change. `complete`: the record explains every version step."""

    base: dict[str, Any] = field(default_factory=dict)
    complete: bool = True
    who: str = ""
    at: datetime | None = None


def changed_since(project: Project, version: int) -> Since:
    """What others changed between `version` and the project's present one."""
    records = list(
        AuditRecord.objects.filter(
            object_type=OBJECT_TYPE, object_id=str(project.pk), after__version__gt=version
        ).order_by("chain", "seq")
    )
    since = Since(
        complete={row.after["version"] for row in records} == set(range(version + 1, project.version + 1))
    )
    for row in records:
        since.who, since.at = row.actor_name, row.at
        for name, value in row.before.items():
            if name != "version":
                since.base.setdefault(name, value)
    return since


def refuse_if_clash(project: Project, version: int, theirs: dict[str, Any], yours: dict[str, Any]) -> None:
    """Raise StaleState when somebody changed a field of this form after `version`.

    `theirs` and `yours` hold the present and the wanted value of every field of the form, as JSON gives them back.
    Details: {field: {base, theirs, yours}} of all fields that differ anywhere; base is None where it is not known.
    """
    if project.version == version:
        return
    since = changed_since(project, version)
    touched = {name for name in since.base if name in theirs}
    if since.complete and not touched:
        return  # the others worked on other things: nothing of theirs can be lost
    details = {}
    for name, mine in yours.items():
        base = since.base.get(name, theirs[name]) if since.complete else since.base.get(name)
        if mine != theirs[name] or (name in touched and base != theirs[name]):
            details[name] = {"base": base, "theirs": theirs[name], "yours": mine}
    if not details:
        return
    raise StaleState(
        "changed_meanwhile",
        _(
            "%(who)s changed this project while you were writing. Please compare and choose; what you typed is kept."
        )
        % {"who": since.who or _("Somebody else")},
        details=details,
    )


def save_version(project: Project, *, at: datetime, **changes: Any) -> None:
    """Compare-and-set on the version just read under the lock; the object is brought up to date."""
    done = Project.objects.filter(pk=project.pk, version=project.version).update(
        **changes, version=F("version") + 1, updated_at=at
    )
    if not done:
        raise StaleState(
            "changed_meanwhile", _("Somebody else changed this project at the same moment. Please try again.")
        )
    for name, value in changes.items():
        setattr(project, name, value)
    project.version += 1
    project.updated_at = at
