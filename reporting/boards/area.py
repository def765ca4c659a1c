"""Which part of the province a board shows: the person's own division, or one below it that was opened."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import Division, Tier
from accounts.permissions import PERMISSIONS
from accounts.scope import CODE_FIELD, current_postings, require
from policy.periods import Period, PeriodKind

PERMISSION = "boards.view"
MONTHS_OFFERED = 24


@dataclass(frozen=True, slots=True)
class Area:
    """`lines` are the divisions one tier down that the person may see; a county has none and is its own line."""

    division: Division
    lines: tuple[Division, ...]

    @property
    def q(self) -> Q:
        """Business rows of the area."""
        return Q(**{CODE_FIELD[Tier(self.division.tier)]: self.division.pk})

    @property
    def shown(self) -> tuple[Division, ...]:
        return self.lines or (self.division,)

    @property
    def is_province(self) -> bool:
        return self.division.tier == Tier.PROVINCE

    @property
    def is_city(self) -> bool:
        return self.division.tier == Tier.CITY


@dataclass(frozen=True, slots=True)
class Month:
    """A chosen month with the last day its rates cover, inclusive: the month's end, or today while it runs."""

    period: Period
    today: date

    @property
    def cut_off(self) -> date:
        return min(self.period.last, self.today)

    @property
    def year(self) -> int:
        return self.period.year

    @property
    def months_of_year(self) -> tuple[Period, ...]:
        return Period(self.year, PeriodKind.YEAR).months

    @property
    def last_twelve(self) -> list[Period]:
        return months_back(self.period, 12)[::-1]


def area_for(user: Any, code: str, on: date) -> Area:
    """The division `code`, or the user's own. 404 outside the user's area, 403 without the right inside it."""
    require(user, PERMISSION)
    if code:
        rows = Division.objects.visible_to(user).filter(tier__lte=Tier.COUNTY)
        division = get_object_or_404(rows, pk=code)
        require(user, PERMISSION, division=division)
    else:
        division = _own(user)
    below = Division.objects.visible_to(user).filter(parent=division, tier__lte=Tier.COUNTY).current(on)
    return Area(division, tuple(below.order_by("pk")))


def name_of(division: Division) -> str:
    """全省 for a province, else the division's name."""
    return _("the whole province") if division.tier == Tier.PROVINCE else division.name


def month_for(text: str, today: date) -> Month:
    """The month asked for, or the last whole one. Anything else, a future month too, is a page that does not exist."""
    last_whole = Period.containing(PeriodKind.MONTH, today - timedelta(days=today.day))
    if not text:
        return Month(last_whole, today)
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error
    if period.kind is not PeriodKind.MONTH or period.first > today or period.year < 2000:
        raise Http404(text)
    return Month(period, today)


def months_back(last: Period, count: int) -> list[Period]:
    """`last` and the months before it, newest first."""
    months = [last]
    while len(months) < count:
        months.append(months[-1].previous())
    return months


def months_offered(today: date, chosen: Period) -> list[Period]:
    """What the month selector lists, newest first; an older month from an address stays chosen."""
    months = months_back(Period.containing(PeriodKind.MONTH, today), MONTHS_OFFERED)
    return months if chosen in months else [*months, chosen]


def _own(user: Any) -> Division:
    for posting in current_postings(user):
        if PERMISSION in PERMISSIONS[posting.role] and posting.division.tier <= Tier.COUNTY:
            return posting.division
    raise Http404
