"""Signed projects and their duties: what the hourly reconciler makes, settles and cancels (H7, H17)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clock import local_date
from accounts.models import Division, Obligation
from accounts.obligations import making
from accounts.obligations.kinds import FILING, KICKOFF, DutyKind, Standing, register
from accounts.obligations.services import Owed, cancel_for_subject, meet_for_subject, owe_for_subjects
from approvals.kickoff.models import Kickoff
from policy.regimes import Regime, get_regime
from policy.rules import DeadlineRule
from policy.services import current_calendar
from projects.models import DatePrecision, Project, ProjectState
from projects.regime import counted_kinds

DUTIES = (KICKOFF, FILING)
SUBJECT = "projects.project"
CHUNK = 500


def register_all() -> None:
    """Called when the app is ready: the two duties of a signing, and their reconciler."""
    register(
        DutyKind(
            code=KICKOFF,
            label=gettext_lazy("Kickoff meeting"),
            title=lambda row: _("Hold the kickoff meeting: %(project)s") % {"project": row.subject_label},
            button=gettext_lazy("Record the meeting"),
            url=lambda row: reverse("kickoffs:record", args=[row.subject_id]),
            permission="kickoffs.record",
            standing=_counted_from,
        )
    )
    register(
        DutyKind(
            code=FILING,
            label=gettext_lazy("Filing of basic information"),
            title=lambda row: _("File the basic information: %(project)s") % {"project": row.subject_label},
            button=gettext_lazy("Complete the information"),
            url=_project_url,
            permission="projects.edit",
            standing=_counted_from,
        )
    )
    making.register_maker("signing", settle)


def settle(at: datetime) -> dict[str, int]:
    """Make the duties of projects signed since the system is in use; close those whose fact or ground has come."""
    made = {
        f"{kind}": sum(
            _make(kind, regime, units, at) for regime, units in making.units_by_regime(local_date(at)).items()
        )
        for kind in DUTIES
    }
    return made | {"met": _meet_known(at), "cancelled": _cancel_ended(at)}


def _make(kind: str, regime_code: str, units: list[Division], at: datetime) -> int:
    regime, calendar, on = get_regime(regime_code), current_calendar(), local_date(at)
    by_code = {unit.pk: unit for unit in units}
    owed = Obligation.objects.filter(kind=kind, subject_type=SUBJECT, subject_id=OuterRef("pk"))
    lacking = Project.objects.filter(
        ~Exists(owed),
        state__in=[ProjectState.ACTIVE, ProjectState.DONE],
        signed_on__gte=settings.DUTIES_SINCE,
        signed_on__lte=on,
        signed_precision=DatePrecision.DAY,
        division_id__in=by_code,
        contract_kind__in=counted_kinds(regime, on),
    ).order_by("pk")
    made = 0
    for rule, rows in _by_rule(regime, kind, lacking.values("pk", "name", "division_id", "signed_on")):
        made += owe_for_subjects(
            kind=kind,
            rule=rule,
            subject_type=SUBJECT,
            owed=[
                Owed(by_code[row["division_id"]], row["pk"], row["name"], row["signed_on"]) for row in rows
            ],
            calendar=calendar,
            at=at,
        )
    return made


def _by_rule(regime: Regime, kind: str, rows: Any) -> Iterator[tuple[DeadlineRule, list[dict[str, Any]]]]:
    """Chunks of rows by the version of the rule in force on their day of signing."""
    chunks: dict[str, list[dict[str, Any]]] = {}
    versions = [rule for rule in regime.rules if rule.key == kind and isinstance(rule, DeadlineRule)]
    rules = {rule.id: rule for rule in versions}
    for row in rows.iterator(chunk_size=2000):
        rule = next((rule for rule in versions if rule.in_force(row["signed_on"])), None)
        if rule is None:
            continue
        chunk = chunks.setdefault(rule.id, [])
        chunk.append(row)
        if len(chunk) >= CHUNK:
            yield rule, chunks.pop(rule.id)
    for rule_id, chunk in chunks.items():
        yield rules[rule_id], chunk


def _meet_known(at: datetime) -> int:
    """Facts that came in by another road (an import, a correction) close their duty too."""
    open_ids = {
        kind: Obligation.objects.open().filter(kind=kind, subject_type=SUBJECT).values("subject_id")
        for kind in DUTIES
    }
    facts: list[tuple[str, Project, date]] = [
        (KICKOFF, kickoff.project, kickoff.held_on)
        for kickoff in Kickoff.objects.filter(project_id__in=open_ids[KICKOFF]).select_related("project")
    ]
    facts += [
        (FILING, project, project.filed_on)
        for project in Project.objects.filter(pk__in=open_ids[FILING], filed_on__isnull=False)
        if project.filed_on
    ]
    return sum(meet_for_subject(kind=kind, subject=project, met_on=on, at=at) for kind, project, on in facts)


def _cancel_ended(at: datetime) -> int:
    ended = Project.objects.filter(
        pk__in=Obligation.objects.open().filter(kind__in=DUTIES, subject_type=SUBJECT).values("subject_id")
    ).exclude(state__in=[ProjectState.ACTIVE, ProjectState.DONE])
    return sum(
        cancel_for_subject(subject=project, reason=str(project.get_state_display()), at=at, kinds=DUTIES)
        for project in ended
    )


def _counted_from(row: Obligation) -> Standing:
    steps = row.deadline.get("steps") or []
    return Standing(steps[0]["text"] if steps else "")


def _project_url(row: Obligation) -> str:
    for name in ("projects:edit", "projects:detail"):
        try:
            return reverse(name, args=[row.subject_id])
        except NoReverseMatch:
            continue
    return ""
