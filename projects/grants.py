"""Personal grants on single projects: django-guardian with a direct foreign key, read as one small subquery."""

from collections.abc import Callable, Iterable
from typing import Any

from projects.models import ProjectUserObjectPermission

VIEW = "view_project"


def granted_ids(user: Any) -> Any:
    """Project ids opened to this person alone, as a subquery for `pk__in`."""
    return ProjectUserObjectPermission.objects.filter(user=user, permission__codename=VIEW).values_list(
        "content_object_id", flat=True
    )


Beside = Callable[[int], Iterable[int]]
_beside: dict[str, Beside] = {}


def register_beside_team(name: str, of: Beside) -> None:
    """`of(project_id)`: ids of people who see the project alone for a reason other than a seat on its team, such as an
    invited supervisor it is named to. Add or replace."""
    _beside[name] = of


def beside_team(project_id: int) -> set[int]:
    """People whose view of the project does not end with their seat on its team."""
    return {user_id for of in _beside.values() for user_id in of(project_id)}
