"""One project: overview, key points, tabs of other apps, history, the printed war chart."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Obligation
from accounts.obligations.kinds import label_of
from accounts.templatetags.portal import rate
from accounts.views.guards import page_of
from policy.services import one_calendar
from projects.charts import timeline
from projects.completeness import basic_missing, missing
from projects.controls import controls_of
from projects.forms.team import by_role
from projects.history import events_of, records_of
from projects.models import TeamRole
from projects.regime import role_name
from projects.tabs import find_tab
from projects.track import spans
from projects.views.common import Head, head_of, open_project


@require_safe
@one_calendar()
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk)
    head = head_of(request, opened, "overview")
    project, on = opened.project, head.bounds.today
    context = {
        "head": head,
        "project": project,
        "share": rate(project.invested_total_yuan, project.contract_amount_yuan),
        "missing": missing(project, head.points, head.team, on=on)
        if head.may_edit and not head.has_ended
        else [],
        "basic_ready": project.filed_on is None and not basic_missing(project),
        "duties": _duties(request, head),
        "people": people(head),
        "events": events_of(records_of(project, request.user)[:6]) if opened.may("audit.view") else [],
    }
    return render(request, "projects/detail.html", context)


def _duties(request: HttpRequest, head: Head) -> list[dict[str, Any]]:
    """Duties of the host division about this project, for people of its area."""
    if "warnings.view" not in head.held:
        return []
    on = head.bounds.today
    rows = Obligation.objects.visible_to(request.user).filter(
        subject_type="projects.project", subject_id=head.project.pk
    )
    return [
        {"row": row, "label": label_of(row.kind), "state": row.state(on).label, "code": row.state(on).value}
        for row in rows.order_by("due_on", "pk")
    ]


def people(head: Head) -> list[dict[str, Any]]:
    """The contact card: everyone serving today under the regime's names, and the company's contact."""
    on = head.bounds.today
    serving = [
        row
        for row in by_role(head.team)
        if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
    ]
    rows: list[dict[str, Any]] = [{"role": role_name(head.regime, row.role), "row": row} for row in serving]
    company = head.project.company
    named = any(row.role == TeamRole.COMPANY_CONTACT for row in serving)
    if company is not None and company.contact_name and not named:
        contact = {"name": company.contact_name, "phone": company.contact_phone, "office": company.name}
        rows.append({"role": role_name(head.regime, TeamRole.COMPANY_CONTACT), "row": contact})
    return rows


@require_safe
@one_calendar()
def project_milestones(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk)
    head = head_of(request, opened, "milestones")
    context = {"head": head, "project": opened.project, "chart": _chart(head)}
    return render(request, "projects/milestones.html", context)


def _chart(head: Head) -> Any:
    return timeline(head.nodes, signed_on=head.project.signed_on, pauses=head.pauses, today=head.bounds.today)


@require_safe
@one_calendar()
def project_tab(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A tab another app has registered."""
    opened = open_project(request, pk)
    tab = find_tab(code)
    if tab is None:
        raise Http404
    if not opened.may(tab.permission):
        raise PermissionDenied(tab.permission)
    head = head_of(request, opened, code)
    own = tab.context(opened.project, request.user, head.bounds.today)
    context = {"head": head, "project": opened.project, "tab": tab, **own}
    return render(request, "projects/tab.html", context)


@require_safe
def project_history(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "audit.view")
    page = page_of(request, records_of(opened.project, request.user), default=20)
    page.object_list = events_of(page.object_list)
    context = {"head": head_of(request, opened, "history"), "project": opened.project, "page": page}
    return render(request, "projects/history.html", context)


@require_safe
def project_flow(request: HttpRequest, pk: int) -> HttpResponse:
    """The war chart of one project for the wall, A3 landscape (挂图作战)."""
    opened = open_project(request, pk)
    head = head_of(request, opened, "milestones")
    worst = next(iter(head.lit), None)
    items = controls_of(opened.project, request.user, head.bounds.today)
    context = {
        "head": head,
        "project": opened.project,
        "chart": _chart(head),
        "spans": spans(head.nodes, opened.project.signed_on, head.bounds.today, items.stages),
        "stuck": None if head.has_ended else items.block,
        "people": people(head)[:6],
        "stop": worst if worst is not None and worst.light.value in ("red", "amber") else None,
        "now": clock.now(),
        "rule": head.regime.rule("milestone_light", head.bounds.today),
    }
    return render(request, "projects/flow.html", context)
