"""manage.py explain_deadline H7 --from 2026-09-24 [--regime heilongjiang] [--json]"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from policy.calendar import WorkCalendar
from policy.deadlines import Deadline, compute
from policy.periods import Period
from policy.regimes import DEFAULT_REGIME, Regime, UnknownRegime, get_regime
from policy.rules import DeadlineRule
from policy.services import calendar_version, current_calendar

LAST_YEAR = 2200  # a later one is a slip of the hand


class Command(BaseCommand):
    help = "Show when something is due and why: each step from the starting day, with the article."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", help="rule id (HLJ-07-kickoff), key (kickoff_meeting) or article (H7)")
        parser.add_argument(
            "--from", dest="start", required=True, metavar="DATE",
            help="day of the event, or a day inside the period (2026-09-24), or the period itself (2026Q3)",
        )  # fmt: skip
        parser.add_argument("--regime", default=DEFAULT_REGIME, help="code or Chinese name of the regime")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        regime = _regime(options["regime"])
        anchor = _anchor(options["start"])
        rules = _rules(regime, options["rule"], anchor if isinstance(anchor, date) else anchor.last)
        calendar = _calendar()
        answers = [self._answer(regime, rule, anchor, calendar) for rule in rules]
        if options["as_json"]:
            shown: Any = [found for found, _deadline, _rule in answers]
            self.stdout.write(json.dumps(shown if len(shown) > 1 else shown[0], ensure_ascii=False, indent=2))
            return
        for index, (_found, deadline, rule) in enumerate(answers):
            if index:
                self.stdout.write("")
            self._print(regime, rule, deadline)

    def _answer(
        self, regime: Regime, rule: DeadlineRule, anchor: date | Period, calendar: WorkCalendar
    ) -> tuple[dict[str, Any], Deadline, DeadlineRule]:
        deadline = compute(rule, anchor=anchor, calendar=calendar)
        stored = deadline.to_json()
        found = {
            "rule": rule.id,
            "key": rule.key,
            "title": rule.title,
            "regime": regime.code,
            "article": rule.basis.article,
            "basis": rule.basis.text,
            "from": str(anchor),
            "period": str(rule.period_of(anchor)) if rule.per else None,
            "due_on": stored["due_on"],
            "nominal_on": stored["nominal_on"],
            "provisional": deadline.provisional,
            "steps": stored["steps"],
        }
        return found, deadline, rule

    def _print(self, regime: Regime, rule: DeadlineRule, deadline: Deadline) -> None:
        mark = "（预估）" if deadline.provisional else ""
        self.stdout.write(f"{rule.title}：{deadline.due_on.isoformat()}{mark}")
        for number, step in enumerate(deadline.steps, start=1):
            self.stdout.write(f"  {number}. {step.label}　{step.text}" + (f" → {step.on}" if step.on else ""))
        self.stdout.write(
            f"  依据：{rule.basis.text}。规则 {rule.id}，{rule.effective_from.isoformat()} 起适用。"
        )
        if rule.origin:
            self.stdout.write("  日期为办公室默认，非法定。")


def _calendar() -> WorkCalendar:
    try:
        if calendar_version():
            return current_calendar()
    except DatabaseError as fault:
        raise CommandError(
            _("The working calendar cannot be read (%(fault)s). Run manage.py migrate first.")
            % {"fault": fault}
        ) from None
    raise CommandError(_("The working calendar is empty. Run manage.py seed_calendar first."))


def _regime(name: str) -> Regime:
    try:
        return get_regime(name)
    except UnknownRegime as fault:
        raise CommandError(str(fault)) from None


def _anchor(text: str) -> date | Period:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else Period.parse(text)
        if found.year > LAST_YEAR:
            raise ValueError
        return found
    except ValueError:
        raise CommandError(
            _("“%(text)s” is not a date. Write it as 2026-09-24, or a period as 2026-10, 2026Q3 or 2026.")
            % {"text": text}
        ) from None


def _rules(regime: Regime, name: str, on: date) -> tuple[DeadlineRule, ...]:
    found = regime.deadlines_of(name, on)
    if found:
        return found
    known = "、".join(
        f"{rule.basis.article} {rule.key}" if rule.basis.article else rule.key
        for rule in regime.rules
        if isinstance(rule, DeadlineRule)
    )
    raise CommandError(
        _("“%(regime)s” has no deadline “%(name)s” in force on %(on)s. Known: %(known)s.")
        % {"regime": regime.name, "name": name, "on": on.isoformat(), "known": known}
    )
