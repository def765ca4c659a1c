"""Reading warnings: the list with its filters and figures."""

from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from accounts.models import Division, Tier
from accounts.permissions import ROW_SCOPE, RowScope
from accounts.scope import current_postings, granted_projects, own_departments, own_rows_q
from policy.rules import WarningRule
from supervision.warnings.answers import Places
from supervision.warnings.models import Warning, WarningLevel

ANSWER = "warnings.acknowledge"
RANK = Case(
    When(level=WarningLevel.RED, then=Value(0)),
    When(level=WarningLevel.AMBER, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
UNANSWERED = Q(acknowledged_at=None) | Q(lapsed_on__isnull=False)


def listed(user: Any) -> QuerySet[Warning]:
    """Warnings the user may see, gravest and oldest first."""
    rows = Warning.objects.visible_to(user).select_related(
        "project", "milestone", "obligation", "acknowledged_by"
    )
    return rows.order_by(RANK, "due_on", "pk")


def mine_q(user: Any) -> Q:
    """What is the person's own: of exactly the units they answer for, of their department, given to them by name."""
    found = own_rows_q(user, ANSWER)
    found |= Q(ticket__person=user) | Q(matter__person=user) | Q(mandate__agent=user)
    postings = current_postings(user)
    offices = own_departments(user)
    if offices and not any(ROW_SCOPE[posting.role] is RowScope.AREA for posting in postings):
        found |= Q(item__department__in=offices) | Q(ticket__department__in=offices)
        found |= Q(matter__department__in=offices)
    if any(ROW_SCOPE[posting.role] is RowScope.GRANTED for posting in postings):
        found |= Q(project_id__in=granted_projects(user))
    return found


def counts(rows: QuerySet[Warning], user: Any) -> dict[str, int]:
    """Open warnings by level, the person's own, those nobody has answered, those gone up. One statement."""
    found = rows.filter(cleared_on=None).aggregate(
        all=Count("pk"),
        red=Count("pk", filter=Q(level=WarningLevel.RED)),
        amber=Count("pk", filter=Q(level=WarningLevel.AMBER)),
        blue=Count("pk", filter=Q(level=WarningLevel.BLUE)),
        mine=Count("pk", filter=mine_q(user)),
        unanswered=Count("pk", filter=UNANSWERED),
        lapsed=Count("pk", filter=Q(lapsed_on__isnull=False)),
        up=Count("pk", filter=Q(up_on__isnull=False)),
        silent=Count("pk", filter=Q(unanswered_on__isnull=False)),
    )
    return {name: number or 0 for name, number in found.items()}


def detailed(user: Any) -> QuerySet[Warning]:
    """The same with everything the page of one warning reads along."""
    return listed(user).select_related(
        "milestone__project", "item__department", "ticket__division", "ticket__department", "ticket__person",
        "pause", "mandate__agent", "matter__unit", "matter__department", "matter__person",
        "conclusion__unit", "conclusion__department",
    )  # fmt: skip


def rule_of(warning: Warning, places: Places | None = None) -> WarningRule | None:
    """The rule the warning names, by its id; None when the regime's file has it no more."""
    rule = (places or Places()).rule(warning)
    return rule if isinstance(rule, WarningRule) else None


def units_below(user: Any) -> QuerySet[Division]:
    """Divisions whose rows can be asked for on their own."""
    return Division.objects.visible_to(user).exclude(tier=Tier.TOWNSHIP)


def in_export_order(rows: QuerySet[Warning]) -> QuerySet[Warning]:
    """Place by place, so that a county's rows stand together."""
    return rows.order_by(RANK, F("city_code"), F("county_code"), "due_on", "pk")
