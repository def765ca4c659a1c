"""What of a frozen report and its circular may be public. Pure.

Everything public passes through here, field by field: a new figure, column or text of a report stays inside until it
is named in this file. Named projects, companies, people, remarks and amounts of single projects are never named here.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.outside.personal import personal
from policy.periods import Period, PeriodKind
from reporting.disclosure.beside import ALONE, OFFICES, PROJECTS, Beside
from reporting.disclosure.withholding import (
    Counts,
    Groups,
    fields_of,
    hidden_beside,
    hidden_in_sums,
    hidden_parts,
    is_small,
    is_telling,
    kept,
    quiet,
    sum_of,
)
from reporting.reports.content import ReportContent, Unit
from reporting.reports.figures import RATES, Figures

# Counts and sums that may be shown, in the order of the open data.
FIGURES = (
    "signed",
    "new_signed",
    "fulfilled",
    "started",
    "completed",
    "produced",
    "start_planned",
    "started_of_planned",
    "points_finished",
    "points_on_time",
    "lost",
)
PUBLIC_RATES = (
    "fulfilment_rate",
    "start_rate",
    "planned_start_rate",
    "completion_rate",
    "production_rate",
    "on_time_rate",
)
# How departments did, by group: the first of each is the number of cases, withheld below it are the others.
OFFICE_FIGURES = (
    ("due", "on_time", "late"),
    ("letters", "letters_answered", "letters_late"),
    ("rated", "good"),
)
OFFICE_RATE = "approval_rate"
DISCIPLINE = ("expected", "on_time", "extended", "late", "missing", "exempt", "open")
# Of a policy notice written for everybody; files, addressees and writers stay inside.
NOTICE = ("slug", "title", "text", "place", "published_at", "withdrawn_at", "reason")
RULE = ("name", "numerator", "denominator", "definition", "basis")


@dataclass(frozen=True, slots=True)
class Finding:
    """What must not go public, found in words. `section` and `paragraph` count from 1; paragraph 0 is the heading,
    section 0 the title."""

    section: int
    paragraph: int
    text: str
    is_name: bool = False  # of a project or company; else personal data


def payload_of(
    content: ReportContent,
    *,
    title: str,
    number: str,
    issued_on: Any,
    sections: Sequence[Mapping[str, Any]],
    extras: Mapping[str, Any] | None = None,
    beside: Beside = ALONE,
    others: Mapping[str, Beside] | None = None,
) -> dict[str, Any]:
    """The public part of a circular as JSON values. `sections`: those the publisher chose. `extras`: see `statistic`.
    `beside`: what is published of the period elsewhere; `others`: the same of the previous one and of its months."""
    hidden = hidden_units(content, beside)
    others = others or {}
    before = others.get(content.previous_period, ALONE)
    months = [others.get(str(month), ALONE) for month in Period.parse(content.period).months]
    return {
        "title": title,
        "number": number,
        "issued_on": issued_on.isoformat(),
        "unit": {"code": content.unit_code, "name": content.unit_name, "tier": content.tier},
        "period": content.period,
        "cut_off_on": content.cut_off_on.isoformat(),
        "total": figures_of(content.total, hidden=bool(beside.withholds(PROJECTS))),
        "previous": figures_of(content.previous, hidden=bool(before.withholds(PROJECTS)))
        if content.previous
        else None,
        "previous_period": content.previous_period,
        "discipline": {name: getattr(content.discipline, name) for name in DISCIPLINE},
        "units": [_unit(unit, content, hidden) for unit in content.units if not unit.own],
        "counties": [_unit(unit, content, hidden) for unit in content.counties],
        "rules": {
            key: {name: str(rule[name]) for name in RULE if name in rule}
            for key, rule in content.rules.items()
            if key in (*PUBLIC_RATES, OFFICE_RATE)
        },
        "offices": offices_of(content, beside),
        "sections": [
            {"heading": str(one.get("heading", "")), "paragraphs": [str(text) for text in one["paragraphs"]]}
            for one in sections
        ],
        "extras": {
            name: statistic(name, values, _places(content), beside, months)
            for name, values in (extras or {}).items()
            if name in EXTRAS
        },
    }


# Statistics of other subjects by group; the first of each is the number of its cases (see `withholding`).
EXTRAS: dict[str, Groups] = {
    "ratings": (("rated", "good", "bad", "followed_up", "not_adopted"),),
    "complaints": (
        ("received",),
        quiet("accepted"),
        quiet("finished"),
        ("finished", "finished_on_time"),
        quiet("asked"),
        ("asked", "satisfied"),
    ),
}
GROUPS: dict[str, Groups] = {
    PROJECTS: (("signed", "started"),),
    OFFICES: OFFICE_FIGURES,
    **EXTRAS,
}  # by subject
BY_EVENT = "event"  # each step counts in the period in which it was taken
WHOLE = ""  # among codes of places
QUARTER = 3  # months


def statistic(
    name: str,
    values: Mapping[str, Any],
    places: Sequence[tuple[str, str]] = (),
    beside: Beside = ALONE,
    months: Sequence[Beside] = (),
) -> dict[str, Any]:
    """The allowed fields of a further statistic: the whole, and by place where `values["places"]` counts by code.

    `places`: (code, name) of those to list. Of a group with fewer than three cases their number at most, and of others
    as much as keeps a difference from telling it. `values["months"]`: the same of each month of a quarter or year, of
    which the sums are shown. `beside`, `months`: what is published elsewhere of the period and of each month.
    """
    groups = EXTRAS[name]
    cells = [_cells(one, groups, places) for one in values.get("months", [values])]
    around = (months or [ALONE] * len(cells)) if "months" in values else [beside]
    hidden = [
        _hidden_cells(one, groups, near.withholds(name), near.shows(name))
        for one, near in zip(cells, around, strict=True)
    ]
    for size in (QUARTER, len(cells)) if len(cells) > 1 else ():
        # of a year, the months that no quarter covers; of these what the year would tell
        blocks = [slice(n, n + size) for n in range(0, len(cells), size)]
        sums = [hidden_in_sums(cells[one], hidden[one], groups) for one in blocks]
        hidden = [
            {key: names & sums[n // size][key] for key, names in month.items()}
            for n, month in enumerate(hidden)
        ]
    shown = {code: set[str]().union(*(month[code] for month in hidden)) for code in cells[0]}
    sums_of = {code: sum_of([one[code] for one in cells]) for code in shown}
    gone = [group for group in groups if group[0] in beside.withholds(name)]
    for code, names in _hidden_cells(sums_of, gone, beside.withholds(name), beside.shows(name)).items():
        shown[code] |= names
    figures = {code: kept(one, groups, shown[code]) for code, one in sums_of.items()}
    known: dict[str, Any] = figures.pop(WHOLE)
    known |= {field: values[field] for field in ("period", "counted_by") if field in values}
    if figures:
        known["places"] = [{"code": code, "name": label, "figures": figures[code]} for code, label in places]
    return known


def _cells(values: Mapping[str, Any], groups: Groups, places: Sequence[tuple[str, str]]) -> dict[str, Counts]:
    """The allowed counts of the whole and by place; those of a place that is listed no more with the unit's own."""
    fields = fields_of(groups)
    cells: dict[str, Counts] = {WHOLE: {field: values[field] for field in fields if field in values}}
    counted = values.get("places")
    if counted is None:
        return cells
    listed = {code for code, _name in places}
    for n, (code, _name) in enumerate(places):
        mine = [counted.get(code, {})]
        if n == 0:
            mine += [one for other, one in counted.items() if other not in listed]
        cells[code] = {field: sum(one.get(field, 0) for one in mine) for field in fields}
    return cells


def _hidden_cells(
    cells: Mapping[str, Counts], groups: Groups, withheld: set[str], shown: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """Groups withheld of the whole and of each place, within one period. `withheld` and `shown`: elsewhere."""
    parts = {code: counts for code, counts in cells.items() if code != WHOLE}
    gone = {first for first, *_rest in groups if first in withheld or is_telling(cells[WHOLE], first)}
    return {WHOLE: gone} | hidden_parts(parts, groups, cells[WHOLE], gone, shown)


def _places(content: ReportContent) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in content.office_places]


def notice(values: Mapping[str, Any]) -> dict[str, Any]:
    """The allowed fields of a policy notice; a withdrawn one carries `withdrawn_at` and `reason`."""
    return {field: values[field] for field in NOTICE if field in values}


def hidden_units(content: ReportContent, beside: Beside = ALONE) -> set[str]:
    """Codes of the units that show their number of projects alone: those with fewer than three, and as many beside them
    that neither follow from the total, nor the counties from their city."""
    shown = beside.shows(PROJECTS).get("signed", set())
    units = {unit.code: unit.figures.signed for unit in content.units if not unit.own}
    total = content.total.signed
    gone = is_small(total) or bool(beside.withholds(PROJECTS))
    hidden = hidden_beside(total, units, whole_withheld=gone, shown=shown)
    for city, signed in units.items():
        counties = {one.code: one.figures.signed for one in content.counties if one.parent_code == city}
        if counties:
            hidden |= hidden_beside(signed, counties, whole_withheld=city in hidden, shown=shown)
    return hidden


def figures_of(figures: Figures, *, hidden: bool = False) -> dict[str, Any]:
    """Allowed sums with the rates as [numerator, denominator]; withheld below three projects, and where `hidden`."""
    if hidden or is_small(figures.signed):
        return {"signed": figures.signed, "withheld": True}
    sums: dict[str, Any] = {name: getattr(figures, name) for name in FIGURES}
    sums["rates"] = {key: [getattr(figures, part) for part in RATES[key]] for key in PUBLIC_RATES}
    return sums


def offices_of(content: ReportContent, beside: Beside = ALONE) -> dict[str, Any] | None:
    """How the departments did, by place and one by one; None in reports frozen before it was counted.

    Ratings are shown by the month alone: a quarter beside its months would tell what a month withholds.
    """
    if content.offices is None:
        return None
    above = {unit.code: unit.parent_code for unit in (*content.units, *content.counties) if not unit.own}
    never = set() if Period.parse(content.period).kind is PeriodKind.MONTH else {"rated"}
    gone = never | beside.withholds(OFFICES)
    hidden = _hidden_offices(content, above, gone, beside.shows(OFFICES))
    return {
        "total": kept(content.office_total.to_json(), OFFICE_FIGURES, gone),
        "places": [
            {
                "code": one.code,
                "name": one.name,
                "tier": one.tier,
                "own": one.own,
                "figures": kept(one.figures.to_json(), OFFICE_FIGURES, hidden[one.code] | never),
            }
            for one in content.office_places
        ],
        "departments": [
            {
                "place_code": one.place_code,
                "parent_code": above.get(one.place_code, ""),
                "place": content.place_name(one.place_code),
                "name": one.name,
                "figures": kept(one.figures.to_json(), OFFICE_FIGURES, hidden[n] | never),
            }
            for n, one in enumerate(content.offices)
        ],
    }


def _hidden_offices(
    content: ReportContent, above: Mapping[str, str], gone: set[str], shown: Mapping[str, set[str]]
) -> dict[str | int, set[str]]:
    """Groups withheld of each place (by code) and of each department (by position): places add up to the total,
    departments to their place. `gone`: groups withheld of the total; `shown`: by group the places shown elsewhere."""
    places: dict[str | int, dict[str, int]] = {
        one.code: one.figures.to_json() for one in content.office_places
    }
    found: dict[str | int, set[str]] = {}
    found |= hidden_parts(places, OFFICE_FIGURES, content.office_total.to_json(), gone, shown)
    for code, whole in places.items():
        parts: dict[str | int, dict[str, int]] = {}
        for n, one in enumerate(content.offices or ()):
            place = one.place_code
            while above.get(place, content.unit_code) != content.unit_code:
                place = above[place]
            if place == code:
                parts[n] = one.figures.to_json()
        found |= hidden_parts(parts, OFFICE_FIGURES, whole, set(found[code]))
    return found


def findings(
    sections: Iterable[Mapping[str, Any]], names: Iterable[str] = (), *, title: str = ""
) -> list[Finding]:
    """Phone numbers, identity numbers, mail addresses, and `names` of projects and companies; never published."""
    known = [(name, _plain(name)) for name in names]
    places = [(0, 0, title)] if title else []
    for n, section in enumerate(sections, 1):
        places += [
            (n, m, str(text)) for m, text in enumerate((section.get("heading", ""), *section["paragraphs"]))
        ]
    found = []
    for n, m, text in places:
        found += [Finding(n, m, hit) for hit in personal(text)]
        found += [Finding(n, m, name, is_name=True) for name in _named(_plain(text), known)]
    return found


def _named(text: str, known: Sequence[tuple[str, str]]) -> list[str]:
    """The names that stand in the text, in the order of the text; of one inside another only the longer."""
    hits = [(text.find(plain), name, plain) for name, plain in known if plain and plain in text]
    whole = [
        hit
        for hit in hits
        if not any(
            hit[2] != other[2] and hit[2] in other[2] and _inside(text, hit[2], other[2]) for other in hits
        )
    ]
    return [name for _at, name, _ in sorted(whole)]


def _inside(text: str, part: str, whole: str) -> bool:
    """Whether `part` stands in the text only where `whole` stands."""
    return part not in text.replace(whole, "\0")


def _plain(text: str) -> str:
    """As written by anybody: full or half width, with or without spaces, are the same."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _unit(unit: Unit, content: ReportContent, hidden: set[str]) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": content.full_name(unit),
        "tier": unit.tier,
        "parent_code": unit.parent_code,
        "figures": figures_of(unit.figures, hidden=unit.code in hidden),
        "discipline": {name: getattr(unit.discipline, name) for name in DISCIPLINE},
    }
