"""Is this project registered already? Same company and a similar name, in whatever division (H17)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from projects.models import Company, Project, ProjectState
from projects.text import company_key, similarity

ALIKE = 0.6
MOST = 20


@dataclass(frozen=True, slots=True)
class Duplicates:
    """`visible`: candidates the person may see; `hidden`: how many lie outside their area."""

    visible: list[Project]
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.visible or self.hidden)


def find_duplicates(
    *, name: str, company: Company | None, investor: str, county_code: str, city_code: str, user: Any
) -> Duplicates:
    """Projects of the same company with a similar name, and those of the same name in the same division."""
    same_place = Q(name=name, county_code=county_code, city_code=city_code)
    found = same_place
    if company is not None:
        found |= Q(company=company) | Q(company__name=company.name)
    elif investor:
        found |= Q(investor=investor)
    rows = (
        Project.objects.filter(found).exclude(state=ProjectState.MERGED).select_related("division", "company")
    )
    alike = [row for row in rows.order_by("-signed_on", "-pk")[:500] if _alike(row, name, company)]
    seen = set(
        Project.objects.visible_to(user).filter(pk__in=[row.pk for row in alike]).values_list("pk", flat=True)
    )
    visible = [row for row in alike if row.pk in seen]
    return Duplicates(visible[:MOST], len(alike) - len(visible))


def _alike(row: Project, name: str, company: Company | None) -> bool:
    if similarity(row.name, name) >= ALIKE:
        return True
    return bool(company and row.company and company_key(row.name) == company_key(name))
