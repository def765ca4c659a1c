"""The draw of a spot check: anybody with the list and the seed gets the same projects. Pure.

The population is a list of project numbers. Each number is given the SHA-256 of "seed:number" (UTF-8, written in small
hexadecimal letters); the numbers are put into the order of these sums, and the first ones are drawn. The fingerprint of
the population is the SHA-256 of its numbers in plain order, one a line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

ALGORITHM = "sha256-order-1"
# Shown beside every draw, in the words of the record.
METHOD = "对总体中每个项目编号计算 SHA-256（种子 + 半角冒号 + 项目编号），按结果从小到大排列，取前 N 个"
MOST = 20_000  # projects in one population


@dataclass(frozen=True, slots=True)
class Result:
    """`population` in plain order, `drawn` in the order of the draw."""

    population: tuple[str, ...]
    fingerprint: str
    drawn: tuple[str, ...]


def fingerprint_of(population: Iterable[str]) -> str:
    """64 hexadecimal letters over the sorted numbers, one a line without a line break at the end."""
    return sha256("\n".join(sorted(population)).encode()).hexdigest()


def draw(population: Iterable[str], *, size: int, seed: str) -> Result:
    """Draw `size` numbers (all of them when there are fewer). The order in which they are given does not matter."""
    numbers = tuple(sorted(set(population)))
    ordered = sorted(numbers, key=lambda number: (sha256(f"{seed}:{number}".encode()).hexdigest(), number))
    return Result(numbers, fingerprint_of(numbers), tuple(ordered[: max(0, size)]))
