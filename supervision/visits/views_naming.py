"""The page of the competent office: invited supervisors of the area and the projects named to them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import User
from accounts.scope import acting_posting
from accounts.views.guards import needs
from supervision.inspections.queries import projects_named
from supervision.visits import naming
from supervision.visits.forms import NameForm
from supervision.visits.models import Naming

MOST_AT_ONCE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs(naming.NAME)
def supervisors(request: HttpRequest) -> HttpResponse:
    """Who goes into which projects; name further ones."""
    on = clock.today()
    people = naming.supervisors_for(request.user, on)
    form = NameForm(request.POST or None, supervisors=people)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                number = _name(request, form)
            except DomainError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(
                    request, _("Named %(n)d projects; the supervisor has been told.") % {"n": number}
                )
                return redirect("visits:supervisors")
    rows = (
        Naming.objects.visible_to(request.user).in_force().select_related("project__division", "supervisor")
    )
    by_person: dict[int, list[Naming]] = {}
    for row in rows:
        by_person.setdefault(row.supervisor_id, []).append(row)
    shown = list(people)
    gone = set(by_person) - {
        one.pk for one in shown
    }  # their posting ended; what is named to them can be ended
    shown += User.objects.filter(pk__in=gone).order_by("full_name", "pk")
    context = {"form": form, "people": [(one, by_person.get(one.pk, [])) for one in shown]}
    return render(request, "supervision/visits/supervisors.html", context, status=status)


def _name(request: HttpRequest, form: Any) -> int:
    """Name the projects of the form, all or none."""
    posting = acting_posting(request.user)
    lines = [line for line in form.cleaned_data["projects"].splitlines() if line.strip()]
    if len(lines) > MOST_AT_ONCE:
        raise DomainError(
            "too_many_lines",
            _(
                "These are %(n)d lines; at most %(most)d projects are named at once. Send the others afterwards."
            )
            % {"n": len(lines), "most": MOST_AT_ONCE},
            field="projects",
        )
    found, unknown = projects_named(posting.division, lines) if posting else ([], lines)
    if unknown:
        raise DomainError(
            "project_unknown",
            _("No single project of this area is called: %(names)s. Write its number.")
            % {"names": "、".join(unknown[:5])},
            field="projects",
        )
    with transaction.atomic():
        for project in found:
            naming.name_project(
                project=project, supervisor=form.cleaned_data["supervisor"], by=request.user, at=clock.now()
            )
    return len(found)


@require_POST
@needs(naming.NAME)
def naming_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Naming.objects.visible_to(request.user).select_related("project", "supervisor")
    row = get_object_or_404(rows, pk=pk)
    try:
        naming.end_naming(naming=row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request,
            _("%(who)s no longer goes into %(project)s.")
            % {"who": row.supervisor, "project": row.project.name},
        )
    return redirect("visits:supervisors")
