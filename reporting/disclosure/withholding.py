"""Which small figures are withheld, so that neither they nor their differences tell about single cases. Pure.

A group of figures begins with the number of its cases, which it always shows; the others only say something about the
cases. Of fewer than three cases the others are withheld; what people said (`SAID`) also where one or two stand alone with
their word, for or against. Where the number itself tells how single cases went, a group `quiet` of it stands before.

A whole is shown beside its parts, so one part alone must not be lacking: then the next smaller part is withheld too, until
at least two parts with three cases together are. A quarter is shown beside its months and a year beside both, so their
sums are withheld where they would tell one of these.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

SMALLEST = 3  # cases or projects, reliability.md P-06
SAID = {"rated": "good", "asked": "satisfied"}  # by group: how many were content; the rest was not
Groups = Sequence[tuple[str, ...]]
Counts = Mapping[str, int]
Key = TypeVar("Key")


def quiet(name: str) -> tuple[str, ...]:
    """The group that withholds a number of one or two; with it goes the group the number leads."""
    return f"={name}", name


def fields_of(groups: Groups) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group if not name.startswith("=")))


def _cases(figures: Counts, first: str) -> int:
    return figures.get(first.removeprefix("="), 0)


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


def is_telling(figures: Counts, first: str) -> bool:
    """Whether the group would tell about one or two: so few cases, or so few of one opinion."""
    count, content = _cases(figures, first), figures.get(SAID.get(first, ""))
    return is_small(count) or (content is not None and (is_small(content) or is_small(count - content)))


def withheld(
    counts: Mapping[Key, int],
    telling: Collection[Key] = (),
    *,
    whole_withheld: bool = False,
    shown: Collection[Any] = (),
) -> set[Key]:
    """Parts whose figures are withheld: small ones and those `telling`. With a whole that is withheld itself one part is
    enough to keep it so, if it has three cases: it may be the whole's companion. Those `shown` elsewhere keep nothing
    company: they come last."""
    chosen = {key for key, count in counts.items() if is_small(count)} | set(telling)
    if not chosen and not whole_withheld:
        return chosen
    parts = 1 if whole_withheld else 2
    others = [key for key in counts if counts[key] and key not in chosen]
    for key in sorted(others, key=lambda key: (key in shown, counts[key])):
        if len(chosen) >= parts and sum(counts[one] for one in chosen) >= SMALLEST:
            break
        chosen.add(key)
    return chosen


def kept(figures: Counts, groups: Groups, hidden: set[str] | frozenset[str] = frozenset()) -> dict[str, int]:
    """The figures that are shown. `hidden`: groups, by their first name, withheld for the sake of others."""
    gone: set[str] = set()
    for first, *others in groups:
        if first in hidden or first in gone or is_telling(figures, first):
            gone.update(others)
    return {name: figures[name] for name in fields_of(groups) if name in figures and name not in gone}


def hidden_parts(
    parts: Mapping[Key, Counts],
    groups: Groups,
    whole: Counts | None = None,
    hidden: set[str] | frozenset[str] = frozenset(),
    shown: Mapping[str, Collection[Any]] | None = None,
) -> dict[Key, set[str]]:
    """For each part the groups to withhold. `whole`: what they add up to, of which the groups `hidden` are withheld.
    `shown`: by group the parts shown elsewhere."""
    found: dict[Key, set[str]] = {key: set() for key in parts}
    for first, *_rest in groups:
        gone = first in hidden or (whole is not None and is_telling(whole, first))
        counts = {key: _cases(part, first) for key, part in parts.items()}
        telling = [key for key, part in parts.items() if is_telling(part, first)]
        known = (shown or {}).get(first, ())
        for key in withheld(counts, telling, whole_withheld=gone, shown=known):
            found[key].add(first)
    return found


def hidden_beside(
    whole: int, parts: Mapping[str, int], *, whole_withheld: bool = False, shown: Collection[str] = ()
) -> set[str]:
    """Parts to withhold by their numbers of cases. What of the whole no part shows is lacking already and keeps a small
    one company; where it is small itself a part has to."""
    counts: dict[str, int] = {**parts, "": whole - sum(parts.values())}
    chosen = whole_withheld or any(is_small(count) for count in counts.values())
    rest = [""] if chosen and counts[""] else []
    return withheld(counts, rest, whole_withheld=whole_withheld, shown=shown) - {""}


def hidden_in_sums(
    cells: Sequence[Mapping[Key, Counts]], hidden: Sequence[Mapping[Key, set[str]]], groups: Groups
) -> dict[Key, set[str]]:
    """For each key the groups to withhold of its sum over several periods, of which some withhold them (`hidden`).

    The sum less the periods shown is what the others held together: never one alone, nor so few cases. All keys that
    lack a period stand or fall together, so that none follows from the whole and the others either.
    """
    found: dict[Key, set[str]] = {key: set() for key in cells[0]}
    for first, *_rest in groups:
        lacking = {
            key: [cell[key] for cell, names in zip(cells, hidden, strict=True) if first in names[key]]
            for key in found
        }
        if any(rest and (len(rest) == 1 or is_telling(sum_of(rest), first)) for rest in lacking.values()):
            for key in (key for key, rest in lacking.items() if rest):
                found[key].add(first)
    return found


def sum_of(counts: Sequence[Counts]) -> dict[str, int]:
    names = dict.fromkeys(name for one in counts for name in one)
    return {name: sum(one.get(name, 0) for one in counts) for name in names}
