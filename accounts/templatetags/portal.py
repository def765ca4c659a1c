"""Tags and filters of the portal: icons, lights, figures, dates and amounts as officials write them.

Amounts come in 元 (int); dates are shown with their weekday; a rate never stands without its parts (look/README).
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import clock

register = template.Library()

DASH = "—"
WAN, YI = 10_000, 100_000_000
ICON_FOLDER = "vendor/tabler-icons/outline"
LIGHTS = {"red", "amber", "blue", "grey", "none", "done"}
CENT = Decimal("0.01")


# --- Icons ---------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """Inline an outline icon, hidden from screen readers: the words beside it carry the meaning.

    Without the icon package nothing is drawn. With it, a wrong name is an error while developing and in tests.
    """
    body = _icon_body(name)
    if body is None:
        if getattr(settings, "STRICT_TEMPLATES", settings.DEBUG) and _icons_installed():
            raise LookupError(f"there is no icon called {name!r}")
        return mark_safe("")
    return mark_safe(  # noqa: S308 - our own static file
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true" focusable="false">{body}</svg>'
    )


@cache
def _icon_body(name: str) -> str | None:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return None
    found = _static_file(f"{ICON_FOLDER}/{name}.svg")
    if found is None:
        return None
    match = re.search(r"<svg[^>]*>(.*)</svg>", found.read_text(encoding="utf-8"), re.DOTALL)
    return re.sub(r"\s*\n\s*", "", match[1]) if match else None


@cache
def _icons_installed() -> bool:
    return _static_file(f"{ICON_FOLDER}/check.svg") is not None


def _static_file(path: str) -> Path | None:
    """The source file, or the collected one on a machine that only has the collected files."""
    found = finders.find(path)
    if isinstance(found, str):
        return Path(found)
    collected = Path(settings.STATIC_ROOT or "") / path
    return collected if settings.STATIC_ROOT and collected.is_file() else None


# --- Lights --------------------------------------------------------------------------------------------------


@register.inclusion_tag("_parts/_light.html")
def light(value: Any, days: int | None = None, text: str = "", short: bool = False) -> dict[str, str]:
    """A light with its words. `days`: working days left (negative: overdue). `text` replaces the words.

    `short` drops 工作日 for narrow tables whose heading says it.
    """
    code = str(getattr(value, "value", value) or "none")
    if code not in LIGHTS:
        code = "none"
    return {"code": code, "text": text or light_words(code, days, short=short)}


def light_words(code: str, days: int | None = None, *, short: bool = False) -> str:
    if code == "grey":
        return pgettext("light", "suspended")
    if code == "done":
        return pgettext("light", "done")
    if days is None:
        return {
            "red": pgettext("light", "overdue"),
            "amber": pgettext("light", "overdue"),
            "blue": pgettext("light", "due soon"),
        }.get(code, pgettext("light", "not yet due"))
    if code == "none":
        return pgettext("light", "not yet due")
    return _short_days(days) if short else workdays_left(days)


@register.filter
def workdays_left(days: Any) -> str:
    """Working days left as words: 还有 2 个工作日 / 今天到期 / 逾期 5 个工作日. None: an empty string."""
    if days is None or days == "":
        return ""
    n = int(days)
    if n == 0:
        return _("due today")
    if n > 0:
        return ngettext("%(n)d working day left", "%(n)d working days left", n) % {"n": n}
    return ngettext("%(n)d working day overdue", "%(n)d working days overdue", -n) % {"n": -n}


def _short_days(n: int) -> str:
    if n == 0:
        return _("due today")
    return (_("%(n)d days left") % {"n": n}) if n > 0 else (_("%(n)d days overdue") % {"n": -n})


# --- Amounts and rates ---------------------------------------------------------------------------------------


@register.filter
def wan(yuan: Any) -> str:
    """元 → 万元 with two decimals and thousands separators: 26520000 → 2,652.00. None → —."""
    return _amount(yuan, WAN)


@register.filter
def yi(yuan: Any) -> str:
    """元 → 亿元 with two decimals: 8620000000 → 86.20. None → —."""
    return _amount(yuan, YI)


def _amount(yuan: Any, unit: int) -> str:
    if yuan is None or yuan == "":
        return DASH
    value = (Decimal(yuan) / unit).quantize(CENT, rounding=ROUND_HALF_UP)
    return f"{value:,.2f}"


@register.filter
def rate(numerator: Any, denominator: Any) -> str:
    """19 of 28 → 67.9%. No denominator (None or 0) → —."""
    if not denominator or numerator is None:
        return DASH
    value = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{value}%"


@register.filter
def or_dash(value: Any) -> Any:
    """The value, or — where there is none. Zero is a value."""
    return DASH if value is None or value == "" else value


@register.inclusion_tag("_parts/_figure.html")
def figure(value: Any, unit: str = "", url: str = "", note: str = "") -> dict[str, Any]:
    """A key figure that opens the rows behind it."""
    return {"value": or_dash(value), "unit": unit, "url": url, "note": note}


# --- Dates ---------------------------------------------------------------------------------------------------


def weekday_name(day: date) -> str:
    """周五 (English: Fri)."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[day.weekday()]


@register.filter
def cn_day(value: Any) -> str:
    """2026-10-23 周五, as a `<time>` that never wraps."""
    day = _as_day(value)
    return DASH if day is None else _time(day.isoformat(), f"{day:%Y-%m-%d} {weekday_name(day)}")


@register.filter
def cn_day_plain(value: Any) -> str:
    """2026-10-23, for narrow columns."""
    day = _as_day(value)
    return DASH if day is None else _time(day.isoformat(), f"{day:%Y-%m-%d}")


@register.filter
def cn_day_short(value: Any) -> str:
    """10-23 周五 within the running year, else with the year."""
    day = _as_day(value)
    if day is None:
        return DASH
    form = "%m-%d" if day.year == clock.today().year else "%Y-%m-%d"
    return _time(day.isoformat(), f"{day.strftime(form)} {weekday_name(day)}")


@register.filter
def cn_moment(value: datetime | None) -> str:
    """2026-10-23 周五 09:14, in Asia/Shanghai."""
    if value is None:
        return DASH
    at = _local(value)
    return _time(at.isoformat(timespec="minutes"), f"{at:%Y-%m-%d} {weekday_name(at.date())} {at:%H:%M}")


@register.filter
def cn_moment_short(value: datetime | None) -> str:
    """10-23 08:12 within the running year, else 2025-10-23 08:12; for lists and timelines."""
    if value is None:
        return DASH
    at = _local(value)
    form = "%m-%d %H:%M" if at.year == clock.today().year else "%Y-%m-%d %H:%M"
    return _time(at.isoformat(timespec="minutes"), at.strftime(form))


def _time(machine: str, shown: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, shown)


def _local(value: datetime) -> datetime:
    return value.astimezone(clock.BUSINESS_ZONE) if value.tzinfo else value


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return _local(value).date()
    if isinstance(value, str) and value:
        return date.fromisoformat(value[:10])
    return value if isinstance(value, date) else None


# --- Panels and paging ---------------------------------------------------------------------------------------


@register.inclusion_tag("_parts/_why.html")
def why(deadline: Any, title: str = "", left: bool = False, static: bool = False) -> dict[str, Any]:
    """The "为什么是这一天" panel from a stored deadline (`Deadline.to_json()` or the object itself)."""
    return {"why": _deadline_view(deadline), "title": title, "left": left, "static": static}


def _deadline_view(deadline: Any) -> dict[str, Any] | None:
    data = deadline.to_json() if hasattr(deadline, "to_json") else deadline
    return dict(data) if isinstance(data, Mapping) and data else None


@register.inclusion_tag("_parts/_pager.html", takes_context=True)
def pager(context: template.Context, page: Page, unit: str = "", sizes: str = "20,50,100") -> dict[str, Any]:
    """Paging under a table: which rows, of how many, rows per page, page links. Keeps the filters in the address."""
    paginator = page.paginator
    return {
        "request": context.get("request"),
        "page": page,
        "unit": unit or pgettext("measure word for rows", "rows"),
        "total": paginator.count,
        "first": page.start_index(),
        "last": page.end_index(),
        "sizes": [int(s) for s in sizes.split(",") if s] if paginator.count > 20 else [],
        "per_page": paginator.per_page,
        "numbers": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "ellipsis": paginator.ELLIPSIS,
    }


@register.simple_tag
def field_errors(form: Any) -> list[dict[str, str]]:
    """Errors of a form for its summary: each with the id of its field (empty for the form as a whole)."""
    found = [{"id": "", "label": "", "text": str(error)} for error in form.non_field_errors()]
    for bound in form:
        found.extend(
            {"id": bound.id_for_label or bound.auto_id, "label": str(bound.label), "text": str(error)}
            for error in bound.errors
        )
    return found
