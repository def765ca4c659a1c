"""Promises kept and arrears paid in an area, one line per unit, as they stood on the month's last day."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Division, Tier
from accounts.scope import CODE_FIELD
from projects.promises.queries import Tally, tally
from reporting.boards.area import Area, Month


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One unit's tally. `own`: what a city has itself, outside its counties."""

    division: Division
    tally: Tally
    own: bool
    day: str

    def url(self, page: str, state: str) -> str:
        """The rows behind one figure: the list of promises or of instalments, filtered the same way."""
        query = {"state": state, "unit": self.division.pk, "due_to": self.day}
        if self.own:
            query["own"] = "on"
        if self.division.tier == Tier.PROVINCE:
            del query["unit"]
        return f"{reverse(f'projects:{page}')}?{urlencode(query)}"

    @property
    def due_url(self) -> str:
        return self.url("promises", "due")

    @property
    def kept_url(self) -> str:
        return self.url("promises", "kept")

    @property
    def parts_url(self) -> str:
        return self.url("arrears", "due")

    @property
    def paid_url(self) -> str:
        return self.url("arrears", "paid")


def lines_for(user: Any, area: Area, month: Month) -> tuple[list[PromiseLine], PromiseLine]:
    """(one line per unit, the area's total). The total adds the lines' parts; it is no average of their shares."""
    by = CODE_FIELD[Tier(area.shown[0].tier)]
    found = tally(user, area.q, by, month.cut_off)
    day = month.cut_off.isoformat()
    lines = [PromiseLine(unit, found.pop(unit.pk, Tally()), False, day) for unit in area.shown]
    if area.is_city and area.lines:
        lines.insert(0, PromiseLine(area.division, found.pop("", Tally()), True, day))
    total = Tally()
    for line in lines:
        total.add(line.tally)
    for rest in found.values():  # of a unit that exists no more
        total.add(rest)
    return lines, PromiseLine(area.division, total, False, day)
