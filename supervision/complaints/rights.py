"""Who may do what with a complaint. The unit complained about never may (see `own_unit_q`)."""

from typing import Any

from accounts.scope import posted_at
from supervision.complaints.models import Complaint


def may_sort(user: Any, complaint: Complaint) -> bool:
    """Whether the person sorts and answers this complaint: at exactly its office, and not of the unit."""
    if complaint.office_is_unit:
        return Complaint.objects.escalated_to(user).filter(pk=complaint.pk).exists()
    if not posted_at(user, complaint.office_id, "complaints.triage"):
        return False
    return Complaint.objects.of_office(user).filter(pk=complaint.pk).exists()


def may_handle(user: Any, complaint: Complaint) -> bool:
    if complaint.handler_id is None:
        return may_sort(user, complaint)
    return Complaint.objects.of_handler(user).filter(pk=complaint.pk).exists()


def may_see_identity(user: Any, complaint: Complaint) -> bool:
    if complaint.office_is_unit:
        return may_sort(user, complaint)
    return posted_at(user, complaint.office_id, "complaints.identity") and may_sort(user, complaint)
