"""The complainant's journey without script and the office's pages: nothing lost, nobody let in, nothing twice."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.outside import challenge
from accounts.permissions import Role
from supervision.complaints import handling, identity, outside_views, receiving
from supervision.complaints.models import Complaint, ComplaintAuthor, ComplaintWord
from tests import build, investors_help
from tests.complaints_pages_help import (
    LOOKUP,
    NOW,
    STATUS,
    TEXT,
    WRITE,
    codes_in,
    form_body,
    held_clock,
    look_in,
    page_mark,
    photo_file,
    send,
    sum_of,
    take_one,
)

# Held here and in test_complaints_secrecy instead of in a table.
ADDRESSES = {
    f"complaints:{name}"
    for name in (
        "write", "done", "done_text", "lookup", "status", "status_do", "status_file", "list", "phone", "detail",
        "identity", "file", "do", "export",
    )
}  # fmt: skip
pytestmark = pytest.mark.django_db
clean_and_now = pytest.fixture(autouse=True)(held_clock)


def test_written_received_looked_up_and_spoken_without_script() -> None:
    client = Client(enforce_csrf_checks=False)
    number, code = send(client, uploads=[photo_file(), photo_file("二.jpg")])
    assert number == "TS202610-0001"
    done = client.get("/complaint/done/")
    assert done["Cache-Control"].find("no-store") >= 0
    assert code in done.content.decode()
    text = client.get("/complaint/done/text/")
    assert code in text.content.decode()
    assert "attachment" in text["Content-Disposition"]
    other = Client()
    assert other.get("/complaint/done/").url == LOOKUP
    assert other.get("/complaint/done/text/").status_code == 404
    assert other.get(STATUS).url == LOOKUP
    page = look_in(other, number, code.lower().replace("-", " ")).get(STATUS).content.decode()
    assert "已收到，正在决定是否受理" in page
    assert other.get("/complaint/status/file/1/").status_code == 200
    said = other.post(
        "/complaint/status/word/",
        {"text": "再补充一点", "uploads": [photo_file()], "of": page_mark(other)},
        follow=True,
    )
    assert "再补充一点" in said.content.decode()
    assert other.get("/complaint/status/file/3/")["Content-Disposition"].startswith("attachment")
    assert Client().get("/complaint/status/file/1/").status_code == 404
    copy = Client()
    copy.cookies["complaint_entry"] = other.cookies["complaint_entry"].value
    assert copy.get(STATUS).status_code == 200
    other.post("/complaint/status/leave/")
    assert other.get(STATUS).url == LOOKUP
    assert copy.get(STATUS).url == LOOKUP
    client.post("/complaint/status/leave/")  # never looked up, yet holds the receipt
    assert client.get("/complaint/done/").url == LOOKUP
    assert look_in(other, number, code).get(STATUS).status_code == 200


def test_the_answer_satisfies_or_is_contested_once() -> None:
    city = build.user("t-city", division="230600")
    taken = take_one()
    row = taken.complaint
    handling.accept(complaint=row, by=city, at=NOW)
    for answer in (
        "经核实情况属实，有关手续已补办完毕，请领取。",
        "经复查情况属实，有关手续再次补办完毕，请领取。",
    ):
        handling.assign(complaint=row, summary="反映长期未办结。", same_why="本局掌握情况", by=city, at=NOW)
        handling.finish(complaint=row, outcome="true", finding="已办", no_wait="已核实", by=city, at=NOW)
        handling.reply(complaint=row, text=answer, by=city, at=NOW)
        client = look_in(Client(), row.number, taken.code)
        assert answer in client.get(STATUS).content.decode()
        empty = client.post("/complaint/status/contest/", {"text": "", "of": page_mark(client)})
        assert empty.status_code == 400
        body = {"text": "到今天还是没有给我规划核实证", "once": "on", "of": page_mark(client)}
        for wrong in ({"text": "不行"}, {"once": ""}):
            assert client.post("/complaint/status/contest/", body | wrong).status_code == 400
        again = client.post("/complaint/status/contest/", body | {"uploads": [photo_file()]})
        row.refresh_from_db()
        assert "不满意可要求再查一次" not in client.get(STATUS).content.decode()
        if row.round == 2 and row.state == "replied":
            assert again.status_code == 400
    assert row.files.count() == 1  # the one of the objection that counted
    of = {"of": page_mark(client)}
    client.post("/complaint/status/satisfied/", of)
    twice = client.post("/complaint/status/satisfied/", of)  # the other tab
    assert twice.status_code == 400
    row.refresh_from_db()
    assert (row.state, row.satisfied) == ("closed", True)
    assert client.post("/complaint/status/word/", {"text": "还有一事"} | of).status_code == 400


def test_the_public_receipt_does_not_tell_that_somebody_wrote_the_same() -> None:
    send(Client())
    page = Client(REMOTE_ADDR="10.9.9.9")
    answer = page.post(WRITE, form_body(page), follow=True).content.decode()
    assert Complaint.objects.get(like__isnull=False).like == Complaint.objects.earliest("pk")
    assert "内容相同" not in answer


def test_a_form_of_another_complaint_writes_nothing_and_keeps_the_words() -> None:
    one, other = take_one(), take_one()
    client = look_in(Client(), one.complaint.number, one.code)
    of = page_mark(client)
    look_in(client, other.complaint.number, other.code)  # the other tab
    for body in ({"text": "给甲的话", "of": of}, {"text": "给甲的话", "of": ""}, {"text": "给甲的话"}):
        answer = client.post("/complaint/status/word/", body)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "给甲的话" in page
        assert "没有发出" in page
    assert client.post("/complaint/status/enough/", {"of": of}).status_code == 409
    assert not ComplaintWord.objects.exists()
    look_in(client, one.complaint.number, one.code)
    client.post("/complaint/status/word/", {"text": "给甲的话", "of": of})
    assert ComplaintWord.objects.get().complaint == one.complaint


def test_the_same_post_again_is_the_same_complaint_with_the_same_code() -> None:
    client = Client()
    body = form_body(client)
    first = client.post(WRITE, body, follow=True).content.decode()
    second = client.post(WRITE, body, follow=True).content.decode()
    assert codes_in(first) == codes_in(second)
    assert Complaint.objects.count() == 1
    with mock.patch.object(clock, "now", return_value=NOW + timedelta(hours=2)):
        late = Client().post(WRITE, body)
    assert late.status_code == 400  # found years later in somebody's history it opens nothing
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answer": "99"}, "算式"),
        ({"challenge": "forged"}, "算式"),
        ({challenge.TRAP: "http://x"}, "算式"),
        ({"division": ""}, "请选择在哪里"),
        ({"division": "999999"}, "选"),
        ({"department": "nonsense"}, "选"),
        ({"kind": "nonsense"}, "选"),
        ({"text": "一直不给办，请查。"}, "请写满 20 个字，现在 9 个字"),
        ({"text": "拖" * 50_000}, "50000"),
        ({"sign": "named", "name": "王镈"}, "手机号码"),
        ({"sign": "named", "name": "王" * 50_000, "phone": "1"}, "60"),
        ({"honest": ""}, "真实情况"),
    ],
)
def test_wrong_input_is_told_and_nothing_typed_is_lost(changes: dict[str, str], words: str) -> None:
    client = Client()
    wrong = client.post(WRITE, form_body(client, **({"about_project": "艾草项目"} | changes)))
    page = wrong.content.decode()
    assert wrong.status_code == 400
    assert words in page, re.findall(r'class="jg-err"[^>]*>([^<]+)', page)
    assert "艾草项目" in page
    assert changes.get("text", TEXT) in page
    assert not Complaint.objects.exists()
    assert sum_of(page)


def test_scripts_emoji_and_rare_characters_stay_text() -> None:
    text = f"<script>alert(1)</script>{TEXT}😀𠮷𡈽\u202e\x01"
    client = Client()
    number, code = send(client, text=text, about_project="<img src=x onerror=alert(2)>", happened="<b>")
    page = look_in(client, number, code).get(STATUS).content.decode()
    assert "<script>alert" not in page
    assert "😀𠮷𡈽" in page
    city = Client()
    city.force_login(
        build.user("t-city", division="230600"), backend="django.contrib.auth.backends.ModelBackend"
    )
    inside = city.get(reverse("complaints:detail", args=[Complaint.objects.get().pk])).content.decode()
    assert "<script>alert" not in inside
    assert "<img src=x" not in inside


def test_a_right_answer_too_quick_is_called_that() -> None:
    client = Client()
    page = client.get(WRITE).content.decode()
    body = form_body(client) | {
        "challenge": re.search(r'name="challenge" value="([^"]+)"', page)[1], "answer": sum_of(page),
    }  # fmt: skip
    told = client.post(WRITE, body).content.decode()
    assert "提交得太快" in told
    assert "算式答案不对" not in told
    assert not Complaint.objects.exists()


def test_wrong_codes_by_the_thousand_are_slowed_and_logged(caplog: Any) -> None:
    taken = take_one()
    client, seen = Client(), []
    for n in range(60):
        seen.append(
            client.post(LOOKUP, {"receipt": taken.complaint.number, "code": f"AAAA-AAAA-{n:04d}"}).status_code
        )
    assert seen[:12] == [400] * 12
    assert set(seen[12:]) == {429}
    # the right code is of no use either until the window ends: guessing on gains nothing
    assert client.post(LOOKUP, {"receipt": taken.complaint.number, "code": taken.code}).status_code == 429
    assert "complaint_lookup_wrong" in caplog.text
    assert taken.code not in caplog.text
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert elsewhere.post(LOOKUP, {"receipt": taken.complaint.number, "code": taken.code}).status_code == 302


def test_a_right_code_of_ones_own_gives_no_new_tries() -> None:
    own, client = take_one(), Client()
    right = {"receipt": own.complaint.number, "code": own.code}
    wrong = {"receipt": "TS202610-9999", "code": "AAAA-AAAA-AAAA"}
    for _n in range(outside_views.WRONG.most):
        assert client.post(LOOKUP, wrong).status_code == 400
        if _n < outside_views.WRONG.most - 1:
            assert client.post(LOOKUP, right).status_code == 302
    assert client.post(LOOKUP, wrong).status_code == 429


def test_tries_on_one_number_from_many_addresses_are_logged_and_lock_nobody_out(caplog: Any) -> None:
    taken = take_one()
    for n in range(outside_views.ON_NUMBER.most + 1):
        body = {"receipt": taken.complaint.number.lower(), "code": "AAAA-AAAA-AAAA"}
        assert Client(REMOTE_ADDR=f"10.8.{n}.9").post(LOOKUP, body).status_code == 400
    assert any(getattr(one, "limit", "") == "complaint_number" for one in caplog.records)
    look_in(Client(REMOTE_ADDR="10.9.9.9"), taken.complaint.number, taken.code)


def test_forged_cookies_open_nothing() -> None:
    taken = take_one()
    client = Client()
    for value in (taken.complaint.number, f"{taken.complaint.number}:x:y", "", "x" * 5000):
        client.cookies["complaint_entry"] = value
        client.cookies["complaint_receipt"] = value
        assert client.get(STATUS).status_code == 302
        assert client.get("/complaint/done/").status_code == 302
        assert client.post("/complaint/status/word/", {"text": "x"}).status_code == 302


def test_an_address_sends_so_many_and_no_more() -> None:
    client = Client()
    for _n in range(outside_views.SENT.most):
        send(client)
    assert client.post(WRITE, form_body(client)).status_code == 429
    assert Client(REMOTE_ADDR="10.9.9.9").get(WRITE).status_code == 200


def test_without_the_token_of_the_form_nothing_is_taken() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(WRITE, {"text": TEXT}).status_code == 403
    assert client.post(LOOKUP, {"receipt": "x", "code": "y"}).status_code == 403


def test_no_row_ties_a_signed_in_visitor_to_an_anonymous_complaint() -> None:
    investor = build.user("t-investor", Role.INVESTOR)
    client = Client()
    client.force_login(investor, backend="django.contrib.auth.backends.ModelBackend")
    number, code = send(client)
    look_in(client, number, code)
    assert (
        client.post("/complaint/status/word/", {"text": "补充", "of": page_mark(client)}).status_code == 302
    )
    row = Complaint.objects.get()
    assert (row.anonymous, row.entered_by) == (True, None)
    assert not ComplaintAuthor.objects.exists()
    assert not row.events.exclude(by=None).exists()
    assert not row.words.exclude(by=None).exists()
    assert number not in str(client.session.items())


def test_the_office_sorts_on_its_pages_and_the_head_alone_looks() -> None:
    people = build.cast()
    head = build.user("t-city-head", Role.OFFICE_HEAD, "230600")
    row = take_one(name="王镈", phone="13904521987").complaint
    pages = {}
    for who, person in (("city", people["city"]), ("head", head), ("province", people["province"])):
        pages[who] = Client()
        pages[who].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    detail = reverse("complaints:detail", args=[row.pk])

    def do(who: str, code: str, **body: Any) -> int:
        return int(pages[who].post(reverse("complaints:do", args=[row.pk, code]), body).status_code)

    assert row.number in pages["city"].get(reverse("complaints:list")).content.decode()
    assert "王镈" not in pages["city"].get(detail).content.decode()
    assert do("province", "accept") == 403
    assert do("city", "reply", text="x" * 30, sure="on") == 400  # not its turn
    assert do("city", "accept") == 302
    named = pages["city"].post(
        reverse("complaints:do", args=[row.pk, "assign"]), {"summary": "王镈反映未办结"}
    )
    assert named.status_code == 400
    assert "会暴露投诉人" in named.content.decode()
    assert "王镈反映未办结" in named.content.decode()
    assert do("city", "assign", summary="反映长期未办结。", ask_unit="on") == 302
    for who in ("city", "province"):
        assert (
            pages[who].post(reverse("complaints:identity", args=[row.pk]), {"purpose": "核实"}).status_code
            == 403
        )
    empty = pages["head"].post(reverse("complaints:identity", args=[row.pk]), {"purpose": ""})
    assert empty.status_code == 400
    shown = pages["head"].post(reverse("complaints:identity", args=[row.pk]), {"purpose": "电话核实"})
    assert "13904521987" in shown.content.decode()
    assert "13904521987" not in pages["head"].get(detail).content.decode()
    assert do("city", "press") == 400  # it handles the matter itself
    assert (
        do("city", "finish", outcome="true", finding="已补办") == 400
    )  # the unit was asked and has time left
    assert do("city", "finish", outcome="true", finding="已补办", no_wait="已当面核实") == 302
    assert do("city", "back", reason="补写依据") == 302
    assert do("city", "finish", outcome="true", finding="已补办，附依据", no_wait="同前") == 302
    whole = "经核实情况属实，规划核实已补办，证书可到窗口领取。"
    assert do("city", "reply", text="已补办", sure="on") == 400
    assert do("city", "reply", text=whole) == 400
    assert do("city", "reply", text=whole, sure="on") == 302
    assert do("city", "correct", text=whole + "向您致歉。", sure="on") == 302
    assert do("city", "close", satisfied="yes") == 400  # the complainant may still object
    assert do("city", "contest", text="不行") == 400  # nor is that the office's to say
    row.refresh_from_db()
    assert (row.state, row.round, row.satisfied) == ("replied", 1, None)
    with mock.patch.object(clock, "now", return_value=NOW + timedelta(days=16)):
        assert do("city", "close", satisfied="yes") == 302
    row.refresh_from_db()
    assert (row.state, row.satisfied, row.pressed) == ("closed", None, 0)
    assert identity.clear_old(build.at("2029-12-01 08:00")) == 1
    assert pages["city"].get(detail).status_code == 200


def test_a_call_is_entered_and_both_codes_read_out() -> None:
    client = Client()
    client.force_login(build.user("t-county"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("complaints:phone")).content.decode()
    body = {
        "sign": "named", "name": "王镈", "phone": "139", "division": "230622", "department": "housing", "kind": "delay",
        "text": TEXT, "token": re.search(r'name="token" value="([^"]+)"', page)[1],
    }  # fmt: skip
    forged = client.post(reverse("complaints:phone"), body | {"token": "x"})
    assert forged.status_code == 400
    assert TEXT in forged.content.decode()
    number, code = codes_in(client.post(reverse("complaints:phone"), body).content.decode())
    again = codes_in(client.post(reverse("complaints:phone"), body).content.decode())
    assert again == (number, code)
    row = Complaint.objects.get()
    assert (row.channel, row.anonymous) == ("phone", False)
    assert client.get(reverse("complaints:detail", args=[row.pk])).status_code == 404
    assert receiving.find_by_codes(number, code) == row


def test_strangers_and_others_get_nothing_of_the_office_pages() -> None:
    people, row = build.cast(), take_one().complaint
    addresses = [
        reverse("complaints:list"), reverse("complaints:phone"), reverse("complaints:detail", args=[row.pk]),
        reverse("complaints:file", args=[row.pk, 1]), reverse("complaints:export"),
    ]  # fmt: skip
    for url in addresses:
        assert Client().get(url).status_code == 302
        for who in ("nobody", "investor", "officer", "administrator", "auditor"):
            client = Client()
            client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
            assert client.get(url).status_code in (403, 404), (who, url)


def test_the_public_site_and_the_portal_lead_here() -> None:
    cast = investors_help.cast()
    portal = investors_help.signed_in(investors_help.invite_one(cast))
    page = portal.get(reverse("investors:project", args=[cast["project"].pk])).content.decode()
    assert f'<form method="post" action="{WRITE}"' in page
    from django.template.loader import render_to_string

    panel = render_to_string("reporting/disclosure/public/_outside.html")
    assert f'href="{WRITE}"' in panel
    assert f'href="{LOOKUP}"' in panel
