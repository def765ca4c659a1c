"""A ledger from the received file to committed live rows, against the same rows by plain COPY and by django-import-export.

    python -m bench.bench_import            5,000 × 20 and 80 × 20, on the PostgreSQL of DATABASE_URL

ours     upload → guard and child process → reading → matching and truth checks → staging → handing in → acceptance:
         projects, milestones, month's entries, audit chain, all committed
floor    calamine in this process + validation of every cell + COPY and `INSERT … ON CONFLICT` of the same live rows
         (companies, projects, milestones, entries; the warm round compares them), nothing staged, nothing audited
peer     django-import-export: ModelResource of the project table alone, dry run and then the import, as its admin does
"""

from __future__ import annotations

import io
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.import_rivals import floor, peer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

ROWS = int(os.environ.get("BENCH_ROWS", "5000"))
SMALL = 80
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PEER_ROUNDS, PEER_MANY = (
    1,
    1000,
)  # with more rows than this the peer takes minutes, so one round of it must do
CITY, COUNTY = "230100", "230622"
NODES = ["开办企业", "立项用地规划许可", "工程建设许可", "施工许可", "开工建设", "竣工验收", "投产"]
HEADINGS = ["序号", "项目名称", "投资方", "承接地", "行业", "合同投资额", "签约时间", *NODES, "本月完成投资", "累计完成投资",
            "形象进度", "存在问题", "牵头领办部门", "备注"]  # fmt: skip
SYLLABLES = (
    "安宝昌达东发丰福冠广国海汉和恒宏华辉嘉建金京凯康科利联龙隆美民明南宁鹏启"
    "庆荣瑞润森盛胜顺泰天通同万旺威文祥新信兴星旭亚阳益永友裕元远长正志中众卓"
)
KINDS = [
    "玉米深加工",
    "生物制药",
    "汽车零部件",
    "新能源电池",
    "智能仓储",
    "乳制品",
    "碳纤维",
    "装备制造",
    "冰雪旅游",
    "数据中心",
]


def name_of(n: int) -> str:
    first, rest = divmod(n, len(SYLLABLES))
    second, third = divmod(rest * 37 + first, len(SYLLABLES))
    return (
        SYLLABLES[first % len(SYLLABLES)]
        + SYLLABLES[rest]
        + SYLLABLES[second % len(SYLLABLES)]
        + SYLLABLES[third]
    )


def rows_of(count: int, places: list[str], month: int) -> list[list[Any]]:
    """Honest rows: nothing to ask about. `month` counts up, so that a second file changes every row's figures."""
    found = []
    for n in range(count):
        signed = date(2024, 1, 1) + timedelta(days=n % 600)
        done = n % 4
        nodes = [(signed + timedelta(days=30 * (i + 1))).isoformat() if i < done else "" for i in range(7)]
        found.append(
            [n + 1, f"{name_of(n)}{KINDS[n % 10]}项目{n}", f"{name_of(n)}集团{n}有限公司", places[n % len(places)], "食品",
             20000 + n % 900, signed.isoformat(), *nodes, 120.5, 1000 + n % 700 + 120.5 * month, "前期手续办理中",
             "用地指标未落实", "县工信局", ""]
        )  # fmt: skip
    return found


def workbook(title: str, rows: list[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for line in ([title], ["单位：万元"], HEADINGS, *rows):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- ours ---------------------------------------------------------------------------------------------------


def ours(unit_code: str, content: bytes, period: str, people: dict[str, Any], at: datetime) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.models import Division
    from policy.periods import Period
    from reporting.ledgers import reviewing, staging, submitting
    from reporting.ledgers.models import AttemptState

    unit = Division.objects.select_related("parent").get(pk=unit_code)
    attempt = staging.stage_upload(
        unit=unit, period=Period.parse(period), upload=SimpleUploadedFile("台账.xlsx", content), file_name="台账.xlsx",
        by=people["clerk"], at=at,
    )  # fmt: skip
    attempt = submitting.submit_attempt(attempt=attempt, by=people["clerk"], at=at)
    if attempt.state == AttemptState.SUBMITTED:
        attempt = reviewing.accept_attempt(attempt=attempt, by=people["reviewer"], at=at)
    if attempt.state != AttemptState.ACCEPTED:
        raise AssertionError(f"not accepted: {attempt.error_count} errors, {attempt.ask_count} questions")


# --- the run ------------------------------------------------------------------------------------------------


def prepare() -> dict[str, Any]:
    from django.core.management import call_command

    from accounts.models import Posting, User

    call_command("migrate", verbosity=0)
    call_command("seed_calendar", verbosity=0)
    call_command("load_divisions", verbosity=0)
    people = {}
    for name in (CITY, COUNTY, "230600"):
        user, made = User.objects.get_or_create(username=f"bench-{name}", defaults={"full_name": name})
        if made:
            Posting.objects.create(
                user=user, role="competent_office", division_id=name, valid_from=date(2020, 1, 1)
            )
        people[name] = user
    return people


def clear() -> None:
    """Empty what the three wrote, so that each round begins alike."""
    from django.db import connection

    tables = ("reporting_stagedrow, reporting_ledgerentry, reporting_attempt, reporting_ledger, reporting_uploadtally, "
              "projects_milestone, projects_project, projects_company, projects_numberseries, accounts_auditrecord, "
              "accounts_auditchain, accounts_obligation")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditrecord DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("ALTER TABLE accounts_auditrecord ENABLE TRIGGER USER")


# Live rows as ours and the floor must both leave them; numbers and keys are each one's own.
LIVE = (
    "SELECT p.name, p.initials, p.investor, c.name, c.initials, p.division_id, p.city_code, p.place, p.contract_kind, "
    "p.contract_amount_yuan, p.signed_on, p.signed_precision, p.industry_text, p.is_major, p.state, "
    "p.invested_total_yuan, p.invested_month_yuan, p.reported_period, p.progress_text, p.problem_text, "
    "p.lead_department, p.next_due_on, p.paused, p.version FROM projects_project p "
    "LEFT JOIN projects_company c ON c.id = p.company_id ORDER BY p.name",
    "SELECT p.name, m.code, m.position, m.planned_on, m.actual_on, m.actual_precision, m.reached_on, m.is_open, "
    "m.county_code FROM projects_milestone m JOIN projects_project p ON p.id = m.project_id ORDER BY p.name, m.code",
    "SELECT p.name, e.period, e.invested_total_yuan, e.invested_month_yuan, e.progress_text, e.problem_text, "
    "e.nodes::text, e.county_code FROM reporting_ledgerentry e JOIN projects_project p ON p.id = e.project_id "
    "ORDER BY p.name, e.period",
    "SELECT name, initials FROM projects_company ORDER BY name",
)


def live_rows() -> list[list[tuple[Any, ...]]]:
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for sql in LIVE:
            cursor.execute(sql)
            found.append(cursor.fetchall())
    return found


def refuse_unlike(first: list[list[tuple[Any, ...]]], second: list[list[tuple[Any, ...]]]) -> None:
    """The floor is one only if it leaves the same rows."""
    for ours_rows, floor_rows in zip(first, second, strict=True):
        if len(ours_rows) != len(floor_rows):
            raise AssertionError(f"{len(ours_rows)} live rows against {len(floor_rows)}")
        for one, other in zip(ours_rows, floor_rows, strict=True):
            if one != other:
                raise AssertionError(f"live rows differ: {one} / {other}")


def forget() -> None:
    """Names of earlier rounds are forgotten: each import meets its names for the first time."""
    from projects import text

    text.initials.cache_clear()
    text._run.cache_clear()


def cpu() -> float:
    """Seconds of processor used by this process, its children and, where it runs here, the server process."""
    from django.db import connection

    used = os.times()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return sum(used[:4])
    return sum(used[:4]) + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(call: Callable[[], None]) -> tuple[float, float]:
    """Seconds gone by, and seconds of processor: the second says more on a busy machine."""
    forget()
    used, started = cpu(), time.perf_counter()
    call()
    return time.perf_counter() - started, cpu() - used


def measure(count: int, unit: str, people: dict[str, Any], *, with_peer: bool) -> dict[str, dict[str, float]]:
    """Medians in seconds of {"new": {ours, floor, peer, "ours cpu", …}, "again": {…}}: a warm round, then in turns."""
    files, periods = files_of(count, unit)
    roles = {"clerk": people[unit], "reviewer": people["230600"] if unit == COUNTY else people[unit]}
    taken: dict[str, dict[str, list[float]]] = {kind: defaultdict(list) for kind in files}
    for number in range(ROUNDS + 1):
        known: dict[str, str] = {}
        turns: list[tuple[str, Callable[[bytes, str], None]]] = [
            ("ours", lambda content, period: ours(unit, content, period, roles, moment(period))),
            ("floor", lambda content, period, known=known: floor(content, period, known)),  # type: ignore[misc]
        ]
        if number % 2:  # who begins changes with the round
            turns.reverse()
        if with_peer and 0 < number <= (ROUNDS if count <= PEER_MANY else PEER_ROUNDS):
            turns.append(("peer", peer))
        left = {}
        for name, call in turns:
            begin_anew()
            for kind, content in files.items():
                period = periods[kind]
                seconds, used = timed(lambda call=call, content=content, period=period: call(content, period))  # type: ignore[misc]
                if number:
                    taken[kind][name].append(seconds)
                    taken[kind][f"{name} cpu"].append(used)
            if not number:
                left[name] = live_rows()
        if not number:
            refuse_unlike(left["ours"], left["floor"])
    return {kind: {name: statistics.median(v) for name, v in found.items()} for kind, found in taken.items()}


def files_of(count: int, unit: str) -> tuple[dict[str, bytes], dict[str, str]]:
    """Workbooks of the first and of the following month, and their periods."""
    from accounts.models import Division

    county = unit == COUNTY
    counties = Division.objects.filter(city_code=CITY, tier=3).values_list("name", flat=True)
    places = ["肇源县"] if county else list(counties)
    title = "大庆市肇源县" if county else "哈尔滨市"
    return {
        "new": workbook(f"{title}签约项目2026年9月进程信息台账", rows_of(count, places, 0)),
        "again": workbook(f"{title}签约项目2026年10月进程信息台账", rows_of(count, places, 1)),
    }, {"new": "2026-09", "again": "2026-10"}


def moment(period: str) -> datetime:
    from accounts.clock import BUSINESS_ZONE

    return datetime.fromisoformat(f"{period}-24T09:00").replace(tzinfo=BUSINESS_ZONE)


def begin_anew() -> None:
    from django.db import connection

    clear()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def statements(unit: str, people: dict[str, Any]) -> int:
    """How many SQL statements ours sends for a first import of ROWS rows."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clear()
    files, periods = files_of(ROWS, unit)
    roles = {"clerk": people[unit], "reviewer": people[unit]}
    with CaptureQueriesContext(connection) as seen:
        ours(unit, files["new"], periods["new"], roles, moment(periods["new"]))
    return len(seen)


def _beside(found: dict[str, float], other: str) -> str:
    ratio, by_cpu = found["ours"] / found[other], found["ours cpu"] / found[f"{other} cpu"]
    return (
        f"ours {found['ours']:.3f} s : {other} {found[other]:.3f} s = {ratio:.2f}; "
        f"processor {found['ours cpu']:.3f} : {found[f'{other} cpu']:.3f} = {by_cpu:.2f}"
    )


def main() -> int:
    import django

    django.setup()
    from django.db import connection

    if connection.vendor != "postgresql":
        print("PostgreSQL is wanted: DATABASE_URL=postgresql://…")
        return 2
    people = prepare()
    held = True
    big = measure(ROWS, CITY, people, with_peer=os.environ.get("BENCH_PEER", "1") == "1")
    for kind, label in (("new", "all rows new"), ("again", "a month later, all rows changed")):
        found = big[kind]
        held &= found["ours"] <= 3 * found["floor"]
        line = f"{ROWS:,} × 20, {label}: {_beside(found, 'floor')} (target ≤ 3)"
        if "peer" in found:
            faster = found["peer"] / found["ours"]
            held &= faster >= 12
            line += f"; import-export {found['peer']:.2f} s = {faster:.1f} × ours (target ≥ 12)"
        print(line)
    small = measure(SMALL, COUNTY, people, with_peer=True)
    for kind, label in (("new", "all rows new"), ("again", "a month later")):
        found = small[kind]
        held &= found["ours"] <= 0.25 * found["peer"]
        print(f"{SMALL} × 20, {label}: {_beside(found, 'peer')} (target ≤ 0.25)")
    count = statements(CITY, people)
    held &= count <= 10 * ROWS / 1000
    print(f"{count} statements for {ROWS:,} rows (target ≤ {10 * ROWS // 1000})")
    clear()
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
