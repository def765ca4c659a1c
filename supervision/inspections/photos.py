"""Photos of evidence as pages of the printed record: two in a row, each with its number, day and point. Chinese only."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.storage import default_storage

from accounts.clock import local_date
from documents import Attachment, Block, Paragraph, Photo, Photos, chinese_date
from documents.photos import PhotoError, photo
from supervision.inspections.models import Finding, FindingFile, Inspection

# A record of more is no record any more but an archive; the others are named and stay in the system.
MOST = 60
IMAGES = "image/"
LONGEST_POINT = 34  # characters of a caption


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo with its number in the record and that of the finding it belongs to (both from 1)."""

    number: int
    point: int
    finding: Finding
    file: FindingFile

    @property
    def caption(self) -> str:
        """照片1　2026年11月10日　问题1：粮食深加工项目，施工许可超期12日"""
        day = chinese_date(local_date(self.finding.found_at))
        return f"照片{self.number}　{day}　问题{self.point}：{_short(self.words)}"

    @property
    def words(self) -> str:
        name = f"{self.finding.item.project.name}，" if self.finding.item else ""
        return name + " ".join(self.finding.fact.split())


def photo_pages(inspection: Inspection) -> tuple[Attachment, ...]:
    """The attachment with the photos of all findings; none where nobody took any. Reads and decodes each file."""
    shots = list(_shots(inspection))
    if not shots:
        return ()
    shown, missing = _decoded(shots)
    blocks: list[Block] = [Photos(tuple(shown))] if shown else []
    if missing:
        names = "；".join(f"照片{one.number}（问题{one.point}，{one.file.name}）" for one in missing)
        blocks.append(Paragraph(f"以下照片因格式、损坏或者数量原因未能印入，原件在系统中留存：{names}。"))
    return (Attachment("现场照片", tuple(blocks)),)


def _shots(inspection: Inspection) -> Iterable[Shot]:
    """In the order of the list of problems, so that 问题1 is row 1 of it."""
    number = 0
    findings = inspection.findings.select_related("item__project").prefetch_related("files")
    for point, finding in enumerate(findings, 1):
        for file in finding.files.all():
            if file.content_type.startswith(IMAGES):
                number += 1
                yield Shot(number, point, finding, file)


def _decoded(shots: list[Shot]) -> tuple[list[Photo], list[Shot]]:
    """Photos as printed, and those that cannot be: HEIC, a damaged or lost file, one too many."""
    shown: list[Photo] = []
    missing: list[Shot] = []
    for shot in shots:
        if len(shown) == MOST:
            missing.append(shot)
            continue
        try:
            with default_storage.open(shot.file.path, "rb") as stored:
                shown.append(photo(stored.read(), shot.caption))
        except (PhotoError, OSError):
            missing.append(shot)
    return shown, missing


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_POINT else f"{text[: LONGEST_POINT - 1]}…"
