import pytest
@pytest.mark.django_db
def test_a(world, client):
    client.force_login(world.people["county"])
    print(client.get("/").status_code)
