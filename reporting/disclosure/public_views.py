"""The public site: no sign-in, no script, the same page for everybody (H20)."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from accounts import type_size
from accounts.divisions import regime_code_of
from accounts.downloads import format_of
from accounts.jsontext import encode_sorted
from documents import Format, content_type
from documents.files import content_disposition
from policy.periods import Period, PeriodKind
from policy.regimes import get_regime
from reporting.disclosure import allowlist, dictionary, offices, opendata, present, queries
from reporting.disclosure.document import file_of
from reporting.disclosure.fast import public_page, question
from reporting.disclosure.models import Publication
from reporting.reports.services import RATE_RULES
from supervision.notices import queries as policy_notices

LEVELS = ("units", "counties", "departments", "feedback")
FORMATS: tuple[Format, ...] = ("docx", "pdf", "xlsx")


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The newest month of the highest unit that publishes."""
    publication = queries.latest()
    if publication is None:
        return _page(request, "empty.html", {"active": "home"})
    return _month(request, publication, missing=queries.withdrawn_after(publication))


@public_page
def month(request: HttpRequest, slug: str) -> HttpResponse:
    """One publication; a withdrawn or replaced one answers with the note and where to go."""
    publication = queries.of_slug(slug)
    if publication is None:
        raise Http404
    if not publication.stands:
        return _gone(request, publication)
    return _month(request, publication)


def _gone(request: HttpRequest, publication: Publication) -> HttpResponse:
    context = {
        "publication": publication,
        "successor": queries.standing_of(publication.unit_id, publication.period),
        "active": "home",
    }
    return _page(request, "gone.html", context, status=410 if publication.withdrawn_at else 200)


@public_page
def departments(request: HttpRequest, slug: str, unit: str) -> HttpResponse:
    """How the departments of one place did, one by one."""
    publication = queries.of_slug(slug)
    if publication is None:
        raise Http404
    if not publication.stands:
        return _gone(request, publication)
    payload = publication.payload
    if not offices.is_counted(payload):
        raise Http404
    places, rows = offices.departments_of(payload, unit), offices.places_of(payload)
    row = next((one for one in rows if one.code == unit), None)
    if places is None or row is None:
        raise Http404
    context = {
        "publication": publication,
        "payload": payload,
        "period_words": _period_words(publication),
        "row": row,
        "places": places,
        "total": row if sum(len(place.rows) for place in places) > 1 else None,
        "others": [one for one in rows if not one.is_empty],
        "definition": payload["rules"].get(allowlist.OFFICE_RATE, {}).get("definition", ""),
        "active": "home",
    }
    return _page(request, "departments.html", context)


@public_page
def place(request: HttpRequest, publisher: str, unit: str) -> HttpResponse:
    """The last twelve months of one city or county, from the months that stand."""
    newest = queries.latest(publisher)
    if newest is None:
        raise Http404
    periods = queries.twelve_months(newest.period)
    months = present.line_over(unit, periods, queries.places_over(publisher, periods))
    shown = [line for _period, line in months if line]
    if not shown:
        raise Http404
    context = {
        "publication": newest,
        "name": shown[-1].name,
        "months": months[::-1],
        "trend": present.line_trend(months),
        "level": "units" if any(one["code"] == unit for one in newest.payload["units"]) else "counties",
        "definitions": present.definitions(newest.payload, present.TABLE_RATES),
        "departments": any(one.code == unit for one in _counted_places(newest.payload)),
        "unit_code": unit,
        "active": "home",
    }
    return _page(request, "place.html", context)


def _counted_places(payload: dict[str, Any]) -> list[offices.OfficeRow]:
    return offices.places_of(payload) if offices.is_counted(payload) else []


@public_page
def circulars(request: HttpRequest) -> HttpResponse:
    rows = list(queries.standing()[:500])
    return _page(request, "circulars.html", {"rows": rows, "active": "circulars"})


@public_page
def document(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """The published circular as a file; of one that stands no more, why: its address is what people passed on."""
    publication = queries.of_slug(slug)
    if publication is None:
        raise Http404
    if not publication.stands:
        return _gone(request, publication)
    if format == "json":
        return _json(publication)
    wanted = format_of(format, FORMATS)
    response = HttpResponse(file_of(publication, wanted), content_type=content_type(wanted))
    payload = publication.payload
    response["Content-Disposition"] = content_disposition(f"{payload['number']} {payload['title']}.{format}")
    return response


def _json(publication: Publication) -> HttpResponse:
    """The publication as it was kept: the SHA-256 of these very bytes is its check sum in the log."""
    response = HttpResponse(
        encode_sorted(publication.payload).encode(), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition(f"{publication.slug}.json")
    return response


@public_page
def open_data(request: HttpRequest) -> HttpResponse:
    """What there is to download, and what each field means."""
    newest = queries.latest()
    unit = newest.unit if newest else None
    payloads = queries.payloads(unit.pk) if unit else []
    counts = {level: sum(len(one[level]) for one in payloads) for level in ("units", "counties")}
    counts["feedback"] = sum(1 for _line in opendata.feedback_rows(payloads))
    newest_months = queries.newest_payloads(unit.pk) if unit else []
    counts["departments"] = sum(1 for _line in offices.data_rows(newest_months))
    return _page(
        request, "data.html",
        {
            "unit": unit, "counts": counts, "fields": opendata.fields(), "rates": opendata.rates(), "active": "data",
            "office_fields": opendata.office_fields(), "feedback_fields": opendata.feedback_fields(),
            "rates_label": present.LABELS[allowlist.OFFICE_RATE], "blocks": dictionary.BLOCKS,
        },
    )  # fmt: skip


@public_page
def data_file(request: HttpRequest, unit: str, level: str, format: str) -> HttpResponse:
    """Published months of one unit, one line per unit below it or per department. Nothing the pages withhold."""
    if level not in LEVELS or format not in ("csv", "json"):
        raise Http404
    payloads = queries.newest_payloads(unit) if level == "departments" else queries.payloads(unit)
    if not payloads:
        raise Http404
    if level == "feedback":
        fields, lines = opendata.feedback_fields(), list(opendata.feedback_rows(payloads))
    elif level == "departments":
        fields, lines = opendata.office_fields(), list(offices.data_rows(payloads))
    else:
        fields, lines = opendata.fields(), list(opendata.rows(payloads, level))
    if format == "csv":
        response = HttpResponse(opendata.as_csv(lines, fields), content_type="text/csv; charset=utf-8")
    else:
        text = json.dumps({"fields": _plain(fields), "rows": lines}, ensure_ascii=False)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition(f"{unit}-{level}.{format}")
    return response


@public_page
def log(request: HttpRequest) -> HttpResponse:
    """What was published when, replaced by what, withdrawn why; policy notices beside the circulars."""
    context = {
        "rows": list(queries.log()[:1000]),
        "notices": [allowlist.notice(one) for one in queries.notice_log()],
        "active": "log",
    }
    return _page(request, "log.html", context)


@public_page
def notices(request: HttpRequest) -> HttpResponse:
    """Policy notices for everybody, newest first."""
    rows = [allowlist.notice(one) for one in policy_notices.public_list()]
    return _page(request, "notices.html", {"rows": rows, "active": "notices"})


@public_page
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """One policy notice; a withdrawn one leaves title, days and reason."""
    found = policy_notices.public_one(slug)
    if found is None:
        raise Http404
    return _page(
        request,
        "notice.html",
        {"notice": allowlist.notice(found), "active": "notices"},
        status=410 if found.get("withdrawn_at") else 200,
    )


def _month(
    request: HttpRequest, publication: Publication, missing: Publication | None = None
) -> HttpResponse:
    """`missing`: a later month that was withdrawn and does not stand again."""
    payload, unit = publication.payload, publication.unit
    periods = queries.twelve_months(publication.period)
    context: dict[str, Any] = {
        "publication": publication,
        "payload": payload,
        "period_words": _period_words(publication),
        "rates": present.head_rates(payload),
        "lines": present.lines_of(payload["units"]),
        "below": present.by_parent(payload),
        "total": payload["total"],
        "handed_in": present.handed_in(payload["discipline"]),
        "total_rates": [(key, present.rate_of(payload["total"], key)) for key in present.TABLE_RATES],
        "definitions": present.definitions(payload),
        "trend": present.trend_of(periods, queries.totals_of(unit.pk, periods)) if periods else None,
        "months": queries.months_of(unit.pk),
        "documents": list(queries.standing(unit.pk)[: queries.LATEST_CIRCULARS]),
        **_offices(payload),
        **_feedback(payload),
        "early": _early(publication),
        "basis": _basis(publication),
        "missing": missing,
        "missing_words": _period_words(missing) if missing else "",
        "active": "home",
    }
    return _page(request, "month.html", context)


def _offices(payload: dict[str, Any]) -> dict[str, Any]:
    """Places whose departments had anything, how many had nothing, and all together; None where it was not counted."""
    if not offices.is_counted(payload):
        return {"offices": None}
    rows = offices.places_of(payload)
    busy = [row for row in rows if not row.is_empty]
    return {
        "offices": [offices.PlaceRows("", "", busy)] if busy else [],
        "offices_quiet": len(rows) - len(busy),
        "offices_total": offices.total_of(payload) if len(rows) > 1 else None,
    }


def _feedback(payload: dict[str, Any]) -> dict[str, Any]:
    """Complaints and ratings of the period: the whole, and complaints of the places that had any."""
    found = payload.get("extras") or {}
    places = found.get("complaints", {}).get("places", ())
    return {"extras": found, "complained": [one for one in places if opendata.has_any(one["figures"])]}


def _early(publication: Publication) -> str:
    """The article that has a quarter's or year's report handed in before its period ends; "" where it did not."""
    period = Period.parse(publication.period)
    if period.kind is PeriodKind.MONTH or publication.cut_off_on >= period.last:
        return ""
    key = {PeriodKind.QUARTER: "report_quarter", PeriodKind.YEAR: "report_year"}[period.kind]
    rule = get_regime(regime_code_of(publication.unit)).rule(key, publication.cut_off_on)
    return rule.basis.text if rule else ""


def _basis(publication: Publication) -> list[str]:
    """The articles by which the rates shown are counted, in the regime of the unit that publishes."""
    regime = get_regime(regime_code_of(publication.unit))
    rules = [
        regime.rule(RATE_RULES[key], publication.cut_off_on)
        for key in publication.payload["rules"]
        if key in RATE_RULES
    ]
    articles: dict[str, str] = {}
    for basis in (rule.basis for rule in rules if rule):
        # each article once, with its first remark
        articles.setdefault(basis.article or basis.text, basis.text)
    return list(articles.values())


def _period_words(publication: Publication) -> str:
    return publication.period if get_language() == "en" else Period.parse(publication.period).label


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    language, size = get_language() or "zh-hans", request.GET.get("size", "")
    context |= {
        "q": question(language, size),  # kept in every link of the site
        "large": size == type_size.LARGE,
        "q_standard": question(language, "") or request.path_info,
        "q_large": question(language, type_size.LARGE),
        "q_other": question("zh-hans" if language == "en" else "en", size) or request.path_info,
    }
    return render(request, f"reporting/disclosure/public/{template}", context, status=status)


def preview_of(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The words and tables of a payload as the publisher sees them before publishing."""
    return render_to_string(
        "reporting/disclosure/_payload.html",
        {
            "payload": payload,
            "lines": present.lines_of(payload["units"]),
            "rates": present.head_rates(payload),
            **_offices(payload),
            **_feedback(payload),
        },
        request,
    )


def _plain(fields: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in field.items()} for field in fields]
