"""One job that takes its time, so that its worker can be killed in the middle."""

import time
from datetime import datetime, timedelta

from django.apps import AppConfig


def run(row, at: datetime) -> dict[str, int]:
    """Write first, then take as many seconds as the scope says, but only at the first attempt."""
    from accounts.models import InboxItem, User

    user = User.objects.get(username="watcher")
    InboxItem.objects.create(user=user, key=f"{row.period}:{row.attempts}", kind="test", title="done", at=at)
    if row.attempts == 1:
        time.sleep(float(row.scope or 0))
    return {"made": 1}


class WatchedConfig(AppConfig):
    name = "tests.integration.watched"
    label = "watched"

    def ready(self) -> None:
        from accounts.jobs import registry

        registry._kinds.clear()  # nothing else shall run while a test looks on
        registry.register_job("watched", lambda _at: [], run, queue="report", lease=timedelta(seconds=4))
