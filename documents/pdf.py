"""A `Document` as PDF: the html fragment with the print style sheet, by WeasyPrint. Nothing is fetched."""

from __future__ import annotations

import hashlib
import threading
from html import escape
from typing import Any

from documents.css import print_css
from documents.html import render_html
from documents.model import Document

# Pango's font map, which WeasyPrint fills, is not made for several threads at once.
_lock = threading.Lock()


def render_pdf(document: Document) -> bytes:
    """The PDF. The same document gives the same bytes on the same machine."""
    from weasyprint import HTML

    page = print_page(document)
    ident = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    with _lock:
        made: Any = HTML(string=page, url_fetcher=fetcher()).write_pdf(pdf_identifier=ident)
    return bytes(made)


def fetcher() -> Any:
    """Pictures lie in the page itself; a document refers to nothing outside it, and one that does is not rendered."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",), fail_on_errors=True)


def print_page(document: Document) -> str:
    """The whole page given to WeasyPrint."""
    title = escape(document.title.replace("\n", ""))
    author = escape(document.signature or document.organ)
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        f'<title>{title}</title><meta name="author" content="{author}">'
        f"<style>{print_css(document)}</style></head><body>{render_html(document)}</body></html>"
    )
