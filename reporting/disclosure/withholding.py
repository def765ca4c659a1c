"""Which small figures are withheld, so that neither they nor their differences tell about single cases. Pure.

A group of figures begins with the number of its cases, which is always shown; the others only say something about the
cases. Of fewer than three cases the others are withheld; what people said (`SAID`) also where one or two stand alone with
their word, for or against. A whole is shown beside its parts, so one part alone must not be
lacking: then the next smaller part is withheld too, until at least two parts with three cases together are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

SMALLEST = 3  # cases or projects, reliability.md P-06
SAID = {"rated": "good", "asked": "satisfied"}  # by group: how many were content; the rest was not
Groups = Sequence[tuple[str, ...]]
Counts = Mapping[str, int]
Key = TypeVar("Key")


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


def is_telling(figures: Counts, first: str) -> bool:
    """Whether the group would tell about one or two: so few cases, or so few of one opinion."""
    count, content = figures.get(first, 0), figures.get(SAID.get(first, ""))
    return is_small(count) or (content is not None and (is_small(content) or is_small(count - content)))


def withheld(
    counts: Mapping[Key, int], telling: Collection[Key] = (), *, whole_withheld: bool = False
) -> set[Key]:
    """Parts whose figures are withheld: small ones and those `telling`. With a whole that is withheld itself one part is
    enough to keep it so."""
    chosen = {key for key, count in counts.items() if is_small(count)} | set(telling)
    if not chosen and not whole_withheld:
        return chosen
    parts = 1 if whole_withheld else 2
    for key in sorted(
        (key for key in counts if counts[key] and key not in chosen), key=lambda key: counts[key]
    ):
        if len(chosen) >= parts and (whole_withheld or sum(counts[one] for one in chosen) >= SMALLEST):
            break
        chosen.add(key)
    return chosen


def kept(figures: Counts, groups: Groups, hidden: set[str] | frozenset[str] = frozenset()) -> dict[str, int]:
    """The figures that are shown. `hidden`: groups, by their first name, withheld for the sake of others. A figure may
    lead a group and belong to an earlier one; with the earlier one it is withheld altogether."""
    gone: set[str] = set()
    for first, *others in groups:
        if first in hidden or first in gone or is_telling(figures, first):
            gone.update(others)
    names = dict.fromkeys(name for group in groups for name in group)
    return {name: figures[name] for name in names if name in figures and name not in gone}


def hidden_parts(
    parts: Mapping[Key, Counts],
    groups: Groups,
    whole: Counts | None = None,
    hidden: set[str] | frozenset[str] = frozenset(),
) -> dict[Key, set[str]]:
    """For each part the groups to withhold. `whole`: what they add up to, of which the groups `hidden` are withheld."""
    found: dict[Key, set[str]] = {key: set() for key in parts}
    for first, *_rest in groups:
        gone = first in hidden or (whole is not None and is_telling(whole, first))
        counts = {key: part[first] for key, part in parts.items()}
        telling = [key for key, part in parts.items() if is_telling(part, first)]
        for key in withheld(counts, telling, whole_withheld=gone):
            found[key].add(first)
    return found
