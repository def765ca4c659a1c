"""Pages of service: the workbench, the log, meetings, empty seats and ownerless work, hand-over."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division, Posting, User
from accounts.obligations import todo
from accounts.permissions import roles_with
from accounts.scope import acting_posting, division_q, holds, own_departments, require
from accounts.views.guards import needs, page_of
from approvals.service import handing, logging, meetings, owned, queries
from approvals.service.forms import (
    CallForm,
    EntryForm,
    FollowForm,
    GiverForm,
    HandOverForm,
    MinutesForm,
    ReasonForm,
)
from approvals.service.models import HandOver, HandOverState, MeetingState, ProblemMeeting
from approvals.service.office_models import RECEIVE, OfficeHandOver
from approvals.tickets.routing import departments_of, place_of
from policy.services import one_calendar
from projects.abilities import abilities
from projects.models import Project

ITEMS_SHOWN = 30
OFFICES_SHOWN = 50
LOST_SHOWN = 200


def project_of(request: HttpRequest, pk: int, permission: str) -> Project:
    """404 outside the person's area, 403 inside without the right."""
    rows = Project.objects.visible_to(request.user).select_related("division__parent", "company")
    project = get_object_or_404(rows, pk=pk)
    if permission not in abilities(request.user, project):
        raise PermissionDenied(permission)
    return project


@require_safe
@needs("service.bench")
@one_calendar()
def bench(request: HttpRequest) -> HttpResponse:
    """Leader, officer, specialist: own projects, what to settle, what is to be done, meetings."""
    on, now = clock.today(), clock.now()
    items = todo.items_for(request.user, on)
    context = {
        "posting": acting_posting(request.user),
        "rows": queries.bench(request.user, on),
        "settle": queries.to_settle(request.user, on),
        "todo": items[:ITEMS_SHOWN],
        "todo_total": len(items),
        "meetings": queries.open_meetings(request.user, now)[:20],
        "now": now,
        "today": on,
        "may_meet": holds(request.user, "service.meet"),
    }
    return render(request, "approvals/service/bench.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_new(request: HttpRequest, project_id: int) -> HttpResponse:
    project = project_of(request, project_id, "service.log")
    form = EntryForm(request.POST or None, initial={"done_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            logging.write_entry(project=project, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Written into the log."))
            return redirect("projects:tab", pk=project.pk, code="service")
    context = {"form": form, "project": project}
    return render(request, "approvals/service/entry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_call(request: HttpRequest, project_id: int) -> HttpResponse:
    project = project_of(request, project_id, "service.meet")
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = meetings.call_meeting(project=project, **form.values(), by=request.user, at=clock.now())
        except DomainError as refusal:
            if refusal.field == "meets_at":
                refusal.field = "day"
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The meeting is called; everybody concerned has been told."))
            return redirect("service:meeting", pk=meeting.pk)
    return render(request, "approvals/service/call.html", {"form": form, "project": project})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting; POST `do` is record, cancel or follow."""
    rows = ProblemMeeting.objects.visible_to(request.user)
    meeting = get_object_or_404(
        rows.select_related("project__division__parent", "called_by", "closed_by"), pk=pk
    )
    if "service.view" not in abilities(request.user, meeting.project):
        raise PermissionDenied("service.view")
    may, did = meetings.may_meet(request.user, meeting.project), request.POST.get("do", "")
    if request.method == "POST" and not may:
        raise PermissionDenied("service.meet")
    place = place_of(meeting.project)
    minutes = MinutesForm(
        request.POST if did == "record" else None, departments=departments_of(place, clock.today())
    )
    cancel = ReasonForm(request.POST if did == "cancel" else None)
    follow = FollowForm(request.POST if did == "follow" else None)
    for name, one in (("record", minutes), ("cancel", cancel), ("follow", follow)):
        one.auto_id = f"id_{name}_%s"  # several forms on one page: every label has its own field
    status = 200
    if request.method == "POST":
        form: Any = {"record": minutes, "cancel": cancel, "follow": follow}.get(did)
        if form is not None and form.is_valid():
            try:
                _do_meeting(meeting, did, form, request.user)
            except DomainError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Kept."))
                return redirect("service:meeting", pk=pk)
        status = 400
        meeting.refresh_from_db()
    called = meeting.state == MeetingState.CALLED
    context = {
        "meeting": meeting, "project": meeting.project, "may": may, "minutes": minutes, "cancel": cancel,
        "follow": follow, "tried": did, "called": called, "over": meeting.meets_at <= clock.now(),
        "follow_open": meeting.follow_up_on and not meeting.followed_at and meeting.state == MeetingState.HELD,
    }  # fmt: skip
    return render(request, "approvals/service/meeting.html", context, status=status)


def _do_meeting(meeting: ProblemMeeting, did: str, form: Any, by: Any) -> None:
    at = clock.now()
    if did == "record":
        meetings.record_meeting(meeting=meeting, **form.values(), by=by, at=at)
    elif did == "cancel":
        meetings.cancel_meeting(meeting=meeting, reason=form.cleaned_data["reason"], by=by, at=at)
    else:
        meetings.follow_up(meeting=meeting, note=form.cleaned_data["note"], by=by, at=at)


@require_safe
@needs("handovers.propose")
def vacancies(request: HttpRequest) -> HttpResponse:
    """Projects past their kickoff in which a seat is empty, and open work that has nobody."""
    on = clock.today()
    show = request.GET.get("seat", "")
    rows = queries.vacancies(request.user, on, show).select_related("division", "kickoff")
    page = page_of(request, rows.order_by("kickoff__held_on", "pk"), default=20)
    empty = queries.vacancies_of([row.pk for row in page], on)
    counts = queries.vacancy_counts(request.user, on)
    lost = owned.ownerless(request.user, on)
    context = {
        "posting": acting_posting(request.user),
        "page": page,
        "rows": [(row, empty[row.pk]) for row in page],
        "seats": [(code, label, counts[code]) for code, (_roles, label) in queries.SEATS.items()],
        "show": show,
        "ownerless": [(owned.label_of(one.source), one) for one in lost[:LOST_SHOWN]],
        "lost": len(lost),
        "lost_more": max(0, len(lost) - LOST_SHOWN),
    }
    return render(request, "approvals/service/vacancies.html", context)


@require_safe
@needs("handovers.receive")
def handover_list(request: HttpRequest) -> HttpResponse:
    rows = HandOver.objects.visible_to(request.user).select_related("giver", "receiver", "proposed_by")
    show = request.GET.get("show", "")
    if show == "mine":
        rows = rows.filter(receiver_id=request.user.pk, state=HandOverState.PROPOSED)
    elif show != "all":
        rows = rows.filter(state=HandOverState.PROPOSED)
    page = page_of(request, rows, default=20)
    for row in page:
        row.count = row.items.count()
    context = {
        "posting": acting_posting(request.user), "page": page, "show": show, "offices": _offices(request.user, show),
        "may_propose": holds(request.user, "handovers.propose"),
    }  # fmt: skip
    return render(request, "approvals/service/handovers.html", context)


def _offices(user: Any, show: str) -> Any:
    """Hand-overs of whole departments, by the same choice as those of people."""
    rows = OfficeHandOver.objects.visible_to(user).select_related("giver", "receiver")
    if show == "mine":
        rows = rows.waiting().filter(receiver_id__in=own_departments(user, RECEIVE))
    elif show != "all":
        rows = rows.waiting()
    return rows[:OFFICES_SHOWN]


def _givers(request: HttpRequest) -> Any:
    """People who serve, or served, in the office's area: the work of someone who left is handed over as well."""
    posted = Posting.objects.filter(division__in=_divisions(request), role__in=roles_with("tickets.handle"))
    return User.objects.filter(pk__in=posted.values("user_id")).order_by("full_name", "pk")


def _divisions(request: HttpRequest) -> Any:
    return Division.objects.filter(division_q(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("handovers.propose")
def handover_new(request: HttpRequest) -> HttpResponse:
    """First whose work, then what of it to whom."""
    on, people = clock.today(), _givers(request)
    pick = GiverForm(request.GET if request.GET.get("giver") else None, people)
    giver = pick.cleaned_data["giver"] if pick.is_bound and pick.is_valid() else None
    form, things = None, []
    if giver is not None:
        home = handing.home_of(giver, on)
        require(request.user, "handovers.propose", division=home)
        things = owned.open_of(giver, on)
        data = request.POST if request.method == "POST" else None
        form = HandOverForm(data, receivers=handing.receivers_for(giver, on), things=things)
        if request.method == "POST" and form.is_valid():
            try:
                row = handing.propose(giver=giver, **form.cleaned_data, by=request.user, at=clock.now())
            except DomainError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Offered. Nothing moves until the receiver takes it over."))
                return redirect("service:handover", pk=row.pk)
    context = {
        "pick": pick, "giver": giver, "form": form, "things": things, "posting": acting_posting(request.user),
    }  # fmt: skip
    return render(request, "approvals/service/handover_new.html", context)


@require_safe
def handover_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _handover(request, _find(request, pk), ReasonForm())


@require_POST
def handover_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """`do`: accept, decline or withdraw."""
    row, did, at = _find(request, pk), request.POST.get("do", ""), clock.now()
    form = ReasonForm(request.POST if did != "accept" else {"reason": "-"})
    try:
        if did == "accept":
            handing.accept(hand_over=row, by=request.user, at=at)
        elif did in ("decline", "withdraw"):
            act = handing.decline if did == "decline" else handing.withdraw
            act(hand_over=row, reason=request.POST.get("reason", ""), by=request.user, at=at)
        else:
            return redirect("service:handover", pk=pk)
    except DomainError as refusal:
        form.is_valid()
        form.errors.clear()
        add_refusal(form, refusal)
        return _handover(request, _find(request, pk), form, status=400)
    messages.success(request, _("Kept."))
    return redirect("service:handover", pk=pk)


def _find(request: HttpRequest, pk: int) -> HandOver:
    rows = HandOver.objects.visible_to(request.user).select_related("giver", "receiver", "proposed_by")
    row = get_object_or_404(rows, pk=pk)
    if not holds(request.user, "handovers.receive"):
        raise PermissionDenied("handovers.receive")
    return row


def _handover(request: HttpRequest, row: HandOver, form: ReasonForm, status: int = 200) -> HttpResponse:
    waits = row.state == HandOverState.PROPOSED
    context = {
        "row": row, "form": form, "waits": waits,
        "items": [(owned.label_of(one.source), one) for one in row.items.all()],
        "receives": waits and row.receiver_id == request.user.pk,
        "may_withdraw": waits and handing.may_propose(request.user, row.giver, clock.today()),
    }  # fmt: skip
    return render(request, "approvals/service/handover.html", context, status=status)
