"""Pre-signing assessments: the list, a new one, one with its findings, taking one back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import acting_posting, current_postings, holds, require
from accounts.views.guards import needs, page_of
from projects.assessments import services
from projects.assessments.forms import AssessmentFilter, AssessmentForm, UnitForm
from projects.files import download
from projects.models import Assessment, AssessmentState
from projects.plans.forms import WithdrawForm


def divisions_of(user: Any) -> list[Division]:
    """Divisions the user may assess for; the counties of the own area where there is more than one."""
    paths = [
        (posting.division.path, posting.subtree)
        for posting in current_postings(user)
        if services.PERMISSION in PERMISSIONS[posting.role]
    ]
    rows = Division.objects.visible_to(user).current(clock.today()).exclude(tier=Tier.TOWNSHIP)
    return [
        row
        for row in rows.order_by("code")
        if any(row.path.startswith(path) if subtree else row.path == path for path, subtree in paths)
    ]


@require_safe
@needs("assessments.view")
def assessment_list(request: HttpRequest) -> HttpResponse:
    user = request.user
    every = Assessment.objects.visible_to(user).select_related("division", "project", "assessed_by")
    form = AssessmentFilter(request.GET)
    form.is_valid()
    rows = every
    if state := form.cleaned_data.get("state"):
        rows = rows.filter(state=state)
    if words := (form.cleaned_data.get("q") or "").strip():
        rows = rows.filter(Q(name__icontains=words) | Q(company__icontains=words))
    posting = acting_posting(user)
    context = {
        "form": form, "page": page_of(request, rows), "all": every.count(), "posting": posting,
        "refused": every.filter(state=AssessmentState.REFUSED).count(),
        "may_make": holds(user, services.PERMISSION),
        "rule": services.rule_for(posting.division, clock.today()) if posting else None,
    }  # fmt: skip
    return render(request, "projects/assessments/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(services.PERMISSION)
def assessment_new(request: HttpRequest) -> HttpResponse:
    """First the division where there are several, then the form its regime asks for."""
    divisions = divisions_of(request.user)
    wanted = request.GET.get("division") or (divisions[0].pk if len(divisions) == 1 else "")
    division = next((row for row in divisions if row.pk == wanted), None)
    rule = services.rule_for(division, clock.today()) if division else None
    if division is None or rule is None:
        unit = UnitForm({"division": wanted} if wanted else None, divisions)
        if division is not None:
            unit.is_valid()
            unit.add_error("division", _("The regime of this division knows no pre-signing assessment."))
        return render(request, "projects/assessments/unit.html", {"form": unit})
    posted = request.method == "POST"
    form = AssessmentForm(request.POST if posted else None, request.FILES if posted else None, rule=rule)
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.make_assessment(
                division=division, name=data["name"], company=data["company"], amount_yuan=data["amount_yuan"],
                content=data["content"], findings=form.findings(), opinion=data["opinion"],
                assessed_on=data["assessed_on"], upload=data["file"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            done = _("Recorded: passed. The project can be registered on it once it is signed.")
            refused = _("Recorded: refused. This project is not signed.")
            messages.success(request, done if row.state == AssessmentState.PASSED else refused)
            return redirect("projects:assessment", pk=row.pk)
    return render(
        request, "projects/assessments/form.html", {"form": form, "division": division, "rule": rule}
    )


@require_safe
@needs("assessments.view")
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    usable = row.state != AssessmentState.VOID and row.project_id is None
    context = {
        "row": row,
        "rule": services.rule_for(row.division, row.assessed_on),
        "withdraw": WithdrawForm() if usable and holds(request.user, services.PERMISSION) else None,
        "may_register": usable
        and row.state == AssessmentState.PASSED
        and holds(request.user, "projects.create"),
    }
    return render(request, "projects/assessments/detail.html", context)


@require_POST
@needs("assessments.view")
def assessment_void(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    if not holds(request.user, services.PERMISSION):
        raise PermissionDenied(services.PERMISSION)
    form = WithdrawForm(request.POST)
    form.is_valid()
    try:
        services.void_assessment(
            assessment=row, reason=form.cleaned_data.get("reason", ""), by=request.user, at=clock.now()
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Taken back; the entry stays readable."))
    return redirect("projects:assessment", pk=pk)


@require_safe
def assessment_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    require(request.user, "assessments.view")
    return download(_one(request, pk))


def _one(request: HttpRequest, pk: int) -> Assessment:
    rows = Assessment.objects.visible_to(request.user).select_related("division", "project", "assessed_by")
    return get_object_or_404(rows, pk=pk)
