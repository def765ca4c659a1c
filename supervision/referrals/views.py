"""Pages of referrals. One is opened only after a purpose was typed; each download is a look of its own."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import acting_posting
from accounts.views.guards import needs, page_of
from policy.services import working_days_left
from supervision.referrals import queries
from supervision.referrals.access import discipline_posted, in_circle, is_discipline
from supervision.referrals.actions import ACTIONS, actions_for, form_of
from supervision.referrals.bundle import is_intact
from supervision.referrals.forms import LookForm, ReferralFilter, StatementForm
from supervision.referrals.looks import log_look, looks_of
from supervision.referrals.models import Referral, ReferralBundle, ReferralFile, ReferralState
from supervision.referrals.services import make_statement

SESSION = "referral_looks"
OPEN_FOR = timedelta(minutes=30)


@require_safe
@needs("referrals.view")
def referral_list(request: HttpRequest) -> HttpResponse:
    form = ReferralFilter(request.GET)
    rows = queries.listed(request.user)
    wanted = form.cleaned_data if form.is_valid() else {}
    if q := wanted.get("q", "").strip():
        rows = rows.filter(
            Q(number__icontains=q) | Q(project_label__icontains=q) | Q(matter_label__icontains=q)
        )
    for name in ("case", "state"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    context = {
        "form": form, "page": page_of(request, rows, default=20), "posting": acting_posting(request.user),
        "may_open": queries.own_division(request.user) is not None,
    }  # fmt: skip
    return render(request, "supervision/referrals/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def referral_look(request: HttpRequest, pk: int) -> HttpResponse:
    """The door: a purpose is typed, kept with name and time, and opens this one referral for half an hour."""
    referral = _referral(request, pk)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            log_look(
                referral=referral, what=_("the whole referral"), purpose=form.cleaned_data["purpose"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            open_door(request, referral, form.cleaned_data["purpose"])
            return redirect("referrals:detail", pk=pk)
    status = 400 if request.method == "POST" else 200
    return render(
        request, "supervision/referrals/look.html", {"referral": referral, "form": form}, status=status
    )


@require_safe
def referral_detail(request: HttpRequest, pk: int) -> HttpResponse:
    referral = _referral(request, pk)
    if not _purpose(request, referral):
        return redirect("referrals:look", pk=pk)
    return _page(request, referral)


@require_POST
def referral_move(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do a move. A refusal comes back on the page with what was typed."""
    referral = _referral(request, pk)
    if code not in ACTIONS:
        raise Http404
    if not _purpose(request, referral):
        messages.warning(
            request, _("Half an hour has passed. Say again what you open it for; nothing was changed.")
        )
        return redirect("referrals:look", pk=pk)
    action = ACTIONS[code]
    form = form_of(code, referral, request.POST, request.FILES)
    if form.is_valid():
        try:
            action.service(referral=referral, **action.values(form), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            referral = _referral(request, pk)
            again = request.POST.copy()  # the next try answers to the referral as it stands now
            again["turn"] = str(referral.turn)
            form.data = again
        else:
            messages.success(request, action.said)
            seen = Referral.objects.visible_to(request.user).filter(pk=pk).exists()
            return redirect("referrals:detail", pk=pk) if seen else redirect("referrals:list")
    elif not any(one["code"] == code for one in actions_for(request.user, referral)):
        raise PermissionDenied(code)
    return _page(request, referral, bound=(code, form), status=400)


@require_safe
def referral_bundle(request: HttpRequest, pk: int, version: int) -> HttpResponseBase:
    referral = _referral(request, pk)
    bundle = get_object_or_404(ReferralBundle.objects.filter(referral=referral), version=version)
    purpose = _purpose(request, referral)
    if not purpose:
        return redirect("referrals:look", pk=pk)
    if not is_intact(bundle):
        messages.error(
            request,
            _("The stored bundle is no longer what was frozen. Tell the administrator; it is not served."),
        )
        return redirect("referrals:detail", pk=pk)
    what = _("evidence bundle %(n)d") % {"n": version}
    log_look(referral=referral, what=what, purpose=purpose, by=request.user, at=clock.now())
    return files.attachment(bundle.path, f"{referral.number}-{version}.zip", "application/zip")


@require_safe
def referral_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    referral = _referral(request, pk)
    row = get_object_or_404(ReferralFile.objects.filter(referral=referral), pk=file_id)
    purpose = _purpose(request, referral)
    if not purpose:
        return redirect("referrals:look", pk=pk)
    log_look(referral=referral, what=row.name, purpose=purpose, by=request.user, at=clock.now())
    return files.attachment(row.path, row.name, row.content_type)


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """What is put to the person concerned, and their own words. Nobody else's page."""
    referral = _put_to(request, pk)
    form = StatementForm(request.POST or None, request.FILES or None)
    may_state = referral.state == ReferralState.INVITED
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            make_statement(
                referral=referral, text=data["text"], is_final=data["is_final"], uploads=data["uploads"],
                by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your statement is kept with the referral."))
            return redirect("referrals:statement", pk=pk)
    if request.method == "GET":
        log_look(
            referral=referral, what=_("what is put to the person concerned"), purpose=_("own statement"),
            by=request.user, at=clock.now(),
        )  # fmt: skip
    context = {
        "referral": referral, "form": form if may_state or form.is_bound else None, "may_state": may_state,
        "statements": referral.statements.prefetch_related("files"),
        "days_left": working_days_left(referral.state_by_on, clock.today()),
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "supervision/referrals/statement.html", context, status=status)


@require_safe
def statement_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    """The person's own files, not those of an outcome."""
    referral = _put_to(request, pk)
    row = get_object_or_404(
        ReferralFile.objects.filter(referral=referral, statement__isnull=False), pk=file_id
    )
    return files.attachment(row.path, row.name, row.content_type)


def open_door(request: HttpRequest, referral: Referral, purpose: str) -> None:
    doors = dict(request.session.get(SESSION, {}))
    doors[str(referral.pk)] = [clock.now().isoformat(), purpose]
    request.session[SESSION] = doors


def _purpose(request: HttpRequest, referral: Referral) -> str:
    """The purpose typed within the last half hour, empty where there is none."""
    since, purpose = request.session.get(SESSION, {}).get(str(referral.pk), ("", ""))
    if not since or not timedelta(0) <= clock.now() - datetime.fromisoformat(since) <= OPEN_FOR:
        return ""
    return str(purpose)


def _referral(request: HttpRequest, pk: int) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related(
        "division__parent", "unit", "department", "person", "opened_by", "addressee", "handed_by"
    )
    return get_object_or_404(rows, pk=pk)


def _put_to(request: HttpRequest, pk: int) -> Referral:
    return get_object_or_404(queries.put_to(request.user), pk=pk)


def _page(
    request: HttpRequest,
    referral: Referral,
    *,
    bound: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    actions = actions_for(request.user, referral, bound)
    offered = {one["code"] for one in actions}
    context = {
        "referral": referral, "actions": actions, "bound": bound[1] if bound else None,
        "lost": _typed(bound[1]) if bound and bound[0] not in offered else "",
        "bundles": [(one, one.manifest, _held(one)) for one in referral.bundles.select_related("collected_by")],
        "readers": referral.readers.select_related("user", "named_by"),
        "statements": referral.statements.select_related("recorded_by").prefetch_related("files"),
        "outcomes": referral.outcomes.prefetch_related("files"), "looks": looks_of(referral)[:100],
        "looks_count": looks_of(referral).count(), "days_left": working_days_left(referral.state_by_on, clock.today()),
        "circle": in_circle(request.user, referral), "discipline": is_discipline(request.user, referral),
        "on_paper": referral.addressee_id is not None and not discipline_posted(referral.addressee_id),
        "list_url": reverse("referrals:list"),
    }  # fmt: skip
    return render(request, "supervision/referrals/detail.html", context, status=status)


def _typed(form: forms.Form) -> str:
    """What was typed into a form that is no longer offered, so that nothing is lost."""
    names = ("text", "reason", "put_text", "note", "document_number")
    return "\n".join(form.data.get(name, "") for name in names).strip()


def _held(bundle: ReferralBundle) -> str:
    """What the bundle holds, in a line: 项目基本情况 9、关键节点 7."""
    parts = [f"{one['title']} {len(one['rows'])}" for one in bundle.manifest["sections"] if one["rows"]]
    return pgettext("between items", ", ").join(parts)
