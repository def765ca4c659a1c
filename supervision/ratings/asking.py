"""Asking the company's people to rate: within the days of the rule after a service ended, once for each of them."""

from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import User
from accounts.notify import STORED_LANGUAGE
from approvals.tickets.access import investors_by_project
from projects.models import ProjectState
from supervision.ratings.models import Chance


def ask_companies(at: datetime, *, days: int) -> int:
    """Ask for each service ended in the last `days` that nobody was asked for yet; return for how many.

    Several of one project are one message. Where nobody of the company is invited yet, the service waits for them; the
    company of a given-up project is left in peace.
    """
    on, asked = local_date(at), 0
    rows = Chance.objects.filter(
        offered_at=None,
        rating=None,
        expires_on__gte=on,
        done_on__gte=on - timedelta(days=days),
        project__state__in=(ProjectState.ACTIVE, ProjectState.DONE),
    ).order_by("project_id", "pk")
    waiting = {pk: list(group) for pk, group in groupby(rows, key=lambda one: one.project_id)}
    people = investors_by_project(list(waiting), on)
    for project, chances in waiting.items():
        if project in people:
            asked += _ask(project, chances, people[project], at)
    return asked


def _ask(project: int, chances: list[Chance], people: list[User], at: datetime) -> int:
    """The mark and the message stand or fall together, so that a broken run asks neither twice nor never."""
    with transaction.atomic():
        rows = Chance.objects.filter(pk__in=[one.pk for one in chances], offered_at=None)
        if rows.update(offered_at=at) != len(chances):
            transaction.set_rollback(True)  # another run is at it
            return 0
        first, n = chances[0], len(chances)
        with override(STORED_LANGUAGE):
            title = _("Please rate: %(what)s") % {"what": first.label}
            url = reverse("ratings:portal", args=[first.pk])
            if n > 1:
                title = _("Please rate %(n)d services: %(what)s and more") % {"what": first.label, "n": n}
                url = f"{reverse('investors:project', args=[project])}#rate"
            text = _("Each is rated once, by %(day)s at the latest, without a name if you like.") % {
                "day": min(one.expires_on for one in chances).isoformat()
            }
        notify.tell(people, key=f"rate:{first.pk}", kind="rate", title=title, text=text, url=url, at=at)
    return n
