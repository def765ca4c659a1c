"""The evidence bundle: what was collected, as one zip with a manifest, the list as a document, and the files.

Frozen once made. The same findings at the same instant give the same manifest; every part stands in it with its digest.
"""

import hashlib
import io
import json
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.clock import BUSINESS_ZONE, local_date
from documents import Column, Document, Heading, Paragraph, Table, render
from supervision.referrals import sections
from supervision.referrals.models import Referral, ReferralBundle, ReferralFile
from supervision.referrals.sections import Found, Section, Source

FOLDER = "referrals"
MOST_BYTES = 200 * 1024 * 1024  # of enclosed files together; what goes beyond is listed with its digest
DOCUMENT_ROWS = 120  # of one section in the document; the manifest holds all of them


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    content: bytes

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.name,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def make_bundle(
    referral: Referral, found: Found, kind: str, *, user: Any, at: datetime, beside: Sequence[Part] = ()
) -> ReferralBundle:
    """Build, store and write down the bundle; the caller records the act. Call inside `atomic`, and forget the stored
    file when that fails. `beside`: parts enclosed as they are."""
    version = referral.bundles.count() + 1
    attached, listed = _files(found.files)
    manifest: dict[str, Any] = {
        "number": referral.number,
        "version": version,
        "kind": kind,
        "collected_at": at.astimezone(BUSINESS_ZONE).isoformat(),
        "collected_by": user.get_full_name(),
        "referral": facts_of(referral),
        "sections": [one.to_json() for one in found.sections],
        "files": listed,
        "audit": sections.audit_of(found.objects),
    }
    document = _document(referral, manifest, found.sections, at)
    papers = [
        Part("证据材料清单.docx", _bytes(render(document, "docx"))),
        Part("证据材料清单.pdf", _bytes(render(document, "pdf"))),
        *beside,
    ]
    manifest["papers"] = [one.to_json() for one in papers]
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    packed = pack([Part("manifest.json", text.encode()), *papers, *attached], at)
    path = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.zip", ContentFile(packed))
    try:
        return ReferralBundle.objects.create(
            referral=referral, version=version, kind=kind, collected_by=user, collected_at=at, manifest=manifest,
            path=path, size=len(packed), sha256=hashlib.sha256(packed).hexdigest(),
        )  # fmt: skip
    except BaseException:
        default_storage.delete(path)
        raise


def pack(parts: Iterable[Part], at: datetime) -> bytes:
    """One zip; the parts carry the instant of collecting, so equal parts give equal bytes."""
    stamp = at.astimezone(BUSINESS_ZONE).timetuple()[:6]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            info = zipfile.ZipInfo(part.name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, part.content)
    return packed.getvalue()


def is_intact(bundle: ReferralBundle) -> bool:
    """Whether the stored zip is still the one that was made."""
    if not default_storage.exists(bundle.path):
        return False
    seen = hashlib.sha256()
    with default_storage.open(bundle.path, "rb") as stored:
        for chunk in iter(lambda: stored.read(1024 * 1024), b""):
            seen.update(chunk)
    return seen.hexdigest() == bundle.sha256


def facts_of(referral: Referral) -> dict[str, str]:
    """The referral's own words, for the manifest and the head of the document."""
    return {
        "case": referral.case,
        "case_words": referral.basis,
        "rule": referral.rule_id,
        "division": referral.division.name,
        "unit": referral.unit.name,
        "department": referral.department.name if referral.department else "",
        "project": referral.project_label,
        "matter": referral.matter_label,
        "person": referral.person_name,
        "post": referral.person_post,
        "reason": referral.reason,
        "opened_by": referral.opened_by.get_full_name(),
        "opened_at": sections.moment(referral.opened_at),
        "put": referral.put_text,
        "invited_at": sections.moment(referral.invited_at),
        "state_by_on": sections.day(referral.state_by_on),
    }


def statements_of(referral: Referral) -> Found:
    """What the person concerned said, for the bundle that is handed over."""
    found = Found()
    columns = {"at": "时间", "text": "陈述和申辩", "final": "陈述完毕", "how": "方式"}
    rows = [
        {"at": sections.moment(one.at), "text": one.text, "final": "是" if one.is_final else "否",
         "how": f"书面，由{one.recorded_by}录入" if one.recorded_by else "本人填写"}
        for one in referral.statements.select_related("recorded_by")
    ]  # fmt: skip
    note = "" if rows else "已告知陈述期限，期限届满未提交陈述。"
    found.sections.append(Section("statements", "当事人陈述", columns, rows, note))
    for row in ReferralFile.objects.filter(referral=referral, statement__isnull=False):
        found.files.append(Source("当事人陈述", row.name, row.path, row.sha256, row.size))
    return found


def enclosed(bundle: ReferralBundle) -> Part:
    """An earlier bundle as a part of this one, byte for byte."""
    with default_storage.open(bundle.path, "rb") as stored:
        return Part(f"证据材料（第{bundle.version}次收集）.zip", bytes(stored.read()))


def _files(sources: list[Source]) -> tuple[list[Part], list[dict[str, Any]]]:
    """Enclosed parts and what is said of each file: a missing or changed one is told, not passed over."""
    parts: list[Part] = []
    listed: list[dict[str, Any]] = []
    room = MOST_BYTES
    for number, one in enumerate(sources, 1):
        entry: dict[str, Any] = {
            "owner": one.owner, "name": one.name, "size": one.size, "sha256": one.sha256, "path": "", "note": "",
        }  # fmt: skip
        content = _read(one.path) if one.size <= room else None
        if one.size > room:
            entry["note"] = "文件总量超过上限，未随附，原件存于系统"
        elif content is None:
            entry["note"] = "原件已不在存储中"
        else:
            if hashlib.sha256(content).hexdigest() != one.sha256:
                entry["note"] = "与存入时的摘要不一致"
            entry["path"] = f"files/{number:03d}-{_plain(one.name)}"
            parts.append(Part(entry["path"], content))
            room -= len(content)
        listed.append(entry)
    return parts, listed


def _read(path: str) -> bytes | None:
    if not default_storage.exists(path):
        return None
    with default_storage.open(path, "rb") as stored:
        return bytes(stored.read())


def _plain(name: str) -> str:
    return "".join("_" if char in '\\/:*?"<>|' else char for char in name)[-80:]


def _document(referral: Referral, manifest: dict[str, Any], found: list[Section], at: datetime) -> Document:
    facts = manifest["referral"]
    blocks: list[Any] = [
        Paragraph(
            f"线索编号：{referral.number}　　收集时间：{sections.moment(at)}　　收集人：{manifest['collected_by']}"
        ),
        Paragraph(f"涉及事项：{referral.subject}"),
        Paragraph(f"当事人：{facts['post']} {facts['person']}"),
        Paragraph(f"情形和依据：{facts['case_words']}"),
        Paragraph(f"事实和理由：{facts['reason']}"),
    ]
    for one in found:
        blocks.append(Heading(1, one.title))
        blocks.append(_table(one) if one.rows else Paragraph(one.note or "记录中没有。"))
    blocks.append(Heading(1, "随附文件"))
    blocks.append(_file_table(manifest["files"]) if manifest["files"] else Paragraph("没有随附文件。"))
    audit = manifest["audit"]
    blocks.append(Heading(1, "操作记录"))
    blocks.append(
        Paragraph(f"与上述内容有关的操作记录 {len(audit['records'])} 条，编号和摘要见 manifest.json。")
    )
    blocks += [
        Paragraph(f"记录链 {one['chain']}：第 {one['seq']} 条，摘要 {one['head']}") for one in audit["chains"]
    ]
    return Document(
        kind="sheet", title="追责问责线索证据材料清单", blocks=tuple(blocks), date=local_date(at), draft=False
    )


def _table(section: Section) -> Table:
    notes = [section.note] if section.note else []
    if len(section.rows) > DOCUMENT_ROWS:
        notes.append(f"本表列前 {DOCUMENT_ROWS} 条，全部 {len(section.rows)} 条见 manifest.json。")
    columns = tuple(Column(key, name, align="left") for key, name in section.columns.items())
    return Table("", columns, tuple(section.rows[:DOCUMENT_ROWS]), notes=tuple(notes))


def _file_table(files: list[dict[str, Any]]) -> Table:
    columns = (
        Column("owner", "出处", align="left"), Column("name", "文件名", align="left"),
        Column("sha256", "摘要（SHA-256）", align="left"), Column("note", "说明", align="left"),
    )  # fmt: skip
    return Table("", columns, tuple(files))


def _bytes(made: bytes | str) -> bytes:
    return made if isinstance(made, bytes) else made.encode()
