"""What a complaint may become, step by step, and who takes each step. One table, read by services, pages and tests."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("complaint", "received")
    REFUSED = "refused", pgettext_lazy("complaint", "not accepted")
    ACCEPTED = "accepted", pgettext_lazy("complaint", "accepted")
    ASSIGNED = "assigned", pgettext_lazy("complaint", "being handled")
    FINISHED = "finished", pgettext_lazy("complaint", "handled, answer due")
    REPLIED = "replied", pgettext_lazy("complaint", "answered")
    CLOSED = "closed", pgettext_lazy("complaint", "closed")


OPEN = (State.RECEIVED, State.ACCEPTED, State.ASSIGNED, State.FINISHED)
# A step of the regime's rule `complaint_limits` that runs while the complaint is in this state.
STEP_OF = {
    State.RECEIVED: "accept",
    State.ACCEPTED: "assign",
    State.ASSIGNED: "finish",
    State.FINISHED: "reply",
}


@dataclass(frozen=True, slots=True)
class Move:
    """`action` is the code of the log; `seats` are who may do it: office, handler, complainant, system."""

    action: str
    sources: tuple[str, ...]
    target: str
    seats: tuple[str, ...]


MOVES: dict[str, Move] = {
    "accept": Move("complaint_accepted", (State.RECEIVED,), State.ACCEPTED, ("office",)),
    "refuse": Move("complaint_refused", (State.RECEIVED,), State.REFUSED, ("office",)),
    "assign": Move("complaint_assigned", (State.ACCEPTED, State.ASSIGNED), State.ASSIGNED, ("office",)),
    "finish": Move("complaint_finished", (State.ASSIGNED,), State.FINISHED, ("office", "handler")),
    "back": Move("complaint_sent_back", (State.FINISHED,), State.ASSIGNED, ("office",)),
    "reply": Move("complaint_answered", (State.FINISHED,), State.REPLIED, ("office",)),
    "contest": Move(
        "complaint_contested", (State.REPLIED, State.REFUSED), State.ACCEPTED, ("complainant", "office")
    ),
    "close": Move(
        "complaint_closed", (State.REPLIED, State.REFUSED), State.CLOSED, ("complainant", "office", "system")
    ),
}
