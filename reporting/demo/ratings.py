"""Ratings of the demo: services of the last weeks are offered, some are rated by their links, one bad one is answered.

Of the visits to companies all but the newest are rated, so that the figures hold some and the portal offers one.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.clock import BUSINESS_ZONE
from accounts.outside.links import find_link
from supervision.ratings import making, services
from supervision.ratings.models import BadCase, Chance, Service
from supervision.ratings.services import Said

MOST = 90
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
    """Rate every second service on offer, oldest first, and the visits; return how many."""
    at = datetime.combine(today, time(7, 0), BUSINESS_ZONE)
    office = users["office-230000"]
    making.make_chances(at)
    rows = Chance.objects.select_related("project", "division").order_by("done_on", "pk")
    chosen = [one for one in rows.exclude(service=Service.VISIT)[: 2 * MOST : 2] if one.project.county_code]
    chosen += list(rows.filter(service=Service.VISIT))[:-1]
    for rated, chance in enumerate(chosen):
        moment = datetime.combine(min(chance.done_on + timedelta(days=1), today), time(7, 0), BUSINESS_ZONE)
        _link, text, _code = services.print_link(chance=chance, by=office, at=moment)
        said = SAYINGS[rated % len(SAYINGS)]
        services.rate_by_link(link=find_link(services.KIND, text, moment), said=said, at=moment)
    case = BadCase.objects.order_by("due_on", "pk").select_related("rating__chance").first()
    if case is not None:
        services.answer_case(
            case=case,
            outcome="mended",
            answer="已重新梳理材料清单，在窗口和网上同步公布，并向企业说明。",
            by=office,
            at=at,
        )
    return len(chosen)
