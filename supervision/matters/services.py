"""Writes to matters, in one import. Each call: right → rules → one transaction (see `moving.perform`).

Callers pass `turn`, the state of the page they saw, so that the second of two people learns what the first one did.
"""

from supervision.matters.extending import agree_extension, ask_extension, decide_extension, pending_extension
from supervision.matters.handling import answer_matter, assign_matter, receive_matter, report_progress
from supervision.matters.issuing import issue_matter
from supervision.matters.judging import (
    judge_matter,
    list_matter,
    redirect_matter,
    remind_unit,
    reopen_matter,
    unlist_matter,
    withdraw_matter,
)

__all__ = [
    "agree_extension",
    "answer_matter",
    "ask_extension",
    "assign_matter",
    "decide_extension",
    "issue_matter",
    "judge_matter",
    "list_matter",
    "pending_extension",
    "receive_matter",
    "redirect_matter",
    "remind_unit",
    "reopen_matter",
    "report_progress",
    "unlist_matter",
    "withdraw_matter",
]
