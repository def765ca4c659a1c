"""Notices for those who write them and those who get them; the investor reads them in the portal's own frame."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.files import attachment
from accounts.forms import add_refusal
from accounts.models import Division
from accounts.scope import holds, only_investor, posted_at, require, require_own
from accounts.typed import whole_number
from accounts.views.guards import Request, needs, page_of
from supervision.notices import addressing, queries, releasing, services
from supervision.notices.forms import NoticeFilter, NoticeForm, ReturnForm, WithdrawForm
from supervision.notices.models import Notice, NoticeFile, NoticeState, Receipt

READERS_SHOWN = 200


@require_safe
def notice_list(request: Request) -> HttpResponse:
    """Everybody signed in: what they may open. Writers also see the drafts of their area, and who has read."""
    form = NoticeFilter(request.GET)
    rows = queries.filtered(queries.listed(request.user), form.wanted())
    page = page_of(request, rows.order_by("-published_at", "-pk"), default=20)
    queries.add_counts(page)
    context = {
        "page": page, "form": form,
        "may_write": holds(request.user, services.PERMISSION), "filtered": bool(form.wanted()),
        "to_release": _to_release(request.user),
    }  # fmt: skip
    return render(request, "supervision/notices/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(services.PERMISSION)
def new(request: Request) -> HttpResponse:
    units = services.writing_units(request.user)
    unit = next((one for one in units if one.pk == request.POST.get("unit")), units[0])
    form = NoticeForm(request.POST or None, request.FILES or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_notice(
                unit=unit, words=form.words(), uploads=form.cleaned_data["uploads"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Kept as a draft. Look at it once more, then publish it."))
            return redirect("notices:detail", pk=made.pk)
    return _edit_page(request, form, unit, units=units)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(services.PERMISSION)
def edit(request: Request, pk: int) -> HttpResponse:
    notice = _own(request, pk)
    if notice.state != NoticeState.DRAFT:
        messages.error(request, _("A published notice is not changed. Withdraw it and write another one."))
        return redirect("notices:detail", pk=pk)
    form = NoticeForm(request.POST or None, request.FILES or None, unit=notice.unit, notice=notice)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_draft(
                notice=notice, words=form.words(), turn=_turn(request), uploads=form.cleaned_data["uploads"],
                drop=form.dropped(), by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Kept as a draft. Look at it once more, then publish it."))
            return redirect("notices:detail", pk=pk)
    return _edit_page(request, form, notice.unit, notice=notice)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _notice(request, pk))


@require_POST
@needs(services.PERMISSION)
def publish(request: Request, pk: int) -> HttpResponse:
    notice = _own(request, pk)
    try:
        services.publish_notice(notice=notice, turn=_turn(request), by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Published. Everybody addressed finds it in the inbox."))
    return redirect("notices:detail", pk=pk)


@require_POST
@needs(services.PERMISSION)
def discard(request: Request, pk: int) -> HttpResponse:
    try:
        services.discard_draft(notice=_own(request, pk), turn=_turn(request), by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("notices:detail", pk=pk)
    messages.success(request, _("The draft is thrown away."))
    return redirect("notices:list")


@require_POST
@needs(services.PERMISSION)
def withdraw(request: Request, pk: int) -> HttpResponse:
    notice, form = _own(request, pk), WithdrawForm(request.POST)
    if notice.public_at is not None:
        require_own(request.user, services.PUBLISH, notice.unit)
    if form.is_valid():
        try:
            services.withdraw_notice(
                notice=notice, reason=form.cleaned_data["reason"], turn=_turn(request), by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Withdrawn. Everybody addressed has been told why."))
            return redirect("notices:detail", pk=pk)
    return _page(request, _notice(request, pk), withdraw_form=form, status=400)


@require_POST
def release(request: Request, pk: int) -> HttpResponse:
    """Onto the public site, by another person than who wrote it."""
    notice = _of_publisher(request, pk)
    try:
        releasing.release_notice(notice=notice, turn=_turn(request), by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Released. Visitors see it within a minute."))
    return redirect("notices:detail", pk=pk)


@require_POST
def send_back(request: Request, pk: int) -> HttpResponse:
    notice, form = _of_publisher(request, pk), ReturnForm(request.POST)
    if form.is_valid():
        try:
            releasing.return_notice(
                notice=notice, reason=form.cleaned_data["reason"], turn=_turn(request), by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Returned. Who wrote it has been told why."))
            return redirect("notices:detail", pk=pk)
    return _page(request, _notice(request, pk), return_form=form, status=400)


@require_POST
def read(request: Request, pk: int) -> HttpResponse:
    """The receipt. Opening the page alone says nothing, so that no preview of a browser signs for anybody."""
    notice = _notice(request, pk)
    try:
        services.confirm_read(notice=notice, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Thank you, noted as read."))
    return redirect("notices:detail", pk=pk)


@require_safe
def file(request: Request, pk: int, file_id: int) -> HttpResponseBase:
    """A file of a notice; of a withdrawn one for the writers of its area alone."""
    notice = _notice(request, pk)
    if notice.state == NoticeState.WITHDRAWN and not queries.reads_as_writer(notice, request.user):
        raise PermissionDenied(services.PERMISSION)
    row = get_object_or_404(NoticeFile, notice=notice, pk=file_id)
    return attachment(row.path, row.name, row.content_type)


def _to_release(user: Any) -> Any:
    return releasing.to_release(user, clock.today())[:20] if holds(user, services.PUBLISH) else []


def _notice(request: Request, pk: int) -> Notice:
    rows = Notice.objects.visible_to(request.user).select_related(
        "unit", "written_by", "published_by", "withdrawn_by", "public_by"
    )
    return get_object_or_404(rows, pk=pk)


def _own(request: Request, pk: int) -> Notice:
    """A notice of a unit the person writes for; one of a lower unit is read only."""
    notice = _notice(request, pk)
    if not posted_at(request.user, notice.unit_id, services.PERMISSION):
        raise PermissionDenied(services.PERMISSION)
    return notice


def _of_publisher(request: Request, pk: int) -> Notice:
    """A notice of a unit, or of one below it, for which the person publishes on the public site."""
    notice = _notice(request, pk)
    require(request.user, services.PUBLISH, division=notice.unit)
    return notice


def _page(
    request: Request, notice: Notice, *, withdraw_form: WithdrawForm | None = None,
    return_form: ReturnForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    writer = queries.reads_as_writer(notice, request.user)
    mine = Receipt.objects.filter(notice=notice, user=request.user).first()
    readers = queries.readers(notice) if writer and notice.state != NoticeState.DRAFT else []
    context: dict[str, Any] = {
        "notice": notice, "mine": mine, "writer": writer,
        "outside": only_investor(request.user), "files": list(notice.files.all()),
        "divisions": list(notice.divisions.all()), "readers": readers[:READERS_SHOWN],
        "read": queries.totals(readers), "more": max(0, len(readers) - READERS_SHOWN),
        "may": posted_at(request.user, notice.unit_id, services.PERMISSION),
        "withdraw_form": withdraw_form or WithdrawForm(), "return_form": return_form or ReturnForm(),
        "may_release": releasing.may_release(notice, request.user),
        "may_withdraw": notice.public_at is None or posted_at(request.user, notice.unit_id, services.PUBLISH),
        "standing": _standing(notice) if writer and notice.state == NoticeState.PUBLISHED else None,
        "shown": writer or notice.state == NoticeState.PUBLISHED,
    }  # fmt: skip
    return render(request, "supervision/notices/detail.html", context, status=status)


def _standing(notice: Notice) -> dict[str, Any]:
    """The last day on which newcomers get it, with the words of its rule."""
    found = addressing.standing(notice)
    return {**found.to_json(), "due_on": found.due_on}


def _edit_page(
    request: Request, form: NoticeForm, unit: Division, *, units: list[Division] | None = None,
    notice: Notice | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "unit": unit, "units": units or [], "notice": notice,
        "turn": request.POST.get("turn") or (notice.turn if notice else ""),
    }  # fmt: skip
    return render(request, "supervision/notices/edit.html", context, status=400 if form.errors else 200)


def _turn(request: Request) -> int:
    """0, which no notice has, for anything that is not a number."""
    return whole_number(request.POST.get("turn")) or 0
