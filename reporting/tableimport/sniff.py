"""What a file really is, by its content. The name is only used to tell the clerk when the two differ."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO

from .ole import MAGIC, OleError, OleFile, is_encrypted_biff

READABLE = ("xlsx", "xls", "ods", "csv")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FOREIGN = (
    (b"%PDF", "document"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WPS_NAMES = (".et", ".ett", ".wps", ".dps", ".numbers")


def sniff(path: Path, filename: str) -> str:
    """Kind of the file: one of READABLE, or a reason to refuse: "empty", "et", "macros", "protected", "damaged",
    "html", "xml2003", "xlsb", "document", "picture", "archive", "program", "unknown"."""
    if Path(filename.lower()).suffix in _WPS_NAMES:
        return "et"
    with path.open("rb") as file:
        head = file.read(8192)
        if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
            return "empty"
        if head.startswith(_ZIP):
            return _sniff_zip(file)
        if head.startswith(MAGIC):
            file.seek(0)
            return _sniff_ole(file.read())
    for magic, kind in _FOREIGN:
        if head.startswith(magic) and not (magic in (b"BM", b"MZ") and _text(head)):
            return kind
    text = _text(head)
    return _sniff_text(text) if text else "damaged" if _named_as_table(filename) else "unknown"


def _named_as_table(filename: str) -> bool:
    return Path(filename.lower()).suffix in (".xlsx", ".xls", ".ods", ".xlsm", ".csv")


def _sniff_zip(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
            if any(info.flag_bits & 1 for info in infos):
                return "protected"
            if "content.xml" in names:
                return _sniff_ods(archive, names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "damaged"
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lowered):
        return "macros"
    if "xl/workbook.bin" in lowered:
        return "xlsb"
    if "xl/workbook.xml" in lowered or (
        "[content_types].xml" in lowered and any(n.startswith("xl/") for n in lowered)
    ):
        return "xlsx"
    if any(name.startswith(("word/", "ppt/")) for name in lowered):
        return "document"
    return "archive" if names else "damaged"


def _sniff_ods(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "META-INF/manifest.xml" in names:
        with archive.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(200_000):
                return "protected"
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            if b"spreadsheet" not in part.read(200):
                return "document"
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
        return "macros"
    return "ods"


def _sniff_ole(data: bytes) -> str:
    try:
        container = OleFile(data)
        names = set(container.entries)
        if names & {"EncryptedPackage", "EncryptionInfo"}:
            return "protected"
        book = next((name for name in ("Workbook", "Book") if name in names), None)
        if book is None:
            return "document" if names & {"WordDocument", "PowerPoint Document"} else "unknown"
        if is_encrypted_biff(container.stream(book)):
            return "protected"
    except (OleError, ValueError, IndexError):
        return "damaged"
    return "macros" if names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT"} else "xls"


def _text(head: bytes) -> str:
    """Decoded head of a text file, "" when it is no text."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if _CONTROL.search(head):
        return ""
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4):  # the head may end inside a character
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return ""


def _sniff_text(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<?xml") and "urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "xml2003"
    if start.startswith(
        ("<html", "<!doctype", "<table", "<head", "<body", "<meta", "<style", "mime-version")
    ):
        return "html"
    if start.startswith("<") and ("<table" in start or "<html" in start):
        return "html"
    return "unknown" if start.startswith(("<", "{")) else "csv"
