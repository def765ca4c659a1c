"""What other publications of the same period say of the same places, so that none tells what another withholds. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reporting.disclosure.withholding import Groups

PROJECTS, OFFICES = "projects", "offices"


@dataclass(frozen=True, slots=True)
class Beside:
    """Of the publications that stand beside a unit's own. `withheld`: by subject the groups they withhold of the unit
    itself; `shown`: by subject and group the codes of other places of which they show it."""

    withheld: Mapping[str, set[str]] = field(default_factory=dict)
    shown: Mapping[str, Mapping[str, set[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, payloads: Iterable[Mapping[str, Any]], code: str, groups: Mapping[str, Groups]) -> "Beside":
        """`code`: the unit that publishes. `groups`: by subject."""
        withheld: dict[str, set[str]] = {}
        shown: dict[str, dict[str, set[str]]] = {}
        for subject, place, figures in (line for payload in payloads for line in _lines(payload)):
            for first, *others in groups.get(subject, ()):
                kept = all(name in figures for name in others)
                if place == code and not kept:
                    withheld.setdefault(subject, set()).add(first)
                elif place != code and kept:
                    shown.setdefault(subject, {}).setdefault(first, set()).add(place)
        return cls(withheld, shown)

    def withholds(self, subject: str) -> set[str]:
        return self.withheld.get(subject, set())

    def shows(self, subject: str) -> Mapping[str, set[str]]:
        return self.shown.get(subject, {})


def _lines(payload: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(subject, code, figures) of the whole of each place; what a unit's own offices did is not the unit."""
    unit, offices = payload["unit"]["code"], payload.get("offices")
    yield PROJECTS, unit, payload["total"]
    for one in (*payload["units"], *payload["counties"]):
        yield PROJECTS, one["code"], one["figures"]
    for one in (offices or {}).get("places", ()):
        if "good" not in one["figures"]:  # how a place was rated stands beside the office figures as well
            yield "ratings", one["code"], {}
    subjects: dict[str, tuple[Any, Any]] = {OFFICES: (offices["total"], offices["places"])} if offices else {}
    subjects |= {
        name: (whole, whole.get("places", ())) for name, whole in (payload.get("extras") or {}).items()
    }
    for subject, (whole, places) in subjects.items():
        yield subject, unit, whole
        yield from ((subject, one["code"], one["figures"]) for one in places if one["code"] != unit)


ALONE = Beside()
