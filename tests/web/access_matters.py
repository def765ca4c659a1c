"""Who gets what at the addresses of matters and work orders: the lines of these subjects for access_table.py.

大庆市 presses a matter on 肇源县 and sends it a work order; both are about the project that the chief service officer serves.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Division, User
from projects.models import Project
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterFile
from supervision.workorders import services as orders
from supervision.workorders.choosing import Rule
from supervision.workorders.models import WorkOrder, WorkOrderRound
from tests.build import at

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
supervision:home             GET  in     302    302    302    302    302    302    302    302    302    302    302
supervision:home             POST in     405    405    405    405    405    405    405    405    405    405    405
matters:list                 GET  in     403    403    200    200    200    200    200    200    200    200    403
matters:list                 POST in     405    405    405    405    405    405    405    405    405    405    405
matters:export               GET  in     403    403    200    200    200    200    200    200    200    200    403
matters:export               POST in     405    405    405    405    405    405    405    405    405    405    405
matters:new                  GET  in     403    403    403    200    200    200    200    200    200    403    403
matters:new                  POST in     403    403    403    400    400    400    400    400    400    403    403
matters:detail               GET  in     404    404    200    200    404    404    200    200    200    200    404
matters:detail               POST in     405    405    405    405    405    405    405    405    405    405    405
matters:file                 GET  in     404    404    200    200    404    404    200    200    200    200    404
matters:file                 POST in     405    405    405    405    405    405    405    405    405    405    405
matters:move                 GET  in     405    405    405    405    405    405    405    405    405    405    405
matters:move                 POST in     404    404    403    302    404    404    403    403    403    403    404
workorders:list              GET  in     403    403    403    200    200    200    200    200    200    200    403
workorders:list              POST in     405    405    405    405    405    405    405    405    405    405    405
workorders:export            GET  in     403    403    403    200    200    200    200    200    200    200    403
workorders:export            POST in     405    405    405    405    405    405    405    405    405    405    405
workorders:new               GET  in     403    403    403    200    200    200    200    200    200    403    403
workorders:new               POST in     403    403    403    400    400    400    400    400    400    403    403
workorders:detail            GET  in     403    403    403    200    404    404    200    200    200    200    403
workorders:detail            POST in     405    405    405    405    405    405    405    405    405    405    405
workorders:receive           GET  in     405    405    405    405    405    405    405    405    405    405    405
workorders:receive           POST in     403    403    403    302    404    404    403    403    403    403    403
workorders:document          GET  in     403    403    403    200    404    404    200    200    200    200    403
workorders:document          POST in     405    405    405    405    405    405    405    405    405    405    405
workorders:rounds            GET  in     403    403    403    200    200    200    200    200    200    200    403
workorders:rounds            POST in     405    405    405    405    405    405    405    405    405    405    405
workorders:round             GET  in     403    403    403    404    404    404    200    200    200    200    403
workorders:round             POST in     405    405    405    405    405    405    405    405    405    405    405
workorders:round_export      GET  in     403    403    403    404    404    404    200    200    200    200    403
workorders:round_export      POST in     405    405    405    405    405    405    405    405    405    405    405
"""


@dataclass
class Rows:
    matter: Matter
    file: MatterFile
    order: WorkOrder
    round: WorkOrderRound


def sample(people: dict[str, User], project: Project) -> Rows:
    """All on 5 November 2026 before half past nine; names hold markup, as those of `world.py` do."""
    city, county = Division.objects.get(pk="230600"), Division.objects.get(pk="230622")
    mark = "<img src=x onerror=alert(4)>"
    matter = matters.issue_matter(
        source="office", title=f"施工许可{mark}", demand=mark, issuer=city, unit=county, project=project,
        basis=mark, files=[SimpleUploadedFile(f"件{mark}.pdf", b"%PDF-1.4")], by=people["city"],
        at=at("2026-11-03 09:00"),
    )  # fmt: skip
    matter = matters.receive_matter(matter=matter, text=mark, by=people["county"], at=at("2026-11-03 10:00"))
    (order,) = orders.dispatch(
        batch=UUID("1f0c8d0e-0f0b-4c0e-9a52-0000000000aa"), issuer=city, rule=Rule(), project_ids=[project.pk],
        title=f"工作单{mark}", demand=mark, basis=mark, by=people["city"], at=at("2026-11-04 09:00"),
    )  # fmt: skip
    line = {"unit": "230622", "name": f"肇源{mark}", "issued": 1, "received": 0, "answered": 0, "in_time": 0}
    line |= {"closed": 0, "late": 1, "press": 1, "supervise": 0, "circulate": 0}
    made = WorkOrderRound.objects.create(
        issuer=city, period="2026Q3", on=date(2026, 9, 30), made_at=at("2026-09-30 06:00"), pressed=1,
        figures=[line], **city.codes,
    )  # fmt: skip
    return Rows(matter, MatterFile.objects.get(entry__matter=matter), order, made)


ROW: dict[str, Any] = {
    "matters": lambda rows: rows.matter,
    "workorders": lambda rows: rows.order,
    "workorders:round": lambda rows: rows.round,
    "workorders:round_export": lambda rows: rows.round,
}
BODY: dict[str, Any] = {"matters:move": {"text": "已完成八成"}}
PLAIN = {"list", "export", "new", "home", "rounds"}


def arguments(name: str, rows: Rows) -> dict[str, Any]:
    """The parts of the address of `name`."""
    space, _colon, page = name.partition(":")
    if page in PLAIN:
        return {}
    given: dict[str, Any] = {"pk": (ROW.get(name) or ROW[space])(rows).pk}
    if name == "matters:move":
        given["code"] = "report"
    if name == "matters:file":
        given["file_id"] = rows.file.pk
    if name == "workorders:document":
        given["format"] = "docx"
    return given
