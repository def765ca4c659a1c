"""Who gets what at the addresses about the course of a project: the lines of this subject.

`sample` makes the rows they are about from the people of `build.cast` and a project of 肇源县: a request beyond
the limit, a transfer to 肇州县 (the neighbour), a promise, arrears, a merged duplicate, an assessment.
Bodies are left empty: who may act gets 200 with the reason on the page, or 302 with a message, and nothing
changes from one person to the next.
"""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Division, User
from projects.assessments.services import Finding, make_assessment, rule_for
from projects.models import Instalment, Project
from projects.plans.services import ask_plan_change
from projects.promises.replanning import ask_replan
from projects.promises.services import Part, keep_promise, pay_instalment, record_arrears, record_promise
from projects.transfers.merging import merge_projects
from projects.transfers.services import ask_transfer
from tests import build
from tests.build import at

NOW = at("2026-11-05 09:30")
MARK = "<script>alert(5)</script>"
TABLE = """
name                           meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
projects:arrears               GET  in     403    200    200    200    200    200    200    200    200    200    403
projects:arrears               POST in     405    405    405    405    405    405    405    405    405    405    405
projects:arrears_file          GET  in     404    200    200    200    404    404    200    200    200    200    404
projects:arrears_file          POST in     405    405    405    405    405    405    405    405    405    405    405
projects:arrears_new           GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:arrears_new           POST in     404    403    403    200    404    404    200    200    200    403    404
projects:assessment            GET  in     403    403    403    200    404    404    200    200    200    200    403
projects:assessment            POST in     405    405    405    405    405    405    405    405    405    405    405
projects:assessment_file       GET  in     403    403    403    200    404    404    200    200    200    200    403
projects:assessment_file       POST in     405    405    405    405    405    405    405    405    405    405    405
projects:assessment_new        GET  in     403    403    403    200    200    200    200    200    200    403    403
projects:assessment_new        POST in     403    403    403    200    200    200    200    200    200    403    403
projects:assessment_void       GET  in     405    405    405    405    405    405    405    405    405    405    405
projects:assessment_void       POST in     403    403    403    302    404    404    302    302    302    403    403
projects:assessments           GET  in     403    403    403    200    200    200    200    200    200    200    403
projects:assessments           POST in     405    405    405    405    405    405    405    405    405    405    405
projects:instalment_file       GET  in     404    200    200    200    404    404    200    200    200    200    404
projects:instalment_file       POST in     405    405    405    405    405    405    405    405    405    405    405
projects:instalment_pay        GET  in     404    403    200    200    404    404    200    200    200    403    404
projects:instalment_pay        POST in     404    403    200    200    404    404    200    200    200    403    404
projects:merge                 GET  in     404    403    403    200    404    404    200    200    200    200    404
projects:merge                 POST in     405    405    405    405    405    405    405    405    405    405    405
projects:merge_choose          GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:merge_choose          POST in     405    405    405    405    405    405    405    405    405    405    405
projects:merge_compare         GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:merge_compare         POST in     404    403    403    200    404    404    200    200    200    403    404
projects:plan_change           GET  in     404    403    200    200    404    404    200    200    200    200    404
projects:plan_change           POST in     404    403    403    403    404    404    200    403    403    403    404
projects:plan_change_ask       GET  in     404    403    200    200    404    404    200    200    200    403    404
projects:plan_change_ask       POST in     404    403    200    200    404    404    200    200    200    403    404
projects:plan_change_file      GET  in     404    403    200    200    404    404    200    200    200    200    404
projects:plan_change_file      POST in     405    405    405    405    405    405    405    405    405    405    405
projects:plan_change_withdraw  GET  in     405    405    405    405    405    405    405    405    405    405    405
projects:plan_change_withdraw  POST in     404    403    403    302    404    404    302    302    302    403    404
projects:plan_changes          GET  in     403    403    200    200    200    200    200    200    200    200    403
projects:plan_changes          POST in     405    405    405    405    405    405    405    405    405    405    405
projects:prolong               GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:prolong               POST in     404    403    403    200    404    404    200    200    200    403    404
projects:promise_break         GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:promise_break         POST in     404    403    403    200    404    404    200    200    200    403    404
projects:promise_file          GET  in     404    200    200    200    404    404    200    200    200    200    404
projects:promise_file          POST in     405    405    405    405    405    405    405    405    405    405    405
projects:promise_keep          GET  in     404    403    200    200    404    404    200    200    200    403    404
projects:promise_keep          POST in     404    403    200    200    404    404    200    200    200    403    404
projects:promise_new           GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:promise_new           POST in     404    403    403    200    404    404    200    200    200    403    404
projects:promise_proof         GET  in     404    200    200    200    404    404    200    200    200    200    404
projects:promise_proof         POST in     405    405    405    405    405    405    405    405    405    405    405
projects:promise_void          GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:promise_void          POST in     404    403    403    200    404    404    200    200    200    403    404
projects:promises              GET  in     403    200    200    200    200    200    200    200    200    200    403
projects:promises              POST in     405    405    405    405    405    405    405    405    405    405    405
projects:replan                GET  in     404    403    200    200    404    404    200    200    200    200    404
projects:replan                POST in     404    403    403    403    404    404    200    403    403    403    404
projects:replan_ask            GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:replan_ask            POST in     404    403    403    200    404    404    200    200    200    403    404
projects:replan_file           GET  in     404    403    200    200    404    404    200    200    200    200    404
projects:replan_file           POST in     405    405    405    405    405    405    405    405    405    405    405
projects:transfer              GET  in     404    404    404    200    200    404    200    200    200    403    404
projects:transfer              POST in     404    404    404    403    200    404    403    403    403    403    404
projects:transfer_ask          GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:transfer_ask          POST in     404    403    403    200    404    404    200    200    200    403    404
projects:transfer_file         GET  in     404    404    404    200    200    404    200    200    200    403    404
projects:transfer_file         POST in     405    405    405    405    405    405    405    405    405    405    405
projects:transfer_withdraw     GET  in     405    405    405    405    405    405    405    405    405    405    405
projects:transfer_withdraw     POST in     404    404    404    302    403    404    302    302    302    403    404
projects:transfers             GET  in     403    403    403    200    200    200    200    200    200    403    403
projects:transfers             POST in     405    405    405    405    405    405    405    405    405    405    405
"""
# Which sample row the address is about; every other one is about the project.
ROW = {
    "plan_change": "change", "plan_change_withdraw": "change", "plan_change_file": "change",
    "transfer": "transfer", "transfer_withdraw": "transfer", "transfer_file": "transfer", "merge": "merge",
    "promise_keep": "promise", "promise_break": "promise", "promise_void": "promise", "promise_file": "promise",
    "promise_proof": "kept", "arrears_file": "arrears", "instalment_pay": "open_part", "instalment_file": "paid_part",
    "replan": "replan", "replan_file": "replan", "replan_ask": "arrears",
    "assessment": "assessment", "assessment_void": "assessment", "assessment_file": "assessment",
}  # fmt: skip
PLAIN = {"plan_changes", "transfers", "promises", "arrears", "assessments", "assessment_new"}
OF_PROJECT = {
    "plan_change_ask", "transfer_ask", "merge_choose", "merge_compare", "promise_new", "arrears_new", "prolong",
}  # fmt: skip
NAMES = {f"projects:{name}" for name in {*ROW, *PLAIN, *OF_PROJECT}}


def _pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("依据.pdf", b"%PDF-1.4\n1\n")


def sample(people: dict[str, User], project: Project, point: str = "company_setup") -> dict[str, Any]:
    """`point`: planned before 2028, not reached."""
    county: Any = people["county"]
    home = project.division
    double = build.project("艾草重复项目")
    other = build.project("另一个项目", planned={"company_setup": date(2026, 12, 1)})
    merge = merge_projects(
        survivor=project, duplicate=double, take=set(), reason=f"同一合同{MARK}", versions=(project.version, double.version),
        by=county, at=NOW,
    )  # fmt: skip
    project.refresh_from_db()
    change = ask_plan_change(
        project=project, wanted={point: date(2028, 6, 1)}, cause="land", party="organ", evidence=f"红线调整{MARK}",
        upload=_pdf(), by=county, at=NOW,
    )  # fmt: skip
    transfer = ask_transfer(
        project=other,
        to_division=Division.objects.get(pk="230621"),
        reason=f"选址{MARK}",
        upload=_pdf(),
        by=county,
        at=NOW,
    )
    promise, kept = (
        record_promise(
            project=project,
            text=f"通水{MARK}",
            basis=f"协议{MARK}",
            due_on=date(2026, 12, 1),
            upload=_pdf(),
            by=county,
            at=NOW,
        )
        for _n in range(2)
    )
    keep_promise(
        promise=kept, kept_on=date(2026, 11, 5), evidence=f"单据{MARK}", upload=_pdf(), by=county, at=NOW
    )
    parts = [Part(date(2026, 12, 1), 100), Part(date(2026, 12, 31), 100)]
    arrears = record_arrears(
        project=project,
        creditor=f"建筑公司{MARK}",
        subject=f"工程款{MARK}",
        amount_yuan=200,
        parts=parts,
        upload=_pdf(),
        by=county,
        at=NOW,
    )
    paid, unpaid = Instalment.objects.filter(arrears=arrears)
    pay_instalment(
        instalment=paid, paid_on=date(2026, 11, 5), evidence=f"0087{MARK}", upload=_pdf(), by=county, at=NOW
    )
    replan = ask_replan(
        arrears=arrears,
        parts=[Part(date(2027, 12, 1), 100)],
        reason=f"财政困难{MARK}",
        upload=_pdf(),
        by=county,
        at=NOW,
    )
    rule = rule_for(home, NOW.date())
    assert rule is not None
    assessment = make_assessment(
        division=home, name=f"候选项目{MARK}", company=f"某公司{MARK}", amount_yuan=None, content=MARK,
        opinion=MARK,
        findings=[Finding(name, False, "") for name in rule["refusals"]], assessed_on=NOW.date(), upload=_pdf(),
        by=county, at=NOW,
    )  # fmt: skip
    return {
        "project": project, "other": other, "change": change, "transfer": transfer, "merge": merge, "promise": promise,
        "kept": kept, "arrears": arrears, "open_part": unpaid, "paid_part": paid, "assessment": assessment,
        "replan": replan,
    }  # fmt: skip


def arguments(name: str, rows: dict[str, Any]) -> dict[str, Any]:
    short = name.partition(":")[2]
    if short in PLAIN:
        return {}
    found = {"pk": rows[ROW.get(short, "project")].pk}
    return found | ({"other": rows["other"].pk} if short == "merge_compare" else {})
