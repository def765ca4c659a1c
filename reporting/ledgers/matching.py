"""Which project of the area a row is. Pure: an index over the area's projects, asked row by row.

Known by its number first, then by name, company and place written the same. What is only alike is asked about and never
merged by itself; a number that is not found in the area is told the same way whether it exists elsewhere or not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from projects.text import company_key, name_key, similarity

ALIKE = 0.72
ALIKE_SAME_COMPANY = 0.45
_MOST_SHARED = 60  # a pair of characters in more names than this tells nothing
_MOST_CANDIDATES = 5
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+期")


@dataclass(slots=True)
class LiveProject:
    """A project of the area as it stands now. `values` by ledger field (元, ISO dates, text); nodes as "node.<code>"."""

    id: int
    number: str
    investment_code: str
    name: str
    company: str
    division_code: str
    state: str
    version: int
    values: dict[str, Any] = field(default_factory=dict)
    winter_stop: bool = False
    paused: bool = False
    reported_period: str = ""
    nodes_planned: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """`kind` as in models.RowMatch; `project` when matched; `candidates` (ids) when unsure."""

    kind: str
    project: LiveProject | None = None
    candidates: tuple[int, ...] = ()


NEW = Match("new")
FOREIGN = Match("foreign")


class ProjectIndex:
    """The area's projects by number, by name and by the pairs of characters in their names."""

    def __init__(self, projects: Iterable[LiveProject]) -> None:
        self.by_id: dict[int, LiveProject] = {}
        self._by_code: dict[str, list[LiveProject]] = defaultdict(list)
        self._by_name: dict[str, list[LiveProject]] = defaultdict(list)
        self._by_company: dict[str, list[LiveProject]] = defaultdict(list)
        self._pairs: dict[str, list[int]] | None = None
        for project in projects:
            self.by_id[project.id] = project
            self._by_code[_code(project.number)].append(project)
            if project.investment_code:
                self._by_code[_code(project.investment_code)].append(project)
            self._by_name[company_key(project.name)].append(project)
            if project.company:
                self._by_company[company_key(project.company)].append(project)

    def find(self, *, name: str, company: str, unit_code: str, code: str = "") -> Match:
        """The project a row means. `unit_code`: the division its place means, "" when not known."""
        if code:
            hits = self._by_code.get(_code(code), [])
            return Match("matched", hits[0]) if len(hits) == 1 else FOREIGN if not hits else _unsure(hits)
        owner = company_key(company)
        named = [p for p in self._by_name.get(company_key(name), []) if _near(p.division_code, unit_code)]
        if named:
            return self._settle(named, owner, unit_code)
        alike = self._alike(name, owner, unit_code)
        return Match("unsure", candidates=alike) if alike else NEW

    def of_company(self, company: str) -> list[LiveProject]:
        """Other projects of the same company in the area."""
        return self._by_company.get(company_key(company), []) if company else []

    def _settle(self, named: list[LiveProject], owner: str, unit_code: str) -> Match:
        """Several or one of the same name: the same company, or one side without a company, is the same project."""
        here = [p for p in named if p.division_code == unit_code] or named
        same = [p for p in here if not owner or not p.company or company_key(p.company) == owner]
        exact = [p for p in same if owner and company_key(p.company) == owner]
        chosen = exact or same
        return Match("matched", chosen[0]) if len(chosen) == 1 else _unsure(chosen or here)

    def _alike(self, name: str, owner: str, unit_code: str) -> tuple[int, ...]:
        key = name_key(name)
        pairs = self._pair_index()
        shared: Counter[int] = Counter()
        for pair in _pairs_of(key):
            held = pairs.get(pair)
            if held is not None and len(held) <= _MOST_SHARED:
                shared.update(held)
        for project in self._by_company.get(owner, ())[:_MOST_SHARED] if owner else ():
            shared[project.id] += 1
        scored = []
        for project_id, _count in shared.most_common(20):
            project = self.by_id[project_id]
            if not _near(project.division_code, unit_code):
                continue
            of_owner = bool(owner) and company_key(project.company) == owner
            if not of_owner and _numbers(name) != _numbers(project.name):
                continue  # 10万吨 and 20万吨, 一期 and 二期 of different companies
            score = similarity(name, project.name)
            if score >= (ALIKE_SAME_COMPANY if of_owner else ALIKE):
                scored.append((-score, project_id))
        return tuple(project_id for _score, project_id in sorted(scored)[:_MOST_CANDIDATES])

    def _pair_index(self) -> dict[str, list[int]]:
        if self._pairs is None:
            self._pairs = defaultdict(list)
            for project in self.by_id.values():
                for pair in _pairs_of(name_key(project.name)):
                    self._pairs[pair].append(project.id)
        return self._pairs


def _unsure(projects: Iterable[LiveProject]) -> Match:
    return Match("unsure", candidates=tuple(p.id for p in projects)[:_MOST_CANDIDATES])


def _code(text: str) -> str:
    return re.sub(r"[\s\-—－]", "", text).upper()


def _near(division_code: str, unit_code: str) -> bool:
    """Same county; a row or a project placed only at the city may be any of its counties'."""
    if not unit_code or division_code == unit_code:
        return True
    return division_code[:4] == unit_code[:4] and "00" in (division_code[4:6], unit_code[4:6])


def _pairs_of(key: str) -> set[str]:
    return {key[i : i + 2] for i in range(len(key) - 1)} or {key}


def _numbers(name: str) -> set[str]:
    return set(_NUMBERS.findall(name))
