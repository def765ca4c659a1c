"""Official documents: one value, four renderers, kept as JSON. Pure: no models, no clock, no network.

    from documents import Document, Heading, Paragraph, Table, Column, render
    render(document, "docx")  # bytes; also "pdf", "xlsx" (bytes) and "html" (str, a safe fragment)

Renderers are imported when used: WeasyPrint and openpyxl cost a second at import.
"""

from documents.codec import from_json, to_json
from documents.files import (
    CONTENT_TYPES,
    Format,
    content_disposition,
    content_type,
    filename,
)
from documents.model import (
    Attachment,
    Block,
    Cell,
    Column,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Photo,
    Photos,
    Row,
    Table,
)
from documents.text import chinese_date, chinese_number, format_number, percent_text, ratio

__all__ = [
    "CONTENT_TYPES",
    "Attachment",
    "Block",
    "Cell",
    "Column",
    "Document",
    "Format",
    "Heading",
    "PageBreak",
    "Paragraph",
    "Photo",
    "Photos",
    "Row",
    "Table",
    "chinese_date",
    "chinese_number",
    "content_disposition",
    "content_type",
    "filename",
    "format_number",
    "from_json",
    "percent_text",
    "ratio",
    "render",
    "to_json",
]


def render(document: Document, format: Format) -> bytes | str:
    """The document as docx, pdf or xlsx bytes, or as an html fragment (str)."""
    if format == "docx":
        from documents.docx import render_docx

        return render_docx(document)
    if format == "pdf":
        from documents.pdf import render_pdf

        return render_pdf(document)
    if format == "xlsx":
        from documents.xlsx import render_xlsx

        return render_xlsx(document)
    if format == "html":
        from documents.html import render_html

        return render_html(document)
    raise ValueError(f"unknown document format {format!r}")
