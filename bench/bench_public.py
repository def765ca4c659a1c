"""The newest public month of a province with 13 cities and their counties, against a static file.

    python -m bench public

ours     the published page through the whole WSGI application, as a visitor without cookies gets it
floor    a static style sheet of about the same size through the same application (WhiteNoise)
peer     the same page when nothing is kept: each request goes through sessions, database and templates
again    the same visitor asks again with the page's ETag (304)

The application is called without a network or a server in between, which would cost both the same and flatter the
ratio. "At least half the rate of a static file" is ours ≤ 2 × floor.
"""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bench import _harness, _province
from bench._harness import Line, Taken

PAGE, SHEET = "/public/", "portal/outside.css"
CALLS = 50


def run(*, quick: bool = False) -> list[Line]:
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.management import call_command

    from config.wsgi import application
    from reporting.disclosure import fast

    _province.fill(_province.QUICK)
    publish()
    call_command("collectstatic", interactive=False, verbosity=0)
    sheet = staticfiles_storage.url(SHEET)
    kept, fast.FRESH = fast.FRESH, -1.0  # nothing is kept yet
    status, headers, body = call(application, PAGE)
    must("200" in status and b"jo-table" in body, f"the page answers {status}")
    etag = dict(headers)["ETag"]
    must("200" in call(application, sheet)[0], "the style sheet is not served")

    def ours() -> None:
        times(lambda: call(application, PAGE))

    def again() -> None:
        times(lambda: call(application, PAGE, etag))

    try:
        peer = _harness.measure(
            {"peer": lambda: must(call(application, PAGE)[0].startswith("200"), "no page")},
            rounds=3 if quick else 7,
        )["peer"]
        fast.FRESH = 3600.0
        call(application, PAGE)
        must(call(application, PAGE, etag)[0].startswith("304"), "the page does not know its ETag")
        taken = _harness.measure(
            {"ours": ours, "floor": lambda: times(lambda: call(application, sheet)), "again": again},
            rounds=5 if quick else 15,
        )
        page = {name: each(one) for name, one in taken.items()}
    finally:
        fast.FRESH = kept
    return [
        Line(
            f"public page ({len(body) // 1024} KB)", page["ours"], peer, page["floor"], at_most=2, faster=10
        ),
        Line("public page, asked again (304)", page["again"], floor=page["floor"], at_most=2),
    ]


def call(
    application: Callable[..., Any], path: str, etag: str = ""
) -> tuple[str, list[tuple[str, str]], bytes]:
    """One GET without a server: (status, headers, body)."""
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": "443", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "https", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    if etag:
        environ["HTTP_IF_NONE_MATCH"] = etag
    answer = application(environ, lambda status, headers, _error=None: told.extend((status, headers)))
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return told[0], told[1], body


def must(held: bool, why: str) -> None:
    if not held:
        raise SystemExit(why)


def each(taken: Taken) -> Taken:
    """Seconds of one call."""
    return Taken(taken.median / CALLS, taken.low / CALLS, taken.high / CALLS, taken.rounds)


def times(one: Callable[[], Any]) -> None:
    for _n in range(CALLS):
        one()


def publish() -> None:
    """The circular of the newest month, through the services a province uses."""
    from accounts.clock import BUSINESS_ZONE
    from accounts.models import Division, Posting, User
    from accounts.permissions import Role
    from policy.periods import Period
    from reporting.circulars.services import approve_circular, draft_circular, issue_circular
    from reporting.disclosure.models import Publication
    from reporting.disclosure.services import publish_circular
    from reporting.reports.models import Report
    from reporting.reports.services import compile_period

    if Publication.objects.public().exists():
        return
    at, province = datetime(2026, 11, 5, 9, 0, tzinfo=BUSINESS_ZONE), Division.objects.get(pk="230000")
    head, made = User.objects.get_or_create(username="bench-head", defaults={"full_name": "省局负责人"})
    if made:
        Posting.objects.create(user=head, role=Role.OFFICE_HEAD, division=province, valid_from="2020-01-01")
    snapshot = compile_period(province=province, period=Period.parse("2026-10"), by=None, at=at)
    circular = draft_circular(report=Report.objects.get(snapshot=snapshot, unit=province), by=None, at=at)
    approve_circular(circular=circular, by=head, at=at)
    issue_circular(circular=circular, by=head, at=at)
    # What names a project is refused for the public.
    plain = [n for n, section in enumerate(circular.body) if "压测产业园" not in str(section)]
    publish_circular(circular=circular, sections=plain, by=head, at=at)
