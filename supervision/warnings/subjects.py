"""The subjects a warning can be about, by the name of its foreign key. Which rule watches which: `lit.LIT`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.notify import STORED_LANGUAGE
from supervision.warnings import assist, kept, watched
from supervision.warnings.fact import Fact, Subject
from supervision.warnings.lit import LIT
from supervision.warnings.models import Warning

SUBJECTS: dict[str, Subject] = {
    "milestone": kept.MILESTONE_SUBJECT,
    "obligation": kept.DUTY_SUBJECT,
    "item": assist.ITEM_SUBJECT,
    "ticket": assist.TICKET_SUBJECT,
    "pause": watched.PAUSE_SUBJECT,
    "mandate": watched.MANDATE_SUBJECT,
    "matter": watched.MATTER_SUBJECT,
    "conclusion": watched.OBJECTION_SUBJECT,
}
# Everything `why_cleared` reads of a warning.
RELATED = tuple(path for subject in SUBJECTS.values() for path in subject.related)


def name_of(warning: Warning) -> str:
    return warning.subject_key.partition(":")[0]


def subject_of(warning: Warning) -> Subject:
    return SUBJECTS[name_of(warning)]


def load(rule_key: str, ids: Iterable[int], on: date) -> dict[int, Fact]:
    """Facts by id of the rows a rule watches. One query."""
    wanted = list(ids)
    if not wanted:
        return {}
    with override(STORED_LANGUAGE):
        return SUBJECTS[LIT[rule_key].subject].load(wanted, rule_key, on)


def why_cleared(warning: Warning, on: date) -> tuple[date, str]:
    """The day and the words of the fact that ended the warning. `warning` comes with what it is about."""
    with override(STORED_LANGUAGE):
        row = getattr(warning, name_of(warning))
        return subject_of(warning).cleared(warning, row, on) if row is not None else (on, _("No longer kept"))


def page_of(warning: Warning) -> tuple[str, str]:
    """(url, words) of the page where it is worked on; ("", "") where its own page and form do."""
    return subject_of(warning).page(warning)


def may_open(user: Any, warning: Warning) -> bool:
    """Whether the person may see what the warning is about, beyond the warning."""
    return subject_of(warning).visible(user, warning)


def address_of(warning: Warning) -> str:
    """Where a message about it leads."""
    return page_of(warning)[0] or reverse("warnings:detail", args=[warning.pk])
