"""Writes to assistance tickets, in one import. Each call: right → rules → one transaction (see `moving.perform`).

Callers pass `turn`, the state of the page they saw, so that the second of two people learns what the first one did.
"""

from approvals.tickets.closing import ask_close, close_silent, confirm_close, refuse_close, reopen, withdraw
from approvals.tickets.extending import ask_time, grant_time, pending_extension, refuse_time
from approvals.tickets.handling import (
    accept,
    agree,
    assign_person,
    decline,
    escalate,
    hand_back,
    may_write,
    pass_on,
    record_agreement,
    write_message,
)
from approvals.tickets.opening import open_ticket

__all__ = [
    "accept",
    "agree",
    "ask_close",
    "ask_time",
    "assign_person",
    "close_silent",
    "confirm_close",
    "decline",
    "escalate",
    "grant_time",
    "hand_back",
    "may_write",
    "open_ticket",
    "pass_on",
    "pending_extension",
    "record_agreement",
    "refuse_close",
    "refuse_time",
    "reopen",
    "withdraw",
    "write_message",
]
