"""Pages of work orders: the list and its export, a new dispatch, one order, its paper, the quarterly rounds."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.downloads import TABLE, document_download
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division
from accounts.notify import STORED_LANGUAGE
from accounts.scope import acting_posting, holds, postings_with
from accounts.typed import whole_number
from accounts.views.guards import needs, page_of
from policy.periods import Period
from policy.services import one_calendar
from supervision.matters import queries as matter_queries
from supervision.matters.access import handles
from supervision.matters.models import MatterSource, MatterState
from supervision.workorders import export, paper, queries, services
from supervision.workorders.choosing import MOST, Rule, chosen, departments_of
from supervision.workorders.forms import OrderFilter, OrderForm, RuleForm
from supervision.workorders.models import AddressedTo, WorkOrder, WorkOrderRound


@require_safe
@needs("workorders.view")
def order_list(request: HttpRequest) -> HttpResponse:
    on, user = clock.today(), request.user
    every = queries.listed(user)
    form = OrderFilter(request.GET, Division.objects.visible_to(user).governments())
    page = page_of(request, form.apply(every, user, on), default=20)
    page.object_list = queries.rows_of(page.object_list, on)
    context = {
        "form": form, "page": page, "counts": queries.counts(every, on), "posting": acting_posting(user),
        "query": request.GET.urlencode(), "may_issue": holds(user, "workorders.issue"),
        "rounds": WorkOrderRound.objects.visible_to(user).exists(),
    }  # fmt: skip
    return render(request, "supervision/workorders/list.html", context)


@require_safe
@needs("workorders.view")
def order_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as a workbook."""
    on, user, posting = clock.today(), request.user, acting_posting(request.user)
    rows = OrderFilter(request.GET, Division.objects.visible_to(user).governments()).apply(
        queries.listed(user), user, on
    )[: export.MOST]
    with override(STORED_LANGUAGE):
        name = posting.division.name if posting else ""
        return document_download(
            export.list_document(queries.rows_of(rows, on), unit_name=name, on=on), "xlsx", TABLE
        )


def _issuer(user: Any) -> Division | None:
    able = postings_with(user, services.ISSUE)
    return able[0].division if able else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("workorders.issue")
def order_new(request: HttpRequest) -> HttpResponse:
    """GET with a rule in the address shows the projects it finds; POST dispatches those ticked."""
    issuer = _issuer(request.user)
    if issuer is None:
        raise Http404
    on = clock.today()
    units = Division.objects.current(on).within(issuer).governments()
    rule_form = RuleForm(request.GET, issuer=issuer, units=units)
    ready = rule_form.is_valid() and bool(request.GET)
    rule = rule_form.rule()
    rows = list(chosen(rule, issuer, request.user)[: MOST + 1]) if ready else []
    form = _order_form(request, rule, issuer) if rows else None
    ticked = {row.pk for row in rows if not getattr(row, "busy", False)}
    if request.method == "POST" and form is not None:
        ticked = {pk for text in request.POST.getlist("projects") if (pk := whole_number(text))}
        if form.is_valid() and (done := _dispatch(request, form, rule, issuer, ticked)):
            return done
    context = {
        "rule_form": rule_form, "form": form, "rows": rows[:MOST], "cut": len(rows) > MOST, "most": MOST,
        "ticked": ticked, "asked": bool(request.GET), "issuer": issuer, "rule_words": rule.words(),
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "supervision/workorders/new.html", context, status=status)


def _order_form(request: HttpRequest, rule: Rule, issuer: Division) -> OrderForm:
    on = clock.today()
    departments = departments_of(issuer, on) if rule.to == AddressedTo.DEPARTMENT else None
    initial = {
        "title": "项目落地服务工作单",
        "demand": "逐个项目核实推进情况，协调解决存在问题，反馈形象进度、存在问题和下一步措施。",
    }
    return OrderForm(request.POST or None, batch=uuid4(), departments=departments, initial=initial)


def _dispatch(
    request: HttpRequest, form: OrderForm, rule: Rule, issuer: Division, ticked: set[int]
) -> HttpResponse | None:
    try:
        orders = services.dispatch(
            issuer=issuer, rule=rule, project_ids=sorted(ticked), **form.cleaned_data, by=request.user,
            at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        add_refusal(form, refusal)
        return None
    said = ngettext("%(n)d work order issued.", "%(n)d work orders issued.", len(orders)) % {"n": len(orders)}
    messages.success(request, said + _("The units have been told and have to sign for them."))
    if len(orders) == 1:
        return redirect("workorders:detail", pk=orders[0].pk)
    return redirect("workorders:list")


@require_safe
@needs("workorders.view")
@one_calendar()
def order_detail(request: HttpRequest, pk: int) -> HttpResponse:
    on, order = clock.today(), _order(request, pk)
    matters = matter_queries.for_source(MatterSource.WORK_ORDER, order.pk)
    waiting = [m for m in matters if m.state == MatterState.ISSUED and handles(request.user, m)]
    others = WorkOrder.objects.visible_to(request.user).filter(batch=order.batch).exclude(pk=pk)
    context = {
        "order": order, "row": queries.rows_of([order], on)[0], "waiting": len(waiting),
        "rows": matter_queries.table_rows(request.user, matters, on), "posting": acting_posting(request.user),
        "others": queries.rows_of(others.select_related(*queries.CARRY).defer("document")[:30], on),
    }  # fmt: skip
    return render(request, "supervision/workorders/detail.html", context)


@require_POST
@needs("workorders.view")
def order_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for all projects of the order at once."""
    order = _order(request, pk)
    try:
        n = services.receive_all(order=order, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        said = ngettext("%(n)d matter signed for.", "%(n)d matters signed for.", n) % {"n": n}
        messages.success(request, said)
    return redirect("workorders:detail", pk=pk)


@require_safe
@needs("workorders.view")
def order_document(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    return document_download(paper.document_of(_order(request, pk)), format)


@require_safe
@needs("workorders.view")
def round_list(request: HttpRequest) -> HttpResponse:
    rows = WorkOrderRound.objects.visible_to(request.user).select_related("issuer")
    page = page_of(request, rows, default=20)
    for row in page.object_list:
        row.label = Period.parse(row.period).label
        row.units = len(row.figures)
        row.late = sum(line["late"] for line in row.figures)
    return render(
        request, "supervision/workorders/rounds.html", {"page": page, "posting": acting_posting(request.user)}
    )


@require_safe
@needs("workorders.view")
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = _round(request, pk)
    totals = {
        column.key: sum(line[column.key] for line in found.figures) for column in export.ROUND_COLUMNS[1:]
    }
    context = {"round": found, "label": Period.parse(found.period).label, "totals": totals}
    return render(request, "supervision/workorders/round.html", context)


@require_safe
@needs("workorders.view")
def round_export(request: HttpRequest, pk: int) -> HttpResponse:
    return document_download(export.round_document(_round(request, pk)), "xlsx", TABLE)


def _order(request: HttpRequest, pk: int) -> WorkOrder:
    rows = WorkOrder.objects.visible_to(request.user).select_related(*queries.CARRY)
    order: WorkOrder = get_object_or_404(rows, pk=pk)
    return order


def _round(request: HttpRequest, pk: int) -> WorkOrderRound:
    rows = WorkOrderRound.objects.visible_to(request.user).select_related("issuer")
    found: WorkOrderRound = get_object_or_404(rows, pk=pk)
    return found
