"""Approval checklists of the demo: the starting catalogue, 大庆's own with promises, and a list for every project.

Written in bulk, from each project's own key points, so that list and key points tell the same story. Deterministic.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import transaction

from accounts.bulk import bulk_insert, reserve_ids
from accounts.clock import at_hour
from accounts.models import Division, User
from approvals.catalogue import services as catalogues
from approvals.catalogue.models import Catalogue, CatalogueItem, ItemKind
from approvals.catalogue.queries import catalogue_for, suggested
from approvals.catalogue.spec import terms_of
from approvals.checklist.building import departments_for
from approvals.checklist.due import Ground, clock_fields
from approvals.checklist.models import Checklist, ChecklistItem, EventKind, ItemEvent, ItemState
from policy.calendar import WorkCalendar
from policy.regimes import get_regime
from projects.models import MilestoneCode, Project, ProjectState
from reporting.demo.projects import DemoProject

STAGES = {code: number for number, code in enumerate(MilestoneCode.values)}
OWN = "230622"
KIND = "filed"
MISSING = ["施工图审查合格书", "建设资金已经落实承诺书"]
SENT_DAYS_AGO = (1, 3, 6, 9, 12, 16, 25, 34, 48)
CODES = ("province_code", "city_code", "county_code")


def write_checklists(
    rows: dict[int, DemoProject],
    *,
    today: date,
    calendar: WorkCalendar,
    at: datetime,
    city: User,
    clerk: User,
) -> int:
    """A list for each project that has not ended; returns the number of items."""
    call_command("load_catalogue", verbosity=0)
    _own_catalogue(city, at)
    ground = Ground(get_regime(), calendar)
    projects = Project.objects.filter(pk__in=rows, state__in=[ProjectState.ACTIVE, ProjectState.DONE])
    known = _Known(at)
    made: list[tuple[ChecklistItem, list[ItemEvent]]] = []
    lists: list[Checklist] = []
    for project in projects.select_related("division").order_by("pk"):
        catalogue, items, offices = known.of(project.division)
        checklist = Checklist(
            project=project, catalogue=catalogue, project_kind=KIND, made_by=clerk, made_at=at,
            **{code: getattr(project, code) for code in CODES},
        )  # fmt: skip
        lists.append(checklist)
        listed = list(_items(checklist, items, offices))
        story = _Story(rows[project.pk], listed, today, project.pk)
        for item in listed:
            events = list(_events(item, story.of(item), clerk, at))
            if item.is_running or project.county_code == OWN or _lately(item, today):
                for name, value in clock_fields(item, events, ground).items():
                    setattr(item, name, value)
            made.append((item, events))
    with transaction.atomic():
        _insert(lists, made)
    return len(made)


def _lately(item: ChecklistItem, today: date) -> bool:
    """Decided in the year the demo's reports cover, so that they count whether it was in time."""
    return item.ended_on is not None and item.ended_on > today - timedelta(days=400)


def _own_catalogue(city: User, at: datetime) -> None:
    """大庆 promises about half of what the law allows."""
    division = Division.objects.get(pk="230600")
    if Catalogue.objects.filter(division=division).exists():
        return
    draft = catalogues.open_draft(division=division, note="填写承诺时限", by=city, at=at)
    for item in draft.items.exclude(kind=ItemKind.IMMEDIATE):
        days = item.statutory_days or 10
        item.promised_days = max(1, days // 2)
        item.promised_unit = item.statutory_unit
        item.green_days = max(1, days // 4)
        item.save(update_fields=["promised_days", "promised_unit", "green_days"])
    catalogues.publish(
        catalogue=draft, note="按“减半”要求公布承诺时限", version=draft.version, by=city, at=at
    )


class _Known:
    """Catalogue, usual items and departments of each division, looked up once."""

    def __init__(self, at: datetime) -> None:
        self._divisions: dict[str, tuple[Catalogue, list[CatalogueItem], dict[str, Any]]] = {}
        self._items: dict[int, list[CatalogueItem]] = {}

    def of(self, division: Division) -> tuple[Catalogue, list[CatalogueItem], dict[str, Any]]:
        if division.pk not in self._divisions:
            catalogue = catalogue_for(division)
            assert catalogue is not None  # noqa: S101 - loaded just now
            if catalogue.pk not in self._items:
                self._items[catalogue.pk] = suggested(catalogue.items.order_by("position", "pk"), KIND)
            items = self._items[catalogue.pk]
            self._divisions[division.pk] = (
                catalogue, items, departments_for(division, {item.department_code for item in items})
            )  # fmt: skip
        return self._divisions[division.pk]


def _items(
    checklist: Checklist, rows: Sequence[CatalogueItem], offices: dict[str, Any]
) -> Iterator[ChecklistItem]:
    for row in rows:
        yield ChecklistItem(
            checklist=checklist,
            project=checklist.project,
            department=offices.get(row.department_code),
            **terms_of(row),
            **{code: getattr(checklist, code) for code in CODES},
        )


Said = list[tuple[str, date, dict[str, Any]]]


class _Story:
    """What happened to the items of one project, in the order of the list: nothing before what it waits for."""

    def __init__(self, project: DemoProject, items: Sequence[ChecklistItem], today: date, seed: int) -> None:
        self.project, self.today, self.random = project, today, Random(f"items of {seed}")
        self.listed = {item.code: item for item in items}
        self.decided: dict[str, date] = {}
        self.stages = {item.stage: _layers(items, item.stage) for item in items}

    def of(self, item: ChecklistItem) -> Said:
        """Set the item's state and days as its stage tells, and give what happened."""
        stage, actual = STAGES[item.stage], self.project.actual
        begun = next((day for day in reversed(actual[:stage]) if day), self.project.signed_on)
        if actual[stage] is not None or stage < self.project.done:
            return self._past(item, begun, actual[stage] or begun)
        if stage > self.project.done or begun >= self.today:
            return []
        before = [code for code in item.prerequisites if code in self.listed]
        if any(code not in self.decided for code in before):
            return []
        return self._present(item, max([begun, *(self.decided[code] for code in before)]))

    def _past(self, item: ChecklistItem, begun: date, end: date) -> Said:
        """Each layer of a finished stage has its share of the time; the last item ends with the key point."""
        layers = self.stages[item.stage]
        layer, share = layers[item.code], (end - begun) / (max(layers.values()) + 1)
        first, last = begun + share * layer, begun + share * (layer + 1)
        if item.code == list(layers)[-1]:
            last = end
        elif last > first + timedelta(days=2):
            last = _working(max(first, last - timedelta(days=self.random.randint(0, 2))))
        last = max(last, first)
        return self._decide(item, max(first, last - timedelta(days=self.random.randint(2, 24))), last)

    def _present(self, item: ChecklistItem, begun: date) -> Said:
        """Of an item that may go on: some not begun, most under way, a few waiting for materials or decided."""
        random, today = self.random, self.today
        if item.project.county_code != OWN and random.random() < 0.35:
            return []
        sent = _working(max(begun, today - timedelta(days=random.choice(SENT_DAYS_AGO))))
        sent = max(sent, begun)
        early = today - begun > timedelta(days=30) and random.random() < 0.35
        if sent < today and (early or (item.kind == ItemKind.IMMEDIATE and random.random() < 0.8)):
            sent = _working(begun + (sent - begun) / 2) if early else sent
            return self._decide(item, max(begun, sent), min(today, max(begun, sent) + timedelta(days=4)))
        item.state, item.submitted_on, item.is_running = ItemState.SUBMITTED, sent, True
        said: Said = [(EventKind.SUBMITTED, sent, {})]
        if _next_working(sent) > today or random.random() < 0.15:
            return said
        item.state, item.accepted_on = ItemState.ACCEPTED, _next_working(sent)
        item.ready = list(item.materials)
        said.append((EventKind.ACCEPTED, item.accepted_on, {}))
        asked = _next_working(item.accepted_on)
        if asked <= today and item.kind != ItemKind.IMMEDIATE and random.random() < 0.2:
            item.state, item.supplement_on, item.missing = ItemState.SUPPLEMENT, asked, MISSING[:1]
            item.ready = [one for one in item.materials if one not in MISSING[:1]]
            said.append((EventKind.SUPPLEMENT_ASKED, asked, {"details": {"missing": MISSING[:1]}}))
        return said

    def _decide(self, item: ChecklistItem, first: date, last: date) -> Said:
        if item.kind == ItemKind.IMMEDIATE:
            first = last
        item.state, item.ended_on, item.submitted_on = ItemState.DECIDED, last, first
        item.accepted_on, item.ready = min(_next_working(first), last), list(item.materials)
        item.result_number = f"{item.code}-{last.year}-{self.random.randint(1, 999):03d}"
        self.decided[item.code] = last
        return [
            (EventKind.SUBMITTED, first, {}),
            (EventKind.ACCEPTED, item.accepted_on, {}),
            (EventKind.DECIDED, last, {}),
        ]


def _layers(items: Sequence[ChecklistItem], stage: str) -> dict[str, int]:
    """Codes of the stage with the length of the longest chain before each inside the stage, the last one last."""
    found: dict[str, int] = {}
    for item in items:
        if item.stage == stage:
            found[item.code] = max(
                (found[code] + 1 for code in item.prerequisites if code in found), default=0
            )
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _next_working(day: date) -> date:
    """The next day that is not a Saturday or Sunday."""
    return day + timedelta(days=max(1, 7 - day.weekday() if day.weekday() >= 4 else 1))


def _working(day: date) -> date:
    """Not on a Saturday or Sunday: the Friday before. Holidays are not looked at, the demo is rough there."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _events(item: ChecklistItem, said: Said, clerk: User, at: datetime) -> Iterator[ItemEvent]:
    for kind, on, more in said:
        moment = at_hour(on, 10)
        yield ItemEvent(
            item=item, project=item.project, kind=kind, on=on, by=clerk, at=min(moment, at), **more,
            **{code: getattr(item, code) for code in CODES},
        )  # fmt: skip


def _insert(lists: list[Checklist], made: list[tuple[ChecklistItem, list[ItemEvent]]]) -> None:
    for checklist, pk in zip(lists, reserve_ids(Checklist, len(lists)), strict=True):
        checklist.pk = pk
    for (item, _events), pk in zip(made, reserve_ids(ChecklistItem, len(made)), strict=True):
        item.pk, item.checklist_id = pk, item.checklist.pk
    for model, rows, with_id in (
        (Checklist, lists, True),
        (ChecklistItem, [item for item, _events in made], True),
        (ItemEvent, [event for item, events in made for event in events], False),
    ):
        names = [f.attname for f in model._meta.concrete_fields if with_id or not f.primary_key]
        bulk_insert(model, names, ([_value(row, name) for name in names] for row in rows))


def _value(row: Any, name: str) -> Any:
    if name == "item_id":
        return row.item.pk
    return getattr(row, name)
