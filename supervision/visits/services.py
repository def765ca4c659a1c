"""An invited supervisor's visit is written down; the competent office presses each finding or says why not (H22)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, files, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division
from accounts.notify import STORED_LANGUAGE
from accounts.scope import current_postings, posted_at, require
from approvals.tickets.moving import clean_text
from projects.abilities import abilities
from projects.models import Project
from projects.numbers import take
from projects.text import clean
from supervision.inspections import evidence
from supervision.inspections.moving import place_of, required
from supervision.matters.models import Matter, MatterSource, MatterState
from supervision.matters.services import issue_matter
from supervision.visits.models import RECORD, Outcome, Visit, VisitFile, VisitFinding

ISSUE = "matters.issue"
FOLDER = "visits"
MOST_FINDINGS = 3  # on one form; further ones on a further visit
OLDEST_DAYS = 31  # a visit is written down within a month


@dataclass(frozen=True, slots=True)
class Found:
    """One problem as the supervisor words it."""

    text: str
    suggestion: str = ""


def record_visit(
    *,
    project: Project,
    visited_on: date,
    place: str,
    people_met: str = "",
    seen: str,
    found: Iterable[Found] = (),
    uploads: Sequence[Any] = (),
    by: Any,
    at: datetime,
) -> Visit:
    """Write a visit down with its photos and findings. Written once: what has to be added is a further visit.

    The same form sent twice (a doubled click, a phone that tries again) is one visit: the first is returned.
    """
    if RECORD not in abilities(by, project):
        raise PermissionDenied(RECORD)
    _check_day(visited_on, local_date(at))
    place = required(
        place, "place_missing", _("Say where you were: site, workshop, office."), "place", most=120
    )
    seen = required(seen, "seen_missing", _("Write what you saw and heard."), "seen")
    lines = _checked_lines(found)
    checked = evidence.check_evidence(uploads)
    kept: list[str] = []
    try:
        with transaction.atomic():
            words = {"place": place, "people_met": clean(people_met)[:200], "seen": seen}
            Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=project.pk)
            same = Visit.objects.filter(project=project, by=by, visited_on=visited_on, **words)
            for sent in same:
                if _texts(sent.findings.all()) == _texts(lines) and evidence.are_those(checked, sent.files):
                    return sent
            visit = _new(project, by, at, visited_on=visited_on, **words)
            VisitFinding.objects.bulk_create(
                VisitFinding(visit=visit, text=one.text, suggestion=one.suggestion) for one in lines
            )
            kept = evidence.keep(checked, VisitFile, FOLDER, visit=visit)
            audit.record(
                "visit_recorded", target=visit, by=by, at=at,
                after={"visited_on": visited_on, "findings": len(lines), "files": [known.sha256 for known, _u in checked]},
            )  # fmt: skip
            transaction.on_commit(lambda: tell_office(visit, len(lines), at))
    except BaseException:
        files.forget(kept)
        raise
    return visit


def _new(project: Project, by: Any, at: datetime, **words: Any) -> Visit:
    """The numbered row, of the unit that triages it."""
    unit = place_of(project)
    prefix = f"FW-{unit.pk}-{local_date(at).year}"
    return Visit.objects.create(
        number=f"{prefix}-{take(prefix):04d}", project=project, unit=unit, by=by, by_name=by.get_full_name()[:60], at=at,
        province_code=project.province_code, city_code=project.city_code, county_code=project.county_code, **words,
    )  # fmt: skip


def _texts(found: Iterable[Any]) -> list[tuple[str, str]]:
    return sorted((one.text, one.suggestion) for one in found)


def _checked_lines(found: Iterable[Found]) -> list[Found]:
    """The problems that were written down; a suggestion without its problem is refused."""
    lines = [Found(clean_text(one.text), clean_text(one.suggestion)) for one in found]
    for number, one in enumerate(lines, 1):
        if one.suggestion and not one.text:
            raise DomainError(
                "finding_missing", _("Write the problem your suggestion is about."), field=f"found_{number}"
            )
    return [one for one in lines if one.text]


def press_finding(
    *,
    finding: VisitFinding,
    title: str,
    demand: str,
    department: Department | None = None,
    due_on: date | None = None,
    by: Any,
    at: datetime,
) -> Matter:
    """The finding becomes a matter of the unit the project lies in. Pressed by that unit, or by one above it."""
    issuer = issuer_for(by, finding.visit)
    if issuer is None:
        raise PermissionDenied(ISSUE)
    with transaction.atomic():
        _decide(finding, by, at, outcome=Outcome.MATTER)
        matter = issue_matter(
            source=MatterSource.VISIT, source_id=finding.pk, title=title, demand=demand, issuer=issuer,
            unit=place_of(finding.visit.project), department=department, project=finding.visit.project, due_on=due_on,
            basis="《黑龙江省招商引资项目服务保障暂行办法》第二十二条", by=by, at=at,
        )  # fmt: skip
        audit.record(
            "visit_finding_pressed", target=finding.visit, by=by, at=at,
            after={"matter": matter.number, "problem": finding.text[:200]},
        )  # fmt: skip
        with override(STORED_LANGUAGE):
            title = _("Your finding is pressed as %(number)s") % {"number": matter.number}
        transaction.on_commit(lambda: tell_supervisor(finding, f"matter:{matter.pk}", title, at))
    return matter


def decline_finding(*, finding: VisitFinding, reason: str, by: Any, at: datetime) -> VisitFinding:
    """Not taken up; the supervisor reads why."""
    if issuer_for(by, finding.visit) is None:
        raise PermissionDenied(ISSUE)
    reason = required(
        reason, "reason_missing", _("Say why it is not taken up; the supervisor reads it."), "reason"
    )
    with transaction.atomic():
        _decide(finding, by, at, outcome=Outcome.DECLINED, reason=reason)
        audit.record(
            "visit_finding_declined", target=finding.visit, by=by, at=at, after={"problem": finding.text[:200]},
            reason=reason[:500],
        )  # fmt: skip
        with override(STORED_LANGUAGE):
            title = _("Your finding was not taken up")
        transaction.on_commit(lambda: tell_supervisor(finding, "declined", title, at))
    return finding


def issuer_for(user: Any, visit: Visit) -> Division | None:
    """The unit in whose name the person may press: the project's own if posted there, else one above it."""
    place = place_of(visit.project)
    if posted_at(user, place, ISSUE):
        return place
    for posting in current_postings(user):
        division = posting.division
        if place.path.startswith(division.path) and posted_at(user, division, ISSUE) and posting.subtree:
            return division
    return None


def matter_moved(matter: Matter, by: Any, at: datetime) -> None:
    """The supervisor hears when the matter is closed or taken back (called inside the move's transaction)."""
    finding = VisitFinding.objects.filter(pk=matter.source_id).select_related("visit__by").first()
    if finding is None:
        return
    with override(STORED_LANGUAGE):
        if matter.state == MatterState.CLOSED:
            title = _("Mended and checked: %(title)s") % {"title": matter.title}
        else:
            title = _("%(state)s: %(title)s") % {"state": matter.get_state_display(), "title": matter.title}
    transaction.on_commit(lambda: tell_supervisor(finding, f"moved:{matter.pk}:{matter.turn}", title, at))


def tell_supervisor(finding: VisitFinding, what: str, title: str, at: datetime) -> None:
    visit = finding.visit
    notify.tell(
        [visit.by], key=f"visit:{visit.pk}:{finding.pk}:{what}", kind="visit", title=title,
        text=finding.text[:200], url=reverse("visits:detail", args=[visit.pk]), at=at,
    )  # fmt: skip


def require_triage(user: Any, visit: Visit) -> None:
    require(user, ISSUE)
    if issuer_for(user, visit) is None:
        raise PermissionDenied(ISSUE)


def _decide(finding: VisitFinding, by: Any, at: datetime, **changes: Any) -> None:
    rows = VisitFinding.objects.filter(pk=finding.pk, outcome=Outcome.NEW)
    if not rows.update(triaged_by=by, triaged_at=at, **changes):
        finding.refresh_from_db()
        raise StaleState(
            "finding_triaged",
            _("A colleague was faster: %(what)s. What you typed is kept below.")
            % {"what": finding.get_outcome_display()},
        )
    finding.refresh_from_db()


def _check_day(visited_on: date, on: date) -> None:
    if visited_on > on:
        raise DomainError("day_in_future", _("This day has not come yet."), field="visited_on")
    if (on - visited_on).days > OLDEST_DAYS:
        raise DomainError(
            "day_too_old",
            _("This is more than %(n)d days ago. Record what you find on a new visit.") % {"n": OLDEST_DAYS},
            field="visited_on",
        )


def tell_office(visit: Visit, number: int, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Visit of the invited supervisor %(who)s: %(project)s") % {
            "who": visit.by_name, "project": visit.project.name,
        }  # fmt: skip
        text = (
            _("%(n)d problems found; decide on each.") % {"n": number} if number else _("No problem found.")
        )
    notify.tell(
        notify.staff_of(visit.unit_id, ISSUE, on=local_date(at)), key=f"visit:{visit.pk}:{visit.unit_id}", kind="visit",
        title=title,
        text=text, url=reverse("visits:detail", args=[visit.pk]), at=at,
    )  # fmt: skip
