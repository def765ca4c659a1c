"""The public site of the demo: the issued circulars, published by the head the day after they were issued."""

from datetime import timedelta
from typing import Any

from accounts.clock import at_hour
from reporting.circulars.models import Circular, CircularState
from reporting.disclosure.services import open_sections, publish_circular


def write_publications(*, head: Any) -> int:
    """Publish every issued circular with the sections that name nobody; return how many."""
    rows = Circular.objects.filter(state=CircularState.ISSUED, issued_on__isnull=False).order_by(
        "issued_on", "pk"
    )
    count = 0
    for row in rows.select_related("unit", "report__snapshot"):
        if row.issued_on is None:
            continue
        at = at_hour(row.issued_on + timedelta(days=1), 9)
        publish_circular(circular=row, sections=open_sections(row), by=head, at=at)
        count += 1
    return count
