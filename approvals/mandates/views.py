"""Pages of mandates: the list, a new one, one mandate with its register of materials, a receipt to print."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.scope import acting_posting
from accounts.views.guards import needs, page_of
from approvals.mandates import services
from approvals.mandates.forms import LINES, GiveForm, HandForm, ReasonForm, TakeForm
from approvals.mandates.models import OPEN_STATES, Direction, Mandate, MandateState, Material, Receipt
from approvals.tickets.access import investors_of, side_of
from approvals.tickets.models import Side
from policy.services import current_calendar
from projects.abilities import abilities
from projects.files import download
from projects.models import Project

DONE = ("accept", "decline", "revoke", "end", "take", "hand")


@require_safe
@needs("mandates.view")
def mandate_list(request: HttpRequest) -> HttpResponse:
    every = Mandate.objects.visible_to(request.user).select_related("project__division", "agent")
    show, words = request.GET.get("show", ""), request.GET.get("q", "").strip()[:60]
    rows = every if show == "all" else every.filter(_open_q())
    if words:
        rows = rows.filter(Q(project__name__icontains=words) | Q(number__icontains=words))
    rows = rows.annotate(held=Count("materials", filter=Q(materials__handed=None)))
    page, today, calendar = (
        page_of(request, rows.order_by("-given_at", "-pk"), default=20),
        clock.today(),
        current_calendar(),
    )
    for row in page:
        row.days_left, row.light = _light(row, today, calendar)
    context = {
        "page": page, "show": show, "words": words, "posting": acting_posting(request.user),
        "open_count": every.filter(_open_q()).count(), "all_count": every.count(),
    }  # fmt: skip
    return render(request, "approvals/mandates/list.html", context)


def _open_q() -> Q:
    """In force or waiting; or ended with papers that have not gone back."""
    held = Material.objects.filter(handed=None)
    return Q(state__in=OPEN_STATES) | Q(pk__in=held.values("mandate_id"))


def _light(row: Mandate, today: Any, calendar: Any) -> tuple[int | None, str]:
    if row.state != MandateState.GIVEN:
        return None, "done" if row.state == MandateState.ACTIVE else "none"
    days = calendar.left(today, row.accept_by_on)
    return days, "red" if days < -5 else "amber" if days < 0 else "blue"


@require_http_methods(["GET", "HEAD", "POST"])
def mandate_give(request: HttpRequest, project_id: int) -> HttpResponse:
    rows = Project.objects.visible_to(request.user).select_related("division__parent", "company")
    project = get_object_or_404(rows, pk=project_id)
    if not services.may_give(request.user, project):
        raise PermissionDenied("mandates.give")
    online = side_of(request.user, project) == Side.INVESTOR
    initial = {"signed_on": clock.today(), "signed_by": str(request.user) if online else ""}
    form = GiveForm(
        request.POST or None, request.FILES or None, agents=services.agents_for(project, clock.today()), online=online,
        initial=initial,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            mandate = services.give_mandate(project=project, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Given. The agent accepts it within one working day."))
            return redirect("mandates:detail", pk=mandate.pk)
    return render(
        request, "approvals/mandates/give.html", {"form": form, "project": project, "online": online}
    )


@require_safe
def mandate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@require_POST
def mandate_do(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """accept, decline, revoke, end, take, hand."""
    mandate = _find(request, pk)
    if code not in DONE:
        raise Http404
    form = _form(code, mandate, request.POST)
    if form is None or form.is_valid():
        try:
            _act(code, mandate, form, request)
        except DomainError as refusal:
            form = form or ReasonForm({"reason": "-"})
            form.is_valid()
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Kept."))
            return redirect("mandates:detail", pk=pk)
    elif not _may(request.user, mandate)[code]:
        raise PermissionDenied(code)
    return _page(request, _find(request, pk), tried=(code, form), status=400)


def _act(code: str, mandate: Mandate, form: Any, request: HttpRequest) -> None:
    who: dict[str, Any] = {"mandate": mandate, "by": request.user, "at": clock.now()}
    turn = request.POST.get("turn", "")
    seen: dict[str, Any] = {"turn": int(turn) if turn.isdecimal() and len(turn) < 9 else None}
    if code == "accept":
        services.accept_mandate(**who, **seen)
    elif code == "take":
        services.take_in(**form.values(), **who)
    elif code == "hand":
        services.hand_out(**form.values(), **who)
    else:
        act = {
            "decline": services.decline_mandate, "revoke": services.revoke_mandate, "end": services.end_mandate,
        }[code]  # fmt: skip
        act(reason=form.cleaned_data["reason"], **who, **seen)


def _form(code: str, mandate: Mandate, data: Any = None) -> Any:
    today = {"done_on": clock.today()}
    if code == "take":
        return TakeForm(data, initial=today)
    if code == "hand":
        return HandForm(data, held=mandate.materials.filter(handed=None), initial=today)
    return None if code == "accept" else ReasonForm(data, initial={"turn": mandate.turn})


def _may(user: Any, mandate: Mandate) -> dict[str, bool]:
    """Which moves this person may make now."""
    serves, given = services.may_serve(user, mandate), mandate.state == MandateState.GIVEN
    active, held = mandate.state == MandateState.ACTIVE, mandate.materials.filter(handed=None).exists()
    lapsed = mandate.has_lapsed(clock.today())
    abler = abilities(user, mandate.project)
    revokes = "mandates.give" in abler or (
        "mandates.handle" in abler and not investors_of(mandate.project, clock.today())
    )
    return {
        "accept": serves and given and not lapsed, "decline": serves and given, "revoke": revokes and mandate.is_open,
        "end": serves and active and not held, "take": serves and active and not lapsed, "hand": serves and held,
    }  # fmt: skip


def _page(
    request: HttpRequest, mandate: Mandate, *, tried: tuple[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    may, today = _may(request.user, mandate), clock.today()
    shown = {code: _form(code, mandate) for code, allowed in may.items() if allowed}
    if tried is not None and tried[1] is not None and tried[0] in shown:
        shown[tried[0]] = tried[1]
    for code, form in shown.items():
        if form is not None:
            form.auto_id = f"id_{code}_%s"  # several forms on one page: every label has its own field
    days_left, light = _light(mandate, today, current_calendar())
    context = {
        "mandate": mandate, "may": may, "forms": shown, "tried": tried[0] if tried else "",
        "bound": tried[1] if tried else None, "kept": _kept(tried, shown), "days_left": days_left, "light": light,
        "lapsed": mandate.has_lapsed(today),
        "materials": mandate.materials.select_related("taken", "handed"),
        "receipts": mandate.receipts.select_related("by", "confirmed_by"),
        "held_count": mandate.materials.filter(handed=None).count(),
        "sees_project": Project.objects.visible_to(request.user).filter(pk=mandate.project_id).exists(),
        "investor": "mandates.give" in abilities(request.user, mandate.project),
    }  # fmt: skip
    return render(request, "approvals/mandates/detail.html", context, status=status)


def _kept(tried: tuple[str, Any] | None, shown: dict[str, Any]) -> str:
    """What was typed into a form that is no longer offered, so that nothing is lost."""
    if tried is None or tried[1] is None or tried[0] in (*shown, "accept"):
        return ""
    data = tried[1].data
    names = ("reason", "party", *(f"name_{n}" for n in LINES))
    return "\n".join(filter(None, (data.get(name, "") for name in names)))


@require_safe
def mandate_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    return download(_find(request, pk))


@require_safe
def mandate_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to print and sign."""
    return render(request, "approvals/mandates/paper.html", {"mandate": _find(request, pk)})


@require_http_methods(["GET", "HEAD", "POST"])
def receipt_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of one hand-over, to print; POST: the company confirms it."""
    seen = Mandate.objects.visible_to(request.user)
    rows = Receipt.objects.filter(mandate__in=seen).select_related(
        "mandate__project__company", "mandate__project__division", "mandate__agent", "by", "confirmed_by"
    )
    receipt = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            services.confirm_receipt(receipt=receipt, by=request.user, at=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Confirmed."))
        return redirect("mandates:receipt", pk=pk)
    may = "mandates.give" in abilities(request.user, receipt.mandate.project)
    context = {
        "receipt": receipt, "mandate": receipt.mandate, "lines": receipt.lines,
        "may_confirm": may and receipt.confirmed_at is None and receipt.direction != Direction.OFFICE,
    }  # fmt: skip
    return render(request, "approvals/mandates/receipt.html", context)


def _find(request: HttpRequest, pk: int) -> Mandate:
    rows = Mandate.objects.visible_to(request.user).select_related(
        "project__division__parent", "project__company", "agent", "given_by"
    )
    return get_object_or_404(rows, pk=pk)
