"""Photos and papers of evidence: only what a camera or a scanner makes, each with its fingerprint."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts import files
from accounts.errors import DomainError

SUFFIXES = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".heic", ".heif"})
ACCEPT = ",".join(sorted(SUFFIXES))
FIELD = "uploads"

Checked = list[tuple[files.Checked, Any]]


def check_evidence(uploads: Sequence[Any]) -> Checked:
    """Photos (JPG, PNG, HEIC) and PDF; a workbook or a text is no evidence of what was seen on the spot."""
    checked = files.check_files(uploads, field=FIELD)
    for known, _upload in checked:
        if known.suffix not in SUFFIXES:
            raise DomainError(
                "evidence_kind",
                _(
                    "“%(name)s” is neither a photo (JPG, PNG, HEIC) nor a PDF. Save it as PDF, or send a photo of it."
                )
                % {"name": known.name},
                field=FIELD,
            )
    return checked


def are_those(checked: Checked, kept: Any) -> bool:
    """Whether the uploads are exactly the stored files of one owner: the same form sent again."""
    return sorted(known.sha256 for known, _upload in checked) == sorted(kept.values_list("sha256", flat=True))


def keep(checked: Checked, model: type[models.Model], folder: str, **owner: Any) -> list[str]:
    """Store the files and write a row of `model` for each; return the stored paths, for `files.forget` after a failure."""
    paths: list[str] = []
    try:
        for known, upload in checked:
            paths.append(files.keep(upload, known, folder))
            model._default_manager.create(
                name=known.name, path=paths[-1], content_type=known.content_type, size=known.size,
                sha256=known.sha256, **owner,
            )  # fmt: skip
    except BaseException:
        files.forget(paths)
        raise
    return paths
