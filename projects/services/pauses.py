"""Time that does not count: a pause with a coded reason, the responsible party and a day of review (design.md §2)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.scope import require
from policy.calendar import ONE_DAY
from projects.due import refresh_due
from projects.models import Party, Pause, PauseReason, Project, ProjectState
from projects.regime import regime_of, winter_season
from projects.services.registry import locked
from projects.text import clean

LONGEST_DAYS = 366  # until it must be looked at again


def pause_project(
    *,
    project: Project,
    reason: str,
    party: str,
    note: str,
    starts_on: date,
    review_on: date,
    by: Any,
    at: datetime,
) -> Pause:
    """Stop the clock of a running project from `starts_on` (not in the future) until it is resumed."""
    require(by, "projects.plan", project)
    on, note = local_date(at), clean(note)
    _check(reason, party, note, starts_on, review_on, on)
    with transaction.atomic():
        row = locked(project)
        if row.state != ProjectState.ACTIVE:
            raise StaleState("project_not_active", _("Only a project under way can be paused."))
        if row.pauses.filter(resumed_on=None).exists():
            raise StaleState("paused_already", _("This project is paused already."))
        if reason == PauseReason.WINTER_STOP:
            _check_winter(row, starts_on, review_on)
        if row.pauses.filter(resumed_on__gt=starts_on).exists():
            raise DomainError(
                "pause_overlaps",
                _("On that day an earlier pause was still running. Choose a later day."),
                field="starts_on",
            )
        pause = Pause.objects.create(
            project=row, reason=reason, party=party, note=note[:300], starts_on=starts_on, review_on=review_on,
            by=by, at=at, province_code=row.province_code, city_code=row.city_code, county_code=row.county_code,
        )  # fmt: skip
        refresh_due([row.pk])
        after = {"pause_reason": reason, "pause_party": party, "starts_on": starts_on, "review_on": review_on}
        audit.record(
            "project_paused",
            target=row,
            by=by,
            at=at,
            before={"paused": False},
            after={"paused": True} | after,
            reason=note,
        )
    return pause


def resume_project(*, project: Project, resumed_on: date, note: str = "", by: Any, at: datetime) -> Pause:
    """End the open pause; `resumed_on` is the first day that counts again."""
    require(by, "projects.plan", project)
    with transaction.atomic():
        row = locked(project)
        pause = row.pauses.select_for_update().filter(resumed_on=None).first()
        if pause is None:
            raise StaleState("not_paused", _("This project is not paused."))
        if resumed_on > local_date(at):
            raise DomainError("resumed_in_future", _("This day has not come yet."), field="resumed_on")
        if resumed_on < pause.starts_on:
            raise DomainError(
                "resumed_before_start",
                _("The pause began on %(day)s; it cannot end before.") % {"day": pause.starts_on.isoformat()},
                field="resumed_on",
            )
        Pause.objects.filter(pk=pause.pk).update(resumed_on=resumed_on)
        pause.resumed_on = resumed_on
        refresh_due([row.pk])
        audit.record(
            "project_resumed", target=row, by=by, at=at, before={"paused": True},
            after={"paused": False, "starts_on": pause.starts_on, "resumed_on": resumed_on}, reason=clean(note),
        )  # fmt: skip
    return pause


def prolong_pause(*, project: Project, review_on: date, note: str, by: Any, at: datetime) -> Pause:
    """The pause goes on: it is looked at again on `review_on`, and why is on record."""
    require(by, "projects.plan", project)
    on, note = local_date(at), clean(note)
    if not note:
        raise DomainError("pause_note_missing", _("Say why the pause goes on."), field="note")
    with transaction.atomic():
        row = locked(project)
        pause = row.pauses.select_for_update().filter(resumed_on=None).first()
        if pause is None:
            raise StaleState("not_paused", _("This project is not paused."))
        _check(pause.reason, pause.party, note, pause.starts_on, review_on, on)
        if review_on <= pause.review_on:
            raise DomainError(
                "review_not_later",
                _("The pause is looked at on %(day)s already. Choose a later day, or resume the project.")
                % {"day": pause.review_on.isoformat()},
                field="review_on",
            )
        if pause.reason == PauseReason.WINTER_STOP:
            _check_winter(row, pause.starts_on, review_on)
        before = {"review_on": pause.review_on}
        Pause.objects.filter(pk=pause.pk).update(review_on=review_on)
        pause.review_on = review_on
        audit.record(
            "pause_prolonged",
            target=row,
            by=by,
            at=at,
            before=before,
            after={"review_on": review_on},
            reason=note,
        )
    return pause


def _check_winter(row: Project, starts_on: date, review_on: date) -> None:
    """A winter stop is a pause the regime allows: in its season, for the key points it names, with an end in spring."""
    season = winter_season(regime_of(row.division), starts_on)
    if season is None:
        raise DomainError(
            "no_winter_stop",
            _("The regime of this division knows no winter stop on that day."),
            field="reason",
        )
    if not season.first <= starts_on <= season.last:
        raise DomainError(
            "not_in_season",
            _(
                "A winter stop begins between %(first)s and %(last)s. Choose another reason for an earlier pause."
            )
            % {"first": season.first.isoformat(), "last": season.last.isoformat()},
            field="starts_on",
        )
    point = row.milestones.filter(actual_on=None).order_by("position").first()
    if point is None or point.code not in season.milestones:
        raise DomainError(
            "not_a_winter_point",
            _("“%(name)s” goes on in winter; a winter stop is for works on site.")
            % {"name": point.get_code_display() if point else "—"},
            field="reason",
        )
    if review_on > season.last + ONE_DAY:
        raise DomainError(
            "winter_ends",
            _("The winter stop ends on %(last)s; look at it again not later than the day after.")
            % {"last": season.last.isoformat()},
            field="review_on",
        )


def _check(reason: str, party: str, note: str, starts_on: date, review_on: date, on: date) -> None:
    if reason not in PauseReason.values:
        raise DomainError("pause_reason_unknown", _("Choose why the project is paused."), field="reason")
    if party not in Party.values:
        raise DomainError("pause_party_unknown", _("Choose the responsible party."), field="party")
    if not note:
        raise DomainError("pause_note_missing", _("Explain the pause in a sentence."), field="note")
    if starts_on > on:
        raise DomainError(
            "pause_in_future",
            _("A pause begins today or earlier; enter a coming one when it comes."),
            field="starts_on",
        )
    if review_on <= max(starts_on, on):
        raise DomainError("review_not_ahead", _("The day of review must lie ahead."), field="review_on")
    if (review_on - on).days > LONGEST_DAYS:
        raise DomainError(
            "review_too_late", _("A pause is looked at again within a year."), field="review_on"
        )
