"""Who gets what at the addresses of tickets, service and mandates: the lines of this subject for access_table.py.

`sample` makes the rows the addresses are about, from the people and the project of `world.py`; ROW, PART and BODY read
them from a `World` that carries them as `assist`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Department, User
from approvals.mandates import services as mandates
from approvals.mandates.models import Mandate, Receipt
from approvals.mandates.services import Line
from approvals.service import handing, logging, meetings, office_handing
from approvals.service.models import HandOver, ProblemMeeting, ServiceEntry
from approvals.service.office_models import OfficeHandOver
from approvals.tickets import services as tickets
from approvals.tickets.models import Ticket, TicketFile
from projects.models import Project
from tests.build import at

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
tickets:list                 GET  in     403    200    200    200    200    200    200    200    200    200    403
tickets:list                 POST in     405    405    405    405    405    405    405    405    405    405    405
tickets:open                 GET  in     404    302    200    200    404    404    200    200    200    403    404
tickets:open                 POST in     404    200    200    200    404    404    200    200    200    403    404
tickets:detail               GET  in     404    200    200    200    404    404    200    200    200    200    404
tickets:detail               POST in     405    405    405    405    405    405    405    405    405    405    405
tickets:message              GET  in     405    405    405    405    405    405    405    405    405    405    405
tickets:message              POST in     404    302    302    302    404    404    302    302    302    403    404
tickets:file                 GET  in     404    200    200    200    404    404    200    200    200    200    404
tickets:file                 POST in     405    405    405    405    405    405    405    405    405    405    405
tickets:move                 GET  in     405    405    405    405    405    405    405    405    405    405    405
tickets:move                 POST in     404    403    403    400    404    404    403    403    403    403    404
service:bench                GET  in     403    403    200    403    403    403    403    403    403    403    403
service:bench                POST in     405    405    405    405    405    405    405    405    405    405    405
service:log                  GET  in     404    403    200    200    404    404    200    200    200    403    404
service:log                  POST in     404    403    200    200    404    404    200    200    200    403    404
service:take_up              GET  in     404    404    200    200    404    404    200    200    200    403    404
service:take_up              POST in     404    404    200    200    404    404    200    200    200    403    404
service:call                 GET  in     404    403    200    200    404    404    200    200    200    403    404
service:call                 POST in     404    403    200    200    404    404    200    200    200    403    404
service:meeting              GET  in     404    200    200    200    404    404    200    200    200    200    404
service:meeting              POST in     404    403    302    302    404    404    302    302    302    403    404
service:vacancies            GET  in     403    403    403    200    200    200    200    200    200    403    403
service:vacancies            POST in     405    405    405    405    405    405    405    405    405    405    405
service:handovers            GET  in     403    403    200    200    200    200    200    200    200    403    403
service:handovers            POST in     405    405    405    405    405    405    405    405    405    405    405
service:handover_new         GET  in     403    403    403    200    200    200    200    200    200    403    403
service:handover_new         POST in     403    403    403    200    200    200    200    200    200    403    403
service:handover             GET  in     404    404    200    200    404    404    200    200    200    403    404
service:handover             POST in     405    405    405    405    405    405    405    405    405    405    405
service:handover_decide      GET  in     405    405    405    405    405    405    405    405    405    405    405
service:handover_decide      POST in     404    404    403    302    404    404    403    403    403    403    404
service:office_new           GET  in     403    403    403    200    200    200    200    200    200    403    403
service:office_new           POST in     403    403    403    200    200    200    200    200    200    403    403
service:office               GET  in     404    404    200    200    404    404    200    200    200    403    404
service:office               POST in     405    405    405    405    405    405    405    405    405    405    405
service:office_decide        GET  in     405    405    405    405    405    405    405    405    405    405    405
service:office_decide        POST in     404    404    302    403    404    404    403    403    403    403    404
mandates:list                GET  in     403    200    200    200    200    200    200    200    200    200    403
mandates:list                POST in     405    405    405    405    405    405    405    405    405    405    405
mandates:give                GET  in     404    200    200    200    404    404    200    200    200    403    404
mandates:give                POST in     404    200    200    200    404    404    200    200    200    403    404
mandates:receipt             GET  in     404    200    200    200    404    404    200    200    200    200    404
mandates:receipt             POST in     404    302    403    403    404    404    403    403    403    403    404
mandates:detail              GET  in     404    200    200    200    404    404    200    200    200    200    404
mandates:detail              POST in     405    405    405    405    405    405    405    405    405    405    405
mandates:file                GET  in     404    404    404    404    404    404    404    404    404    404    404
mandates:file                POST in     405    405    405    405    405    405    405    405    405    405    405
mandates:paper               GET  in     404    200    200    200    404    404    200    200    200    200    404
mandates:paper               POST in     405    405    405    405    405    405    405    405    405    405    405
mandates:do                  GET  in     405    405    405    405    405    405    405    405    405    405    405
mandates:do                  POST in     404    403    302    302    404    404    403    403    403    403    404
"""


@dataclass
class Assist:
    ticket: Ticket  # waits for the investor to confirm
    file: TicketFile
    mandate: Mandate  # in force
    receipt: Receipt  # received from the company, not confirmed
    meeting: ProblemMeeting  # called, still to come
    hand_over: HandOver  # the officer's seat, offered to the county office
    entry: ServiceEntry  # a problem found on a return visit, no ticket yet
    office: OfficeHandOver  # what the department that has the ticket has open, offered to the officer's


def sample(people: dict[str, User], project: Project) -> Assist:
    """All on 5 November 2026 before half past nine; names hold markup, as those of `world.py` do."""
    investor, officer, county = people["investor"], people["officer"], people["county"]
    mark = "<img src=x onerror=alert(4)>"
    ticket = tickets.open_ticket(
        project=project, kind="water", title=f"接水{mark}", text=mark, by=investor, at=at("2026-11-03 09:00"),
        uploads=[SimpleUploadedFile(f"图{mark}.pdf", b"%PDF-1.4")],
    )  # fmt: skip
    ticket = tickets.accept(ticket=ticket, by=county, at=at("2026-11-03 10:00"))
    ticket = tickets.ask_close(ticket=ticket, result=mark, by=county, at=at("2026-11-04 10:00"))
    mandate = mandates.give_mandate(
        project=project, agent=officer, scope=mark, signed_by=f"梁{mark}", signed_on=date(2026, 11, 3), by=investor,
        at=at("2026-11-03 09:00"),
    )  # fmt: skip
    mandate = mandates.accept_mandate(mandate=mandate, by=officer, at=at("2026-11-03 11:00"))
    receipt = mandates.take_in(
        mandate=mandate, lines=[Line(f"执照{mark}")], party=mark, done_on=date(2026, 11, 4), by=officer,
        at=at("2026-11-04 09:00"),
    )  # fmt: skip
    meeting = meetings.call_meeting(
        project=project, subject=f"碰头{mark}", meets_at=at("2026-11-12 09:00"), place=mark, by=officer,
        at=at("2026-11-04 09:00"),
    )  # fmt: skip
    seat = project.team.get(user=officer)
    hand_over = handing.propose(
        giver=officer,
        receiver=county,
        keys=[f"team:{seat.pk}"],
        reason=mark,
        by=county,
        at=at("2026-11-05 09:00"),
    )
    assert ticket.department is not None
    office = office_handing.offer(
        giver=ticket.department, receiver=Department.objects.get(division_id="230622", code="industry_information"),
        kinds=["ticket"], reason=mark, by=county, at=at("2026-11-05 09:00"),
    )  # fmt: skip
    entry = logging.write_entry(
        project=project, duty="escalation", done_on=date(2026, 11, 4), text=mark, way="phone", result="problem",
        by=officer, at=at("2026-11-04 09:00"),
    )  # fmt: skip
    file = TicketFile.objects.get(entry__ticket=ticket)
    return Assist(ticket, file, mandate, receipt, meeting, hand_over, entry, office)


ROW: dict[str, Any] = {
    "tickets": lambda w: w.assist.ticket,
    "mandates": lambda w: w.assist.mandate,
    "mandates:receipt": lambda w: w.assist.receipt,
    "service:meeting": lambda w: w.assist.meeting,
    "service:take_up": lambda w: w.assist.entry,
    "service:handover": lambda w: w.assist.hand_over,
    "service:handover_decide": lambda w: w.assist.hand_over,
    "service:office": lambda w: w.assist.office,
    "service:office_decide": lambda w: w.assist.office,
}
PART: dict[str, Any] = {
    "file_id": lambda w: w.assist.file.pk,
    "tickets:move.code": lambda _w: "close_silent",
    "mandates:do.code": lambda _w: "take",
}
BODY: dict[str, Any] = {
    "tickets:message": lambda _w: {"text": "请尽快"},
    "tickets:move": lambda _w: {"reason": "三次电话无人答复"},
    "mandates:do": lambda _w: {"done_on": "2026-11-05", "name_1": "执照", "copies_1": "1"},
    "service:meeting": lambda _w: {"do": "cancel", "reason": "改期"},
    "service:handover_decide": lambda _w: {"do": "decline", "reason": "任务已满"},
    "service:office_decide": lambda _w: {"do": "decline", "reason": "任务已满"},
}
