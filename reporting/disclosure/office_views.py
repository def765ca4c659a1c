"""Publishing from the office: choose the words, see what the public will see, publish; withdraw with a note."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import posted_at, require, require_own
from accounts.views.guards import page_of
from reporting.circulars.models import Circular, CircularState
from reporting.disclosure import queries, services
from reporting.disclosure.forms import PublishForm, WithdrawForm
from reporting.disclosure.models import Publication
from reporting.disclosure.public_views import preview_of


@require_safe
def publication_list(request: HttpRequest) -> HttpResponse:
    """Everything published in the area, and the issued circulars that are not published yet."""
    require(request.user, "disclosure.view")
    rows = queries.listed(Publication.objects.visible_to(request.user).select_related("published_by"))
    waiting = (
        Circular.objects.visible_to(request.user)
        .filter(state=CircularState.ISSUED)
        .exclude(publications__withdrawn_at=None, publications__isnull=False)
        .select_related("unit")
        .order_by("-issued_on", "-pk")
    )
    return render(
        request, "reporting/disclosure/list.html",
        {
            "page_obj": page_of(request, rows),
            "waiting": [(row, _may(request.user, row.unit_id)) for row in waiting[:30]],
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, "disclosure.view")
    circular = get_object_or_404(
        Circular.objects.visible_to(request.user).select_related("unit", "report__snapshot"), pk=pk
    )
    require_own(request.user, services.PERMISSION, circular.unit)
    found = services.findings_in(circular)
    title_found = [one for one in found if not one.section]
    payload = services.payload_for(circular, [], on=clock.today())
    is_quiet = bool(payload["total"].get("withheld"))
    form = PublishForm(request.POST or None, sections=circular.body, found=found, ticked=not is_quiet)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.publish_circular(
                circular=circular, sections=form.chosen(), by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Published. Visitors see it within a minute."))
            return redirect("disclosure:detail", pk=made.pk)
    return render(
        request, "reporting/disclosure/publish.html",
        {
            "circular": circular,
            "form": form,
            "found": found,
            "title_found": title_found,
            "title_names": any(one.is_name for one in title_found),
            "preview": preview_of(request, payload),
            "is_quiet": is_quiet,
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def publication_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is public, who published it; withdraw with a note."""
    require(request.user, "disclosure.view")
    rows = Publication.objects.visible_to(request.user)
    publication = get_object_or_404(
        rows.select_related("unit", "circular", "published_by", "withdrawn_by", "replaced_by"), pk=pk
    )
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_publication(
                publication=publication, note=form.cleaned_data["note"], by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Withdrawn. Number, dates and your note stay in the public log."))
            return redirect("disclosure:detail", pk=pk)
    context: dict[str, Any] = {
        "publication": publication,
        "form": form,
        "preview": preview_of(request, publication.payload),
        "may_withdraw": publication.withdrawn_at is None and _may(request.user, publication.unit_id),
    }
    return render(request, "reporting/disclosure/detail.html", context)


def _may(user: Any, unit_id: str) -> bool:
    return posted_at(user, unit_id, services.PERMISSION)
