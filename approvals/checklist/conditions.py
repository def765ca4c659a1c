"""What must hold for a step of an item. Each refusal says what is wrong and what to do; nothing is written here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import DomainError, StaleState
from approvals.catalogue.spec import between
from approvals.checklist.due import Ground, hold_limit
from approvals.checklist.models import UNDER_WAY, ChecklistItem, EventKind, ItemEvent, ItemState
from approvals.checklist.moves import Move, is_open_to
from projects.models import Party

EARLIEST = date(1990, 1, 1)
# Not part of the application's own course: they set no earliest day for what follows.
ASIDE = (EventKind.ADDED, EventKind.PREPARED, EventKind.RESTORED)
NEEDS_BEFORE = ("accept", "decide", "commit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is said with a step: the day it happened and what the step asks for (see moves)."""

    on: date
    note: str = ""
    ready: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    party: str = ""
    review_on: date | None = None
    days: int | None = None
    result_number: str = ""
    clean_record: bool = False
    tolerate: bool = False
    uploads: tuple[Any, ...] = ()


def refuse_faults(
    item: ChecklistItem, step: Move, given: Given, events: list[ItemEvent], ground: Ground, *, today: date
) -> list[ChecklistItem]:
    """DomainError for the first thing wrong. Returns the prerequisites passed over (容缺), empty as a rule."""
    if item.project.state not in UNDER_WAY:
        raise StaleState("project_ended", _("This project has ended; its checklist no longer changes."))
    if not is_open_to(step, item):
        raise not_open(item, step)
    _refuse_missing(step, given)
    _refuse_day(item, given.on, events, today)
    match step.code:
        case "hold":
            _refuse_hold(given, ground)
        case "extend":
            _refuse_extension(item, given)
        case "commit":
            _refuse_commit(item, given)
    return refuse_prerequisites(item, step, given) if step.code in NEEDS_BEFORE else []


def not_open(item: ChecklistItem, step: Move) -> StaleState:
    """The item stands where this step does not start: say where it stands and what comes first."""
    words = {"state": item.get_state_display(), "step": step.label}
    if step.code in ("decide", "refuse") and item.accepted_on is None:
        return StaleState(
            "not_accepted",
            _("The item is “%(state)s”. Accept the application first, then “%(step)s”.") % words,
        )
    if step.code == "ask_supplement" and item.supplement_on is not None:
        return StaleState(
            "told_already",
            _(
                "What is missing was told on %(day)s; it may be told only once. "
                "Decide on what was handed in, or refuse."
            )
            % {"day": item.supplement_on},
        )
    if item.is_held and item.state == ItemState.ACCEPTED:
        return StaleState(
            "clock_stopped",
            _("The clock of this item stands still. End the stop first, then “%(step)s”.") % words,
        )
    return StaleState(
        "step_not_open", _("The item is “%(state)s”; “%(step)s” does not fit it any more.") % words
    )


def _refuse_missing(step: Move, given: Given) -> None:
    texts = {
        "note": _("Say why; it stays on record."),
        "missing": _("Name what is missing, all of it: it may be told only once."),
        "files": _("Attach the signed commitment."),
        "party": _("Choose whose cause it is."),
        "review_on": _("A stopped clock needs an end: write the day on which it is looked at again."),
        "days": _("Write by how many days."),
    }
    for asked in step.asks:
        name = asked.removesuffix("!")
        value = given.uploads if name == "files" else getattr(given, name)
        if asked.endswith("!") and not value:
            text = texts[name] if name != "files" or step.code == "commit" else _("Attach the evidence.")
            raise DomainError(f"{name}_missing", text, field=name)


def _refuse_day(item: ChecklistItem, on: date, events: list[ItemEvent], today: date) -> None:
    if on > today:
        raise DomainError(
            "day_ahead", _("This day has not come yet. Write the day on which it happened."), field="on"
        )
    if on < EARLIEST:
        raise DomainError(
            "day_wrong",
            _("The year %(year)d cannot be right. Please check it.") % {"year": on.year},
            field="on",
        )
    before = [each for each in events if each.kind not in ASIDE]
    if before and on < before[-1].on:
        raise DomainError(
            "day_before", _("“%(what)s” was on %(day)s; this cannot lie before. Write a day from then on.")
            % {"what": before[-1].get_kind_display(), "day": before[-1].on}, field="on",
        )  # fmt: skip


def _refuse_hold(given: Given, ground: Ground) -> None:
    most = hold_limit(ground.regime, given.on, ground.calendar).due_on
    if given.party not in Party.values or given.party == Party.ORGAN:
        raise DomainError(
            "party_wrong",
            _("The organ's own reasons never stop its clock. Choose another cause, or let it run."),
            field="party",
        )
    if given.review_on is None or not given.on < given.review_on <= most:
        raise DomainError(
            "review_wrong",
            _("Write a day after %(first)s and not after %(last)s.") % {"first": given.on, "last": most},
            field="review_on",
        )


def _refuse_extension(item: ChecklistItem, given: Given) -> None:
    if not 1 <= (given.days or 0) <= item.extra_days:
        raise DomainError(
            "days_wrong",
            _("Between 1 and %(most)d days: that is what the basis allows.") % {"most": item.extra_days},
            field="days",
        )
    if item.statutory_due_on is not None and given.on > item.statutory_due_on:
        raise DomainError(
            "limit_ran_out",
            _("The statutory limit ended on %(day)s; it can be extended only before it ends.")
            % {"day": item.statutory_due_on},
            field="on",
        )


def _refuse_commit(item: ChecklistItem, given: Given) -> None:
    if not given.clean_record:
        raise DomainError(
            "record_not_checked",
            _("Look up the applicant's credit record first, and confirm that there is no dishonesty."),
            field="clean_record",
        )
    broken = broken_by(item)
    if broken is not None:
        raise DomainError(
            "commitment_broken_before",
            _(
                "This company broke its commitment for “%(item)s” (%(day)s). "
                "It cannot use commitment approval; accept it as an ordinary application."
            )
            % {"item": broken.name, "day": broken.checked_on},
        )


def broken_by(item: ChecklistItem) -> ChecklistItem | None:
    """A commitment the same company broke, in any of its projects (of any division: a record follows the company)."""
    company = item.project.company_id
    if company is None:
        rows = ChecklistItem.objects.filter(project_id=item.project_id)
    else:
        rows = ChecklistItem.objects.filter(project__company_id=company)
    return rows.filter(commitment_broken=True).order_by("-checked_on").first()


def waiting_for(item: ChecklistItem, others: Iterable[ChecklistItem]) -> list[ChecklistItem]:
    """Prerequisites on the project's own list that are needed and not decided yet."""
    return [
        one
        for one in others
        if one.code in item.prerequisites and one.state not in (ItemState.DECIDED, ItemState.NOT_NEEDED)
    ]


def refuse_prerequisites(item: ChecklistItem, step: Move, given: Given) -> list[ChecklistItem]:
    others = list(ChecklistItem.objects.filter(checklist_id=item.checklist_id, code__in=item.prerequisites))
    late = next(
        (o for o in others if o.state == ItemState.DECIDED and o.ended_on and o.ended_on > given.on), None
    )
    open_ones = waiting_for(item, others)
    if late is not None and not given.tolerate:
        raise DomainError(
            "before_prerequisite",
            _(
                "“%(name)s” was decided on %(day)s and comes before. "
                "Write a day from then on, or go on without it and say why."
            )
            % {"name": late.name, "day": late.ended_on},
            field="on",
        )
    if open_ones and not given.tolerate:
        raise DomainError(
            "prerequisites_open", _("Not decided yet: %(names)s. Wait for them, or go on without them and say why.")
            % {"names": between([f"“{one.name}”" for one in open_ones])}, field="tolerate",
        )  # fmt: skip
    if (open_ones or late) and not given.note:
        raise DomainError("note_missing", _("Say why it goes on without what comes before."), field="note")
    return open_ones + ([late] if late else [])
