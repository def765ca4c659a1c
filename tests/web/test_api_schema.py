"""The schema is sound, and the page that shows it needs nothing from outside."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests import build
from tests.api_help import Program

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_warns_of_nothing(tmp_path: Path) -> None:
    target = tmp_path / "schema.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(target))
    text = target.read_text(encoding="utf-8")
    assert "/api/v1/ledgers/hand-ins/{id}/submit/" in text
    assert "digest" not in text and "attr" not in text


def test_every_problem_status_has_our_shape() -> None:
    program = Program(build.user("county"))
    answer = program.client.get(
        "/api/v1/schema/", headers={**program.headers, "Accept": "application/vnd.oai.openapi+json"}
    )
    schema = answer.json()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            for status, response in operation["responses"].items():
                if status.startswith("4"):
                    content = response["content"]["application/json"]["schema"]
                    assert content == {"$ref": "#/components/schemas/Problem"}, (path, method, status)


def test_strangers_read_neither_schema_nor_page() -> None:
    assert Client().get("/api/v1/schema/").status_code == 401
    assert Client().get("/api/v1/docs/").status_code == 302


def test_a_strange_version_or_language_in_the_address_does_no_harm() -> None:
    program = Program(build.user("county"))
    for query in ("version=%0d%0aX-A:1", "lang=../../etc", "format=json"):
        response = program.client.get(f"/api/v1/schema/?{query}", headers=program.headers)
        assert response.status_code == 200 and "X-A" not in response


@pytest.mark.e2e
def test_the_page_works_under_the_content_policy_and_asks_nobody_outside(
    page: Any, live_server: Any, sign_in: Any
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, build.user("county"))
    page.goto("/api/v1/docs/")
    page.get_by_text("/api/v1/ledgers/hand-ins/{id}/submit/").wait_for()
    page.locator(".opblock-summary-control", has_text="/api/v1/divisions/").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.get_by_text("230622").first.wait_for()
    outside = [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))]
    assert not outside
