"""Why a light stands: the day and how it was found, what was skipped, rule and article, whose turn, since when, answer.

Texts are official Chinese like every stored explanation; they are printed and read out.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Department, Division
from policy.calendar import ONE_DAY, DayKind, WorkCalendar
from policy.deadlines import chinese_day
from policy.rules import WarningRule
from projects.models import Assignment
from supervision.warnings import subjects
from supervision.warnings.answers import Terms
from supervision.warnings.fact import Step, step
from supervision.warnings.models import Warning, WarningLevel


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: an office or a person of the project, with where to reach them. `since`: when it came."""

    role: str
    name: str
    phone: str = ""
    since: date | None = None


def explain(
    warning: Warning, rule: WarningRule | None, terms: Terms | None, calendar: WorkCalendar, on: date
) -> dict[str, Any]:
    """Steps of the "why this light" panel, the rule with its article, the rule for answers."""
    until = warning.cleared_on or on
    subject = subjects.subject_of(warning)
    stored = subject.deadline(warning)
    steps = [{**one} for one in stored.get("steps") or []]
    steps += subject.grounds(warning)
    steps.append(_counted(warning, until, calendar))
    steps.append(step("亮灯", _level_words(warning, rule), warning.level_since))
    steps += _answer_steps(warning, terms)
    return {
        "due_on": warning.due_on.isoformat(),
        "provisional": bool(stored.get("provisional")),
        "steps": steps,
        "basis": rule.basis.text if rule else "",
        "article": rule.basis.article if rule else "",
        "is_default": bool(rule and not rule.is_statutory),
        "rule": warning.rule_id,
        "version": rule.effective_from.isoformat() if rule else "",
    }


def _counted(warning: Warning, until: date, calendar: WorkCalendar) -> Step:
    """Working days between the day and today, and what lay between them and does not count."""
    late = calendar.between(warning.due_on, until)
    if late > 0 or warning.due_on < until:
        text = f"至 {chinese_day(until)}，逾期 {late} 个工作日"
        return step("逾期", text + skipped_words(warning.due_on, until, calendar), until)
    text = f"至 {chinese_day(until)}，还有 {-late} 个工作日"
    return step("剩余", text + skipped_words(until, warning.due_on, calendar), until)


def skipped_words(start: date, end: date, calendar: WorkCalendar) -> str:
    """What does not count in (start, end] and which rest days do: 其间周末 4 天不计，2026-10-10 周六上班计入."""
    parts, weekend, day = [], 0, start + ONE_DAY
    in_runs = set()
    for skip in calendar.skipped(start, end):
        if skip.kind is DayKind.MAKEUP:
            parts.append(f"{chinese_day(skip.first)} 上班计入")
            continue
        span = skip.first.isoformat()
        if skip.last != skip.first:
            span += f" 至 {skip.last.isoformat()}"
        parts.append(f"{span} {'停止办公' if skip.kind is DayKind.CLOSURE else '放假'}不计")
        in_runs |= {skip.first + n * ONE_DAY for n in range((skip.last - skip.first).days + 1)}
    while day <= end:
        weekend += calendar.kind(day) is DayKind.WEEKEND and day not in in_runs
        day += ONE_DAY
    if weekend:
        parts.insert(0, f"周末 {weekend} 天不计")
    return f"（其间{'，'.join(parts)}）" if parts else ""


def _answer_steps(warning: Warning, terms: Terms | None) -> list[Step]:
    steps = []
    if warning.acknowledged_at is not None and warning.promised_on:
        steps.append(step("承诺", "回应中承诺的完成日期", warning.promised_on))
    if warning.lapsed_on:
        steps.append(step("失效", "承诺日期已过而事实未办结，原回应失效，须重新回应", warning.lapsed_on))
    if warning.answer_by_on and not warning.is_answered:
        basis = f"（{terms.rule.id}）" if terms else ""
        steps.append(step("回应", f"至迟应在这一天回应{basis}", warning.answer_by_on))
    if warning.unanswered_on:
        words = "未回应，已提级" if warning.up_on else "未回应"
        steps.append(step("提级", words, warning.unanswered_on))
    elif warning.up_on:
        steps.append(step("提级", "逾期已久，已告知上一级", warning.up_on))
    return steps


def turns(warning: Warning, on: date) -> list[Turn]:
    """Who has it in hand, else the office that owes it; then the project's own people."""
    holder = subjects.subject_of(warning).holder(warning)
    name = holder.name or _office_in_charge(warning)
    found = [Turn("", name, holder.phone, holder.since)] if name else []
    if warning.project_id:
        team = Assignment.objects.current(on).filter(project_id=warning.project_id).order_by("role", "pk")
        found += [Turn(str(one.get_role_display()), one.name, one.phone) for one in team[:8]]
    return found


def _office_in_charge(warning: Warning) -> str:
    code = warning.county_code or warning.city_code or warning.province_code
    unit = Division.objects.filter(pk=code).first()
    if unit is None:
        return ""
    offices = [office for office in unit.departments.all() if Department.Duty.COMPETENT in office.duties]
    return str(offices[0].name if offices else unit.name)


def _level_words(warning: Warning, rule: WarningRule | None) -> str:
    if rule is None:
        return str(warning.get_level_display())
    if warning.level == WarningLevel.BLUE:
        return f"到期前 {rule.lead_days} 个工作日起亮蓝灯"
    if warning.level == WarningLevel.AMBER:
        return f"逾期 {rule.amber_days} 个工作日以内亮黄灯"
    text = f"逾期超过 {rule.amber_days} 个工作日亮红灯"
    return f"{text}，或同一项目有两个关键点逾期" if rule.red_late_nodes else text
