from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = _("Approvals and assistance")

    def ready(self) -> None:
        from accounts import audit_words, navigation
        from approvals.kickoff import duties, project_page

        duties.register_all()
        project_page.register()
        audit_words.register(
            {"kickoff_recorded": _("kickoff meeting recorded")},
            {"held_on": _("held on"), "chair": _("chaired by"), "minutes": _("what was decided")},
        )
        navigation.register(
            "approvals", _("Approvals and assistance"), "kickoffs:list", "kickoffs.view", 40
        )
