"""What the sorting office reads of the complainant's own words: who wrote them is masked until it is looked at on record."""

from dataclasses import dataclass
from typing import Any

from accounts.outside import masking
from supervision.complaints.checks import identity_of
from supervision.complaints.models import Complaint


@dataclass(frozen=True, slots=True)
class Original:
    """Text, day and words as they may be shown; each word has its text in `shown`. `hidden`: something was masked."""

    text: str
    happened: str
    words: list[Any]
    hidden: bool


def original_of(complaint: Complaint, *, whole: bool) -> Original:
    """`whole`: this very answer comes after a look at the identity. The project stays: the office has to find it."""
    identity = {} if whole else identity_of(complaint)
    hidden = False

    def shown(text: str) -> str:
        nonlocal hidden
        masked = text if whole else masking.draft(text, identity)
        hidden = hidden or masked.count(masking.MASK) > text.count(masking.MASK)
        return masked

    words: list[Any] = list(complaint.words.select_related("by").prefetch_related("files"))
    for word in words:
        word.shown = shown(word.text)
    text, happened = shown(complaint.text), shown(complaint.happened)
    return Original(text, happened, words, hidden)
