"""Sending a rendered document as a file."""

from typing import get_args

from django.http import Http404, HttpResponse

from documents import Document, Format, content_disposition, content_type, filename, render

PAPER: tuple[Format, ...] = ("docx", "pdf")
TABLE: tuple[Format, ...] = ("xlsx",)
KNOWN: dict[str, Format] = {name: name for name in get_args(Format)}


def format_of(asked: str, allowed: tuple[Format, ...]) -> Format:
    """The format an address asks for. Raises Http404 for one this paper is not written in."""
    if asked not in allowed:
        raise Http404(asked)
    return KNOWN[asked]


def document_download(document: Document, asked: str, allowed: tuple[Format, ...] = PAPER) -> HttpResponse:
    """`document` as an attachment named after it. Raises Http404 for a format it is not written in."""
    format = format_of(asked, allowed)
    response = HttpResponse(render(document, format), content_type=content_type(format))
    response["Content-Disposition"] = content_disposition(filename(document, format))
    return response
