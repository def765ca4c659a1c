"""Key points of projects and duties of units under a light."""

from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.clock import local_date
from accounts.models import Obligation
from accounts.obligations import kinds
from projects.models import Milestone, MilestoneCode, Pause
from supervision.warnings.fact import CODES, Fact, Holder, Step, Subject, step, within
from supervision.warnings.models import Warning


def _milestones(ids: list[int], _rule: str, on: date) -> dict[int, Fact]:
    rows = Milestone.objects.filter(pk__in=ids).values(
        "pk", "code", "project_id", "project__name", "project__second_due_on", *CODES
    )
    facts = {}
    for row in rows:
        second = row["project__second_due_on"]
        facts[row["pk"]] = Fact(
            key=f"milestone:{row['pk']}",
            label=f"{row['project__name']}：{MilestoneCode(row['code']).label}"[:250],
            links={"milestone_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
            second_due_on=second if second and second < on else None,
        )
    return facts


def _duties(ids: list[int], _rule: str, _on: date) -> dict[int, Fact]:
    facts = {}
    for row in Obligation.objects.filter(pk__in=ids).select_related("unit").defer("deadline"):
        about_project = row.subject_type == "projects.project"
        what = row.subject_label or f"{row.unit.name} {row.period}"
        facts[row.pk] = Fact(
            key=f"obligation:{row.pk}",
            label=f"{what}：{kinds.label_of(row.kind)}"[:250],
            links={"obligation_id": row.pk, "project_id": row.subject_id if about_project else None},
            codes={name: getattr(row, name) for name in CODES},
        )
    return facts


def _milestone_cleared(warning: Warning, row: Milestone, on: date) -> tuple[date, str]:
    if row.actual_on:
        return within(row.actual_on, warning, on), _("Done on %(day)s") % {"day": row.actual_on.isoformat()}
    if row.project.paused:
        return on, _("The project is paused")
    if not row.is_open:
        return on, _("The project ended: %(state)s") % {"state": row.project.get_state_display()}
    if row.planned_on is None:
        return on, _("The planned date was taken back")
    return on, _("The planned date was moved to %(day)s") % {"day": row.planned_on.isoformat()}


def _duty_cleared(warning: Warning, row: Obligation, on: date) -> tuple[date, str]:
    if row.met_on:
        return within(row.met_on, warning, on), _("Done on %(day)s") % {"day": row.met_on.isoformat()}
    if row.exempt_reason:
        return on, _("Waived: %(reason)s") % {"reason": row.exempt_reason}
    if row.cancelled_on:
        return row.cancelled_on, _("The ground of the duty fell away")
    return on, _("The last day was moved to %(day)s") % {"day": row.last_day.isoformat()}


def pauses_of(project_id: int) -> list[Step]:
    """What stood still, as steps; the plan is moved by an approved change, never by the pause itself."""
    found = []
    for row in Pause.objects.filter(project_id=project_id).order_by("starts_on", "pk"):
        until = f"至 {row.resumed_on.isoformat()}（当日恢复）" if row.resumed_on else "起，尚未恢复"
        text = f"{row.starts_on.isoformat()} {until}，{row.get_reason_display()}，责任方：{row.get_party_display()}"
        found.append(step("暂停", text, row.resumed_on))
    return found


def _milestone_steps(warning: Warning) -> list[Step]:
    row = warning.milestone
    if row is None:
        return []
    steps = []
    if row.baseline_on and row.baseline_on != warning.due_on:
        steps.append(step("首次计划", "首次计划日期，始终保留", row.baseline_on))
    steps.append(step("计划", "经批准的现行计划日期", warning.due_on))
    return [*steps, *pauses_of(row.project_id)]


def _duty_steps(warning: Warning) -> list[Step]:
    row = warning.obligation
    if row is None:
        return []
    steps = []
    if row.extended_to:
        steps.append(step("延期", "上级同意延期，原定日期保留", row.extended_to))
    basis = (row.deadline or {}).get("basis", "")
    return [*steps, step("依据", basis)] if basis else steps


def _milestone_holder(warning: Warning) -> Holder:
    """Its turn came when the key point before it was reached."""
    row = warning.milestone
    if row is None:
        return Holder()
    before = Milestone.objects.filter(project_id=row.project_id, position__lt=row.position)
    since: Any = before.aggregate(day=Max("actual_on"))["day"]
    return Holder(row.responsible, since=since or row.project.signed_on)


def _duty_holder(warning: Warning) -> Holder:
    return Holder(since=local_date(warning.obligation.made_at)) if warning.obligation else Holder()


def _no_page(_warning: Warning) -> tuple[str, str]:
    """The page of the project, or the form of the duty, has a button of its own."""
    return "", ""


def _hidden(_user: Any, _warning: Warning) -> bool:
    return False


MILESTONE_SUBJECT = Subject(
    load=_milestones,
    cleared=_milestone_cleared,
    related=("milestone__project",),
    deadline=lambda _warning: {},
    holder=_milestone_holder,
    page=_no_page,
    visible=_hidden,
    grounds=_milestone_steps,
)
DUTY_SUBJECT = Subject(
    load=_duties,
    cleared=_duty_cleared,
    related=("obligation",),
    deadline=lambda warning: (warning.obligation.deadline or {}) if warning.obligation else {},
    holder=_duty_holder,
    page=_no_page,
    visible=_hidden,
    grounds=_duty_steps,
)
