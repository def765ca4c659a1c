"""The file on its way in: size, daily quota, hash, a temporary copy for the reader, a random name for the store."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.db import connection
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from reporting.ledgers.models import UploadTally
from reporting.tableimport.values import Limits

QUOTA = 300
SUFFIXES = {".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv", ".xlsm", ".et", ".html", ".htm", ".xml"}


@dataclass(frozen=True, slots=True)
class Received:
    """An upload put aside. `path` lives until the block ends."""

    path: Path
    name: str
    size: int
    sha256: str


def file_limit() -> int:
    return int(getattr(settings, "LEDGER_MAX_BYTES", Limits().file_bytes))


def clean_name(name: str) -> str:
    """The clerk's file name without path, control characters and what a header could misread."""
    bare = re.split(r"[\\/]", name or "")[-1]
    return re.sub(r"[\x00-\x1f\x7f\"<>|:*?]", "", bare).strip()[-200:] or "ledger"


def stored_name(name: str) -> str:
    """A random name; only a known ending is kept."""
    suffix = Path(name.lower()).suffix
    return f"{uuid4().hex}{suffix if suffix in SUFFIXES else '.bin'}"


def count_upload(user: Any, on: date) -> None:
    """Count one upload of the day, refused ones too; DomainError beyond the quota."""
    table = connection.ops.quote_name(UploadTally._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {table} (user_id, "on", count) VALUES (%s, %s, 1) '  # noqa: S608
            f'ON CONFLICT (user_id, "on") DO UPDATE SET count = {table}.count + 1 RETURNING count',
            [user.pk, on],
        )
        number = cursor.fetchone()[0]
    quota = int(getattr(settings, "LEDGER_UPLOADS_PER_DAY", QUOTA))
    if number > quota:
        text = _(
            "You have uploaded %(quota)d files today, the most for one day. Fill in the rows in the browser, or go on tomorrow."
        )
        raise DomainError("upload_quota", text % {"quota": quota})


@contextmanager
def put_aside(upload: Any, name: str) -> Iterator[Received]:
    """Copy the upload to a temporary file, counting and hashing on the way; it is gone when the block ends."""
    limit, size, digest = file_limit(), 0, hashlib.sha256()
    if (getattr(upload, "size", 0) or 0) > limit:
        raise _too_large(limit)
    with tempfile.TemporaryDirectory(
        prefix="ledger-", dir=getattr(settings, "FILE_UPLOAD_TEMP_DIR", None)
    ) as folder:
        path = Path(folder) / f"upload{Path(name).suffix.lower()[:6]}"
        with path.open("wb") as out:
            for chunk in _chunks(upload):
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                digest.update(chunk)
                out.write(chunk)
        yield Received(path, clean_name(name), size, digest.hexdigest())


def _chunks(upload: Any) -> Iterator[bytes]:
    if isinstance(upload, (str, Path)):
        with Path(upload).open("rb") as file:
            yield from iter(lambda: file.read(256 * 1024), b"")
    elif isinstance(upload, File):
        yield from upload.chunks()
    else:
        yield from iter(lambda: upload.read(256 * 1024), b"")


def _too_large(limit: int) -> DomainError:
    text = _("The file is larger than %(limit)d MB. Delete pictures and unused sheets and save it again.")
    return DomainError("file_too_large", text % {"limit": limit // 1024 // 1024})
