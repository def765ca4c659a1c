"""Pages of one meeting: call it, change it, call it off, record it, its agreed items, papers and minutes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.downloads import document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division, Obligation
from accounts.notify import STORED_LANGUAGE
from accounts.obligations import kinds
from accounts.scope import acting_posting
from approvals.tickets.models import Ticket
from policy.services import current_calendar, one_calendar
from projects.models import Project
from supervision.matters.models import Matter
from supervision.meetings import feed, ics, services
from supervision.meetings.access import holding_units, may_hold, require_hold
from supervision.meetings.calendar_views import ics_answer
from supervision.meetings.document import document_of
from supervision.meetings.duties import MEETS, counted_words
from supervision.meetings.forms import AmendForm, CancelForm, MeetingForm, PapersForm
from supervision.meetings.minutes_form import ItemForm, MinutesForm
from supervision.meetings.models import HOLD, ITEM_ROADS, MeetingFile, UnitMeeting, UnitMeetingState


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Call a meeting of one's own unit; `?duty=` a duty of the regime, `?project=` a project to speak about."""
    units, on = holding_units(request.user), clock.today()
    if not units:
        raise PermissionDenied(HOLD)
    unit = _unit_asked(request, units)
    form = MeetingForm(_posted(request), unit=unit, user=request.user, on=on, initial=_asked(request, unit))
    if request.method == "POST" and form.is_valid():
        try:
            meeting = services.call_meeting(
                unit=unit, kind=form.cleaned_data["kind"], plan=form.plan(), by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The meeting is called; everybody concerned has been told."))
            return redirect("meetings:detail", pk=meeting.pk)
    context = {"form": form, "unit": unit, "units": units, "posting": acting_posting(request.user)}
    status = 400 if form.is_bound else 200
    return render(request, "supervision/meetings/form.html", context, status=status)


def _posted(request: HttpRequest) -> Any:
    """What was sent, also when it is empty: an empty form is answered with what is missing."""
    return request.POST if request.method == "POST" else None


def _unit_asked(request: HttpRequest, units: list[Division]) -> Division:
    wanted = request.GET.get("unit", "")
    return next((unit for unit in units if unit.pk == wanted), units[0])


def _asked(request: HttpRequest, unit: Division) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (duty := request.GET.get("duty", "")).isdecimal() and len(duty) < 19:
        rows = Obligation.objects.visible_to(request.user)
        row = rows.filter(pk=duty, unit=unit, kind__in=kinds.MEETINGS).first()
        if row is not None:
            found |= {"kind": MEETS[row.kind], "subject": f"{row.period} {kinds.label_of(row.kind)}"}
    if (project := request.GET.get("project", "")).isdecimal() and len(project) < 19:
        named = Project.objects.visible_to(request.user).filter(pk=project).first()
        if named is not None:
            found |= {"projects": named.number, "kind": "problem"}
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _held_by(request, pk)
    if meeting.state != UnitMeetingState.CALLED:
        messages.info(request, _("This meeting is closed; only its minutes can be corrected."))
        return redirect("meetings:detail", pk=pk)
    form = MeetingForm(
        _posted(request), unit=meeting.unit, user=request.user, on=clock.today(), meeting=meeting
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_meeting(
                meeting=meeting, turn=data["turn"], plan=form.plan(), reason=data["reason"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
            _answer_anew(form, request, pk)
        else:
            messages.success(request, _("Changed; everybody concerned has been told."))
            return redirect("meetings:detail", pk=pk)
    context = {
        "form": form,
        "unit": meeting.unit,
        "meeting": meeting,
        "posting": acting_posting(request.user),
    }
    status = 400 if form.is_bound else 200
    return render(request, "supervision/meetings/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of the minutes; afterwards the page of the meeting shows them."""
    meeting = _held_by(request, pk)
    form = MinutesForm(
        _posted(request), request.FILES or None, meeting=meeting, user=request.user, on=clock.today()
    )
    if request.method == "POST":
        if form.is_valid():
            try:
                services.record_meeting(
                    meeting=meeting, turn=form.cleaned_data["turn"], minutes=form.values(), by=request.user,
                    at=clock.now(),
                )  # fmt: skip
            except DomainError as refusal:
                add_refusal(form, refusal)
                _answer_anew(form, request, pk)
            else:
                messages.success(request, _("Recorded; what was agreed is on its way to those who do it."))
                return redirect("meetings:detail", pk=pk)
    elif meeting.state != UnitMeetingState.CALLED or meeting.meets_at > clock.now():
        return redirect("meetings:detail", pk=pk)
    context = {"form": form, "meeting": meeting, "over": meeting.state == UnitMeetingState.CALLED}
    return render(request, "supervision/meetings/record.html", context, status=400 if form.is_bound else 200)


Make = Callable[[HttpRequest, UnitMeeting, bool], forms.Form]


def _cancel(request: HttpRequest, meeting: UnitMeeting, bound: bool) -> forms.Form:
    return CancelForm(request.POST if bound else None, initial={"turn": meeting.turn})


def _amend(request: HttpRequest, meeting: UnitMeeting, bound: bool) -> forms.Form:
    return AmendForm(request.POST if bound else None, initial={"turn": meeting.turn, "text": meeting.minutes})


def _item(request: HttpRequest, meeting: UnitMeeting, bound: bool) -> forms.Form:
    return ItemForm(request.POST if bound else None, meeting=meeting, user=request.user, on=clock.today())


def _papers(request: HttpRequest, meeting: UnitMeeting, bound: bool) -> forms.Form:
    return PapersForm(request.POST if bound else None, request.FILES if bound else None)


def _do(code: str, meeting: UnitMeeting, form: Any, by: Any) -> None:
    data, at = form.cleaned_data, clock.now()
    if code == "cancel":
        services.cancel_meeting(meeting=meeting, turn=data["turn"], reason=data["reason"], by=by, at=at)
    elif code == "amend":
        services.amend_minutes(
            meeting=meeting, turn=data["turn"], text=data["text"], reason=data["reason"], by=by, at=at
        )
    elif code == "item":
        services.add_item(meeting=meeting, line=form.values(), by=by, at=at)
    else:
        services.add_files(meeting=meeting, uploads=data["uploads"], by=by, at=at)


# code → (form, states in which it is offered, button)
ACTS: dict[str, tuple[Make, tuple[str, ...], Any]] = {
    "item": (_item, (UnitMeetingState.HELD,), gettext_lazy("Add an agreed item")),
    "papers": (_papers, (UnitMeetingState.CALLED, UnitMeetingState.HELD), gettext_lazy("Add papers")),
    "amend": (_amend, (UnitMeetingState.HELD,), gettext_lazy("Correct the minutes")),
    "cancel": (_cancel, (UnitMeetingState.CALLED,), gettext_lazy("Call it off")),
}


@require_POST
def meeting_do(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do one of ACTS. A refusal comes back on the page with what was typed."""
    meeting = _held_by(request, pk)
    if code not in ACTS:
        raise Http404
    form = ACTS[code][0](request, meeting, True)
    if form.is_valid():
        try:
            _do(code, meeting, form, request.user)
        except DomainError as refusal:
            add_refusal(form, refusal)
            _answer_anew(form, request, pk)
            meeting = _meeting(request, pk)
        else:
            messages.success(request, _("Kept."))
            return redirect("meetings:detail", pk=pk)
    return _page(request, meeting, bound=(code, form), status=400)


@require_safe
@one_calendar()
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _meeting(request, pk))


def _page(
    request: HttpRequest,
    meeting: UnitMeeting,
    *,
    bound: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    on, holding = clock.today(), may_hold(request.user, meeting)
    earlier = list(services.open_before(meeting)) if meeting.state == UnitMeetingState.CALLED else []
    items = list(meeting.items.select_related(*ITEM_ROADS))
    context: dict[str, Any] = {
        "meeting": meeting, "may": holding, "over": meeting.meets_at <= clock.now(),
        "called": meeting.state == UnitMeetingState.CALLED, "held": meeting.state == UnitMeetingState.HELD,
        "invitees": list(meeting.invitees.all()), "changes": list(meeting.changes.all()),
        "papers": list(meeting.files.all()), "counted": counted_words(meeting),
        "projects": list(Project.objects.visible_to(request.user).filter(unit_meetings=meeting).order_by("name")),
        "hidden_projects": meeting.projects.count(), "items": _item_rows(request.user, items, on),
        "earlier": _item_rows(request.user, earlier, on),
        "carried": list(meeting.carried.select_related("item__meeting", "item__unit", "item__department")),
        "acts": _acts(request, meeting, bound) if holding else [], "bound": bound[1] if bound else None,
    }  # fmt: skip
    context["hidden_projects"] -= len(context["projects"])
    return render(request, "supervision/meetings/detail.html", context, status=status)


def _acts(
    request: HttpRequest, meeting: UnitMeeting, bound: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    found = []
    for code, (make, states, button) in ACTS.items():
        tried = bound is not None and bound[0] == code
        if meeting.state not in states and not tried:
            continue
        form = bound[1] if tried and bound else make(request, meeting, False)
        form.auto_id = f"id_{code}_%s"  # several forms on one page: every label has its own field
        found.append(
            {"code": code, "form": form, "button": button, "open": tried, "danger": code == "cancel"}
        )
    return found


def _item_rows(user: Any, items: list[Any], on: Any) -> list[dict[str, Any]]:
    """Agreed items with working days left, and a link where the person may open what they have become."""
    calendar = current_calendar()
    matters = Matter.objects.visible_to(user).filter(pk__in=[one.matter_id for one in items if one.matter_id])
    tickets = Ticket.objects.visible_to(user).filter(pk__in=[one.ticket_id for one in items if one.ticket_id])
    projects = Project.objects.visible_to(user).filter(
        pk__in=[one.project_id for one in items if one.project_id]
    )
    seen = (
        set(matters.values_list("pk", flat=True)), set(tickets.values_list("pk", flat=True)),
        set(projects.values_list("pk", flat=True)),
    )  # fmt: skip
    rows = []
    for one in items:
        left = calendar.between(on, one.counts_on) if one.is_open and one.counts_on else None
        late = left is not None and one.counts_on < on
        rows.append(
            {
                "item": one, "left": left, "matter": one.matter_id in seen[0], "ticket": one.ticket_id in seen[1],
                "project": one.project_id in seen[2],
                "light": "done" if not one.is_open else "red" if late else "blue" if (left or 99) <= 5 else "none",
            }
        )  # fmt: skip
    return rows


@require_safe
def meeting_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    meeting = _meeting(request, pk)
    row = get_object_or_404(MeetingFile.objects.filter(meeting=meeting), pk=file_id)
    return files.attachment(row.path, row.name, row.content_type)


@require_safe
def meeting_minutes(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    """The minutes as an official document, once they are recorded."""
    meeting = _meeting(request, pk)
    if meeting.state != UnitMeetingState.HELD:
        raise Http404
    with override(STORED_LANGUAGE):  # an official document is Chinese
        document = document_of(meeting)
    answer = document_download(document, format)
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_safe
def meeting_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting as a calendar file."""
    meeting = _meeting(request, pk)
    base = request.build_absolute_uri("/").rstrip("/")
    return ics_answer(ics.render(meeting.subject, [feed.event_of(meeting, base)]), f"meeting-{pk}.ics")


def _meeting(request: HttpRequest, pk: int) -> UnitMeeting:
    rows = UnitMeeting.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("unit__parent", "called_by", "closed_by"), pk=pk)


def _held_by(request: HttpRequest, pk: int) -> UnitMeeting:
    """404 outside the scope, 403 for somebody who may see it and not hold it."""
    meeting = _meeting(request, pk)
    require_hold(request.user, meeting.unit_id)
    return meeting


def _answer_anew(form: forms.Form, request: HttpRequest, pk: int) -> None:
    """The next try answers to the meeting as it stands now."""
    again = request.POST.copy()
    again["turn"] = str(_meeting(request, pk).turn)
    form.data = again
