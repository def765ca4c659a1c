"""Open data: one line per unit and period, as CSV and JSON, with a dictionary of the fields. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects.export import inert
from reporting.disclosure.allowlist import EXTRAS, FIGURES, PUBLIC_RATES
from reporting.disclosure.present import handed_in
from reporting.disclosure.withholding import fields_of
from reporting.reports.figures import OFFICIAL_NAMES, RATES
from reporting.reports.labels import LABELS

# field → (Chinese heading of the CSV, what it is)
PLACE: dict[str, tuple[str, Any]] = {
    "period": ("期间", _("the month, as 2026-10; quarters and years stand in their circulars alone")),
    "cut_off_on": ("截至日期", _("last day counted, inclusive (Asia/Shanghai)")),
    "unit_code": ("行政区划代码", _("code of the division, GB/T 2260 where it has one")),
    "unit_name": ("单位名称", _("name of the division at that time")),
    "parent_code": ("上级代码", _("code of the division above")),
    "document": ("通报文号", _("number of the circular the figures come from")),
}
HANDING_IN: dict[str, tuple[str, Any]] = {
    "expected": ("应报台账", _("ledgers due by the cut-off")),
    "on_time": ("按时", _("handed in by the due date")),
    "extended": ("延期内", _("handed in within a granted extension")),
    "late": ("迟报", _("handed in late")),
    "missing": ("缺报", _("not handed in")),
    "exempt": ("免报", _("exempt")),
    "open": ("未到期", _("whose day had not come by the cut-off")),
}


MEANINGS: dict[str, Any] = {
    "signed": _(
        "projects with a contract or agreement signed by the last day counted, not merged and not ended"
    ),
    "new_signed": _("of these, signed in the period"),
    "fulfilled": _("of these, company registered, first money in place, or construction started"),
    "started": _("of these, construction started; cumulative"),
    "completed": _("of these, completed and accepted; cumulative"),
    "produced": _("of these, in production; cumulative"),
    "start_planned": _("of these, start planned by the last day counted"),
    "started_of_planned": _("of those whose start was planned, started"),
    "points_finished": _("key points with a planned day that are finished"),
    "points_on_time": _("of these, finished by their planned day"),
    "lost": _("projects terminated or withdrawn; not among the signed"),
}
OFFICES: dict[str, tuple[str, str, Any]] = {
    "department": ("部门", "text", _("name of the department at that time; empty: none was in charge")),
    "due": ("应办结审批事项", "integer", _("approval matters whose day fell in the period")),
    "on_time": ("按时办结", "integer", _("of these, decided by their day")),
    "late": ("逾期", "integer", _("of these, decided later or not decided by the last day counted")),
    "letters": ("督办文书", "integer", _("papers of supervision the department got in the period")),
    "letters_answered": ("已答复", "integer", _("of these, answered")),
    "letters_late": ("逾期答复", "integer", _("of these, answered late or still open after their day")),
    "rated": ("评价", "integer", _("ratings given in the period")),
    "good": ("好评", "integer", _("of these, the upper three of the five levels")),
    "counted": ("已统计", "integer", _("0: not counted in this period, which is not the same as none")),
}


FEEDBACK: dict[str, tuple[str, Any]] = {
    "received": ("收到投诉", _("complaints received in the period about units of the place")),
    "accepted": ("受理", _("complaints accepted in the period, whenever received")),
    "finished": ("办结投诉", _("complaints handled in the period, whenever received")),
    "finished_on_time": ("按期办结", _("of those handled, within the limit")),
    "asked": ("表示意见", _("complainants who said in the period whether the answer will do")),
    "satisfied": ("满意", _("of these, satisfied")),
    "rated": ("评价", _("ratings given in the period")),
    "good": ("好评", _("of these, the upper three of the five levels")),
}


COMPLAINTS = fields_of(EXTRAS["complaints"])
COUNTED_BY = _(
    "event: each step of a complaint counts in the period in which it was taken; empty, in earlier publications: what had "
    "become, by the day of publication, of the complaints received in the period"
)


def feedback_fields() -> list[dict[str, Any]]:
    """The dictionary of the file of complaints and ratings. Of fewer than three cases only their number is given."""
    place = {name: known for name, known in PLACE.items() if name != "parent_code"}
    return (
        [{"name": name, "heading": zh, "kind": "text", "meaning": text} for name, (zh, text) in place.items()]
        + [
            {"name": name, "heading": zh, "kind": "integer", "meaning": text}
            for name, (zh, text) in FEEDBACK.items()
        ]
        + [{"name": "counted_by", "heading": "统计方式", "kind": "text", "meaning": COUNTED_BY}]
    )


def has_any(figures: Mapping[str, Any]) -> bool:
    """Whether anything happened there; what is withheld did."""
    return any(figures.get(name) != 0 for name in COMPLAINTS)


def feedback_rows(payloads: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One mapping per place and month in which there was a complaint or a rating; what is withheld stays empty."""
    for payload in payloads:
        counted = (payload.get("extras") or {}).get("complaints", {})
        complaints = counted.get("places", ())
        rated = {one["code"]: one for one in (payload.get("offices") or {}).get("places", ())}
        places = {one["code"]: one for one in (*rated.values(), *complaints)}
        said = {one["code"]: one["figures"] for one in complaints}
        for code, place in places.items():
            figures = {
                "rated": 0,
                **{n: v for n, v in rated.get(code, place)["figures"].items() if n in FEEDBACK},
            }
            mine = said.get(code, dict.fromkeys(COMPLAINTS, 0))
            if not has_any(mine) and not figures["rated"]:
                continue
            figures |= mine
            yield {
                "period": payload["period"],
                "cut_off_on": payload["cut_off_on"],
                "unit_code": code,
                "unit_name": place["name"],
                "document": payload["number"],
                **{name: figures.get(name) for name in FEEDBACK},
                "counted_by": counted.get("counted_by", ""),
            }


def office_fields() -> list[dict[str, Any]]:
    """The dictionary of the file of departments. Of a group with fewer than three cases only their number is given."""
    place = {name: known for name, known in PLACE.items() if name != "parent_code"}
    return [
        {"name": name, "heading": zh, "kind": "text", "meaning": text} for name, (zh, text) in place.items()
    ] + [
        {"name": name, "heading": zh, "kind": kind, "meaning": text}
        for name, (zh, kind, text) in OFFICES.items()
    ]


WITHHELD = _(
    "1: only the number of projects is given, for there are fewer than three, or else those of another place would follow"
)


def fields() -> list[dict[str, Any]]:
    """The dictionary: name, Chinese heading, kind, meaning. Rates are not given: divide the two sums they name."""
    found = [
        {"name": name, "heading": zh, "kind": "text", "meaning": text} for name, (zh, text) in PLACE.items()
    ]
    found += [
        {"name": name, "heading": OFFICIAL_NAMES[name], "kind": "integer", "meaning": MEANINGS[name]}
        for name in FIGURES
    ]
    found += [
        {"name": name, "heading": zh, "kind": "integer", "meaning": text}
        for name, (zh, text) in HANDING_IN.items()
    ]
    found.append(
        {
            "name": "withheld",
            "heading": "不公开",
            "kind": "integer",
            "meaning": WITHHELD,
        }
    )
    return found


def rates() -> list[tuple[Any, str, str]]:
    """(rate, numerator field, denominator field)."""
    return [(LABELS[key], *RATES[key]) for key in PUBLIC_RATES]


def rows(payloads: Iterable[Mapping[str, Any]], level: str) -> Iterator[dict[str, Any]]:
    """One mapping per unit. `level`: "units" (the tier below the publishing unit) or "counties"."""
    for payload in payloads:
        for unit in payload[level]:
            figures = unit["figures"]
            yield {
                "period": payload["period"],
                "cut_off_on": payload["cut_off_on"],
                "unit_code": unit["code"],
                "unit_name": unit["name"],
                "parent_code": unit["parent_code"],
                "document": payload["number"],
                **{name: figures.get(name) for name in FIGURES},
                **{name: getattr(handed_in(unit["discipline"]), name) for name in HANDING_IN},
                "withheld": int(bool(figures.get("withheld"))),
            }


def as_csv(lines: Iterable[Mapping[str, Any]], of: Sequence[Mapping[str, Any]] | None = None) -> bytes:
    """UTF-8 with BOM, so that WPS and Excel read the Chinese; first line the Chinese headings, which the dictionary explains.

    `of`: the dictionary of the lines, that of units without one.
    """
    of = fields() if of is None else of
    names = [one["name"] for one in of]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([one["heading"] for one in of])
    for line in lines:
        writer.writerow([_cell(line[name]) for name in names])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> Any:
    """No cell begins a formula; what is withheld stays empty."""
    if isinstance(value, str):
        return inert(value)
    return "" if value is None else value
