"""Who gets what at each address. Reviewed like code: a changed cell is a changed right.

Columns are the people of `world.py`, all seen from 肇源县's rows: the investor and the chief service officer of one of its
projects, its own office, the office of the neighbour county, of another city, of the city and of the province above, the
province's head of office, an auditor and an administrator of the province. `nobody` has signed in and holds no posting.

Cells: the status, or `in` for a redirect to the sign-in page. 302 elsewhere is an act done or refused with a message on the
next page. 404: outside the person's area, or nothing they may know of. 403: inside, without the right. 400: refused with the
reason on the page. 405: the address has no such method. POST carries the body of `body()`, else nothing.
"""

from collections.abc import Callable
from typing import Any

from tests.web.world import ROLES, World

# The only addresses a stranger is answered at, other than with the sign-in page.
PUBLIC = {"healthz", "readyz", "metrics", "set_language", "accounts:login"}
DEVELOPING = {"styleguide"}  # only there with DEBUG

TABLE = """

"""


def read() -> dict[str, dict[str, dict[str, str]]]:
    """name → method → person → answer."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for line in TABLE.strip().splitlines():
        words = line.split()
        if not words or words[0] in ("#", "name"):
            continue
        name, method, *answers = words
        assert len(answers) == len(ROLES), f"{name} {method}: {len(answers)} answers for {len(ROLES)} people"
        assert method not in found.setdefault(name, {}), f"{name} {method} is there twice"
        found[name][method] = dict(zip(ROLES, answers, strict=True))
    return found


MISSING = 987_654_321
Rows = Callable[[World], Any]

# The row an address is about: by its full name, else by its namespace.
ROW: dict[str, Rows] = {
    "projects": lambda w: w.project,
    "kickoffs": lambda w: w.project,
    "reports": lambda w: w.report,
    "circulars": lambda w: w.circular,
    "warnings": lambda w: w.warning,
    "duties": lambda w: w.duty,
    "duties:decide": lambda w: w.extension,
    "ledgers": lambda w: w.staged,
    "ledgers:withdraw": lambda w: w.submitted,
    "ledgers:accept": lambda w: w.submitted,
    "ledgers:return": lambda w: w.submitted,
    "ledgers:correct": lambda w: w.returned,
    "ledgers:package": lambda w: w.package,
    "ledgers:package_accept": lambda w: w.package,
    "ledgers:package_return": lambda w: w.package,
    "accounts": lambda w: w.person,
    "accounts:inbox_open": lambda w: w.inbox,
    "accounts:posting_end": lambda w: w.posting,
    "accounts:department_end": lambda w: w.department,
    "accounts:audit_detail": lambda w: w.record,
}
# Parts that are no row's number: by `name.part`, else by the part alone.
PART: dict[str, Rows] = {
    "project_id": lambda w: w.project.pk,
    "assignment": lambda w: w.assignment.pk,
    "row": lambda w: w.staged.rows.earliest("pk").pk,
    "unit": lambda _w: "230622",
    "code": lambda _w: "230622",
    "ledgers:city.code": lambda _w: "230600",
    "ledgers:send.code": lambda _w: "230600",
    "ledgers:province.code": lambda _w: "230000",
    "projects:tab.code": lambda _w: "ledger",
    "period": lambda _w: "2026-10",
    "ledgers:city.period": lambda _w: "2026-07",
    "ledgers:send.period": lambda _w: "2026-07",
    "boards:cell.period": lambda _w: "2026-11",
    "figure": lambda _w: "signed",
    "format": lambda _w: "xlsx",
    "kind": lambda _w: "obligations",
}
# What a person would type, where an empty form is answered before the right is asked for.
BODY: dict[str, Callable[[World], dict[str, Any]]] = {
    "set_language": lambda _w: {"language": "en"},
    "duties:ask": lambda _w: {"wanted_on": "2026-12-09", "reason": "系统迁移"},
    "duties:decide": lambda _w: {"decision": "grant", "opinion": "同意"},
    "duties:exempt": lambda _w: {"reason": "机构撤并"},
    "warnings:detail": lambda _w: {"plan_text": "10月底前取得许可"},
    "ledgers:save": lambda w: {f"cell:{w.staged.rows.earliest('pk').pk}:progress": "主体施工"},
    "ledgers:return": lambda _w: {"note": "请核对"},
    "ledgers:package_return": lambda _w: {"note": "请核对"},
    "ledgers:explain": lambda _w: {"text": "已核对"},
    "reports:compile": lambda _w: {"period": "2026-09"},
}
# Addresses whose parts name no row of a place.
PLACELESS = {"jobs:rerun"}


def _row(name: str) -> Rows:
    namespace = name.partition(":")[0]
    assert name in ROW or namespace in ROW, f"{name}: say in ROW which row of World its number is"
    return ROW.get(name) or ROW[namespace]


def arguments(name: str, parts: set[str], world: World) -> dict[str, Any]:
    """Parts of the address for the sample row of 肇源县 (or of 大庆, for what only a city has)."""
    found = {}
    for part in parts:
        given = PART.get(f"{name}.{part}") or PART.get(part)
        found[part] = _row(name)(world).pk if part == "pk" else given(world) if given else None
        assert found[part] is not None, f"{name}: say in PART what its part {part!r} stands for"
    return found


def foreign_arguments(name: str, parts: set[str], world: World) -> dict[str, Any] | None:
    """The same address for a row that does not exist; None where the address is about no row of a place."""
    if name in PLACELESS or not parts & {"pk", "project_id", "unit", "code"}:
        return None
    found = arguments(name, parts, world)
    return (
        found
        | {
            part: MISSING if isinstance(found[part], int) else "999999"
            for part in parts & {"pk", "project_id", "unit"}
        }
        | ({"code": "999999"} if "code" in parts and found["code"].isdigit() else {})
    )


def body(name: str, world: World) -> dict[str, Any]:
    return BODY[name](world) if name in BODY else {}
