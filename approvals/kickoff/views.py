"""Kickoff meetings: those that are due, those held, and the form that records one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Obligation
from accounts.obligations.kinds import KICKOFF
from accounts.obligations.services import last_day_f
from accounts.scope import acting_posting, holds, require
from accounts.views.guards import needs, page_of
from approvals.kickoff.duties import SUBJECT
from approvals.kickoff.forms import KickoffForm
from approvals.kickoff.models import Kickoff
from approvals.kickoff.services import record_kickoff
from approvals.service.queries import vacancies_of
from approvals.tickets.models import Ticket
from policy.services import current_calendar
from projects.abilities import abilities
from projects.models import Assignment, Project


@require_safe
@needs("kickoffs.view")
def kickoff_list(request: HttpRequest) -> HttpResponse:
    due = Obligation.objects.visible_to(request.user).open().filter(kind=KICKOFF, subject_type=SUBJECT)
    held = Kickoff.objects.visible_to(request.user)
    today, calendar = clock.today(), current_calendar()
    show_held = request.GET.get("show") == "held"
    rows: Any
    if show_held:
        rows = held.select_related("project__division", "recorded_by").order_by("-held_on", "-pk")
    else:
        rows = due.annotate(counts_on=last_day_f()).select_related("unit").order_by("counts_on", "pk")
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(**{"project__name__icontains" if show_held else "subject_label__icontains": words})
    page = page_of(request, rows)
    for row in page:
        if not show_held:
            row.days_left = calendar.left(today, row.last_day)
            row.light = (
                "red"
                if row.days_left < -5
                else "amber"
                if row.last_day < today
                else "blue"
                if row.days_left <= 5
                else "none"
            )
    context = {
        "page": page,
        "show_held": show_held,
        "words": words,
        "due_count": due.count(),
        "late_count": due.annotate(counts_on=last_day_f()).filter(counts_on__lt=today).count(),
        "held_count": held.count(),
        "posting": acting_posting(request.user),
        "may_record": holds(request.user, "kickoffs.record"),
    }
    return render(request, "approvals/kickoff/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def kickoff_record(request: HttpRequest, project_id: int) -> HttpResponse:
    """The form while no meeting is recorded, the record afterwards."""
    rows = Project.objects.visible_to(request.user).select_related("division", "kickoff")
    project = get_object_or_404(rows, pk=project_id)
    kickoff = Kickoff.objects.visible_to(request.user).filter(project=project).first()
    if kickoff is not None and request.method != "POST":
        return _show(request, project, kickoff)
    if not holds(request.user, "kickoffs.record"):
        raise PermissionDenied("kickoffs.record")
    require(request.user, "kickoffs.record", project)
    form = KickoffForm(request.POST or None, project, clock.today())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            record_kickoff(
                project=project,
                held_on=data["held_on"],
                place=data["place"],
                chair=data["chair"],
                attendees=data["attendees"],
                minutes=data["minutes"],
                appointments=form.appointments(),
                agreed=form.agreed(),
                by=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("The kickoff meeting is recorded, and those named in it are appointed.")
            )
            return redirect("projects:detail", pk=project.pk)
    return render(request, "approvals/kickoff/form.html", _form_context(project, form))


def _form_context(project: Project, form: KickoffForm) -> dict[str, Any]:
    duty = Obligation.objects.live().filter(kind=KICKOFF, subject_type=SUBJECT, subject_id=project.pk).first()
    today = clock.today()
    return {
        "project": project,
        "form": form,
        "duty": duty,
        "days_left": current_calendar().left(today, duty.last_day) if duty and not duty.met_on else None,
        "today": today,
    }


def _show(request: HttpRequest, project: Project, kickoff: Kickoff) -> HttpResponse:
    duty = Obligation.objects.live().filter(kind=KICKOFF, subject_type=SUBJECT, subject_id=project.pk).first()
    tickets = Ticket.objects.visible_to(request.user).filter(
        project=project, source="meeting", opened_at=kickoff.recorded_at
    )
    empty = vacancies_of([project.pk], clock.today())[project.pk] if project.state == "active" else []
    team = Assignment.objects.visible_to(request.user).filter(
        project=project, valid_from=F("project__kickoff__held_on")
    )
    context = {
        "project": project,
        "kickoff": kickoff,
        "duty": duty,
        "state": duty.state(clock.today()) if duty else None,
        "team": team.order_by("role", "pk"),
        "tickets": tickets,
        "vacant": empty,
        "may_appoint": "team.appoint" in abilities(request.user, project),
    }
    return render(request, "approvals/kickoff/detail.html", context)
