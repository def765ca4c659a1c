"""What the small forms about a project's course share: one form with an optional file, one act, one way back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.forms import add_refusal
from projects.models import Project


def small_form(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    project: Project,
    title: str,
    button: str,
    done: str,
    note: str,
    tab: str,
    facts: list[tuple[Any, Any]] | None = None,
    danger: bool = False,
) -> HttpResponse:
    """GET shows the form, POST acts and goes back to the project's tab. A refusal stands at its field."""
    back = reverse("projects:tab", args=[project.pk, tab])
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        "form": form, "project": project, "title": title, "button": button, "note": note, "back": back,
        "facts": facts or [], "danger": danger,
    }  # fmt: skip
    return render(request, "projects/plans/small_form.html", context)
