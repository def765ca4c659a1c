"""One lit row as the scan stores it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

CODES = ("province_code", "city_code", "county_code")


@dataclass(frozen=True, slots=True)
class Fact:
    """`links`: the foreign keys to set. `second_due_on`: see `bounds.level_began`. `held`: see `scan.expected_tier`."""

    key: str
    label: str
    links: dict[str, Any]
    codes: dict[str, str]
    second_due_on: date | None = None
    held: int | None = None
