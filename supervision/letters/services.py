"""Writes to supervision papers, in one import. Each call: right → rules → one transaction."""

from supervision.letters.issuing import (
    follow_matter,
    issue_paper,
    may_sign,
    return_paper,
    sign_paper,
    withdraw_paper,
)
from supervision.letters.writing import draft_paper, edit_paper, renew_evidence

__all__ = [
    "draft_paper",
    "edit_paper",
    "follow_matter",
    "issue_paper",
    "may_sign",
    "renew_evidence",
    "return_paper",
    "sign_paper",
    "withdraw_paper",
]
