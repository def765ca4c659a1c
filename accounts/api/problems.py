"""Problem responses: `{"type", "errors": [{code, message, field, sheet, cell}], "details"}`, whatever went wrong.

Services raise the same `DomainError` for pages and programs; here it becomes a status and an answer. `sheet` and `cell`
name a place in a workbook and are empty elsewhere.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import DomainError, StaleState

Item = dict[str, str]
MOST_ITEMS = 200

# Said instead of the framework's own words, which name neither the reason nor the way out.
WORDS: dict[str, Any] = {
    "not_authenticated": _("No token was sent. Send the header “Authorization: Bearer <token>”."),
    "permission_denied": _("The posting you act in has no right to do this."),
    "not_found": _("There is nothing at this address, or it lies outside your area."),
    "method_not_allowed": _("This address does not know that method."),
    "not_acceptable": _("Only application/json is answered here."),
    "unsupported_media_type": _("Send application/json, or multipart/form-data for a file."),
    "throttled": _("Too many calls. Wait as long as the header Retry-After says."),
    "parse_error": _("The body of the request cannot be read."),
    "error": _("The system failed. Try again later; if it stays, tell the administrator."),
}


def item(code: str, message: Any, *, field: str = "", sheet: str = "", cell: str = "") -> Item:
    return {"code": code, "message": str(message), "field": field, "sheet": sheet, "cell": cell}


def items_of(told: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Messages of an import (code, text, field, sheet, cell) as items."""
    return [
        item(m["code"], m["text"], field=m.get("field", ""), sheet=m.get("sheet", ""), cell=m.get("cell", ""))
        for m in told
    ]


class Refused(exceptions.APIException):
    """A rule said no: the error itself first, then what it says about single cells."""

    def __init__(self, error: DomainError, status: int, more: Iterable[Item] = ()) -> None:
        super().__init__(str(error.message), error.code)
        self.status_code = status
        first = item(error.code, error.message, field=error.field)
        told = items_of(error.details.get("messages", []))
        self.items = [first, *told, *more][:MOST_ITEMS]
        self.details = {key: value for key, value in error.details.items() if key != "messages"}


class Unavailable(exceptions.APIException):
    status_code = 503
    default_code = "unavailable"
    default_detail = _("The database cannot be reached at the moment. Try again in half a minute.")
    wait = 30


class Handler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DomainError):
            return Refused(exc, 409 if isinstance(exc, StaleState) else 400)
        if isinstance(exc, OperationalError | InterfaceError):
            return Unavailable()
        if isinstance(exc, SuspiciousOperation):  # a body too large or with too many parts
            return exceptions.ParseError()
        return super().convert_known_exceptions(exc)


class Formatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        items = getattr(self.exc, "items", None) or [
            item(e.code, self._words(e.code, e.detail), field=_field(e.attr)) for e in error_response.errors
        ]
        return {
            "type": str(error_response.type),
            "errors": items,
            "details": getattr(self.exc, "details", {}),
        }

    def _words(self, code: str, detail: str) -> str:
        """Our words for the framework's plain refusals; what a view said itself stays."""
        plain = getattr(self.exc, "default_code", "") == code and code in WORDS
        return str(WORDS[code]) if plain else detail


def _field(name: str | None) -> str:
    return "" if name is None or name == "non_field_errors" else name


# --- in the schema -----------------------------------------------------------------------------------------


class ProblemItem(serializers.Serializer):
    code = serializers.CharField(help_text=_("Stable; for programs."))
    message = serializers.CharField(help_text=_("For people; says how to mend it."))
    field = serializers.CharField(help_text=_("The field or parameter it is about, or empty."))
    sheet = serializers.CharField(help_text=_("Sheet of the workbook, or empty."))
    cell = serializers.CharField(help_text=_("Cell of the workbook such as F6, or empty."))


class Problem(serializers.Serializer):
    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    errors = ProblemItem(many=True)  # type: ignore[assignment]
    details = serializers.DictField(help_text=_("More for programs, by code; often empty."))


class NoSuchAddress(APIView):
    """Whatever under /api/ is no address of ours: told in JSON, not by a page."""

    permission_classes = [permissions.IsAuthenticated]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound

    def get(self, request: HttpRequest, **kwargs: Any) -> Response:
        raise exceptions.NotFound

    post = put = patch = delete = get
