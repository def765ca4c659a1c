"""大庆 inspects 肇源县 in November 2026: planned, begun, found something, finished, sent."""

from datetime import date
from typing import Any

from accounts.models import Division, User
from accounts.permissions import Role
from supervision.inspections import planning, recording
from supervision.inspections.models import (
    Conclusion,
    Finding,
    Inspection,
    InspectionItem,
    InspectionKind,
)
from tests import build
from tests.build import at

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
AUTHORITY = {"authority_government": "大庆市人民政府", "authority_document": "庆政办函〔2026〕3号"}


class Scene:
    """大庆 inspects 肇源县 in November 2026; the county also inspects itself."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.people["city_head"] = build.user("t-city-head", Role.OFFICE_HEAD, "230600")
        self.people["lead"] = build.user(
            "t-lead", Role.LEAD_DEPARTMENT, "230622", department="industry_information"
        )
        self.city = Division.objects.get(pk="230600")
        self.county_unit = Division.objects.get(pk="230622")
        self.project = build.project()

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def planned(self, who: str = "city", **changes: Any) -> Inspection:
        unit = self.city if who.startswith("city") else self.county_unit
        facts: dict[str, Any] = {
            "period": "2026-11", "kinds": [InspectionKind.SCREENING, InspectionKind.SPOT_CHECK], "title": "落地检查",
            "purpose": "检查开工和审批", "planned_from": date(2026, 11, 9), "planned_to": date(2026, 11, 13),
        }  # fmt: skip
        facts |= AUTHORITY if who.startswith("city") else {}
        return planning.plan_inspection(
            unit=unit, **(facts | changes), by=self.people[who], at=at("2026-11-02 09:00")
        )

    def with_project(self, who: str = "city", **changes: Any) -> tuple[Inspection, InspectionItem]:
        inspection = self.planned(who, **changes)
        pick = planning.Pick(self.project, InspectionKind.SCREENING, "逾期未开工")
        planning.add_projects(
            inspection=inspection, picks=[pick], by=self.people[who], at=at("2026-11-02 09:10")
        )
        return inspection, inspection.items.get()

    def begun(self, who: str = "city") -> tuple[Inspection, InspectionItem]:
        inspection, item = self.with_project(who)
        recording.start_inspection(
            inspection=inspection, inspectors="徐建华、李明", held_from=date(2026, 11, 9), place="肇源县开发区",
            by=self.people[who], at=at("2026-11-09 09:00"),
        )  # fmt: skip
        item.refresh_from_db()
        return inspection, item

    def found(
        self, inspection: Inspection, item: InspectionItem, who: str = "city", **changes: Any
    ) -> Finding:
        item = InspectionItem.objects.select_related("inspection").get(pk=item.pk)
        facts: dict[str, Any] = {
            "fact": "施工许可超期 12 日", "place": "县政务大厅", "unit": self.county_unit, "requirement": "五日内办结",
        }  # fmt: skip
        return recording.add_finding(
            inspection=inspection,
            item=item,
            **(facts | changes),
            by=self.people[who],
            at=at("2026-11-10 10:00"),
        )

    def finished(self, who: str = "city") -> Inspection:
        inspection, item = self.begun(who)
        finding = self.found(inspection, item, who)
        recording.press_finding(
            finding=finding, title="施工许可超期", requirement="五日内办结", due_on=date(2026, 11, 20),
            by=self.people[who], at=at("2026-11-10 11:00"),
        )  # fmt: skip
        return recording.finish_inspection(
            inspection=inspection, held_to=date(2026, 11, 11), summary="发现问题 1 个", by=self.people[who],
            at=at("2026-11-12 09:00"),
        )  # fmt: skip

    def sent(self) -> Conclusion:
        self.finished()
        return Conclusion.objects.select_related("inspection", "unit").get()
