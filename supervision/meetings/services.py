"""Writes to meetings, in one import."""

from supervision.meetings.calling import call_meeting, cancel_meeting, change_meeting
from supervision.meetings.feeds import issue_feed, revoke_feed
from supervision.meetings.recording import (
    add_files,
    add_item,
    amend_minutes,
    open_before,
    record_meeting,
)

__all__ = [
    "add_files",
    "add_item",
    "amend_minutes",
    "call_meeting",
    "cancel_meeting",
    "change_meeting",
    "issue_feed",
    "open_before",
    "record_meeting",
    "revoke_feed",
]
