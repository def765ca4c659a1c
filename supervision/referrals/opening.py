"""The page on which a referral is opened: what it is about first, then the case, the person, the facts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Department, Division
from accounts.typed import whole_number
from accounts.views.guards import needs
from projects.models import Project
from supervision.matters.models import Matter
from supervision.referrals import queries, services
from supervision.referrals.access import heads_of
from supervision.referrals.forms import OpenForm, SubjectForm
from supervision.referrals.looks import log_look
from supervision.referrals.views import open_door


@require_http_methods(["GET", "HEAD", "POST"])
@needs("referrals.make")
def referral_new(request: HttpRequest) -> HttpResponse:
    """`?project=`, `?matter=`, `?unit=` say what it is about; without them that is asked first."""
    division = queries.own_division(request.user)
    if division is None:
        raise PermissionDenied("referrals.make")
    subject = _subject(request, division)
    if subject is None:
        return _ask_subject(request, division)
    form = _form(request, division, subject)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            referral = services.open_referral(
                case=data["case"], division=division, unit=subject["unit"], project=subject["project"],
                matter=subject["matter"], department=data["department"], person=data["account"],
                person_name=data["person_name"], person_post=data["person_post"], reason=data["reason"],
                readers=list(data.get("readers", [])), by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            return _opened(request, referral)
    status = 400 if request.method == "POST" else 200
    context = subject | {"form": form, "division": division}
    return render(request, "supervision/referrals/open.html", context, status=status)


def _opened(request: HttpRequest, referral: Any) -> HttpResponse:
    purpose = _("opened it")
    log_look(
        referral=referral, what=_("the whole referral"), purpose=f"{purpose}，{referral.number}", by=request.user,
        at=clock.now(),
    )  # fmt: skip
    open_door(request, referral, purpose)
    messages.success(
        request, _("Opened as %(number)s; the record was collected and frozen.") % {"number": referral.number}
    )
    return redirect("referrals:detail", pk=referral.pk)


def _subject(request: HttpRequest, division: Division) -> dict[str, Any] | None:
    """Project, matter and unit of the address, each as far as the person may see it; None when nothing is named."""
    asked = request.GET
    project: Project | None = None
    matter: Matter | None = None
    if asked.get("project"):
        rows = Project.objects.visible_to(request.user).select_related("division__parent")
        project = get_object_or_404(rows, pk=whole_number(asked["project"]) or 0)
    if asked.get("matter"):
        found = Matter.objects.visible_to(request.user).select_related(
            "unit", "department", "project__division__parent"
        )
        matter = get_object_or_404(found, pk=whole_number(asked["matter"]) or 0)
        project = project or matter.project
    units = queries.units_of(division, clock.today())
    if matter is not None:
        unit = get_object_or_404(units, pk=matter.unit_id)
    elif project is not None:
        home = project.division
        unit = get_object_or_404(units, pk=home.county_code or home.city_code or home.province_code)
    elif asked.get("unit"):
        unit = get_object_or_404(units, pk=asked["unit"])
    else:
        return None
    return {"project": project, "matter": matter, "unit": unit}


def _ask_subject(request: HttpRequest, division: Division) -> HttpResponse:
    on = clock.today()
    form = SubjectForm(request.POST or None, units=queries.units_of(division, on))
    if request.method == "POST" and form.is_valid():
        query = _named(request, form)
        if not form.errors:
            return redirect(f"{reverse('referrals:new')}?{urlencode(query)}")
    status = 400 if request.method == "POST" else 200
    return render(
        request, "supervision/referrals/subject.html", {"form": form, "division": division}, status=status
    )


def _named(request: HttpRequest, form: SubjectForm) -> dict[str, Any]:
    """Numbers typed as people know them, as ids of rows the person may see."""
    data, query = form.cleaned_data, dict[str, Any]()
    if number := data["project"].strip():
        row = Project.objects.visible_to(request.user).filter(number__iexact=number).first()
        if row is None:
            form.add_error(
                "project", _("No project of your area has this number. Look it up in the list of projects.")
            )
        else:
            query["project"] = row.pk
    if number := data["matter"].strip():
        found = Matter.objects.visible_to(request.user).filter(number__iexact=number).first()
        if found is None:
            form.add_error(
                "matter", _("No matter of your area has this number. Look it up in the list of matters.")
            )
        else:
            query["matter"] = found.pk
    if not query and data["unit"] is not None:
        query["unit"] = data["unit"].pk
    return query


def _form(request: HttpRequest, division: Division, subject: dict[str, Any]) -> OpenForm:
    on, unit = clock.today(), subject["unit"]
    matter = subject["matter"]
    departments = Department.objects.current(on).filter(division=unit)
    heads = [one for one in heads_of(division.pk, on) if one.pk != request.user.pk]
    named = queries.accounts_named(request.POST.get("person_name", ""), division, on)
    return OpenForm(
        request.POST or None, cases=services.cases_of(division, on), departments=departments.order_by("name"),
        heads=heads, named=named, initial={"department": matter.department_id if matter else None},
    )  # fmt: skip
