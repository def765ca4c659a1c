"""Material the company sends itself: kept with the item, told to who decides; the step stays the office's to record."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import Role
from approvals.checklist.files import add_rows, kept
from approvals.checklist.models import (
    ChecklistItem,
    EventKind,
    FilePurpose,
    ItemEvent,
    ItemFile,
    ItemState,
)
from approvals.checklist.telling import staff_of
from projects.abilities import abilities
from projects.models import Assignment, TeamRole
from projects.text import clean

PERMISSION = "checklist.give"


def give_material(
    *, item: ChecklistItem, uploads: Sequence[Any], note: str = "", by: Any, at: datetime
) -> ChecklistItem:
    """Keep files of the company with an open item. The clock does not move by it: the office records what it received."""
    if PERMISSION not in abilities(by, item.project):
        raise PermissionDenied(PERMISSION)
    note = clean(note)
    if not uploads:
        raise DomainError("files_missing", _("Choose at least one file or photo."), field="uploads")
    with kept(uploads, at) as files, transaction.atomic():
        row = (
            ChecklistItem.objects.select_for_update(of=("self",))
            .select_related("project", "department")
            .get(pk=item.pk)
        )
        if not row.is_open:
            raise StaleState("item_closed", _("This matter is finished; no more material is needed."))
        ItemEvent.objects.create(
            item=row, project_id=row.project_id, round=row.round, kind=EventKind.PREPARED, on=local_date(at),
            note=note[:500], by=by, at=at, province_code=row.province_code, city_code=row.city_code,
            county_code=row.county_code,
        )  # fmt: skip
        add_rows(row, files, purpose=FilePurpose.MATERIAL, by=by, at=at)
        audit.record(
            "item_material_given", target=row, by=by, at=at, after={"files": [known.name for known, _path in files]},
            reason=note,
        )  # fmt: skip
        transaction.on_commit(lambda: _tell(row, len(files), note, by, at))
    return row


def given_since_asked(items: Iterable[ChecklistItem]) -> dict[int, datetime]:
    """{item: moment} of those whose company has sent files since it was last told what is missing; the moment is of
    the newest file. The office has not recorded them yet. One statement."""
    asked = ItemEvent.objects.filter(item_id=OuterRef("item_id"), kind=EventKind.SUPPLEMENT_ASKED)
    rows = ItemFile.objects.filter(
        item_id__in=[one.pk for one in items if one.state == ItemState.SUPPLEMENT],
        purpose=FilePurpose.MATERIAL,
        by__postings__role=Role.INVESTOR,
    ).annotate(asked_at=Subquery(asked.order_by("-pk").values("at")[:1]))
    sent = rows.filter(at__gte=F("asked_at")).order_by().values("item_id").annotate(last=Max("at"))
    return {row["item_id"]: row["last"] for row in sent}


def _tell(item: ChecklistItem, number: int, note: str, by: Any, at: datetime) -> None:
    on = local_date(at)
    officers = Assignment.objects.current(on).filter(
        project_id=item.project_id, role=TeamRole.CHIEF_SERVICE_OFFICER, user__is_active=True
    )
    people = {user.pk: user for user in staff_of(item, on)}
    people |= {row.user.pk: row.user for row in officers.select_related("user") if row.user is not None}
    with override(STORED_LANGUAGE):
        title = _("The company sent material: %(item)s") % {"item": item.name}
        text = _("%(project)s: %(n)d files. %(note)s") % {
            "project": item.project.name,
            "n": number,
            "note": note,
        }
    notify.tell(
        people.values(), key=f"material:{item.pk}:{at.isoformat()}", kind="approval", title=title, text=text[:300],
        url=reverse("checklist:item", args=[item.pk]), at=at,
    )  # fmt: skip
