"""What the pages of inspections share: reading a row within the scope, refusing into the form, answering with a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.scope import posted_at, require
from documents import Document, content_disposition, content_type, filename
from documents import render as render_document
from supervision.inspections.models import MAKE, VIEW, Inspection
from supervision.inspections.moving import require_maker

FORMATS = ("docx", "pdf")


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


def as_file(document: Document, format: str, *, allowed: tuple[str, ...] = FORMATS) -> HttpResponse:
    """A rendered document as a download, or 404 for a format we do not write."""
    if format not in allowed:
        raise Http404(format)
    response = HttpResponse(
        render_document(document, format),  # type: ignore[arg-type]
        content_type=content_type(format),  # type: ignore[arg-type]
    )
    response["Content-Disposition"] = content_disposition(filename(document, format))  # type: ignore[arg-type]
    return response
