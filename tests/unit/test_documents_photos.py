"""Photos in documents: pixels alone, small, upright, two in a row; in Word, in the PDF, kept as JSON."""

import io
import zipfile
from typing import Any

import pytest
from docx import Document as read_docx
from PIL import Image

from documents import Attachment, Document, Heading, Paragraph, Photo, Photos, from_json, render, to_json
from documents.geometry import PHOTO_HEIGHT, PHOTO_WIDTH, photo_size
from documents.photos import LONGEST_SIDE, PhotoError, photo

pytestmark = pytest.mark.sqlite


def picture(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), "navy" if mode == "RGB" else (0, 0, 0, 0)).save(out, kind, **more)
    return out.getvalue()


def tagged() -> bytes:
    """Lying on its side, with a camera and a remark in its EXIF."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "SecretCamera", "somewhere"
    return picture(400, 300, exif=exif)


def document(*photos: Photo) -> Document:
    return Document(
        kind="sheet", title="督查检查记录", draft=False,
        blocks=(Heading(1, "发现的问题"), Paragraph("施工许可超期。")),
        attachments=(Attachment("现场照片", (Photos(photos),)),),
    )  # fmt: skip


def test_a_large_photo_becomes_small_and_the_same_each_time() -> None:
    one = photo(picture(4000, 3000), "照片1")
    assert (one.width, one.height) == (LONGEST_SIDE, 750)
    assert len(one.data) < 200_000
    assert one == photo(picture(4000, 3000), "照片1")


def test_a_small_photo_is_not_blown_up() -> None:
    assert (photo(picture(320, 200), "").width, photo(picture(320, 200), "").height) == (320, 200)


def test_it_stands_upright_and_says_nothing_about_camera_and_place() -> None:
    one = photo(tagged(), "")
    assert (one.width, one.height) == (300, 400)
    assert b"SecretCamera" not in one.data
    assert b"Exif" not in one.data


def test_what_hides_behind_the_pixels_is_gone() -> None:
    assert b"<script>" not in photo(picture(50, 40) + b"<script>alert(1)</script>", "").data


def test_a_transparent_picture_lies_on_white() -> None:
    one = photo(picture(20, 20, "PNG", "RGBA"), "")
    with Image.open(io.BytesIO(one.data)) as shown:
        assert shown.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"%PDF-1.4",
        b"GIF89a" + b"\0" * 40,
        picture(90, 90)[:300],
        b"<svg/>",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PhotoError):
        photo(data, "")


def test_a_picture_of_too_many_pixels_is_not_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert out.tell() < 100_000
    with pytest.raises(PhotoError):
        photo(out.getvalue(), "")


def test_printed_sizes_keep_their_proportions() -> None:
    assert photo_size(1000, 750) == pytest.approx((PHOTO_WIDTH, PHOTO_WIDTH * 0.75))
    assert photo_size(500, 1000) == pytest.approx((PHOTO_HEIGHT / 2, PHOTO_HEIGHT))


def test_only_a_jpeg_of_known_size_is_a_photo() -> None:
    with pytest.raises(ValueError, match="JPEG"):
        Photo(b"\x89PNG", 1, 1, "")
    with pytest.raises(ValueError, match="JPEG"):
        Photo(picture(5, 5), 0, 5, "")


def test_in_word_two_in_a_row_over_their_captions() -> None:
    photos = [photo(picture(400, 300), f"照片{n} <b>&") for n in (1, 2, 3)]
    data = render(document(*photos), "docx")
    assert isinstance(data, bytes)
    book = read_docx(io.BytesIO(data))
    table = book.tables[0]
    assert [[cell.text.strip() for cell in row.cells] for row in table.rows] == [
        ["照片1 <b>&", "照片2 <b>&"],
        ["照片3 <b>&", ""],
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        media = [name for name in parts.namelist() if name.startswith("word/media/")]
        assert [parts.read(name) for name in sorted(media)] == [one.data for one in photos]
    shapes = book.inline_shapes
    assert [round(one.width / 36000, 1) for one in shapes] == [75.0, 75.0, 75.0]
    assert render(document(*photos), "docx") == data


def test_a_document_without_photos_holds_no_media() -> None:
    data = render(document(), "docx")
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "media" in name]


def test_in_html_and_pdf() -> None:
    one = photo(picture(400, 300), '照片1" onerror="x')
    page = render(document(one), "html")
    assert isinstance(page, str)
    assert page.count("data:image/jpeg;base64,") == 1
    assert 'onerror="x' not in page
    made = render(document(one), "pdf")
    assert isinstance(made, bytes)
    assert made.count(b"/Subtype /Image") == 1


def test_kept_as_json_and_back() -> None:
    kept = document(photo(picture(40, 30), "照片1"))
    assert from_json(to_json(kept)) == kept
