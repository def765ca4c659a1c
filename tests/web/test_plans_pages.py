"""Pages about the course of a project: who reaches which, what they show, and that nothing typed is lost."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditRecord, Division
from projects.models import (
    Arrears,
    Assessment,
    Instalment,
    Merge,
    Milestone,
    PlanChange,
    Project,
    Promise,
    Transfer,
)
from projects.plans.services import ask_plan_change
from projects.promises.services import record_promise
from projects.services import appoint
from tests import build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 23)
AT = build.at("2026-10-23 09:00")
NAME = "镈" * 55 + "<script>项目"
WHY = {"cause": "land", "party": "organ", "evidence": "用地红线调整"}


@pytest.fixture(autouse=True)
def _fixed_day(settings: Any) -> None:
    settings.PORTAL_NOW = "2026-10-23T09:14:00+08:00"


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    row = build.project(
        NAME, planned={"company_setup": date(2026, 10, 30), "land_planning_permit": date(2027, 3, 1)}
    )
    for role, who in (("chief_service_officer", "officer"), ("investor", "investor")):
        appoint(project=row, role=role, user=people[who], valid_from=TODAY, by=people["county"], at=AT)
    return row


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def read(user: Any, name: str, *args: Any, status: int = 200) -> str:
    answer = client(user).get(reverse(f"projects:{name}", args=args))
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def test_beyond_the_limit_the_dates_page_leads_to_the_request(
    project: Project, people: dict[str, Any]
) -> None:
    browser = client(people["county"])
    form = {"version": str(project.version), "company_setup-planned_on": "2026-12-31", "cause": "land",
            "party": "organ", "reason": "用地红线调整"}  # fmt: skip
    answer = browser.post(reverse("projects:plan", args=[project.pk]), form)
    page = answer.content.decode()
    assert answer.status_code == 200 and "大庆市" in page and 'value="2026-12-31"' in page
    ask = reverse("projects:plan_change_ask", args=[project.pk])
    assert f"{ask}?company_setup=2026-12-31" in page
    page = browser.get(ask, {"company_setup": "2026-12-31", **WHY}).content.decode()
    assert 'value="2026-12-31"' in page and "用地红线调整" in page, "what was typed came along"
    bad = browser.post(
        ask, {"company_setup": "2026-10-01", "cause": "", "evidence": "用地红线调整", "party": "organ"}
    )
    page = bad.content.decode()
    assert (
        bad.status_code == 200
        and 'value="2026-10-01"' in page
        and "用地红线调整" in page
        and "请选择原因" in page
    )
    assert browser.post(ask, {"company_setup": "2026-12-31", **WHY}).status_code == 302
    change = PlanChange.objects.get()
    assert change.state == "waiting"
    assert "本单位审批" in read(people["city"], "plan_changes") and "&lt;script&gt;" in read(
        people["city"], "plan_changes"
    )
    home = client(people["city"]).get("/").content.decode()
    assert reverse("projects:plan_change", args=[change.pk]) in home, "it stands on the city's work list"


def test_the_city_refuses_and_the_county_reads_why(project: Project, people: dict[str, Any]) -> None:
    change = ask_plan_change(
        project=project, wanted={"company_setup": date(2026, 12, 31)}, **WHY, by=people["county"], at=AT
    )
    url = reverse("projects:plan_change", args=[change.pk])
    assert client(people["county"]).post(url, {"decision": "approve"}).status_code == 403
    answer = client(people["city"]).post(url, {"decision": "reject", "opinion": ""})
    assert answer.status_code == 200 and "请说明驳回申请的理由" in answer.content.decode()
    assert client(people["city"]).post(url, {"decision": "reject", "opinion": "理由不足"}).status_code == 302
    assert client(people["city"]).post(url, {"decision": "approve", "opinion": ""}).status_code == 200
    assert PlanChange.objects.get().state == "rejected"
    assert "理由不足" in read(people["county"], "plan_change", change.pk)
    tab = read(people["officer"], "tab", project.pk, "plans")
    assert "理由不足" in tab and "2026-10-30" in tab
    assert Milestone.objects.get(project=project, code="company_setup").planned_on == date(2026, 10, 30)


@pytest.mark.parametrize("who", ["neighbour", "other_city"])
def test_outside_nothing_is_there(who: str, project: Project, people: dict[str, Any]) -> None:
    change = ask_plan_change(
        project=project, wanted={"company_setup": date(2026, 12, 31)}, **WHY, by=people["county"], at=AT
    )
    promise = record_promise(
        project=project, text="通水", basis="协议", due_on=TODAY, by=people["county"], at=AT
    )
    for name, pk in (
        ("plan_change", change.pk), ("plan_change_ask", project.pk), ("plan_change_file", change.pk),
        ("transfer_ask", project.pk), ("merge_choose", project.pk), ("promise_new", project.pk),
        ("promise_keep", promise.pk), ("promise_void", promise.pk), ("promise_file", promise.pk),
        ("arrears_new", project.pk),
    ):  # fmt: skip
        read(people[who], name, pk, status=404)
    assert NAME[:10] not in read(people[who], "plan_changes")
    assert "通水" not in read(people[who], "promises")


def test_rights_inside(project: Project, people: dict[str, Any]) -> None:
    promise = record_promise(
        project=project, text="通水", basis="协议", due_on=TODAY, by=people["county"], at=AT
    )
    for who, name, pk, status in (
        ("officer", "promise_keep", promise.pk, 200), ("officer", "promise_void", promise.pk, 403),
        ("officer", "promise_new", project.pk, 403), ("officer", "plan_change_ask", project.pk, 200),
        ("officer", "transfer_ask", project.pk, 403), ("auditor", "promise_keep", promise.pk, 403),
        ("investor", "promise_keep", promise.pk, 403), ("investor", "plan_change_ask", project.pk, 403),
        ("promotion", "merge_choose", project.pk, 403),
    ):  # fmt: skip
        read(people[who], name, pk, status=status)
    for who in ("administrator", "nobody"):
        read(people[who], "plan_changes", status=403)
    assert "通水" in read(people["investor"], "tab", project.pk, "promises")


def test_a_promise_from_record_to_proof(project: Project, people: dict[str, Any]) -> None:
    browser, new = client(people["county"]), reverse("projects:promise_new", args=[project.pk])
    typed = {"text": "三通一平", "basis": "", "due_on": "2026.11.30", "for_investor": "on"}
    page = browser.post(new, typed).content.decode()
    assert "请填写承诺依据的文件" in page and "三通一平" in page
    wrong = SimpleUploadedFile("协议.exe", b"MZ\x90\x00")
    page = browser.post(new, typed | {"basis": "协议第8条", "file": wrong}).content.decode()
    assert "协议.exe" in page and "协议第8条" in page and not Promise.objects.exists()
    pdf = SimpleUploadedFile("协议.pdf", b"%PDF-1.4\n1\n")
    assert browser.post(new, typed | {"basis": "协议第8条", "file": pdf}).status_code == 302
    promise = Promise.objects.get()
    answer = client(people["investor"]).get(reverse("projects:promise_file", args=[promise.pk]))
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    keep = reverse("projects:promise_keep", args=[promise.pk])
    assert (
        client(people["officer"]).post(keep, {"kept_on": "2026-10-23", "evidence": "验收单"}).status_code
        == 302
    )
    page = (
        client(people["officer"]).post(keep, {"kept_on": "2026-10-23", "evidence": "再次"}).content.decode()
    )
    assert "已有人先处理" in page and "再次" in page
    assert "100" in read(people["province"], "promises") or "—" in read(people["province"], "promises")


def test_arrears_with_instalments(project: Project, people: dict[str, Any]) -> None:
    browser, new = client(people["county"]), reverse("projects:arrears_new", args=[project.pk])
    typed = {"creditor": "镈钟公司", "subject": "工程款", "amount_yuan": "300", "due_1": "2026-11-30",
             "amount_1": "100", "due_2": "2026-12-31", "amount_2": "150"}  # fmt: skip
    page = browser.post(new, typed).content.decode()
    assert "相差 50.00 万元" in page and 'value="150"' in page and not Arrears.objects.exists()
    gap = {key: value for key, value in typed.items() if not key.endswith("_1")}
    assert "上面第 1 行是空的" in browser.post(new, gap).content.decode()
    assert browser.post(new, typed | {"amount_2": "200"}).status_code == 302
    first = Instalment.objects.get(position=1)
    pay = reverse("projects:instalment_pay", args=[first.pk])
    assert browser.post(pay, {"paid_on": "2026-12-01", "evidence": "0087"}).status_code == 200
    assert browser.post(pay, {"paid_on": "2026-10-23", "evidence": "0087"}).status_code == 302
    assert "镈钟公司" in read(people["city"], "arrears") and "33.3" in read(
        people["county"], "tab", project.pk, "promises"
    )


def test_a_transfer_in_the_browser(project: Project, people: dict[str, Any]) -> None:
    ask = reverse("projects:transfer_ask", args=[project.pk])
    browser = client(people["county"])
    page = browser.post(ask, {"to_division": "230621", "reason": ""}).content.decode()
    assert "请说明流转理由" in page
    assert browser.post(ask, {"to_division": "230621", "reason": "选址调整"}).status_code == 302
    transfer = Transfer.objects.get()
    url = reverse("projects:transfer", args=[transfer.pk])
    page = read(people["neighbour"], "transfer", transfer.pk)
    assert "选址调整" in page and "接收项目" in page and "&lt;script&gt;" in page
    read(people["neighbour"], "detail", project.pk, status=404)
    read(people["other_city"], "transfer", transfer.pk, status=404)
    read(people["officer"], "transfer", transfer.pk, status=404)
    assert browser.post(url, {"decision": "accept"}).status_code == 403
    assert client(people["neighbour"]).post(url, {"decision": "accept"}).status_code == 302
    read(people["neighbour"], "detail", project.pk)
    read(people["county"], "detail", project.pk, status=404)
    assert "已接收" in read(people["county"], "transfer", transfer.pk)
    history = client(people["neighbour"]).get(reverse("projects:history", args=[project.pk])).content.decode()
    assert "接收其他地区流转的项目" in history and "人员" in history


def test_a_merge_in_the_browser(project: Project, people: dict[str, Any]) -> None:
    double = build.project("艾草二号", content="五万吨")
    browser = client(people["county"])
    found = browser.get(
        reverse("projects:merge_choose", args=[project.pk]), {"q": "艾草二号"}
    ).content.decode()
    compare = reverse("projects:merge_compare", args=[project.pk, double.pk])
    assert compare in found
    page = browser.get(compare).content.decode()
    assert "五万吨" in page and 'name="take-content"' in page
    versions = {"mine": str(project.version), "theirs": str(double.version)}
    page = browser.post(compare, versions | {"reason": "", "take-name": "duplicate"}).content.decode()
    assert "请说明认定为同一项目的依据" in page and 'name="take-name" value="duplicate" checked' in page
    assert (
        browser.post(compare, versions | {"reason": "同一合同", "take-content": "duplicate"}).status_code
        == 302
    )
    merge = Merge.objects.get()
    assert "同一合同" in read(people["county"], "merge", merge.pk)
    read(people["neighbour"], "merge", merge.pk, status=404)
    gone = read(people["county"], "detail", double.pk)
    assert "已并入另一项目" in gone and reverse("projects:detail", args=[project.pk]) in gone


def test_an_assessment_in_the_browser(people: dict[str, Any]) -> None:
    Division.objects.filter(pk="230622").update(regime_code="guizhou")
    browser, new = client(people["county"]), reverse("projects:assessment_new")
    typed: dict[str, Any] = {"name": "铝厂", "company": "某铝业", "content": "电解铝", "opinion": "不予签约",
                             "assessed_on": "2026-10-20"}  # fmt: skip
    typed |= {f"applies_{n}": "no" for n in range(1, 5)} | {"applies_3": "yes", "reason_3": ""}
    page = browser.post(new, typed).content.decode()
    assert "请说明为什么属于“产能过剩”" in page and "电解铝" in page
    assert browser.post(new, typed | {"reason_3": "新增产能"}).status_code == 302
    row = Assessment.objects.get()
    assert row.state == "refused" and "产能过剩" in read(people["county"], "assessment", row.pk)
    read(people["neighbour"], "assessment", row.pk, status=404)
    read(people["officer"], "assessments", status=403)
    form = {
        "name": "铝厂",
        "division": "230622",
        "contract_kind": "contract",
        "signed_on": "2026-10-22",
        "major": "",
    }
    before = AuditRecord.objects.count()
    page = browser.post(reverse("projects:create"), form).content.decode()
    assert "签约前先评估" in page and not Project.objects.exists() and AuditRecord.objects.count() == before


@pytest.mark.parametrize("who", ["county", "city", "province", "auditor"])
def test_empty_lists_say_so(who: str, people: dict[str, Any]) -> None:
    for name in ("plan_changes", "promises", "arrears", "assessments"):
        assert "jg-empty" in read(people[who], name)
