"""Divisions of the reader's area, and the departments and people of one of them (H4)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.departments import add_department, end_department
from accounts.divisions import regime_code_of
from accounts.errors import DomainError
from accounts.forms import DepartmentForm, EndForm, add_refusal
from accounts.models import Department, Division, Posting
from accounts.scope import require
from accounts.views.people import managed_divisions
from policy.regimes import UnknownRegime, get_regime


@require_safe
def division_list(request: HttpRequest) -> HttpResponse:
    """The tree of divisions inside the area; an area of one division is that division's page."""
    rows = list(Division.objects.visible_to(request.user).current(clock.today()).order_by("path"))
    if len(rows) == 1:
        return redirect("accounts:division", code=rows[0].code)
    return render(request, "accounts/divisions/list.html", {"tree": _tree(rows), "count": len(rows)})


@require_safe
def division_detail(request: HttpRequest, code: str) -> HttpResponse:
    division = get_object_or_404(
        Division.objects.visible_to(request.user).select_related("parent"), code=code
    )
    today = clock.today()
    try:
        regime = get_regime(regime_code_of(division))
    except UnknownRegime:
        regime = None
    context = {
        "division": division,
        "regime": regime,
        "children": division.children.current(today),
        "departments": division.departments.all(),
        "postings": Posting.objects.current(today)
        .filter(division=division, user__is_active=True)
        .select_related("user", "department")
        .order_by("role", "pk"),
        "may_manage": managed_divisions(request.user).filter(pk=code).exists(),
        "today": today,
    }
    return render(request, "accounts/divisions/detail.html", context)


def department_add(request: HttpRequest, code: str) -> HttpResponse:
    division = get_object_or_404(Division.objects.visible_to(request.user), code=code)
    require(request.user, "accounts.manage", division=division)
    form = DepartmentForm(request.POST or None, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            department = add_department(
                division=division, **form.cleaned_data, by=request.user, at=clock.now()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(name)s has been added.") % {"name": department.name})
            return redirect("accounts:division", code=code)
    return render(request, "accounts/divisions/department_add.html", {"division": division, "form": form})


def department_end(request: HttpRequest, pk: int) -> HttpResponse:
    department = get_object_or_404(
        Department.objects.select_related("division").filter(
            division__in=Division.objects.visible_to(request.user)
        ),
        pk=pk,
    )
    require(request.user, "accounts.manage", division=department.division)
    form = EndForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            end_department(department=department, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request,
                _("%(name)s ends on %(day)s.")
                % {"name": department.name, "day": form.cleaned_data["last_day"]},
            )
            return redirect("accounts:division", code=department.division_id)
    return render(request, "accounts/divisions/department_end.html", {"department": department, "form": form})


def _tree(rows: list[Any]) -> list[Any]:
    """Put `below` lists on the divisions and return those whose parent is not among them."""
    by_code = {row.code: row for row in rows}
    for row in rows:
        row.below = []
    roots: list[Any] = []
    for row in rows:
        parent = by_code.get(row.parent_id or "")
        (parent.below if parent else roots).append(row)
    return roots
