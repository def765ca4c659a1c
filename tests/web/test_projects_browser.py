"""The project pages in a browser: nothing runs out of the screen, nothing is unreachable for a screen reader."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from projects.models import Project
from projects.services import appoint, pause_project
from tests import build

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AT = build.at("2026-10-23 09:00")
PAGES = ("", "key-points/", "team/", "history/", "plan/", "edit/", "end/", "tab/ledger/", "tab/warnings/")


@pytest.fixture
def project(settings: Any) -> Project:
    settings.PORTAL_NOW = "2026-10-23T09:14:00+08:00"
    people = build.cast()
    row = build.project(
        "克山县大豆蛋白精深加工及副产物综合利用产业园项目（一期）暨马铃薯全产业链融合发展示范区" * 2,
        planned={"company_setup": date(2026, 9, 1), "construction_start": date(2026, 10, 27)},
        company=build.company("中发控股综合集团黑龙江琴洋生物科技有限公司" * 3),
    )
    appoint(
        project=row, role="package_leader", name="陈国梁", phone="0452-000 0101", office="县委常委、副县长",
        valid_from=date(2026, 9, 1), by=people["county"], at=AT,
    )  # fmt: skip
    other = build.project("暂停的项目", planned={"company_setup": date(2026, 9, 1)})
    pause_project(
        project=other, reason="redesign", party="enterprise", note="企业调整设计", starts_on=date(2026, 10, 1),
        review_on=date(2027, 3, 31), by=people["county"], at=AT,
    )  # fmt: skip
    row.county = people["county"]
    return row


def fits(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_page_fits_an_office_screen(
    page: Any, sign_in: Callable[[Any, Any], None], axe: Callable[..., None], project: Project
) -> None:
    sign_in(page, project.county)
    own = [f"/projects/{project.pk}/{part}" for part in PAGES]
    for path in ("/projects/", "/projects/?light=red&min=1", "/projects/new/", *own):
        assert page.goto(path).status == 200, path
        assert fits(page), path
        axe(page)


def test_every_page_fits_a_phone(phone: Any, sign_in: Callable[[Any, Any], None], project: Project) -> None:
    sign_in(phone, project.county)
    for path in ("/projects/", "/projects/new/", *(f"/projects/{project.pk}/{p}" for p in PAGES)):
        assert phone.goto(path).status == 200, path
        assert fits(phone), path


def test_the_war_chart_is_one_sheet(
    page: Any, sign_in: Callable[[Any, Any], None], axe: Callable[..., None], project: Project
) -> None:
    sign_in(page, project.county)
    page.goto(f"/projects/{project.pk}/flow/")
    axe(page)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 1
    assert b"1190" in pdf or b"1191" in pdf, "A3 landscape is 1190.55 points wide"
