"""Offices, workbooks and calls that the ledger tests share."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.clock import BUSINESS_ZONE
from accounts.models import Division, Posting, User
from policy.periods import Period
from reporting.ledgers import mending
from reporting.ledgers.evaluate import key_of
from reporting.ledgers.models import Attempt
from reporting.ledgers.staging import stage_upload
from tests.paths import SHARED

LEDGERS = SHARED / "data" / "ledgers"
OCTOBER = Period.month(2026, 10)
SEPTEMBER = Period.month(2026, 9)
ZHAOYUAN, ZHAOZHOU, DAQING, PROVINCE = "230622", "230621", "230600", "230000"
HEADINGS = [
    "序号", "项目名称", "投资方", "承接地", "合同投资额", "签约时间", "本月完成投资", "累计完成投资", "形象进度", "存在问题",
    "开工建设", "项目代码",
]  # fmt: skip


def moment(text: str = "2026-10-23 09:14") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def unit(code: str) -> Division:
    return Division.objects.select_related("parent").get(pk=code)


def office(code: str, role: str = "competent_office", name: str = "") -> User:
    """Somebody of the competent office of a division."""
    user = User.objects.create(username=name or f"{role}-{code}", full_name=f"某某{code}")
    Posting.objects.create(user=user, role=role, division_id=code, valid_from=date(2020, 1, 1))
    return user


def book(
    rows: list[list[Any]], *, title: str = "大庆市肇源县招商引资签约项目2026年10月进程信息台账", unit_text: str = "单位：万元",
    headings: list[str] | None = None,
) -> bytes:  # fmt: skip
    """A plain workbook: title, unit row, headings, rows."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append([title])
    sheet.append([unit_text])
    sheet.append(headings or HEADINGS)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def row(number: int, name: str = "测试项目", **cells: Any) -> list[Any]:
    """One row for `book`; cells by English names below."""
    values = {
        "company": "某某有限公司", "place": "大庆市肇源县", "amount": 50000, "signed": "2025-03-05", "month": 100,
        "total": 1000,
        "progress": "前期手续办理中", "problems": "用地指标未落实", "start": "", "code": "", **cells,
    }  # fmt: skip
    return [number, name, values["company"], values["place"], values["amount"], values["signed"], values["month"],
            values["total"], values["progress"], values["problems"], values["start"], values["code"]]  # fmt: skip


def stage(content: bytes | str | Path, by: User, *, code: str = ZHAOYUAN, period: Period = OCTOBER, name: str = "台账.xlsx",
          at: datetime | None = None) -> Attempt:  # fmt: skip
    """Upload bytes, or one of the sample ledgers by its name."""
    if not isinstance(content, bytes):
        path = LEDGERS / content
        content, name = path.read_bytes(), path.name
    return stage_upload(
        unit=unit(code),
        period=period,
        upload=SimpleUploadedFile(name, content),
        file_name=name,
        by=by,
        at=at or moment(),
    )


def answer_all(attempt: Attempt, by: User, at: datetime | None = None) -> Attempt:
    """Explain every open question, choosing the workbook where two values stand."""
    answers: dict[int, dict[str, str]] = {}
    for staged in attempt.rows.all():
        for message in staged.messages:
            if message["level"] == "ask":
                choice = message["code"] in ("fact_differs", "edited_since")
                key = f"={message['field']}" if choice else key_of(message)
                answers.setdefault(staged.pk, {})[key] = "ledger" if choice else "已核对，属实。"
    files = {f"{m['code']}@{m['cell']}": "已核对" for m in attempt.messages if m["level"] == "ask"}
    return mending.explain(attempt=attempt, answers=answers, file_answers=files, by=by, at=at or moment())
