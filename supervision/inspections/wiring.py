"""What inspections hang into the lower apps when the process starts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.models import Obligation
from accounts.obligations import kinds, todo
from accounts.obligations.todo import TodoItem
from policy.periods import Period
from policy.services import current_calendar
from supervision.inspections import concluding, pressing, triggers
from supervision.inspections.following import follow_successors
from supervision.inspections.models import VIEW, Conclusion, Finding
from supervision.matters.following import register_follower
from supervision.matters.ladder import register_putter
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source


def register() -> None:
    sections.register("supervision", "inspections", gettext_lazy("Inspections"), "inspections:list", VIEW, 40)
    sections.register(
        "supervision",
        "conclusions",
        gettext_lazy("Inspection conclusions"),
        "inspections:conclusions",
        "inspections.answer",
        41,
    )
    for code, label in (
        (kinds.INSPECTION_CITY, gettext_lazy("Monthly inspection")),
        (kinds.INSPECTION_PROVINCE, gettext_lazy("Quarterly inspection")),
        (kinds.INSPECTION_YEAR, gettext_lazy("Yearly inspection")),
    ):
        kinds.register(
            kinds.DutyKind(
                code=code, label=label, title=_title, button=gettext_lazy("Plan or record it"), url=_url,
                permission="inspections.make",
            )
        )  # fmt: skip
    triggers.register_own()
    register_follower("inspections", follow_successors)
    register_source(Source(MatterSource.FINDING, gettext_lazy("Finding of an inspection"), url=_finding_url))
    register_source(
        Source(
            MatterSource.OBJECTION,
            MatterSource.OBJECTION.label,
            url=_objection_url,
            permission="inspections.view",
        )
    )
    register_putter("objections", pressing.press_overdue)
    todo.register("inspection_conclusions", todo_items)
    audit_words.register(AUDIT, NAMES)


AUDIT = {
    "inspection_planned": gettext_lazy("inspection planned"),
    "inspection_plan_changed": gettext_lazy("plan of an inspection changed"),
    "inspection_projects_added": gettext_lazy("projects put on the list of an inspection"),
    "inspection_project_removed": gettext_lazy("project taken off the list of an inspection"),
    "inspection_drawn": gettext_lazy("projects drawn for a spot check"),
    "inspection_started": gettext_lazy("inspection begun"),
    "inspection_result": gettext_lazy("result of an inspection recorded"),
    "inspection_found": gettext_lazy("problem found in an inspection"),
    "inspection_finding_pressed": gettext_lazy("finding pressed as a matter"),
    "inspection_finding_noted": gettext_lazy("finding noted without action"),
    "inspection_moved": gettext_lazy("inspection handed to the successor of a unit"),
    "inspection_conclusion_moved": gettext_lazy("inspection conclusion handed to the successor of a unit"),
    "inspection_finished": gettext_lazy("inspection finished"),
    "inspection_cancelled": gettext_lazy("inspection called off"),
    "inspection_conclusion_sent": gettext_lazy("inspection conclusion sent"),
    "inspection_conclusion_received": gettext_lazy("inspection conclusion signed for"),
    "inspection_conclusion_objected": gettext_lazy("objection to an inspection conclusion"),
    "inspection_conclusion_decided": gettext_lazy("decision on an objection"),
}
NAMES = {
    "seed": gettext_lazy("seed"),
    "population": gettext_lazy("number drawn from"),
    "fingerprint": gettext_lazy("fingerprint"),
    "object_by_on": gettext_lazy("objection until"),
    "decide_by_on": gettext_lazy("decision until"),
    "inspectors": gettext_lazy("inspectors"),
}


def todo_items(user: Any, on: date) -> Iterator[TodoItem]:
    """Conclusions to sign for, and objections to decide on."""
    found, calendar = concluding.waiting_for(user), current_calendar()
    for row in found["receive"]:
        yield _item(row, _("Sign for the conclusion: %(title)s"), _("Read and sign for it"), None, None)
    for row in found["decide"]:
        due = row.decide_by_on
        days = calendar.between(on, due) if due else None
        yield _item(row, _("Decide on the objection: %(title)s"), _("Read and decide"), due, days)


def _item(row: Conclusion, title: str, button: str, due: date | None, days: int | None) -> TodoItem:
    return TodoItem(
        key=f"conclusion:{row.pk}:{row.state}", days_left=days, due_on=due,
        title=title % {"title": row.inspection.title},
        detail=_("%(unit)s to %(who)s") % {"unit": row.inspection.unit.name, "who": row.addressee},
        url=reverse("inspections:conclusion", args=[row.pk]), button=button, why=row.decision_deadline or None, order=35,
    )  # fmt: skip


def _title(duty: Obligation) -> str:
    return _("Inspect the signed projects for %(period)s") % {"period": Period.parse(duty.period).label}


def _url(duty: Obligation) -> str:
    """Without a look at the database: a home page may hold many duties. The address itself finds the inspection."""
    return reverse("inspections:due", args=[duty.unit_id, duty.period])


def _objection_url(matter: Matter) -> str:
    return reverse("inspections:conclusion", args=[matter.source_id])


def _finding_url(matter: Matter) -> str:
    pair = Finding.objects.filter(pk=matter.source_id).values_list("inspection_id", "pk").first()
    return reverse("inspections:finding", args=pair) if pair else ""
