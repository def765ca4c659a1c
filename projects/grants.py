"""Personal grants on single projects: django-guardian with a direct foreign key, read as one small subquery."""

from typing import Any

from projects.models import ProjectUserObjectPermission

VIEW = "view_project"


def granted_ids(user: Any) -> Any:
    """Project ids opened to this person alone, as a subquery for `pk__in`."""
    return ProjectUserObjectPermission.objects.filter(user=user, permission__codename=VIEW).values_list(
        "content_object_id", flat=True
    )
