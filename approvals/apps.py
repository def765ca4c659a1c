from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = _("Approvals and assistance")

    def ready(self) -> None:
        from accounts import audit_words, navigation, sections
        from approvals.catalogue import wiring as catalogue
        from approvals.checklist import wiring as checklist
        from approvals.kickoff import duties, project_page
        from approvals.mandates import wiring as mandates
        from approvals.service import wiring as service
        from approvals.tickets import wiring as tickets

        duties.register_all()
        project_page.register()
        tickets.register()
        service.register()
        mandates.register()
        catalogue.register()
        checklist.register()
        audit_words.register(
            {"kickoff_recorded": _("kickoff meeting recorded")},
            {"held_on": _("held on"), "chair": _("chaired by"), "minutes": _("what was decided")},
        )
        sections.register(
            "approvals", "kickoffs", _("Kickoff meetings"), "kickoffs:list", "kickoffs.view", 10
        )
        navigation.register(
            "approvals",
            _("Approvals and assistance"),
            "approvals:home",
            "tickets.view",
            40,
            namespaces=("kickoffs", "tickets", "service", "mandates", "catalogue", "checklist"),
        )
