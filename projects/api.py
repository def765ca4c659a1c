"""Projects for programs: the list with the filters of the page, and one project with its key points and lights."""

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts import clock
from accounts.api.views import ApiView
from accounts.divisions import regime_code_of
from accounts.models import Division, Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings
from policy.lights import Light, LightThresholds
from policy.regimes import get_regime
from policy.services import current_calendar, working_days_left
from projects import queries
from projects.abilities import abilities
from projects.filters import ProjectFilter
from projects.lights import project_light, thresholds
from projects.models import Company, DatePrecision, MilestoneCode, Project, ProjectState
from projects.track import Node, track

LIT = (Light.RED, Light.AMBER, Light.BLUE)
PROBLEMS = "warnings.view"  # whoever holds it reads what the office writes about problems


class CompanyRow(serializers.ModelSerializer):
    class Meta:
        model = Company
        fields = ["id", "name", "credit_code"]
        read_only_fields = fields


class ProjectRow(serializers.ModelSerializer):
    # Context: `bounds` of the lights, `calendar`, `sees_problems`.

    company = CompanyRow(allow_null=True)
    division_code = serializers.CharField(source="division_id")
    division_name = serializers.CharField(source="division.name")
    light = serializers.SerializerMethodField()
    days_left = serializers.SerializerMethodField(
        help_text=_("Working days until the next planned date; negative: overdue; null: nothing runs.")
    )
    current_milestone = serializers.SerializerMethodField(
        help_text=_("The first key point that is not finished; null when the project is not under way.")
    )

    class Meta:
        model = Project
        fields = [
            "id", "number", "investment_code", "name", "company", "investor", "division_code", "division_name",
            "province_code", "city_code", "county_code", "place", "contract_kind", "contract_amount_yuan", "signed_on",
            "signed_precision", "industry_section", "industry_4567", "industry_text", "is_major", "state", "paused",
            "ended_on", "filed_on", "invested_total_yuan", "invested_month_yuan", "reported_period", "progress_text",
            "problem_text", "lead_department", "light", "next_due_on", "days_left", "current_milestone", "version",
            "updated_at",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {
            "problem_text": {"help_text": _("Left out where the posting may not read it.")},
        }

    def to_representation(self, instance: Project) -> dict[str, Any]:
        found = super().to_representation(instance)
        if not self.context["sees_problems"]:
            del found["problem_text"]
        return found

    @extend_schema_field(serializers.ChoiceField(choices=[light.value for light in Light]))
    def get_light(self, project: Project) -> str:
        return project_light(project, self.context["bounds"]).value

    def get_days_left(self, project: Project) -> int | None:
        bounds = self.context["bounds"]
        runs = project_light(project, bounds) in LIT and project.next_due_on is not None
        return (
            working_days_left(project.next_due_on, bounds.today, self.context["calendar"]) if runs else None
        )

    @extend_schema_field(serializers.ChoiceField(choices=MilestoneCode.choices, allow_null=True))
    def get_current_milestone(self, project: Project) -> str | None:
        if project.state != ProjectState.ACTIVE:
            return None
        point = queries.current_point_of(project.milestones.all())
        return point.code if point else None


class MilestoneRow(serializers.Serializer):
    # `instance` is a projects.track.Node.

    code = serializers.ChoiceField(source="point.code", choices=MilestoneCode.choices)
    label = serializers.CharField(source="point.get_code_display")  # type: ignore[assignment]
    position = serializers.IntegerField(source="point.position")
    is_current = serializers.BooleanField()
    baseline_on = serializers.DateField(
        source="point.baseline_on", allow_null=True, help_text=_("First plan.")
    )
    planned_on = serializers.DateField(
        source="point.planned_on", allow_null=True, help_text=_("The approved plan in force.")
    )
    forecast_on = serializers.DateField(source="point.forecast_on", allow_null=True)
    actual_on = serializers.DateField(source="point.actual_on", allow_null=True)
    actual_precision = serializers.ChoiceField(source="point.actual_precision", choices=DatePrecision.choices)
    light = serializers.ChoiceField(choices=[light.value for light in Light])
    days_left = serializers.IntegerField(
        source="days", allow_null=True, help_text=_("Working days; negative: overdue; null: nothing runs.")
    )
    text = serializers.CharField(help_text=_("What the light says, in words."))
    responsible = serializers.CharField(source="point.responsible")
    delay_party = serializers.CharField(source="point.delay_party")
    delay_reason = serializers.CharField(source="point.delay_reason")


class ProjectDetail(ProjectRow):
    milestones = serializers.SerializerMethodField()

    class Meta(ProjectRow.Meta):
        fields = [*ProjectRow.Meta.fields, "content", "major_reason", "end_reason", "milestones"]
        read_only_fields = fields

    @extend_schema_field(MilestoneRow(many=True))
    def get_milestones(self, project: Project) -> Any:
        nodes: list[Node] = track(project, list(project.milestones.all()), self.context["bounds"])
        return MilestoneRow(nodes, many=True).data


def filter_parameters() -> list[OpenApiParameter]:
    """The filters of the page as parameters; their words and choices are read from the filter itself."""
    found = []
    for name, one in ProjectFilter.base_filters.items():
        choices = one.extra.get("choices")
        flat = [str(code) for code, _label in choices] if isinstance(choices, list) else None
        found.append(
            OpenApiParameter(name, str, description=str(one.extra.get("label") or one.label or ""), enum=flat)
        )
    return found


@extend_schema(
    tags=["projects"],
    parameters=filter_parameters(),
    summary=_("Projects of the area"),
    description=_("The filters and the order are those of the page. Lights are as of today."),
)
class ProjectList(ApiView, generics.ListAPIView):
    permission = "projects.view"
    serializer_class = ProjectRow
    queryset = Project.objects.none()

    @cached_property
    def bounds(self) -> LightThresholds:
        return thresholds(clock.today())

    def get_queryset(self) -> QuerySet[Project]:
        self.refuse_unknown(ProjectFilter.base_filters)
        user, bounds = self.request.user, self.bounds
        divisions = list(
            Division.objects.visible_to(user)
            .filter(tier__in=[Tier.CITY, Tier.COUNTY])
            .only("code", "short_name", "tier", "city_code")
        )
        chosen = ProjectFilter(
            self.request.query_params, Project.objects.visible_to(user), bounds=bounds, divisions=divisions
        )
        if not chosen.is_valid():
            raise ValidationError(
                {
                    name: [ErrorDetail(e["message"], e["code"] or "invalid") for e in errors]
                    for name, errors in chosen.form.errors.get_json_data().items()
                }
            )
        return queries.with_row_parts(queries.ordered(chosen.qs, chosen.order, bounds))

    def get_serializer_context(self) -> dict[str, Any]:
        postings = current_postings(self.request.user)
        return {
            **super().get_serializer_context(),
            "bounds": self.bounds,
            "calendar": current_calendar(),
            # As in the export: only what every posting in force opens.
            "sees_problems": bool(postings) and all(PROBLEMS in PERMISSIONS[p.role] for p in postings),
        }


@extend_schema(
    tags=["projects"],
    summary=_("One project with its key points"),
    description=_("404 outside the area. Lights follow the regime of the host division."),
)
class ProjectOne(ApiView, generics.RetrieveAPIView):
    permission = ""  # asked for over this one project below
    serializer_class = ProjectDetail
    queryset = Project.objects.none()
    lookup_field = "pk"

    def get_object(self) -> Project:
        self.refuse_unknown(())
        user = self.request.user
        project = queries.one(user, self.kwargs["pk"]).prefetch_related("milestones").first()
        if project is None:
            raise Http404
        held = abilities(user, project)
        if "projects.view" not in held:
            raise PermissionDenied("projects.view")
        regime = get_regime(regime_code_of(project.division))
        self.lit = {
            "bounds": thresholds(clock.today(), regime),
            "calendar": current_calendar(),
            "sees_problems": PROBLEMS in held,
        }
        return project

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), **getattr(self, "lit", {})}
