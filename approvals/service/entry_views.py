"""From a line of the service log to a ticket: a problem found on a return visit is taken up with what was written."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from approvals.service import logging
from approvals.service.models import Result, ServiceEntry
from approvals.tickets.forms import OpenForm
from approvals.tickets.models import Side, TicketKind, TicketSource
from approvals.tickets.routing import departments_of, place_of


@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a new ticket, filled in from the line; a line that has its ticket leads there."""
    rows = ServiceEntry.objects.visible_to(request.user)
    entry = get_object_or_404(rows.select_related("project__division__parent", "project__company"), pk=pk)
    if not logging.may_take_up(request.user, entry):
        raise PermissionDenied("service.log")
    if entry.ticket_id is not None:
        return redirect("tickets:detail", pk=entry.ticket_id)
    if entry.result != Result.PROBLEM:
        messages.error(request, _("Only a problem taken up on a visit becomes a ticket."))
        return redirect("projects:tab", pk=entry.project_id, code="service")
    form = OpenForm(
        request.POST or None, request.FILES or None, side=Side.OFFICE,
        departments=departments_of(place_of(entry.project), clock.today()), initial=_prefilled(entry),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            ticket = logging.take_up(entry=entry, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Proposed to the investor; work starts once the investor agrees."))
            return redirect("tickets:detail", pk=ticket.pk)
    context = {"form": form, "project": entry.project, "investor": False}
    return render(request, "approvals/tickets/open.html", context)


def _prefilled(entry: ServiceEntry) -> dict[str, str]:
    visit = _("%(day)s, return visit %(way)s") % {
        "day": entry.done_on.isoformat(),
        "way": entry.get_way_display(),
    }
    return {
        "kind": TicketKind.OTHER,
        "title": entry.text.splitlines()[0][:120],
        "text": entry.text,
        "source": TicketSource.OFFICER,
        "source_note": visit,
    }
