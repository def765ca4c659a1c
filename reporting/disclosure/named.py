"""The names that never go public: projects and investors as frozen with the report."""

import re

from reporting.reports.models import SnapshotRow

SHORTEST = 4  # characters; shorter ones are also ordinary words
_BETWEEN = re.compile(r"[、，,;；/\n]+")


def names_in(snapshot_id: int) -> list[str]:
    """Full names of the projects and companies of a frozen province, each once, sorted."""
    rows = SnapshotRow.objects.filter(snapshot_id=snapshot_id).values_list("name", "investor")
    found: set[str] = set()
    for name, investor in rows:
        parts = (part.strip() for part in (name, investor, *_BETWEEN.split(investor)))
        found.update(part for part in parts if len(part) >= SHORTEST)
    return sorted(found)
