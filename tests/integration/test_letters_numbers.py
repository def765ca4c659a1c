"""Numbers of supervision papers on PostgreSQL: many issued at once, and one killed in the middle, leave no gap or double."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, connections

from accounts.errors import StaleState
from accounts.models import User
from projects.models import NumberSeries
from supervision.letters import grounds, services
from supervision.letters.models import PaperState, SupervisionPaper
from supervision.matters.models import Matter
from tests.build import at
from tests.letters_help import Town
from tests.paths import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]
COUNT = 6
KILLED = """
import os, sys, time
import django
django.setup()
from supervision.letters import issuing, services
from supervision.letters.models import SupervisionPaper
from accounts.models import User
from tests.build import at

def stop(document):
    # the number is taken, the matter made, nothing committed
    open(sys.argv[3], "w").close()
    time.sleep(60)

issuing.to_json = stop
paper = SupervisionPaper.objects.get(pk=int(sys.argv[1]))
services.issue_paper(paper=paper, by=User.objects.get(pk=int(sys.argv[2])), at=at("2026-09-28 11:00"))
"""


def signed_papers(town: Town, count: int) -> list[SupervisionPaper]:
    """Signed letters of the province about one problem each: a problem may have several."""
    office, papers = town.people["province"], []
    for number in range(count):
        ground = grounds.find(office, "project", town.project.pk, date(2026, 9, 28))
        assert ground is not None
        paper = town.draft("province", ground, problem=f"问题{number}")
        papers.append(
            services.sign_paper(
                paper=paper, row_version=1, by=town.people["province_head"], at=at("2026-09-28 10:00")
            )
        )
    return papers


def database_url() -> str:
    """The database of this test, for another process."""
    known = connection.settings_dict
    host, port = known["HOST"], known["PORT"] or known["OPTIONS"].get("port", "")
    who = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    if host.startswith("/"):
        rest = f"&host={host}" + (f"&port={port}" if port else "")
        return f"postgresql://{who}@/{known['NAME']}?pool_max=0{rest}"
    return f"postgresql://{who}@{host}{f':{port}' if port else ''}/{known['NAME']}?pool_max=0"


def issue_in_threads(papers: list[SupervisionPaper], person: User) -> list[str]:
    """Each in a thread with a connection of its own, all let go at once; what each came to."""
    gate, came_to = threading.Barrier(len(papers)), [""] * len(papers)

    def issue(index: int) -> None:
        try:
            gate.wait(20)
            paper = services.issue_paper(paper=papers[index], by=person, at=at("2026-09-28 11:00"))
            came_to[index] = paper.number
        except StaleState:
            came_to[index] = "stale"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=issue, args=(index,)) for index in range(len(papers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came_to


def test_many_at_once_get_each_number_once() -> None:
    town = Town()
    numbers = issue_in_threads(signed_papers(town, COUNT), town.people["province"])
    assert sorted(numbers) == [f"黑营商督函〔2026〕{n}号" for n in range(1, COUNT + 1)]
    assert Matter.objects.count() == COUNT
    assert Matter.objects.values("number").distinct().count() == COUNT


def test_two_who_issue_the_same_one_take_one_number() -> None:
    town = Town()
    paper = signed_papers(town, 1)[0]
    both = [SupervisionPaper.objects.get(pk=paper.pk) for _n in range(2)]
    assert sorted(issue_in_threads(both, town.people["province"])) == ["stale", "黑营商督函〔2026〕1号"]
    assert NumberSeries.objects.get(prefix="letter-230000-2026").last == 1
    assert Matter.objects.count() == 1


def test_a_process_killed_in_the_middle_gives_its_number_back(tmp_path: Path) -> None:
    town = Town()
    first, second = signed_papers(town, 2)
    person, mark = town.people["province"], tmp_path / "taken"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(first.pk), str(person.pk), str(mark)],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(tmp_path / "var"),
            "SECRET_KEY": "only-for-the-test-run",
            "HTTPS": "0",
            "PYTHONPATH": str(ROOT),
        },
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.1)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    _out, told = process.communicate(timeout=20)
    assert mark.exists(), told.decode()[-2000:]
    assert alive
    first.refresh_from_db()
    assert (first.state, first.number) == (PaperState.SIGNED, "")
    assert not Matter.objects.exists()
    issued = services.issue_paper(paper=second, by=person, at=at("2026-09-28 11:05"))
    assert issued.number == "黑营商督函〔2026〕1号"
    again = services.issue_paper(
        paper=SupervisionPaper.objects.get(pk=first.pk), by=person, at=at("2026-09-28 11:06")
    )
    assert again.number == "黑营商督函〔2026〕2号"
