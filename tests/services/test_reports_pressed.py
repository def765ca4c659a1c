"""What was pressed and not done goes into the report and the circular by itself, and stays as it was frozen (G四)."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Division, User
from accounts.permissions import Role
from documents import render
from policy.periods import Period
from reporting.circulars.document import document_of
from reporting.circulars.services import draft_circular
from reporting.reports import services
from reporting.reports.models import Report
from supervision.matters import services as matters
from supervision.matters.ladder import climb
from supervision.matters.models import Matter, MatterSource, Step
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


class Scene:
    """肇源县 has one matter that ran past its days, one that was closed in October, one still within its day."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.head = build.user("t-head", Role.OFFICE_HEAD, "230600")
        self.project = build.project()
        self.undone = self.issued("限期出具用地意见", date(2026, 9, 18), project=self.project)
        self.done = self.issued("补报开工材料", date(2026, 9, 18))
        self.young = self.issued("协调临时用电", date(2026, 10, 30))
        climb(at("2026-10-27 06:00"))
        for row in (self.undone, self.done, self.young):
            row.refresh_from_db()

    def issued(self, title: str, due_on: date, **fields: Any) -> Matter:
        return matters.issue_matter(
            source=MatterSource.OFFICE, title=title, demand="按期办结并反馈",
            issuer=Division.objects.get(pk="230600"), unit=Division.objects.get(pk="230622"), due_on=due_on,
            by=self.city, at=at("2026-09-07 09:00"), **fields,
        )  # fmt: skip

    def __getattr__(self, name: str) -> User:
        return self.people[name]

    def close(self, matter: Matter, when: str) -> None:
        def now() -> Matter:
            return Matter.objects.get(pk=matter.pk)

        matters.receive_matter(matter=now(), by=self.county, at=at(when))
        matters.answer_matter(matter=now(), text="已办结。", by=self.county, at=at(when))
        matters.judge_matter(
            matter=now(), good=True, text="属实", check_note="现场核查属实", by=self.city, at=at(when)
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def freeze(period: str = "2026-10", when: str = "2026-11-05 08:00") -> dict[str, Report]:
    province = Division.objects.get(pk="230000")
    snapshot = services.compile_period(province=province, period=Period.parse(period), by=None, at=at(when))
    return {one.unit_id: one for one in snapshot.reports.all()}


def test_one_past_the_cut_off_is_listed_and_one_closed_before_it_is_not(scene: Scene) -> None:
    assert (scene.undone.step, scene.young.step) == (Step.CIRCULATE, Step.ASSIGNED)
    scene.close(scene.done, "2026-10-31 18:00")
    scene.close(
        scene.undone, "2026-11-01 00:00"
    )  # done, but after the cut-off: it stood undone on 31 October
    reports = freeze()
    for unit in ("230000", "230600", "230622"):
        content = services.content_of(reports[unit])
        assert [one.matter_id for one in content.pressed] == [scene.undone.pk], unit
    assert not services.content_of(reports["230621"]).pressed
    assert not services.content_of(reports["230200"]).pressed


def test_the_line_says_unit_project_number_and_days(scene: Scene) -> None:
    """From 18 September to 31 October 2026: 20 September is worked; 25 September and 1 to 7 October are off; 10 October
    is worked. Working days: 20 to 24 September 5, 28 to 30 September 3, 8 to 10 October 3, 12 to 30 October 15: 26."""
    one = services.content_of(freeze()["230000"]).pressed[0]
    assert one.place == "大庆市肇源县"
    assert (one.project, one.number, one.due_on) == (
        scene.project.name,
        scene.undone.number,
        date(2026, 9, 18),
    )
    assert one.days_late == 26


def test_the_words_the_tables_and_the_circular_hold_it(scene: Scene) -> None:
    report = freeze()["230600"]
    [section] = [one for one in report.narrative if one["heading"] == "催办督办情况"]
    assert "仍未办结的事项2项，涉及1个地方，其中超过通报时限2项" in section["paragraphs"][0]
    circular = draft_circular(report=report, by=scene.city, at=at("2026-11-05 10:00"))
    page = render(document_of(circular), "html")
    assert isinstance(page, str)
    for words in ("督办未办结事项清单", scene.undone.number, scene.undone.title, "通报"):
        assert words in page


def test_a_publicly_listed_one_is_there_before_its_day_and_named_so(scene: Scene) -> None:
    matters.list_matter(matter=scene.young, reason="群众反映强烈", by=scene.head, at=at("2026-10-28 09:00"))
    found = {one.matter_id: one for one in services.content_of(freeze()["230622"]).pressed}
    assert found[scene.young.pk].is_listed
    assert found[scene.young.pk].days_late == 1


def test_a_frozen_report_stays_as_it_is_and_an_old_one_without_the_list_opens(scene: Scene) -> None:
    reports = freeze()
    before = services.content_of(reports["230622"]).pressed
    scene.close(scene.undone, "2026-11-06 09:00")
    again = Report.objects.get(pk=reports["230622"].pk)
    assert services.content_of(again).pressed == before
    figures = dict(again.figures)
    del figures["pressed"]
    Report.objects.filter(pk=again.pk).update(figures=figures)
    assert services.content_of(Report.objects.get(pk=again.pk)).pressed == ()


def test_without_any_there_is_no_empty_section() -> None:
    build.project()
    report = freeze()["230622"]
    assert "催办督办情况" not in [one["heading"] for one in report.narrative]
