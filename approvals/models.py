from approvals.catalogue.models import Catalogue, CatalogueItem
from approvals.checklist.models import Checklist, ChecklistItem, ItemEvent, ItemFile
from approvals.kickoff.models import Kickoff
from approvals.mandates.models import Mandate, Material, Receipt
from approvals.service.models import HandOver, HandOverItem, ProblemMeeting, ServiceEntry
from approvals.service.office_models import OfficeHandOver
from approvals.tickets.models import (
    Ticket,
    TicketEntry,
    TicketExtension,
    TicketFile,
    TicketHold,
    TicketSource,
    TicketState,
)

__all__ = [
    "Catalogue",
    "CatalogueItem",
    "Checklist",
    "ChecklistItem",
    "HandOver",
    "HandOverItem",
    "ItemEvent",
    "ItemFile",
    "Kickoff",
    "Mandate",
    "Material",
    "OfficeHandOver",
    "ProblemMeeting",
    "Receipt",
    "ServiceEntry",
    "Ticket",
    "TicketEntry",
    "TicketExtension",
    "TicketFile",
    "TicketHold",
    "TicketSource",
    "TicketState",
]
