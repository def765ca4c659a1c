"""The frame of every page: menu, errors, tags, forms (look/README)."""

from datetime import date, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory
from django.urls import path

from accounts import navigation
from accounts.clock import BUSINESS_ZONE
from tests import build


def draw(text: str, **context: Any) -> str:
    return Template("{% load portal %}" + text).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ 26520000|wan }}", "2,652.00"),
        ("{{ none|wan }}", "—"),
        ("{{ 50|wan }}", "0.01"),
        ("{{ 8620000000|yi }}", "86.20"),
        ("{{ 19|rate:28 }}", "67.9%"),
        ("{{ 0|rate:0 }}", "—"),
        ("{{ 0|or_dash }}", "0"),
        ("{{ day|cn_day }}", '<time datetime="2026-10-23">2026-10-23 周五</time>'),
        ("{{ none|cn_day }}", "—"),
        ("{{ moment|cn_moment }}", '<time datetime="2026-10-23T09:14+08:00">2026-10-23 周五 09:14</time>'),
        ("{{ 2|workdays_left }}", "还有 2 个工作日"),
        ("{{ 0|workdays_left }}", "今天到期"),
        ("{{ late|workdays_left }}", "逾期 5 个工作日"),
        ('{% light "red" days=late %}', '<span class="jg-light is-red">逾期 5 个工作日</span>'),
        ('{% light "amber" days=late short=True %}', '<span class="jg-light is-amber">逾期 5 日</span>'),
        ('{% light "grey" text="暂停，冬季停工" %}', '<span class="jg-light is-grey">暂停，冬季停工</span>'),
        ('{% light "<b>" %}', '<span class="jg-light is-none">未到期</span>'),
        ('{% figure 12 "个" "/p/" %}', '<a class="jg-fig" href="/p/">12</a><span class="jg-unit">个</span>'),
        ('{% figure none "个" %}', '<span class="jg-fig">—</span><span class="jg-unit">个</span>'),
    ],
)
def test_words_of_the_tags(text: str, shown: str) -> None:
    moment = datetime(2026, 10, 23, 9, 14, tzinfo=BUSINESS_ZONE)
    assert draw(text, none=None, day=date(2026, 10, 23), moment=moment, late=-5) == shown


def test_an_icon_is_inlined_and_hidden_and_a_wrong_name_is_found_here() -> None:
    from accounts.templatetags.portal import _icons_installed

    if not _icons_installed():
        pytest.skip("the icon package is not installed")
    svg = draw('{% icon "download" %}')
    assert svg.startswith("<svg") and 'aria-hidden="true"' in svg and "style=" not in svg
    with pytest.raises(LookupError):
        draw('{% icon "no-such-icon" %}')


def test_why_this_day_shows_steps_basis_and_guess() -> None:
    deadline = {
        "due_on": "2027-01-08",
        "nominal_on": "2027-01-08",
        "provisional": True,
        "rule": "HLJ-07-1",
        "basis": "暂行办法 第七条",
        "steps": [
            {"label": "签约", "text": "<当日不计>", "on": "2026-12-17"},
            {"label": "截止", "text": "24时前", "on": None},
        ],
    }
    panel = draw("{% why deadline %}", deadline=deadline)
    for part in ("为什么是这一天", "&lt;当日不计&gt;", "2026-12-17", "暂行办法 第七条", "HLJ-07-1", "预估"):
        assert part in panel
    assert draw("{% why deadline %}", deadline={}) == ""


class Sample(forms.Form):
    day = forms.DateField(label="日期", help_text="写日期")
    kind = forms.ChoiceField(label="类别", choices=[("", "选"), ("a", "甲")])
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    major = forms.BooleanField(label="重大", required=False)
    way = forms.ChoiceField(label="方式", choices=[("x", "线上"), ("y", "线下")], widget=forms.RadioSelect)


def test_every_widget_of_every_form_is_dressed() -> None:
    form = Sample({"day": "2026.13.45", "kind": "", "way": "x"})
    drawn = draw('{% include "_parts/_form_errors.html" %}{% include "_parts/_form.html" %}', form=form)
    assert 'value="2026.13.45"' in drawn, "nothing typed is lost"
    assert 'class="form-control is-invalid"' in drawn and 'class="form-select is-invalid"' in drawn
    assert 'aria-describedby="id_day_helptext id_day_error"' in drawn and 'id="id_day_error"' in drawn
    assert 'href="#id_day"' in drawn and "有 2 处要改" in drawn
    assert drawn.count("form-check-input") == 3 and "可不填" in drawn


def test_the_pager_keeps_the_filters() -> None:
    from django.core.paginator import Paginator

    request = RequestFactory().get("/x/?state=red&page=2")
    page = Paginator(range(186), 50).get_page(2)
    context = RequestContext(request, {"page": page})
    drawn = Template('{% load portal %}{% pager page "个" %}').render(context)
    assert "第 51–100 个，共 186 个" in drawn
    assert "state=red&amp;page=3" in drawn or "state=red&page=3" in drawn
    assert "per_page=20" in drawn and "page=2&amp;per_page" not in drawn


urlpatterns = [path("here/", lambda request: None, name="here")]


@pytest.mark.django_db
def test_the_menu_holds_only_what_exists_and_may_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_main", {})
    navigation.register("log", "记录", "accounts:audit_log", "audit.view", 20)
    navigation.register("inbox", "收件", "accounts:inbox", "", 10)
    navigation.register("gone", "没有", "nowhere:list", "", 5)
    shown = [link.label for link in navigation.links(build.user("sun"))]
    assert shown == ["收件", "记录"]
    assert [link.label for link in navigation.links(build.user("inv", "investor"))] == ["收件"]


@pytest.mark.django_db
class TestErrors:
    def test_a_page_that_does_not_exist(self, client: Client) -> None:
        client.force_login(build.user("sun"))
        page = client.get("/no/such/page/")
        assert page.status_code == 404 and "这里没有这个页面" in page.text and "收件箱" in page.text

    def test_a_right_that_is_not_held(self, client: Client) -> None:
        client.force_login(build.user("sun"))
        page = client.get("/people/")
        assert page.status_code == 403 and "你的任职身份不能看这一页" in page.text

    def test_a_stale_form(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        page = strict.post("/login/", {"username": "x", "password": "y"})
        assert page.status_code == 403 and "页面打开太久" in page.text

    @pytest.mark.parametrize("name", ["400", "403_csrf", "413", "429", "500", "503"])
    def test_the_plain_ones_need_no_context(self, name: str) -> None:
        from django.template import loader

        page = loader.get_template(f"{name}.html").render({})
        assert "回到首页" in page and "<h1>" in page and "style=" not in page


def test_the_styleguide_draws_every_part(rf: RequestFactory) -> None:
    from django.template import loader

    from accounts import styleguide

    request = rf.get("/styleguide/")
    page = loader.get_template("styleguide/page.html").render(styleguide.context(), request)
    for part in (
        "jg-why",
        "jg-track",
        "pagination",
        "form-select is-invalid",
        "jg-empty",
        "progress",
        "jg-dialog",
    ):
        assert part in page
    assert " style=" not in page and "<script>" not in page
