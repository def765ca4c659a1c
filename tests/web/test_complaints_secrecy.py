"""Nobody of the unit complained about reaches the author: every page, list, search, export, inbox, log and program address."""

import html
import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from unittest import mock
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from PIL import Image

from accounts import clock
from accounts.models import AuditRecord, Department, Division, InboxItem, User
from accounts.permissions import PERMISSIONS, Role
from accounts.tokens.services import issue_token
from supervision.complaints import handling, identity, receiving, running, step_forms, words
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said
from tests import build

NOW = build.at("2026-10-23 09:00")
NAME, PHONE, MAIL, PLACE = "欧阳暮雪", "13904521987", "muxue@example.cn", "和平路甲九号"
WORDS, PROJECT, MORE, FILE = "机密原文甲", "机密项目乙", "机密补充丙", "机密文件丁"
ANSWER = "机密答复戊"
SECRETS = (NAME, PHONE, MAIL, PLACE, WORDS, PROJECT, MORE, FILE, ANSWER)
TEXT = f"{WORDS}：9 月 14 日在 6 号窗口申请规划核实，我叫{NAME}，电话{PHONE}，两次去问都说领导没签字。"
SUMMARY = "反映申请事项长期未办结，也未一次性告知缺少的材料。"
MOST = 100  # pages per person beside every address once
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Everybody who belongs to the unit complained about or to its division. `handler` is not of the unit, yet reads no author.
PEOPLE: dict[str, tuple[str, str, str]] = {
    "specialist": (Role.SERVICE_SPECIALIST, "230622", "housing"),
    "lead": (Role.LEAD_DEPARTMENT, "230622", "housing"),
    "officer": (Role.CHIEF_SERVICE_OFFICER, "230622", "housing"),
    "leader": (Role.PACKAGE_LEADER, "230622", "housing"),
    "office": (Role.COMPETENT_OFFICE, "230622", ""),
    "head": (Role.OFFICE_HEAD, "230622", ""),
    "desk": (Role.COMPETENT_OFFICE, "230622", "business_environment"),
    "promotion": (Role.PROMOTION_OFFICE, "230622", ""),
    "auditor": (Role.AUDITOR, "230622", ""),
    "discipline": (Role.DISCIPLINE_OFFICE, "230622", ""),
    "administrator": (Role.ADMINISTRATOR, "230622", ""),
    "handler": (Role.SERVICE_SPECIALIST, "230622", "water"),
}


@pytest.fixture(autouse=True)
def clean_and_now() -> Iterator[None]:
    cache.clear()
    with (
        mock.patch.object(clock, "now", return_value=NOW),
        mock.patch.object(clock, "today", return_value=NOW.date()),
    ):
        yield


def _photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "#246").save(content, "JPEG")
    return SimpleUploadedFile(f"{FILE}{NAME}.jpg", content.getvalue(), content_type="image/jpeg")


@dataclass(frozen=True, slots=True)
class Case:
    """About which unit of 肇源县 (`code` of a department, empty: the whole place), and how far it went.

    `states`: who of the unit states its side; `asked`: whose inbox asks for it; `handler_at`: where the handler serves,
    for nobody of a place handles what is about all of it. A handler elsewhere is pressed by a matter (`pressing`).
    """

    code: str
    states: str
    asked: frozenset[str]
    handler_at: str = "230622"
    answered_twice: bool = False


OFFICE = frozenset({"office", "head", "desk"})
CASES = {
    "department": Case("housing", "specialist", frozenset({"specialist", "lead"})),
    "office": Case("business_environment", "office", OFFICE),
    "place": Case("", "office", OFFICE, handler_at="230600"),
    "round 2": Case("housing", "specialist", frozenset({"specialist", "lead"}), answered_twice=True),
}
in_each_case = pytest.mark.parametrize("case", CASES)


@pytest.fixture
def case() -> str:
    return "department"


@pytest.fixture
def people(case: str, django_capture_on_commit_callbacks: Any) -> dict[str, User]:
    """A complaint gone through every step, pressed, looked at, contested, given out again; in round 2 answered again."""
    asked = CASES[case]
    made = {
        who: build.user(
            f"s-{who}", role, asked.handler_at if who == "handler" else division, department=department
        )
        for who, (role, division, department) in PEOPLE.items()
    }
    city = build.user("s-city", Role.OFFICE_HEAD, "230600", name="孙立")
    about = Department.objects.get(division_id="230622", code=asked.code) if asked.code else None
    said = Said(
        division=Division.objects.get(pk="230622"), department=about, kind="delay", text=TEXT, about_project=PROJECT,
        name=NAME, phone=PHONE, mail=MAIL, address=PLACE,
    )  # fmt: skip
    water = Department.objects.get(division_id=asked.handler_at, code="water")
    with django_capture_on_commit_callbacks(execute=True):
        row = receiving.receive(said=said, uploads=[_photo()], token="form", at=NOW).complaint
        handling.accept(complaint=row, by=city, at=NOW)
        given = {"complaint": row, "summary": SUMMARY, "handler": water, "by": city, "at": NOW}
        handling.assign(**given)
        words.say(complaint=row, text=MORE, uploads=[_photo()], at=NOW)
        words.say(complaint=row, text=f"请{NAME}补充", by=city, at=NOW)
        handling.state_side(complaint=row, text="正在办理", by=made[asked.states], at=NOW)
        _answer(row, made["handler"], city)
        identity.look(complaint=row, purpose="回访", by=city, at=NOW)
        handling.contest(complaint=row, text=f"到今天仍未办{MORE}", at=NOW)
        handling.assign(**given, same_why="其他单位没有这项职能")
        if asked.answered_twice:
            words.say(complaint=row, text=f"再补{MORE}", uploads=[_photo()], at=NOW)
            _answer(row, made["handler"], city)
        else:
            running.press_overdue(build.at("2026-12-30 07:00"))
    return made


def _answer(row: Complaint, handler: User, city: User) -> None:
    handling.finish(complaint=row, outcome="true", finding="已补办", by=handler, at=NOW)
    handling.reply(complaint=row, text=f"{NAME}：{ANSWER}，经核实情况属实，已补办完毕。", by=city, at=NOW)


def _walk(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, set[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            route = pattern.pattern
            parts = set(route.converters) if isinstance(route, RoutePattern) else set(route.regex.groupindex)
            yield f"{namespace}{pattern.name}", parts


def _addresses(pk: int) -> list[str]:
    """Every address of the system, with the complaint's id or number in place of whatever it asks for."""
    found = []
    for name, parts in _walk(get_resolver().url_patterns):
        if "logout" in name:
            continue
        for value in (pk, Complaint.objects.get(pk=pk).number):
            try:
                found.append(reverse(name, kwargs=dict.fromkeys(parts, value)))
            except NoReverseMatch:
                continue
            break
    return found


def _said(response: Any) -> str:
    """Everything the answer holds: text, headers, and the parts of office files."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    told = f"{response.headers} {content.decode('utf-8', 'replace')}"
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # A workbook's own writer spells Chinese as &#27431; and so on.
            told += html.unescape(
                " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
            )
    return told


def _assert_quiet(response: Any, who: str, url: str) -> str:
    told = _said(response)
    assert response.status_code < 500, (who, url)
    leaked = [secret for secret in SECRETS if secret in told]
    assert not leaked, (who, url, leaked)
    return told


def _client(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


# Everybody about one department; of the other cases those whose seat the case itself makes one of the unit.
WALKS = [
    *(("department", who) for who in PEOPLE),
    *(("office", who) for who in ("desk", "auditor")),
    *(("place", who) for who in ("specialist", "office")),
    *(("round 2", who) for who in ("specialist", "handler")),
]


@pytest.mark.parametrize(("case", "who"), WALKS)
def test_no_page_no_list_no_search_no_download_tells(people: dict[str, User], who: str) -> None:
    client, row = _client(people[who]), Complaint.objects.get()
    waiting, seen, pages = deque(_addresses(row.pk)), set(), 0
    must = len(waiting)
    waiting.append("/")
    while waiting and pages < MOST + must:
        url = waiting.popleft()
        path = urlsplit(url).path
        if url in seen or sum(urlsplit(one).path == path for one in seen) > 3:
            continue
        seen.add(url)
        pages += 1
        told = _assert_quiet(client.get(url), who, url)
        for link in re.findall(r'href="([^"#]+)', told):
            target = urljoin(url, link.replace("&amp;", "&"))
            if target.startswith("/") and "/static/" not in target and "logout" not in target:
                waiting.append(target)
    assert pages > must


SEARCHES = ("specialist", "lead", "office", "auditor", "handler")


@pytest.mark.parametrize(
    ("case", "who"),
    [
        *(("department", who) for who in SEARCHES),
        ("office", "desk"),
        ("place", "specialist"),
        ("round 2", "lead"),
    ],
)
def test_no_search_finds_by_what_only_the_author_said(people: dict[str, User], who: str) -> None:
    client, row = _client(people[who]), Complaint.objects.get()
    handles, searched = who == "handler", []
    for url in _addresses(row.pk):
        if re.search(r"/\d+/|TS\d", url) or 'name="q"' not in _said(client.get(url)):
            continue
        searched.append(url)
        for word in ("6 号窗口", NAME, PHONE, PROJECT):
            told = _said(client.get(url, {"q": word, "show": "all"}))
            # The handler's to-dos and inbox name the number on many pages, whatever is searched for there.
            if not handles or url == reverse("complaints:list"):
                assert row.number not in told, (who, url, word)
            others = [one for one in SECRETS if one != word and one in told]
            assert not others, (who, url, word)
    assert searched
    listed = _said(client.get(reverse("complaints:list"), {"show": "all"}))
    assert (row.number in listed) is handles


@in_each_case
def test_no_step_no_file_no_identity(people: dict[str, User]) -> None:
    row = Complaint.objects.get()
    before = (row.state, row.turn)
    for who, person in people.items():
        _refused_everything(_client(person), who, row)
        row.refresh_from_db()
        assert (row.state, row.turn) == before, who
        assert row.looks.count() == 1, who


def _refused_everything(client: Client, who: str, row: Complaint) -> None:
    for position in (1, 2):
        url = reverse("complaints:file", args=[row.pk, position])
        assert client.get(url).status_code in (403, 404), who
    refused = client.post(reverse("complaints:identity", args=[row.pk]), {"purpose": "核实"})
    assert refused.status_code in (403, 404), who
    _assert_quiet(refused, who, "identity")
    body = {
        "text": "x" * 30,
        "reason": "x",
        "why": "x",
        "summary": SUMMARY,
        "outcome": "untrue",
        "finding": "",
    }
    for code in step_forms.STEPS:
        answer = client.post(reverse("complaints:do", args=[row.pk, code]), body)
        # "finish" is the handler's own step, here with nothing written; a statement is there already.
        assert answer.status_code in (400, 403, 404), (who, code)
        _assert_quiet(answer, who, code)


@in_each_case
def test_no_export_tells_who_complained_not_even_the_offices_own(people: dict[str, User]) -> None:
    """Nobody of the unit gets the workbook or a row of it; the sorting office's holds the released version alone."""
    row, url = Complaint.objects.get(), reverse("complaints:export")
    for who, person in people.items():
        for asked in ({"show": "all"}, {"show": "all", "q": row.number}, {"show": "all", "q": NAME}):
            answer = _client(person).get(url, asked)
            told = _said(answer)
            # The page of a refusal repeats what was searched for.
            assert not [one for one in SECRETS if one in told and one != asked.get("q")], who
            may = PERMISSIONS[PEOPLE[who][0]]
            assert answer.status_code == (200 if "complaints.view" in may else 403), who
            assert answer.status_code == 403 or row.number not in told, who
            assert SUMMARY not in told, who
    city = User.objects.get(username="s-city")
    told = _assert_quiet(_client(city).get(url, {"show": "all"}), "city", url)
    assert row.number in told
    assert SUMMARY in told
    assert row.number not in _assert_quiet(_client(city).get(url, {"show": "all", "q": NAME}), "city", url)
    logged = AuditRecord.objects.filter(action="complaints_exported", actor_id=city.pk)
    assert [one.after["exported"] for one in logged.order_by("pk")] == [1, 0]
    assert not [one for one in SECRETS if one in str([(r.object_label, r.after) for r in logged])]


@in_each_case
def test_the_programs_addresses_tell_nothing(people: dict[str, User]) -> None:
    row = Complaint.objects.get()
    for who in ("office", "auditor", "specialist"):
        person = people[who]
        _token, text = issue_token(
            posting=person.postings.get(), label="报表", expires_on=date(2027, 1, 31), by=person, at=NOW
        )
        client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {text}"})
        asked = [url for url in _addresses(row.pk) if url.startswith("/api/")]
        assert asked
        for url in asked:
            told = _assert_quiet(client.get(url), who, url)
            assert row.number not in told.replace(url, ""), (who, url)


@in_each_case
def test_inboxes_hold_only_that_a_statement_is_asked(people: dict[str, User], case: str) -> None:
    told = "".join(f"{item.title}{item.text}" for item in InboxItem.objects.all())
    assert told
    assert not [secret for secret in SECRETS if secret in told]
    for who in PEOPLE:
        kinds = set(InboxItem.objects.filter(user=people[who]).values_list("kind", flat=True))
        pressed = {"matter"} if who == "handler" and CASES[case].handler_at != "230622" else set()
        asked = {"complaint"} if who in CASES[case].asked | {"handler"} else set()
        assert kinds == asked | pressed, who
    of_unit = InboxItem.objects.exclude(user=people["handler"]).exclude(user__username="s-city")
    assert Complaint.objects.get().number not in "".join(f"{item.title}{item.text}" for item in of_unit)


@in_each_case
def test_the_unit_reads_its_version_and_the_warning(people: dict[str, User], case: str) -> None:
    row = Complaint.objects.get()
    page = _said(_client(people[CASES[case].states]).get(reverse("complaints:detail", args=[row.pk])))
    assert SUMMARY in page
    assert "不得打听投诉人" in page
    assert row.number not in page
