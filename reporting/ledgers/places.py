"""From the place a clerk wrote to the division it means. Pure: built once from division rows, asked per row.

The uploader's own area is looked at first. A name that exists twice (向阳区 in 鹤岗 and in 佳木斯) is settled by the unit
or by a city named before it, else asked. A place outside the area gets the same answer as a project that is not there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

PROVINCE, CITY, COUNTY = 1, 2, 3
_BLANK = re.compile(r"[\s()（）\-—·、,，。/]+")
_LOOKS_LIKE_DIVISION = re.compile(r"[\u4e00-\u9fff]{1,7}?(?:自治县|地区|市|县|旗)")
_DISTRICT = re.compile(r"^([\u4e00-\u9fff]{1,7}?区)")
# Areas inside a county that end like a district but are none.
_NO_DISTRICT = re.compile(
    r"(园区|开发区|新区|工业区|示范区|集聚区|项目区|社区|小区|库区|景区|林区|矿区|牧区|产业区|片区|作业区|保税区|合作区|经开区|高新区|加工区)$"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A division as far as names and codes go."""

    code: str
    name: str
    short_name: str
    tier: int
    path: str
    city_code: str


class PlaceKind(StrEnum):
    FOUND = "found"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Resolved:
    """`code` of the division meant (FOUND), or the `choices` it may be (AMBIGUOUS)."""

    kind: PlaceKind
    code: str = ""
    choices: tuple[Place, ...] = ()


class PlaceIndex:
    """Names of divisions and their aliases."""

    def __init__(self, places: Iterable[Place], aliases: Iterable[tuple[str, str]] = ()) -> None:
        self.by_code = {place.code: place for place in places}
        self._full: dict[str, set[str]] = defaultdict(set)
        self._short: dict[str, set[str]] = defaultdict(set)
        for place in self.by_code.values():
            self._full[place.name].add(place.code)
            if place.short_name != place.name and len(place.short_name) >= 2:
                self._short[place.short_name].add(place.code)
        for name, code in aliases:
            if code in self.by_code:
                self._full[name].add(code)
        self._longest = max((len(n) for n in [*self._full, *self._short]), default=0)
        self._answers: dict[tuple[str, str], Resolved] = {}

    def resolve(self, text: str, unit: str) -> Resolved:
        """What `text` means in a table of the division `unit`. Blank text means the unit itself."""
        key = (text, unit)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._resolve(text, unit)
        return found

    def unit_named(self, text: str, unit: str) -> Resolved:
        """The division a title or a 填报单位 line names, full names anywhere, short ones at its start; UNKNOWN: none."""
        plain = _fold(text)
        for start in range(len(plain)):
            if start and not any(plain.startswith(name, start) for name in self._full):
                continue
            chain, _rest = self._chain(plain[start:])
            if chain:
                return self._settle(chain, unit)
        return Resolved(PlaceKind.UNKNOWN)

    def _resolve(self, text: str, unit: str) -> Resolved:
        plain = _fold(text)
        if not plain:
            return Resolved(PlaceKind.FOUND, unit)
        chain, rest = self._chain(plain)
        if not chain:
            return self._unnamed(plain, unit)
        answer = self._settle(chain, unit)
        if answer.kind is not PlaceKind.FOUND:
            return answer
        # 大庆市火星县: the city is known, what follows looks like a division and is none.
        named = max(self.by_code[code].tier for code in chain[-1])
        if named < COUNTY and self._names_a_division(rest):
            return Resolved(PlaceKind.UNKNOWN)
        return answer

    def _unnamed(self, plain: str, unit: str) -> Resolved:
        if self._names_a_division(plain):
            return Resolved(PlaceKind.UNKNOWN)
        return Resolved(PlaceKind.FOUND, unit)  # a township, a street, a park of the unit's own

    def _names_a_division(self, text: str) -> bool:
        found = _LOOKS_LIKE_DIVISION.match(text)
        if found and not _NO_DISTRICT.search(found[0]):
            return True
        district = _DISTRICT.match(text)
        return bool(district and not _NO_DISTRICT.search(district[1]) and len(district[1]) <= 6)

    def _chain(self, plain: str) -> tuple[list[set[str]], str]:
        """Divisions named one after the other from the start: [{230000}, {230600}, {230622}], and what is left."""
        chain: list[set[str]] = []
        rest = plain
        while rest and len(chain) < 3:
            codes, length = self._at_start(rest)
            if not codes:
                break
            chain.append(codes)
            rest = rest[length:]
        return chain, rest

    def _at_start(self, text: str) -> tuple[set[str], int]:
        for length in range(min(len(text), self._longest), 1, -1):
            head = text[:length]
            codes = self._full.get(head) or self._short.get(head)
            if codes:
                return codes, length
        return set(), 0

    def _settle(self, chain: list[set[str]], unit: str) -> Resolved:
        """The last division of the chain that fits under the ones before it, the unit's own area first."""
        candidates = chain[-1]
        for above in reversed(chain[:-1]):
            under = {c for c in candidates if any(self._inside(c, a) for a in above)}
            if not under:
                return Resolved(PlaceKind.UNKNOWN)
            candidates = under
        own = {c for c in candidates if self._inside(c, unit)}
        if not own:
            # 大庆市 in a county's table is the county itself written short.
            if any(self._inside(unit, c) for c in candidates):
                return Resolved(PlaceKind.FOUND, unit)
            return Resolved(PlaceKind.FOREIGN)
        if len(own) > 1:
            deepest = {c for c in own if self.by_code[c].tier == COUNTY} or own
            if len(deepest) > 1:
                return Resolved(PlaceKind.AMBIGUOUS, choices=tuple(self.by_code[c] for c in sorted(deepest)))
            own = deepest
        return Resolved(PlaceKind.FOUND, next(iter(own)))

    def _inside(self, code: str, area: str) -> bool:
        place, outer = self.by_code.get(code), self.by_code.get(area)
        return bool(place and outer and place.path.startswith(outer.path))


def _fold(text: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", text or ""))
