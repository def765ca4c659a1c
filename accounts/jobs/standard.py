"""The jobs every installation has."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import audit_words, clock, navigation, people
from accounts.jobs.registry import daily, hourly, register_job
from accounts.mail import addresses
from accounts.mail import services as mail
from accounts.obligations import making, recompute, reminders


def register() -> None:
    register_job(
        making.JOB,
        hourly,
        making.run,
        label=_("Make the duties ahead"),
        standing=True,
        every=timedelta(hours=2),
        words={"met": _("duties settled"), "cancelled": _("duties cancelled")},
    )
    register_job(
        reminders.JOB,
        reminders.plan,
        reminders.run,
        queue="mail",
        label=_("Remind of what is due"),
        standing=True,
        every=timedelta(days=10),  # the longest run of days off, and a day
        words={"urgent": _("urgent reminders"), "digests": _("daily digests")},
    )
    _mail()
    register_job(
        "sessions",
        daily,
        # By the machine's clock, as Django writes their end: a run for another day must sign nobody out.
        lambda _run, _at: {"ended": people.end_expired_sessions(clock.machine())},
        label=_("Remove sessions past their time"),
        every=timedelta(days=2),
        words={"ended": _("sessions removed")},
    )
    recompute.register()
    navigation.register("jobs", _("Background work"), "jobs:list", "jobs.view", 50, menu="admin")
    audit_words.register(
        {
            "obligation_made": _("duty made"),
            "obligation_met": _("duty met"),
            "obligation_exempted": _("duty waived"),
            "obligation_cancelled": _("duty cancelled"),
            "obligation_moved": _("due date of a duty moved"),
            "obligation_recomputed": _("due date worked out again"),
            "extension_asked": _("more time asked for"),
            "extension_granted": _("more time granted"),
            "extension_rejected": _("more time not granted"),
            "job_rerun": _("background work run again"),
        },
        {
            "last_day": _("last day"),
            "wanted_on": _("new date asked for"),
            "attempts": _("attempts"),
            "state": _("state"),
            "provisional": _("provisional"),
        },
    )


def _mail() -> None:
    register_job(
        mail.JOB,
        mail.plan,
        mail.run,
        queue="mail",
        label=_("Send mail"),
        standing=True,
        words={
            "written": _("mails written"),
            "sent": _("mails sent"),
            "refused": _("mails refused"),
            "postponed": _("mails waiting for the mail server"),
        },
    )
    register_job(
        "mail_held",
        daily,
        lambda _run, at: {"given_up": addresses.give_up_held(at)},
        label=_("Give up mail nobody confirmed an address for"),
        every=timedelta(days=2),
        words={"given_up": _("mails given up")},
    )
