"""Each complaint's answer and what was thought of it go to the round they belong to."""

from typing import Any

from django.db import migrations

from accounts.clock import local_date

HELD = ("outcome", "finding", "reply", "replied_on", "satisfied")


def fill(apps: Any, schema_editor: Any) -> None:
    rounds = apps.get_model("supervision", "ComplaintRound").objects
    limits = apps.get_model("supervision", "ComplaintLimit").objects
    events = apps.get_model("supervision", "ComplaintEvent").objects
    for row in apps.get_model("supervision", "Complaint").objects.order_by("pk").iterator():
        done = dict(
            limits.filter(complaint=row, done_on__isnull=False).order_by("pk").values_list("round", "done_on")
        )
        steps = limits.filter(complaint=row, round=row.round, done_on__isnull=False).values_list(
            "step", flat=True
        )
        found = split(
            {name: getattr(row, name) for name in HELD}, row.round, set(steps),
            contested_on=local_date(row.contested_at) if row.contested_at else None, closed_on=row.closed_on,
            answered_on=done.get(1, row.received_on),
        )  # fmt: skip
        found[0]["refused"] = events.filter(complaint=row, action="complaint_refused").exists()
        found[-1]["handler"] = row.handler
        for number, held in enumerate(found, 1):
            rounds.create(complaint=row, number=number, **held)


def split(
    held: dict[str, Any], last: int, done: set[str], *, contested_on: Any, closed_on: Any, answered_on: Any
) -> list[dict[str, Any]]:
    """The values of each round. `done`: steps of round `last` that are done; `answered_on`: the first round's last day.

    Of a contested one, what was not done anew yet is still the first round's; it was contested, so not satisfied. A
    first answer that the second one took the place of is gone.
    """
    if last == 1:
        return [held | {"said_on": closed_on if held["satisfied"] is not None else None}]
    now = {name: held[name] for name in ("outcome", "finding")} if "finish" in done else {}
    now |= {name: held[name] for name in ("reply", "replied_on", "satisfied")} if "reply" in done else {}
    first = {name: value for name, value in held.items() if name not in now}
    first = {"replied_on": answered_on} | first | {"satisfied": False, "said_on": contested_on}
    return [first, now | {"said_on": closed_on if now.get("satisfied") is not None else None}]


def back(apps: Any, schema_editor: Any) -> None:
    """One answer has room on the complaint: the last one given."""
    rounds = apps.get_model("supervision", "ComplaintRound").objects.order_by("complaint_id", "number")
    complaints = apps.get_model("supervision", "Complaint").objects
    for one in rounds.iterator():
        held = {name: getattr(one, name) for name in HELD}
        complaints.filter(pk=one.complaint_id).update(
            **{k: v for k, v in held.items() if v not in ("", None)}
        )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0017_complaint_rounds")]

    operations = [migrations.RunPython(fill, back)]
