"""The list of projects and its export."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings, holds
from accounts.views.guards import needs
from policy.calendar import WorkCalendar
from policy.services import current_calendar, working_days_left
from projects import export, queries
from projects.filters import LIGHT_CHOICES, ProjectFilter
from projects.industries import industry_label
from projects.lights import Light, LightThresholds, project_light, thresholds
from projects.models import Project, ProjectState


def _filter(request: HttpRequest, bounds: LightThresholds) -> ProjectFilter:
    divisions = list(
        Division.objects.visible_to(request.user)
        .filter(tier__in=[Tier.CITY, Tier.COUNTY])
        .only("code", "short_name", "tier", "city_code")
    )
    rows = Project.objects.visible_to(request.user)
    return ProjectFilter(request.GET, rows, bounds=bounds, divisions=divisions)


@require_safe
@needs("projects.view")
def project_list(request: HttpRequest) -> HttpResponse:
    bounds = thresholds(clock.today())
    chosen = _filter(request, bounds)
    scope = Project.objects.visible_to(request.user)
    everything, quick = queries.overview(scope, bounds)
    if chosen.is_valid():
        figures = queries.figures(chosen.qs) if chosen.chosen else everything
        ordered = queries.ordered(chosen.qs, chosen.order, bounds)
    else:
        figures, ordered = queries.Figures(0, 0, 0), scope.none()
    page = queries.page_of(
        ordered,
        total=figures.count,
        number=request.GET.get("page", ""),
        per_page=request.GET.get("per_page", ""),
    )
    calendar = current_calendar()
    page.object_list = [_row(project, bounds, calendar) for project in page.object_list]
    context = {
        "filter": chosen,
        "figures": figures,
        "page": page,
        "quick": _quick_links(request, chosen, quick, bounds),
        "sort": chosen.order if chosen.is_valid() else "light",
        "may_create": holds(request.user, "projects.create"),
        "export_query": urlencode(chosen.chosen | {"sort": request.GET.get("sort", "")}),
        "today": bounds.today,
        "nothing_at_all": quick["all"] == 0,
    }
    return render(request, "projects/list.html", context)


def _row(project: Project, bounds: LightThresholds, calendar: WorkCalendar) -> dict[str, Any]:
    point = (
        queries.current_point_of(project.milestones.all()) if project.state == ProjectState.ACTIVE else None
    )
    light = project_light(project, bounds)
    runs = light in (Light.RED, Light.AMBER, Light.BLUE)
    words = ""
    if project.state not in (ProjectState.ACTIVE, ProjectState.DONE):
        words = project.get_state_display()
    elif light is Light.DONE:
        words = _("in production")
    return {
        "project": project,
        "light": light,
        "days": working_days_left(project.next_due_on, bounds.today, calendar)
        if runs and project.next_due_on
        else None,
        "words": words,
        "point": point,
        "city": project.division.parent
        if project.division.parent and project.division.parent.parent_id
        else None,
        "industry": industry_label(project.industry_section, project.industry_4567, project.industry_text),
        "responsible": (point.responsible if point else "") or project.lead_department,
    }


def _quick_links(
    request: HttpRequest, chosen: ProjectFilter, counts: dict[str, int], bounds: LightThresholds
) -> list[dict[str, Any]]:
    """Filters many people use, with how many rows they give; the one in force is marked."""
    words = dict(LIGHT_CHOICES)
    year = bounds.today.year
    wanted: list[tuple[str, dict[str, str], int | None]] = [
        (_("All"), {}, counts["all"]),
        (_("Signed in %(year)d") % {"year": year}, {"signed_from": f"{year}-01-01"}, counts["year"]),
        *((str(words[code]), {"light": code}, counts[code]) for code in ("red", "amber", "blue")),
        (_("Signed, not started"), {"not_started": "1"}, None),
        (_("1 billion yuan and more"), {"min": "100000"}, counts["key"]),
    ]
    base = reverse("projects:list")
    return [
        {
            "label": label,
            "count": count,
            "url": f"{base}?{urlencode(query)}" if query else base,
            "current": chosen.chosen == query,
        }
        for label, query, count in wanted
    ]


@require_safe
@needs("projects.view")
def project_export(request: HttpRequest) -> Any:
    """The rows of the list as it stands, all pages of it, as .xlsx or .csv."""
    bounds = thresholds(clock.today())
    chosen = _filter(request, bounds)
    back = f"{reverse('projects:list')}?{urlencode(chosen.chosen)}"
    if not chosen.is_valid():
        messages.error(
            request, _("A filter cannot be understood, so nothing was exported. Please mend it first.")
        )
        return redirect(back)
    rows = queries.with_row_parts(queries.ordered(chosen.qs, chosen.order, bounds)).iterator(chunk_size=1000)
    columns = export.columns_for(_held(request.user))
    name = f"projects-{bounds.today:%Y%m%d}"
    if request.GET.get("format") == "csv":
        response = StreamingHttpResponse(
            export.csv_lines(rows, columns, bounds), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    count = chosen.qs.count()
    if count > export.MOST_XLSX_ROWS:
        messages.error(
            request,
            _(
                "%(count)d rows are too many for one workbook (at most %(most)d). Narrow the filter, or export CSV."
            )
            % {"count": count, "most": export.MOST_XLSX_ROWS},
        )
        return redirect(back)
    heading = ngettext(
        "%(count)d signed project, as of %(day)s", "%(count)d signed projects, as of %(day)s", count
    )
    file = export.write_xlsx(
        rows, columns, bounds, heading=heading % {"count": count, "day": bounds.today.isoformat()}
    )
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def _held(user: Any) -> frozenset[str]:
    """Permissions held by every posting in force: the export shows only what all of them open."""
    postings = current_postings(user)
    return frozenset.intersection(*(PERMISSIONS[p.role] for p in postings)) if postings else frozenset()
