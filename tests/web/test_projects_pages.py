"""The project pages: who reaches which, what they show and keep, and what an export holds."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditRecord
from policy.services import current_calendar
from projects.models import Assignment, Company, Milestone, Pause, Project
from projects.services import appoint, edit_project, set_milestones
from tests import build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 23)
AT = build.at("2026-10-23 09:00")


@pytest.fixture(autouse=True)
def _fixed_day(settings: Any) -> None:
    settings.PORTAL_NOW = "2026-10-23T09:14:00+08:00"


@pytest.fixture
def people() -> dict[str, Any]:
    return build.cast()


@pytest.fixture
def project(people: dict[str, Any]) -> Project:
    row = build.project(
        planned={"company_setup": date(2026, 9, 1), "construction_start": date(2026, 10, 27)},
        company=build.company(credit_code="91350100M000100Y43", contact_name="梁伟明", contact_phone="000-1"),
        problem_text="天然气未接入", content="五万吨", place="开发区",
    )  # fmt: skip
    appoint(
        project=row,
        role="chief_service_officer",
        user=people["officer"],
        valid_from=TODAY,
        by=people["county"],
        at=AT,
    )
    appoint(
        project=row, role="investor", user=people["investor"], valid_from=TODAY, by=people["county"], at=AT
    )
    return row


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


# Expected answer per page and person; "-" = neighbour area, hidden.
READ = {"county": 200, "city": 200, "province": 200, "auditor": 200, "promotion": 200, "officer": 200, "investor": 200,
        "neighbour": 404, "other_city": 404, "administrator": 404, "nobody": 404}  # fmt: skip
OWN_PAGE = READ | {"investor": 302}  # people of the company have a page of their own
MATRIX: dict[str, dict[str, int]] = {
    "detail": OWN_PAGE,
    "milestones": OWN_PAGE,
    "team": OWN_PAGE,
    "flow": OWN_PAGE,
    "history": READ | {"promotion": 403, "officer": 403, "investor": 403},
    "edit": READ | {"auditor": 403, "investor": 403},
    "plan": READ | {"auditor": 403, "investor": 403},
    "pause": READ | {"auditor": 403, "investor": 403, "promotion": 403, "officer": 403},
    "resume": READ | {"auditor": 403, "investor": 403, "promotion": 403, "officer": 403},
    "end": READ | {"auditor": 403, "investor": 403, "promotion": 403, "officer": 403},
}


@pytest.mark.parametrize("page", list(MATRIX))
def test_who_reaches_which_page(page: str, project: Project, people: dict[str, Any]) -> None:
    url = reverse(f"projects:{page}", args=[project.pk])
    found = {who: client(people[who]).get(url).status_code for who in MATRIX[page]}
    assert found == MATRIX[page]


@pytest.mark.parametrize("page", ["list", "create", "export"])
def test_who_reaches_the_list(page: str, project: Project, people: dict[str, Any]) -> None:
    url = reverse(f"projects:{page}")
    makers = {"county", "city", "province", "neighbour", "other_city", "promotion"}
    for who, user in people.items():
        refused = who in {"administrator", "nobody"} or (
            page == "create" and who not in makers | {"province_head"}
        )
        own = 302 if page == "list" and who == "investor" else 200
        assert client(user).get(url).status_code == (403 if refused else own), who


def test_the_stranger_is_sent_to_sign_in(project: Project) -> None:
    answer = Client().get(reverse("projects:detail", args=[project.pk]))
    assert answer.status_code == 302 and "/login/" in answer["Location"]


@pytest.mark.parametrize("page", ["edit", "plan", "pause", "end", "file_basic", "team"])
@pytest.mark.parametrize("who", ["neighbour", "auditor", "investor"])
def test_a_refused_post_changes_nothing(
    page: str, who: str, project: Project, people: dict[str, Any]
) -> None:
    before = (AuditRecord.objects.count(), Pause.objects.count(), Assignment.objects.count())
    answer = client(people[who]).post(
        reverse(f"projects:{page}", args=[project.pk]), {"name": "改了", "version": "1"}
    )
    assert answer.status_code in (403, 404)
    project.refresh_from_db()
    assert project.name == "艾草生物经济项目"
    assert (AuditRecord.objects.count(), Pause.objects.count(), Assignment.objects.count()) == before


def test_the_investor_sees_the_card_but_not_the_offices_own_notes(
    project: Project, people: dict[str, Any]
) -> None:
    answer = client(people["investor"]).get(reverse("projects:detail", args=[project.pk]), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(reverse("investors:project", args=[project.pk]), 302)]
    assert "t-officer" in page
    for hidden in ("天然气未接入", "还缺什么", "修改登记信息", "留痕", "暂停", "作战图"):
        assert hidden not in page
    listed = client(people["investor"]).get(reverse("projects:list"), follow=True).content.decode()
    assert "艾草生物经济项目" in listed and "登记项目" not in listed
    book = client(people["investor"]).get(reverse("projects:export"), {"format": "csv"})
    assert "天然气未接入" not in b"".join(book.streaming_content).decode()


def test_the_detail_page_says_what_is_late_and_why(project: Project, people: dict[str, Any]) -> None:
    Milestone.objects.filter(project=project, code="company_setup").update(
        delay_party="organ", delay_reason="核名未回", responsible="县市场监管局 高峰"
    )
    page = client(people["county"]).get(reverse("projects:detail", args=[project.pk])).content.decode()
    late = current_calendar().between(date(2026, 9, 1), TODAY)
    for word in (
        f"逾期 {late} 个工作日",
        "还有 2 个工作日",
        "核名未回",
        "县市场监管局 高峰",
        "行政机关原因",
        "还缺什么",
        "8.00",
    ):
        assert word in page, word


def registry(project: Project, **changes: Any) -> dict[str, Any]:
    return {
        "name": project.name, "company_name": "湖北蕲艾科技集团有限公司", "credit_code": "91350100M000100Y43",
        "contract_kind": "contract", "contract_amount": "80,000", "signed_on": "2026-03-26", "place": "开发区",
        "content": "五万吨", "version": str(project.version), "major": "",
    } | changes  # fmt: skip


def test_an_edit_with_an_error_keeps_what_was_typed(project: Project, people: dict[str, Any]) -> None:
    url = reverse("projects:edit", args=[project.pk])
    answer = client(people["county"]).post(
        url, registry(project, contract_amount="约三亿", credit_code="91350100M000100Y42", place="城东新区")
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    for word in ("约三亿", "91350100M000100Y42", "城东新区", "不是金额", "校验位不符"):
        assert word in page, word
    project.refresh_from_db()
    assert project.version == 1


def test_the_second_editor_chooses_field_by_field(project: Project, people: dict[str, Any]) -> None:
    url = reverse("projects:edit", args=[project.pk])
    edit_project(
        project=project, changes={"name": "艾草产业园", "place": "城南"}, version=1, by=people["city"], at=AT
    )
    mine = registry(project, name="艾草项目", content="六万吨", version="1")
    browser = client(people["county"])
    answer = browser.post(url, mine)
    page = answer.content.decode()
    for word in ("两个版本对照", "艾草产业园", "艾草项目", "六万吨", "城南", 'name="take-name"', "t-city"):
        assert word in page, word
    assert 'name="version" value="2"' in page
    project.refresh_from_db()
    assert project.name == "艾草产业园"
    answer = browser.post(
        url, mine | {"version": "2", "take-name": "theirs", "take-place": "theirs", "take-content": "yours"}
    )
    assert answer.status_code == 302, answer.content.decode()
    project.refresh_from_db()
    assert (project.name, project.place, project.content) == ("艾草产业园", "城南", "六万吨")


def test_two_people_on_the_dates_choose_too(project: Project, people: dict[str, Any]) -> None:
    url = reverse("projects:plan", args=[project.pk])
    browser = client(people["county"])
    form = {"version": "1", "company_setup-planned_on": "2026-09-01", "construction_start-planned_on": "2026-10-27",
            "company_setup-responsible": "甲"}  # fmt: skip
    set_milestones(
        project=project, changes={"company_setup": {"responsible": "乙"}}, version=1, by=people["city"], at=AT
    )
    page = browser.post(url, form).content.decode()
    assert "两个版本对照" in page and 'name="take-company_setup-responsible"' in page
    answer = browser.post(
        url,
        form
        | {
            "version": "2",
            "take-company_setup-responsible": "theirs",
            "production-forecast_on": "2027.06.01",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Milestone.objects.get(project=project, code="company_setup").responsible == "乙"
    assert Milestone.objects.get(project=project, code="production").forecast_on == date(2027, 6, 1)


def test_faults_of_dates_stand_at_their_cells(project: Project, people: dict[str, Any]) -> None:
    form = {"version": "1", "company_setup-planned_on": "2026-11-01", "construction_start-planned_on": "2026-10-27",
            "company_setup-actual_on": "2026-12-01", "production-actual_on": "昨天"}  # fmt: skip
    page = client(people["county"]).post(reverse("projects:plan", args=[project.pk]), form).content.decode()
    assert "不是日期" in page and "昨天" in page
    del form["production-actual_on"]
    page = client(people["county"]).post(reverse("projects:plan", args=[project.pk]), form).content.decode()
    assert "这一天还没有到" in page and "原计划 2026-09-01" in page and 'value="2026-12-01"' in page
    project.refresh_from_db()
    assert project.version == 1


def test_registering_in_the_browser(people: dict[str, Any]) -> None:
    browser, url = client(people["county"]), reverse("projects:create")
    typed = {"name": "艾草生物经济项目", "division": "230622", "contract_kind": "contract",
             "contract_amount": "８亿元",
             "signed_on": "2026-10-12", "company_name": "湖北蕲艾科技集团有限公司",
             "credit_code": "", "major": ""}  # fmt: skip
    assert browser.post(url, typed).status_code == 302
    made = Project.objects.get()
    assert (
        made.contract_amount_yuan == 800_000_000
        and made.filed_on is None
        and made.number == "230622-2026-0001"
    )
    page = browser.post(url, typed | {"name": "艾草生物经济项目（二期）"}).content.decode()
    assert (
        "可能已经登记" in page
        and reverse("projects:detail", args=[made.pk]) in page
        and Project.objects.count() == 1
    )
    again = browser.post(url, typed | {"name": "艾草生物经济项目（二期）", "duplicate_reason": "另签合同"})
    assert again.status_code == 302 and Project.objects.count() == 2 and Company.objects.count() == 1


def test_an_area_outside_is_not_offered_and_not_taken(people: dict[str, Any]) -> None:
    browser, url = client(people["county"]), reverse("projects:create")
    assert 'value="230621"' not in browser.get(url).content.decode()
    answer = browser.post(url, {"name": "甲", "division": "230621", "contract_kind": "contract"})
    assert answer.status_code == 200 and not Project.objects.exists()


def test_pausing_resuming_ending_in_the_browser(project: Project, people: dict[str, Any]) -> None:
    browser = client(people["county"])

    def send(page: str, **data: str) -> int:
        return browser.post(reverse(f"projects:{page}", args=[project.pk]), data).status_code

    pause = {"reason": "redesign", "party": "enterprise", "note": "企业调整设计", "starts_on": "2026-10-23"}
    assert send("pause", **pause, review_on="2026-10-01") == 200
    assert send("pause", **pause, review_on="2027-03-31") == 302
    assert "企业调整设计" in browser.get(reverse("projects:detail", args=[project.pk])).content.decode()
    assert send("resume", resumed_on="2026-10-23") == 302
    assert send("end", state="terminated", ended_on="2026-10-23", reason="解约", version="1") == 302
    project.refresh_from_db()
    assert project.state == "terminated"
    page = browser.get(reverse("projects:detail", args=[project.pk])).content.decode()
    assert "解约终止" in page and "记录进展" not in page


def test_people_are_appointed_and_dismissed_in_the_browser(project: Project, people: dict[str, Any]) -> None:
    browser, url = client(people["county"]), reverse("projects:team", args=[project.pk])
    assert "t-officer" in browser.get(url).content.decode()
    assert (
        browser.post(
            url, {"role": "package_leader", "name": "陈国梁", "valid_from": "2026-10-20"}
        ).status_code
        == 302
    )
    row = Assignment.objects.get(role="package_leader")
    end = reverse("projects:team_end", args=[project.pk, row.pk])
    assert client(people["neighbour"]).get(end).status_code == 404
    assert client(people["promotion"]).get(end).status_code == 403
    assert browser.post(end, {"valid_to": "2026-10-23"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == TODAY


def test_history_reads_old_and_new(project: Project, people: dict[str, Any]) -> None:
    edit_project(
        project=project,
        changes={"contract_amount_yuan": 900_000_000},
        version=1,
        reason="补充协议",
        by=people["county"],
        at=AT,
    )
    page = client(people["county"]).get(reverse("projects:history", args=[project.pk])).content.decode()
    for word in ("80,000.00 万元", "90,000.00 万元", "补充协议", "修改登记信息", "任命人员"):
        assert word in page, word


def test_the_list_filters_by_what_stands_in_the_address(people: dict[str, Any]) -> None:
    build.project("红灯项目", planned={"company_setup": date(2026, 9, 1)})
    build.project("黄灯项目", planned={"company_setup": date(2026, 10, 20)})
    build.project("蓝灯项目", planned={"company_setup": date(2026, 10, 27)}, amount_wan=500)
    build.project(
        "已开工",
        actual={"construction_start": date(2026, 5, 1), "company_setup": date(2026, 4, 1)},
        initials="ykg",
    )
    build.project("邻县项目", "230621")
    build.project("齐齐哈尔项目", "230229")
    browser = client(people["county"])

    def names(**query: str) -> set[str]:
        page = browser.get(reverse("projects:list"), query).content.decode()
        return {
            name
            for name in ("红灯项目", "黄灯项目", "蓝灯项目", "已开工", "邻县项目", "齐齐哈尔项目")
            if name in page
        }

    assert names() == {"红灯项目", "黄灯项目", "蓝灯项目", "已开工"}
    assert names(light="red") == {"红灯项目"}
    assert names(light="amber") == {"黄灯项目"}
    assert names(light="blue") == {"蓝灯项目"}
    assert names(min="1,000") == {"红灯项目", "黄灯项目", "已开工"}
    assert names(q="ykg") == names(q="已开") == {"已开工"}
    assert names(node="land_planning_permit") == {"已开工"}
    assert names(not_started="1") == {"红灯项目", "黄灯项目", "蓝灯项目"}
    assert names(county="230621") == set()
    assert "不是金额" in browser.get(reverse("projects:list"), {"min": "很多"}).content.decode()
    city = client(people["city"])
    assert "邻县项目" in city.get(reverse("projects:list"), {"county": "230621"}).content.decode()


ODD = ("sort=amount", "sort=-signed", "sort=name", "sort=due", "sort=bad", "page=99", "per_page=20", "light=purple",
       "q=%27=1--", "page=x", "signed_from=2026.1.1")  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_no_address_breaks_the_list(query: str, project: Project, people: dict[str, Any]) -> None:
    assert client(people["county"]).get(f"{reverse('projects:list')}?{query}").status_code == 200


def test_an_empty_list_says_what_to_do(people: dict[str, Any]) -> None:
    page = client(people["county"]).get(reverse("projects:list")).content.decode()
    assert "本地还没有登记项目" in page and "登记项目" in page
    assert "还没有你能看的项目" in client(people["officer"]).get(reverse("projects:list")).content.decode()


def test_the_list_costs_the_same_for_any_number_of_rows(people: dict[str, Any]) -> None:
    browser, counts = client(people["city"]), []
    browser.get(reverse("projects:list"))
    for more in (1, 40):
        for number in range(more):
            build.project(f"项目{more}-{number}", planned={"company_setup": TODAY + timedelta(days=number)},
                          company=build.company(f"公司{more}-{number}"))  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("projects:list")).status_code == 200
        counts.append(len([q for q in queries if "projects_" in q["sql"]]))
    assert counts[0] == counts[1] <= 5, counts


def test_long_names_are_shown_whole(people: dict[str, Any]) -> None:
    name = "克山县大豆蛋白精深加工及副产物综合利用产业园项目" * 8
    row = build.project(name[:200])
    for page in ("detail", "flow", "plan", "edit"):
        assert (
            name[:200]
            in client(people["county"]).get(reverse(f"projects:{page}", args=[row.pk])).content.decode()
        )


def test_an_export_is_exactly_the_list_and_inert(people: dict[str, Any]) -> None:
    build.project(
        '=HYPERLINK("x")\x07项目', amount_wan=12_345, problem_text="-2+3", planned={"company_setup": TODAY}
    )
    build.project("小项目", amount_wan=10)
    build.project("邻县项目", "230621")
    browser = client(people["county"])
    answer = browser.get(reverse("projects:export"), {"min": "1000"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(min_row=3))
    assert len(rows) == 1
    title = {cell.value: index for index, cell in enumerate(next(sheet.iter_rows(min_row=2, max_row=2)))}
    name = rows[0][title["项目名称"]]
    assert name.value == '=HYPERLINK("x")项目' and name.data_type == "s"
    assert rows[0][title["合同投资额（万元）"]].value == 12_345
    lines = b"".join(
        browser.get(reverse("projects:export"), {"min": "1000", "format": "csv"}).streaming_content
    ).decode("utf-8-sig")
    table = list(csv.DictReader(StringIO(lines)))
    assert [row["项目名称"] for row in table] == ['\'=HYPERLINK("x")项目'] and table[0]["存在问题"] == "'-2+3"
    assert table[0]["合同投资额（万元）"] == "12345"
    bad = browser.get(reverse("projects:export"), {"min": "很多"})
    assert bad.status_code == 302


def test_a_broken_export_says_so(people: dict[str, Any]) -> None:
    from projects import export
    from projects.lights import thresholds

    def rows() -> Any:
        yield build.project("甲")
        raise ConnectionError

    lines = export.csv_lines(rows(), list(export.COLUMNS), thresholds(TODAY))
    assert "项目名称" in next(lines) and "甲" in next(lines)
    assert "中断" in next(lines)
    with pytest.raises(ConnectionError):
        next(lines)


def test_the_war_chart_names_the_block(project: Project, people: dict[str, Any]) -> None:
    page = client(people["county"]).get(reverse("projects:flow", args=[project.pk])).content.decode()
    for word in ("卡点", "开办企业", "第 1 步", "A3", "<svg", "梁伟明"):
        assert word in page, word
    assert "style=" not in page.split("<main", 1)[1]
