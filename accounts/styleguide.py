"""The living page of components at /styleguide/ while developing: every part from the same includes as the pages.

Included by `config.urls` only when DEBUG is on; also the list of addresses of that page.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accounts.clock import BUSINESS_ZONE
from accounts.forms import DateInput
from policy.lights import Light

app_name = "styleguide"

WHY = {
    "due_on": "2026-10-27",
    "nominal_on": "2026-10-27",
    "provisional": False,
    "rule": "HLJ-07-1",
    "basis": "黑龙江省招商引资项目服务保障暂行办法 第七条",
    "steps": [
        {"label": "签约", "text": "2026-09-30 周三签约（当日不计）", "on": "2026-09-30"},
        {
            "label": "时限",
            "text": "15 个工作日：2026-10-01 至 2026-10-07 放假不计，2026-10-10 周六上班计入",
            "on": "2026-10-27",
        },
        {"label": "截止", "text": "2026-10-27 周二24时前（含当日）", "on": "2026-10-27"},
    ],
}


class SampleForm(forms.Form):
    """Two faults and a hint, as the reference page shows them."""

    planned_on = forms.DateField(label="新计划日期", widget=DateInput())
    cause = forms.ChoiceField(
        label="原因",
        choices=[
            ("", "请选择"),
            ("enterprise", "企业原因"),
            ("organ", "行政机关原因"),
            ("higher", "上级审批"),
        ],
    )
    kind = forms.ChoiceField(
        label="签约类别",
        choices=[("contract", "合同"), ("agreement", "协议")],
        widget=forms.RadioSelect,
        initial="contract",
    )
    major = forms.BooleanField(label="列为重大项目", required=False)
    file = forms.FileField(label="证明材料", required=False)
    note = forms.CharField(
        label="说明",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="原计划 2026-10-16 周五会保留，两个日期都显示。",
    )

    def clean_planned_on(self) -> date:
        raise forms.ValidationError("不能早于今天（2026-10-23 周五）")


class SampleFilter(forms.Form):
    q = forms.CharField(
        label="项目或企业", required=False, widget=forms.TextInput(attrs={"class": "is-long"})
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("red", "红灯")])


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide/page.html", context())


def context() -> dict[str, Any]:
    """Fixed samples; the day is the reference pages' own, 2026-10-23."""
    day = date(2026, 10, 16)
    return {
        "sample_form": SampleForm({"planned_on": "2026-10-12", "cause": "", "kind": "contract"}),
        "sample_filter": SampleFilter(),
        "page_of_rows": Paginator(range(186), 50).get_page(2),
        "why": WHY,
        "lights": [
            (Light.RED, -13, ""),
            (Light.AMBER, -5, ""),
            (Light.BLUE, 4, ""),
            (Light.GREY, None, "暂停，冬季停工"),
            (Light.NONE, None, ""),
            (Light.DONE, None, "按时办结"),
        ],
        "rows": [
            (
                "克山县大豆蛋白精深加工及副产物综合利用产业园项目（一期）",
                Light.NONE,
                None,
                860_000_000,
                date(2026, 12, 18),
            ),
            ("润力食品包装", Light.RED, -13, 150_000_000, date(2026, 9, 30)),
        ],
        "total_yuan": 1_010_000_000,
        "day": day,
        "moment": datetime(2026, 10, 23, 9, 14, tzinfo=BUSINESS_ZONE),
        "icons": (
            "search",
            "download",
            "upload",
            "check",
            "alert-circle",
            "alert-triangle",
            "info-circle",
            "calendar",
            "user-plus",
            "key",
            "menu-2",
            "printer",
            "file-spreadsheet",
            "file-text",
            "history",
            "pencil",
        ),
    }


urlpatterns = [path("", page, name="page")]
