"""Registering a project, editing it, filing its basic information."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.errors import DomainError, StaleState
from accounts.forms import add_refusal
from accounts.models import Division
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings
from accounts.views.guards import needs
from projects import services
from projects.completeness import REQUIREMENTS
from projects.forms.registry import (
    FORM_FIELD,
    EditProjectForm,
    NewProjectForm,
    RegistryForm,
    form_values,
    shown_value,
)
from projects.history import label_of
from projects.models import Assessment, Project
from projects.views.common import head_of, open_project


def _divisions(user: Any) -> list[Division]:
    """Where the person may register projects: their own divisions and those below, of today."""
    spots = [
        posting.division.path
        for posting in current_postings(user)
        if posting.subtree and "projects.create" in PERMISSIONS[posting.role]
    ]
    single = [
        posting.division_id
        for posting in current_postings(user)
        if not posting.subtree and "projects.create" in PERMISSIONS[posting.role]
    ]
    rows = Division.objects.visible_to(user).current(clock.today()).select_related("parent").order_by("code")
    return [row for row in rows if row.pk in single or any(row.path.startswith(path) for path in spots)]


@needs("projects.create")
def project_create(request: HttpRequest) -> HttpResponse:
    usable = Assessment.objects.visible_to(request.user).usable()
    chosen = {"assessment": request.GET.get("assessment", "")}
    form = NewProjectForm(
        request.POST or None, divisions=_divisions(request.user), assessments=usable, initial=chosen
    )
    duplicates: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            project = services.register_project(data=form.service_values(), by=request.user, at=clock.now())
        except DomainError as error:
            add_refusal(form, error, FORM_FIELD)
            duplicates = error.details if error.code == "maybe_duplicate" else {}
        else:
            for warning in form.code_warnings():
                messages.warning(request, warning)
            messages.success(request, _("Registered as %(number)s.") % {"number": project.number})
            return redirect("projects:detail", pk=project.pk)
    context = {
        "form": form,
        "duplicates": duplicates,
        "basics": [rule.label for rule in REQUIREMENTS if rule.basic],
    }
    return render(request, "projects/create.html", context)


def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.edit")
    project = opened.project
    if request.method != "POST":
        form = EditProjectForm(project=project)
        return render(
            request,
            "projects/edit.html",
            {"form": form, "head": head_of(request, opened, ""), "project": project},
        )
    data = _with_choices(request, project)
    form = EditProjectForm(data, project=project)
    conflict: list[dict[str, Any]] = []
    if form.is_valid():
        try:
            services.edit_project(
                project=project, changes=form.service_values(), version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"], by=request.user, at=clock.now(),
            )  # fmt: skip
        except StaleState as error:
            project.refresh_from_db()
            conflict = conflict_rows(form, error.details)
            add_refusal(form, error, FORM_FIELD)
            data["version"] = str(project.version)  # the next attempt is made against what is shown now
        except DomainError as error:
            add_refusal(form, error, FORM_FIELD)
        else:
            for warning in form.code_warnings():
                messages.warning(request, warning)
            messages.success(request, _("Saved."))
            return redirect("projects:detail", pk=project.pk)
    context = {"form": form, "conflict": conflict, "head": head_of(request, opened, ""), "project": project}
    return render(request, "projects/edit.html", context)


def _with_choices(request: HttpRequest, project: Project) -> Any:
    """The posted form; a field where the person takes the other one's version gets the stored value."""
    data = request.POST.copy()
    stored = RegistryForm(initial=form_values(project))
    for name in [
        key.removeprefix("take-")
        for key, value in request.POST.items()
        if key.startswith("take-") and value == "theirs"
    ]:
        wanted = (
            ["company_name", "credit_code", "contact_name", "contact_phone"]
            if name == "company"
            else [FORM_FIELD.get(name, name)]
        )
        for field in wanted:
            if field in stored.fields:
                data[field] = str(stored[field].value() if stored[field].value() is not None else "")
    return data


def conflict_rows(form: RegistryForm, details: dict[str, Any]) -> list[dict[str, Any]]:
    """Both versions field by field; the one only one side changed is chosen beforehand."""
    return [
        {
            "name": name,
            "label": label_of(name),
            "base": shown_value(form, name, values["base"]),
            "theirs": shown_value(form, name, values["theirs"]),
            "yours": shown_value(form, name, values["yours"]),
            "same": values["theirs"] == values["yours"],
            "take": "theirs" if values["yours"] == values["base"] else "yours",
        }
        for name, values in details.items()
    ]


@require_POST
def file_basic(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.edit")
    try:
        services.file_basic_information(project=opened.project, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The basic information has been filed."))
    return redirect("projects:detail", pk=pk)
