"""Pages of matters: the list and its export, a new one, one matter with thread, clock and moves, its files."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.downloads import TABLE, document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Department, Division
from accounts.notify import STORED_LANGUAGE
from accounts.scope import acting_posting, holds, postings_with
from accounts.typed import whole_number
from accounts.views.guards import needs, page_of
from policy.services import current_calendar, one_calendar
from projects.models import Project
from supervision.matters import export, queries, services, sources
from supervision.matters.access import may_refer, require_move
from supervision.matters.actions import ACTIONS, FIRST, fits, units_for
from supervision.matters.clocks import ladder_of
from supervision.matters.forms import IssueForm, MatterFilter, extension_waits, waits_for
from supervision.matters.models import (
    STEPS,
    Matter,
    MatterExtension,
    MatterFile,
    MatterQuerySet,
    MatterSource,
)
from supervision.matters.rungs import next_rung_on
from supervision.matters.states import LABELS
from supervision.matters.todo import mine_q

Bound = tuple[str, forms.Form] | None


def _listed(user: Any) -> MatterQuerySet:
    rows: MatterQuerySet = Matter.objects.visible_to(user).select_related(*queries.CARRY)
    return rows


@require_safe
@needs("matters.view")
@one_calendar()
def matter_list(request: HttpRequest) -> HttpResponse:
    on, user = clock.today(), request.user
    every = _listed(user)
    form = MatterFilter(request.GET, Division.objects.visible_to(user).governments())
    rows = form.apply(every, user, on).order_by("due_on", "pk")
    page = page_of(request, rows, default=20)
    page.object_list = queries.rows_of(page.object_list, on)
    context = {
        "form": form, "page": page, "counts": queries.counts(every.order_by(), on),
        "mine": every.filter(mine_q(user, on)).count(), "posting": acting_posting(user),
        "query": request.GET.urlencode(), "may_issue": holds(user, "matters.issue"),
        "by_unit": queries.open_by_unit(every, on)[:12],
    }  # fmt: skip
    return render(request, "supervision/matters/list.html", context)


@require_safe
@needs("matters.view")
def matter_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as a workbook."""
    on, user, posting = clock.today(), request.user, acting_posting(request.user)
    rows = (
        MatterFilter(request.GET, Division.objects.visible_to(user).governments())
        .apply(_listed(user), user, on)
        .order_by("due_on", "pk")
    )
    with override(STORED_LANGUAGE):
        name = posting.division.name if posting else ""
        document = export.document_of(rows[: export.MOST], unit_name=name, on=on)
        return document_download(document, "xlsx", TABLE)


def _issuer(user: Any) -> Division | None:
    """In whose name the person assigns matters: the chosen posting's unit where it may, else the first that may."""
    able = postings_with(user, "matters.issue")
    return able[0].division if able else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("matters.issue")
def matter_new(request: HttpRequest) -> HttpResponse:
    on, issuer = clock.today(), _issuer(request.user)
    if issuer is None:
        raise Http404
    project = _project(request)
    start = project.division if project and project.division.path.startswith(issuer.path) else issuer
    form = IssueForm(
        request.POST or None, request.FILES or None, units=units_for(issuer, on),
        departments=Department.objects.filter(division=issuer).exclude(valid_to__lt=on), initial={"unit": start},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        uploads = data.pop("uploads")
        try:
            matter = services.issue_matter(
                source=MatterSource.OFFICE, issuer=issuer, project=project, files=uploads, **data,
                by=request.user, at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Assigned; the unit has been told and has to sign for it."))
            return redirect("matters:detail", pk=matter.pk)
    context = {"form": form, "project": project, "issuer": issuer}
    status = 400 if request.method == "POST" else 200
    return render(request, "supervision/matters/new.html", context, status=status)


def _project(request: HttpRequest) -> Project | None:
    pk = whole_number(request.GET.get("project"))
    if not pk:
        return None
    return get_object_or_404(Project.objects.visible_to(request.user).select_related("division"), pk=pk)


@require_safe
@one_calendar()
def matter_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _matter(request, pk))


@require_POST
def matter_move(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do a move. A refusal comes back on the page with what was typed."""
    matter = _matter(request, pk)
    if code not in ACTIONS:
        raise Http404
    require_move(request.user, matter, code, clock.today())
    action = ACTIONS[code]
    form = action.make(matter, request.user, request.POST, request.FILES, clock.today())
    if form.is_valid():
        try:
            action.act(matter=matter, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
            matter = _matter(request, pk)
            again = request.POST.copy()  # the next try answers to the matter as it stands now
            again["turn"] = str(matter.turn)
            form.data = again
        else:
            messages.success(request, action.said)
            seen = Matter.objects.visible_to(request.user).filter(pk=pk).exists()
            return redirect("matters:detail", pk=pk) if seen else redirect("matters:list")
    return _page(request, matter, bound=(code, form), status=400)


@require_safe
def matter_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    matter = _matter(request, pk)
    row = get_object_or_404(MatterFile.objects.filter(entry__matter=matter), pk=file_id)
    return files.attachment(row.path, row.name, row.content_type)


def _matter(request: HttpRequest, pk: int) -> Matter:
    rows = Matter.objects.visible_to(request.user).select_related(
        *queries.CARRY, "unit__parent", "issued_by", "received_by"
    )
    matter: Matter = get_object_or_404(rows, pk=pk)
    return matter


def _page(request: HttpRequest, matter: Matter, *, bound: Bound = None, status: int = 200) -> HttpResponse:
    on = clock.today()
    entries = [
        (LABELS.get(entry.kind, entry.kind), entry) for entry in matter.entries.prefetch_related("files")
    ]
    asked = services.pending_extension(matter)
    actions = _actions(request, matter, bound, asked)
    context = {
        "matter": matter, "row": queries.rows_of([matter], on)[0], "entries": entries, "actions": actions,
        "bound": bound[1] if bound else None, "kept": _kept(actions, bound), "waits_for": waits_for(matter),
        "asked": asked, "asked_waits": extension_waits(matter, asked, on) if asked else "",
        "extensions": matter.extensions.all(),
        "answer": next((line for _label, line in reversed(entries) if line.kind == "answer"), None),
        "source_url": sources.url_of(matter, request.user), "ladder": _ladder(matter, on),
        "sees_project": (
            matter.project_id is not None
            and Project.objects.visible_to(request.user).filter(pk=matter.project_id).exists()
        ),
        "posting": acting_posting(request.user), "may_refer": may_refer(request.user, matter, on),
    }  # fmt: skip
    return render(request, "supervision/matters/detail.html", context, status=status)


def _ladder(matter: Matter, on: Any) -> list[dict[str, Any]]:
    """The rungs for the panel: those reached with the day they came, those ahead with the day they would come."""
    reached = {entry.kind: entry.on for entry in matter.entries.filter(kind__in=STEPS)}
    rungs, calendar, place = ladder_of(matter.issuer, on), current_calendar(), STEPS.index(matter.step)
    found, day = [], matter.next_step_on
    for rung in rungs:
        done = STEPS.index(rung.code) <= place
        shown = reached.get(rung.code) if done else day
        if not done and day is not None:
            day = next_rung_on(rung.code, day, matter.due_on, rungs, calendar)
        found.append({"name": rung.name, "done": done, "on": shown, "now": rung.code == matter.step})
    return found


def _actions(
    request: HttpRequest, matter: Matter, bound: Bound, asked: MatterExtension | None
) -> list[dict[str, Any]]:
    """Moves this person may make now, with their forms; the one tried last is open and keeps what was typed."""
    found, main_taken, on = [], False, clock.today()
    for code, action in ACTIONS.items():
        if not fits(request.user, matter, code, on, asked):
            continue
        tried = bound is not None and bound[0] == code
        form = bound[1] if tried and bound else action.make(matter, request.user, None, None, on)
        form.auto_id = f"id_{code}_%s"  # several forms on one page: every label has its own field
        main = code in FIRST and not main_taken
        main_taken = main_taken or main
        found.append(
            {"code": code, "form": form, "button": action.button, "main": main, "open": tried,
             "danger": action.danger}
        )  # fmt: skip
    return found


def _kept(actions: list[dict[str, Any]], bound: Bound) -> str:
    """What was typed into a form that is no longer offered, so that nothing is lost."""
    if bound is None or any(one["code"] == bound[0] for one in actions):
        return ""
    return "\n".join(bound[1].data.get(name, "") for name in ("reason", "text", "check_note")).strip()
