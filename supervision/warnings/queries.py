"""Reading warnings: the list with its filters, and why one stands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from accounts.divisions import DEFAULT_REGIME
from accounts.models import Department, Division, Tier
from policy.calendar import WorkCalendar
from policy.deadlines import chinese_day
from policy.lights import days_text
from policy.regimes import NoRuleInForce, get_regime
from policy.rules import WarningRule
from projects.models import Assignment
from supervision.warnings import assist
from supervision.warnings.models import Warning, WarningLevel

RANK = Case(
    When(level=WarningLevel.RED, then=Value(0)),
    When(level=WarningLevel.AMBER, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def listed(user: Any) -> QuerySet[Warning]:
    """Warnings the user may see, gravest and oldest first."""
    rows = Warning.objects.visible_to(user).select_related(
        "project", "milestone", "obligation", "acknowledged_by"
    )
    return rows.order_by(RANK, "due_on", "pk")


def counts(rows: QuerySet[Warning]) -> dict[str, int]:
    """Open warnings by level, and those nobody has answered. One statement."""
    found = rows.filter(cleared_on=None).aggregate(
        all=Count("pk"),
        red=Count("pk", filter=Q(level=WarningLevel.RED)),
        amber=Count("pk", filter=Q(level=WarningLevel.AMBER)),
        blue=Count("pk", filter=Q(level=WarningLevel.BLUE)),
        unanswered=Count("pk", filter=Q(acknowledged_at=None)),
    )
    return {name: number or 0 for name, number in found.items()}


def detailed(user: Any) -> QuerySet[Warning]:
    """The same with the office that has the item or ticket, for the page of one warning."""
    return listed(user).select_related(
        "item__department", "ticket__division", "ticket__department", "ticket__person"
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: an office or a person of the project, with where to reach them."""

    role: str
    name: str
    phone: str = ""


def rule_of(warning: Warning) -> WarningRule | None:
    """The rule the warning names, by its id; None when the regime file is gone."""
    for code in _regimes(warning):
        try:
            rule = get_regime(code).rule_by_id(warning.rule_id)
        except (NoRuleInForce, LookupError):
            continue
        return rule if isinstance(rule, WarningRule) else None
    return None


def explain(warning: Warning, rule: WarningRule | None, calendar: WorkCalendar, on: date) -> dict[str, Any]:
    """Steps of the "why this light" panel, in official Chinese like every stored explanation."""
    until = warning.cleared_on or on
    steps = []
    stored = warning.obligation.deadline if warning.obligation else assist.stored_deadline(warning)
    if stored.get("steps"):
        steps += [{**step} for step in stored["steps"]]
        if warning.obligation and warning.obligation.extended_to:
            day = warning.obligation.extended_to
            steps.append({"label": "延期", "text": "上级同意延期，原定日期保留", "on": day.isoformat()})
    elif warning.milestone:
        steps.append({"label": "计划", "text": "经批准的现行计划日期", "on": warning.due_on.isoformat()})
    steps += assist.ground(warning)
    late = calendar.between(warning.due_on, until)
    if late > 0:
        steps.append(
            {
                "label": "逾期",
                "text": f"至 {chinese_day(until)}，逾期 {late} 个工作日",
                "on": until.isoformat(),
            }
        )
    else:
        steps.append(
            {
                "label": "剩余",
                "text": f"至 {chinese_day(until)}，还有 {-late} 个工作日",
                "on": until.isoformat(),
            }
        )
    steps.append(
        {"label": "亮灯", "text": _level_words(warning, rule), "on": warning.level_since.isoformat()}
    )
    return {
        "due_on": warning.due_on.isoformat(),
        "provisional": bool(stored.get("provisional")),
        "steps": steps,
        "basis": rule.basis.text if rule else "",
        "rule": warning.rule_id,
    }


def days_words(warning: Warning, calendar: WorkCalendar, on: date) -> str:
    return days_text(warning.due_on, warning.cleared_on or on, calendar)


def turns(warning: Warning, on: date) -> list[Turn]:
    """The office that owes it, and the project's own people."""
    code = warning.county_code or warning.city_code or warning.province_code
    unit = Division.objects.filter(pk=code).first()
    found = []
    milestone, (office, phone) = warning.milestone, assist.office_of(warning)
    if office:
        found.append(Turn("", office, phone))
    elif milestone is not None and milestone.responsible:
        found.append(Turn("", milestone.responsible))
    elif unit is not None:
        offices = [office for office in unit.departments.all() if Department.Duty.COMPETENT in office.duties]
        found.append(Turn("", offices[0].name if offices else unit.name))
    if warning.project_id:
        team = Assignment.objects.current(on).filter(project_id=warning.project_id).order_by("role", "pk")
        found += [Turn(str(one.get_role_display()), one.name, one.phone) for one in team[:8]]
    return found


def _level_words(warning: Warning, rule: WarningRule | None) -> str:
    if rule is None:
        return warning.get_level_display()
    if warning.level == WarningLevel.BLUE:
        return f"到期前 {rule.lead_days} 个工作日起亮蓝灯"
    if warning.level == WarningLevel.AMBER:
        return f"逾期 {rule.amber_days} 个工作日以内亮黄灯"
    text = f"逾期超过 {rule.amber_days} 个工作日亮红灯"
    return f"{text}，或同一项目有两个关键点逾期" if rule.red_late_nodes else text


def _regimes(warning: Warning) -> list[str]:
    codes = [code for code in (warning.county_code, warning.city_code, warning.province_code) if code]
    own = dict(Division.objects.filter(pk__in=codes).exclude(regime_code="").values_list("pk", "regime_code"))
    return [own[code] for code in codes if code in own] or [DEFAULT_REGIME]


def units_below(user: Any) -> QuerySet[Division]:
    """Divisions whose rows can be asked for on their own."""
    return Division.objects.visible_to(user).exclude(tier=Tier.TOWNSHIP)
