from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from accounts.scope import register_grants
        from projects.grants import granted_ids

        register_grants(granted_ids)

        from accounts import navigation, sections
        from projects.history import register_words

        navigation.register("projects", _("Projects"), "projects:list", "projects.view", 20)
        for order, section in enumerate(
            (
                ("list", _("Register"), "projects:list", "projects.view"),
                ("plan_changes", _("Changes of plan"), "projects:plan_changes", "plans.view"),
                ("transfers", _("Transfers"), "projects:transfers", "projects.transfer"),
                ("promises", _("Promises"), "projects:promises", "promises.view"),
                ("arrears", _("Arrears"), "projects:arrears", "promises.view"),
                ("assessments", _("Assessments before signing"), "projects:assessments", "assessments.view"),
            )
        ):
            sections.register("projects", *section, order=order)
        register_words()
        self._register_course()

    def _register_course(self) -> None:
        """What hangs on the course of a project: changes of plan, transfers, promises, assessments."""
        from projects.plans import wiring as plans
        from projects.promises import wiring as promises
        from projects.transfers import wiring as transfers

        for subject in (plans, transfers, promises):
            subject.register()
