"""What this subject hangs into the lower apps when the process starts."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import audit_words, navigation
from accounts.jobs.registry import hourly, register_job
from supervision.notices import addressing, services


def register() -> None:
    navigation.register("notices", _("Policy notices"), "notices:list", services.PERMISSION, 80)
    register_job(
        addressing.JOB, hourly, addressing.run, label=_("Send standing policy notices to newcomers"), standing=True,
        every=timedelta(hours=2), words={"addressed": _("people addressed")},
    )  # fmt: skip
    audit_words.register(
        {
            "notice_drafted": _("policy notice drafted"),
            "notice_edited": _("draft of a policy notice changed"),
            "notice_published": _("policy notice published"),
            "notice_read": _("policy notice read"),
            "notice_withdrawn": _("policy notice withdrawn"),
            "notice_discarded": _("draft of a policy notice thrown away"),
        },
        {"people": _("people addressed")},
    )
