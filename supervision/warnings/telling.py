"""Who hears of a warning: the roles its rule names, of the project's own people and of the offices in charge."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts import notify
from accounts.clock import local_date
from accounts.models import Posting, User
from accounts.permissions import Role
from policy.rules import WarningRule
from projects.models import Assignment
from supervision.warnings import assist
from supervision.warnings.models import Warning
from supervision.warnings.subjects import STORED_LANGUAGE

OFFICES = {Role.COMPETENT_OFFICE.value, Role.OFFICE_HEAD.value, Role.PROMOTION_OFFICE.value}
UPPER = "upper_competent_office"
# So many of one scan are told one by one; more come as one line with a link to the list.
ONE_BY_ONE = 5

News = tuple[Warning, bool, bool]


def tell(news: Iterable[News], rule: WarningRule, at: datetime) -> None:
    """Fill the inboxes, in the transaction of the scan. `news`: (warning, rose, went up a tier)."""
    worth = [(row, rose, up) for row, rose, up in news if rose or up]
    if worth:
        _tell(worth, rule, at)


def _tell(news: list[News], rule: WarningRule, at: datetime) -> None:
    on = local_date(at)
    having = assist.Offices((row for row, _rose, _up in news), on)
    offices, teams = _offices(news, having, on), _teams(news, on)
    for_user: dict[int, dict[int, Warning]] = defaultdict(dict)
    people: dict[int, User] = {}
    for row, rose, up in news:
        roles = set(rule.tell.get(row.level, ())) if rose else set()
        if up:
            roles |= set(rule.tell.get("up", ()))
        for role in roles:
            found = offices.get((_office(row, role, having), _posted(role)), [])
            team = teams.get((row.project_id or 0, role), [])
            for user in (*found, *team, *having.people(row, role)):
                people[user.pk] = user
                for_user[user.pk][row.pk] = row
    for pk, rows in for_user.items():
        _put(people[pk], list(rows.values()), on, at)


def _put(user: User, rows: list[Warning], on: date, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        if len(rows) > ONE_BY_ONE:
            title = ngettext("%(n)d new warning", "%(n)d new warnings", len(rows)) % {"n": len(rows)}
            ids = sorted(row.pk for row in rows)
            notify.tell(
                [user], key=f"warnings:{on}:{ids[0]}:{ids[-1]}:{len(ids)}", kind="warning", title=title,
                text="；".join(row.label for row in rows[:2]), url=assist.list_of(rows), at=at,
            )  # fmt: skip
            return
        for row in rows:
            notify.tell(
                [user],
                key=f"warning:{row.pk}:{row.level}:{row.tier}:{row.due_on}",
                kind="warning",
                title=_("%(light)s %(what)s") % {"light": _light_word(row), "what": row.label},
                text=_("Due %(day)s") % {"day": row.due_on.isoformat()},
                url=assist.page_of(row)[0] or reverse("warnings:detail", args=[row.pk]),
                at=at,
            )


def _light_word(row: Warning) -> str:
    return {"blue": _("Blue light:"), "amber": _("Yellow light:"), "red": _("Red light:")}[row.level]


def _posted(role: str) -> str:
    return Role.COMPETENT_OFFICE.value if role == UPPER else role


def _office(row: Warning, role: str, having: assist.Offices) -> str:
    """Code of the division whose office is meant: that of the row or of who has the ticket, or the tier told above."""
    codes = {3: row.county_code, 2: row.city_code, 1: row.province_code}
    own = next((code for code in codes.values() if code), "")
    if role == UPPER:
        above = codes.get(row.tier, "")
        return above if above != own else ""
    return (having.division(row) or own) if role in OFFICES else ""


def _offices(news: list[News], having: assist.Offices, on: date) -> dict[tuple[str, str], list[User]]:
    codes = {_office(row, role, having) for row, _rose, _up in news for role in (*OFFICES, UPPER)} - {""}
    found: dict[tuple[str, str], list[User]] = defaultdict(list)
    for posting in (
        Posting.objects.current(on)
        .filter(division_id__in=codes, role__in=OFFICES, user__is_active=True)
        .select_related("user")
    ):
        found[posting.division_id, posting.role].append(posting.user)
    return found


def _teams(news: list[News], on: date) -> dict[tuple[int, str], list[User]]:
    projects = {row.project_id for row, _rose, _up in news if row.project_id}
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    rows = Assignment.objects.current(on).filter(project_id__in=projects, user__is_active=True)
    for one in rows.select_related("user"):
        if one.user is not None:
            found[one.project_id, one.role].append(one.user)
    return found
