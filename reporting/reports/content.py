"""What one unit's report holds, built from the frozen figures. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from reporting.reports.figures import Discipline, Figures, OfficeFigures

PROVINCE, CITY, COUNTY = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the tables. `own` marks a city's projects that belong to none of its counties."""

    code: str
    name: str
    tier: int
    parent_code: str
    figures: Figures
    discipline: Discipline
    own: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "tier": self.tier,
            "parent_code": self.parent_code,
            "figures": self.figures.to_json(),
            "discipline": self.discipline.to_json(),
            "own": self.own,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Unit":
        return cls(
            code=values["code"],
            name=values["name"],
            tier=values["tier"],
            parent_code=values["parent_code"],
            figures=Figures.from_json(values["figures"]),
            discipline=Discipline.from_json(values["discipline"]),
            own=values.get("own", False),
        )


@dataclass(frozen=True, slots=True)
class LateProject:
    """One red project, named in the report with whose turn it is."""

    project_id: int
    name: str
    place: str
    milestone: str
    due_on: date
    days_late: int

    def to_json(self) -> dict[str, Any]:
        return {
            "project_id": self.project_id,
            "name": self.name,
            "place": self.place,
            "milestone": self.milestone,
            "due_on": self.due_on.isoformat(),
            "days_late": self.days_late,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "LateProject":
        return cls(**{**values, "due_on": date.fromisoformat(values["due_on"])})


@dataclass(frozen=True, slots=True)
class PressedMatter:
    """A matter that was pressed and not done at the cut-off (催办督办情况, G四). `days_late`: working days, 0 while its
    day has not passed. `step`: the rung it stood on. `place`: the unit that must do it, `holder` its office."""

    matter_id: int
    number: str
    title: str
    place: str
    holder: str
    project: str
    due_on: date
    days_late: int
    step: str
    is_listed: bool

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "due_on": self.due_on.isoformat()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PressedMatter":
        return cls(**{**values, "due_on": date.fromisoformat(values["due_on"])})


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One department of the division `place_code`; `name` is empty where no department was in charge."""

    place_code: str
    name: str
    figures: OfficeFigures

    def to_json(self) -> dict[str, Any]:
        return {"place_code": self.place_code, "name": self.name, "figures": self.figures.to_json()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "OfficeLine":
        return cls(values["place_code"], values["name"], OfficeFigures.from_json(values["figures"]))


@dataclass(frozen=True, slots=True)
class OfficePlace:
    """The departments of one place together: the unit's own (`own`), or those of a unit below and all under it."""

    code: str
    name: str
    tier: int
    figures: OfficeFigures
    own: bool = False


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything a report or circular is rendered from. Round-trips through JSON unchanged.

    `offices`: how the departments did; None in reports frozen before this was counted, which is not the same as none.
    """

    unit_code: str
    unit_name: str
    tier: int
    period: str
    cut_off_on: date
    total: Figures
    discipline: Discipline
    units: tuple[Unit, ...] = ()
    counties: tuple[Unit, ...] = ()
    late: tuple[LateProject, ...] = ()
    pressed: tuple[PressedMatter, ...] = ()
    previous_period: str = ""
    previous: Figures | None = None
    rules: dict[str, Any] = field(default_factory=dict)
    offices: tuple[OfficeLine, ...] | None = None

    @property
    def office_total(self) -> OfficeFigures:
        return sum((one.figures for one in self.offices or ()), OfficeFigures())

    @property
    def office_places(self) -> list[OfficePlace]:
        """The unit's own departments, then each unit below with all under it. Adds up to `office_total`."""
        above = {unit.code: unit.parent_code for unit in (*self.units, *self.counties) if not unit.own}
        sums: dict[str, OfficeFigures] = {}
        for line in self.offices or ():
            code = line.place_code
            while above.get(code, self.unit_code) != self.unit_code:
                code = above[code]
            sums[code] = sums.get(code, OfficeFigures()) + line.figures
        own = {PROVINCE: "省本级", CITY: "市本级"}.get(self.tier, self.unit_name)
        places = [
            OfficePlace(self.unit_code, own, self.tier, sums.get(self.unit_code, OfficeFigures()), own=True)
        ]
        return places + [
            OfficePlace(unit.code, unit.name, unit.tier, sums.get(unit.code, OfficeFigures()))
            for unit in self.units
            if not unit.own
        ]

    def place_name(self, code: str) -> str:
        """佳木斯市向阳区 in the province's papers, 省本级 for the unit's own departments."""
        unit = next((one for one in (*self.units, *self.counties) if one.code == code and not one.own), None)
        own = {PROVINCE: "省本级", CITY: "市本级"}.get(self.tier, self.unit_name)
        return self.full_name(unit) if unit else own

    def office_name(self, line: OfficeLine) -> str:
        """大庆市肇源县住房和城乡建设局 in the province's papers; the unit's own departments as they are called."""
        if line.place_code == self.unit_code:
            return line.name
        unit = next((one for one in (*self.units, *self.counties) if one.code == line.place_code), None)
        place = self.place_name(line.place_code)
        if unit is None or line.name.startswith(place):
            return line.name
        return (
            place.removesuffix(unit.name) + line.name
            if line.name.startswith(unit.name)
            else place + line.name
        )

    def full_name(self, unit: Unit) -> str:
        """佳木斯市向阳区 in the province's papers, where two cities have a 向阳区; 肇源县 in its own city's."""
        if self.tier != PROVINCE or unit.tier != COUNTY:
            return unit.name
        return next((u.name for u in self.units if u.code == unit.parent_code), "") + unit.name

    def to_json(self) -> dict[str, Any]:
        return {
            "unit": {"code": self.unit_code, "name": self.unit_name, "tier": self.tier},
            "period": self.period,
            "cut_off_on": self.cut_off_on.isoformat(),
            "total": self.total.to_json(),
            "discipline": self.discipline.to_json(),
            "units": [unit.to_json() for unit in self.units],
            "counties": [unit.to_json() for unit in self.counties],
            "late": [project.to_json() for project in self.late],
            "pressed": [matter.to_json() for matter in self.pressed],
            "previous_period": self.previous_period,
            "previous": self.previous.to_json() if self.previous else None,
            "rules": self.rules,
            "offices": None if self.offices is None else [line.to_json() for line in self.offices],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ReportContent":
        return cls(
            unit_code=values["unit"]["code"],
            unit_name=values["unit"]["name"],
            tier=values["unit"]["tier"],
            period=values["period"],
            cut_off_on=date.fromisoformat(values["cut_off_on"]),
            total=Figures.from_json(values["total"]),
            discipline=Discipline.from_json(values["discipline"]),
            units=tuple(Unit.from_json(u) for u in values["units"]),
            counties=tuple(Unit.from_json(u) for u in values["counties"]),
            late=tuple(LateProject.from_json(p) for p in values["late"]),
            pressed=tuple(PressedMatter.from_json(m) for m in values.get("pressed", ())),
            previous_period=values.get("previous_period", ""),
            previous=Figures.from_json(values["previous"]) if values.get("previous") else None,
            rules=dict(values.get("rules", {})),
            offices=None
            if values.get("offices") is None
            else tuple(OfficeLine.from_json(line) for line in values["offices"]),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """What the builder needs to know of a division."""

    code: str
    name: str
    tier: int
    parent_code: str


def build(
    *,
    unit: Place,
    period: str,
    cut_off_on: date,
    places: Sequence[Place],
    figures: Mapping[tuple[str, str], Figures],
    discipline: Mapping[str, Discipline],
    late: Iterable[LateProject],
    pressed: Iterable[PressedMatter] = (),
    previous_period: str = "",
    previous: Figures | None = None,
    rules: dict[str, Any] | None = None,
    offices: Iterable[OfficeLine] | None = None,
) -> ReportContent:
    """Sum the frozen county figures into the unit's report.

    A province lists its cities (and every county in an annex), a city its counties and its own projects, a county
    itself alone. A unit's discipline is that of everyone below who owes a ledger, its own included. `offices`: those of
    the whole province; the unit's own and those below it are kept.
    """
    city_own = {city: part for (city, county), part in figures.items() if not county}
    county_figures = {county: part for (_city, county), part in figures.items() if county}
    own_rest = figures.get(("", ""), Figures())
    counties = [
        _line(p, county_figures.get(p.code, Figures()), discipline.get(p.code, Discipline()))
        for p in places
        if p.tier == COUNTY
    ]

    def city_line(place: Place) -> Unit:
        below = [c for c in counties if c.parent_code == place.code]
        total = Figures.total([c.figures for c in below]) + city_own.get(place.code, Figures())
        own = discipline.get(place.code, Discipline())
        return _line(place, total, sum((c.discipline for c in below), own))

    cities = [city_line(p) for p in places if p.tier == CITY]
    if unit.tier == PROVINCE:
        lines, annex = cities, counties
        total = Figures.total([c.figures for c in cities]) + own_rest
        handed_in = sum((c.discipline for c in cities), Discipline())
    elif unit.tier == CITY:
        mine = next(c for c in cities if c.code == unit.code)
        lines = [c for c in counties if c.parent_code == unit.code]
        if city_own.get(unit.code):
            own = discipline.get(unit.code, Discipline())
            lines.append(
                Unit(unit.code, "市本级", unit.tier, unit.parent_code, city_own[unit.code], own, own=True)
            )
        annex, total, handed_in = [], mine.figures, mine.discipline
    else:
        mine = next(c for c in counties if c.code == unit.code)
        lines, annex, total, handed_in = [], [], mine.figures, mine.discipline
    return ReportContent(
        unit_code=unit.code,
        unit_name=unit.name,
        tier=unit.tier,
        period=period,
        cut_off_on=cut_off_on,
        total=total,
        discipline=handed_in,
        units=tuple(lines),
        counties=tuple(annex),
        late=tuple(late),
        pressed=tuple(pressed),
        previous_period=previous_period,
        previous=previous,
        rules=rules or {},
        offices=None
        if offices is None
        else tuple(one for one in offices if _lies_in(one.place_code, unit, places)),
    )


def _line(place: Place, figures: Figures, discipline: Discipline) -> Unit:
    return Unit(place.code, place.name, place.tier, place.parent_code, figures, discipline)


def _lies_in(code: str, unit: Place, places: Sequence[Place]) -> bool:
    above = {place.code: place.parent_code for place in places}
    while code and code != unit.code:
        code = above.get(code, "")
    return code == unit.code
