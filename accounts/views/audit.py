"""The record of every write in the reader's own area, for those whose posting includes reading it (H16)."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts import audit_words
from accounts.clock import end_of, start_of
from accounts.forms import AuditFilter
from accounts.models import AuditRecord, Division
from accounts.models.divisions import Tier
from accounts.scope import CODE_FIELD
from accounts.views.guards import needs, page_of

EARLIEST, LATEST = date(1970, 1, 1), date(9998, 12, 30)


@require_safe
@needs("audit.view")
def audit_log(request: HttpRequest) -> HttpResponse:
    divisions = Division.objects.visible_to(request.user).filter(tier__lte=Tier.COUNTY)
    form = AuditFilter(request.GET, divisions, audit_words.action_choices())
    rows = AuditRecord.objects.visible_to(request.user)
    rows = _filtered(rows, form.cleaned_data) if form.is_valid() else rows.none()
    page = page_of(request, rows.defer("before", "after"))
    for row in page:
        row.action_label = audit_words.action_label(row.action)
        row.type_label = audit_words.object_label(row.object_type)
    return render(request, "accounts/audit/list.html", {"form": form, "page": page})


@require_safe
@needs("audit.view")
def audit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(AuditRecord.objects.visible_to(request.user), pk=pk)
    same = AuditRecord.objects.visible_to(request.user).filter(request_id=row.request_id).exclude(pk=row.pk)
    related = list(same.defer("before", "after").order_by("pk")[:20]) if row.request_id else []
    for other in related:
        other.action_label = audit_words.action_label(other.action)
    context = {
        "row": row,
        "action_label": audit_words.action_label(row.action),
        "type_label": audit_words.object_label(row.object_type),
        "changes": changes_of(row),
        "related": related,
    }
    return render(request, "accounts/audit/detail.html", context)


def changes_of(row: AuditRecord) -> list[dict[str, Any]]:
    """Each key of before/after with its name, old and new value; unchanged keys are left out."""
    keys = list(dict.fromkeys([*row.before, *row.after]))
    return [
        {
            "label": audit_words.field_label(row.object_type, key),
            "old": _shown(row.before.get(key)),
            "new": _shown(row.after.get(key)),
        }
        for key in keys
        if row.before.get(key) != row.after.get(key)
    ]


def _filtered(rows: QuerySet[AuditRecord], wanted: dict[str, Any]) -> QuerySet[AuditRecord]:
    if wanted["q"]:
        q = wanted["q"].strip()
        rows = rows.filter(Q(object_label__icontains=q) | Q(actor_name__icontains=q))
    if wanted["action"]:
        rows = rows.filter(action__in=audit_words.called_alike(wanted["action"]))
    if wanted["division"]:
        rows = rows.filter(**{CODE_FIELD[Tier(wanted["division"].tier)]: wanted["division"].code})
    if wanted["first"]:
        rows = rows.filter(at__gte=start_of(_near(wanted["first"])))
    if wanted["last"]:
        rows = rows.filter(at__lt=end_of(_near(wanted["last"])))
    return rows


def _near(day: date) -> date:
    """The day; of years no database reaches in every zone the nearest that it does."""
    return min(max(day, EARLIEST), LATEST)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return pgettext("between items", ", ").join(str(item) for item in value)
    if isinstance(value, dict):
        return pgettext("between items", "; ").join(f"{key}: {_shown(item)}" for key, item in value.items())
    return str(value)
