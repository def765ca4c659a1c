"""PDF, Word and Excel files from people outside: refused where they could run or fetch something, and written anew
without the author, so that a paper does not name who sent it."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf

MOST_BYTES = 100 * 1024 * 1024  # unpacked
MOST_PARTS = 2_000
MOST_OBJECTS = 200_000


class Active(ValueError):
    """Holds scripts, macros, embedded files or content fetched from elsewhere."""


class Unreadable(ValueError):
    """Damaged, locked by a password, or far larger unpacked than any paper."""


# -- PDF -------------------------------------------------------------------------------------------------------------

_ACTIVE_KEYS = {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent"}
_ACTIVE_NAMES = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/RichMedia", "/FileAttachment",
    "/EmbeddedFile", "/Screen", "/Movie", "/Sound", "/3D", "/RichMediaExecute",
}  # fmt: skip
_NAMED_BY = ("/S", "/Type", "/Subtype")
# Also in files too damaged for our reader, which a program of the office may still open.
_ACTIVE_BYTES = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_ABOUT_THE_AUTHOR = ("/Metadata", "/PieceInfo", "/LastModified")


def clean_pdf(file: Any) -> bytes:
    """The PDF in `file` as a new one without author, dates and programs' notes. Raises `Active` or `Unreadable`."""
    file.seek(0)
    if _ACTIVE_BYTES.search(_unescaped(file.read())):
        raise Active("pdf")
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            if len(pdf.objects) > MOST_OBJECTS or len(pdf.pages) == 0:
                raise Unreadable("pdf")
            if any(_is_active(one) for one in pdf.objects):
                raise Active("pdf")
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            for holder in (pdf.Root, *(page.obj for page in pdf.pages)):
                for key in _ABOUT_THE_AUTHOR:
                    if key in holder:
                        del holder[key]
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
            return out.getvalue()
    except Active:
        raise
    except Exception as fault:  # foreign bytes: whatever the reader says, the paper cannot be opened
        raise Unreadable("pdf") from fault


def _unescaped(content: bytes) -> bytes:
    """PDF names may write any letter as #xx: /J#61vaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _is_active(one: Any, depth: int = 0) -> bool:
    """Whether this object, with what stands in it directly, runs or carries something."""
    if depth > 50:
        return True
    if isinstance(one, pikepdf.Array):
        return any(_is_active(part, depth + 1) for part in one if _is_own(part))
    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return False
    for key, value in one.items():
        if key in _ACTIVE_KEYS or (key in _NAMED_BY and _as_name(value) in _ACTIVE_NAMES):
            return True
        if _is_own(value) and _is_active(value, depth + 1):
            return True
    return False


def _is_own(part: Any) -> bool:
    """Written out here; what is only referred to is looked at by itself."""
    return isinstance(part, pikepdf.Object) and not part.is_indirect


def _as_name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


# -- Word and Excel --------------------------------------------------------------------------------------------------

_ACTIVE_PARTS = ("vbaproject", "/activex/", "/embeddings/", "macrosheets/", "/ctrlprops/", "webextension")
_KNOWN_ENDINGS = (
    ".xml", ".rels", ".vml", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".odttf", ".fntdata",
)  # fmt: skip
_PRINTER = re.compile(r"/printersettings/[^/]+\.bin$")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_FIELD = re.compile(rb"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")
_FETCHES = re.compile(rb"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT)\b", re.I)
_LIVE_LINK = re.compile(rb"<(?:\w+:)?(?:ddeLink|oleLink)\b")
_EMPTY = {
    "docprops/core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docprops/app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docprops/custom.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
# Who wrote, changed or commented, and where the file lay on that person's computer.
_PEOPLE = (
    (re.compile(rb'(\b\w+:(?:author|initials|userId|displayName)=")[^"]*'), rb"\1"),
    (re.compile(rb'(\b(?:displayName|userId|userName|providerId)=")[^"]*'), rb"\1"),
    (re.compile(rb"(<(?:\w+:)?author>)[^<]*"), rb"\1"),
    (re.compile(rb'(absPath\b[^>]*\burl=")[^"]*'), rb"\1"),
)


def clean_office(file: Any) -> bytes:
    """The Word or Excel file in `file` as a new one without names of people. Raises `Active` or `Unreadable`."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            infos = parts.infolist()
            if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
                raise Unreadable("office")
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
                for name, content in _parts(parts, infos):
                    kept.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            return out.getvalue()
    except (Active, Unreadable):
        raise
    except Exception as fault:
        raise Unreadable("office") from fault


def _parts(parts: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    for info in infos:
        name = info.filename.lower()
        if info.is_dir():
            continue
        _refuse_part(name)
        with parts.open(info) as part:
            content = part.read(info.file_size + 1)
        if len(content) != info.file_size:
            raise Unreadable(name)
        if name.endswith((".xml", ".rels", ".vml")):
            _refuse_content(name, content)
            content = _EMPTY.get(name) or _without_people(content)
        if name == "_rels/.rels":  # the little picture of the first page is left out, with the word of it
            content = _RELATION.sub(lambda found: b"" if b"/thumbnail" in found[0] else found[0], content)
        if not name.startswith("docprops/thumbnail"):
            yield info.filename, content


def _refuse_part(name: str) -> None:
    if any(mark in name for mark in _ACTIVE_PARTS):
        raise Active(name)
    if not name.endswith(_KNOWN_ENDINGS) and not _PRINTER.search(name):
        raise Active(name)


def _refuse_content(name: str, content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Active(name)  # office programs write neither; a reader could be made to fetch by it
    if name.endswith(".rels"):
        for relation in _RELATION.findall(content):
            if b'"External"' in relation and b"/hyperlink" not in relation:
                raise Active(name)
    told = b"".join(a or b for a, b in _FIELD.findall(content))  # a field's text may be cut into pieces
    if _FETCHES.search(told) or _LIVE_LINK.search(content):
        raise Active(name)


def _without_people(content: bytes) -> bytes:
    for pattern, blank in _PEOPLE:
        content = pattern.sub(blank, content)
    return content
