"""Ledgers for programs: hand-ins of a unit, upload of a workbook, handing in. The services are those of the pages."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, parsers, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, UserRateThrottle

from accounts import clock
from accounts.api.problems import Problem, Refused, items_of
from accounts.api.views import ApiView
from accounts.errors import DomainError
from accounts.models import Division
from policy.periods import Period, PeriodKind
from reporting.ledgers import submitting
from reporting.ledgers.access import VIEW, may_review, may_submit, require_submit
from reporting.ledgers.evaluate import is_answered
from reporting.ledgers.mending import load_drafts
from reporting.ledgers.models import Attempt, AttemptState, RowMatch
from reporting.ledgers.rows import value_of
from reporting.ledgers.staging import file_key, stage_upload
from reporting.ledgers.views.common import attempt_or_404, status_of, unit_or_404

CLASHES = {"same_file"}  # the page leads to the hand-in that is there already; a program is told its number


class UploadThrottle(UserRateThrottle):
    """Reading a workbook costs seconds, so uploads have a rate of their own beside the daily quota."""

    scope = "upload"


class MonthField(serializers.CharField):
    """ "2026-10" → Period; a ledger is of a month."""

    default_error_messages = {"month": _("Give a month such as 2026-10.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text=_("A month such as 2026-10."), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            period = Period.parse(text)
        except ValueError:
            self.fail("month")
        if period.kind is not PeriodKind.MONTH:
            self.fail("month")
        return period


class HandInQuery(serializers.Serializer):
    unit = serializers.CharField(max_length=12, help_text=_("Code of the division that hands in."))
    period = MonthField(required=False)


class UploadForm(serializers.Serializer):
    unit = serializers.CharField(max_length=12, help_text=_("Code of the division that hands in."))
    period = MonthField()
    file = serializers.FileField(
        help_text=_("The workbook: .xlsx, .xls, .ods or .csv."),
        error_messages={
            "required": _("Choose the workbook first, then upload it."),
            "empty": _("The file is empty."),
        },
    )


class SubmitForm(serializers.Serializer):
    note = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text=_("A word to the receiver.")
    )


class CellMessage(serializers.Serializer):
    sheet = serializers.CharField()
    cell = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()
    level = serializers.ChoiceField(
        choices=["error", "ask", "note"],
        help_text=_("error: to mend; ask: to explain or to decide; note: only told."),
    )
    field = serializers.CharField()
    answered = serializers.BooleanField(
        help_text=_("Whether it still stands between the ledger and handing in.")
    )


class HandInRow(serializers.ModelSerializer):
    unit = serializers.CharField(source="ledger.unit_id")
    unit_name = serializers.CharField(source="ledger.unit.name")
    period = serializers.CharField(source="ledger.period")
    page = serializers.SerializerMethodField(
        help_text=_("The page for people, where cells are mended and explained.")
    )

    class Meta:
        model = Attempt
        fields = [
            "id", "unit", "unit_name", "period", "number", "source", "state", "file_name", "file_sha256", "row_count",
            "changed_count", "new_count", "error_count", "ask_count", "amount_yuan", "note", "made_at", "submitted_at",
            "receipt_at", "reviewed_at", "review_note", "correct_by_on", "page",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {
            "receipt_at": {
                "help_text": _("The receipt that counts. A correction in time keeps the first one's.")
            },
        }

    def get_page(self, attempt: Attempt) -> str:
        return reverse("ledgers:attempt", args=[attempt.pk])


class LedgerRow(serializers.Serializer):
    # `instance` is a Draft or a StagedRow.

    id = serializers.IntegerField(source="pk")
    sheet = serializers.CharField()
    line = serializers.IntegerField()
    name = serializers.CharField()
    match = serializers.ChoiceField(choices=RowMatch.choices)
    project_id = serializers.IntegerField(allow_null=True)
    changed = serializers.ListField(child=serializers.CharField())
    values = serializers.SerializerMethodField(help_text=_("Field → value; amounts in whole yuan."))
    messages = serializers.SerializerMethodField()

    def get_values(self, row: Any) -> dict[str, Any]:
        return {name: value_of(row.values, name) for name in row.values}

    @extend_schema_field(CellMessage(many=True))
    def get_messages(self, row: Any) -> list[dict[str, Any]]:
        return [_told(m, is_answered(m, row)) for m in row.messages]


class HandInDetail(HandInRow):
    # Context: `drafts`, the rows of this hand-in, and their `readiness`.

    ready = serializers.SerializerMethodField(help_text=_("Whether it can be handed in as it stands."))
    not_ready = serializers.SerializerMethodField(help_text=_("What is missing, in words."))
    messages = serializers.SerializerMethodField(help_text=_("About the whole file."))
    rows = serializers.SerializerMethodField()

    class Meta(HandInRow.Meta):
        fields = [*HandInRow.Meta.fields, "ready", "not_ready", "messages", "rows"]
        read_only_fields = fields

    def get_ready(self, attempt: Attempt) -> bool:
        return attempt.state == AttemptState.STAGED and self.context["readiness"].ready

    def get_not_ready(self, attempt: Attempt) -> str:
        return (
            submitting.not_ready_text(self.context["readiness"])
            if attempt.state == AttemptState.STAGED
            else ""
        )

    @extend_schema_field(CellMessage(many=True))
    def get_messages(self, attempt: Attempt) -> list[dict[str, Any]]:
        return [_told(m, _file_answered(attempt, m)) for m in attempt.messages]

    @extend_schema_field(LedgerRow(many=True))
    def get_rows(self, attempt: Attempt) -> Any:
        return LedgerRow(self.context["drafts"], many=True).data


def _told(message: dict[str, Any], answered: bool) -> dict[str, Any]:
    names = ("sheet", "cell", "code", "text", "level", "field")
    return {name: message.get(name, "") for name in names} | {"answered": answered}


def _file_answered(attempt: Attempt, message: dict[str, Any]) -> bool:
    if message["level"] != "ask":
        return message["level"] == "note"
    return bool(attempt.explanations.get(file_key(message), "").strip())


def detail_of(attempt: Attempt) -> dict[str, Any]:
    drafts = load_drafts(attempt)
    context = {"drafts": drafts, "readiness": submitting.readiness(attempt, drafts)}
    return dict(HandInDetail(attempt, context=context).data)


def _refused(error: DomainError, **more: Any) -> Refused:
    return Refused(error, 409 if error.code in CLASHES else status_of(error), **more)


def _refusals(*codes: int) -> dict[Any, Any]:
    words = {
        409: _("Somebody was faster, or this very file is there already."),
        413: _("The file is too large."),
    }
    return {code: OpenApiResponse(Problem, description=words[code]) for code in codes}


@extend_schema_view(
    get=extend_schema(
        tags=["ledgers"],
        parameters=[HandInQuery],
        responses=HandInRow(many=True),
        summary=_("Hand-ins of a unit"),
        description=_("The newest first."),
    ),
    post=extend_schema(
        tags=["ledgers"],
        request={"multipart/form-data": UploadForm},
        responses={201: HandInDetail, **_refusals(409, 413)},
        summary=_("Upload a workbook"),
        description=_(
            "The workbook is read and checked as on the page. Nothing live changes; it is handed in by the address submit/."
        ),
    ),
)
class HandInList(ApiView, generics.ListAPIView):
    permission = VIEW
    query = HandInQuery
    serializer_class = HandInRow
    queryset = Attempt.objects.none()
    parser_classes = [parsers.MultiPartParser]

    def get_throttles(self) -> list[BaseThrottle]:
        method = getattr(getattr(self, "request", None), "method", "")
        return [*super().get_throttles(), *([UploadThrottle()] if method == "POST" else [])]

    def get_queryset(self) -> QuerySet[Attempt]:
        asked, user = self.asked(), self.request.user
        unit = unit_or_404(self.request, asked["unit"])
        rows = Attempt.objects.visible_to(user).filter(ledger__unit=unit).select_related("ledger__unit")
        if "period" in asked:
            rows = rows.filter(ledger__period=str(asked["period"]))
        # What is not handed in yet is the unit's own desk; its receiver may look, nobody further up.
        if not (may_submit(user, unit) or may_review(user, unit)):
            rows = rows.exclude(state=AttemptState.STAGED)
        return rows.order_by("-ledger__period", "-number")

    def post(self, request: Request) -> Response:
        form = UploadForm(data=request.data)
        # Right before content: a stranger is not told what is wrong with his file.
        unit = self._unit(request)
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        try:
            attempt = stage_upload(
                unit=unit,
                period=form.validated_data["period"],
                upload=file,
                file_name=file.name or "",
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            raise _refused(error) from error
        place = reverse("api:hand_in", args=[attempt.pk])
        return Response(detail_of(attempt), status=status.HTTP_201_CREATED, headers={"Location": place})

    def _unit(self, request: Request) -> Division:
        code = serializers.CharField(max_length=12).run_validation
        try:
            unit = unit_or_404(request, code(request.POST.get("unit", "")))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"unit": error.detail}) from error
        require_submit(request.user, unit)
        return unit


@extend_schema(tags=["ledgers"], responses=HandInDetail, summary=_("One hand-in with its rows and messages"))
class HandInOne(ApiView):
    permission = VIEW
    serializer_class = HandInDetail
    queryset = Attempt.objects.none()

    def get(self, request: Request, pk: int) -> Response:
        self.refuse_unknown(())
        return Response(detail_of(attempt_or_404(request, pk)))


@extend_schema(
    tags=["ledgers"],
    request=SubmitForm,
    responses={200: HandInRow, **_refusals(409)},
    summary=_("Hand in (action)"),
    description=_(
        "Only without errors and open questions; what is missing is told cell by cell. Twice is harmless."
    ),
)
class HandInSubmit(ApiView):
    permission = VIEW
    serializer_class = SubmitForm
    queryset = Attempt.objects.none()

    def post(self, request: Request, pk: int) -> Response:
        attempt = attempt_or_404(request, pk)
        require_submit(request.user, attempt.ledger.unit)
        form = SubmitForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            attempt = submitting.submit_attempt(
                attempt=attempt, note=form.validated_data["note"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            more = items_of(open_points(attempt)) if error.code == "not_ready" else []
            raise _refused(error, more=more) from error
        attempt.refresh_from_db()
        return Response(HandInRow(attempt).data)


def open_points(attempt: Attempt) -> list[dict[str, Any]]:
    """Messages that still stand between the hand-in and handing it in, cell by cell."""
    attempt.refresh_from_db()
    found = [m for m in attempt.messages if not _file_answered(attempt, m)]
    for draft in load_drafts(attempt):
        if draft.match != RowMatch.SKIPPED:
            found += [m for m in draft.messages if not is_answered(m, draft)]
    return found
