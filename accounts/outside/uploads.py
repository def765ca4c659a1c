"""Files from people outside: checked like any other, and without anything that could run or tell about the sender.

Photos, PDF and office files are written anew (`photos`, `papers`); what carries scripts, macros or embedded programs
is refused with the reason.
"""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.files import MAX_FILES, Checked, check_file, check_files
from accounts.outside import papers, photos

KEPT_KINDS = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx")


def check_outside_files(
    uploads: Any, *, field: str = "files", most: int = MAX_FILES
) -> list[tuple[Checked, Any]]:
    """All files of a form, each as (what is known of it, the file to keep). Raises DomainError naming the file."""
    uploads = list(uploads or ())
    if len(uploads) > most:
        check_files(uploads, field=field)  # says how many are allowed
    return [check_outside_file(one, field=field) for one in uploads]


def check_outside_file(upload: Any, *, field: str = "files") -> tuple[Checked, Any]:
    """One file, and the new one to keep: pixels only, or a paper without its author."""
    checked = check_file(upload, field=field)
    if checked.suffix not in KEPT_KINDS:
        raise DomainError(
            "file_kind_unknown",
            _(
                "“%(name)s”: only PDF, photos (JPG, PNG), Word (.docx) and Excel (.xlsx) files are taken here. "
                "Save it as one of these."
            )
            % {"name": checked.name},
            field=field,
        )
    clean = SimpleUploadedFile(
        checked.name, _clean(upload, checked, field), content_type=checked.content_type
    )
    return check_file(clean, field=field), clean


def _clean(upload: Any, checked: Checked, field: str) -> bytes:
    named = {"name": checked.name}
    try:
        if checked.content_type.startswith("image/"):
            return photos.pixels_only(upload, "PNG" if checked.suffix == ".png" else "JPEG")
        return papers.clean_pdf(upload) if checked.suffix == ".pdf" else papers.clean_office(upload)
    except photos.Unreadable:
        raise DomainError(
            "photo_broken",
            _(
                "The photo “%(name)s” cannot be opened or is too large (JPG: at most 50 million pixels, PNG: 25). "
                "Take it again or send it as PDF."
            )
            % named,
            field=field,
        ) from None
    except papers.Active:
        raise DomainError(
            "file_active",
            _(
                "“%(name)s” contains macros, scripts, embedded files or links that fetch something. "
                "Save it without them, or send it as a photo or a plain PDF."
            )
            % named,
            field=field,
        ) from None
    except papers.Unreadable:
        raise DomainError(
            "file_broken",
            _(
                "“%(name)s” cannot be opened: it is damaged or locked by a password. "
                "Save it again without a password, or send a photo of it."
            )
            % named,
            field=field,
        ) from None
    finally:
        upload.seek(0)
