"""Carrying an inspection out: begun, results project by project, findings with evidence, each decided on, finished."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import files
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from accounts.obligations.services import meet_for_period
from approvals.tickets.moving import clean_text
from policy.periods import Period
from projects.text import clean
from supervision.inspections import concluding, evidence
from supervision.inspections.models import (
    Finding,
    FindingAction,
    FindingFile,
    Inspection,
    InspectionItem,
    InspectionState,
    ItemResult,
)
from supervision.inspections.moving import compare_and_set, note, require_authority, require_maker, required
from supervision.inspections.periods import duty_of
from supervision.matters.models import MatterSource
from supervision.matters.services import issue_matter

S = InspectionState
FOLDER = "inspections"


def start_inspection(
    *,
    inspection: Inspection,
    inspectors: str,
    held_from: date,
    place: str,
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Inspection:
    """Begin on the spot: who inspects, from which day, where. Needs projects and, for other units, the authority."""
    require_maker(by, inspection.unit_id)
    inspectors = required(
        inspectors, "inspectors_missing", _("Name the inspectors, at least two."), "inspectors", most=300
    )
    place = required(place, "place_missing", _("Say where it takes place."), "place", most=200)
    _check_day(held_from, inspection, at, "held_from")
    if not inspection.items.exists():
        raise DomainError("no_projects", _("No project has been chosen yet. Choose or draw some first."))
    require_authority(inspection)
    with transaction.atomic():
        compare_and_set(
            inspection, (S.PLANNED,), turn=turn, state=S.UNDER_WAY, inspectors=inspectors, place=place,
            held_from=held_from, started_by=by, started_at=at,
        )  # fmt: skip
        note("started", inspection, by, at, inspectors=inspectors, place=place, held_from=held_from)
    return inspection


def record_result(
    *,
    item: InspectionItem,
    result: str,
    text: str,
    looked_on: date,
    place: str = "",
    by: Any,
    at: datetime,
) -> InspectionItem:
    """What was seen at one project; may be corrected until the inspection is finished."""
    inspection = item.inspection
    require_maker(by, inspection.unit_id)
    if result not in ItemResult.values or result == ItemResult.PENDING:
        raise DomainError("result_unknown", _("Choose the result."), field="result")
    text = required(text, "text_missing", _("Write what was seen, or why it could not be looked at."), "text")
    _check_day(looked_on, inspection, at, "looked_on")
    if result != ItemResult.PROBLEM and item.findings.exists():
        raise DomainError(
            "result_against_finding",
            _("Problems of this project are on record below; the result is “problems found”."),
            field="result",
        )
    with transaction.atomic():
        compare_and_set(inspection, (S.UNDER_WAY,))
        before = {"result": item.result}
        item.result, item.result_text, item.looked_on = result, text, looked_on
        item.place, item.recorded_by, item.recorded_at = clean(place)[:120], by, at
        item.save(update_fields=["result", "result_text", "looked_on", "place", "recorded_by", "recorded_at"])
        note(
            "result", inspection, by, at, project=item.project.number, was=before["result"], result=result,
            text=text[:300],
        )  # fmt: skip
    return item


def add_finding(
    *,
    inspection: Inspection,
    item: InspectionItem | None,
    fact: str,
    place: str,
    requirement: str = "",
    unit: Division,
    department: Department | None = None,
    due_on: date | None = None,
    uploads: Sequence[Any] = (),
    by: Any,
    at: datetime,
) -> Finding:
    """Put a problem on record with its evidence. The project's result becomes “problems found”.

    The same form sent twice is one finding: the first is returned.
    """
    require_maker(by, inspection.unit_id)
    fact, place = _checked_finding(inspection, fact, place, unit, department, due_on, at)
    checked = evidence.check_evidence(uploads)
    kept: list[str] = []
    try:
        with transaction.atomic():
            compare_and_set(inspection, (S.UNDER_WAY,))
            same = inspection.findings.filter(
                item=item, fact=fact, place=place, unit=unit, department=department
            )
            for sent in same.filter(found_by=by):
                if evidence.are_those(checked, sent.files):
                    return sent
            finding = Finding.objects.create(
                inspection=inspection, item=item, fact=fact, place=place, requirement=clean_text(requirement),
                unit=unit, department=department, due_on=due_on, found_by=by, found_at=at,
            )  # fmt: skip
            if item is not None and item.result != ItemResult.PROBLEM:
                day = item.looked_on or local_date(at)
                rows = InspectionItem.objects.filter(pk=item.pk)
                rows.update(result=ItemResult.PROBLEM, looked_on=day, recorded_by=by, recorded_at=at)
            kept += evidence.keep(checked, FindingFile, FOLDER, finding=finding)
            note(
                "found", inspection, by, at, fact=fact[:300], responsible=finding.responsible,
                files=[known.sha256 for known, _upload in checked],
            )  # fmt: skip
    except BaseException:
        files.forget(kept)
        raise
    return finding


def _checked_finding(
    inspection: Inspection, fact: str, place: str, unit: Division, department: Department | None,
    due_on: date | None, at: datetime,
) -> tuple[str, str]:  # fmt: skip
    fact = required(
        fact, "fact_missing", _("Write the fact: what was seen, which date, which figure."), "fact"
    )
    place = required(place, "place_missing", _("Say where it was seen."), "place", most=120)
    _check_responsible(inspection, unit, department)
    if due_on is not None and due_on <= local_date(at):
        raise DomainError("due_in_past", _("Choose a day after today."), field="due_on")
    return fact, place


def press_finding(
    *,
    finding: Finding,
    title: str,
    requirement: str,
    due_on: date | None = None,
    by: Any,
    at: datetime,
) -> Finding:
    """The finding becomes a matter on the ladder: with its day, or by the regime's rule where none is given."""
    inspection = finding.inspection
    require_maker(by, inspection.unit_id)
    title = required(title, "title_missing", _("Give the matter a short title."), "title", most=120)
    requirement = required(
        requirement,
        "requirement_missing",
        _("Say what has to be done, so that it can be checked."),
        "requirement",
    )
    if due_on is not None and due_on <= local_date(at):
        raise DomainError("due_in_past", _("Choose a day after today."), field="due_on")
    with transaction.atomic():
        _decide(finding, FindingAction.MATTER, by, at, requirement=requirement, due_on=due_on)
        matter = issue_matter(
            source=MatterSource.FINDING, source_id=finding.pk, title=title,
            demand=f"{finding.fact}\n{requirement}", issuer=inspection.unit, unit=finding.unit,
            department=finding.department, project=finding.item.project if finding.item else None, due_on=due_on,
            basis=basis_of(inspection), by=by, at=at,
        )  # fmt: skip
        if finding.due_on is None:
            Finding.objects.filter(pk=finding.pk).update(due_on=matter.due_on)
        note("finding_pressed", inspection, by, at, matter=matter.number, fact=finding.fact[:200])
    finding.refresh_from_db()
    return finding


def note_finding(*, finding: Finding, reason: str, by: Any, at: datetime) -> Finding:
    """Nothing has to be done (mended on the spot, explained): noted, with the reason."""
    require_maker(by, finding.inspection.unit_id)
    reason = required(reason, "reason_missing", _("Say why nothing has to be done."), "reason")
    with transaction.atomic():
        _decide(finding, FindingAction.NOTED, by, at, note=reason)
        note("finding_noted", finding.inspection, by, at, reason, fact=finding.fact[:200])
    return finding


def finish_inspection(
    *,
    inspection: Inspection,
    held_to: date,
    summary: str,
    texts: Mapping[str, str] | None = None,
    turn: int | None = None,
    by: Any,
    at: datetime,
) -> Inspection:
    """Close the record, send each inspected unit its conclusion and meet the duty of the period.

    `texts`: the words for each addressee by its key (see concluding.addressees); missing ones are composed.
    """
    require_maker(by, inspection.unit_id)
    summary = required(summary, "summary_missing", _("Write what the inspection came to."), "summary")
    _check_finish(inspection, held_to, at)
    with transaction.atomic():
        compare_and_set(
            inspection, (S.UNDER_WAY,), turn=turn, state=S.FINISHED, held_to=held_to, summary=summary,
            closed_by=by, closed_at=at,
        )  # fmt: skip
        _check_whole(inspection)  # again: a project may have been added meanwhile
        found = duty_of(inspection.unit, Period.parse(inspection.period).last)
        if found is not None:
            meet_for_period(
                kind=found[0], unit=inspection.unit, period=inspection.period, met_at=at, at=at, by=by
            )
        sent = concluding.send_all(inspection, texts or {}, by=by, at=at)
        note("finished", inspection, by, at, held_to=held_to, summary=summary[:300], sent=sent)
    return inspection


def basis_of(inspection: Inspection) -> str:
    """The legal ground printed on a matter, with the authority where other units are inspected."""
    text = "《黑龙江省招商引资项目服务保障暂行办法》第二十一条"
    if inspection.authority_document:
        text += f"；{inspection.authority_government}{inspection.authority_document}"
    return text[:300]


def _decide(finding: Finding, action: str, by: Any, at: datetime, **changes: Any) -> None:
    if finding.inspection.state != S.UNDER_WAY:
        raise StaleState(
            "inspection_closed",
            _("The inspection is not under way any more; its findings stand as they are."),
        )
    rows = Finding.objects.filter(pk=finding.pk, action=FindingAction.PENDING, inspection__state=S.UNDER_WAY)
    if not rows.update(action=action, decided_by=by, decided_at=at, **changes):
        finding.refresh_from_db()
        raise StaleState(
            "finding_decided",
            _("This finding has been decided on already: %(what)s.") % {"what": finding.get_action_display()},
        )
    finding.refresh_from_db()


def _check_day(day: date, inspection: Inspection, at: datetime, field: str) -> None:
    first = Period.parse(inspection.period).first
    if day > local_date(at):
        raise DomainError("day_in_future", _("This day has not come yet."), field=field)
    if day < first:
        raise DomainError(
            "day_before_period",
            _("This inspection counts for %(period)s, which begins on %(day)s. Check the day.")
            % {"period": Period.parse(inspection.period).label, "day": first.isoformat()},
            field=field,
        )


def _check_responsible(inspection: Inspection, unit: Division, department: Department | None) -> None:
    if not unit.path.startswith(inspection.unit.path):
        raise DomainError(
            "unit_outside",
            _("%(unit)s does not belong to the area of %(own)s.")
            % {"unit": unit.name, "own": inspection.unit.name},
            field="unit",
        )
    if department is not None and department.division_id != unit.pk:
        raise DomainError(
            "department_elsewhere",
            _("%(department)s does not belong to %(unit)s.")
            % {"department": department.name, "unit": unit.name},
            field="department",
        )


def _check_finish(inspection: Inspection, held_to: date, at: datetime) -> None:
    """Every project has a result, every finding was decided on, the days are in order."""
    _check_day(held_to, inspection, at, "held_to")
    if inspection.held_from and held_to < inspection.held_from:
        raise DomainError(
            "days_reversed",
            _("It began on %(day)s; the last day cannot lie before that.")
            % {"day": inspection.held_from.isoformat()},
            field="held_to",
        )
    if inspection.state != S.UNDER_WAY:
        raise StaleState(
            "inspection_moved", _("This inspection is not under way. Look at it as it stands now.")
        )
    require_authority(inspection)
    _check_whole(inspection)


def _check_whole(inspection: Inspection) -> None:
    """An inspection of nothing meets no duty; each project has a result and each finding its decision."""
    if not inspection.items.exists():
        raise DomainError("no_projects", _("No project has been chosen yet. Choose or draw some first."))
    left = list(inspection.items.filter(result=ItemResult.PENDING).select_related("project")[:3])
    if left:
        names = "、".join(row.project.name for row in left)
        raise DomainError(
            "results_missing",
            _("Projects without a result yet: %(names)s. Record each, also one that could not be looked at.")
            % {"names": names},
        )
    if inspection.findings.filter(action=FindingAction.PENDING).exists():
        raise DomainError(
            "findings_pending",
            _("Findings are not decided on yet: press each as a matter, or note it with a reason."),
        )
