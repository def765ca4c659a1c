"""The lists of the complaint form: every place grouped by city, and the kinds of units that places have."""

from datetime import date
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from accounts.models import Department, Division, Tier
from supervision.complaints.checks import is_of_unit
from supervision.complaints.models import Complaint

UNKNOWN = ""


def places(on: date) -> list[Any]:
    """The province, then each city with its counties as a group: (code, name) and (city, [(code, name) …])."""
    rows = list(Division.objects.current(on).filter(tier__lte=Tier.COUNTY).order_by("tier", "code"))
    below: dict[str, list[Division]] = {}
    for row in rows:
        if row.tier == Tier.COUNTY:
            below.setdefault(row.city_code, []).append(row)
    found: list[Any] = [("", _("choose a place"))]
    found += [
        (row.pk, _("%(name)s, provincial level") % {"name": row.name})
        for row in rows
        if row.tier == Tier.PROVINCE
    ]
    for city in (row for row in rows if row.tier == Tier.CITY):
        own = [(city.pk, _("%(name)s, city level") % {"name": city.name})]
        found.append((city.name, own + [(row.pk, row.name) for row in below.get(city.pk, [])]))
    return found


def place_of(code: str, on: date) -> Division | None:
    """The place of this list with the code; None when there is none."""
    rows = Division.objects.current(on).filter(tier__lte=Tier.COUNTY)
    return rows.filter(pk=code).first() if code else None


def units(on: date) -> list[tuple[str, str]]:
    """Each kind of unit once, by its code: which of them a place has is asked when the form comes back."""
    rows = (
        Department.objects.current(on)
        .values("code")
        .annotate(first=Min("pk"), short=Max("short_name"), long=Max("name"))
        .order_by("first")
    )
    seen = {row["code"]: row["short"] or row["long"] for row in rows}
    return [(UNKNOWN, _("I do not know, or another one")), *seen.items()]


def unit_of(division: Division, code: str, on: date) -> Department | None:
    """The place's unit of this kind, in force; None when it has none."""
    return Department.objects.current(on).filter(division=division, code=code).first()


def units_of(complaint: Complaint, on: date) -> list[Department]:
    """The units of the place complained about, to name the right one."""
    return list(Department.objects.current(on).filter(division=complaint.division).order_by("pk"))


def handlers(complaint: Complaint, on: date) -> list[Department]:
    """Who may handle it beside the sorting office itself: units of its place, then neighbours of the unit complained
    about; never that unit."""
    rows = Department.objects.current(on).filter(division_id__in={complaint.office_id, complaint.division_id})
    found = []
    for row in rows.select_related("division").order_by("division__tier", "pk"):
        itself = row.division_id == complaint.office_id and "competent" in row.duties
        if not itself and not is_of_unit(row, complaint):
            found.append(row)
    return found


def handler_groups(complaint: Complaint, rows: list[Department]) -> list[Any]:
    """The list as the form shows it: the office itself, units of its place, neighbours of the unit; who had it before."""
    first = complaint.rounds.filter(number=1).first() if complaint.round > 1 else None
    before = first.handler_id if first is not None else None
    had_it_itself = first is not None and before is None and not first.refused

    def called(row: Department) -> str:
        return (
            _("%(name)s (handled it the first time)") % {"name": row.name} if row.pk == before else row.name
        )

    own = _("this office itself (%(name)s)") % {"name": complaint.office_name}
    found: list[Any] = [
        ("", _("%(name)s (handled it the first time)") % {"name": own} if had_it_itself else own)
    ]
    near = [(str(row.pk), called(row)) for row in rows if row.division_id == complaint.office_id]
    beside = [(str(row.pk), called(row)) for row in rows if row.division_id != complaint.office_id]
    if near:
        found.append((complaint.office.name, near))
    if beside:
        found.append(
            (_("%(place)s, beside the unit complained about") % {"place": complaint.division.name}, beside)
        )
    return found
