"""From rows as read to rows as staged: place, project, differences, messages. No writes; the same for a fresh file, a
mended cell and rows filled in online, so that a row is judged alike whichever way it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.typed import whole_number
from projects.models import ProjectState
from projects.text import company_key
from reporting.ledgers import rows as cells
from reporting.ledgers.context import Area
from reporting.ledgers.grounds import contract_kind
from reporting.ledgers.matching import NEW, LiveProject, Match
from reporting.ledgers.models import RowMatch
from reporting.ledgers.places import PlaceKind
from reporting.ledgers.rows import FACTS, FILL_ONLY, MONTHLY, NODES, OWNED, Cells
from reporting.ledgers.truth import ASK, ERROR, NOTE, Facts, check_row

# One text whether the project exists elsewhere or not at all: a ledger is no way to probe other areas.
NOT_HERE = "place_not_here"
SHOWN = (*MONTHLY, *FACTS, *NODES, "lead_department")
_FACT_TOLERANCE = 0.005  # of the amount: 亿元 with two decimals is not another amount


@dataclass(slots=True)
class Draft:
    """One row on its way into a hand-in. Fields as in models.StagedRow."""

    position: int
    name: str
    values: Cells
    sheet: str = ""
    line: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    mended: dict[str, str] = field(default_factory=dict)
    explanations: dict[str, str] = field(default_factory=dict)
    resolutions: dict[str, str] = field(default_factory=dict)
    match: str = RowMatch.NEW
    project_id: int | None = None
    project_version: int = 0
    unit_code: str = ""
    previous: dict[str, Any] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    pk: int | None = None

    def text(self, name: str) -> str:
        return str(cells.value_of(self.values, name) or "")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields stand in the workbook: field → column letter; `sums_apart` see truth.Facts."""

    letters: Mapping[str, str] = field(default_factory=dict)
    sums_apart: bool = False
    has_nodes: frozenset[str] = frozenset()


def key_of(message: Mapping[str, Any]) -> str:
    """The key under which an answer to a message is kept with its row."""
    return f"{message['code']}@{message.get('field', '')}"


def evaluate(drafts: Sequence[Draft], area: Area, layout: Layout) -> None:
    """Judge every row afresh. What the reader said of a cell stays; earlier findings of ours are replaced."""
    taken: dict[Any, Draft] = {}
    for draft in drafts:
        draft.messages = [m for m in draft.messages if m.get("by") == "read"]
        if draft.resolutions.get("match") == "skip":
            draft.match, draft.project_id, draft.changed, draft.messages = RowMatch.SKIPPED, None, [], []
            continue
        _judge(draft, area, layout)
        _refuse_twice(draft, taken, layout)


def _judge(draft: Draft, area: Area, layout: Layout) -> None:
    match = _match(draft, area, layout)
    live = match.project
    draft.match, draft.candidates = match.kind, list(match.candidates)
    draft.project_id = live.id if live else None
    draft.project_version = live.version if live else 0
    last = area.entries.get(live.id, {}) if live else {}
    now = live.values if live else {}
    draft.previous = _previous(last, now, draft)
    draft.changed = _changed(draft.values, {**now, **last}) if live else []
    if match.kind not in (RowMatch.MATCHED, RowMatch.NEW):
        return
    if live and live.state in (ProjectState.TERMINATED, ProjectState.WITHDRAWN):
        _say(
            draft,
            layout,
            "project_ended",
            ERROR,
            "name",
            _("This project is on record as ended. Leave the row out, or have the end taken back first."),
        )
    if not live:
        _want_basics(draft, layout)
        _want_assessment(draft, area, layout)
    _check_truth(draft, area, layout, live)
    if live:
        _ask_differences(draft, layout, last, now)


def _changed(values: Cells, base: Mapping[str, Any]) -> list[str]:
    """Fields written otherwise than `base`, and gaps of the record it fills; an unwritten cell is no change."""
    found = []
    for name in SHOWN:
        cell = values.get(name)
        if cell and cell[0] is not None:
            old = base.get(name)
            if old != cell[0] and not cells.same(name, old, cell[0]):
                found.append(name)
    return found + [n for n in FILL_ONLY if not base.get(n) and cells.value_of(values, n)]


def _match(draft: Draft, area: Area, layout: Layout) -> Match:
    """The project meant: as the clerk chose, else as found; with a message where it is not settled."""
    chosen = draft.resolutions.get("match", "")
    place = area.places.resolve(draft.text("place"), area.unit.pk)
    draft.unit_code = place.code
    if place.kind is PlaceKind.FOREIGN:
        _say(draft, layout, NOT_HERE, ERROR, "place", _not_here())
        return Match(RowMatch.FOREIGN)
    if place.kind is PlaceKind.UNKNOWN:
        text = _(
            "“%(place)s” is not in the list of divisions. Write the county's official name, such as %(example)s."
        )
        _say(
            draft,
            layout,
            "place_unknown",
            ERROR,
            "place",
            text % {"place": draft.text("place"), "example": area.unit.name},
        )
        return Match(RowMatch.FOREIGN)
    if place.kind is PlaceKind.AMBIGUOUS:
        names = "、".join(_full_name(area, choice.code) for choice in place.choices)
        text = _("“%(place)s” may be %(names)s. Write the city before it.")
        _say(
            draft,
            layout,
            "place_ambiguous",
            ERROR,
            "place",
            text % {"place": draft.text("place"), "names": names},
        )
        return Match(RowMatch.UNSURE)
    if chosen == "new":
        return NEW
    number = whole_number(chosen)
    if number is not None and (live := area.projects.by_id.get(number)):
        return Match(RowMatch.MATCHED, live)
    found = area.projects.find(
        name=draft.name, company=draft.text("company"), unit_code=place.code, code=draft.text("project_code")
    )
    if found.kind == RowMatch.FOREIGN:
        _say(draft, layout, NOT_HERE, ERROR, "project_code", _not_here())
    elif found.kind == RowMatch.UNSURE:
        names = "、".join(f"《{area.projects.by_id[i].name}》" for i in found.candidates)
        text = _(
            "This may be %(names)s, which is on record. Choose the project, or say that it is a new one."
        )
        _say(draft, layout, "maybe_known", ERROR, "name", text % {"names": names})
    return found


def _not_here() -> str:
    return _(
        "The project does not exist or is not in this area. Check the name and the place, or leave the row out."
    )


def _full_name(area: Area, code: str) -> str:
    place = area.places.by_code[code]
    city = area.places.by_code.get(place.city_code)
    return f"{city.name if city else ''}{place.name}"


def _previous(last: Mapping[str, Any], now: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    """What to show as old and to compare with on acceptance; empty values are not kept."""
    if not now:
        return {}
    keep: dict[str, Any] = {
        "live": {k: v for k, v in now.items() if v not in (None, "", 0) and k not in FILL_ONLY}
    }
    if last:  # only where it differs: most projects stand as last month's ledger left them
        keep["last"] = {k: v for k, v in last.items() if v not in (None, "") and v != now.get(k)}
    return keep


def _want_basics(draft: Draft, layout: Layout) -> None:
    """A newly signed project without its basic facts is taken, but not silently."""
    for name in ("company", "contract_amount", "signed_on"):
        if cells.value_of(draft.values, name) is None and not any(m["field"] == name for m in draft.messages):
            text = _("Newly signed, but “%(field)s” is empty. Fill it in, or say why it is not known.")
            _say(draft, layout, "basics_missing", ASK, name, text % {"field": cells.label(name)})


def _want_assessment(draft: Draft, area: Area, layout: Layout) -> None:
    """Where projects are assessed before they are signed, a new row without a passed assessment is not registered."""
    signed = cells.value_of(draft.values, "signed_on")
    rule = area.grounds.missing(
        unit_code=draft.unit_code, name=draft.name, kind=contract_kind(draft.text("contract_kind")),
        signed_on=cells.first_day(signed) if signed else None,
    )  # fmt: skip
    if rule is None:
        return
    text = _(
        "Here a project is assessed before it is signed (%(basis)s), and no passed assessment bears this name. "
        "Assess it under “Assessments before signing” with the same name, or leave the row out."
    )
    _say(draft, layout, "assessment_missing", ERROR, "name", text % {"basis": rule.basis.text})


def _check_truth(draft: Draft, area: Area, layout: Layout, live: LiveProject | None) -> None:
    values = {name: cell[0] for name, cell in draft.values.items()}
    unread = {m["field"] for m in draft.messages if m["level"] == ERROR}
    for name in layout.has_nodes:
        if name not in unread:
            values.setdefault(name, None)
    others = [p.name for p in area.projects.of_company(draft.text("company")) if not live or p.id != live.id]
    facts = Facts(
        name=draft.name, period=str(area.period), on=area.on, values=values,
        live=live.values if live else {}, past=area.past.get(live.id, ()) if live else (), known=live is not None,
        winter_stop=bool(live and (live.winter_stop or live.paused)), siblings=others, sums_apart=layout.sums_apart,
        last_period=area.last_period,
    )  # fmt: skip
    for found in check_row(facts):
        if found.code == "same_company" and draft.resolutions.get("match") == "new":
            continue  # already answered by the choice
        _say(draft, layout, found.code, found.level, found.field, found.text, suggest=found.suggest)


def _ask_differences(draft: Draft, layout: Layout, last: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Facts of the registry that differ, and cells somebody edited in the system since last month's ledger."""
    blamed = {m["field"] for m in draft.messages if m["level"] == ERROR}
    for name in FACTS:
        new, old = cells.value_of(draft.values, name), now.get(name)
        if name in blamed or new is None or old in (None, 0, "") or cells.same(name, old, new):
            continue
        if name == "contract_amount" and abs(new - old) <= old * _FACT_TOLERANCE:
            continue
        text = _("The record says %(old)s, the workbook %(new)s. Which one holds?")
        _say(draft, layout, "fact_differs", ASK, name, text % _pair(name, old, new))
    for name in OWNED if last else ():
        new, old = cells.value_of(draft.values, name), now.get(name)
        if name in blamed or name not in last or new is None or cells.same(name, old, new):
            continue
        if not cells.same(name, last[name], old):
            text = _(
                "Changed in the system since last month to %(old)s; the workbook says %(new)s. Which one holds?"
            )
            draft.messages = [
                m for m in draft.messages if not (m["code"] == "node_changed" and m["field"] == name)
            ]
            _say(draft, layout, "edited_since", ASK, name, text % _pair(name, old, new))


def _pair(name: str, old: Any, new: Any) -> dict[str, str]:
    return {"old": cells.show(name, [old]), "new": cells.show(name, [new])}


def _refuse_twice(draft: Draft, taken: dict[Any, Draft], layout: Layout) -> None:
    """One project stands in a month's ledger once."""
    key: Any = draft.project_id
    if key is None:
        if draft.match != RowMatch.NEW:
            return
        key = (company_key(draft.name), company_key(draft.text("company")), draft.unit_code)
    first = taken.setdefault(key, draft)
    if first is not draft:
        where = str(first.line or first.position)
        text = _(
            "The same project already stands in row %(row)s. Keep one of the two and leave the other out."
        )
        _say(draft, layout, "row_twice", ERROR, "name", text % {"row": where})


def _say(
    draft: Draft, layout: Layout, code: str, level: str, name: str, text: str, *, suggest: Any = None
) -> None:
    message = {
        "sheet": draft.sheet,
        "cell": cells.cell_name(draft.values, name, draft.line, layout.letters),
        "code": code,
        "text": text,
        "level": level,
        "field": name,
        "by": "check",
    }
    if suggest is not None:
        message["suggest"] = suggest
    draft.messages.append(message)


CHOICE_CODES = frozenset({"fact_differs", "edited_since"})


def is_answered(message: Mapping[str, Any], draft: Any) -> bool:
    """Whether an "ask" needs nothing more: explained, or decided which value holds. `draft`: a Draft or StagedRow."""
    if message["level"] != ASK:
        return message["level"] == NOTE
    if message["code"] in CHOICE_CODES and message["field"] in draft.resolutions:
        return True
    return bool(draft.explanations.get(key_of(message), "").strip()) and message["code"] not in CHOICE_CODES


@dataclass(frozen=True, slots=True)
class Counts:
    rows: int
    changed: int
    new: int
    errors: int
    asks: int
    open_asks: int
    amount_yuan: int


def count(drafts: Sequence[Any]) -> Counts:
    """Figures of the strip above the table; left-out rows count nowhere."""
    kept = [d for d in drafts if d.match != RowMatch.SKIPPED]
    messages = [(m, d) for d in kept for m in d.messages]
    asks = [(m, d) for m, d in messages if m["level"] == ASK]
    return Counts(
        rows=len(kept),
        changed=sum(1 for d in kept if d.changed),
        new=sum(1 for d in kept if d.match == RowMatch.NEW),
        errors=sum(1 for m, _d in messages if m["level"] == ERROR),
        asks=len(asks),
        open_asks=sum(1 for m, d in asks if not is_answered(m, d)),
        amount_yuan=sum(cells.value_of(d.values, "contract_amount") or 0 for d in kept),
    )
