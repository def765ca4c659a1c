"""Pages of tickets: the list, a new one, one ticket with its thread and clocks, its moves, its files."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.permissions import Role
from accounts.scope import acting_posting, current_postings, only_investor
from accounts.views.guards import needs, page_of
from approvals.links import links_for
from approvals.tickets import queries, services
from approvals.tickets.access import investors_of, may, people_of_office, require_move, rights_over, side_of
from approvals.tickets.clocks import days_by_side, held, light_q, thresholds
from approvals.tickets.forms import (
    AcceptForm,
    AgreedForm,
    AnswerForm,
    AssignForm,
    MessageForm,
    OpenForm,
    PassForm,
    PlainReasonForm,
    ReasonForm,
    ResultForm,
    SayForm,
    TicketFilter,
    TimeForm,
)
from approvals.tickets.models import OPEN_STATES, Side, Ticket, TicketFile, TicketKind, TicketState
from approvals.tickets.routing import departments_of, place_of, tier_above
from approvals.tickets.states import LABELS, MOVES
from policy.lights import Light
from policy.services import current_calendar, one_calendar, working_days_left
from projects.abilities import abilities
from projects.models import Project, ProjectState

Make = Callable[[Ticket, Any, Any], forms.Form]


@require_safe
@needs("tickets.view")
@one_calendar()
def ticket_list(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    every = queries.listed(request.user, on)
    form = TicketFilter(request.GET)
    rows = _filtered(request, every, form.cleaned_data if form.is_valid() else {}, on)
    page = page_of(request, rows, default=20)
    page.object_list = _in_words_for(request.user, queries.rows_of(page.object_list, on))
    counted = queries.counts(every, on)
    context = {
        "form": form, "page": page, "counts": counted, "posting": acting_posting(request.user),
        "mine": every.filter(queries.mine_q(request.user, on)).count(), "openable": _openable(request.user),
    }  # fmt: skip
    return render(request, "approvals/tickets/list.html", context)


def _in_words_for(user: Any, rows: list[queries.Row]) -> list[queries.Row]:
    return queries.plainly(rows) if only_investor(user) else rows


def _openable(user: Any) -> list[Project]:
    """The investor goes straight to the form; others start on the project's page."""
    if not any(posting.role == Role.INVESTOR for posting in current_postings(user)):
        return []
    rows = Project.objects.visible_to(user).filter(state__in=[ProjectState.ACTIVE, ProjectState.DONE])
    return list(rows.order_by("name")[:3])


def _filtered(request: HttpRequest, rows: Any, wanted: dict[str, Any], on: Any) -> Any:
    bounds, show = thresholds(on), wanted.get("show", "")
    if q := wanted.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=q) | Q(number__icontains=q) | Q(project__name__icontains=q))
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if show == "mine":
        return rows.filter(queries.mine_q(request.user, on))
    if show == "red":
        return rows.filter(light_q(Light.RED, bounds))
    if show == "late":
        return rows.filter(light_q(Light.RED, bounds) | light_q(Light.AMBER, bounds))
    if show == "upper":
        return rows.filter(state__in=OPEN_STATES, division__tier__lt=F("project__division__tier"))
    if show == "investor":
        return rows.filter(
            Q(state=TicketState.CLOSING) | Q(state=TicketState.PROPOSED, opened_side=Side.OFFICE)
        )
    if show == "closed":
        return rows.filter(state=TicketState.CLOSED)
    return rows if show == "all" else rows.filter(state__in=OPEN_STATES)


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_open(request: HttpRequest, project_id: int) -> HttpResponse:
    rows = Project.objects.visible_to(request.user).select_related("division__parent", "company")
    project = get_object_or_404(rows, pk=project_id)
    if "tickets.open" not in abilities(request.user, project):
        raise PermissionDenied("tickets.open")
    side = side_of(request.user, project)
    asked = request.GET.get("kind", "")
    form = OpenForm(
        request.POST or None, request.FILES or None, side=side,
        departments=departments_of(place_of(project), clock.today()),
        initial={"kind": asked if asked in TicketKind.values else TicketKind.APPROVAL},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            ticket = services.open_ticket(project=project, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            done = (
                _("Sent. Within one working day you will hear who works on it.")
                if side == Side.INVESTOR
                else _("Proposed to the investor; work starts once the investor agrees.")
            )
            messages.success(request, done)
            return redirect("tickets:detail", pk=ticket.pk)
    context = {"form": form, "project": project, "investor": side == Side.INVESTOR}
    return render(request, "approvals/tickets/open.html", context)


@require_safe
@one_calendar()
def ticket_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _ticket(request, pk))


@require_POST
def ticket_message(request: HttpRequest, pk: int) -> HttpResponse:
    ticket = _ticket(request, pk)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.write_message(
                ticket=ticket, text=form.cleaned_data["text"], uploads=form.cleaned_data["uploads"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The message stands in the thread."))
            return redirect("tickets:detail", pk=pk)
    return _page(request, ticket, bound=("message", form), status=400)


def _accept(ticket: Ticket, data: Any, _files: Any) -> forms.Form:
    on = clock.today()
    people = people_of_office(ticket, on)
    initial = {"turn": ticket.turn, "materials": ticket.materials, "person": ticket.person}
    return AcceptForm(data, people=people, limit_set=ticket.due_on is not None, initial=initial)


def _assign(ticket: Ticket, data: Any, _files: Any) -> forms.Form:
    return AssignForm(data, people=people_of_office(ticket, clock.today()), initial={"turn": ticket.turn})


def _pass(ticket: Ticket, data: Any, _files: Any) -> forms.Form:
    offices = [
        row for row in departments_of(ticket.division, clock.today()) if row.pk != ticket.department_id
    ]
    return PassForm(data, departments=offices, initial={"turn": ticket.turn})


def _plain(kind: type[forms.Form]) -> Make:
    def make(ticket: Ticket, data: Any, uploads: Any) -> forms.Form:
        return kind(data, uploads, initial={"turn": ticket.turn})

    return make


# move → (form, service, button, what is said afterwards)
ACTIONS: dict[str, tuple[Make, Callable[..., Ticket], Any, Any]] = {
    "accept": (_accept, services.accept, gettext_lazy("Accept"), gettext_lazy("Accepted; the investor has been told.")),
    "take": (_accept, services.accept, gettext_lazy("Accept"), gettext_lazy("Accepted; the investor has been told.")),
    "agree": (_plain(SayForm), services.agree, gettext_lazy("Agree to it"), gettext_lazy("Agreed; the office starts.")),
    "decline": (
        _plain(PlainReasonForm), services.decline, gettext_lazy("Do not agree"),
        gettext_lazy("Not agreed; the office has been told."),
    ),
    "reject": (
        _plain(PlainReasonForm), services.decline, gettext_lazy("Do not take it on"),
        gettext_lazy("The investor has been told why."),
    ),
    "ask_close": (
        _plain(ResultForm), services.ask_close, gettext_lazy("Ask the investor to confirm"),
        gettext_lazy("The investor has been asked to confirm."),
    ),
    "hand_back": (
        _plain(AnswerForm), services.hand_back, gettext_lazy("Answer and hand back"),
        gettext_lazy("Answered; the ticket is back with the lower tier."),
    ),
    "escalate": (
        _plain(ReasonForm), services.escalate, gettext_lazy("Take it up a tier"),
        gettext_lazy("The ticket lies one tier up now; its thread goes with it."),
    ),
    "pass_on": (
        _pass, services.pass_on, gettext_lazy("Pass to another office"),
        gettext_lazy("Passed on; that office was told."),
    ),
    "assign": (_assign, services.assign_person, gettext_lazy("Name the person"), gettext_lazy("The person was told.")),
    "agreed_outside": (
        _plain(AgreedForm), services.record_agreement, gettext_lazy("Record the company's agreement"),
        gettext_lazy("Recorded; the office has one working day to accept."),
    ),
    "ask_time": (
        _plain(TimeForm), services.ask_time, gettext_lazy("Ask for more time"),
        gettext_lazy("The investor has been asked. Until then the old limit counts."),
    ),
    "grant_time": (
        _plain(SayForm), services.grant_time, gettext_lazy("Agree to the new limit"),
        gettext_lazy("Agreed; the new limit counts."),
    ),
    "refuse_time": (
        _plain(PlainReasonForm), services.refuse_time, gettext_lazy("Do not agree to more time"),
        gettext_lazy("Not agreed; the old limit stands."),
    ),
    "confirm": (
        _plain(SayForm), services.confirm_close, gettext_lazy("Confirm: it is done"),
        gettext_lazy("Confirmed. The matter is closed out."),
    ),
    "refuse": (
        _plain(ReasonForm), services.refuse_close, gettext_lazy("Not solved"),
        gettext_lazy("Back to work; the office has been told what is missing."),
    ),
    "close_silent": (
        _plain(PlainReasonForm), services.close_silent, gettext_lazy("Close without an answer"),
        gettext_lazy("Closed out, with the reason on record."),
    ),
    "reopen": (
        _plain(ReasonForm), services.reopen, gettext_lazy("Open it again"),
        gettext_lazy("Open again, with its old limit."),
    ),
    "withdraw": (
        _plain(PlainReasonForm), services.withdraw, gettext_lazy("Take it back"), gettext_lazy("Taken back."),
    ),
}  # fmt: skip
# Shown open on the page, the first that fits; the others behind a button.
FIRST = ("accept", "take", "agree", "agreed_outside", "grant_time", "confirm", "ask_close")
DANGER = {"refuse_time", "reject", "decline", "withdraw", "close_silent"}


@require_POST
def ticket_move(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do a move. A refusal comes back on the page with what was typed."""
    ticket = _ticket(request, pk)
    if code not in ACTIONS:
        raise Http404
    make, service, _button, said = ACTIONS[code]
    form = make(ticket, request.POST, request.FILES)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            service(ticket=ticket, **data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            ticket = _ticket(request, pk)
            again = request.POST.copy()  # the next try answers to the ticket as it stands now
            again["turn"] = str(ticket.turn)
            form.data = again
        else:
            messages.success(request, said)
            seen = Ticket.objects.visible_to(request.user).filter(pk=pk).exists()
            return redirect("tickets:detail", pk=pk) if seen else redirect("tickets:list")
    else:
        require_move(
            request.user, ticket, code
        )  # an incomplete form of somebody without the right is 403 too
    return _page(request, ticket, bound=(code, form), status=400)


@require_safe
def ticket_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    ticket = _ticket(request, pk)
    row = get_object_or_404(TicketFile.objects.filter(entry__ticket=ticket), pk=file_id)
    return files.attachment(row.path, row.name, row.content_type)


def _ticket(request: HttpRequest, pk: int) -> Ticket:
    rows = Ticket.objects.visible_to(request.user).select_related(
        "project__division__parent",
        "project__company",
        "division__parent",
        "department",
        "person",
        "opened_by",
    )
    ticket = get_object_or_404(rows, pk=pk)
    if "tickets.view" not in rights_over(request.user, ticket):
        raise PermissionDenied("tickets.view")
    return ticket


def _page(
    request: HttpRequest, ticket: Ticket, *, bound: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    on = clock.today()
    clocks = held(ticket.holds.all(), on, current_calendar())
    row = _in_words_for(request.user, queries.rows_of([ticket], on))[0]
    entries = [
        (LABELS.get(entry.action, entry.action), entry) for entry in ticket.entries.prefetch_related("files")
    ]
    writes, actions = services.may_write(request.user, ticket), _actions(request, ticket, bound)
    context = {
        "ticket": ticket, "row": row, "entries": entries,
        "clocks": [(one, LABELS.get(one.why, one.why)) for one in clocks], "sides": days_by_side(clocks),
        "actions": actions, "kept": _kept(actions, bound), "bound": bound[1] if bound else None,
        "message": (bound[1] if bound and bound[0] == "message" else MessageForm()) if writes else None,
        "investor": side_of(request.user, ticket.project) == Side.INVESTOR,
        "asked": services.pending_extension(ticket), "extensions": ticket.extensions.exclude(granted=None),
        "silence_left": working_days_left(ticket.silence_due_on, on), "upper": tier_above(ticket.division),
        "sees_project": Project.objects.visible_to(request.user).filter(pk=ticket.project_id).exists(),
        "links": links_for("ticket", ticket, request.user),
    }  # fmt: skip
    return render(request, "approvals/tickets/detail.html", context, status=status)


def _actions(
    request: HttpRequest, ticket: Ticket, bound: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    """Moves this person may make now, with their forms; the one tried last is open and keeps what was typed."""
    found, main_taken, asked = [], False, services.pending_extension(ticket)
    for code, (make, _service, button, _said) in ACTIONS.items():
        tried = bound is not None and bound[0] == code
        if not may(request.user, ticket, code):
            continue
        if code == "withdraw" and may(request.user, ticket, "decline"):
            continue
        if code == "escalate" and tier_above(ticket.division) is None:
            continue
        if code == "hand_back" and not _came_up(ticket):
            continue
        if code in ("grant_time", "refuse_time") and asked is None:
            continue
        if code == "ask_time" and (asked or ticket.due_on is None or ticket.due_on < clock.today()):
            continue
        if code == "agreed_outside" and investors_of(ticket.project, clock.today()):
            continue
        if code == "close_silent" and (
            ticket.silence_due_on is None or ticket.silence_due_on >= clock.today()
        ):
            continue
        form = bound[1] if tried and bound else make(ticket, None, None)
        form.auto_id = f"id_{code}_%s"  # several forms on one page: every label has its own field
        main = code in FIRST and not main_taken
        main_taken = main_taken or main
        found.append(
            {"code": code, "form": form, "button": button, "main": main, "open": tried, "danger": code in DANGER,
             "label": MOVES[code].label}
        )  # fmt: skip
    return found


def _kept(actions: list[dict[str, Any]], bound: tuple[str, forms.Form] | None) -> str:
    """What was typed into a form that is no longer offered, so that nothing is lost."""
    if bound is None or bound[0] == "message" or any(one["code"] == bound[0] for one in actions):
        return ""
    return "\n".join(bound[1].data.get(name, "") for name in ("reason", "text", "result")).strip()


def _came_up(ticket: Ticket) -> bool:
    return ticket.holds.filter(side=Side.OFFICE, division__tier__gt=ticket.division.tier).exists()
