"""A report's content and what is published of it, for the tests."""

from datetime import date, datetime

from accounts.clock import BUSINESS_ZONE
from reporting.disclosure import allowlist
from reporting.reports.content import ReportContent, Unit
from reporting.reports.figures import Discipline, Figures

AT = datetime(2026, 11, 20, 9, 0, tzinfo=BUSINESS_ZONE)


def reported(**changes):
    big = Figures(
        signed=10, started=7, start_planned=8, started_of_planned=6, points_finished=4, points_on_time=3
    )
    small = Figures(signed=2, started=1)
    middle = Figures(signed=4, started=1)
    units = (
        Unit("230200", "齐齐哈尔市", 2, "230000", middle, Discipline(expected=1, on_time=1)),
        Unit("230600", "大庆市", 2, "230000", big, Discipline(expected=3, on_time=2, late=1)),
        Unit("230100", "哈尔滨市", 2, "230000", small, Discipline(expected=2, on_time=2)),
    )
    values = {
        "unit_code": "230000",
        "unit_name": "黑龙江省",
        "tier": 1,
        "period": "2026-10",
        "cut_off_on": date(2026, 10, 31),
        "total": big + small + middle,
        "discipline": Discipline(expected=6, on_time=5, late=1),
        "units": units,
        "rules": {"start_rate": {"id": "HLJ-20", "definition": "开工数除以基数", "secret": "x"}, "other": {}},
    }
    return ReportContent(**(values | changes))


def published(content=None):
    return allowlist.payload_of(
        content or reported(),
        title="通报",
        number="黑营商通〔2026〕14号",
        issued_on=date(2026, 11, 6),
        sections=[],
    )


def month_of(*places):
    """Counts of a month: (code, finished, of these in time)."""
    fields = dict.fromkeys(("received", "accepted", "asked", "satisfied"), 0)
    by_code = {code: {**fields, "finished": n, "finished_on_time": m} for code, n, m in places}
    return {name: sum(one[name] for one in by_code.values()) for name in
            (*fields, "finished", "finished_on_time")} | {"places": by_code}  # fmt: skip
