"""Files from people outside: checked like any other, and without anything that could run or tell about the sender.

Photos are decoded and written anew (so that only pixels remain: no EXIF place or camera, no second format hidden
behind them); PDF and office files that carry scripts, macros or embedded programs are refused with the reason.
"""

import io
import re
import warnings
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.errors import DomainError
from accounts.files import MAX_FILES, Checked, check_file, check_files

MAX_PIXELS = 50_000_000
LONGEST_SIDE = 3_000  # pixels of a photo as it is kept
KEPT_KINDS = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx")
_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_ACTIVE_PARTS = ("vbaproject.bin", "/activex/", "/embeddings/", "macrosheets/")


def check_outside_files(
    uploads: Any, *, field: str = "files", most: int = MAX_FILES
) -> list[tuple[Checked, Any]]:
    """All files of a form, each as (what is known of it, the file to keep). Raises DomainError naming the file."""
    uploads = list(uploads or ())
    if len(uploads) > most:
        check_files(uploads, field=field)  # says how many are allowed
    return [check_outside_file(one, field=field) for one in uploads]


def check_outside_file(upload: Any, *, field: str = "files") -> tuple[Checked, Any]:
    """One file; photos come back as a new file with pixels only."""
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
    if checked.content_type.startswith("image/"):
        clean = _pixels_only(upload, checked, field)
        return check_file(clean, field=field), clean
    if _is_active(upload, checked):
        raise DomainError(
            "file_active",
            _(
                "“%(name)s” contains macros, scripts or embedded files. "
                "Save it without them, or send it as a photo or a plain PDF."
            )
            % {"name": checked.name},
            field=field,
        )
    return checked, upload


def _pixels_only(upload: Any, checked: Checked, field: str) -> SimpleUploadedFile:
    broken = DomainError(
        "photo_broken",
        _(
            "The photo “%(name)s” cannot be opened or is too large (at most 50 million pixels). "
            "Take it again or send it as PDF."
        )
        % {"name": checked.name},
        field=field,
    )
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=("JPEG", "PNG")) as photo:
                if photo.width * photo.height > MAX_PIXELS:
                    raise broken
                upright = ImageOps.exif_transpose(photo)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                kind = "PNG" if checked.suffix == ".png" else "JPEG"
                pixels = upright.convert("RGBA" if kind == "PNG" and "A" in upright.getbands() else "RGB")
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):  # fmt: skip
        raise broken from None
    finally:
        upload.seek(0)
    out = io.BytesIO()
    # A new image takes no metadata along.
    blank = Image.new(pixels.mode, pixels.size)
    blank.paste(pixels)
    blank.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return SimpleUploadedFile(checked.name, out.getvalue(), content_type=checked.content_type)


def _is_active(upload: Any, checked: Checked) -> bool:
    upload.seek(0)
    try:
        if checked.suffix == ".pdf":
            return bool(_ACTIVE_PDF.search(_unescaped(upload.read())))
        with zipfile.ZipFile(upload) as parts:
            names = [name.lower() for name in parts.namelist()]
        return any(mark in name for name in names for mark in _ACTIVE_PARTS)
    except (zipfile.BadZipFile, OSError, ValueError):
        return True
    finally:
        upload.seek(0)


def _unescaped(content: bytes) -> bytes:
    """PDF names may write any letter as #xx: /J#61vaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)
