"""Reports for programs: which there are, and the frozen figures of one."""

from dataclasses import fields
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ApiView
from reporting.reports.content import LateProject, Unit
from reporting.reports.document import title_of
from reporting.reports.figures import RATES, Discipline, Figures
from reporting.reports.labels import LABELS
from reporting.reports.models import Report
from reporting.reports.services import content_of
from reporting.reports.views import KINDS


class ReportRow(serializers.ModelSerializer):
    title = serializers.SerializerMethodField()
    unit = serializers.CharField(source="unit_id")
    unit_name = serializers.CharField(source="unit.name")
    cut_off_on = serializers.DateField(source="snapshot.cut_off_on")
    page = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = [
            "id", "title", "unit", "unit_name", "period", "edition", "state", "cut_off_on", "compiled_at", "settled_at",
            "version", "page",
        ]  # fmt: skip
        read_only_fields = fields

    def get_title(self, report: Report) -> str:
        return title_of(report)

    def get_page(self, report: Report) -> str:
        return reverse("reports:detail", args=[report.pk])


class ReportQuery(serializers.Serializer):
    unit = serializers.CharField(max_length=12, required=False, help_text=_("Code of the unit reported on."))
    period = serializers.CharField(
        max_length=7, required=False, help_text=_("Such as 2026-10, 2026Q3 or 2026.")
    )
    kind = serializers.ChoiceField(choices=list(KINDS), required=False)


def _numbers(name: str, of: type, labels: dict[str, Any]) -> type[serializers.Serializer]:
    """A serializer of whole numbers, one for each field of a dataclass."""
    parts: dict[str, Any] = {
        f.name: serializers.IntegerField(help_text=labels.get(f.name, "")) for f in fields(of)
    }
    return type(name, (serializers.Serializer,), parts)


FigureValues = _numbers("FigureValues", Figures, LABELS)
DisciplineValues = _numbers("DisciplineValues", Discipline, {})


class RateValue(serializers.Serializer):
    # A rate is its numerator and denominator; no denominator, no value.

    key = serializers.ChoiceField(choices=list(RATES))
    label = serializers.CharField()  # type: ignore[assignment]
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True, help_text=_("Share between 0 and 1."))
    text = serializers.CharField()
    definition = serializers.CharField(help_text=_("As the rule in force on the cut-off date says."))
    rule_id = serializers.CharField()


class UnitLine(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    tier = serializers.IntegerField()
    parent_code = serializers.CharField(allow_blank=True)
    own = serializers.BooleanField(help_text=_("Projects of a city that belong to none of its counties."))
    figures = FigureValues()
    rates = RateValue(many=True)
    discipline = DisciplineValues()


class LateLine(serializers.Serializer):
    project_id = serializers.IntegerField()
    name = serializers.CharField()
    place = serializers.CharField()
    milestone = serializers.CharField()
    due_on = serializers.DateField()
    days_late = serializers.IntegerField(help_text=_("Working days."))


class ReportFigures(serializers.Serializer):
    report = ReportRow()
    figures = FigureValues()
    rates = RateValue(many=True)
    discipline = DisciplineValues()
    units = UnitLine(many=True, help_text=_("The units one tier down."))
    counties = UnitLine(many=True, help_text=_("Every county, in the report of a province."))
    late = LateLine(many=True)
    previous_period = serializers.CharField(allow_blank=True)
    previous = FigureValues(allow_null=True)


def rates_of(figures: Figures, rules: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for key in RATES:
        rate, rule = figures.rate(key), rules.get(key, {})
        found.append(
            {
                "key": key,
                "label": str(LABELS[key]),
                "numerator": rate.numerator,
                "denominator": rate.denominator,
                "value": rate.value,
                "text": rate.text,
                "definition": rule.get("definition", ""),
                "rule_id": rule.get("id", ""),
            }
        )
    return found


def figures_of(report: Report) -> dict[str, Any]:
    content = content_of(report)

    def line(unit: Unit) -> dict[str, Any]:
        return unit.to_json() | {"rates": rates_of(unit.figures, content.rules)}

    late: tuple[LateProject, ...] = content.late
    return {
        "report": ReportRow(report).data,
        "figures": content.total.to_json(),
        "rates": rates_of(content.total, content.rules),
        "discipline": content.discipline.to_json(),
        "units": [line(unit) for unit in content.units],
        "counties": [line(unit) for unit in content.counties],
        "late": [one.to_json() for one in late],
        "previous_period": content.previous_period,
        "previous": content.previous.to_json() if content.previous else None,
    }


@extend_schema(
    tags=["reports"],
    parameters=[ReportQuery],
    summary=_("Reports of the area"),
    description=_("The newest cut-off date first."),
)
class ReportList(ApiView, generics.ListAPIView):
    permission = "reports.view"
    query = ReportQuery
    serializer_class = ReportRow
    queryset = Report.objects.none()

    def get_queryset(self) -> QuerySet[Report]:
        asked = self.asked()
        rows = Report.objects.visible_to(self.request.user).select_related("unit", "snapshot")
        if "kind" in asked:
            rows = rows.filter(KINDS[asked["kind"]])
        named = {"unit": "unit_id", "period": "period"}
        rows = rows.filter(**{named[key]: asked[key] for key in named if key in asked})
        return rows.order_by("-snapshot__cut_off_on", "-compiled_at", "unit_id")


def _report(request: Request, pk: int) -> Report:
    rows = Report.objects.visible_to(request.user).select_related("unit", "snapshot")
    return get_object_or_404(rows, pk=pk)


@extend_schema(tags=["reports"], responses=ReportRow, summary=_("One report"))
class ReportOne(ApiView):
    permission = "reports.view"
    serializer_class = ReportRow
    queryset = Report.objects.none()

    def get(self, request: Request, pk: int) -> Response:
        self.refuse_unknown(())
        return Response(ReportRow(_report(request, pk)).data)


@extend_schema(
    tags=["reports"],
    responses=ReportFigures,
    summary=_("The figures of a report"),
    description=_("Every figure as it was frozen, for the unit and for each line below it."),
)
class ReportFiguresOne(ApiView):
    permission = "reports.view"
    serializer_class = ReportFigures
    queryset = Report.objects.none()

    def get(self, request: Request, pk: int) -> Response:
        self.refuse_unknown(())
        return Response(figures_of(_report(request, pk)))
