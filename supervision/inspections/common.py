"""What the pages of inspections share: reading a row within the scope, refusing into the form, answering with a file."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.scope import posted_at, require
from supervision.inspections.models import MAKE, VIEW, Inspection
from supervision.inspections.moving import require_maker


def read(request: HttpRequest, pk: int) -> Inspection:
    """The inspection within the person's scope: 404 outside of it, 403 without the right to read."""
    require(request.user, VIEW)
    rows = Inspection.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("unit", "planned_by", "closed_by"), pk=pk)


def own(request: HttpRequest, pk: int) -> Inspection:
    """The same for whoever writes it: people of the inspecting unit; 403 for others who may read it."""
    inspection = read(request, pk)
    require_maker(request.user, inspection.unit_id)
    return inspection


def may_make(user: Any, inspection: Inspection) -> bool:
    return posted_at(user, inspection.unit_id, MAKE)


def renew(form: Any, turn: int) -> None:
    """The next try answers to the inspection as it stands now."""
    if "turn" in form.fields:
        form.data = form.data.copy()
        form.data["turn"] = str(turn)
