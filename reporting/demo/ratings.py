"""Ratings of the demo: services of the last months are offered, some are rated by their links, bad ones followed up.

Of the visits to companies all but the newest are rated, so that the figures hold some and the portal offers one.
"""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.clock import at_hour
from accounts.outside.links import find_link
from supervision.ratings import making, services
from supervision.ratings.models import BadCase, CaseState, Chance, Service
from supervision.ratings.services import Said

MOST = 90  # of a month
LEFT_OPEN = 10  # days
# Of ten raters; words as companies write them.
SAYINGS = (
    Said(1, ("fast", "helpful"), "窗口同志一次讲清，当天就办好了。"),
    Said(2, ("clear",)),
    Said(1, ("helpful",), "帮办人员全程陪同。"),
    Said(2, ()),
    Said(3, ("slow",), "办是办了，就是等得久一点。"),
    Said(1, ("fast",)),
    Said(4, ("back_and_forth", "unclear"), "同一份材料跑了三趟，每次说法不一样。", "刘建军", "13900000012"),
    Said(2, ("clear", "helpful")),
    Said(1, ()),
    Said(5, ("slow",), "承诺五天，办了半个月。"),
)


def write_ratings(users: dict[str, Any], *, today: date) -> int:
    """Rate every second service offered in three months, oldest first, and the visits; return how many."""
    office, rated = users["office-230000"], 0
    for back in (60, 30, 0):
        day = today - timedelta(days=back)
        making.make_chances(_at(day))
        rows = Chance.objects.filter(rating=None, done_on__gt=day - timedelta(days=30))
        rows = rows.select_related("project", "division").order_by("done_on", "pk")
        chosen = [
            one for one in rows.exclude(service=Service.VISIT)[: 2 * MOST : 2] if one.project.county_code
        ]
        chosen += list(rows.filter(service=Service.VISIT))[:-1]
        for chance in chosen:
            at = _at(min(chance.done_on + timedelta(days=1), today))
            _link, text, _code = services.print_link(chance=chance, by=office, at=at)
            link = find_link(services.KIND, text, at)
            services.rate_by_link(link=link, said=SAYINGS[rated % len(SAYINGS)], at=at)
            rated += 1
    _follow_up(office, today)
    return rated


def _follow_up(office: Any, today: date) -> None:
    """Cases of earlier weeks are closed in time, the oldest of the others is answered."""
    cases = BadCase.objects.order_by("due_on", "pk").select_related("rating__chance__division")
    for case in cases.filter(due_on__lt=today - timedelta(days=LEFT_OPEN)):
        _answer(case, office, _at(case.due_on))
        if not case.rating.anonymous:
            services.call_back(case=case, note="已电话回访，企业表示认可。", by=office, at=_at(case.due_on))
        services.close_case(case=case, by=office, at=_at(case.due_on))
    oldest = cases.exclude(state=CaseState.CLOSED).first()
    if oldest is not None:
        _answer(oldest, office, _at(today))


def _answer(case: BadCase, office: Any, at: datetime) -> None:
    services.answer_case(
        case=case, outcome="mended", answer="已重新梳理材料清单，在窗口和网上同步公布，并向企业说明。", by=office, at=at
    )  # fmt: skip


def _at(day: date) -> datetime:
    return at_hour(day, 7)
