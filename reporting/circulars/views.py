"""Circulars on screen: the figures beside the page as it will be printed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.downloads import document_download
from accounts.errors import DomainError, StaleState
from accounts.forms import add_refusal
from accounts.models import AuditRecord
from accounts.scope import acting_posting, holds, posted_at, require, require_own
from documents import render as render_document
from policy.periods import Period
from reporting.circulars import services
from reporting.circulars.document import document_of
from reporting.circulars.models import Circular, CircularState
from reporting.reports.figures import RATES
from reporting.reports.forms import CircularForm, ReasonForm
from reporting.reports.labels import rate_lines
from reporting.reports.services import content_of
from reporting.reports.views import FORMATS

SHOWN_RATES = ("fulfilment_rate", "start_rate", "planned_start_rate", "production_rate")
ACTION_NAMES = {
    "circular_drafted": gettext_lazy("drafted from the frozen report"),
    "circular_edited": gettext_lazy("words edited"),
    "circular_approved": gettext_lazy("approved"),
    "circular_returned": gettext_lazy("returned for changes"),
    "circular_issued": gettext_lazy("numbered and issued"),
}


@require_safe
def circular_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "circulars.view")
    circulars = Circular.objects.visible_to(request.user).select_related("unit", "issued_by")
    posting = acting_posting(request.user)
    above = posting.division.path.strip("/").split("/")[:-1] if posting else []
    issued_above = Circular.objects.filter(
        unit_id__in=above, state__in=[CircularState.ISSUED, CircularState.REPLACED]
    ).select_related("unit", "issued_by")
    page = Paginator((circulars | issued_above).order_by("-drafted_at", "-pk"), 30)
    return render(
        request,
        "reporting/circulars/list.html",
        {
            "page_obj": page.get_page(request.GET.get("page")),
            "division": posting.division if posting else None,
        },
    )


@require_safe
def circular_detail(request: HttpRequest, pk: int) -> HttpResponse:
    circular = _circular(request, pk)
    content = content_of(circular.report)
    lines = rate_lines(content.total, content.previous, content.rules)
    own = Circular.objects.visible_to(request.user).filter(pk=pk).exists()
    history = AuditRecord.objects.visible_to(request.user).filter(
        object_type="reporting.circular", object_id=str(pk)
    )
    return render(
        request,
        "reporting/circulars/detail.html",
        {
            "circular": circular,
            "own": own,  # of the own area: only then do its figures open their rows
            "period": Period.parse(circular.period),
            "content": content,
            "rates": [line for line in lines if line.key in SHOWN_RATES],
            "ranking": sorted(
                (u for u in content.units if not u.own),
                key=lambda u: (-(u.figures.rate("start_rate").value or -1), u.code),
            ),
            "page_html": render_document(document_of(circular), "html"),
            "history": [
                (r, ACTION_NAMES.get(r.action, r.action)) for r in history.order_by("-at", "-pk")[:20]
            ],
            "may_edit": posted_at(request.user, circular.unit_id, "circulars.draft")
            and circular.state == CircularState.DRAFT,
            "may_approve": own
            and circular.state == CircularState.DRAFT
            and services.may_approve(circular, request.user),
            "wrote_it": (circular.edited_by_id or circular.drafted_by_id) == request.user.pk,
            "may_issue": posted_at(request.user, circular.unit_id, "circulars.issue")
            and circular.state == CircularState.APPROVED,
            "may_correct": posted_at(request.user, circular.unit_id, "circulars.draft")
            and circular.state == CircularState.ISSUED,
            "errata": circular.errata.all(),
            **_public_state(request, circular, own),
            "rate_keys": list(RATES),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def circular_edit(request: HttpRequest, pk: int) -> HttpResponse:
    circular = _own(request, pk)
    require_own(request.user, "circulars.draft", circular.unit)
    form = CircularForm(
        request.POST or None,
        sections=circular.body,
        initial={
            "version": circular.row_version,
            "title": circular.title,
            "addressees": circular.addressees,
            "copies": circular.copies,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_circular(
                circular=circular,
                title=form.cleaned_data["title"],
                addressees=form.cleaned_data["addressees"],
                copies=form.cleaned_data["copies"],
                body=form.sections(),
                row_version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
        except StaleState as error:
            circular.refresh_from_db()
            form.renew(circular.row_version, str(error))
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The circular is saved."))
            return redirect("circulars:detail", pk=pk)
    return render(request, "reporting/circulars/edit.html", {"circular": circular, "form": form})


@require_POST
def circular_approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.approve_circular, _("The circular is approved; it can be issued now."))


@require_POST
def circular_issue(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.issue_circular, _("The circular is numbered and issued."))


@require_http_methods(["GET", "HEAD", "POST"])
def circular_return(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, "circulars.approve", services.return_circular, _("Return the circular for changes")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def circular_erratum(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, "circulars.draft", services.draft_erratum, _("Begin a correction of this circular")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def circular_discard(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, "circulars.draft", services.discard_draft, _("Discard this draft"))


@require_safe
def circular_export(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    circular = _circular(request, pk)
    return document_download(document_of(circular), format, FORMATS)


def _circular(request: HttpRequest, pk: int) -> Circular:
    """Of the own area, or issued by a tier above: a circular is addressed downwards."""
    require(request.user, "circulars.view")
    rows = Circular.objects.select_related(
        "unit", "report", "corrects", "drafted_by", "approved_by", "issued_by"
    )
    own = rows.visible_to(request.user).filter(pk=pk).first()
    if own is not None:
        return own
    posting = acting_posting(request.user)
    above = posting.division.path.strip("/").split("/")[:-1] if posting else []
    issued = rows.filter(unit_id__in=above, state__in=[CircularState.ISSUED, CircularState.REPLACED])
    return get_object_or_404(issued, pk=pk)


def _public_state(request: HttpRequest, circular: Circular, own: bool) -> dict[str, Any]:
    """Whether it stands on the public site, and whether this person may put it there."""
    publication = circular.publications.filter(withdrawn_at=None).first() if own else None
    issued = circular.state == CircularState.ISSUED
    return {
        "publication": publication if own and holds(request.user, "disclosure.view") else None,
        "may_publish": publication is None
        and issued
        and posted_at(request.user, circular.unit_id, "disclosure.publish"),
    }


def _own(request: HttpRequest, pk: int) -> Circular:
    require(request.user, "circulars.view")
    return get_object_or_404(Circular.objects.visible_to(request.user).select_related("unit"), pk=pk)


def _act(request: HttpRequest, pk: int, service: Callable[..., Any], done: str) -> HttpResponse:
    circular = _own(request, pk)
    try:
        service(circular=circular, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("circulars:detail", pk=pk)


def _with_reason(
    request: HttpRequest, pk: int, right: str, service: Callable[..., Any], heading: str
) -> HttpResponse:
    circular = _own(request, pk)
    require_own(request.user, right, circular.unit)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = service(
                circular=circular, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            if isinstance(made, Circular):
                return redirect("circulars:detail", pk=made.pk)
            messages.success(request, _("The draft is discarded."))
            return redirect("reports:detail", pk=circular.report_id)
    return render(
        request, "reporting/circulars/reason.html", {"circular": circular, "form": form, "heading": heading}
    )
