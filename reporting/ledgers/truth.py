"""Truth checks on one row (H19 虚报 假报 瞒报): what cannot be, and what wants a word of explanation. Pure.

Amounts are 元, dates ISO text of their own precision, `on` the business day of the check. An "error" blocks, an "ask"
wants an explanation that is kept and seen by the receiver, a "note" only tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from reporting.ledgers.rows import NODE_LABELS, NOTHING_WRONG, first_day, last_day, wan

ERROR, ASK, NOTE = "error", "ask", "note"
NODE_ORDER = tuple(NODE_LABELS)
WAN = 10_000
# A slip of 万 shows as a factor near 10,000 (亿元 written as 万元 or the reverse).
SLIP = (4_000, 25_000)
JUMP_FACTOR, JUMP_LEAST = 3, 500 * WAN
STILL_MONTHS = 3
SUM_TOLERANCE = 10_000  # rounding to 万元 with one or two decimals in either month
WINTER = {11, 12, 1, 2, 3}
_WINTER_WORDS = re.compile(r"冬(季|歇|休|停)|停工|停建|越冬")
_AHEAD = re.compile(r"预计|计划|拟|力争|准备|即将|待|未|尚|前期|争取|年底前|筹备")
_PRODUCES = re.compile(r"已?投产|试生产|达产|投入运营|正式运营|已运营|试运营")
_BUILDS = re.compile(
    r"主体施工|主体封顶|封顶|基础施工|土建|钢结构|设备安装|在建|正在建设|正在施工|厂房建设|已开工|复工"
)
_STRUCTURE = re.compile(r"主体施工|基础施工|土建|打桩|桩基|地基")
_PAPERWORK = re.compile(r"前期手续|手续办理|签约|选址|洽谈|公司名称|注册中")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or question. `suggest` is a value that would do (元 or ISO), None when there is none."""

    code: str
    level: str
    field: str
    text: str
    suggest: Any = None


@dataclass(frozen=True, slots=True)
class Month:
    """What was accepted for an earlier month. `total` and `month` in 元."""

    period: str
    total: int | None
    month: int | None
    progress: str = ""


@dataclass(slots=True)
class Facts:
    """One row, and what is known of its project. `live` holds present values by ledger field, nodes included;
    `past` the accepted months before this one, the latest first; `siblings` names of the company's other projects."""

    name: str
    period: str
    on: date
    values: Mapping[str, Any]
    live: Mapping[str, Any] = field(default_factory=dict)
    past: Sequence[Month] = ()
    known: bool = False
    winter_stop: bool = False
    siblings: Sequence[str] = ()
    sums_apart: bool = False  # the month's figure and the cumulative one measure different things
    last_period: str = ""

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def node(self, code: str) -> str | None:
        return self.values.get(f"node.{code}")

    def node_or_live(self, code: str) -> str | None:
        return self.values.get(f"node.{code}") or self.live.get(f"node.{code}")


Check = Callable[[Facts], Iterator[Finding]]


def check_row(facts: Facts) -> list[Finding]:
    """All findings of one row, errors first. A slip of the unit hides what follows from it."""
    found = [finding for check in CHECKS for finding in check(facts)]
    if not found:
        return found
    slipped = {f.field for f in found if f.code == "unit_slip"}
    if slipped:
        found = [
            f
            for f in found
            if f.code == "unit_slip" or (f.field not in slipped and f.code not in AMOUNT_CODES)
        ]
    return sorted(found, key=lambda f: (ERROR, ASK, NOTE).index(f.level))


def _unit_slip(f: Facts) -> Iterator[Finding]:
    before = f.past[0].total if f.past else f.live.get("invested_total")
    for name, old in (("contract_amount", f.live.get("contract_amount")), ("invested_total", before)):
        new = f.get(name)
        if not new or not old:
            continue
        for ratio, slip in ((new / old, "large"), (old / new, "small")):
            if SLIP[0] <= ratio <= SLIP[1]:
                hint = _("too large") if slip == "large" else _("too small")
                yield Finding(
                    "unit_slip", ERROR, name,
                    _("%(new)s is about ten thousand times %(hint)s: %(old)s is known. "
                      "Was the unit mixed up (10,000 yuan, 100 million yuan, yuan)?")
                    % {"new": wan(new), "old": wan(old), "hint": hint},
                    old,
                )  # fmt: skip
    total, contract = f.get("invested_total"), f.get("contract_amount") or f.live.get("contract_amount")
    if total and contract and total / contract >= SLIP[0] and not before:
        yield Finding(
            "unit_slip", ERROR, "invested_total",
            _("%(total)s is thousands of times the contract amount %(contract)s. "
              "Was the unit mixed up (10,000 yuan, 100 million yuan, yuan)?")
            % {"total": wan(total), "contract": wan(contract)},
        )  # fmt: skip


def _backwards(f: Facts) -> Iterator[Finding]:
    total = f.get("invested_total")
    before = f.past[0].total if f.past else None
    if total is None or before is None or total >= before:
        return
    since = _("last month") if f.past[0].period == f.last_period else f.past[0].period
    month = f.get("invested_month")
    suggestion = before + month if month is not None and month >= 0 else None
    text = _("%(less)s less than %(since)s (%(before)s). A cumulative figure cannot fall.") % {
        "less": wan(before - total), "since": since, "before": wan(before),
    }  # fmt: skip
    if suggestion is not None:
        text += _(" Please change it to %(suggest)s or enter another.") % {"suggest": wan(suggestion)}
    yield Finding("backwards", ERROR, "invested_total", text, suggestion)


def _sum_differs(f: Facts) -> Iterator[Finding]:
    total, month = f.get("invested_total"), f.get("invested_month")
    if f.sums_apart or total is None or month is None or not f.past or f.past[0].period != f.last_period:
        return
    before = f.past[0].total
    if before is None or total < before:
        return
    expected = before + month
    if abs(expected - total) <= SUM_TOLERANCE:
        return
    text = _(
        "Last month's cumulative %(before)s plus this month's %(month)s is %(expected)s, but %(total)s is written. "
        "What is the difference?"
    )
    yield Finding(
        "sum_differs", ASK, "invested_total",
        text % {"before": wan(before), "month": wan(month), "expected": wan(expected), "total": wan(total)},
        expected,
    )  # fmt: skip


def _jump(f: Facts) -> Iterator[Finding]:
    month = f.get("invested_month")
    months = [m.month for m in f.past[:3] if m.month is not None]
    if month is None or len(months) < 3:
        return
    mean = sum(months) // len(months)
    if mean <= 0 or month < JUMP_FACTOR * mean or month - mean < JUMP_LEAST:
        return
    text = _("%(times)s times the mean of the last 3 months (%(mean)s). What was the money spent on?") % {
        "times": f"{month / mean:.1f}", "mean": wan(mean),
    }  # fmt: skip
    if not f.node_or_live("construction_permit"):
        text = _(
            "%(times)s times the mean of the last 3 months (%(mean)s), and the construction permit is not there yet. "
            "What was the money spent on?"
        ) % {
            "times": f"{month / mean:.1f}", "mean": wan(mean),
        }  # fmt: skip
    yield Finding("jump", ASK, "invested_month", text)


def _standing_still(f: Facts) -> Iterator[Finding]:
    total = f.get("invested_total")
    if total is None or len(f.past) < STILL_MONTHS or f.node_or_live("production") or f.winter_stop:
        return
    if any(m.total != total for m in f.past[:STILL_MONTHS]):
        return
    if (f.get("problems") or "").strip() not in NOTHING_WRONG:
        return
    if int(f.period[5:7]) in WINTER and _WINTER_WORDS.search(f.get("progress") or ""):
        return
    contract = f.get("contract_amount") or f.live.get("contract_amount")
    if contract and total >= contract:
        return
    yield Finding(
        "standing_still", ASK, "invested_total",
        _("Unchanged for %(n)d months (%(total)s), and no problem is written. What holds it up?")
        % {"n": STILL_MONTHS, "total": wan(total)},
    )  # fmt: skip


def _over_contract(f: Facts) -> Iterator[Finding]:
    total, contract = f.get("invested_total"), f.get("contract_amount") or f.live.get("contract_amount")
    if total and contract and total > contract:
        yield Finding(
            "over_contract", ASK, "invested_total",
            _("%(total)s is more than the contract amount %(contract)s. Was the investment raised, or is a figure wrong?")
            % {"total": wan(total), "contract": wan(contract)},
        )  # fmt: skip


def _month_over_total(f: Facts) -> Iterator[Finding]:
    month, total = f.get("invested_month"), f.get("invested_total")
    if month and total is not None and month > total:
        yield Finding(
            "month_over_total", ASK if f.sums_apart else ERROR, "invested_month",
            _("This month's %(month)s is more than the cumulative %(total)s.") % {"month": wan(month), "total": wan(total)},
        )  # fmt: skip


def _node_dates(f: Facts) -> Iterator[Finding]:
    signed = first_day(f.get("signed_on") or f.live.get("signed_on"))
    for code in NODE_ORDER:
        text = f.node(code)
        if not text:
            continue
        begins, ends = first_day(text), last_day(text)
        if begins and begins > f.on:
            yield Finding(
                "node_future", ERROR, f"node.{code}",
                _("“%(node)s” %(day)s has not come yet. Leave it empty until it is done.")
                % {"node": str(NODE_LABELS[code]), "day": text},
            )  # fmt: skip
        elif signed and ends and ends < signed and code != "company_setup":
            yield Finding(
                "node_before_signing", ASK, f"node.{code}",
                _("“%(node)s” %(day)s lies before the signing date %(signed)s. Is that right?")
                % {"node": str(NODE_LABELS[code]), "day": text, "signed": signed.isoformat()},
            )  # fmt: skip


def _signed_future(f: Facts) -> Iterator[Finding]:
    begins = first_day(f.get("signed_on"))
    if begins and begins > f.on:
        yield Finding(
            "signed_future", ERROR, "signed_on",
            _("The signing date %(day)s has not come yet. Please check the year and month.") % {"day": f.get("signed_on")},
        )  # fmt: skip


def _node_order(f: Facts) -> Iterator[Finding]:
    done = [(code, text) for code in NODE_ORDER if (text := f.node_or_live(code))]
    for position, (code, text) in enumerate(done):
        if not position or not f.node(code):
            continue
        ends = last_day(text) or f.on
        earlier = [(c, t) for c, t in done[:position] if ends < (first_day(t) or f.on)]
        if earlier:
            other, day = earlier[-1]
            yield Finding(
                "node_order", ASK, f"node.{code}",
                _("“%(node)s” %(day)s lies before “%(other)s” %(other_day)s. Which date is right?")
                % {"node": str(NODE_LABELS[code]), "day": text, "other": str(NODE_LABELS[other]), "other_day": day},
            )  # fmt: skip
            return


def _node_skipped(f: Facts) -> Iterator[Finding]:
    pairs = (
        ("construction_start", "construction_permit"),
        ("completion_acceptance", "construction_start"),
        ("production", "completion_acceptance"),
        ("construction_permit", "land_planning_permit"),
    )
    for later, earlier in pairs:
        if f.node(later) and not f.node_or_live(earlier):
            yield Finding(
                "node_skipped", ASK, f"node.{later}",
                _("“%(later)s” is done but “%(earlier)s” is empty. Was it left out, or is it not needed?")
                % {"later": str(NODE_LABELS[later]), "earlier": str(NODE_LABELS[earlier])},
            )  # fmt: skip
            return


def _words_against_nodes(f: Facts) -> Iterator[Finding]:
    words = f.get("progress") or ""
    if not words:
        return
    ahead = _AHEAD.search(words)
    text = ""
    if _PRODUCES.search(words) and not ahead and not f.node_or_live("production"):
        text = _("The progress says “%(words)s”, but “Production” has no date.")
    elif f.node_or_live("completion_acceptance") and _STRUCTURE.search(words):
        text = _("Completion acceptance is done, but the progress still says “%(words)s”.")
    elif f.node_or_live("construction_start") and _PAPERWORK.search(words) and not _BUILDS.search(words):
        text = _("Construction has started, but the progress still says “%(words)s”.")
    elif _BUILDS.search(words) and not ahead and not f.node_or_live("construction_start"):
        text = _("The progress says “%(words)s”, but “Construction start” has no date.")
    if text:
        yield Finding("words_against_nodes", ASK, "progress", text % {"words": words[:40]})


def _node_lost(f: Facts) -> Iterator[Finding]:
    """A node reported earlier is blank now; only where the workbook has the node columns at all."""
    lost = [c for c in NODE_ORDER if f.live.get(f"node.{c}") and f"node.{c}" in f.values and not f.node(c)]
    if lost:
        names = "、".join(f"{NODE_LABELS[c]} {f.live[f'node.{c}']}" for c in lost)
        yield Finding(
            "node_lost", ASK, f"node.{lost[0]}",
            _("Reported earlier and empty now: %(names)s. The earlier dates stay; say why they are missing here.")
            % {"names": names},
        )  # fmt: skip


def _node_changed(f: Facts) -> Iterator[Finding]:
    changed = []
    for code in NODE_ORDER:
        new, old = f.node(code), f.live.get(f"node.{code}")
        if new and old and new != old and not (new.startswith(old) or old.startswith(new)):
            changed.append(f"{NODE_LABELS[code]} {old} → {new}")
    if changed:
        first = next(
            c
            for c in NODE_ORDER
            if f.node(c) and f.live.get(f"node.{c}") and f.node(c) != f.live.get(f"node.{c}")
        )
        yield Finding(
            "node_changed", ASK, f"node.{first}",
            _("A date reported earlier is changed: %(names)s. Why?") % {"names": "、".join(changed)},
        )  # fmt: skip


def _same_company(f: Facts) -> Iterator[Finding]:
    if not f.known and f.siblings:
        yield Finding(
            "same_company", ASK, "company",
            _("The same company already has %(names)s. Is this another project?")
            % {"names": "、".join(f"《{name}》" for name in f.siblings[:3])},
        )  # fmt: skip


AMOUNT_CODES = {"backwards", "sum_differs", "jump", "over_contract", "month_over_total", "fact_differs"}
CHECKS: tuple[Check, ...] = (
    _unit_slip, _backwards, _sum_differs, _jump, _standing_still, _over_contract, _month_over_total, _signed_future,
    _node_dates, _node_order, _node_skipped, _words_against_nodes, _node_lost, _node_changed, _same_company,
)  # fmt: skip
