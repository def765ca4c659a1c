"""The service sheet: both lists with contacts, on screen, as PDF and Excel, for those who may see the project."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from projects.models import Assignment
from tests import build
from tests import checklist_help as help_

pytestmark = pytest.mark.django_db


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_sheet_by_role_and_format() -> None:
    with time_machine.travel(build.at("2026-04-20 09:00"), tick=False):
        people = build.cast()
        help_.catalogue()
        project = build.project("艾草<script>项目", company=build.company())
        help_.checklist(project, people["county"])
        show = reverse("servicesheet:show", args=[project.pk])
        client = as_(people["county"])
        html = client.get(show).content.decode()
        assert "建设用地规划许可证核发" in html
        assert "承诺 5 个工作日，法定 20 个工作日" in html
        assert "没有帮办事项" in html
        assert "<script>项目" not in html
        for who, status in {"neighbour": 404, "investor": 404, "administrator": 404, "auditor": 200}.items():
            assert as_(people[who]).get(show).status_code == status, who
        pdf = client.get(reverse("servicesheet:export", args=[project.pk, "pdf"]))
        assert pdf.content.startswith(b"%PDF-")
        book = load_workbook(
            BytesIO(client.get(reverse("servicesheet:export", args=[project.pk, "xlsx"])).content)
        )
        cells = [
            str(cell.value)
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value
        ]
        assert any("SG04 建筑工程施工许可证核发" in cell for cell in cells)
        assert client.get(reverse("servicesheet:export", args=[project.pk, "docx"])).status_code == 404
        assert show in client.get(reverse("projects:detail", args=[project.pk])).content.decode()


def test_the_sheet_names_who_serves_and_nobody_of_the_company() -> None:
    with time_machine.travel(build.at("2026-04-20 09:00"), tick=False):
        people = build.cast()
        help_.catalogue()
        project = build.project("艾草项目", company=build.company())
        help_.checklist(project, people["county"])
        item = project.approval_items.exclude(department=None).first()
        for role, name, office in (
            ("chief_service_officer", "赵志强", "肇源县工业和信息化局"),
            ("service_specialist", "高凤霞", f"{item.department.name}审批股"),
            ("investor", "梁宏伟", ""),
        ):
            Assignment.objects.create(
                project=project, role=role, name=name, office=office, phone=f"1390000{len(name)}{len(role):03d}",
                valid_from=date(2026, 4, 1), **project.division.codes,
            )  # fmt: skip
        html = as_(people["county"]).get(reverse("servicesheet:show", args=[project.pk])).content.decode()
        assert "梁宏伟" not in html
        assert "高凤霞（服务专员）" in html
        assert "赵志强（首席服务官）" in html  # of departments without a specialist
