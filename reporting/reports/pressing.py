"""What was pressed and not done at a report's cut-off goes into the report and its circular by itself (G四, H14)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from accounts.models import Division, Tier
from policy.services import current_calendar
from reporting.reports.content import PressedMatter
from supervision.matters.models import Step
from supervision.matters.queries import pressed_not_done, rungs_until

Codes = tuple[str, str, str]  # province, city, county of the unit; "" where there is none


def pressed_in(province: Division, cut_off: date) -> list[tuple[Codes, PressedMatter]]:
    """Every such matter of the province with the codes of its unit, longest overdue first within a unit."""
    calendar = current_calendar()
    found = []
    rows = list(pressed_not_done(province, cut_off))
    climbed = rungs_until(rows, cut_off)
    for row in rows:
        codes = (row.province_code, row.city_code, row.county_code)
        late = max(1, calendar.between(row.due_on, cut_off)) if row.due_on < cut_off else 0
        matter = PressedMatter(
            matter_id=row.pk,
            number=row.number,
            title=row.title,
            place=row.unit.name,
            holder=row.department.name if row.department else row.unit.name,
            project=row.project.name if row.project else "",
            due_on=row.due_on,
            days_late=late,
            step=climbed.get(row.pk, Step.ASSIGNED),
            is_listed=row.was_listed(cut_off),
        )
        found.append((codes, matter))
    return found


def pressed_of(
    division: Division, pressed: list[tuple[Codes, PressedMatter]], cities: Mapping[str, str]
) -> list[PressedMatter]:
    """The unit's own and those below it; in the province's papers the city stands before the county."""
    mine = [(codes, one) for codes, one in pressed if division.code in codes]
    if division.tier != Tier.PROVINCE:
        return [one for _codes, one in mine]
    return [
        replace(one, place=cities.get(codes[1], "") + one.place) if codes[2] else one for codes, one in mine
    ]
