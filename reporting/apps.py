from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SUBJECTS = (
    "reporting.ledgers.wiring",
    "reporting.ledgers.project_page",
    "reporting.reports.wiring",
    "reporting.boards.wiring",
    "reporting.servicesheet.wiring",
    "reporting.inspection_triggers",
    "reporting.disclosure.wiring",
)


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("Reports and ledgers")

    def ready(self) -> None:
        """Each subject hangs its own jobs, duties, to-dos and menu entries in."""
        for subject in SUBJECTS:
            if find_spec(subject):
                import_module(subject).register()
