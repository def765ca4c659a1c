"""Who gets what at the addresses of inspections and visits: the lines of these subjects beside access_table.py.

`sample` makes the rows the addresses are about: an inspection of 肇源县 by its own office, under way, and a finished one of
大庆 with its conclusion to 肇源县; a visit with a finding that waits.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Division, User
from accounts.permissions import Role
from projects.models import Project
from supervision.inspections import concluding, drawing, planning, recording
from supervision.inspections.models import (
    Conclusion,
    ConclusionFile,
    Draw,
    Finding,
    FindingFile,
    Inspection,
    InspectionItem,
)
from supervision.visits import naming
from supervision.visits import services as visits
from supervision.visits.models import Naming, Visit, VisitFile, VisitFinding
from supervision.visits.services import Found
from tests import build
from tests.build import at

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
inspections:list             GET  in     403    403    403    200    200    200    200    200    200    200    403
inspections:list             POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:new              GET  in     403    403    403    200    200    200    200    200    200    403    403
inspections:new              POST in     403    403    403    200    200    200    200    200    200    403    403
inspections:due              GET  in     403    403    403    302    302    302    302    302    302    302    403
inspections:due              POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:detail           GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:detail           POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:plan             GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:plan             POST in     403    403    403    200    404    404    403    403    403    403    403
inspections:choose           GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:choose           POST in     403    403    403    400    404    404    403    403    403    403    403
inspections:draw             GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:draw             POST in     403    403    403    200    404    404    403    403    403    403    403
inspections:repeat           GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:repeat           POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:population       GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:population       POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:record           GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:record           POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:item             GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:item             POST in     403    403    403    302    404    404    403    403    403    403    403
inspections:remove           GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:remove           POST in     403    403    403    200    404    404    403    403    403    403    403
inspections:find_at          GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:find_at          POST in     403    403    403    200    404    404    403    403    403    403    403
inspections:find             GET  in     403    403    403    200    404    404    403    403    403    403    403
inspections:find             POST in     403    403    403    302    404    404    403    403    403    403    403
inspections:finding          GET  in     403    403    404    200    404    404    200    200    200    200    403
inspections:finding          POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:finding_file     GET  in     403    403    404    200    404    404    200    200    200    200    403
inspections:finding_file     POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:decide           GET  in     405    405    405    405    405    405    405    405    405    405    405
inspections:decide           POST in     403    403    403    302    404    404    403    403    403    403    403
inspections:move             GET  in     405    405    405    405    405    405    405    405    405    405    405
inspections:move             POST in     403    403    403    302    404    404    403    403    403    403    403
inspections:conclusions      GET  in     403    403    403    200    200    200    200    200    200    200    403
inspections:conclusions      POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:conclusion       GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:conclusion       POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:paper            GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:paper            POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:conclusion_file  GET  in     403    403    403    200    404    404    200    200    200    200    403
inspections:conclusion_file  POST in     405    405    405    405    405    405    405    405    405    405    405
inspections:conclusion_move  GET  in     405    405    405    405    405    405    405    405    405    405    405
inspections:conclusion_move  POST in     403    403    403    403    404    404    400    403    403    403    403
visits:list                  GET  in     403    403    403    200    200    200    200    200    200    200    403
visits:list                  POST in     405    405    405    405    405    405    405    405    405    405    405
visits:new                   GET  in     404    403    403    403    404    404    403    403    403    403    404
visits:new                   POST in     404    403    403    403    404    404    403    403    403    403    404
visits:supervisors           GET  in     403    403    403    200    200    200    200    200    200    403    403
visits:supervisors           POST in     403    403    403    400    400    400    400    400    400    403    403
visits:naming_end            GET  in     405    405    405    405    405    405    405    405    405    405    405
visits:naming_end            POST in     403    403    403    302    404    404    302    302    302    403    403
visits:detail                GET  in     403    403    403    200    404    404    200    200    200    200    403
visits:detail                POST in     405    405    405    405    405    405    405    405    405    405    405
visits:file                  GET  in     403    403    404    200    404    404    200    200    200    200    403
visits:file                  POST in     405    405    405    405    405    405    405    405    405    405    405
visits:finding               GET  in     403    403    404    200    404    404    200    200    200    200    403
visits:finding               POST in     405    405    405    405    405    405    405    405    405    405    405
visits:triage                GET  in     405    405    405    405    405    405    405    405    405    405    405
visits:triage                POST in     403    403    403    302    404    404    302    302    302    403    403
"""
MARK = "<img src=x onerror=alert(4)>"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


@dataclass
class Rows:
    inspection: Inspection  # 肇源县's own, under way
    item: InspectionItem
    draw: Draw
    finding: Finding  # not decided
    file: FindingFile
    conclusion: Conclusion  # of 大庆 to 肇源县, objected to
    conclusion_file: ConclusionFile
    visit: Visit
    visit_finding: VisitFinding
    visit_file: VisitFile
    naming: Naming


def sample(people: dict[str, User], project: Project) -> Rows:
    """All before 5 November 2026, half past nine; the words hold markup, as those of `world.py` do."""
    inspection, item, finding = _own(people["county"], project)
    conclusion = _from_above(people["city"], people["county"], project)
    supervisor = build.user("t-supervisor", Role.INVITED_SUPERVISOR, "230622", name=f"周{MARK}")
    named = naming.name_project(
        project=project, supervisor=supervisor, by=people["county"], at=at("2026-11-02 09:00")
    )
    visit = visits.record_visit(
        project=project, visited_on=date(2026, 11, 3), place=MARK, people_met=MARK, seen=MARK,
        found=[Found(MARK, MARK)], uploads=[SimpleUploadedFile(f"图{MARK}.jpg", JPEG)], by=supervisor,
        at=at("2026-11-03 17:00"),
    )  # fmt: skip
    return Rows(
        inspection=inspection, item=item, draw=Draw.objects.get(inspection=inspection), finding=finding,
        file=FindingFile.objects.get(finding=finding), conclusion=conclusion,
        conclusion_file=ConclusionFile.objects.get(conclusion=conclusion), visit=visit,
        visit_finding=VisitFinding.objects.get(visit=visit), visit_file=VisitFile.objects.get(visit=visit),
        naming=named,
    )  # fmt: skip


def _own(county: User, project: Project) -> tuple[Inspection, InspectionItem, Finding]:
    inspection = planning.plan_inspection(
        unit=Division.objects.get(pk="230622"), period="2026-11", kinds=["screening", "spot_check"],
        title=f"检查{MARK}", purpose=MARK, planned_from=date(2026, 11, 2), planned_to=date(2026, 11, 6), by=county,
        at=at("2026-11-02 09:00"),
    )  # fmt: skip
    drawing.draw_sample(
        inspection=inspection, scope="under_way", size=1, seed="1", by=county, at=at("2026-11-02 09:10")
    )
    planning.add_projects(
        inspection=inspection,
        picks=[planning.Pick(project, "screening", MARK)],
        by=county,
        at=at("2026-11-02 09:10"),
    )
    recording.start_inspection(
        inspection=inspection, inspectors=f"孙、周{MARK}", held_from=date(2026, 11, 3), place=MARK, by=county,
        at=at("2026-11-03 09:00"),
    )  # fmt: skip
    item = InspectionItem.objects.select_related("inspection").earliest("pk")
    finding = recording.add_finding(
        inspection=inspection, item=item, fact=MARK, place=MARK, requirement=MARK, unit=inspection.unit,
        uploads=[SimpleUploadedFile(f"图{MARK}.jpg", JPEG)], by=county, at=at("2026-11-03 10:00"),
    )  # fmt: skip
    return inspection, item, finding


def _from_above(city: User, county: User, project: Project) -> Conclusion:
    inspection = planning.plan_inspection(
        unit=Division.objects.get(pk="230600"), period="2026-11", kinds=["screening"], title=f"市检查{MARK}",
        purpose=MARK, planned_from=date(2026, 11, 2), planned_to=date(2026, 11, 2), authority_government="大庆市人民政府",
        authority_document=MARK, by=city, at=at("2026-11-02 09:00"),
    )  # fmt: skip
    planning.add_projects(
        inspection=inspection,
        picks=[planning.Pick(project, "screening", MARK)],
        by=city,
        at=at("2026-11-02 09:10"),
    )
    recording.start_inspection(
        inspection=inspection, inspectors="徐、李", held_from=date(2026, 11, 2), place=MARK, by=city,
        at=at("2026-11-02 10:00"),
    )  # fmt: skip
    item = InspectionItem.objects.select_related("inspection").get(inspection=inspection)
    recording.record_result(
        item=item, result="clear", text=MARK, looked_on=date(2026, 11, 2), by=city, at=at("2026-11-02 11:00")
    )
    recording.finish_inspection(
        inspection=inspection, held_to=date(2026, 11, 2), summary=MARK, by=city, at=at("2026-11-02 16:00")
    )
    row = Conclusion.objects.select_related("inspection", "unit").get(inspection=inspection)
    concluding.receive(conclusion=row, by=county, at=at("2026-11-03 09:00"))
    return concluding.object_to(
        conclusion=row, text=MARK, uploads=[SimpleUploadedFile(f"异议{MARK}.pdf", b"%PDF-1.4")], by=county,
        at=at("2026-11-04 09:00"),
    )  # fmt: skip


# address → parts of it; each is given the sample rows and the project
PARTS: dict[str, Any] = {
    "inspections:due": lambda w, _p: {"unit": w.inspection.unit_id, "period": w.inspection.period},
    "visits:new": lambda w, project: {"project_id": project.pk},
    "visits:naming_end": lambda w, _p: {"pk": w.naming.pk},
    "inspections:repeat": lambda w, _p: {"pk": w.inspection.pk, "draw_id": w.draw.pk},
    "inspections:population": lambda w, _p: {"pk": w.inspection.pk, "draw_id": w.draw.pk},
    "inspections:record": lambda w, _p: {"pk": w.inspection.pk, "format": "docx"},
    "inspections:item": lambda w, _p: {"pk": w.inspection.pk, "item_id": w.item.pk},
    "inspections:remove": lambda w, _p: {"pk": w.inspection.pk, "item_id": w.item.pk},
    "inspections:find_at": lambda w, _p: {"pk": w.inspection.pk, "item_id": w.item.pk},
    "inspections:finding": lambda w, _p: {"pk": w.inspection.pk, "finding_id": w.finding.pk},
    "inspections:finding_file": lambda w, _p: {
        "pk": w.inspection.pk, "finding_id": w.finding.pk, "file_id": w.file.pk,
    },
    "inspections:decide": lambda w, _p: {"pk": w.inspection.pk, "finding_id": w.finding.pk, "code": "note"},
    "inspections:move": lambda w, _p: {"pk": w.inspection.pk, "code": "cancel"},
    "inspections:conclusion": lambda w, _p: {"pk": w.conclusion.pk},
    "inspections:paper": lambda w, _p: {"pk": w.conclusion.pk, "format": "docx"},
    "inspections:conclusion_file": lambda w, _p: {"pk": w.conclusion.pk, "file_id": w.conclusion_file.pk},
    "inspections:conclusion_move": lambda w, _p: {"pk": w.conclusion.pk, "code": "decide"},
    "visits:detail": lambda w, _p: {"pk": w.visit.pk},
    "visits:file": lambda w, _p: {"pk": w.visit.pk, "file_id": w.visit_file.pk},
    "visits:finding": lambda w, _p: {"pk": w.visit.pk, "finding_id": w.visit_finding.pk},
    "visits:triage": lambda w, _p: {"pk": w.visit.pk, "finding_id": w.visit_finding.pk, "code": "decline"},
}  # fmt: skip
WITHOUT_PARTS = {
    "inspections:list",
    "inspections:new",
    "inspections:conclusions",
    "visits:list",
    "visits:supervisors",
}
BODY: dict[str, Any] = {
    "inspections:item": {"result": "problem", "looked_on": "2026-11-04", "text": "现场停工"},
    "inspections:find": {"fact": "停工", "place": "现场", "unit": "230622"},
    "inspections:decide": {"reason": "当场整改"},
    "inspections:move": {"reason": "改期"},
    "inspections:conclusion_move": {"changed": "no", "text": "维持"},
    "visits:triage": {"reason": "已列入计划"},
}


def parts_of(name: str, rows: Rows, project: Project) -> dict[str, Any]:
    if name in WITHOUT_PARTS:
        return {}
    return PARTS[name](rows, project) if name in PARTS else {"pk": rows.inspection.pk}
