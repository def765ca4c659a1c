"""Reading work orders: the list with how far the feedback is, one order with its matters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from policy.lights import Light
from supervision.matters.models import OPEN_STATES, RUNNING_STATES, Matter, MatterSource, MatterState
from supervision.workorders.models import WorkOrder, WorkOrderQuerySet

CARRY = ("issuer", "unit", "department", "issued_by")


@dataclass(frozen=True, slots=True)
class Row:
    """An order as lists show it: of `total` projects, so many received, fed back, closed, overdue."""

    order: WorkOrder
    total: int
    waiting: int
    answered: int
    closed: int
    late: int
    light: Light
    words_key: str


def _of_order() -> Any:
    return Matter.objects.filter(source=MatterSource.WORK_ORDER, source_id=OuterRef("pk"))


def open_q() -> Any:
    return Exists(_of_order().filter(state__in=OPEN_STATES))


def late_q(on: date) -> Any:
    return Exists(_of_order().filter(state__in=RUNNING_STATES, due_on__lt=on))


def judge_q() -> Any:
    return Exists(_of_order().filter(state=MatterState.ANSWERED))


def listed(user: Any) -> WorkOrderQuerySet:
    rows: WorkOrderQuerySet = WorkOrder.objects.visible_to(user).select_related(*CARRY).defer("document")
    return rows


def rows_of(orders: Iterable[WorkOrder], on: date) -> list[Row]:
    orders = list(orders)
    counted: dict[int, Any] = {
        row["source_id"]: row
        for row in Matter.objects.filter(
            source=MatterSource.WORK_ORDER, source_id__in=[order.pk for order in orders]
        )
        .order_by()
        .values("source_id")
        .annotate(
            total=Count("pk"),
            waiting=Count("pk", filter=Q(state=MatterState.ISSUED)),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            closed=Count("pk", filter=~Q(state__in=OPEN_STATES)),
            late=Count("pk", filter=Q(state__in=RUNNING_STATES, due_on__lt=on)),
        )
    }
    none = {"total": 0, "waiting": 0, "answered": 0, "closed": 0, "late": 0}
    return [_row(order, counted.get(order.pk, none)) for order in orders]


def _row(order: WorkOrder, found: Any) -> Row:
    if found["closed"] == found["total"]:
        light, words = Light.DONE, "closed"
    elif found["late"]:
        light, words = Light.RED, "late"
    elif found["answered"] >= found["total"]:
        light, words = Light.GREY, "judge"
    elif found["waiting"] == found["total"]:
        light, words = Light.NONE, "waiting"
    else:
        light, words = Light.NONE, "working"
    return Row(
        order,
        found["total"],
        found["waiting"],
        found["answered"],
        found["closed"],
        found["late"],
        light,
        words,
    )


def counts(rows: WorkOrderQuerySet, on: date) -> dict[str, int]:
    return {
        "open": rows.filter(open_q()).count(),
        "late": rows.filter(late_q(on)).count(),
        "judge": rows.filter(judge_q()).count(),
    }
