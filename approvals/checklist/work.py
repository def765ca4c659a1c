"""Pages of single items: the work list, one item with history and steps, its files, the window for others."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Department
from accounts.scope import acting_posting, require
from accounts.views.guards import needs, page_of
from approvals.catalogue.forms import answer_to
from approvals.catalogue.models import ItemKind
from approvals.catalogue.spec import limit_text
from approvals.checklist import queries
from approvals.checklist.building import give_to
from approvals.checklist.conditions import NEEDS_BEFORE, waiting_for
from approvals.checklist.contacts import contacts_of
from approvals.checklist.forms import GiveForm, ItemFilter, StepForm, WindowForm
from approvals.checklist.giving import given_since_asked
from approvals.checklist.lights import thresholds
from approvals.checklist.models import HANDLE, ChecklistItem, EventKind, ItemFile
from approvals.checklist.moves import EDIT, MOVES, Move
from approvals.checklist.rights import may, moves_for, require_item
from approvals.checklist.steps import clean_given, take_step
from approvals.checklist.window import accept_at_window, windows_of
from approvals.links import links_for
from policy.services import current_calendar
from projects.models import Party, Project
from projects.text import clean
from projects.units import host_unit

VIEW = "checklist.view"
FIRST = ("accept", "decide", "resubmit", "take_back", "resume", "check_passed", "submit", "restart")
ALWAYS = (Party.ORGAN, Party.ENTERPRISE)  # the two counters, shown at zero too
Bound = tuple[str, Any]


@require_safe
@needs(VIEW)
def item_list(request: HttpRequest) -> HttpResponse:
    """The department's work list, gravest first: by the day the light counts from."""
    on = clock.today()
    form = ItemFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    show, state = wanted.get("show", ""), wanted.get("state", "")
    rows = queries.listed(request.user)
    if show or not state:
        rows = rows.filter(queries.shown_q(show, request.user, on))
    if state:
        rows = rows.filter(state=state)
    if wanted.get("stage"):
        rows = rows.filter(stage=wanted["stage"])
    if q := clean(wanted.get("q", "")):
        rows = rows.filter(
            Q(project__name__icontains=q) | Q(name__icontains=q) | Q(code=q.upper()) | Q(project__number=q)
        )
    page = page_of(request, queries.in_order(rows, show, state), default=20)
    page.object_list = queries.rows_of(page.object_list, on)
    context = {
        "form": form, "page": page, "figures": queries.figures(request.user, on), "show": show,
        "posting": acting_posting(request.user), "handles": queries.may_handle(request.user),
    }  # fmt: skip
    return render(request, "approvals/checklist/list.html", context)


def _item(request: HttpRequest, pk: int) -> ChecklistItem:
    rows = ChecklistItem.objects.visible_to(request.user).select_related(
        "project__division__parent", "project__company", "checklist", "department__division", "window"
    )
    item: ChecklistItem = get_object_or_404(rows, pk=pk)
    return item


@require_safe
@needs(VIEW)
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _item(request, pk))


@require_POST
@needs(VIEW)
def item_step(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Take a step. A refusal comes back on the page with what was typed."""
    item = _item(request, pk)
    move = MOVES.get(code)
    if move is None:
        raise Http404
    require_item(request.user, move.permission, item)
    waits = _waits(item)
    form = StepForm(request.POST, request.FILES, move=move, item=item, waits=bool(waits), initial={})
    if form.is_valid():
        try:
            turn = form.cleaned_data["turn"]
            take_step(item=item, move=code, given=form.given(), turn=turn, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            item = _item(request, pk)
            answer_to(form, "turn", item.turn)
        else:
            messages.success(request, _("“%(what)s” is recorded.") % {"what": move.label})
            return redirect("checklist:item", pk=pk)
    return _page(request, item, bound=(code, form), status=400)


@require_POST
@needs(VIEW)
def item_give(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    require_item(request.user, EDIT, item)
    form = GiveForm(request.POST, departments=_departments(item))
    if form.is_valid():
        try:
            give_to(item=item, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The other department decides from now on."))
            return redirect("checklist:item", pk=pk)
    return _page(request, _item(request, pk), bound=("give", form), status=400)


@require_safe
@needs(VIEW)
def item_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponse:
    row = get_object_or_404(ItemFile.objects.visible_to(request.user), item_id=pk, pk=file_id)
    response: Any = files.attachment(row.stored, row.name, row.content_type)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest) -> HttpResponse:
    """City-wide acceptance: an application for another division of the city is taken in here."""
    require(request.user, HANDLE)
    windows = windows_of(request.user)
    form = WindowForm(request.POST or None, request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        own = {name: data.pop(name) for name in ("number", "name", "code")}
        try:
            item = accept_at_window(
                **own, given=clean_given(uploads=data.pop("files"), **data), by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("Accepted for %(unit)s, who decides.")
                % {"unit": item.department or host_unit(item.project)},
            )
            return redirect("checklist:item", pk=item.pk)
    context = {
        "form": form,
        "window": windows[0] if windows else None,
        "posting": acting_posting(request.user),
    }
    return render(
        request, "approvals/checklist/window.html", context, status=400 if request.method == "POST" else 200
    )


def _waits(item: ChecklistItem) -> list[ChecklistItem]:
    return waiting_for(
        item, ChecklistItem.objects.filter(checklist_id=item.checklist_id, code__in=item.prerequisites)
    )


def _departments(item: ChecklistItem) -> list[Department]:
    rows = Department.objects.filter(division=host_unit(item.project), valid_to=None)
    return [row for row in rows.order_by("code") if row.pk != item.department_id]


def _page(
    request: HttpRequest, item: ChecklistItem, *, bound: Bound | None = None, status: int = 200
) -> HttpResponse:
    on = clock.today()
    events = list(item.events.select_related("by", "window").order_by("pk"))
    waits = _waits(item)
    row = queries.row_of(item, thresholds(on), current_calendar(), waits)
    counters = queries.counters_of(item, events, on)
    moves = _moves(request, item, waits, on, bound)
    project = Project.objects.visible_to(request.user).filter(pk=item.project_id).exists()
    others = ChecklistItem.objects.filter(checklist_id=item.checklist_id)
    context = {
        "item": item, "row": row, "events": list(map(_told, events)), "counters": counters,
        "parties": [(Party(code).label, n) for code, n in counters.days.items() if n or code in ALWAYS],
        "waits": waits, "befores": [o for o in others if o.code in item.prerequisites],
        "afters": [o for o in others if item.code in o.prerequisites],
        "materials": [{"name": one, "ready": one in item.ready} for one in item.materials],
        "files": item.files.select_related("by"), "actions": moves, "bound": bound[1] if bound else None,
        "kept": _kept(moves, bound), "sees_project": project,
        "links": links_for("item", item, request.user), "given_at": given_since_asked([item]).get(item.pk),
        "give": _give(request, item, bound), "people": contacts_of(item.project, [item], on),
        "statutory_text": limit_text(item.statutory_days, item.statutory_unit),
        "promised_text": _("the same day") if item.kind == ItemKind.IMMEDIATE else limit_text(
            item.promised_days, item.promised_unit
        ),
        "green_text": limit_text(item.green_days, item.promised_unit),
    }  # fmt: skip
    return render(request, "approvals/checklist/item.html", context, status=status)


def _told(event: Any) -> Any:
    """An event with its particulars as lines."""
    details = event.details
    lines = [*details.get("missing", [])]
    if details.get("without"):
        lines.append(_("went on without: %(codes)s") % {"codes": " ".join(details["without"])})
    if details.get("days"):
        lines.append(_("by %(n)d days") % {"n": details["days"]})
    if details.get("review_on"):
        lines.append(_("to be looked at again on %(day)s") % {"day": details["review_on"]})
    if details.get("result_number"):
        lines.append(details["result_number"])
    if details.get("green") and event.kind in (EventKind.ACCEPTED, EventKind.COMMITTED):
        lines.append(_("green channel"))
    event.lines = lines
    return event


def _moves(
    request: HttpRequest, item: ChecklistItem, waits: list[ChecklistItem], on: date, bound: Bound | None
) -> list[dict[str, Any]]:
    """Steps this person may take now, each with its form; the one tried last is open and keeps what was typed."""
    steps = moves_for(request.user, item)
    main = next((code for code in FIRST if any(step.code == code for step in steps)), "")
    found = []
    for step in steps:
        tried = bound is not None and bound[0] == step.code
        form = bound[1] if tried and bound else _blank(step, item, waits, on)
        found.append(
            {
                "move": step,
                "form": form,
                "main": step.code == main,
                "open": tried,
                "waits": step.code in NEEDS_BEFORE and waits,
            }
        )
    return sorted(found, key=lambda one: not one["main"])


def _blank(step: Move, item: ChecklistItem, waits: list[ChecklistItem], on: date) -> StepForm:
    initial = {"turn": item.turn, "on": on, "ready": item.ready}
    return StepForm(move=step, item=item, waits=bool(waits), initial=initial)


def _kept(actions: list[dict[str, Any]], bound: Bound | None) -> str:
    """What was typed into a form that is no longer offered, so that nothing is lost."""
    if bound is None or bound[0] == "give" or any(one["move"].code == bound[0] for one in actions):
        return ""
    return "\n".join(bound[1].data.get(name, "") for name in ("note", "missing", "result_number")).strip()


def _give(request: HttpRequest, item: ChecklistItem, bound: Bound | None) -> GiveForm | None:
    if not item.is_open or not may(request.user, EDIT, item):
        return None
    if bound is not None and bound[0] == "give":
        form: GiveForm = bound[1]
        return form
    return GiveForm(departments=_departments(item), initial={"turn": item.turn})
