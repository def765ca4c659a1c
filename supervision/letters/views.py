"""Pages of supervision papers: the ledger, a new one on its evidence, the official page with its course."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.downloads import TABLE, document_download
from accounts.errors import DomainError, StaleState
from accounts.forms import add_refusal
from accounts.models import AuditRecord, Division
from accounts.scope import acting_posting, require_own
from accounts.typed import whole_number
from accounts.views.guards import needs, page_of
from documents import render as render_document
from policy.services import one_calendar
from projects.models import Project
from supervision.letters import grounds, queries, services
from supervision.letters.drafting import starting_words
from supervision.letters.forms import LedgerFilter, PaperForm, ReasonForm
from supervision.letters.grounds import Ground
from supervision.letters.models import DRAFT, SIGN, VIEW, PaperKind, PaperState, SupervisionPaper
from supervision.letters.organs import kind_for
from supervision.letters.pages import issuing_unit, notice_rule, paper_form, rights
from supervision.letters.paper import document_of
from supervision.letters.writing import WORDS, check_ground, open_paper
from supervision.matters.models import Matter
from supervision.matters.queries import for_source, table_rows

GROUNDS = ("warning", "item", "milestone", "ticket", "obligation", "project")


@require_safe
@needs(VIEW)
@one_calendar()
def paper_list(request: HttpRequest) -> HttpResponse:
    """The supervision ledger: every notice and letter with its cause, clock and state."""
    on = clock.today()
    form, rows = _ledger(request)
    page = page_of(request, rows, default=20)
    page.object_list = queries.rows_of(page.object_list, on)
    context = {
        "form": form, "page": page, "counts": queries.counts(request.user, on), "posting": acting_posting(request.user),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "supervision/letters/list.html", context)


@require_safe
@needs(VIEW)
def ledger_export(request: HttpRequest, format: str) -> HttpResponse:
    """The filtered ledger as a workbook."""
    posting, on = acting_posting(request.user), clock.today()
    _form, rows = _ledger(request)
    heading = f"{posting.division.name if posting else ''}督办台账"
    return document_download(queries.ledger(rows, heading, on), format, TABLE)


def _ledger(request: HttpRequest) -> tuple[LedgerFilter, Any]:
    rows = queries.listed(request.user)
    papers = SupervisionPaper.objects.visible_to(request.user).order_by()
    units = Division.objects.filter(pk__in=papers.values("unit")).order_by("path")
    form = LedgerFilter(request.GET, units=units)
    wanted = form.cleaned_data if form.is_valid() else {}
    return form, queries.filtered(rows, wanted, request.user, clock.today())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DRAFT)
@one_calendar()
def paper_new(request: HttpRequest) -> HttpResponse:
    """A draft on the ground named in the address (?item=12), with the counters beside the words."""
    unit, on = _unit(request), clock.today()
    ground, kind = _ground(request), kind_for(unit)
    if kind is None:
        raise PermissionDenied(DRAFT)
    there = open_paper(unit, ground)
    if there is not None and request.method != "POST":
        messages.info(request, _("There is a paper of your office on this already."))
        return redirect("letters:detail", pk=there.pk)
    refused, rule = "", notice_rule(unit, on)
    if kind == PaperKind.NOTICE:
        ground = grounds.to_be_pressed(ground, unit, organ_only=rule.organ_only)
    try:
        check_ground(ground, unit, kind, organ_only=rule.organ_only)
    except DomainError as refusal:
        refused = str(refusal)
    words = starting_words(ground, unit, on, request.user)
    form = paper_form(
        request.POST if request.method == "POST" else None, kind=kind, place=ground.unit, unit=unit, on=on,
        initial=words,
    )  # fmt: skip
    if request.method == "POST" and not refused and form.is_valid():
        try:
            paper = services.draft_paper(
                ground=ground, unit=unit, values=form.values(), by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The draft is kept. Someone else of your office signs it."))
            return redirect("letters:detail", pk=paper.pk)
    context = {
        "form": form, "ground": ground, "evidence": ground.verdict.to_json(), "unit": unit, "refused": refused,
        "is_notice": kind == "notice", "rule": rule, "action": f"{reverse('letters:new')}?{ground.query}",
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "supervision/letters/new.html", context, status=status)


@require_safe
@needs(DRAFT)
@one_calendar()
def paper_choose(request: HttpRequest, project_id: int) -> HttpResponse:
    """What is late in a project and on whose side, to choose what a paper rests on."""
    rows = Project.objects.visible_to(request.user).select_related("division__parent", "company")
    project = get_object_or_404(rows, pk=project_id)
    unit = _unit(request)
    kind, lines, rule = kind_for(unit), [], notice_rule(unit, clock.today())
    for ground in grounds.choices(request.user, project, clock.today()):
        if kind == PaperKind.NOTICE:
            ground = grounds.to_be_pressed(ground, unit, organ_only=rule.organ_only)
        try:
            check_ground(ground, unit, kind or "", organ_only=rule.organ_only)
            refused = ""
        except DomainError as refusal:
            refused = str(refusal)
        lines.append({"ground": ground, "refused": refused, "there": open_paper(unit, ground)})
    context = {"project": project, "lines": lines, "is_notice": kind == "notice", "unit": unit, "rule": rule}
    return render(request, "supervision/letters/choose.html", context)


@require_safe
@needs(VIEW)
@one_calendar()
def paper_detail(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _paper(request, pk)
    matters = for_source(paper.kind, paper.pk)
    history = AuditRecord.objects.visible_to(request.user).filter(
        object_type="supervision.supervisionpaper", object_id=str(pk)
    )
    context = {
        "paper": paper,
        "evidence": paper.evidence,
        "rule": notice_rule(paper.unit, paper.evidence_on, paper.organ_fault_only),
        "page_html": render_document(document_of(paper), "html"),
        "matters": table_rows(request.user, matters, clock.today()),
        "sees_matter": Matter.objects.visible_to(request.user).filter(pk=paper.matter_id or 0).exists(),
        "sees_project": Project.objects.visible_to(request.user).filter(pk=paper.project_id or 0).exists(),
        "history": history.order_by("-at", "-pk")[:20],
        **rights(paper, request.user),
    }
    return render(request, "supervision/letters/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DRAFT)
def paper_edit(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _paper(request, pk)
    require_own(request.user, DRAFT, paper.unit)
    if paper.state != PaperState.DRAFT:
        messages.error(request, _("Only a draft is edited; this paper is signed or issued."))
        return redirect("letters:detail", pk=pk)
    initial: dict[str, Any] = {name: getattr(paper, name) for name in (*WORDS, "addressee", "department")}
    initial["version"] = paper.row_version
    ground = grounds.again(paper, clock.today())
    form = paper_form(
        request.POST if request.method == "POST" else None, kind=paper.kind,
        place=ground.unit if ground else paper.addressee, unit=paper.unit, on=clock.today(), initial=initial,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_paper(
                paper=paper, values=form.values(), row_version=form.cleaned_data["version"] or 0, by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except StaleState as refusal:
            _renew(form, request.POST, _paper(request, pk), refusal)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The words are saved."))
            return redirect("letters:detail", pk=pk)
    context = {
        "paper": paper, "form": form, "evidence": paper.evidence, "is_notice": paper.kind == "notice",
        "rule": notice_rule(paper.unit, paper.evidence_on, paper.organ_fault_only),
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "supervision/letters/edit.html", context, status=status)


@require_POST
@needs(DRAFT)
def paper_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The counters were taken again. Check the words against them.")
    return _act(request, pk, DRAFT, services.renew_evidence, done)


@require_POST
@needs(SIGN)
def paper_sign(request: HttpRequest, pk: int) -> HttpResponse:
    version = whole_number(request.POST.get("version")) or 0
    return _act(
        request, pk, SIGN, services.sign_paper, _("Signed. It can be numbered and issued now."), row_version=version
    )  # fmt: skip


@require_POST
@needs(DRAFT)
def paper_issue(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Numbered and issued. The unit must sign for it; its clock runs.")
    return _act(request, pk, DRAFT, services.issue_paper, done)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SIGN)
def paper_return(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, SIGN, services.return_paper, _("Return it for changes"), _("It is returned.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DRAFT)
def paper_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _paper(request, pk)
    right = SIGN if paper.state == PaperState.ISSUED else DRAFT
    return _with_reason(request, pk, right, services.withdraw_paper, _("Withdraw it"), _("It is withdrawn."))


@require_safe
@needs(VIEW)
def paper_export(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    return document_download(document_of(_paper(request, pk)), format)


def _paper(request: HttpRequest, pk: int) -> SupervisionPaper:
    rows = SupervisionPaper.objects.visible_to(request.user).select_related(
        "unit", "addressee__parent", "department", "project", "matter", "drafted_by", "edited_by", "signed_by",
        "issued_by", "withdrawn_by", "item", "milestone", "ticket", "obligation", "warning",
    )  # fmt: skip
    paper: SupervisionPaper = get_object_or_404(rows, pk=pk)
    return paper


def _unit(request: HttpRequest) -> Division:
    unit = issuing_unit(request.user)
    if unit is None:
        raise PermissionDenied(DRAFT)
    return unit


def _ground(request: HttpRequest) -> Ground:
    """The one ground named in the query; 404 when it is not there or not to be seen."""
    for kind in GROUNDS:
        pk = whole_number(request.GET.get(kind))
        if pk is None:
            continue
        ground = grounds.find(request.user, kind, pk, clock.today())
        if ground is not None:
            return ground
    raise Http404


def _renew(form: PaperForm, sent: QueryDict, paper: SupervisionPaper, refusal: StaleState) -> None:
    """Keep what was typed over the newer version; saving again replaces it, with the person's knowledge."""
    form.add_error(None, str(refusal.message))
    typed = sent.copy()
    typed["version"] = str(paper.row_version)
    form.data = typed


def _act(
    request: HttpRequest, pk: int, right: str, service: Callable[..., Any], done: str, **more: Any
) -> HttpResponse:
    paper = _paper(request, pk)
    require_own(request.user, right, paper.unit)
    try:
        service(paper=paper, by=request.user, at=clock.now(), **more)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)
    return redirect("letters:detail", pk=pk)


def _with_reason(
    request: HttpRequest, pk: int, right: str, service: Callable[..., Any], heading: str, done: str
) -> HttpResponse:
    paper = _paper(request, pk)
    require_own(request.user, right, paper.unit)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(paper=paper, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error("reason" if refusal.field == "reason" else None, str(refusal.message))
        else:
            messages.success(request, done)
            return redirect("letters:detail", pk=pk)
    context = {"paper": paper, "form": form, "heading": heading}
    status = 400 if request.method == "POST" else 200
    return render(request, "supervision/letters/reason.html", context, status=status)
