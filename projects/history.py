"""The audit records of one project as sentences people read: who changed what from what to what (design.md §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words
from accounts.models import AuditRecord
from accounts.templatetags.portal import wan
from projects.industries import LABELS_4567, SECTION_LABELS
from projects.models import (
    ChangeReason,
    ContractKind,
    DatePrecision,
    MilestoneCode,
    Party,
    PauseReason,
    Project,
    ProjectState,
    TeamRole,
)  # fmt: skip

OBJECT_TYPE = "projects.project"
DASH = "—"

ACTIONS = {
    "project_registered": gettext_lazy("project registered"),
    "project_edited": gettext_lazy("registry entry changed"),
    "basic_filed": gettext_lazy("basic information filed"),
    "ledger_applied": gettext_lazy("brought up to date by an accepted ledger"),
    "milestones_set": gettext_lazy("dates of key points changed"),
    "project_paused": gettext_lazy("project paused"),
    "project_resumed": gettext_lazy("project resumed"),
    "pause_prolonged": gettext_lazy("pause prolonged"),
    "project_ended": gettext_lazy("project ended"),
    "team_appointed": gettext_lazy("person appointed"),
    "team_dismissed": gettext_lazy("appointment ended"),
    "company_added": gettext_lazy("company entered"),
    "company_completed": gettext_lazy("company completed"),
    "obligation_moved": gettext_lazy("due date follows the corrected signing date"),
    "plan_change_asked": gettext_lazy("new planned dates asked for"),
    "plan_changed": gettext_lazy("planned dates changed"),
    "plan_change_approved": gettext_lazy("new planned dates approved"),
    "plan_change_rejected": gettext_lazy("new planned dates rejected"),
    "plan_change_withdrawn": gettext_lazy("request for new dates taken back"),
    "transfer_asked": gettext_lazy("transfer to another division asked for"),
    "transfer_accepted": gettext_lazy("project received from another division"),
    "transfer_refused": gettext_lazy("transfer not accepted"),
    "transfer_withdrawn": gettext_lazy("transfer taken back"),
    "project_merged": gettext_lazy("merged into another project"),
    "project_absorbed": gettext_lazy("duplicate taken in"),
    "promise_recorded": gettext_lazy("promise to the investor recorded"),
    "promise_kept": gettext_lazy("promise kept"),
    "promise_broken": gettext_lazy("promise cannot be kept"),
    "promise_void": gettext_lazy("promise struck out, entered by mistake"),
    "arrears_recorded": gettext_lazy("arrears and their plan recorded"),
    "instalment_paid": gettext_lazy("instalment of the arrears paid"),
    "arrears_replanned": gettext_lazy("new plan of arrears in force"),
    "arrears_replan_asked": gettext_lazy("new plan of arrears asked for"),
    "arrears_replan_rejected": gettext_lazy("new plan of arrears not approved"),
    "arrears_replan_withdrawn": gettext_lazy("request for a new plan of arrears taken back"),
    "assessment_made": gettext_lazy("pre-signing assessment made"),
    "assessment_void": gettext_lazy("pre-signing assessment taken back"),
    "obligation_handed_over": gettext_lazy("open duty handed over with the project"),
}
NAMES = {
    "number": gettext_lazy("project number"),
    "company": gettext_lazy("company"),
    "signed_precision": gettext_lazy("precision of the signing date"),
    "major_reason": gettext_lazy("why major or not"),
    "end_reason": gettext_lazy("why it ended"),
    "paused": gettext_lazy("paused"),
    "pause_reason": gettext_lazy("reason of the pause"),
    "pause_party": gettext_lazy("responsible party"),
    "starts_on": gettext_lazy("paused from"),
    "review_on": gettext_lazy("to be reviewed on"),
    "resumed_on": gettext_lazy("resumed on"),
    "person": gettext_lazy("person"),
    "office": gettext_lazy("office and job title"),
    "valid_from": gettext_lazy("from"),
    "valid_to": gettext_lazy("to (inclusive)"),
    "plan_cause": gettext_lazy("cause of the change"),
    "plan_party": gettext_lazy("responsible party"),
    "from_division": gettext_lazy("given by"),
    "to_division": gettext_lazy("received by"),
    "moved_rows": gettext_lazy("rows that went along"),
    "merged_into": gettext_lazy("merged into"),
    "duplicate": gettext_lazy("duplicate"),
    "promise": gettext_lazy("promise"),
    "kept_on": gettext_lazy("kept on"),
    "creditor": gettext_lazy("creditor company"),
    "paid_on": gettext_lazy("paid on"),
    "due_on": gettext_lazy("due (inclusive)"),
}
POINT_FIELDS = {
    "baseline_on": gettext_lazy("first plan"),
    "planned_on": gettext_lazy("planned"),
    "forecast_on": gettext_lazy("forecast"),
    "actual_on": gettext_lazy("actual"),
    "actual_precision": gettext_lazy("precision of the finish"),
    "responsible": gettext_lazy("responsible office and person"),
    "delay_party": gettext_lazy("delay caused by"),
    "delay_reason": gettext_lazy("cause of delay"),
}
_CHOICES: dict[str, dict[str, Any]] = {
    "contract_kind": dict(ContractKind.choices),
    "state": dict(ProjectState.choices),
    "signed_precision": dict(DatePrecision.choices),
    "actual_precision": dict(DatePrecision.choices),
    "delay_party": dict(Party.choices),
    "pause_party": dict(Party.choices),
    "pause_reason": dict(PauseReason.choices),
    "plan_cause": dict(ChangeReason.choices),
    "plan_party": dict(Party.choices),
    "role": dict(TeamRole.choices),
    "industry_section": SECTION_LABELS,
    "industry_4567": LABELS_4567,
}


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Event:
    record: AuditRecord
    title: str
    changes: list[Change]


def register_words() -> None:
    """Let the log of the whole area read like the history here."""
    points = {
        f"{code}.{name}": _PointName(code, name) for code in MilestoneCode.values for name in POINT_FIELDS
    }
    # Keys other apps may use in another sense stay with this module.
    shared = {"number", "company", "due_on", "name"}
    audit_words.register(ACTIONS, {key: word for key, word in NAMES.items() if key not in shared} | points)


class _PointName:
    """ "Construction permit: planned", put together when it is shown, in the reader's language."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.name = code, name

    def __str__(self) -> str:
        return _("%(point)s: %(field)s") % {
            "point": MilestoneCode(self.code).label,
            "field": POINT_FIELDS[self.name],
        }


def events_of(records: Iterable[AuditRecord]) -> list[Event]:
    return [Event(record, audit_words.action_label(record.action), changes_of(record)) for record in records]


def changes_of(record: AuditRecord) -> list[Change]:
    """Old → new of every key that changed; the version is bookkeeping and left out."""
    keys = dict.fromkeys([*record.before, *record.after])
    keys.pop("version", None)
    if not record.before:  # a first entry: what was left empty is not news
        keys = {key: None for key in keys if record.after.get(key) not in (None, "", False, 0)}
    return [
        Change(label_of(key), _old(record, key), shown(key, record.after.get(key)))
        for key in keys
        if record.before.get(key) != record.after.get(key) or key == "role"
    ]


def _old(record: AuditRecord, key: str) -> str:
    """The old value; of a role that stays there is no old one to tell."""
    value = record.before.get(key)
    return DASH if value == record.after.get(key) else shown(key, value)


def label_of(key: str) -> str:
    return str(NAMES[key]) if key in NAMES else audit_words.field_label(OBJECT_TYPE, key)


def shown(key: str, value: Any) -> str:
    """A stored value in words: labels of codes, 万元 for amounts."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    name = key.rpartition(".")[2]
    if name.endswith("_yuan"):
        return _("%(amount)s ten thousand yuan") % {"amount": wan(value)}
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    return str(value)


def records_of(project: Project, user: Any) -> QuerySet[AuditRecord]:
    """The project's audit records, newest first, with those of duplicates merged into it.

    The caller has opened the project and asked audit.view over it. The records keep the area they were written in, so
    that after a transfer the receiver reads the whole course here, and the giver none of it: the project is the key.
    """
    ids = [str(project.pk), *map(str, project.merged_from.values_list("pk", flat=True))]
    return AuditRecord.objects.filter(object_type=OBJECT_TYPE, object_id__in=ids).order_by("-at", "-seq")
