from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from accounts.scope import register_grants
        from projects.grants import granted_ids

        register_grants(granted_ids)

        from accounts import navigation
        from projects.history import register_words

        navigation.register("projects", _("Projects"), "projects:list", "projects.view", 20)
        register_words()
        self._register_course()

    def _register_course(self) -> None:
        """What hangs on the course of a project: changes of plan, transfers, promises, assessments."""
        from projects.plans import wiring as plans
        from projects.promises import wiring as promises
        from projects.transfers import wiring as transfers

        for subject in (plans, transfers, promises):
            subject.register()
