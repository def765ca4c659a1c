"""What reports and circulars hang into the lower apps when the process starts."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit_words, navigation
from accounts.models import Obligation
from accounts.obligations import kinds, todo
from policy.periods import Period
from reporting.reports import jobs
from reporting.reports import todo as reports_todo

LABELS = {
    kinds.REPORT_MONTH: gettext_lazy("Monthly report"),
    kinds.REPORT_QUARTER: gettext_lazy("Quarterly report"),
    kinds.REPORT_YEAR: gettext_lazy("Annual report"),
}


def register() -> None:
    jobs.register()
    for code, label in LABELS.items():
        kinds.register(
            kinds.DutyKind(
                code=code,
                label=label,
                title=_title,
                button=gettext_lazy("Read and settle"),
                url=_url,
                permission="reports.compile",
            )
        )
    todo.register("report_drafts", reports_todo.drafts)
    todo.register("circulars", reports_todo.circulars)
    navigation.register(
        "reports",
        gettext_lazy("Reports and circulars"),
        "reports:list",
        "reports.view",
        70,
        namespaces=("circulars",),
    )
    audit_words.register(
        {
            "report_compiled": gettext_lazy("reports drafted"),
            "report_discarded": gettext_lazy("report drafts thrown away"),
            "report_edited": gettext_lazy("words of a report edited"),
            "report_settled": gettext_lazy("report settled"),
            "circular_drafted": gettext_lazy("circular drafted"),
            "circular_edited": gettext_lazy("circular edited"),
            "circular_approved": gettext_lazy("circular approved"),
            "circular_returned": gettext_lazy("circular returned for changes"),
            "circular_issued": gettext_lazy("circular numbered and issued"),
            "circular_discarded": gettext_lazy("circular draft thrown away"),
        },
        {
            "cut_off_on": gettext_lazy("cut-off date"),
            "rows": gettext_lazy("projects frozen"),
            "reports": gettext_lazy("reports made"),
            "narrative": gettext_lazy("words"),
            "digest": gettext_lazy("fingerprint of the figures"),
        },
    )


def _title(row: Obligation) -> str:
    return _("Settle the %(kind)s of %(period)s") % {
        "kind": LABELS[row.kind],
        "period": Period.parse(row.period).label,
    }


def _url(row: Obligation) -> str:
    return reverse("reports:of_unit", args=[row.unit_id, row.period])
