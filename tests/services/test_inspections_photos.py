"""Photos of evidence in the printed record: numbered, dated, with their point; what cannot be printed is named."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from documents import Paragraph, Photos, render
from supervision.inspections import photos
from supervision.inspections.document import record_document
from supervision.inspections.models import FindingFile
from tests.inspections_help import JPEG, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def scene(settings: Any, tmp_path: Any) -> Scene:
    settings.MEDIA_ROOT = tmp_path
    return Scene()


def upload(name: str, data: bytes | None = None) -> SimpleUploadedFile:
    if data is None:
        out = io.BytesIO()
        Image.new("RGB", (640, 480), "teal").save(out, "PNG" if name.endswith("png") else "JPEG")
        data = out.getvalue()
    return SimpleUploadedFile(name, data)


def test_photos_of_all_findings_with_number_day_and_point(scene: Scene) -> None:
    inspection, item = scene.begun()
    scene.found(inspection, item, uploads=[upload("a.jpg"), upload("b.png")])
    scene.found(inspection, item, fact="临时用电没有接入", uploads=[upload("c.jpg")])
    (attachment,) = record_document(inspection).annexes
    (block,) = attachment.blocks
    assert attachment.title == "现场照片"
    assert isinstance(block, Photos)
    name = item.project.name
    assert [one.caption for one in block.photos] == [
        f"照片1　2026年11月10日　问题1：{name}，施工许可超期 12 日",
        f"照片2　2026年11月10日　问题1：{name}，施工许可超期 12 日",
        f"照片3　2026年11月10日　问题2：{name}，临时用电没有接入",
    ]
    document = record_document(inspection)
    assert isinstance(render(document, "docx"), bytes)


def test_without_photos_there_is_no_attachment(scene: Scene) -> None:
    inspection, item = scene.begun()
    scene.found(inspection, item, uploads=[upload("a.pdf", b"%PDF-1.4\n1 0 obj")])
    assert record_document(inspection).annexes == ()


def test_what_cannot_be_printed_is_named_and_the_record_is_still_made(scene: Scene) -> None:
    inspection, item = scene.begun()
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 60
    scene.found(
        inspection, item, uploads=[upload("a.jpg"), upload("broken.jpg", JPEG), upload("phone.heic", heic)]
    )
    scene.found(inspection, item, fact="另一问题", uploads=[upload("lost.jpg")])
    default_storage.delete(FindingFile.objects.get(name="lost.jpg").path)
    blocks = record_document(inspection).annexes[0].blocks
    assert isinstance(blocks[0], Photos)
    assert [one.caption[:3] for one in blocks[0].photos] == ["照片1"]
    assert isinstance(blocks[1], Paragraph)
    for words in ("照片2（问题1，broken.jpg）", "照片3（问题1，phone.heic）", "照片4（问题2，lost.jpg）"):
        assert words in blocks[1].text


def test_a_record_prints_so_many_and_names_the_rest(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST", 2)
    inspection, item = scene.begun()
    scene.found(inspection, item, uploads=[upload(f"{n}.jpg") for n in range(4)])
    blocks = record_document(inspection).annexes[0].blocks
    assert isinstance(blocks[0], Photos)
    assert len(blocks[0].photos) == 2
    assert isinstance(blocks[1], Paragraph)
    assert "照片3（" in blocks[1].text and "照片4（" in blocks[1].text


def test_a_long_fact_is_shortened_in_the_caption(scene: Scene) -> None:
    inspection, item = scene.begun()
    scene.found(inspection, item, fact="现场查看发现" * 30, uploads=[upload("a.jpg")])
    (block,) = record_document(inspection).annexes[0].blocks
    assert isinstance(block, Photos)
    words = block.photos[0].caption.partition("问题1：")[2]
    assert (len(words), words[-1]) == (34, "…")
