"""The base of every view for programs: the right asked for, the parameters known, nothing kept in caches."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scope import require

MOST_ROWS = 10_000
NUMBER = re.compile(r"[0-9]{0,9}")  # left empty: the usual


class Pages(LimitOffsetPagination):
    """`limit` up to 200, `offset` up to 10,000: deeper pages would sort and skip ever more rows."""

    default_limit = 50
    max_limit = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        for name in ("limit", "offset"):
            if not NUMBER.fullmatch(request.query_params.get(name, "")):
                text = _("Give a whole number, 0 or more.")
                raise ValidationError({name: [serializers.ErrorDetail(text, "invalid")]})
        if self.get_offset(request) > MOST_ROWS:
            text = _("At most %(most)d rows can be skipped. Narrow the filter.") % {"most": MOST_ROWS}
            raise ValidationError({"offset": [serializers.ErrorDetail(text, "offset_too_large")]})
        return super().paginate_queryset(queryset, request, view)


class ApiView(GenericAPIView):
    """`permission`: asked for at each call, as the page of the same rows does. `query`: the parameters it takes."""

    permission = ""
    query: type[serializers.Serializer] = serializers.Serializer
    filter_backends = []
    metadata_class = None
    pagination_class = Pages

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = hasattr(self, (request.method or "").lower())  # else 405, whoever asks
        if self.permission and known:
            require(request.user, self.permission)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer

    def asked(self) -> dict[str, Any]:
        """The parameters of the address, read by `query`."""
        form = self.query(data=self.request.query_params)
        self.refuse_unknown(form.fields)
        form.is_valid(raise_exception=True)
        return form.validated_data

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """A misspelt filter would otherwise answer with everything."""
        unknown = sorted(set(self.request.query_params) - set(known) - {"limit", "offset"})
        if unknown:
            text = _("There is no such parameter.")
            raise ValidationError(
                {name: [serializers.ErrorDetail(text, "unknown_parameter")] for name in unknown}
            )
