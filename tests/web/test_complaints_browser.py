"""The complainant's journey on a phone without script, and with axe; then the office's pages with axe."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import clock
from accounts.models import Department
from accounts.permissions import Role
from supervision.complaints import handling
from supervision.complaints.models import Complaint
from tests import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e, pytest.mark.slow]
FIGURES = "零一二三四五六七八九"


def _write(page: Any, axe: Callable[..., None] | None) -> tuple[str, str]:
    """Fill in wrongly first, then rightly; return receipt number and query code."""
    page.goto(reverse("complaints:write"))
    if axe:
        axe(page)
    page.locator("label[for=named]").click()
    page.locator("[name=name]").fill("王镈")
    page.locator("#id_division").select_option("230622")
    page.locator("#id_department").select_option("housing")
    page.locator("#id_text").fill("一直不给办，请查。")
    page.wait_for_timeout(2100)  # people are slower than programs
    page.get_by_role("button", name="提交投诉").click()
    assert page.locator("[name=name]").input_value() == "王镈"
    assert page.locator("#id_text").input_value() == "一直不给办，请查。"
    if axe:
        axe(page)
    page.locator("[name=phone]").fill("13904521987")
    page.locator("#id_kind").select_option("delay")
    page.locator("[name=honest]").check()
    page.locator("#id_text").fill(
        "9 月 14 日在政务大厅 6 号窗口申请规划核实，两次去问都说领导没签字，没有告知还差什么。"
    )
    question = page.locator("label[for=id_answer]").inner_text()
    total = sum(FIGURES.index(c) for c in question.split("等于")[0] if c in FIGURES)
    page.locator("[name=answer]").fill(str(total))
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="提交投诉").click()
    number, code = page.locator(".jo-codes dd").all_inner_texts()
    assert re.fullmatch(r"TS\d{6}-\d{4}", number)
    if axe:
        axe(page)
    return number, code


def _enter(page: Any, number: str, code: str) -> None:
    page.goto(reverse("complaints:lookup"))
    page.locator("[name=receipt]").fill(number)
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="查询进度").click()


def test_on_a_phone_without_script(browser: Any, live_server: Any) -> None:
    cache.clear()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    number, code = _write(page, None)
    with page.expect_download() as file:
        page.get_by_role("link", name="保存为文本").click()
    assert number in file.value.suggested_filename
    _enter(page, number, code)
    page.locator("#word_text").fill("没有给受理单。")
    page.get_by_role("button", name="提交").click()
    assert "没有给受理单。" in page.content()
    page.get_by_role("button", name="退出查询").click()
    page.goto(reverse("complaints:status"))
    assert page.url.endswith(reverse("complaints:lookup"))
    assert all(url.startswith((live_server.url, "data:")) for url in asked)  # no request leaves the site
    context.close()


def test_with_axe_on_every_page(
    live_server: Any, page: Any, phone: Any, sign_in: Callable[[Any, Any], None], axe: Callable[..., None]
) -> None:
    cache.clear()
    head = build.user("t-city-head", Role.OFFICE_HEAD, "230600", name="孙立")
    unit = build.user("t-unit", Role.SERVICE_SPECIALIST, "230622", department="housing", name="高峰")
    number, code = _write(phone, axe)
    row = Complaint.objects.get(number=number)
    sign_in(page, head)
    for url in (
        reverse("complaints:list"),
        reverse("complaints:phone"),
        reverse("complaints:detail", args=[row.pk]),
    ):
        page.goto(url)
        axe(page)
    page.get_by_role("button", name="受理这件投诉").click()
    page.locator("[name=summary]").fill("王镈反映办理拖延")
    page.get_by_role("button", name="交办", exact=True).click()
    assert "会暴露投诉人" in page.content()
    axe(page)
    page.locator("[name=summary]").fill("反映规划核实长期未办结。")
    page.get_by_role("button", name="交办", exact=True).click()
    sign_in(page, unit)
    page.goto(reverse("complaints:detail", args=[row.pk]))
    axe(page)
    page.locator("[name=text]").fill("正在办理。")
    page.get_by_role("button", name="提交情况说明").click()
    assert "13904521987" not in page.content()
    row.refresh_from_db()
    assert row.statement == "正在办理。"
    handling.finish(complaint=row, outcome="true", finding="已补办", by=head, at=clock.now())
    handling.reply(complaint=row, text="经核实情况属实，有关手续已于今日补办完毕。", by=head, at=clock.now())
    _enter(phone, number, code)
    axe(phone)
    phone.get_by_role("button", name="满意", exact=True).click()
    row.refresh_from_db()
    assert (row.state, row.satisfied) == ("closed", True)
    assert Department.objects.filter(pk=row.department_id, code="housing").exists()
