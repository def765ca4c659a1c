"""Work orders: chosen by rule, one paper and number per unit, a matter per project; doubled clicks; quarterly rounds."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from accounts.errors import DomainError
from accounts.models import AuditRecord, Department, Division, InboxItem
from accounts.permissions import Role
from documents import render
from projects.models import NumberSeries, Project, ProjectState
from supervision.matters import services as matters
from supervision.matters.models import Matter, MatterState
from supervision.workorders import paper, rounds, services
from supervision.workorders import queries as orders_queries
from supervision.workorders.choosing import Rule, chosen
from supervision.workorders.models import AddressedTo, WorkOrder, WorkOrderRound
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WHEN = "2026-09-21 10:00"


class Scene:
    """大庆市 with projects of food and chemicals in 肇源, 肇州 and at the city itself; one in 齐齐哈尔."""

    def __init__(self) -> None:
        self.people = build.cast()
        self.city = Division.objects.get(pk="230600")
        self.food = build.project("食品园", industry_4567="food", amount_wan=30_000)
        self.food_2 = build.project("粮油加工", "230621", industry_4567="food", amount_wan=5_000)
        self.chemicals = build.project(
            "新材料厂", industry_section="C", industry_4567="chemicals", amount_wan=90_000
        )
        self.at_city = build.project("市直项目", "230600", industry_4567="food", amount_wan=None)
        self.elsewhere = build.project("齐市项目", "230200", industry_4567="food", amount_wan=30_000)
        self.ended = build.project("已退出", industry_4567="food")
        Project.objects.filter(pk=self.ended.pk).update(
            state=ProjectState.WITHDRAWN, ended_on=date(2026, 8, 1)
        )

    def found(self, **rule: Any) -> set[str]:
        return {row.name for row in chosen(Rule(**rule), self.city, self.people["city"])}

    def dispatch(self, *projects: Project, when: str = WHEN, **changes: Any) -> list[WorkOrder]:
        facts: dict[str, Any] = {
            "batch": uuid4(), "issuer": self.city, "rule": Rule(industries=("food",)), "title": "食品产业项目落地服务",
            "demand": "逐个项目反馈推进情况。", "by": self.people["city"], "at": at(when),
            "project_ids": [row.pk for row in projects],
        }  # fmt: skip
        return services.dispatch(**(facts | changes))


@pytest.fixture
def scene() -> Scene:
    return Scene()


# -- the rule -------------------------------------------------------------------------------------------------------


def test_the_rule_chooses_by_industry_place_and_amount(scene: Scene) -> None:
    assert scene.found() == {"食品园", "粮油加工", "新材料厂", "市直项目"}
    assert scene.found(industries=("food",)) == {"食品园", "粮油加工", "市直项目"}
    assert scene.found(industries=("C", "food"), divisions=("230622",)) == {"食品园", "新材料厂"}
    assert scene.found(min_yuan=50_000_000, max_yuan=300_000_000) == {"食品园", "粮油加工"}
    assert scene.found(min_yuan=300_000_001) == {"新材料厂"}


def test_the_rule_in_words(scene: Scene) -> None:
    rule = Rule(industries=("C",), divisions=("230622",), min_yuan=100_000_000)
    with override("zh-hans"):
        assert rule.words() == "产业：制造业；地区：肇源县；合同额：10,000万元以上"


# -- the dispatch ---------------------------------------------------------------------------------------------------


def test_one_paper_per_unit_with_its_own_projects_and_a_matter_each(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        orders = scene.dispatch(scene.food, scene.food_2, scene.at_city)
    assert [(row.unit_id, row.number, row.projects_count) for row in orders] == [
        ("230600", "大庆营商工单〔2026〕1号", 1),
        ("230621", "大庆营商工单〔2026〕2号", 1),
        ("230622", "大庆营商工单〔2026〕3号", 1),
    ]
    county = orders[2]
    matter = Matter.objects.get(source="work_order", source_id=county.pk)
    assert (matter.project, matter.unit_id, matter.issuer_id) == (scene.food, "230622", "230600")
    # Fifteen working days after Monday 21 September: 19 October (Mid-Autumn 25th, National Day 1–7, 10th worked).
    assert county.due_on == matter.due_on == date(2026, 10, 19)
    assert county.deadline["rule"] == "STD-work-order"
    assert InboxItem.objects.filter(user=scene.people["county"], kind="matter").count() == 1
    text = str(render(paper.document_of(county), "html"))
    assert "食品园" in text and "粮油加工" not in text and "大庆营商工单〔2026〕3号" in text


def test_who_sees_which_paper(scene: Scene) -> None:
    other, county = scene.dispatch(scene.food, scene.food_2)
    seen = {
        name: set(WorkOrder.objects.visible_to(scene.people[name]).values_list("pk", flat=True))
        for name in ("county", "neighbour", "city", "province", "other_city", "investor", "officer")
    }
    both = {county.pk, other.pk}
    assert seen == {
        "county": {county.pk}, "neighbour": {other.pk}, "city": both, "province": both, "other_city": set(),
        "investor": set(), "officer": set(),
    }  # fmt: skip


def test_addressed_to_the_city_or_to_a_lead_department(scene: Scene) -> None:
    province = Division.objects.get(pk="230000")
    orders = scene.dispatch(
        scene.food, scene.food_2, scene.elsewhere, issuer=province, by=scene.people["province"],
        rule=Rule(to=AddressedTo.CITY),
    )  # fmt: skip
    assert [(row.unit_id, row.projects_count) for row in orders] == [("230200", 1), ("230600", 2)]
    assert orders[0].number == "黑营商工单〔2026〕1号"
    office = Department.objects.filter(division=scene.city).first()
    with pytest.raises(DomainError) as told:
        scene.dispatch(scene.chemicals, rule=Rule(to=AddressedTo.DEPARTMENT))
    assert told.value.field == "department"
    own = scene.dispatch(scene.chemicals, rule=Rule(to=AddressedTo.DEPARTMENT), department=office)
    assert [(row.unit_id, row.department) for row in own] == [("230600", office)]
    assert Matter.objects.get(source_id=own[0].pk, project=scene.chemicals).department == office


def test_a_doubled_click_gives_the_same_orders(scene: Scene) -> None:
    batch = UUID("8f14e45f-ceea-467f-a0f5-3a1c1d1f0a01")
    first = scene.dispatch(scene.food, batch=batch)
    again = scene.dispatch(scene.food, batch=batch)
    assert [row.pk for row in first] == [row.pk for row in again]
    assert (WorkOrder.objects.count(), Matter.objects.count()) == (1, 1)
    assert NumberSeries.objects.get(prefix="工单-230600-2026").last == 1


def test_the_slower_half_of_a_doubled_click_finds_what_the_faster_issued(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both halves have looked and found nothing; the second waits for the office's row, looks again, takes no number."""
    batch = uuid4()
    scene.dispatch(scene.food, batch=batch)
    real = services._done

    def before(*args: Any) -> list[WorkOrder]:
        monkeypatch.setattr(services, "_done", real)
        return []

    monkeypatch.setattr(services, "_done", before)
    done = scene.dispatch(scene.food, batch=batch)
    assert [row.number_seq for row in done] == [1]
    assert (WorkOrder.objects.count(), Matter.objects.count()) == (1, 1)
    assert NumberSeries.objects.get(prefix="工单-230600-2026").last == 1


def test_a_dispatch_that_breaks_off_leaves_no_gap(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = services.issue_matter, []

    def dies(**facts: Any) -> Matter:
        if made:
            raise RuntimeError("killed")
        made.append(1)
        return real(**facts)

    monkeypatch.setattr(services, "issue_matter", dies)
    with pytest.raises(RuntimeError):
        scene.dispatch(scene.food, scene.food_2)
    assert not WorkOrder.objects.exists() and not Matter.objects.exists()
    monkeypatch.setattr(services, "issue_matter", real)
    assert [row.number_seq for row in scene.dispatch(scene.food, scene.food_2)] == [1, 2]


def test_numbers_begin_anew_with_the_year(scene: Scene) -> None:
    scene.dispatch(scene.food, when="2026-12-31 23:59")
    assert scene.dispatch(scene.food_2, when="2027-01-01 00:00")[0].number == "大庆营商工单〔2027〕1号"


def test_what_cannot_be_dispatched(scene: Scene) -> None:
    scene.dispatch(scene.food)
    records = AuditRecord.objects.count()
    for projects, changes, code in (
        ((), {}, "nothing_chosen"),
        ((scene.food,), {}, "order_open"),
        ((scene.elsewhere,), {}, "no_longer_fits"),
        ((scene.ended,), {}, "no_longer_fits"),
        ((scene.chemicals,), {}, "no_longer_fits"),
        ((scene.food_2,), {"title": " "}, "title_missing"),
        ((scene.food_2,), {"demand": ""}, "demand_missing"),
        ((scene.food_2,), {"due_on": date(2026, 9, 1)}, "due_in_past"),
    ):
        with pytest.raises(DomainError) as told:
            scene.dispatch(*projects, **changes)
        assert told.value.code == code
    for who in ("county", "province", "auditor", "promotion", "officer"):
        with pytest.raises(PermissionDenied):
            scene.dispatch(scene.food_2, by=scene.people[who])
    assert (WorkOrder.objects.count(), AuditRecord.objects.count()) == (1, records)


def test_all_projects_of_a_paper_signed_for_at_once(scene: Scene) -> None:
    (order,) = scene.dispatch(scene.food, scene.chemicals, rule=Rule())
    with pytest.raises(PermissionDenied):
        services.receive_all(order=order, by=scene.people["neighbour"], at=at(WHEN))
    assert services.receive_all(order=order, by=scene.people["county"], at=at(WHEN)) == 2
    assert services.receive_all(order=order, by=scene.people["county"], at=at(WHEN)) == 0
    row = orders_queries.rows_of([order], date(2026, 9, 22))[0]
    assert (row.total, row.waiting, row.answered, row.words_key) == (2, 0, 0, "working")
    assert orders_queries.rows_of([order], date(2026, 10, 20))[0].words_key == "late"


# -- the quarterly round --------------------------------------------------------------------------------------------


def guizhou(scene: Scene) -> None:
    Division.objects.filter(pk="230600").update(regime_code="guizhou")
    scene.city.refresh_from_db()


def test_no_round_where_the_regime_does_not_ask(scene: Scene) -> None:
    scene.dispatch(scene.food)
    assert list(rounds.due_rounds(date(2027, 3, 31))) == []


def test_every_quarter_once_also_after_silence(scene: Scene, django_capture_on_commit_callbacks: Any) -> None:
    guizhou(scene)
    (order,) = scene.dispatch(scene.food, scene.chemicals, rule=Rule(), when="2026-08-03 10:00")
    services.receive_all(order=order, by=scene.people["county"], at=at("2026-08-04 10:00"))
    done = Matter.objects.get(project=scene.food)
    matters.answer_matter(matter=done, text="已开工", by=scene.people["county"], at=at("2026-10-12 10:00"))
    assert rounds.run(None, at("2026-09-29 10:00")) == {"rounds": 0, "pressed": 0}
    with django_capture_on_commit_callbacks(execute=True):
        assert rounds.run(None, at("2027-01-15 10:00")) == {"rounds": 2, "pressed": 2}
        assert rounds.run(None, at("2027-01-15 11:00")) == {"rounds": 0, "pressed": 0}
    third, fourth = WorkOrderRound.objects.order_by("on")
    assert (third.on, fourth.on, third.rule_id) == (date(2026, 9, 30), date(2026, 12, 31), "GZ-4-1-round")
    # Due 24 August; answered on 12 October, which the third quarter did not know yet.
    assert [(line["unit"], line["issued"], line["answered"], line["late"]) for line in third.figures] == [
        ("230622", 2, 0, 2)
    ]
    assert [(line["answered"], line["in_time"], line["late"]) for line in fourth.figures] == [(1, 0, 1)]
    left = Matter.objects.get(project=scene.chemicals)
    assert [entry.on for entry in left.entries.filter(kind="round")] == [
        date(2026, 9, 30),
        date(2026, 12, 31),
    ]
    assert not done.entries.filter(kind="round").exists()
    assert done.state == MatterState.ANSWERED
    assert InboxItem.objects.filter(user=scene.people["county"], key__startswith="round:").count() == 2
    build.user("t-gz", Role.COMPETENT_OFFICE, "230600")
    assert WorkOrderRound.objects.visible_to(scene.people["city"]).count() == 2
    assert WorkOrderRound.objects.visible_to(scene.people["county"]).count() == 0
