"""People of a project: contact card, appointments, their end."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Department, Posting
from projects import services
from projects.forms.team import AppointForm, DismissForm, by_role
from projects.models import Assignment, Project, TeamRole
from projects.regime import role_name
from projects.views.common import Open, head_of, open_project
from projects.views.detail import people


def project_team(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "team.appoint" if request.method == "POST" else "projects.view")
    head = head_of(request, opened, "team")
    form = _form(request, opened, head.regime) if opened.may("team.appoint") and not head.has_ended else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.appoint(project=opened.project, **form.service_values(), by=request.user, at=clock.now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Appointed."))
            return redirect("projects:team", pk=pk)
    past = [
        {"role": role_name(head.regime, row.role), "row": row}
        for row in by_role(head.team)
        if row.valid_to is not None and row.valid_to < head.bounds.today
    ]
    context = {"head": head, "project": opened.project, "form": form, "people": people(head), "past": past}
    return render(request, "projects/team.html", context)


def _form(request: HttpRequest, opened: Open, regime: Any) -> AppointForm:
    division = opened.project.division
    chain = [code for code in division.path.split("/") if code]
    today = clock.today()
    postings = (
        Posting.objects.current(today)
        .filter(division_id__in=chain, user__is_active=True)
        .select_related("user", "division", "department")
        .order_by("-division__tier", "user__full_name", "pk")[:400]
    )
    near = [division.pk, division.parent_id] if division.parent_id else [division.pk]
    departments = (
        Department.objects.filter(division_id__in=near)
        .exclude(valid_to__lt=today)
        .order_by("-division__tier", "code")
    )
    roles = [(role, role_name(regime, role)) for role in TeamRole.values]
    return AppointForm(request.POST or None, postings=postings, departments=departments, roles=roles)


def team_end(request: HttpRequest, pk: int, assignment: int) -> HttpResponse:
    opened = open_project(request, pk, "team.appoint")
    row = get_object_or_404(_appointments(opened.project, request.user), pk=assignment, valid_to=None)
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.dismiss(assignment=row, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The appointment has ended."))
            return redirect("projects:team", pk=pk)
    head = head_of(request, opened, "team")
    context = {
        "form": form, "head": head, "project": opened.project, "danger": True,
        "title": _("End the appointment of %(name)s") % {"name": row.name}, "button": _("End this appointment"),
        "note": _("%(role)s since %(day)s. The personal view of this project ends with the appointment.")
        % {"role": role_name(head.regime, row.role), "day": row.valid_from.isoformat()},
    }  # fmt: skip
    return render(request, "projects/small_form.html", context)


def _appointments(project: Project, user: Any) -> Any:
    return Assignment.objects.visible_to(user).filter(project=project).select_related("project")
