"""Who hears of a warning at once: what is urgent. Everything else waits for the person's digest of the next morning."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from policy.rules import WarningRule
from supervision.warnings import subjects
from supervision.warnings.models import Warning, WarningLevel, WarningTold
from supervision.warnings.offices import Addressees

# So many of one scan are told one by one; more come as one line with a link to the list.
ONE_BY_ONE = 5


@dataclass(frozen=True, slots=True)
class News:
    """`rose`: its level got graver; `up`: the tier above is to be told; `silent`: because nobody answered."""

    row: Warning
    rose: bool = False
    up: bool = False
    silent: bool = False

    @property
    def urgent(self) -> bool:
        return self.up or (self.rose and self.row.level == WarningLevel.RED)


def roles_of(row: Warning, rule: WarningRule) -> set[str]:
    """Role codes that hear of the warning as it stands; the tier above once it went up."""
    return set(rule.tell.get(row.level, ())) | (set(rule.tell.get("up", ())) if row.up_on else set())


def sight_of(row: Warning) -> str:
    """What a person sees of it: told again only when this changes."""
    answer = "lapsed" if row.lapsed_on else "silent" if row.unanswered_on else ""
    return f"{row.level}:{row.due_on.isoformat()}:{row.tier}:{answer}"


def tell(news: Iterable[News], rule: WarningRule, at: datetime) -> None:
    """Fill the inboxes with what is urgent, in the transaction of the scan."""
    worth = [one for one in news if one.urgent]
    if not worth:
        return
    on = local_date(at)
    who = Addressees((one.row for one in worth), on)
    for_user: dict[int, dict[int, Warning]] = defaultdict(dict)
    people: dict[int, User] = {}
    for one in worth:
        roles = set(rule.tell.get(one.row.level, ())) if one.rose or one.silent else set()
        if one.up:
            roles |= set(rule.tell.get("up", ()))
        for pk, user in who.of(one.row, roles).items():
            people[pk] = user
            for_user[pk][one.row.pk] = one.row
    for pk, rows in for_user.items():
        _put(people[pk], list(rows.values()), on, at)
    remember(((pk, row) for pk, rows in for_user.items() for row in rows.values()), at)


def remember(told: Iterable[tuple[int, Warning]], at: datetime) -> None:
    """What each person has been told of each warning now."""
    rows = [WarningTold(user_id=pk, warning=row, sight=sight_of(row), at=at) for pk, row in told]
    rows.sort(key=lambda one: (one.user_id, one.warning_id))
    WarningTold.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["user", "warning"],
        update_fields=["sight", "at"],
    )


def _put(user: User, rows: list[Warning], on: date, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        if len(rows) > ONE_BY_ONE:
            title = ngettext("%(n)d urgent warning", "%(n)d urgent warnings", len(rows)) % {"n": len(rows)}
            ids = sorted(row.pk for row in rows)
            notify.tell(
                [user], key=f"warnings:{on}:{ids[0]}:{ids[-1]}:{len(ids)}", kind="warning", title=title,
                text="；".join(row.label for row in rows[:2]), url=reverse("warnings:list"), at=at,
            )  # fmt: skip
            return
        for row in rows:
            notify.tell(
                [user],
                key=f"warning:{row.pk}:{row.level}:{row.tier}:{row.due_on}",
                kind="warning",
                title=_("%(light)s %(what)s") % {"light": light_word(row), "what": row.label},
                text=_words(row),
                url=subjects.address_of(row),
                at=at,
            )


def light_word(row: Warning) -> str:
    return {"blue": _("Blue light:"), "amber": _("Yellow light:"), "red": _("Red light:")}[row.level]


def _words(row: Warning) -> str:
    text = _("Due %(day)s") % {"day": row.due_on.isoformat()}
    if row.unanswered_on:
        return text + _("; nobody answered, gone up on %(day)s") % {"day": row.unanswered_on.isoformat()}
    return text + _("; gone up to the tier above") if row.up_on else text
