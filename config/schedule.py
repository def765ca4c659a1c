"""The beat schedule, all of it.

Jobs are rows in the database and the reconciler makes the rows whose time has come, so one frequent entry is
enough: a missed tick is caught up by the next, and two beats running at once do nothing twice.
"""

from datetime import timedelta

BEAT_SCHEDULE = {
    "reconcile": {
        "task": "accounts.tasks.reconcile",
        "schedule": timedelta(seconds=60),
        # A tick that waited longer than its successor's turn is worthless; the queue must not fill with them.
        "options": {"expires": 55},
    },
}
