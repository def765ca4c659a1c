"""Who gets what at the addresses of accountability referrals: the cast of world.py stands outside every circle.

`sample` opens one by a head of 肇源县's office who is not of the cast; whoever is of the cast gets 404 at each of its
addresses, the head of office of the province too. `test_referrals_pages.py` holds what the people inside get.
"""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Department, Division
from accounts.permissions import Role
from projects.models import Project
from supervision.referrals import services
from supervision.referrals.models import Referral, ReferralFile
from tests import build
from tests.build import at

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
referrals:list               GET  in     403    403    403    403    403    403    403    403    200    403    403
referrals:list               POST in     405    405    405    405    405    405    405    405    405    405    405
referrals:new                GET  in     403    403    403    403    403    403    403    403    200    403    403
referrals:new                POST in     403    403    403    403    403    403    403    403    400    403    403
referrals:detail             GET  in     404    404    404    404    404    404    404    404    404    404    404
referrals:detail             POST in     405    405    405    405    405    405    405    405    405    405    405
referrals:look               GET  in     404    404    404    404    404    404    404    404    404    404    404
referrals:look               POST in     404    404    404    404    404    404    404    404    404    404    404
referrals:bundle             GET  in     404    404    404    404    404    404    404    404    404    404    404
referrals:bundle             POST in     405    405    405    405    405    405    405    405    405    405    405
referrals:file               GET  in     404    404    404    404    404    404    404    404    404    404    404
referrals:file               POST in     405    405    405    405    405    405    405    405    405    405    405
referrals:statement          GET  in     404    404    404    404    404    404    404    404    404    404    404
referrals:statement          POST in     404    404    404    404    404    404    404    404    404    404    404
referrals:statement_file     GET  in     404    404    404    404    404    404    404    404    404    404    404
referrals:statement_file     POST in     405    405    405    405    405    405    405    405    405    405    405
referrals:move               GET  in     405    405    405    405    405    405    405    405    405    405    405
referrals:move               POST in     404    404    404    404    404    404    404    404    404    404    404
"""

COUNTY = "230622"
BODY: dict[str, dict[str, str]] = {
    "referrals:look": {"purpose": "核对证据材料"},
    "referrals:move": {"reason": "不再需要"},
    "referrals:statement": {"text": "情况说明", "is_final": "on"},
}


def sample(project: Project) -> Referral:
    """An official of the housing bureau was asked and has stated once, with a file."""
    head = build.user("t-circle-head", Role.OFFICE_HEAD, COUNTY, name="高国梁")
    official = build.user("t-concerned", Role.SERVICE_SPECIALIST, COUNTY, department="housing", name="高凤霞")
    division = Division.objects.get(pk=COUNTY)
    referral = services.open_referral(
        case="delay", division=division, unit=division, project=project,
        department=Department.objects.get(division_id=COUNTY, code="housing"), person=official, person_name="高凤霞",
        person_post="县住房和城乡建设局审批股", reason="受理后二十个工作日未办结<script>alert(1)</script>。", by=head,
        at=at("2026-11-03 09:30"),
    )  # fmt: skip
    services.invite_statement(
        referral=referral,
        put_text="请说明未按期办结的原因<script>alert(1)</script>",
        by=head,
        at=at("2026-11-03 10:00"),
    )
    services.make_statement(
        referral=referral, text="图审意见未出<img src=x onerror=alert(2)>", is_final=False,
        uploads=[SimpleUploadedFile("图审.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")], by=official,
        at=at("2026-11-04 09:00"),
    )  # fmt: skip
    referral.refresh_from_db()
    return referral


def kwargs_of(name: str, referral: Referral) -> dict[str, Any]:
    """Parts of the address for the sample referral."""
    given: dict[str, Any] = {} if name in ("referrals:list", "referrals:new") else {"pk": referral.pk}
    if name == "referrals:bundle":
        given["version"] = 1
    if name in ("referrals:file", "referrals:statement_file"):
        given["file_id"] = ReferralFile.objects.get(referral=referral).pk
    if name == "referrals:move":
        given["code"] = "withdraw"
    return given
