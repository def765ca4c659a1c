import pytest
from django.urls import reverse
from tests.web.access_table import arguments
from tests.web.test_matrix import NAMES, ADDRESSES, _answer
from tests.web.world import ROLES
pytestmark = pytest.mark.django_db
def test_gen(world, browse_as):
    out = []
    for name in [n for n in NAMES if n.startswith(('api','tokens'))]:
        path = reverse(name, kwargs=arguments(name, ADDRESSES[name], world))
        for method in ("GET", "POST"):
            out.append(f"{name} {method} " + " ".join(_answer(browse_as(who), method, name, path, world) for who in ROLES))
    open("/tmp/nets2/table2.txt", "w").write("\n".join(out))
