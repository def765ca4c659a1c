"""Divisions inside the caller's area."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from accounts import clock
from accounts.api.views import ApiView
from accounts.models import Division, Tier


class DivisionRow(serializers.ModelSerializer):
    parent_code = serializers.CharField(source="parent_id", allow_null=True)

    class Meta:
        model = Division
        fields = [
            "code", "name", "short_name", "kind", "tier", "parent_code", "province_code", "city_code", "county_code",
            "reports_ledger",
        ]  # fmt: skip
        read_only_fields = fields


class DivisionQuery(serializers.Serializer):
    tier = serializers.ChoiceField(
        choices=Tier.choices, required=False, help_text=_("1 province, 2 city, 3 county, 4 township.")
    )
    parent = serializers.CharField(  # type: ignore[assignment]
        max_length=12, required=False, help_text=_("Code of the division one tier up.")
    )


@extend_schema(
    tags=["divisions"],
    parameters=[DivisionQuery],
    summary=_("Divisions of the area"),
    description=_("Divisions that exist today, in the order of the tree."),
)
class DivisionList(ApiView, generics.ListAPIView):
    serializer_class = DivisionRow
    query = DivisionQuery
    queryset = Division.objects.none()

    def get_queryset(self) -> QuerySet[Division]:
        asked = self.asked()
        rows = Division.objects.visible_to(self.request.user).current(clock.today())
        if "tier" in asked:
            rows = rows.filter(tier=asked["tier"])
        if "parent" in asked:
            rows = rows.filter(parent_id=asked["parent"])
        return rows.order_by("path")
