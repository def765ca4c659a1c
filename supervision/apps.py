from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = _("Supervision")

    def ready(self) -> None:
        from supervision.complaints import wiring as complaints
        from supervision.home import wiring as home
        from supervision.investors import wiring as investors
        from supervision.notices import wiring as notices
        from supervision.ratings import wiring as ratings
        from supervision.warnings import project_page
        from supervision.warnings import wiring as warnings

        warnings.register()
        project_page.register()
        home.register()
        investors.register()
        ratings.register()
        notices.register()
        complaints.register()
