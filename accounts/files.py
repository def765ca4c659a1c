"""Files people attach: known by their first bytes, never by their name; kept under random names, served as downloads.

What a visitor or an investor sends is not opened here, only looked at: its size, its first bytes and, for the zip
formats of office suites, the names of its parts.
"""

import hashlib
import secrets
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from accounts.errors import DomainError

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 6
NAME_LENGTH = 120
_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1")

# kind → (suffixes it may carry, content type)
KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "pdf": ((".pdf",), "application/pdf"),
    "jpeg": ((".jpg", ".jpeg"), "image/jpeg"),
    "png": ((".png",), "image/png"),
    "heic": ((".heic", ".heif"), "image/heic"),
    "docx": ((".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ((".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ole": ((".doc", ".xls", ".wps", ".et"), "application/octet-stream"),
    "ofd": ((".ofd",), "application/octet-stream"),
}
ACCEPT = ",".join(suffix for suffixes, _type in KINDS.values() for suffix in suffixes)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept. `name` is the sender's, shortened; `suffix` begins with a dot, in small letters."""

    name: str
    suffix: str
    content_type: str
    size: int
    sha256: str


def check_file(upload: Any, *, field: str = "files", max_bytes: int = MAX_BYTES) -> Checked:
    """Refuse what is empty, too large, of an unknown kind or misnamed, with the file's name in the message."""
    name = _plain_name(upload.name)
    if not upload.size:
        raise DomainError(
            "file_empty", _("“%(name)s” is empty. Choose it again.") % {"name": name}, field=field
        )
    if upload.size > max_bytes:
        raise DomainError(
            "file_too_large",
            _("“%(name)s” has %(size)s MB; at most %(most)d MB may be sent. Make it smaller or split it.")
            % {"name": name, "size": f"{upload.size / 1024 / 1024:.1f}", "most": max_bytes // 1024 // 1024},
            field=field,
        )
    kind = _kind_of(upload)
    suffix = "." + name.rpartition(".")[2].lower() if "." in name else ""
    if kind is None:
        raise DomainError(
            "file_kind_unknown",
            _(
                "“%(name)s” is no PDF, photo (JPG, PNG, HEIC), Word, Excel, WPS or OFD file. Save it as one of these."
            )
            % {"name": name},
            field=field,
        )
    suffixes, content_type = KINDS[kind]
    if suffix not in suffixes:
        raise DomainError(
            "file_misnamed",
            _("“%(name)s” is in truth a %(kind)s file. Give it the ending %(suffix)s and send it again.")
            % {"name": name, "kind": kind.upper(), "suffix": suffixes[0]},
            field=field,
        )
    return Checked(name, suffix, content_type, upload.size, _digest(upload))


def check_files(uploads: Any, *, field: str = "files") -> list[tuple[Checked, Any]]:
    """All files of one form, each with what is known of it."""
    uploads = list(uploads or ())
    if len(uploads) > MAX_FILES:
        raise DomainError(
            "files_too_many",
            _("At most %(n)d files at once. Send the others with a further message.") % {"n": MAX_FILES},
            field=field,
        )
    return [(check_file(one, field=field), one) for one in uploads]


def keep(upload: Any, checked: Checked, folder: str) -> str:
    """Store under a random name that tells nothing; return the stored path. Call `forget` if the write fails."""
    upload.seek(0)
    return default_storage.save(f"{folder}/{secrets.token_hex(16)}{checked.suffix}", File(upload))


def forget(paths: list[str]) -> None:
    """Remove stored files whose row was never written."""
    for path in paths:
        default_storage.delete(path)


def attachment(path: str, name: str, content_type: str) -> FileResponse:
    """A download that no browser opens in our name. The caller has asked the scope; 404 when the file is gone."""
    if not path or not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path, "rb"), content_type=content_type)
    suffix = name.rpartition(".")[2]
    plain = f"file.{suffix}" if suffix.isascii() and suffix.isalnum() else "file"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store, private"
    return response


def _plain_name(name: str) -> str:
    """The last part of a path, without control characters; the ending survives the shortening."""
    name = "".join(c for c in (name or "").replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()
    if len(name) <= NAME_LENGTH:
        return name or "file"
    stem, dot, suffix = name.rpartition(".")
    return (
        stem[: NAME_LENGTH - len(suffix) - 1] + dot + suffix
        if dot and len(suffix) < 10
        else name[:NAME_LENGTH]
    )


def _kind_of(upload: Any) -> str | None:
    upload.seek(0)
    head = upload.read(_HEAD)
    upload.seek(0)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[4:12] in _HEIC:
        return "heic"
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(upload)
    return None


def _kind_of_zip(upload: Any) -> str | None:
    """Only the list of parts is read; nothing is unpacked."""
    try:
        with zipfile.ZipFile(upload) as parts:
            names = set(parts.namelist()[:2000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    finally:
        upload.seek(0)
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "ofd" if "OFD.xml" in names else None


def _digest(upload: Any) -> str:
    upload.seek(0)
    seen = hashlib.sha256()
    for chunk in iter(lambda: upload.read(1024 * 1024), b""):
        seen.update(chunk)
    upload.seek(0)
    return seen.hexdigest()
