"""Programs see through a token what its posting sees through the pages, and nothing else."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import ApiToken, AuditRecord, Division, Posting
from accounts.permissions import Role
from accounts.tokens import services as tokens
from policy.periods import Period
from projects.models import MilestoneCode
from reporting.reports.models import Report
from reporting.reports.services import compile_period
from tests import build
from tests.api_help import Program, code_of, token_of

pytestmark = pytest.mark.django_db
NOW = "2026-11-05 09:30"
POINT = MilestoneCode.CONSTRUCTION_PERMIT


@pytest.fixture(autouse=True)
def _fixed_clock() -> Any:
    cache.clear()
    with time_machine.travel(build.at(NOW), tick=False):
        yield


@pytest.fixture
def cast() -> dict[str, Any]:
    return build.cast()


def late_project(name: str = "艾草项目", division: str = "230622", **more: Any) -> Any:
    return build.project(name, division, planned={POINT: date(2026, 10, 16)}, **more)


# --- tokens ------------------------------------------------------------------------------------------------


def test_no_token_and_a_wrong_one_are_told_apart_and_both_refused(cast: dict[str, Any]) -> None:
    assert Program().get("projects/")[0] == 401
    assert code_of(Program().get("projects/")[1]) == "not_authenticated"
    for wrong in ("x", tokens.PREFIX + "a" * 43, "令牌".encode().decode("latin-1"), "a b"):
        status, answer = Program(token=wrong).get("projects/")
        assert (status, code_of(answer)) == (401, "token_unknown")
    response = Client().get("/api/v1/projects/")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_on_its_last_day_when_revoked_and_with_the_posting(cast: dict[str, Any]) -> None:
    county = cast["county"]
    program = Program(county)
    assert program.get("projects/")[0] == 200
    with time_machine.travel(build.at("2026-12-05 23:59"), tick=False):
        assert program.get("projects/")[0] == 200
    with time_machine.travel(build.at("2026-12-06 00:00"), tick=False):
        assert (program.get("projects/")[0], code_of(program.get("projects/")[1])) == (401, "token_expired")
    county.postings.update(valid_to=date(2026, 11, 4))
    assert (program.get("projects/")[0], code_of(program.get("projects/")[1])) == (401, "posting_ended")
    county.postings.update(valid_to=None)
    tokens.revoke_token(token=ApiToken.objects.get(), by=county, at=build.at(NOW))
    assert (program.get("projects/")[0], code_of(program.get("projects/")[1])) == (401, "token_revoked")


def test_an_ended_posting_opens_nothing_even_beside_another_one(cast: dict[str, Any]) -> None:
    """The token is of the posting, not of the person."""
    county = cast["county"]
    late_project(division="230200")
    Posting.objects.create(
        user=county, role=Role.COMPETENT_OFFICE, division_id="230200", valid_from=date(2026, 1, 1)
    )
    program = Program(county)
    assert program.get("projects/")[1]["count"] == 0
    county.postings.filter(division_id="230622").update(valid_to=date(2026, 11, 4))
    assert program.get("projects/")[0] == 401


def test_a_disabled_account_and_a_one_time_password_stop_the_token(cast: dict[str, Any]) -> None:
    county = cast["county"]
    program = Program(county)
    type(county).objects.filter(pk=county.pk).update(must_change_password=True)
    status, answer = program.get("projects/")
    assert (status, code_of(answer)) == (403, "password_change_required")
    type(county).objects.filter(pk=county.pk).update(must_change_password=False, is_active=False)
    status, answer = program.get("projects/")
    assert (status, code_of(answer)) == (401, "account_disabled")


def test_last_use_is_written_at_most_once_a_minute(cast: dict[str, Any]) -> None:
    program = Program(cast["county"])
    program.get("divisions/")
    assert ApiToken.objects.get().last_used_at == build.at(NOW)
    for second, written in ((30, build.at(NOW)), (59, build.at(NOW))):
        with time_machine.travel(build.at(f"{NOW}:{second}"), tick=False):
            program.get("divisions/")
        assert ApiToken.objects.get().last_used_at == written
    later = build.at("2026-11-05 09:31:01")
    with time_machine.travel(later, tick=False):
        program.get("divisions/")
    assert ApiToken.objects.get().last_used_at == later


def test_the_session_reads_but_does_not_write_without_its_csrf_token(cast: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["county"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/divisions/").status_code == 200
    assert client.post("/api/v1/ledgers/hand-ins/", {"unit": "230622"}).status_code == 403


# --- scope -------------------------------------------------------------------------------------------------


def test_each_sees_the_projects_of_the_own_area(cast: dict[str, Any]) -> None:
    own = late_project()
    late_project("别县项目", "230621")
    seen = {
        who: [row["name"] for row in Program(cast[who]).get("projects/")[1]["results"]]
        for who in ("county", "neighbour", "city", "other_city", "auditor")
    }
    assert seen == {
        "county": ["艾草项目"],
        "neighbour": ["别县项目"],
        "city": ["别县项目", "艾草项目"],
        "other_city": [],
        "auditor": ["别县项目", "艾草项目"],
    }
    for who, wanted in (
        ("county", 200),
        ("city", 200),
        ("neighbour", 404),
        ("officer", 404),
        ("administrator", 404),
    ):
        status, answer = Program(cast[who]).get(f"projects/{own.pk}/")
        assert status == wanted, who
        assert wanted == 200 or code_of(answer) == "not_found"


def test_a_role_without_the_right_gets_403_in_words(cast: dict[str, Any]) -> None:
    for who, path in (
        ("administrator", "projects/"),
        ("officer", "reports/"),
        ("officer", "ledgers/hand-ins/"),
    ):
        status, answer = Program(cast[who]).get(path)
        assert (status, code_of(answer)) == (403, "permission_denied")
        assert answer["errors"][0]["message"] == "当前任职没有这项权限。"


def test_divisions_are_those_of_the_area(cast: dict[str, Any]) -> None:
    status, answer = Program(cast["county"]).get("divisions/")
    assert status == 200
    assert [row["code"] for row in answer["results"]] == ["230622"]
    answer = Program(cast["city"]).get("divisions/", tier=3, parent="230600", limit=200)[1]
    codes = {row["code"] for row in answer["results"]}
    assert codes == set(Division.objects.filter(parent_id="230600", tier=3).values_list("pk", flat=True))


# --- projects ----------------------------------------------------------------------------------------------


def test_filters_are_those_of_the_page_and_unknown_ones_are_told(cast: dict[str, Any]) -> None:
    late_project()
    build.project("无计划项目")
    program = Program(cast["county"])
    found = (
        program.get("projects/", light="red")[1]["results"]
        + program.get("projects/", light="amber")[1]["results"]
    )
    assert [row["name"] for row in found] == ["艾草项目"]
    assert [row["name"] for row in program.get("projects/", q="无计划")[1]["results"]] == ["无计划项目"]
    for name, value in (
        ("ligth", "red"),
        ("light", "purple"),
        ("signed_from", "2026-13-01"),
        ("county", "230621"),
    ):
        status, answer = program.get("projects/", **{name: value})
        assert (status, answer["errors"][0]["field"]) == (400, name)
        assert answer["errors"][0]["message"]
    page = program.get("projects/", limit=1, offset=1)[1]
    assert (page["count"], len(page["results"])) == (2, 1)
    assert program.get("projects/", offset=10_001)[0] == 400
    for name, value in (("offset", "null"), ("limit", "-1"), ("limit", "1e3")):
        status, answer = program.get("projects/", **{name: value})
        assert (status, answer["errors"][0]["field"]) == (400, name)


def test_one_project_comes_with_key_points_and_lights(cast: dict[str, Any]) -> None:
    row = late_project(actual={MilestoneCode.COMPANY_SETUP: date(2026, 4, 1)})
    status, answer = Program(cast["county"]).get(f"projects/{row.pk}/")
    assert status == 200
    points = {point["code"]: point for point in answer["milestones"]}
    assert list(points) == MilestoneCode.values
    assert points[POINT]["light"] == answer["light"] and answer["light"] in ("red", "amber")
    assert points[POINT]["days_left"] == answer["days_left"] < 0
    assert points[MilestoneCode.COMPANY_SETUP]["light"] == "done"
    assert answer["contract_amount_yuan"] == 800_000_000


def test_problems_are_told_to_the_office_only(cast: dict[str, Any]) -> None:
    from projects.services import appoint

    row = late_project(problem_text="用地指标未落实")
    investor = cast["investor"]
    appoint(
        project=row,
        role="investor",
        user=investor,
        valid_from=date(2026, 10, 20),
        by=cast["county"],
        at=build.at(NOW),
    )
    assert Program(cast["county"]).get(f"projects/{row.pk}/")[1]["problem_text"] == "用地指标未落实"
    for path in (f"projects/{row.pk}/", "projects/"):
        status, answer = Program(investor).get(path)
        assert status == 200 and "用地指标" not in str(answer) and "problem_text" not in str(answer)


def test_a_list_costs_the_same_whatever_its_length(
    cast: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    program = Program(cast["county"])
    program.get("projects/")
    for number in range(30):
        late_project(f"项目{number}", company=build.company(f"公司{number}"))
    with django_assert_max_num_queries(8):
        assert len(program.get("projects/")[1]["results"]) == 30


# --- problems ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["projects/abc/", "projects/0..0/", "projects/-1/", "projects", "nothing/", "../v2/x/"]
)
def test_what_is_no_address_is_a_problem_in_json(path: str, cast: dict[str, Any]) -> None:
    status, answer = Program(cast["county"]).get(path)
    assert (status, code_of(answer)) == (404, "not_found")
    assert Program().get(path)[0] == 401


def test_numbers_that_nobody_has_are_404(cast: dict[str, Any]) -> None:
    program = Program(cast["county"])
    for number in (987_654_321, 10**30):
        for path in (f"projects/{number}/", f"reports/{number}/figures/", f"ledgers/hand-ins/{number}/"):
            assert program.get(path)[0] == 404


def test_wrong_methods_bodies_and_too_many_calls_are_problems_too(
    cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rest_framework.throttling import SimpleRateThrottle

    program = Program(cast["county"])
    response = program.client.delete("/api/v1/projects/", headers=program.headers)
    assert (response.status_code, code_of(response.json())) == (405, "method_not_allowed")
    response = program.client.get("/api/v1/projects/", headers={**program.headers, "Accept": "text/csv"})
    assert response.status_code == 406
    status, answer = program.post("ledgers/hand-ins/", {"unit": "230622"}, json=True)
    assert (status, code_of(answer)) == (415, "unsupported_media_type")
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": "1/min", "upload": "1/min"})
    cache.clear()
    program.get("divisions/")
    response = program.client.get("/api/v1/divisions/", headers=program.headers)
    assert (response.status_code, code_of(response.json())) == (429, "throttled")
    assert int(response["Retry-After"]) > 0


def test_answers_are_kept_in_no_cache(cast: dict[str, Any]) -> None:
    program = Program(cast["county"])
    response = program.client.get("/api/v1/projects/", headers=program.headers)
    assert response["Cache-Control"] == "no-store, private"


# --- reports -----------------------------------------------------------------------------------------------


def test_reports_and_their_figures(cast: dict[str, Any], django_assert_max_num_queries: Any) -> None:
    late_project()
    compile_period(
        province=Division.objects.get(pk="230000"),
        period=Period.parse("2026-10"),
        by=None,
        at=build.at("2026-11-05 08:00"),
    )
    program = Program(cast["county"])
    status, answer = program.get("reports/", kind="month")
    assert status == 200 and [row["unit"] for row in answer["results"]] == ["230622"]
    report = answer["results"][0]
    figures = program.get(f"reports/{report['id']}/figures/")[1]
    assert figures["figures"]["signed"] == 1
    rate = next(r for r in figures["rates"] if r["key"] == "start_rate")
    assert (rate["numerator"], rate["denominator"], rate["value"], rate["text"]) == (0, 1, 0.0, "0.0%")
    assert rate["definition"] and rate["rule_id"]
    assert Program(cast["neighbour"]).get(f"reports/{report['id']}/figures/")[0] == 404
    assert program.get("reports/", unit="230621")[1]["count"] == 0
    city = Report.objects.get(unit_id="230600")
    lines = Program(cast["city"]).get(f"reports/{city.pk}/figures/")[1]["units"]
    assert sum(line["figures"]["signed"] for line in lines) == 1
    province = Program(cast["province"])
    with django_assert_max_num_queries(6):
        assert len(province.get("reports/", limit=100)[1]["results"]) > 10


def test_reading_writes_nothing_into_the_log(cast: dict[str, Any]) -> None:
    token = token_of(cast["county"])
    before = AuditRecord.objects.count()
    for path in ("divisions/", "projects/", "reports/", "schema/"):
        Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    assert AuditRecord.objects.count() == before
