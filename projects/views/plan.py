"""Dates of the key points."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, StaleState
from projects import services
from projects.forms.plan import PlanForm
from projects.history import label_of, shown
from projects.views.common import head_of, open_project


def project_plan(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.edit")
    project = opened.project
    points = list(project.milestones.order_by("position"))
    data = _with_choices(request, points) if request.method == "POST" else None
    form = PlanForm(data, points=points, version=project.version, may_plan=opened.may("projects.plan"))
    conflict: list[dict[str, Any]] = []
    ask_url = ""
    if data is not None and form.is_valid():
        try:
            services.set_milestones(
                project=project, changes=form.changes(), version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"], cause=form.cleaned_data["cause"],
                party=form.cleaned_data["party"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except StaleState as error:
            project.refresh_from_db()
            conflict = _conflict_rows(error.details)
            form.add_error(None, str(error.message))
            data["version"] = str(project.version)
        except DomainError as error:
            ask_url = _ask_url(project.pk, form) if error.details.get("beyond") else ""
            for key, text in (error.details.get("fields") or {error.field: str(error.message)}).items():
                name = key.replace(".", "-")
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, _("Dates saved."))
            return redirect("projects:detail", pk=pk)
    context = {
        "form": form,
        "conflict": conflict,
        "ask_url": ask_url,
        "head": head_of(request, opened, "milestones"),
        "project": project,
    }
    return render(request, "projects/plan.html", context)


def _ask_url(pk: int, form: PlanForm) -> str:
    """The request to the tier above, with what was typed here."""
    typed = {code: day.isoformat() for code, day in form.moved_plans().items()}
    for name, key in (("cause", "cause"), ("party", "party"), ("reason", "evidence")):
        if form.cleaned_data.get(name):
            typed[key] = form.cleaned_data[name]
    return f"{reverse('projects:plan_change_ask', args=[pk])}?{urlencode(typed)}"


def _with_choices(request: HttpRequest, points: list[Any]) -> Any:
    data = request.POST.copy()
    by_code = {point.code: point for point in points}
    for key, value in request.POST.items():
        if not key.startswith("take-") or value != "theirs":
            continue
        code, _dash, name = key.removeprefix("take-").partition("-")
        if code in by_code and hasattr(by_code[code], name):
            stored = getattr(by_code[code], name)
            data[f"{code}-{name}"] = "" if stored is None else str(stored)
    return data


def _conflict_rows(details: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": key.replace(".", "-"),
            "label": label_of(key),
            "base": shown(key, values["base"]),
            "theirs": shown(key, values["theirs"]),
            "yours": shown(key, values["yours"]),
            "same": values["theirs"] == values["yours"],
            "take": "theirs" if values["yours"] == values["base"] else "yours",
        }
        for key, values in details.items()
        if not key.endswith(".actual_precision")
    ]
