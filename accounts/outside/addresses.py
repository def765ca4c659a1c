"""The whole address of a page as people outside reach it: on paper, in a mail, in a file they keep; and its QR code."""

import io

import segno
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import mark_safe


def absolute(request: HttpRequest, path: str) -> str:
    """The address of `path` at the site's own name (`PORTAL_URL`), else at the name it was asked by."""
    return f"{settings.PORTAL_URL}{path}" if settings.PORTAL_URL else request.build_absolute_uri(path)


def qr(text: str, scale: int = 4) -> str:
    """An inline SVG of the QR code; black on white, no style attribute. `scale`: pixels of one module."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", scale=scale, border=2, xmldecl=False, svgclass="jo-qr", lineclass=None
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - made here from our own address
