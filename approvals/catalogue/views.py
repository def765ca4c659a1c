"""Pages of the catalogue: what is in force here, its versions, one item, and the draft being written."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division, Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import acting_posting, current_postings, require
from accounts.views.guards import needs
from approvals.catalogue import services
from approvals.catalogue.forms import ItemForm, PublishForm, WorkbookForm, answer_to, initial_of
from approvals.catalogue.models import PERMISSION, Catalogue, CatalogueItem, CatalogueState, ProjectKind
from approvals.catalogue.queries import by_stage, catalogue_for, departments_of, specs_of
from approvals.catalogue.services import EDIT, PUBLISH
from approvals.catalogue.spec import limit_text, spec_of
from approvals.catalogue.workbook import XLSX, read_workbook, write_workbook


def home_division(user: Any) -> Division | None:
    """Whose catalogue the person works with: the division of the posting acted in (of a township: its county)."""
    posting = acting_posting(user)
    if posting is None:
        return None
    division: Division = posting.division
    return division.parent if division.tier == Tier.TOWNSHIP and division.parent else division


def may(user: Any, permission: str, division: Division) -> bool:
    """Mirrors accounts.scope.require(division=…)."""
    for posting in current_postings(user):
        own = posting.division
        inside = division.path.startswith(own.path) if posting.subtree else division.pk == own.pk
        if inside and permission in PERMISSIONS[posting.role]:
            return True
    return False


@require_safe
@needs(PERMISSION)
def catalogue_home(request: HttpRequest) -> HttpResponse:
    """What is in force for the person's division, with its versions."""
    division = home_division(request.user)
    found = catalogue_for(division) if division else None
    if found is not None:
        return _page(request, found, division)
    draft = _draft_of(request, division)
    context = {
        "division": division,
        "draft": draft,
        "may_edit": division is not None and may(request.user, EDIT, division),
    }
    return render(request, "approvals/catalogue/empty.html", context)


@require_safe
@needs(PERMISSION)
def catalogue_version(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _open(request, pk), home_division(request.user))


def _page(
    request: HttpRequest,
    catalogue: Catalogue,
    division: Division | None,
    *,
    bound: Any = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    items = list(catalogue.items.order_by("position", "pk"))
    offices = departments_of(catalogue.division).names
    for item in items:
        _dress(item, offices)
    own = catalogue.division if division is None or catalogue.is_draft else division
    draft = _draft_of(request, own)
    may_edit = may(request.user, EDIT, own)
    versions = Catalogue.objects.visible_to(request.user).filter(division=catalogue.division)
    context = {
        "catalogue": catalogue,
        "groups": by_stage(items),
        "count": len(items),
        "own": own,
        "unpromised": sum(item.promised_days is None and item.kind != "immediate" for item in items),
        "inherited": division is not None and catalogue.division_id != division.pk and not catalogue.is_draft,
        "versions": versions.annotate(size=Count("items")).order_by("-number")[:20],
        "draft": draft if may_edit and draft != catalogue else None,
        "may_open": may_edit and draft is None and catalogue.state == CatalogueState.PUBLISHED,
        "may_change": catalogue.is_draft and may(request.user, EDIT, catalogue.division),
        "may_publish": catalogue.is_draft and may(request.user, PUBLISH, catalogue.division),
        "workbook": bound if isinstance(bound, WorkbookForm) else WorkbookForm(),
        "publish": bound
        if isinstance(bound, PublishForm)
        else PublishForm(initial={"version": catalogue.version, "note": catalogue.note}),
        "bound": bound,
        "posting": acting_posting(request.user),
        **more,
    }
    return render(request, "approvals/catalogue/version.html", context, status=status)


def _dress(item: Any, offices: Any) -> None:
    """Words of a row, made once here and not in the template."""
    item.office = offices.get(item.department_code, item.department_code)
    item.statutory_text = limit_text(item.statutory_days, item.statutory_unit)
    item.promised_text = limit_text(item.promised_days, item.promised_unit)
    item.green_text = limit_text(item.green_days, item.promised_unit)
    item.extra_text = limit_text(item.extra_days or None, item.statutory_unit)


def _draft_of(request: HttpRequest, division: Division | None) -> Catalogue | None:
    if division is None:
        return None
    return (
        Catalogue.objects.visible_to(request.user)
        .filter(division=division, state=CatalogueState.DRAFT)
        .select_related("division")
        .first()
    )


def _open(request: HttpRequest, pk: int, permission: str = "") -> Catalogue:
    """404 outside; 403 inside without `permission` for its division."""
    rows = Catalogue.objects.visible_to(request.user).select_related(
        "division__parent", "made_by", "published_by"
    )
    catalogue: Catalogue = get_object_or_404(rows, pk=pk)
    if permission:
        require(request.user, permission, division=catalogue.division)
    return catalogue


@require_POST
def catalogue_draft(request: HttpRequest) -> HttpResponse:
    division = home_division(request.user)
    if division is None:
        raise PermissionDenied(EDIT)
    try:
        draft = services.open_draft(division=division, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("catalogue:home")
    messages.success(request, _("The draft is open, with what is in force as its beginning."))
    return redirect("catalogue:version", pk=draft.pk)


@require_safe
@needs(PERMISSION)
def catalogue_export(request: HttpRequest, pk: int) -> HttpResponse:
    catalogue = _open(request, pk)
    subject = catalogue.division.name
    file = write_workbook(specs_of(catalogue), departments_of(catalogue.division), subject=subject)
    name = f"{subject}审批服务事项目录_第{catalogue.number}版.xlsx"
    response: Any = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The upload. Faults come back by cell on the page of the draft; nothing has changed then."""
    catalogue = _open(request, pk, EDIT)
    if request.method != "POST":
        return redirect("catalogue:version", pk=pk)
    form = WorkbookForm(request.POST, request.FILES)
    more: dict[str, Any] = {}
    if form.is_valid():
        try:
            rows = read_workbook(form.cleaned_data["file"])
            count = services.import_items(catalogue=catalogue, rows=rows, by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error("file", str(refusal.message))
            more = {"cells": refusal.details.get("cells", []), "more_cells": refusal.details.get("more", 0)}
        else:
            messages.success(
                request, _("%(count)d items were read; they replace those of the draft.") % {"count": count}
            )
            return redirect("catalogue:version", pk=pk)
    return _page(request, catalogue, home_division(request.user), bound=form, status=400, **more)


@require_POST
def catalogue_publish(request: HttpRequest, pk: int) -> HttpResponse:
    catalogue = _open(request, pk, PUBLISH)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            services.publish(catalogue=catalogue, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The catalogue is in force. Lists made from now on use it."))
            return redirect("catalogue:version", pk=pk)
    return _page(request, _open(request, pk), home_division(request.user), bound=form, status=400)


@require_POST
def catalogue_discard(request: HttpRequest, pk: int) -> HttpResponse:
    catalogue = _open(request, pk, EDIT)
    try:
        services.discard_draft(catalogue=catalogue, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("catalogue:version", pk=pk)
    messages.success(request, _("The draft is discarded."))
    return redirect("catalogue:home")


@require_safe
@needs(PERMISSION)
def item_detail(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    catalogue = _open(request, pk)
    row: Any = get_object_or_404(catalogue.items, pk=item)
    _dress(row, departments_of(catalogue.division).names)
    names = {each.code: each for each in catalogue.items.all()}
    context = {
        "catalogue": catalogue, "item": row,
        "before": [names[code] for code in row.prerequisites if code in names],
        "after": [each for each in names.values() if row.code in each.prerequisites],
        "kinds": [label for code, label in ProjectKind.choices if code in row.project_kinds],
        "may_change": catalogue.is_draft and may(request.user, EDIT, catalogue.division),
    }  # fmt: skip
    return render(request, "approvals/catalogue/item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _item_form(request, _open(request, pk, EDIT), None)


@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    catalogue = _open(request, pk, EDIT)
    return _item_form(request, catalogue, get_object_or_404(catalogue.items, pk=item))


def _item_form(request: HttpRequest, catalogue: Catalogue, item: CatalogueItem | None) -> HttpResponse:
    if not catalogue.is_draft:
        messages.error(request, _("This version has been published and no longer changes. Open a new draft."))
        return redirect("catalogue:version", pk=catalogue.pk)
    offices = departments_of(catalogue.division).names
    initial = (
        initial_of(spec_of(item), catalogue.version)
        if item
        else {"version": catalogue.version, "usual": True}
    )
    form = ItemForm(request.POST or None, departments=offices, initial=initial)
    if request.method == "POST" and form.is_valid():
        save: Callable[..., CatalogueItem] = services.save_item
        try:
            version = form.cleaned_data["version"]
            saved = save(
                catalogue=catalogue,
                item=item,
                spec=form.spec(),
                version=version,
                by=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            add_refusal(form, refusal)
            if refusal.code == "changed_meanwhile":
                answer_to(form, "version", _open(request, catalogue.pk).version)
        else:
            messages.success(request, _("“%(name)s” is written into the draft.") % {"name": saved.name})
            return redirect("catalogue:version", pk=catalogue.pk)
    status = 400 if request.method == "POST" else 200
    return render(
        request,
        "approvals/catalogue/item_form.html",
        {"catalogue": catalogue, "item": item, "form": form},
        status=status,
    )


@require_POST
def item_remove(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    catalogue = _open(request, pk, EDIT)
    row = get_object_or_404(catalogue.items, pk=item)
    try:
        services.remove_item(catalogue=catalogue, item=row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("catalogue:item", pk=pk, item=item)
    messages.success(request, _("“%(name)s” is taken out of the draft.") % {"name": row.name})
    return redirect("catalogue:version", pk=pk)
