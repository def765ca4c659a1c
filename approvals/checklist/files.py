"""Files of approval items, kept as all files are (accounts.files), with a row each that says what they are for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from accounts.files import Checked, check_files, forget, keep
from approvals.checklist.models import ChecklistItem, ItemFile

__all__ = ["Kept", "add_rows", "kept"]
Kept = list[tuple[Checked, str]]


@contextmanager
def kept(uploads: Sequence[Any], at: datetime) -> Iterator[Kept]:
    """Check the uploads, put them into the store, and take them out again when the block fails."""
    checked = check_files(uploads, field="files")
    done: Kept = []
    try:
        for known, upload in checked:
            done.append((known, keep(upload, known, f"approvals/{at:%Y%m}")))
        yield done
    except BaseException:
        forget([path for _known, path in done])
        raise


def add_rows(item: ChecklistItem, files: Kept, *, purpose: str, by: Any, at: datetime) -> None:
    """The records of files put into the store. Inside the transaction of the step they belong to."""
    ItemFile.objects.bulk_create(
        ItemFile(
            item=item, project_id=item.project_id, purpose=purpose, name=known.name, stored=path,
            content_type=known.content_type, size=known.size, sha256=known.sha256, by=by, at=at,
            province_code=item.province_code, city_code=item.city_code, county_code=item.county_code,
        )
        for known, path in files
    )  # fmt: skip
