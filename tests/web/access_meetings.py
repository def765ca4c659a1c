"""Who gets what at the addresses of meetings: the lines of this subject, seen from 肇源县's rows (see access_table.py).

`meetings:feed` opens to whoever holds its secret, so its line stands with the public ones in access_table.py.
"""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Division, User
from projects.models import Project
from supervision.meetings import services
from supervision.meetings.access import Invited
from supervision.meetings.calling import Plan
from supervision.meetings.models import MeetingFile, UnitMeeting
from supervision.meetings.recording import Line, Minutes
from tests.build import at

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
meetings:calendar            GET  in     403    403    200    200    200    200    200    200    200    200    403
meetings:calendar            POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:list                GET  in     403    403    200    200    200    200    200    200    200    200    403
meetings:list                POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:due                 GET  in     403    403    200    200    200    200    200    200    200    200    403
meetings:due                 POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:attendance          GET  in     403    403    200    200    200    200    200    200    200    200    403
meetings:attendance          POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:feed_page           GET  in     403    403    200    200    200    200    200    200    200    200    403
meetings:feed_page           POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:feed_issue          GET  in     405    405    405    405    405    405    405    405    405    405    405
meetings:feed_issue          POST in     403    403    200    200    200    200    200    200    200    200    403
meetings:feed_revoke         GET  in     405    405    405    405    405    405    405    405    405    405    405
meetings:feed_revoke         POST in     404    404    302    302    302    302    302    302    302    302    404
meetings:new                 GET  in     403    403    403    200    200    200    200    200    200    403    403
meetings:new                 POST in     403    403    403    400    400    400    400    400    400    403    403
meetings:detail              GET  in     404    404    200    200    404    404    200    200    200    200    404
meetings:detail              POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:edit                GET  in     404    404    403    200    404    404    403    403    403    403    404
meetings:edit                POST in     404    404    403    400    404    404    403    403    403    403    404
meetings:record              GET  in     404    404    403    302    404    404    403    403    403    403    404
meetings:record              POST in     404    404    403    400    404    404    403    403    403    403    404
meetings:ics                 GET  in     404    404    200    200    404    404    200    200    200    200    404
meetings:ics                 POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:minutes             GET  in     404    404    200    200    404    404    200    200    200    200    404
meetings:minutes             POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:file                GET  in     404    404    200    200    404    404    200    200    200    200    404
meetings:file                POST in     405    405    405    405    405    405    405    405    405    405    405
meetings:do                  GET  in     405    405    405    405    405    405    405    405    405    405    405
meetings:do                  POST in     404    404    403    302    404    404    403    403    403    403    404
"""
MARK = "<img src=x onerror=alert(5)>"


@dataclass
class Meetings:
    called: UnitMeeting  # to come
    held: UnitMeeting  # with minutes, an item that is open, a file
    file: MeetingFile


def sample(people: dict[str, User], project: Project) -> Meetings:
    """All on 5 November 2026 before half past nine; names hold markup."""
    county, unit = people["county"], Division.objects.get(pk="230622")
    rest: dict[str, Any] = {"by": county, "at": at("2026-11-03 09:00")}

    def plan(when: str) -> Plan:
        return Plan(
            subject=f"座谈{MARK}", meets_at=at(when), place=f"三楼{MARK}", agenda=MARK, projects=(project,),
            invited=Invited(companies=(f"甲{MARK}公司",)),
        )  # fmt: skip

    held = services.call_meeting(unit=unit, kind="symposium", plan=plan("2026-11-03 10:00"), **rest)
    upload = SimpleUploadedFile(f"签到{MARK}.pdf", b"%PDF-1.4")
    held = services.record_meeting(
        meeting=held, turn=None, by=county, at=at("2026-11-04 09:00"),
        minutes=Minutes(
            text=MARK, chair=f"陈{MARK}", uploads=(upload,),
            lines=(Line(f"落实{MARK}", unit, text=MARK, project=project),),
        ),
    )  # fmt: skip
    called = services.call_meeting(unit=unit, kind="symposium", plan=plan("2026-11-20 09:00"), **rest)
    return Meetings(called, held, held.files.get())


ROW: dict[str, Any] = {
    "meetings": lambda w: w.meetings.called,
    "meetings:minutes": lambda w: w.meetings.held,
    "meetings:file": lambda w: w.meetings.held,
}
PART: dict[str, Any] = {
    "file_id": lambda w: w.meetings.file.pk,
    "code": lambda _w: "cancel",
    "format": lambda _w: "docx",
}
BODY: dict[str, Any] = {"meetings:do": lambda _w: {"reason": "改期"}}
