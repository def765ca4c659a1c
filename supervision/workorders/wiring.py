"""What work orders hang into the lower apps when the process starts."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import audit_words, sections
from accounts.jobs.registry import hourly, register_job
from supervision.matters.models import Matter, MatterSource
from supervision.matters.sources import Source, register_source
from supervision.workorders import rounds
from supervision.workorders.models import WorkOrder

JOB = "work_order_round"


def register() -> None:
    sections.register(
        "supervision", "workorders", gettext_lazy("Work orders"), "workorders:list", "workorders.view", 30
    )
    register_source(
        Source(MatterSource.WORK_ORDER, MatterSource.WORK_ORDER.label, url=_url, permission="workorders.view")
    )
    register_job(
        JOB,
        hourly,
        rounds.run,
        queue="warn",
        label=gettext_lazy("Go round the work orders each quarter"),
        standing=True,
        every=timedelta(hours=2),
        words={"rounds": gettext_lazy("quarterly rounds"), "pressed": gettext_lazy("matters pressed")},
    )
    audit_words.register(
        {
            "work_order_issued": gettext_lazy("work order issued"),
            "work_order_round": gettext_lazy("quarterly round of work orders"),
        },
        {
            "number": gettext_lazy("document number"),
            "projects": gettext_lazy("projects"),
            "pressed": gettext_lazy("matters pressed"),
            "rule": gettext_lazy("chosen by"),
        },
    )


def _url(matter: Matter) -> str:
    """The paper of the unit that has the matter; a matter gone elsewhere has left the paper behind."""
    known = WorkOrder.objects.filter(pk=matter.source_id, unit_id=matter.unit_id)
    return reverse("workorders:detail", args=[matter.source_id]) if known.exists() else ""
