"""Merging two records of one project: finding the other one, comparing field by field, reading what was done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import holds, require
from projects.duplicates import find_duplicates
from projects.history import label_of, shown
from projects.models import Merge, Project, ProjectState
from projects.text import fold_search, plain
from projects.transfers import merging
from projects.transfers.forms import FindForm, MergeForm
from projects.views.common import open_project

MOST = 20


@require_safe
def merge_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The record that stays is `pk`; the candidates are those that look alike, or that are searched for."""
    project = open_project(request, pk, merging.PERMISSION).project
    form = FindForm(request.GET or None)
    words = fold_search(form.cleaned_data["q"]) if form.is_valid() else ""
    rows = (
        Project.objects.visible_to(request.user)
        .exclude(pk=pk)
        .exclude(state=ProjectState.MERGED)
        .select_related("division", "company")
    )
    if words:
        found = list(
            rows.filter(
                Q(name__icontains=words) | Q(number__icontains=words) | Q(company__name__icontains=words)
            )[:MOST]
        )
    else:
        alike = find_duplicates(
            name=project.name, company=project.company, investor=project.investor, user=request.user,
            county_code=project.county_code, city_code=project.city_code,
        )  # fmt: skip
        found = [row for row in alike.visible if row.pk != pk]
    context = {"project": project, "form": form, "found": found, "words": words}
    return render(request, "projects/transfers/merge_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    project = open_project(request, pk, merging.PERMISSION).project
    duplicate = open_project(request, other, merging.PERMISSION).project
    told = merging.differences(project, duplicate)
    versions = {"mine": project.version, "theirs": duplicate.version}
    posted = request.method == "POST"
    form = MergeForm(request.POST if posted else None, initial=versions)
    if posted and form.is_valid():
        data = form.cleaned_data
        take = {one.key for one in told if request.POST.get(f"take-{one.key}") == "duplicate"}
        try:
            merge = merging.merge_projects(
                survivor=project, duplicate=duplicate, take=take, reason=data["reason"],
                versions=(data["mine"], data["theirs"]), by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            data_now: Any = request.POST.copy()
            data_now.update({name: str(value) for name, value in versions.items()})
            form.data = data_now
            add_refusal(form, error)
        else:
            messages.success(request, _("Merged. Everything of the duplicate is found here now."))
            return redirect("projects:merge", pk=merge.pk)
    rows = [
        {
            "key": one.key,
            "label": label_of(one.key),
            "survivor": shown(one.key, plain(one.survivor)),
            "duplicate": shown(one.key, plain(one.duplicate)),
            "take": request.POST.get(f"take-{one.key}", one.take) if posted else one.take,
        }
        for one in told
    ]
    context = {"project": project, "duplicate": duplicate, "form": form, "rows": rows}
    return render(request, "projects/transfers/merge_compare.html", context)


@require_safe
def merge_detail(request: HttpRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(
        Merge.objects.visible_to(request.user).select_related("survivor", "duplicate", "merged_by"), pk=pk
    )
    if not holds(request.user, "audit.view"):
        raise PermissionDenied("audit.view")
    require(request.user, "audit.view", merge.survivor)
    rows = [
        {
            "label": label_of(one["key"]),
            "survivor": shown(one["key"], one["survivor"]),
            "duplicate": shown(one["key"], one["duplicate"]),
            "taken": one["taken"],
        }
        for one in merge.differences
    ]
    context = {
        "merge": merge, "project": merge.survivor, "rows": rows, "moved": _named(merge.moved),
        "kept": _named(merge.kept),
    }  # fmt: skip
    return render(request, "projects/transfers/merge_detail.html", context)


def _named(counts: dict[str, int]) -> list[tuple[str, int]]:
    """{model label: rows} with the names people know."""
    from django.apps import apps

    return sorted((str(apps.get_model(label)._meta.verbose_name), number) for label, number in counts.items())
