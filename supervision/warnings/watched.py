"""Pauses to be reviewed, mandates to be accepted, matters on the ladder and objections to decide under a light."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import local_date
from approvals.checklist.models import UNDER_WAY
from approvals.mandates.models import Mandate, MandateState
from projects.models import Pause
from supervision.inspections.models import Conclusion
from supervision.matters.models import RUNNING_STATES, Matter, MatterState
from supervision.warnings.fact import CODES, Fact, Holder, Step, Subject, step, within
from supervision.warnings.models import Warning


def _pauses(ids: list[int], _rule: str, _on: date) -> dict[int, Fact]:
    rows = Pause.objects.filter(pk__in=ids).values("pk", "project_id", "project__name", *CODES)
    return {
        row["pk"]: Fact(
            key=f"pause:{row['pk']}",
            label=f"{row['project__name']}：暂停复核"[:250],
            links={"pause_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
        )
        for row in rows
    }


def _pause_cleared(warning: Warning, row: Pause, on: date) -> tuple[date, str]:
    if row.resumed_on:
        return within(row.resumed_on, warning, on), _("Resumed on %(day)s") % {
            "day": row.resumed_on.isoformat()
        }
    if row.project.state not in UNDER_WAY:
        return on, _("The project ended: %(state)s") % {"state": row.project.get_state_display()}
    return on, _("Reviewed; to be reviewed again on %(day)s") % {"day": row.review_on.isoformat()}


def _pause_steps(warning: Warning) -> list[Step]:
    row = warning.pause
    if row is None:
        return []
    why = f"{row.get_reason_display()}，责任方：{row.get_party_display()}"
    return [
        step("暂停", f"{row.starts_on.isoformat()} 起暂停：{why}。{row.note}", row.starts_on),
        step("复核", "至迟应在这一天复核：恢复推进或者说明理由继续暂停", row.review_on),
    ]


def _mandates(ids: list[int], _rule: str, _on: date) -> dict[int, Fact]:
    rows = Mandate.objects.filter(pk__in=ids).values("pk", "number", "project_id", "project__name", *CODES)
    return {
        row["pk"]: Fact(
            key=f"mandate:{row['pk']}",
            label=f"{row['project__name']}：受理代办委托 {row['number']}"[:250],
            links={"mandate_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
        )
        for row in rows
    }


def _mandate_cleared(warning: Warning, row: Mandate, on: date) -> tuple[date, str]:
    ended = row.accepted_at or row.ended_at
    if row.state != MandateState.GIVEN and ended is not None:
        day = local_date(ended)
        return within(day, warning, on), f"{row.get_state_display()} {day.isoformat()}"
    return on, _("The last day was moved to %(day)s") % {"day": row.accept_by_on.isoformat()}


def _matters(ids: list[int], _rule: str, _on: date) -> dict[int, Fact]:
    rows = Matter.objects.filter(pk__in=ids).values(
        "pk", "number", "title", "project_id", "unit__name", *CODES
    )
    return {
        row["pk"]: Fact(
            key=f"matter:{row['pk']}",
            label=f"{row['unit__name']}：{row['title']}（{row['number']}）"[:250],
            links={"matter_id": row["pk"], "project_id": row["project_id"]},
            codes={name: row[name] for name in CODES},
        )
        for row in rows
    }


def _matter_cleared(warning: Warning, row: Matter, on: date) -> tuple[date, str]:
    ended = row.answered_at if row.state == MatterState.ANSWERED else row.closed_at
    if row.state not in RUNNING_STATES:
        day = local_date(ended) if ended else on
        return within(day, warning, on), f"{row.get_state_display()} {day.isoformat()}"
    return on, _("The last day was moved to %(day)s") % {"day": row.due_on.isoformat()}


def _matter_steps(warning: Warning) -> list[Step]:
    row = warning.matter
    if row is None:
        return []
    steps = []
    if row.is_extended:
        steps.append(step("原定", "原定办结期限，始终保留", row.first_due_on))
        steps.append(step("延期", "现行办结期限", row.due_on))
    steps.append(step("督办", f"{row.get_source_display()}，{row.get_step_display()}", row.step_since))
    basis = row.basis or (row.deadline or {}).get("basis", "")
    return [*steps, step("依据", basis)] if basis else steps


def _matter_holder(warning: Warning) -> Holder:
    row = warning.matter
    if row is None:
        return Holder()
    phone = row.person.phone if row.person else row.department.phone if row.department else ""
    return Holder(row.holder_name, phone, local_date(row.received_at or row.issued_at))


def _objections(ids: list[int], _rule: str, _on: date) -> dict[int, Fact]:
    """Of the unit that inspected: it owes the decision. The objecting unit hears of the decision, not of the light."""
    rows = Conclusion.objects.filter(pk__in=ids).select_related("inspection__unit", "unit", "department")
    return {
        row.pk: Fact(
            key=f"conclusion:{row.pk}",
            label=f"{row.inspection.unit.name}：复核{row.addressee}对督查结论的异议（{row.inspection.number}）"[
                :250
            ],
            links={"conclusion_id": row.pk},
            codes=row.inspection.unit.codes,
        )
        for row in rows
    }


def _objection_cleared(warning: Warning, row: Conclusion, on: date) -> tuple[date, str]:
    if row.decided_at is not None:
        day = local_date(row.decided_at)
        return within(day, warning, on), f"{row.get_state_display()} {day.isoformat()}"
    return on, _("The last day was moved to %(day)s") % {
        "day": row.decide_by_on.isoformat() if row.decide_by_on else ""
    }


def _objection_steps(warning: Warning) -> list[Step]:
    row = warning.conclusion
    if row is None or row.objected_at is None:
        return []
    asked = local_date(row.objected_at)
    basis = (row.decision_deadline or {}).get("basis", "")
    steps = [step("申请", f"{row.addressee}对督查结论提出异议，申请复核", asked)]
    return [*steps, step("依据", basis)] if basis else steps


def _objection_holder(warning: Warning) -> Holder:
    row = warning.conclusion
    return Holder(since=local_date(row.objected_at)) if row is not None and row.objected_at else Holder()


PAUSE_SUBJECT = Subject(
    load=_pauses,
    cleared=_pause_cleared,
    related=("pause__project",),
    deadline=lambda _warning: {},
    holder=lambda row: Holder(since=row.pause.starts_on if row.pause else None),
    page=lambda _row: ("", ""),
    visible=lambda _user, _row: False,
    grounds=_pause_steps,
)
MANDATE_SUBJECT = Subject(
    load=_mandates,
    cleared=_mandate_cleared,
    related=("mandate",),
    deadline=lambda row: (row.mandate.acceptance or {}) if row.mandate else {},
    holder=lambda row: (
        Holder(row.mandate.agent.get_full_name(), row.mandate.agent.phone, local_date(row.mandate.given_at))
        if row.mandate
        else Holder()
    ),
    page=lambda row: (reverse("mandates:detail", args=[row.mandate_id]), _("Open the mandate")),
    visible=lambda user, row: Mandate.objects.visible_to(user).filter(pk=row.mandate_id or 0).exists(),
    grounds=lambda row: (
        [step("依据", row.mandate.acceptance["basis"])]
        if row.mandate and (row.mandate.acceptance or {}).get("basis")
        else []
    ),
)
MATTER_SUBJECT = Subject(
    load=_matters,
    cleared=_matter_cleared,
    related=("matter",),
    deadline=lambda row: (row.matter.deadline or {}) if row.matter else {},
    holder=_matter_holder,
    page=lambda row: (reverse("matters:detail", args=[row.matter_id]), _("Open the matter")),
    visible=lambda user, row: Matter.objects.visible_to(user).filter(pk=row.matter_id or 0).exists(),
    grounds=_matter_steps,
)
OBJECTION_SUBJECT = Subject(
    load=_objections,
    cleared=_objection_cleared,
    related=("conclusion",),
    deadline=lambda row: (row.conclusion.decision_deadline or {}) if row.conclusion else {},
    holder=_objection_holder,
    page=lambda row: (reverse("inspections:conclusion", args=[row.conclusion_id]), _("Open the objection")),
    visible=lambda user, row: Conclusion.objects.visible_to(user).filter(pk=row.conclusion_id or 0).exists(),
    grounds=_objection_steps,
)
