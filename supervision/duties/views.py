"""One duty: why its day, what became of it, more time asked for and decided, waived by the tier above."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Extension, Obligation, ObligationState
from accounts.obligations import kinds, services
from accounts.obligations.extensions import may_ask_for
from accounts.scope import holds
from policy.services import current_calendar
from supervision.duties.forms import AskForm, DecideForm, ExemptForm

LIGHTS = {
    ObligationState.OPEN: "none",
    ObligationState.ON_TIME: "done",
    ObligationState.EXTENDED: "done",
    ObligationState.LATE: "done",
    ObligationState.MISSING: "red",
    ObligationState.EXEMPT: "grey",
}


def _duty(request: HttpRequest, pk: int) -> Obligation:
    return get_object_or_404(Obligation.objects.visible_to(request.user).select_related("unit"), pk=pk)


@require_safe
def duty_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _duty(request, pk))


@require_POST
def ask_extension(request: HttpRequest, pk: int) -> HttpResponse:
    duty, form = _duty(request, pk), AskForm(request.POST)

    def act() -> None:
        services.ask_extension(
            obligation=duty,
            wanted_on=form.cleaned_data["wanted_on"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=clock.now(),
        )

    return _do(request, duty, form, "ask", act, _("The request has been sent to the tier above."))


@require_POST
def decide_extension(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Obligation.objects.visible_to(request.user)
    extension = get_object_or_404(
        Extension.objects.select_related("obligation__unit").filter(obligation__in=visible), pk=pk
    )
    granted = request.POST.get("decision") == "grant"
    if not granted and request.POST.get("decision") != "reject":
        raise PermissionDenied("decision")
    form = DecideForm(request.POST)

    def act() -> None:
        services.decide_extension(
            extension=extension,
            granted=granted,
            opinion=form.cleaned_data["opinion"],
            by=request.user,
            at=clock.now(),
        )

    done = (
        _("More time is granted; the old date stays visible.") if granted else _("The request is rejected.")
    )
    return _do(request, extension.obligation, form, "decide", act, done)


@require_POST
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    duty, form = _duty(request, pk), ExemptForm(request.POST)

    def act() -> None:
        services.exempt(obligation=duty, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())

    return _do(request, duty, form, "exempt", act, _("The duty is waived."))


def _do(
    request: HttpRequest, duty: Obligation, form: forms.Form, name: str, act: Callable[[], None], done: str
) -> HttpResponse:
    """Act and go back to the duty, or show the page again with what was typed."""
    if form.is_valid():
        try:
            act()
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect("duties:detail", pk=duty.pk)
    return _page(request, duty, **{name: form})


def _page(request: HttpRequest, duty: Obligation, **bound: forms.Form) -> HttpResponse:
    today, kind = clock.today(), kinds.find(duty.kind)
    state = duty.state(today)
    is_open = state in (ObligationState.OPEN, ObligationState.MISSING) and duty.cancelled_on is None
    may_decide = services.may_decide_for(request.user, duty.unit)
    extensions = list(duty.extensions.select_related("asked_by", "decided_by"))
    waiting = next((one for one in extensions if one.granted is None), None)
    may_ask = state is ObligationState.OPEN and waiting is None and may_ask_for(request.user, duty.unit)
    context: dict[str, Any] = {
        "duty": duty,
        "kind": kind,
        "label": kinds.label_of(duty.kind),
        "title": kind.title(duty) if kind else str(duty),
        "act_url": kind.url(duty) if kind and is_open and holds(request.user, kind.permission) else "",
        "state": state,
        "light": LIGHTS[state],
        "days_left": current_calendar().left(today, duty.last_day) if is_open else None,
        "extensions": extensions,
        "waiting": waiting,
        "form": next(iter(bound.values()), None),
        "ask": bound.get("ask") or (AskForm() if may_ask else None),
        "decide": bound.get("decide") or (DecideForm() if waiting and may_decide and is_open else None),
        "exempt": bound.get("exempt") or (ExemptForm() if may_decide and is_open else None),
    }
    return render(request, "supervision/duties/detail.html", context)
