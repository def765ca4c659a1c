"""Rows that are lit on a day, one indexed SQL per kind of row: what links a warning to them, how their day is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from approvals.checklist.models import UNDER_WAY
from approvals.mandates.models import MandateState
from approvals.tickets.models import OPEN_STATES, Side, TicketState
from supervision.inspections.models import ConclusionState
from supervision.matters.models import RUNNING_STATES
from supervision.warnings.bounds import (
    CHECK,
    DUTY_RULES,
    HOLD,
    ITEM,
    MANDATE,
    MATTER,
    MILESTONE,
    OBJECTION,
    PAUSE,
    TICKET,
)


@dataclass(frozen=True, slots=True)
class Lit:
    """`sql` gives id, due (and held) of the rows due by `until`; `{area}` and the names of `lists` stand in it.

    `subject`: what the rows are, also the foreign key of the warning. `alias`: the table that carries the codes.
    `alone`: no other rule watches this subject, so the warning's rule need not be compared row by row.
    `under_way`: only while the row's project is.
    """

    subject: str
    alias: str
    sql: str
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)
    alone: bool = True
    held: bool = False
    under_way: bool = False


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


STATES = _texts(UNDER_WAY)
MILESTONES = """SELECT m.id, m.planned_on AS due FROM projects_milestone m
    WHERE m.is_open AND m.planned_on IS NOT NULL AND m.planned_on <= %(until)s{area}"""
# All kinds of duty in one statement: `rules` gives each kind its rule and that rule's days. due_on is never later than
# the day that counts, so the index on due_on narrows first; MATERIALIZED keeps the planner from asking kind by kind.
DUTIES = """WITH o AS MATERIALIZED (SELECT o.id, o.kind, COALESCE(o.extended_to, o.due_on) AS due
      FROM accounts_obligation o WHERE o.met_on IS NULL AND o.exempt_reason = '' AND o.cancelled_on IS NULL
      AND o.due_on <= %(until)s{area})
    SELECT o.id, o.due, k.rule_key, k.red_before, k.up_before FROM o JOIN ({rules}) k ON k.kind = o.kind
    WHERE o.due <= k.until"""
# The state of the project is asked row by row: the lit items are few, and a join reads every project.
UNDER_WAY_SQL = " AND (SELECT p.state FROM projects_project p WHERE p.id = {alias}.project_id) IN ({states})"
# A stopped clock shows no light. The partial index on running items narrows by due_on.
ITEMS = """SELECT i.id, i.due_on AS due FROM approvals_checklistitem i
    WHERE i.is_running AND NOT i.is_paused AND i.due_on <= %(until)s{under_way}{area}"""
# A commitment that decided an item is to be checked afterwards.
CHECKS = """SELECT i.id, i.check_due_on AS due FROM approvals_checklistitem i
    WHERE i.check_due_on IS NOT NULL AND i.checked_on IS NULL AND i.check_due_on <= %(until)s{under_way}{area}"""
# A clock may stand until the day of its review.
HOLDS = """SELECT i.id, i.hold_review_on AS due FROM approvals_checklistitem i
    WHERE i.is_running AND i.is_paused AND i.hold_review_on IS NOT NULL AND i.hold_review_on <= %(until)s{under_way}{area}"""
PAUSES = """SELECT u.id, u.review_on AS due FROM projects_pause u
    WHERE u.resumed_on IS NULL AND u.review_on <= %(until)s{under_way}{area}"""
# While the investor is the one to answer, the office's light rests.
TICKETS = """SELECT t.id, t.next_due_on AS due, d.tier AS held FROM approvals_ticket t
    JOIN accounts_division d ON d.code = t.division_id
    WHERE t.next_due_on IS NOT NULL AND t.next_due_on <= %(until)s AND t.state IN ({open_states})
    AND NOT (t.state = %(proposed)s AND t.opened_side = %(office)s){area}"""
MANDATES = """SELECT g.id, g.accept_by_on AS due FROM approvals_mandate g
    WHERE g.state = %(given)s AND g.accept_by_on <= %(until)s{area}"""
# While the issuer checks the answer, the unit's clock stands.
MATTERS = """SELECT a.id, a.due_on AS due FROM supervision_matter a
    WHERE a.state IN ({running}) AND a.due_on <= %(until)s{area}"""
# An objection waits for the unit that inspected: the row is the inspection's, so that the light is its own and no other's.
OBJECTIONS = """SELECT c.id, c.decide_by_on AS due FROM supervision_conclusion c
    JOIN supervision_inspection v ON v.id = c.inspection_id
    WHERE c.state = %(objected)s AND c.decide_by_on IS NOT NULL AND c.decide_by_on <= %(until)s{area}"""

LIT: dict[str, Lit] = {
    MILESTONE: Lit("milestone", "m", MILESTONES),
    **{key: Lit("obligation", "o", DUTIES) for key in DUTY_RULES},
    ITEM: Lit("item", "i", ITEMS, alone=False, under_way=True),
    CHECK: Lit("item", "i", CHECKS, alone=False, under_way=True),
    HOLD: Lit("item", "i", HOLDS, alone=False, under_way=True),
    PAUSE: Lit("pause", "u", PAUSES, under_way=True),
    TICKET: Lit(
        "ticket",
        "t",
        TICKETS,
        {"open_states": _texts(OPEN_STATES)},
        {"proposed": TicketState.PROPOSED.value, "office": Side.OFFICE.value},
        held=True,
    ),
    MANDATE: Lit("mandate", "g", MANDATES, fixed={"given": MandateState.GIVEN.value}),
    MATTER: Lit("matter", "a", MATTERS, {"running": _texts(RUNNING_STATES)}),
    OBJECTION: Lit("conclusion", "v", OBJECTIONS, fixed={"objected": ConclusionState.OBJECTED.value}),
}
