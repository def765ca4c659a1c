"""The rule by which projects are chosen for a dispatch: industries, places, amount; and whom each goes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Department, Division, Tier
from accounts.scope import CODE_FIELD
from projects.industries import LABELS_4567, SECTION_LABELS
from projects.models import Project, ProjectState
from projects.queries import not_started
from supervision.matters.models import OPEN_STATES, Matter, MatterSource
from supervision.workorders.models import AddressedTo

MOST = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """Amounts in 元, inclusive; empty or None: no bound. `industries`: one letter is a section, else a 4567 code."""

    industries: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    min_yuan: int | None = None
    max_yuan: int | None = None
    only_not_started: bool = False
    to: str = AddressedTo.HOST

    def to_json(self) -> dict[str, Any]:
        return {
            "industries": list(self.industries),
            "divisions": list(self.divisions),
            "min_yuan": self.min_yuan,
            "max_yuan": self.max_yuan,
            "only_not_started": self.only_not_started,
            "to": self.to,
        }

    def words(self) -> str:
        """产业：食品、C 制造业；地区：大庆市；合同额：10,000万元以上. Chinese only, stored and printed."""
        parts = []
        if self.industries:
            parts.append("产业：" + "、".join(industry_name(code) for code in self.industries))
        if self.divisions:
            names = dict(Division.objects.filter(pk__in=self.divisions).values_list("pk", "name"))
            parts.append("地区：" + "、".join(names.get(code, code) for code in self.divisions))
        if self.min_yuan is not None and self.max_yuan is not None:
            parts.append(f"合同额：{_wan(self.min_yuan)}至{_wan(self.max_yuan)}")
        elif self.min_yuan is not None:
            parts.append(f"合同额：{_wan(self.min_yuan)}以上")
        elif self.max_yuan is not None:
            parts.append(f"合同额：{_wan(self.max_yuan)}以下")
        if self.only_not_started:
            parts.append("未开工")
        return "；".join(parts)


def industry_name(code: str) -> str:
    return str(LABELS_4567.get(code) or SECTION_LABELS.get(code) or code)


def _wan(yuan: int) -> str:
    return f"{yuan / 10_000:,.2f}".rstrip("0").rstrip(".") + "万元"


def in_area(issuer: Division) -> Q:
    return Q(**{CODE_FIELD[Tier(issuer.tier)]: issuer.pk})


def chosen(rule: Rule, issuer: Division, user: Any) -> QuerySet[Project]:
    """Projects under way in the issuer's area that fit; `busy` says an order of the same office is still open."""
    rows: QuerySet[Project] = Project.objects.visible_to(user).filter(
        in_area(issuer), state=ProjectState.ACTIVE
    )
    if rule.industries:
        rows = rows.filter(
            Q(industry_section__in=[code for code in rule.industries if len(code) == 1])
            | Q(industry_4567__in=[code for code in rule.industries if len(code) > 1])
        )
    if rule.divisions:
        codes = list(rule.divisions)
        rows = rows.filter(Q(province_code__in=codes) | Q(city_code__in=codes) | Q(county_code__in=codes))
    if rule.min_yuan is not None:
        rows = rows.filter(contract_amount_yuan__gte=rule.min_yuan)
    if rule.max_yuan is not None:
        rows = rows.filter(contract_amount_yuan__lte=rule.max_yuan)
    if rule.only_not_started:
        rows = not_started(rows)
    found: QuerySet[Project] = rows.annotate(
        busy=Exists(open_orders(issuer).filter(project_id=OuterRef("pk")))
    )
    return found.select_related("division", "company").order_by(
        "division__path", "-contract_amount_yuan", "pk"
    )


def open_orders(issuer: Division) -> QuerySet[Matter]:
    rows: QuerySet[Matter] = Matter.objects.filter(
        source=MatterSource.WORK_ORDER, issuer=issuer, state__in=OPEN_STATES
    )
    return rows


def units_of(
    projects: Iterable[Project], to: str, issuer: Division
) -> dict[str, tuple[Division, list[Project]]]:
    """Projects by the unit that gets the order, in the order of the units' paths."""
    rows = list(projects)
    wanted = {_code(project, to, issuer) for project in rows}
    units = {unit.pk: unit for unit in Division.objects.filter(pk__in=wanted).order_by("path")}
    grouped: dict[str, tuple[Division, list[Project]]] = {code: (unit, []) for code, unit in units.items()}
    for project in rows:
        grouped[_code(project, to, issuer)][1].append(project)
    return grouped


def _code(project: Project, to: str, issuer: Division) -> str:
    """A project run by a city itself goes to that city; one of a township to its county."""
    if to == AddressedTo.DEPARTMENT:
        return issuer.pk
    host = project.county_code or project.city_code or project.province_code
    if to == AddressedTo.CITY and issuer.tier < Tier.COUNTY:
        return project.city_code or host
    return host


def departments_of(issuer: Division, on: Any) -> QuerySet[Department]:
    return Department.objects.filter(division=issuer).exclude(valid_to__lt=on).order_by("pk")
