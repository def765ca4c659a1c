"""Files of approval items: what may be kept, by content and not by name; under a random name; served by a view only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import puremagic
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from approvals.checklist.models import ChecklistItem, ItemFile

MOST_BYTES = 20 * 1024 * 1024
MOST_FILES = 10
_ZIPPED = frozenset({".zip", ".docx", ".xlsx", ".jar"})
_OLE = frozenset({".doc", ".xls", ".msi"})
# Ending → (endings the content may look like, content type). OFD is the national format of official documents.
KINDS: dict[str, tuple[frozenset[str], str]] = {
    ".pdf": (frozenset({".pdf"}), "application/pdf"),
    ".jpg": (frozenset({".jpg", ".jpeg", ".jfif"}), "image/jpeg"),
    ".jpeg": (frozenset({".jpg", ".jpeg", ".jfif"}), "image/jpeg"),
    ".png": (frozenset({".png"}), "image/png"),
    ".docx": (_ZIPPED, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": (_ZIPPED, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".doc": (_OLE, "application/msword"),
    ".xls": (_OLE, "application/vnd.ms-excel"),
    ".ofd": (_ZIPPED, "application/ofd"),
    ".zip": (_ZIPPED, "application/zip"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """An upload that may be kept."""

    name: str
    suffix: str
    content: bytes
    content_type: str
    sha256: str


def check_files(uploads: Sequence[Any]) -> list[Checked]:
    """DomainError (field "files") names the first file that cannot be kept, with the reason and the way out."""
    if len(uploads) > MOST_FILES:
        raise DomainError(
            "too_many_files",
            _("At most %(most)d files at a time. Attach the rest afterwards.") % {"most": MOST_FILES},
            field="files",
        )
    return [_check(upload) for upload in uploads]


def _check(upload: Any) -> Checked:
    name = clean_name(upload.name)
    suffix = Path(name).suffix.lower()
    if suffix not in KINDS:
        raise DomainError(
            "file_kind", _("“%(name)s” cannot be kept: only PDF, OFD, JPG, PNG, Word, Excel and ZIP. Save it as PDF and attach it again.")
            % {"name": name}, field="files",
        )  # fmt: skip
    if (upload.size or 0) > MOST_BYTES:
        raise DomainError(
            "file_too_large", _("“%(name)s” is larger than %(most)d MB. Scan it with fewer dots, or split it.")
            % {"name": name, "most": MOST_BYTES // 1024 // 1024}, field="files",
        )  # fmt: skip
    content = upload.read(MOST_BYTES + 1)
    if not content:
        raise DomainError(
            "file_empty", _("“%(name)s” is empty. Choose the file again.") % {"name": name}, field="files"
        )
    if not _looks_like(content, KINDS[suffix][0]):
        raise DomainError(
            "file_not_what_it_says", _("“%(name)s” is not what its ending says. Open it, save it as PDF, and attach that.")
            % {"name": name}, field="files",
        )  # fmt: skip
    return Checked(name, suffix, content, KINDS[suffix][1], hashlib.sha256(content).hexdigest())


def _looks_like(content: bytes, endings: frozenset[str]) -> bool:
    try:
        found = puremagic.magic_string(content[:8192])
    except (puremagic.PureError, ValueError):
        return False
    return any(match.extension.lower() in endings for match in found)


def clean_name(name: str) -> str:
    """The file's own name without path, control characters and what a header could misread."""
    bare = re.split(r"[\\/]", name or "")[-1]
    bare = re.sub(r"[\x00-\x1f\x7f\"<>|:*?]", "", bare).strip()
    stem, suffix = Path(bare).stem, Path(bare).suffix
    return f"{stem[: 190 - len(suffix)]}{suffix}" or "file"


@contextmanager
def kept(files: Sequence[Checked], at: datetime) -> Iterator[list[str]]:
    """Put the files into the store and give their names; taken out again when the block fails."""
    names: list[str] = []
    try:
        for file in files:
            names.append(
                default_storage.save(
                    f"approvals/{at:%Y%m}/{uuid4().hex}{file.suffix}", ContentFile(file.content)
                )
            )
        yield names
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


def add_rows(
    item: ChecklistItem,
    files: Sequence[Checked],
    names: Sequence[str],
    *,
    purpose: str,
    material: str = "",
    by: Any,
    at: datetime,
) -> None:
    """The records of files put into the store. Inside the transaction of the step they belong to."""
    ItemFile.objects.bulk_create(
        ItemFile(
            item=item, project_id=item.project_id, purpose=purpose, material=material[:100], name=file.name, stored=name,
            content_type=file.content_type, size=len(file.content), sha256=file.sha256, by=by, at=at,
            province_code=item.province_code, city_code=item.city_code, county_code=item.county_code,
        )
        for file, name in zip(files, names, strict=True)
    )  # fmt: skip
