"""Limits on tries, the sum for people, sealed identities and checked files."""

import io
import zipfile
from datetime import datetime, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, override_settings
from PIL import Image

from accounts.clock import BUSINESS_ZONE
from accounts.errors import DomainError
from accounts.outside import challenge, sealed, throttle
from accounts.outside.addresses import absolute
from accounts.outside.uploads import check_outside_file, check_outside_files

AT = datetime(2026, 10, 23, 9, 0, tzinfo=BUSINESS_ZONE)
LIMIT = throttle.Limit("test", 3, 60)


def test_tries_are_counted_per_key():
    assert [throttle.spend(LIMIT, "a") for _n in range(5)] == [True, True, True, False, False]
    assert throttle.spend(LIMIT, "b") is True
    assert throttle.spent(LIMIT, "a") is True


def test_the_log_of_a_reached_limit_never_holds_the_key(caplog):
    for _n in range(5):
        throttle.spend(throttle.Limit("codes", 2, 60), "139-secret-code")
    assert [r.message for r in caplog.records] == ["outside_limit_reached"]
    assert "139-secret-code" not in caplog.text + str(caplog.records[0].__dict__)


def test_an_address_for_people_outside_bears_the_sites_own_name():
    request = RequestFactory().get("/somewhere/", headers={"host": "testserver"})
    with override_settings(PORTAL_URL=""):
        assert absolute(request, "/r/") == "http://testserver/r/"
    with override_settings(PORTAL_URL="https://portal.example.com"):
        assert absolute(request, "/r/") == "https://portal.example.com/r/"


def test_a_forged_header_counts_for_nothing_without_the_proxy():
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.9", HTTP_X_REAL_IP="1.2.3.4", HTTP_X_FORWARDED_FOR="5.6.7.8"
    )
    assert throttle.client_address(request) == "10.0.0.9"
    with override_settings(BEHIND_PROXY=True):
        assert throttle.client_address(request) == "1.2.3.4"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:10.0.0.9", "10.0.0.9"),
        ("10.0.0.9", "10.0.0.9"),
        ("unix:", "unix:"),
    ],
)
def test_a_line_with_many_addresses_counts_as_one(address, counted):
    assert throttle.client_address(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def _sum_of(question):
    words = "零一二三四五六七八九"
    return sum(words.index(c) for c in question.split("等于")[0] if c in words)


def test_the_sum_is_answered_in_time_by_people():
    asked = challenge.ask(AT)
    answer = str(_sum_of(asked.question))
    later = AT + timedelta(seconds=30)
    for token, said, at in (
        (asked.token, "", later), (asked.token, answer, AT), ("forged", answer, later),
        (asked.token + "x", answer, later), (asked.token, answer, AT + timedelta(hours=2)),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            challenge.check(token, said, "", at)
    challenge.check(asked.token, f" {answer} ", "", later)
    challenge.check(asked.token, answer, "", later)  # a double click: the form itself is taken once


@pytest.mark.parametrize(("wrong", "trap"), [("0", ""), ("99", ""), (None, "http://x")])
def test_a_question_may_be_missed_once(wrong, trap):
    asked, later = challenge.ask(AT), AT + timedelta(seconds=30)
    answer = str(_sum_of(asked.question))
    with pytest.raises(DomainError) as missed:
        challenge.check(asked.token, wrong or answer, trap, later)
    assert missed.value.code == "challenge_wrong"
    with pytest.raises(DomainError) as again:
        challenge.check(asked.token, answer, "", later)
    assert again.value.code == "challenge_old"


@override_settings(SEALING_KEYS=["old-key"])
def test_sealed_text_opens_under_any_held_key_and_no_other():
    box = sealed.seal({"name": "王镈", "phone": "13900000001"})
    assert "王镈".encode() not in box
    assert b"13900000001" not in box
    with override_settings(SEALING_KEYS=["new-key", "old-key"]):
        assert sealed.unseal(memoryview(box)) == {"name": "王镈", "phone": "13900000001"}
        renewed = sealed.reseal(box)
    with override_settings(SEALING_KEYS=["new-key"]):
        assert sealed.unseal(renewed)["name"] == "王镈"
        with pytest.raises(sealed.Unreadable):
            sealed.unseal(box)
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(box[:-4])


def _photo(kind="JPEG", size=(40, 30), **extra):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **extra)
    return out.getvalue()


def _upload(name, content):
    return SimpleUploadedFile(name, content)


def paper():
    out = io.BytesIO()
    made = pikepdf.new()
    made.add_blank_page()
    made.save(out)
    return out.getvalue()


def _code(name, content):
    with pytest.raises(DomainError) as refusal:
        check_outside_file(_upload(name, content))
    assert name in str(refusal.value.message)
    return refusal.value.code


def test_a_photo_keeps_its_pixels_only():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    sent = _photo(exif=exif.tobytes()) + b"<script>alert(1)</script>"
    assert b"SecretCamera" in sent
    checked, kept = check_outside_file(_upload("现场.jpg", sent))
    body = kept.read()
    assert b"SecretCamera" not in body
    assert b"<script>" not in body
    assert Image.open(io.BytesIO(body)).size == (40, 30)
    assert (checked.size, checked.suffix) == (len(body), ".jpg")


def test_broken_and_huge_photos_are_refused_with_their_name():
    assert _code("坏.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50) == "photo_broken"
    assert _code("巨.png", _photo("PNG", (9_000, 6_000))) == "photo_broken"


def test_what_could_run_is_refused():
    assert (
        _code("表.pdf", b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>")
        == "file_active"
    )
    assert _code("藏.pdf", b"%PDF-1.7\n<< /S /J#61vaScript >>") == "file_active"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("word/document.xml", "<x/>")
        parts.writestr("word/vbaProject.bin", "x")
    assert _code("宏.docx", out.getvalue()) == "file_active"
    assert _code("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "file_kind_unknown"
    assert _code("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>") == "file_kind_unknown"


def test_plain_files_pass_and_too_many_do_not():
    checked, kept = check_outside_file(_upload("合同.pdf", paper()))
    assert (checked.suffix, kept.read(5)) == (".pdf", b"%PDF-")
    with pytest.raises(DomainError) as refusal:
        check_outside_files([_upload(f"{n}.pdf", b"%PDF-1.7") for n in range(20)])
    assert refusal.value.code == "files_too_many"
