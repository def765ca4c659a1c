"""The dictionary of the JSON file of one publication: every field of its payload, explained."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from reporting.disclosure.allowlist import FIGURES, PUBLIC_RATES
from reporting.disclosure.opendata import (
    COMPLAINTS,
    COUNTED_BY,
    FEEDBACK,
    HANDING_IN,
    MEANINGS,
    OFFICES,
    WITHHELD,
)
from reporting.reports.labels import LABELS

TEXT, INTEGER, PAIR, YES_NO, LIST = (
    _("text"), _("whole number"), _("numerator and denominator"), _("true or false"), _("list of texts"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: Any
    meaning: Any


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that stand at each of `places`: dots lead inward, [] is each item of a list, * each name; "": the file itself."""

    places: tuple[str, ...]
    fields: tuple[Field, ...]


def _texts(**meanings: Any) -> tuple[Field, ...]:
    return tuple(Field(name, TEXT, meaning) for name, meaning in meanings.items())


def _counts(known: dict[str, Any]) -> tuple[Field, ...]:
    return tuple(Field(name, INTEGER, meaning) for name, meaning in known.items())


_CODE = _("code of the division, GB/T 2260 where it has one")
_NAME = _("name of the division at that time")
_TIER = Field("tier", INTEGER, _("1 province, 2 city, 3 county"))
_DAYS = _("first and last day counted, both inclusive")
_RATED = {
    "rated": FEEDBACK["rated"][1],
    "good": FEEDBACK["good"][1],
    "bad": _("of these, the lower two of the five levels"),
    "followed_up": _("of the bad ones, answered by the office and closed"),
    "not_adopted": _("besides these: found mistaken or malicious on review"),
}
BLOCKS = (
    Block(
        ("",),
        (
            *_texts(
                title=_("title of the circular"),
                number=_("number of the circular"),
                issued_on=_("day on which the circular was issued"),
                period=_("month as 2026-10, quarter as 2026Q3, year as 2026"),
                cut_off_on=_("last day counted, inclusive (Asia/Shanghai)"),
                previous_period=_(
                    "the period before, of which `previous` holds the figures; empty without one"
                ),
            ),
            Field("previous", "null", _("in place of the figures: none were counted for the period before")),
            Field(
                "offices", "null", _("in place of the figures: departments were not counted in this period")
            ),
        ),
    ),
    Block(("unit",), (*_texts(code=_CODE, name=_NAME), _TIER)),
    Block(
        ("units[]", "counties[]"),
        (*_texts(code=_CODE, name=_NAME, parent_code=_("code of the division above")), _TIER),
    ),
    Block(
        ("total", "previous", "units[].figures", "counties[].figures"),
        (
            *_counts({name: MEANINGS[name] for name in FIGURES}),
            *(Field(f"rates.{key}", PAIR, LABELS[key]) for key in PUBLIC_RATES),
            Field("withheld", YES_NO, WITHHELD),
        ),
    ),
    Block(
        ("discipline", "units[].discipline", "counties[].discipline"),
        _counts({name: meaning for name, (_heading, meaning) in HANDING_IN.items()}),
    ),
    Block(
        ("rules.*",),
        _texts(
            name=_("official name of the rate"),
            numerator=_("what is counted above the line of the rate"),
            denominator=_("what is counted below the line"),
            definition=_("how the rate was counted when the report was frozen"),
            basis=_("article the rate rests on"),
        ),
    ),
    Block(
        ("offices.total", "offices.places[].figures", "offices.departments[].figures"),
        _counts(
            {
                name: text
                for name, (_zh, kind, text) in OFFICES.items()
                if name not in ("department", "counted")
            }
        ),
    ),
    Block(
        ("offices.places[]",),
        (*_texts(code=_CODE, name=_NAME), _TIER, Field("own", YES_NO, _("the unit's own departments"))),
    ),
    Block(
        ("offices.departments[]",),
        _texts(
            place_code=_("code of the division the department belongs to"),
            parent_code=_("code of the division above"),
            place=_("name of that division"),
            name=OFFICES["department"][2],
        ),
    ),
    Block(
        ("sections[]",),
        (
            *_texts(heading=_("heading of a section of the circular")),
            Field("paragraphs", LIST, _("its paragraphs")),
        ),
    ),
    Block(
        ("extras.complaints", "extras.complaints.places[].figures"),
        _counts({name: FEEDBACK[name][1] for name in COMPLAINTS}),
    ),
    Block(("extras.complaints",), _texts(period=_DAYS, counted_by=COUNTED_BY)),
    Block(("extras.complaints.places[]",), _texts(code=_CODE, name=_NAME)),
    Block(("extras.ratings",), (*_counts(_RATED), *_texts(period=_DAYS))),
)
