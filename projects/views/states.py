"""Pausing, resuming, ending a project: one small form each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from projects import services
from projects.forms.states import EndForm, PauseForm, ProlongForm, ResumeForm
from projects.views.common import Open, head_of, open_project


def project_pause(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.plan")

    def act(form: forms.Form) -> Any:
        return services.pause_project(
            project=opened.project, **form.cleaned_data, by=request.user, at=clock.now()
        )

    return _small_form(
        request, opened, PauseForm(request.POST or None), act,
        title=_("Pause the project"), button=_("Pause this project"),
        done=_("Paused. The lights stand still until it is resumed."),
        note=_("While a project is paused its key points show grey, and the days do not count."),
    )  # fmt: skip


def project_resume(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.plan")

    def act(form: forms.Form) -> Any:
        return services.resume_project(
            project=opened.project, **form.cleaned_data, by=request.user, at=clock.now()
        )

    return _small_form(
        request, opened, ResumeForm(request.POST or None), act,
        title=_("Resume the project"), button=_("Resume this project"),
        done=_("Resumed. Please look over the planned dates."),
        note=_("Planned dates do not move by themselves; change them with a reason where they cannot be kept."),
    )  # fmt: skip


def project_prolong(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.plan")

    def act(form: forms.Form) -> Any:
        return services.prolong_pause(
            project=opened.project, **form.cleaned_data, by=request.user, at=clock.now()
        )

    return _small_form(
        request, opened, ProlongForm(request.POST or None), act,
        title=_("Prolong the pause"), button=_("Prolong this pause"),
        done=_("Prolonged. It comes up again on the day of review."),
        note=_("A pause never runs on unseen: each time it is looked at, the reason goes on record."),
    )  # fmt: skip


def project_end(request: HttpRequest, pk: int) -> HttpResponse:
    opened = open_project(request, pk, "projects.plan")

    def act(form: forms.Form) -> Any:
        return services.end_project(
            project=opened.project, **form.cleaned_data, by=request.user, at=clock.now()
        )

    return _small_form(
        request, opened, EndForm(request.POST or None, initial={"version": opened.project.version}), act,
        title=_("End the project"), button=_("End this project"),
        done=_("The project has ended; its record stays."),
        note=_("An ended project leaves the running ones and the rates from that day on. There is no way back here."),
        danger=True,
    )  # fmt: skip


def _small_form(
    request: HttpRequest, opened: Open, form: forms.Form, act: Callable[[forms.Form], Any], *,
    title: str, button: str, done: str, note: str, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, done)
            return redirect("projects:detail", pk=opened.project.pk)
    context = {
        "form": form, "head": head_of(request, opened, ""), "project": opened.project,
        "title": title, "button": button, "note": note, "danger": danger,
    }  # fmt: skip
    return render(request, "projects/small_form.html", context)
