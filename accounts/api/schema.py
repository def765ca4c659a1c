"""How our problems and tokens stand in the OpenAPI schema."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_standardized_errors.openapi import AutoSchema


class ProblemSchema(AutoSchema):
    """Error answers of every operation, with our shape; the package's examples show its own."""

    def _get_error_response_examples(self) -> list[Any]:
        return []

    def _should_add_http403_error_response(self) -> bool:
        return True  # rights are asked for by `ApiView.permission`, which the package does not know of

    def _should_add_http404_error_response(self) -> bool:
        return True  # a unit outside the area, wherever it is named


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.tokens.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": str(_("A token made under your name in the portal, bound to one posting.")),
        }
