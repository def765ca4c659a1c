"""What the catalogue hangs into the lower apps when the process starts."""

from django.utils.translation import gettext_lazy as _

from accounts import audit_words, sections
from approvals.catalogue.models import PERMISSION


def register() -> None:
    sections.register("approvals", "catalogue", _("Approval catalogue"), "catalogue:home", PERMISSION, 40)
    audit_words.register(
        {
            "catalogue_drafted": _("draft of the approval catalogue opened"),
            "catalogue_imported": _("draft of the approval catalogue read from a workbook"),
            "catalogue_item_saved": _("item of the approval catalogue written"),
            "catalogue_item_removed": _("item of the approval catalogue taken out"),
            "catalogue_published": _("approval catalogue published"),
            "catalogue_discarded": _("draft of the approval catalogue discarded"),
            "catalogue_loaded": _("starting catalogue loaded"),
        },
        {
            "items": _("items"),
            "added": _("added"),
            "removed": _("taken out"),
            "changed": _("changed"),
            "copied_from": _("copied from"),
        },
    )
