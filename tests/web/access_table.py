"""Who gets what at each address. Reviewed like code: a changed cell is a changed right.

Columns are the people of `world.py`, all seen from 肇源县's rows: the investor and the chief service officer of one of its
projects, its own office, the office of the neighbour county, of another city, of the city and of the province above, the
province's head of office, an auditor and an administrator of the province. `nobody` has signed in and holds no posting.

Cells: the status, or `in` for a redirect to the sign-in page. 302 elsewhere is an act done or refused with a message on the
next page. 404: outside the person's area, or nothing they may know of. 403: inside, without the right. 400: refused with the
reason on the page. 405: the address has no such method. A star: all columns to the right are the same. POST carries the body
of `body()`, else nothing.
"""

from collections.abc import Callable
from typing import Any

from supervision.warnings.models import WarningDigest
from tests.web.world import ROLES, World

# The only addresses a stranger is answered at, other than with the sign-in page.
PUBLIC = {
    "healthz",
    "readyz",
    "metrics",
    "set_language",
    "accounts:login",
    "meetings:feed",  # a secret in the address, since calendar programs do not sign in
}
# Addresses for people without an account; who gets what there is held by the tests of their subjects.
OUTSIDE = {
    *(
        f"public:{name}"
        for name in (
            "home",
            "month",
            "place",
            "departments",
            "document",
            "circulars",
            "data",
            "data_file",
            "log",
        )
    ),
    *(f"public:{name}" for name in ("notices", "notice")),
    *(f"investors:{name}" for name in ("code", "link")),
    *(f"accounts:{name}" for name in ("mail_confirm", "mail_end")),
    *(f"ratings:{name}" for name in ("code", "rate", "answer", "thanks")),
    *(
        f"complaints:{name}"
        for name in ("write", "done", "done_text", "lookup", "status", "status_do", "status_file")
    ),
}
DEVELOPING = {"styleguide"}  # only there with DEBUG

TABLE = """
# Machines and strangers.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
healthz                      GET  200*
healthz                      POST 405*
readyz                       GET  200*
readyz                       POST 405*
metrics                      GET  200*
metrics                      POST 405*
set_language                 GET  302*
set_language                 POST 302*
meetings:feed                GET  404*
meetings:feed                POST 405*

# People and divisions: the administrator's own; a division is read by whoever belongs to its area.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
accounts:login               GET  200    302*
accounts:login               POST 200    302*
accounts:logout              GET  in     405*
accounts:logout              POST in*
accounts:choose_posting      GET  in     200*
accounts:choose_posting      POST in     200*
accounts:password_change     GET  in     200*
accounts:password_change     POST in     200*
accounts:inbox               GET  in     200*
accounts:inbox               POST in     405*
accounts:inbox_read_all      GET  in     405*
accounts:inbox_read_all      POST in     302*
accounts:mail_choice         GET  in     200*
accounts:mail_choice         POST in     200*
accounts:mail_again          GET  in     405*
accounts:mail_again          POST in     302*
accounts:inbox_open          GET  in     404    404    404    302    404    404    404    404    404    404    404
accounts:inbox_open          POST in     405*
accounts:people              GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:people              POST in     405*
accounts:person_add          GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:person_add          POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:person              GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:person              POST in     405*
accounts:posting_add         GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:posting_add         POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:password_reset      GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:password_reset      POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:person_disable      GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:person_disable      POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:person_enable       GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:person_enable       POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:posting_end         GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:posting_end         POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:divisions           GET  in     200    302    302    302    302    200    200    200    200    200    200
accounts:divisions           POST in     405*
accounts:division            GET  in     404    200    200    200    404    404    200    200    200    200    200
accounts:division            POST in     405*
accounts:department_add      GET  in     404    403    403    403    404    404    403    403    403    403    200
accounts:department_add      POST in     404    403    403    403    404    404    403    403    403    403    200
accounts:department_end      GET  in     404    403    403    403    404    404    403    403    403    403    200
accounts:department_end      POST in     404    403    403    403    404    404    403    403    403    403    200
accounts:calendar            GET  in     403    403    200    200    200    200    200    200    200    200    200
accounts:calendar            POST in     405*
accounts:calendar_notice     GET  in     403    403    403    403    403    403    403    403    403    403    200
accounts:calendar_notice     POST in     403    403    403    403    403    403    403    403    403    403    200
accounts:audit_log           GET  in     403    403    403    200    200    200    200    200    200    200    403
accounts:audit_log           POST in     405*
accounts:audit_detail        GET  in     403    403    403    200    404    404    200    200    200    200    403
accounts:audit_detail        POST in     405*

name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
home                         GET  in     200    302    200    200    200    200    200    200    200    200    200
home                         POST in     405*

# A unit asks for more time for itself; the tier above decides; an auditor only reads.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
duties:detail                GET  in     404    404    404    200    404    404    200    200    200    200    404
duties:detail                POST in     405*
duties:ask                   GET  in     405*
duties:ask                   POST in     404    404    404    200    404    404    403    403    403    403    404
duties:decide                GET  in     405*
duties:decide                POST in     404    404    404    403    404    404    302    302    302    403    404
duties:exempt                GET  in     405*
duties:exempt                POST in     404    404    404    403    404    404    302    302    302    403    404

# The investor and the officer read their one project; the officer writes what the office lets him; end, pause and
# team are the office's.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
projects:list                GET  in     403    302    200    200    200    200    200    200    200    200    403
projects:list                POST in     405*
projects:export              GET  in     403    200    200    200    200    200    200    200    200    200    403
projects:export              POST in     405*
projects:create              GET  in     403    403    403    200    200    200    200    200    200    403    403
projects:create              POST in     403    403    403    200    200    200    200    200    200    403    403
projects:detail              GET  in     404    302    200    200    404    404    200    200    200    200    404
projects:detail              POST in     405*
projects:edit                GET  in     404    403    200    200    404    404    200    200    200    403    404
projects:edit                POST in     404    403    200    200    404    404    200    200    200    403    404
projects:file_basic          GET  in     405*
projects:file_basic          POST in     404    403    302    302    404    404    302    302    302    403    404
projects:plan                GET  in     404    403    200    200    404    404    200    200    200    403    404
projects:plan                POST in     404    403    200    200    404    404    200    200    200    403    404
projects:milestones          GET  in     404    302    200    200    404    404    200    200    200    200    404
projects:milestones          POST in     405*
projects:pause               GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:pause               POST in     404    403    403    200    404    404    200    200    200    403    404
projects:resume              GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:resume              POST in     404    403    403    200    404    404    200    200    200    403    404
projects:end                 GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:end                 POST in     404    403    403    200    404    404    200    200    200    403    404
projects:team                GET  in     404    302    200    200    404    404    200    200    200    200    404
projects:team                POST in     404    403    403    200    404    404    200    200    200    403    404
projects:team_end            GET  in     404    403    403    200    404    404    200    200    200    403    404
projects:team_end            POST in     404    403    403    200    404    404    200    200    200    403    404
projects:tab                 GET  in     404    403    403    200    404    404    200    200    200    200    404
projects:tab                 POST in     405*
projects:history             GET  in     404    403    403    200    404    404    200    200    200    200    404
projects:history             POST in     405*
projects:flow                GET  in     404    302    200    200    404    404    200    200    200    200    404
projects:flow                POST in     405*

# A unit hands in its own, the unit above receives it, neither acts for the other; what is not handed in is seen by
# these two alone. `city`, `send`, `province` and packages are of 大庆 and 黑龙江: above the county, so not there for it.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
ledgers:home                 GET  in     403    403    403    302    302    302    302    302    302    302    403
ledgers:home                 POST in     405*
ledgers:unit                 GET  in     403    403    403    200    404    404    200    200    200    200    403
ledgers:unit                 POST in     405*
ledgers:month                GET  in     403    403    403    200    404    404    200    200    200    200    403
ledgers:month                POST in     405*
ledgers:upload               GET  in     405*
ledgers:upload               POST in     403    403    403    400    404    404    403    403    403    403    403
ledgers:online               GET  in     405*
ledgers:online               POST in     403    403    403    302    404    404    403    403    403    403    403
ledgers:nil                  GET  in     403    403    403    200    404    404    403    403    403    403    403
ledgers:nil                  POST in     403    403    403    400    404    404    403    403    403    403    403
ledgers:prefilled            GET  in     403    403    403    200    404    404    200    200    200    200    403
ledgers:prefilled            POST in     405*
ledgers:attempt              GET  in     403    403    403    200    404    404    200    404    404    404    403
ledgers:attempt              POST in     405*
ledgers:save                 GET  in     405*
ledgers:save                 POST in     403    403    403    302    404    404    403    404    404    404    403
ledgers:row                  GET  in     405*
ledgers:row                  POST in     403    403    403    302    404    404    403    404    404    404    403
ledgers:explain              GET  in     405*
ledgers:explain              POST in     403    403    403    302    404    404    403    404    404    404    403
ledgers:columns              GET  in     403    403    403    200    404    404    302    404    404    404    403
ledgers:columns              POST in     403    403    403    400    404    404    403    404    404    404    403
ledgers:grid                 GET  in     403    403    403    200    404    404    302    404    404    404    403
ledgers:grid                 POST in     403    403    403    302    404    404    403    404    404    404    403
ledgers:marked               GET  in     403    403    403    200    404    404    200    404    404    404    403
ledgers:marked               POST in     405*
ledgers:file                 GET  in     403    403    403    200    404    404    200    404    404    404    403
ledgers:file                 POST in     405*
ledgers:discard              GET  in     405*
ledgers:discard              POST in     403    403    403    302    404    404    403    404    404    404    403
ledgers:withdraw             GET  in     405*
ledgers:withdraw             POST in     403    403    403    302    404    404    403    403    403    403    403
ledgers:correct              GET  in     405*
ledgers:correct              POST in     403    403    403    302    404    404    403    403    403    403    403
ledgers:accept               GET  in     405*
ledgers:accept               POST in     403    403    403    403    404    404    302    403    403    403    403
ledgers:return               GET  in     405*
ledgers:return               POST in     403    403    403    403    404    404    302    403    403    403    403
ledgers:city                 GET  in     403    403    403    404    404    404    200    200    200    200    403
ledgers:city                 POST in     405*
ledgers:send                 GET  in     405*
ledgers:send                 POST in     403    403    403    404    404    404    302    403    403    403    403
ledgers:province             GET  in     403    403    403    404    404    404    404    200    200    200    403
ledgers:province             POST in     405*
ledgers:package              GET  in     403    403    403    404    404    404    200    200    200    200    403
ledgers:package              POST in     405*
ledgers:package_accept       GET  in     405*
ledgers:package_accept       POST in     403    403    403    404    404    404    403    302    302    403    403
ledgers:package_return       GET  in     405*
ledgers:package_return       POST in     403    403    403    404    404    404    403    302    302    403    403

# Drafted for all units of the province by one snapshot; the words are the unit's own.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
reports:list                 GET  in     403    403    403    200    200    200    200    200    200    200    403
reports:list                 POST in     405*
reports:compile              GET  in     405*
reports:compile              POST in     403    403    403    403    403    403    403    302    302    403    403
reports:of_unit              GET  in     403    403    403    302    404    404    302    302    302    302    403
reports:of_unit              POST in     405*
reports:detail               GET  in     403    403    403    200    404    404    200    200    200    200    403
reports:detail               POST in     405*
reports:rows                 GET  in     403    403    403    200    404    404    200    200    200    200    403
reports:rows                 POST in     405*
reports:pressed              GET  in     403    403    403    200    404    404    200    200    200    200    403
reports:pressed              POST in     405*
reports:edit                 GET  in     403    403    403    200    404    404    403    403    403    403    403
reports:edit                 POST in     403    403    403    200    404    404    403    403    403    403    403
reports:settle               GET  in     405*
reports:settle               POST in     403    403    403    302    404    404    403    403    403    403    403
reports:anew                 GET  in     403    403    403    403    404    404    403    200    200    403    403
reports:anew                 POST in     403    403    403    403    404    404    403    200    200    403    403
reports:circular             GET  in     405*
reports:circular             POST in     403    403    403    302    404    404    403    403    403    403    403
reports:export               GET  in     403    403    403    200    404    404    200    200    200    200    403
reports:export               POST in     405*

# 大庆's draft. Nobody here heads 大庆's office, so nobody approves or issues it: a tier above does not sign for it.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
circulars:list               GET  in     403    403    403    200    200    200    200    200    200    200    403
circulars:list               POST in     405*
circulars:detail             GET  in     403    403    403    404    404    404    200    200    200    200    403
circulars:detail             POST in     405*
circulars:edit               GET  in     403    403    403    404    404    404    200    403    403    403    403
circulars:edit               POST in     403    403    403    404    404    404    200    403    403    403    403
circulars:approve            GET  in     405*
circulars:approve            POST in     403    403    403    404    404    404    403    403    403    403    403
circulars:return             GET  in     403    403    403    404    404    404    403    403    403    403    403
circulars:return             POST in     403    403    403    404    404    404    403    403    403    403    403
circulars:issue              GET  in     405*
circulars:issue              POST in     403    403    403    404    404    404    403    403    403    403    403
circulars:erratum            GET  in     403    403    403    404    404    404    200    403    403    403    403
circulars:erratum            POST in     403    403    403    404    404    404    200    403    403    403    403
circulars:discard            GET  in     403    403    403    404    404    404    200    403    403    403    403
circulars:discard            POST in     403    403    403    404    404    404    200    403    403    403    403
circulars:export             GET  in     403    403    403    404    404    404    200    200    200    200    403
circulars:export             POST in     405*

name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
boards:board                 GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:board                 POST in     405*
boards:export                GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:export                POST in     405*
boards:promises              GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:promises              POST in     405*
boards:rates                 GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:rates                 POST in     405*
boards:rows                  GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:rows                  POST in     405*
boards:supervision           GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:supervision           POST in     405*
boards:supervision_rows      GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:supervision_rows      POST in     405*
boards:supervision_export    GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:supervision_export    POST in     405*
boards:completeness          GET  in     403    403    403    200    200    200    200    200    200    200    403
boards:completeness          POST in     405*
boards:cell                  GET  in     403    403    403    200    404    404    200    200    200    200    403
boards:cell                  POST in     405*

name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
warnings:list                GET  in     403    403    200    200    200    200    200    200    200    200    403
warnings:list                POST in     405*
warnings:detail              GET  in     403    403    200    200    404    404    200    200    200    200    403
warnings:detail              POST in     403    403    403    302    404    404    302    302    302    403    403
warnings:export              GET  in     403    403    200    200    200    200    200    200    200    200    403
warnings:export              POST in     405*
warnings:digest              GET  in     403    403    404    200    404    404    404    404    404    404    403
warnings:digest              POST in     405*

name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
approvals:home               GET  in     302*
approvals:home               POST in     405*
kickoffs:list                GET  in     403    403    403    200    200    200    200    200    200    200    403
kickoffs:list                POST in     405*
kickoffs:record              GET  in     404    403    403    200    404    404    200    200    200    403    404
kickoffs:record              POST in     404    403    403    200    404    404    200    200    200    403    404

# An auditor has no part in running the system.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
jobs:list                    GET  in     403    403    403    200    200    200    200    200    200    403    200
jobs:list                    POST in     405*
jobs:rerun                   GET  in     405*
jobs:rerun                   POST in     403    403    403    302    302    302    302    302    302    403    302

# Everyone has tokens of their own, for nothing but what they may do anyhow.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
tokens:list                  GET  in     200*
tokens:list                  POST in     200*
tokens:revoke                GET  in     405*
tokens:revoke                POST in     404    404    404    302    404    404    404    404    404    404    404

# Programs: the same services and scope; who sends no token gets 401, never the sign-in page. A list of hand-ins asks
# for unit and period: 400.
name                              anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
api:schema                   GET  401    200*
api:schema                   POST 401    405*
api:docs                     GET  in     200*
api:docs                     POST in     405*
api:divisions                GET  401    200*
api:divisions                POST 401    405*
api:projects                 GET  401    403    200    200    200    200    200    200    200    200    200    403
api:projects                 POST 401    405*
api:project                  GET  401    404    200    200    200    404    404    200    200    200    200    404
api:project                  POST 401    405*
api:hand_ins                 GET  401    403    403    403    400    400    400    400    400    400    400    403
api:hand_ins                 POST 401    403    403    403    400    404    404    403    403    403    403    403
api:hand_in                  GET  401    403    403    403    200    404    404    200    200    200    200    403
api:hand_in                  POST 401    405*
api:hand_in_submit           GET  401    405*
api:hand_in_submit           POST 401    403    403    403    400    404    404    403    404    404    404    403
api:reports                  GET  401    403    403    403    200    200    200    200    200    200    200    403
api:reports                  POST 401    405*
api:report                   GET  401    403    403    403    200    404    404    200    200    200    200    403
api:report                   POST 401    405*
api:report_figures           GET  401    403    403    403    200    404    404    200    200    200    200    403
api:report_figures           POST 401    405*
api:unknown                  GET  401    404*
api:unknown                  POST 401    404*
api_unknown                  GET  401    404*
api_unknown                  POST 401    404*
"""


def lines_of(table: str) -> list[list[str]]:
    """The words of each line: name, method, answers."""
    rows = [line.split() for line in table.strip().splitlines()]
    return [row for row in rows if row and row[0] not in ("#", "name")]


def names_in(table: str) -> set[str]:
    return {row[0] for row in lines_of(table)}


def read() -> dict[str, dict[str, dict[str, str]]]:
    """name → method → person → answer."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, method, *answers in lines_of(TABLE):
        if answers[-1].endswith("*"):
            answers[-1] = answers[-1].removesuffix("*")
            answers += answers[-1:] * (len(ROLES) - len(answers))
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
    "warnings:digest": lambda w: WarningDigest.objects.get(user=w.people["county"]),
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
    "tokens": lambda w: w.token,
    "api:project": lambda w: w.project,
    "api:hand_in": lambda w: w.submitted,
    "api:hand_in_submit": lambda w: w.staged,
    "api:report": lambda w: w.report,
    "api:report_figures": lambda w: w.report,
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
    "boards:supervision_rows.kind": lambda _w: "matters",
    "boards:supervision_rows.figure": lambda _w: "open",
    "rest": lambda _w: "nothing/there",
    "meetings:feed.token": lambda _w: "x" * 43,
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
    "warnings:detail": lambda _w: {"plan_text": "本月底前取得许可", "promised_on": "2026-11-30"},
    "ledgers:save": lambda w: {f"cell:{w.staged.rows.earliest('pk').pk}:progress": "主体施工"},
    "ledgers:return": lambda _w: {"note": "请核对"},
    "ledgers:package_return": lambda _w: {"note": "请核对"},
    "ledgers:explain": lambda _w: {"text": "已核对"},
    "api:hand_ins": lambda _w: {"unit": "230622", "period": "2026-10"},
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


def missing(given: dict[str, Any]) -> dict[str, Any]:
    """The same parts for rows that do not exist; empty where the address is about no row."""
    return {part: MISSING if isinstance(value, int) else value for part, value in given.items()}


def body(name: str, world: World) -> dict[str, Any]:
    return BODY[name](world) if name in BODY else {}
