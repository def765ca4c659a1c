"""A program hands in a ledger: the same reading, the same refusals and the same rights as on the page."""

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditRecord
from projects.models import Project
from reporting.ledgers.models import Attempt, AttemptState, UploadTally
from tests import build, ledger_help
from tests.api_help import Program, code_of

pytestmark = pytest.mark.django_db
NOW = "2026-10-24 09:00"
NEW = {"signed": "2026-10-12"}


@pytest.fixture(autouse=True)
def _fixed_clock() -> Any:
    cache.clear()
    with time_machine.travel(build.at(NOW), tick=False):
        yield


@pytest.fixture
def cast() -> dict[str, Any]:
    return build.cast()


def upload(
    program: Program, content: bytes, *, unit: str = "230622", period: str = "2026-10"
) -> tuple[int, Any]:
    file = SimpleUploadedFile("台账.xlsx", content)
    return program.post("ledgers/hand-ins/", {"unit": unit, "period": period, "file": file})


def good(**cells: Any) -> bytes:
    return ledger_help.book([ledger_help.row(1, "冷链物流园", **(NEW | cells))])


def test_an_upload_is_staged_as_on_the_page(cast: dict[str, Any]) -> None:
    status, answer = upload(Program(cast["county"]), good())
    assert status == 201, answer
    attempt = Attempt.objects.get()
    assert (answer["id"], answer["state"], answer["unit"], answer["period"]) == (
        attempt.pk, "staged", "230622", "2026-10",
    )  # fmt: skip
    assert [(row["name"], row["match"], row["line"]) for row in answer["rows"]] == [("冷链物流园", "new", 4)]
    assert answer["rows"][0]["values"]["contract_amount"] == 500_000_000
    assert attempt.made_by == cast["county"] and not Project.objects.exists()
    assert AuditRecord.objects.filter(action="ledger_staged").get().actor_id == cast["county"].pk


def test_a_wrong_cell_is_named_by_sheet_and_cell(cast: dict[str, Any]) -> None:
    program = Program(cast["county"])
    status, answer = upload(program, good(signed="2026年16月2日"))
    assert status == 201 and answer["error_count"] == 1 and not answer["ready"] and answer["not_ready"]
    fault = next(m for m in answer["rows"][0]["messages"] if m["level"] == "error")
    assert fault["sheet"] == "Sheet" and fault["cell"] == "F4" and fault["code"] and fault["text"]
    status, problem = program.post(f"ledgers/hand-ins/{answer['id']}/submit/", json=True)
    assert (status, code_of(problem)) == (400, "not_ready")
    assert ("Sheet", "F4") in [(e["sheet"], e["cell"]) for e in problem["errors"]]
    assert Attempt.objects.get().state == AttemptState.STAGED


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not a workbook", "file_unreadable"),
        (b"", "empty"),
        (ledger_help.book([]), "file_unreadable"),
        (
            ledger_help.book([ledger_help.row(1)], title="大庆市肇源县招商引资签约项目2026年9月进程信息台账"),
            "other_period",
        ),
        (
            ledger_help.book(
                [ledger_help.row(1)], title="大庆市肇州县招商引资签约项目2026年10月进程信息台账"
            ),
            "other_unit",
        ),
    ],
    ids=["no workbook", "nothing", "no rows", "other month", "other unit"],
)
def test_a_file_that_cannot_be_taken_is_400_with_the_reason(
    content: bytes, code: str, cast: dict[str, Any]
) -> None:
    status, answer = upload(Program(cast["county"]), content)
    assert (status, code_of(answer)) == (400, code)
    assert answer["errors"][0]["message"] and not Attempt.objects.exists()


def test_parameters_that_cannot_be_meant_are_400(cast: dict[str, Any]) -> None:
    program = Program(cast["county"])
    for period in ("2026Q3", "2026", "十月", "2026-13"):
        status, answer = upload(program, good(), period=period)
        assert (status, answer["errors"][0]["field"]) == (400, "period"), period
    status, answer = program.post("ledgers/hand-ins/", {"unit": "230622", "period": "2026-10"})
    assert (status, answer["errors"][0]["field"]) == (400, "file")
    status, answer = upload(program, good(), period="2026-12")
    assert (status, code_of(answer)) == (400, "period_ahead")
    status, answer = program.get("ledgers/hand-ins/")
    assert (status, answer["errors"][0]["field"]) == (400, "unit")


def test_whoever_may_not_hand_in_changes_nothing(cast: dict[str, Any]) -> None:
    wanted = {
        "neighbour": 404, "other_city": 404, "city": 403, "province": 403, "auditor": 403, "administrator": 403,
        "officer": 403, "investor": 403, "promotion": 403,
    }  # fmt: skip
    programs = {who: Program(cast[who]) for who in wanted}
    before = AuditRecord.objects.count()
    assert {who: upload(programs[who], good())[0] for who in wanted} == wanted
    assert not Attempt.objects.exists() and not UploadTally.objects.exists()
    assert AuditRecord.objects.count() == before


def test_handing_in_twice_is_once_and_others_cannot(cast: dict[str, Any]) -> None:
    program = Program(cast["county"])
    answer = upload(program, good())[1]
    path = f"ledgers/hand-ins/{answer['id']}/submit/"
    for who, wanted in (("neighbour", 404), ("city", 403), ("province", 404), ("auditor", 404)):
        assert Program(cast[who]).post(path)[0] == wanted, who
    assert answer["ready"], [m["text"] for row in answer["rows"] for m in row["messages"]]
    for _time in range(2):
        status, answer = program.post(path, {"note": "由县平台报送"}, json=True)
        assert (status, answer["state"], answer["note"]) == (200, "submitted", "由县平台报送")
    assert AuditRecord.objects.filter(action="ledger_submitted").count() == 1
    status, answer = upload(program, good(total=2000))
    assert (status, code_of(answer)) == (409, "already_submitted")


def test_the_same_file_again_names_the_hand_in(cast: dict[str, Any]) -> None:
    program, content = Program(cast["county"]), good()
    first = upload(program, content)[1]
    status, answer = upload(program, content)
    assert (status, code_of(answer), answer["details"]) == (409, "same_file", {"attempt": first["id"]})


def test_hand_ins_of_a_unit_for_those_who_see_it(
    cast: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    program = Program(cast["county"])
    answer = upload(program, good())[1]
    seen = {
        who: Program(cast[who]).get("ledgers/hand-ins/", unit="230622", period="2026-10")
        for who in ("county", "city", "province", "neighbour")
    }
    assert {who: status for who, (status, _answer) in seen.items()} == {
        "county": 200, "city": 200, "province": 200, "neighbour": 404,
    }  # fmt: skip
    # Not handed in yet: the unit's own desk.
    assert {who: seen[who][1]["count"] for who in ("county", "city", "province")} == {
        "county": 1, "city": 1, "province": 0,
    }  # fmt: skip
    assert Program(cast["province"]).get(f"ledgers/hand-ins/{answer['id']}/")[0] == 404
    with django_assert_max_num_queries(8):
        program.get("ledgers/hand-ins/", unit="230622")


def test_uploads_have_a_rate_of_their_own(cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework.throttling import SimpleRateThrottle

    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": "100/min", "upload": "1/min"})
    cache.clear()
    program = Program(cast["county"])
    assert upload(program, good())[0] == 201
    assert upload(program, good(total=2000))[0] == 429
    assert program.get("ledgers/hand-ins/", unit="230622")[0] == 200
