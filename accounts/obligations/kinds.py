"""The duties there are. Each is registered by the app that can do it, in its AppConfig.ready().

The code of a kind is the key of its deadline rule in the regime (`ledger_county`, `kickoff_meeting`), so that a stored
obligation, its rule and its words never drift apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Obligation

KICKOFF = "kickoff_meeting"
FILING = "basic_filing"
LEDGER_COUNTY = "ledger_county"
LEDGER_CITY = "ledger_city"
REPORT_MONTH = "report_month"
REPORT_QUARTER = "report_quarter"
REPORT_YEAR = "report_year"
INSPECTION_CITY = "inspection_city"
INSPECTION_PROVINCE = "inspection_province"
INSPECTION_YEAR = "inspection_year"
SYMPOSIUM = "symposium"
JOINT_MEETING = "joint_meeting_province"
TALK_CITY = "talk_city"
TALK_COUNTY = "talk_county"
STUDY_CITY = "study_city"
STUDY_COUNTY = "study_county"
LAND_MEETING = "land_meeting"
FINANCE_MEETING = "finance_meeting"
PLAN_DECISION = "plan_change_decision"
TRANSFER_DECISION = "transfer_decision"
PROMISE = "promise"
INSTALMENT = "arrears_instalment"

LEDGERS = (LEDGER_COUNTY, LEDGER_CITY)
REPORTS = (REPORT_MONTH, REPORT_QUARTER, REPORT_YEAR)
INSPECTIONS = (INSPECTION_CITY, INSPECTION_PROVINCE, INSPECTION_YEAR)
MEETINGS = (
    SYMPOSIUM, JOINT_MEETING, TALK_CITY, TALK_COUNTY, STUDY_CITY, STUDY_COUNTY, LAND_MEETING, FINANCE_MEETING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a duty has come: one line of words, and whether it now waits for the receiver and not for the unit."""

    text: str
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class DutyKind:
    """How one duty is shown and who does it.

    `title` gives the to-do's heading, `button` its verb and object, `url` where one click leads. `permission` is what
    a person of the owing unit needs to do it. `standing` adds one line under the heading, and takes the urgency away
    while the receiver has not decided. `pinned_days`: a duty that can still be done in time comes first on the home
    page from so many working days before its last day (0 = never).
    """

    code: str
    label: Any
    title: Callable[[Obligation], str]
    button: Any
    url: Callable[[Obligation], str]
    permission: str
    standing: Callable[[Obligation], Standing] | None = None
    pinned_days: int = 0


_kinds: dict[str, DutyKind] = {}


def register(kind: DutyKind) -> None:
    """Add or replace a kind."""
    _kinds[kind.code] = kind


def registered() -> dict[str, DutyKind]:
    return dict(_kinds)


def find(code: str) -> DutyKind | None:
    return _kinds.get(code)


def label_of(code: str) -> str:
    """The duty's name, or its code where no installed app knows it."""
    kind = _kinds.get(code)
    return str(kind.label) if kind else code
