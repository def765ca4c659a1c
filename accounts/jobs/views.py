"""The page of background work: last success, what it made, what is missing, and a safe second run."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.jobs import engine, status
from accounts.scope import holds
from accounts.views.guards import needs


@require_safe
@needs("jobs.view")
def job_list(request: HttpRequest) -> HttpResponse:
    rows = status.all_statuses(timezone.now())
    faults = [(row.kind, run, status.last_line(run)) for row in rows for run in row.faults]
    context = {"rows": rows, "faults": faults, "may_run": holds(request.user, "jobs.run")}
    return render(request, "accounts/jobs/list.html", context)


@require_POST
@needs("jobs.run")
def job_rerun(request: HttpRequest, kind: str) -> HttpResponse:
    try:
        rung = engine.rerun(kind=kind, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("jobs:list")
    if rung:
        text = ngettext(
            "%(n)d run has been started again; this page shows its result.",
            "%(n)d runs have been started again; this page shows their result.",
            len(rung),
        )
        messages.success(request, text % {"n": len(rung)})
    else:
        messages.info(request, _("Everything that is due has been done; there is nothing to run again."))
    return redirect("jobs:list")
