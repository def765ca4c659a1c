"""What reports and circulars ask of a person today: drafts to settle, circulars to approve or to issue."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Obligation
from accounts.obligations.kinds import REPORTS
from accounts.obligations.todo import TodoItem
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings
from reporting.circulars.models import Circular, CircularState
from reporting.circulars.services import may_approve
from reporting.reports.document import title_of
from reporting.reports.models import Report, ReportState

DRAFTS_FOR = timedelta(days=60)  # an older draft that nobody settled is left to the list of reports
LIMIT = 20


def drafts(user: Any, on: date) -> Iterator[TodoItem]:
    """Drafts of the own unit that no open duty already asks for (the province reports to nobody)."""
    owed = Obligation.objects.open().filter(
        kind__in=REPORTS, unit_id=OuterRef("unit_id"), period=OuterRef("period")
    )
    rows = (
        Report.objects.visible_to(user)
        .filter(
            _own(user, "reports.compile"), state=ReportState.DRAFT, compiled_at__date__gte=on - DRAFTS_FOR
        )
        .exclude(Exists(owed))
        .select_related("unit")
        .order_by("-compiled_at")[:LIMIT]
    )
    for report in rows:
        yield TodoItem(
            key=f"report:{report.pk}",
            days_left=None,
            due_on=None,
            title=_("Settle the draft: %(title)s") % {"title": title_of(report)},
            detail=_("The figures are frozen; read the words, mend them, settle."),
            url=reverse("reports:detail", args=[report.pk]),
            button=_("Read and settle"),
            order=60,
        )


def circulars(user: Any, on: date) -> Iterator[TodoItem]:
    """For the head of an office: circulars of the own unit to approve, and approved ones to issue."""
    rows = Circular.objects.visible_to(user).filter(
        (_own(user, "circulars.approve") & Q(state=CircularState.DRAFT))
        | (_own(user, "circulars.issue") & Q(state=CircularState.APPROVED))
    )
    for circular in rows.select_related("unit").order_by("-drafted_at", "-pk")[:LIMIT]:
        approved = circular.state == CircularState.APPROVED
        if not approved and not may_approve(circular, user):
            continue
        title = _("Number and issue: %(title)s") if approved else _("Approve: %(title)s")
        yield TodoItem(
            key=f"circular:{circular.pk}",
            days_left=None,
            due_on=None,
            title=title % {"title": circular.title},
            url=reverse("circulars:detail", args=[circular.pk]),
            button=_("Number and issue") if approved else _("Read and approve"),
            order=50,
        )


def _own(user: Any, permission: str) -> Q:
    """Rows of exactly the divisions where a posting of the user carries the permission."""
    held = [p.division_id for p in current_postings(user) if permission in PERMISSIONS[p.role]]
    return Q(unit_id__in=held)
