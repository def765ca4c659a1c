"""What a warning is about: its words, its codes, and the fact that cleared it. Items and tickets: see `assist`."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Obligation
from accounts.obligations import kinds
from projects.models import Milestone, MilestoneCode
from supervision.warnings import assist
from supervision.warnings.bounds import ITEM, MILESTONE, TICKET
from supervision.warnings.fact import CODES, Fact
from supervision.warnings.models import Warning

STORED_LANGUAGE = "zh-hans"  # labels are stored and printed in official Chinese


def load(rule_key: str, ids: Iterable[int], on: date) -> dict[int, Fact]:
    """Facts by id of the milestone, obligation, item or ticket. One query."""
    wanted = list(ids)
    if not wanted:
        return {}
    with override(STORED_LANGUAGE):
        if rule_key == MILESTONE:
            return _milestones(wanted, on)
        if rule_key == ITEM:
            return assist.items(wanted)
        return assist.tickets(wanted) if rule_key == TICKET else _duties(wanted)


def _milestones(ids: list[int], on: date) -> dict[int, Fact]:
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


def _duties(ids: list[int]) -> dict[int, Fact]:
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


def why_cleared(warning: Warning, on: date) -> tuple[date, str]:
    """The day and the words of the fact that ended the warning. `warning` comes with what it is about."""
    with override(STORED_LANGUAGE):
        if warning.milestone is not None:
            return _milestone_cleared(warning, warning.milestone, on)
        if warning.obligation is not None:
            return _duty_cleared(warning, warning.obligation, on)
        if warning.item is not None:
            return assist.item_cleared(warning, warning.item, on)
        if warning.ticket is not None:
            return assist.ticket_cleared(warning, warning.ticket, on)
        return on, _("No longer kept")


def _milestone_cleared(warning: Warning, row: Milestone, on: date) -> tuple[date, str]:
    if row.actual_on:
        day = min(max(row.actual_on, warning.opened_on), on)
        return day, _("Done on %(day)s") % {"day": row.actual_on.isoformat()}
    if row.project.paused:
        return on, _("The project is paused")
    if not row.is_open:
        return on, _("The project ended: %(state)s") % {"state": row.project.get_state_display()}
    if row.planned_on is None:
        return on, _("The planned date was taken back")
    return on, _("The planned date was moved to %(day)s") % {"day": row.planned_on.isoformat()}


def _duty_cleared(warning: Warning, row: Obligation, on: date) -> tuple[date, str]:
    if row.met_on:
        day = min(max(row.met_on, warning.opened_on), on)
        return day, _("Done on %(day)s") % {"day": row.met_on.isoformat()}
    if row.exempt_reason:
        return on, _("Waived: %(reason)s") % {"reason": row.exempt_reason}
    if row.cancelled_on:
        return row.cancelled_on, _("The ground of the duty fell away")
    return on, _("The last day was moved to %(day)s") % {"day": row.last_day.isoformat()}
