"""Who gets what at the addresses of catalogue, checklist and service sheet: the lines of this subject.

`sample` makes the rows the addresses are about, from the people and the project of `world.py`: a catalogue of 大庆 in
force, a draft of 肇源县, the list of the project with one submitted application and its file. Bodies are left empty, so
that who may act gets 400 with the reason, and nothing changes from one person to the next.
"""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from approvals.catalogue.models import Catalogue, CatalogueItem
from approvals.catalogue.services import open_draft
from approvals.checklist.building import make_checklist
from approvals.checklist.models import Checklist, ChecklistItem, ItemFile
from approvals.checklist.steps import clean_given, take_step
from projects.models import Project
from tests.build import at
from tests.checklist_help import SPECS, catalogue

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
catalogue:discard            GET  in     405    405    405    405    405    405    405    405    405    405    405
catalogue:discard            POST in     404    404    404    302    404    404    302    302    302    403    404
catalogue:draft              GET  in     405    405    405    405    405    405    405    405    405    405    405
catalogue:draft              POST in     403    403    403    302    302    302    302    302    302    403    403
catalogue:export             GET  in     403    403    404    200    404    404    200    200    200    200    403
catalogue:export             POST in     405    405    405    405    405    405    405    405    405    405    405
catalogue:home               GET  in     403    403    200    200    200    200    200    200    200    200    403
catalogue:home               POST in     405    405    405    405    405    405    405    405    405    405    405
catalogue:import             GET  in     404    404    404    302    404    404    302    302    302    403    404
catalogue:import             POST in     404    404    404    400    404    404    400    400    400    403    404
catalogue:item               GET  in     403    403    404    200    404    404    200    200    200    200    403
catalogue:item               POST in     405    405    405    405    405    405    405    405    405    405    405
catalogue:item_edit          GET  in     404    404    404    200    404    404    200    200    200    403    404
catalogue:item_edit          POST in     404    404    404    400    404    404    400    400    400    403    404
catalogue:item_new           GET  in     404    404    404    200    404    404    200    200    200    403    404
catalogue:item_new           POST in     404    404    404    400    404    404    400    400    400    403    404
catalogue:item_remove        GET  in     405    405    405    405    405    405    405    405    405    405    405
catalogue:item_remove        POST in     404    404    404    302    404    404    302    302    302    403    404
catalogue:publish            GET  in     405    405    405    405    405    405    405    405    405    405    405
catalogue:publish            POST in     404    404    404    400    404    404    400    400    400    403    404
catalogue:version            GET  in     403    403    404    200    404    404    200    200    200    200    403
catalogue:version            POST in     405    405    405    405    405    405    405    405    405    405    405
checklist:add                GET  in     404    403    200    200    404    404    200    200    200    403    404
checklist:add                POST in     404    403    400    400    404    404    400    400    400    403    404
checklist:file               GET  in     403    200    200    200    404    404    200    200    200    200    403
checklist:file               POST in     405    405    405    405    405    405    405    405    405    405    405
checklist:flags              GET  in     404    403    200    200    404    404    200    200    200    403    404
checklist:flags              POST in     404    403    400    400    404    404    400    400    400    403    404
checklist:flow               GET  in     404    200    200    200    404    404    200    200    200    200    404
checklist:flow               POST in     405    405    405    405    405    405    405    405    405    405    405
checklist:give               GET  in     405    405    405    405    405    405    405    405    405    405    405
checklist:give               POST in     403    403    400    400    404    404    400    400    400    403    403
checklist:item               GET  in     403    200    200    200    404    404    200    200    200    200    403
checklist:item               POST in     405    405    405    405    405    405    405    405    405    405    405
checklist:list               GET  in     403    200    200    200    200    200    200    200    200    200    403
checklist:list               POST in     405    405    405    405    405    405    405    405    405    405    405
checklist:make               GET  in     404    403    302    302    404    404    302    302    302    403    404
checklist:make               POST in     404    403    302    302    404    404    302    302    302    403    404
checklist:step               GET  in     405    405    405    405    405    405    405    405    405    405    405
checklist:step               POST in     403    403    403    400    404    404    400    400    400    403    403
checklist:window             GET  in     403    403    403    200    200    200    200    200    200    403    403
checklist:window             POST in     403    403    403    400    400    400    400    400    400    403    403
servicesheet:export          GET  in     404    200    200    200    404    404    200    200    200    200    404
servicesheet:export          POST in     405    405    405    405    405    405    405    405    405    405    405
servicesheet:show            GET  in     404    200    200    200    404    404    200    200    200    200    404
servicesheet:show            POST in     405    405    405    405    405    405    405    405    405    405    405
"""


@dataclass
class Rows:
    """The rows the addresses are made of; all of 肇源县."""

    draft: Catalogue
    draft_item: CatalogueItem
    checklist: Checklist
    item: ChecklistItem
    file: ItemFile


def sample(people: dict[str, User], project: Project, moment: str = "2026-11-05 09:30") -> Rows:
    catalogue("230600")
    county = people["county"]
    checklist = make_checklist(
        project=project, kind="filed", codes=[spec["code"] for spec in SPECS[:4]], by=county, at=at(moment)
    )
    item = checklist.items.get(code="LX05")
    upload = SimpleUploadedFile("申请表<img src=x onerror=alert(6)>.pdf", b"%PDF-1.4\n%%EOF\n")
    given = clean_given(on=at(moment).date(), uploads=[upload])
    item = take_step(item=item, move="submit", given=given, turn=item.turn, by=county, at=at(moment))
    draft = open_draft(division=project.division, by=county, at=at(moment))
    return Rows(draft, draft.items.earliest("position"), checklist, item, item.files.get())


# The parts of an address → what they stand for.
PART: dict[str, Any] = {
    "catalogue:pk": lambda rows: rows.draft.pk,
    "catalogue:item": lambda rows: rows.draft_item.pk,
    "checklist:pk": lambda rows: rows.item.pk,
    "checklist:file_id": lambda rows: rows.file.pk,
    "checklist:code": lambda _rows: "accept",
    "project_id": lambda rows: rows.checklist.project_id,
    "format": lambda _rows: "xlsx",
}


def arguments(name: str, parts: set[str], rows: Rows) -> dict[str, Any]:
    space = name.partition(":")[0]
    return {part: (PART.get(f"{space}:{part}") or PART[part])(rows) for part in parts}
