"""Names and content types of rendered documents."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote

from documents.model import Document
from documents.text import clean

Format = Literal["docx", "pdf", "xlsx", "html"]

CONTENT_TYPES: dict[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
# Refused by Windows in a file name; a leading dot hides the file elsewhere.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
# File systems allow 255 bytes; a Chinese character takes three.
MAX_CHARACTERS = 70


def content_type(format: Format) -> str:
    return CONTENT_TYPES[format]


def filename(document: Document, format: Format) -> str:
    """「黑营商通〔2026〕3号 关于…的通报.docx」; a draft begins with 「草稿 」."""
    lead = "草稿" if document.is_draft else document.number
    stem = clean(f"{lead} {document.title}".replace("\n", ""))
    stem = _FORBIDDEN.sub("", stem).strip(". ")[:MAX_CHARACTERS].rstrip(". ")
    return f"{stem or '公文'}.{format}"


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The header value: an ASCII name for old readers, the true one after RFC 5987."""
    suffix = name.rsplit(".", 1)[-1] if "." in name else "bin"
    plain = f"document.{suffix}" if suffix.isascii() and suffix.isalnum() else "document"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean(name), safe='')}"
