"""Mandates on the pages: given by the company or recorded from paper, accepted, papers with receipts, revoked."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from approvals.mandates.models import Mandate, Receipt
from projects import services as projects
from projects.models import TeamRole
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db]


class Scene:
    def __init__(self) -> None:
        self.people = build.cast()
        self.project = build.project(company=build.company())
        for role, who in ((TeamRole.CHIEF_SERVICE_OFFICER, "officer"), (TeamRole.INVESTOR, "investor")):
            projects.appoint(
                project=self.project, role=role, user=self.people[who], valid_from=date(2026, 4, 1),
                by=self.people["county"], at=at("2026-10-20 08:00"),
            )  # fmt: skip
        self.form = {
            "agent": self.people["officer"].pk, "scope": "施工许可阶段", "signed_by": "梁宏伟",
            "signed_on": "2026-10-20", "voluntary": "on",
        }  # fmt: skip

    def as_(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def do(self, who: str, code: str, **data: Any) -> Any:
        return self.as_(who).post(reverse("mandates:do", args=[Mandate.objects.get().pk, code]), data)


@pytest.fixture
def scene() -> Any:
    with time_machine.travel(at("2026-10-20 09:00"), tick=False):
        yield Scene()


def test_the_whole_course(scene: Scene) -> None:
    give = reverse("mandates:give", args=[scene.project.pk])
    investor = scene.as_("investor")
    without = investor.post(give, {key: value for key, value in scene.form.items() if key != "voluntary"})
    assert "请勾选后再委托" in without.text and "施工许可阶段" in without.text
    assert investor.post(give, scene.form).status_code == 302
    mandate = Mandate.objects.get()
    assert "受理代办委托" in scene.as_("officer").get("/").text
    assert scene.do("investor", "accept").status_code == 403
    assert scene.do("officer", "accept", turn=1).status_code == 302
    assert scene.do("officer", "take", done_on="2026-10-20").status_code == 400
    lines = {"name_1": "营业执照", "original_1": "on", "copies_1": "1", "name_2": "施工合同", "copies_2": "2"}
    assert scene.do("officer", "take", done_on="2026-10-20", **lines).status_code == 302
    receipt = Receipt.objects.get()
    shown = reverse("mandates:receipt", args=[receipt.pk])
    assert "确认无误" in investor.get(shown).text and "营业执照" in investor.get(shown).text
    assert "确认无误" not in scene.as_("officer").get(shown).text
    assert scene.as_("officer").post(shown).status_code == 403
    assert investor.post(shown).status_code == 302
    paper = mandate.materials.get(name="施工合同")
    bad = scene.do("officer", "hand", materials=[paper.pk], direction="office", done_on="2026-10-20")
    assert bad.status_code == 400 and "请填写接收单位" in bad.text
    hand = {"direction": "office", "party": "县住建局", "done_on": "2026-10-20"}
    assert scene.do("officer", "hand", materials=[paper.pk], **hand).status_code == 302
    assert scene.do("investor", "revoke", reason="自行办理").status_code == 302
    assert "退还代办材料" in scene.as_("officer").get("/").text
    page = scene.as_("officer").get(reverse("mandates:detail", args=[mandate.pk])).text
    assert "还有 1 份材料要退还企业" in page and "移交材料" in page and "接收材料" not in page
    assert investor.get(reverse("mandates:paper", args=[mandate.pk])).status_code == 200


def test_on_paper(scene: Scene) -> None:
    give = reverse("mandates:give", args=[scene.project.pk])
    county = scene.as_("county")
    assert "请上传签字的委托书" in county.post(give, scene.form).text
    upload = SimpleUploadedFile("委托书.pdf", b"%PDF-1.4")
    assert county.post(give, scene.form | {"file": upload}).status_code == 302
    mandate = Mandate.objects.get()
    file = county.get(reverse("mandates:file", args=[mandate.pk]))
    assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
    assert scene.as_("neighbour").get(reverse("mandates:file", args=[mandate.pk])).status_code == 404


def test_who_gets_what(scene: Scene) -> None:
    give = reverse("mandates:give", args=[scene.project.pk])
    assert scene.as_("investor").post(give, scene.form).status_code == 302
    mandate = Mandate.objects.get()
    expected = {
        "investor": 200, "officer": 200, "county": 200, "city": 200, "auditor": 200, "neighbour": 404,
        "other_city": 404, "promotion": 404, "administrator": 404, "nobody": 404,
    }  # fmt: skip
    for who, status in expected.items():
        assert scene.as_(who).get(reverse("mandates:detail", args=[mandate.pk])).status_code == status, who
    for who, status in {"auditor": 403, "promotion": 403, "neighbour": 404, "administrator": 404}.items():
        assert scene.as_(who).get(give).status_code == status, who
    for who in ("city", "auditor"):
        assert scene.do(who, "accept").status_code == 403, who
    assert scene.project.name in scene.as_("county").get(reverse("mandates:list")).text
    assert (
        mandate.number
        in scene.as_("investor").get(reverse("projects:tab", args=[scene.project.pk, "mandates"])).text
    )


def test_what_was_typed_stays_when_somebody_was_faster(scene: Scene) -> None:
    assert (
        scene.as_("investor")
        .post(reverse("mandates:give", args=[scene.project.pk]), scene.form)
        .has_header("Location")
    )
    assert scene.do("investor", "revoke", turn=1, reason="改为自行申报").status_code == 302
    late = scene.do("officer", "decline", turn=1, reason="本周满额，请改派镈副主任")
    assert late.status_code == 400
    assert "本周满额，请改派镈副主任" in late.text


def test_a_lapsed_mandate_says_so_and_takes_nothing_more(scene: Scene) -> None:
    form = scene.form | {"valid_to": "2026-10-21"}
    scene.as_("investor").post(reverse("mandates:give", args=[scene.project.pk]), form)
    scene.do("officer", "accept", turn=1)
    address = reverse("mandates:detail", args=[Mandate.objects.get().pk])
    with time_machine.travel(at("2026-10-22 09:00"), tick=False):
        page = scene.as_("officer").get(address).text
        assert "已经到期" in page and "/take/" not in page
        assert scene.do("officer", "take", done_on="2026-10-22", name_1="营业执照").status_code == 400
        assert "委托已到期" in scene.as_("officer").get("/").text
    assert not Receipt.objects.exists()


def test_on_paper_the_signed_form_is_asked_for(scene: Scene) -> None:
    address = reverse("mandates:give", args=[scene.project.pk])
    client = scene.as_("county")
    assert "委托书签字件 <" not in client.get(address).text
    form = {key: value for key, value in scene.form.items() if key != "voluntary"}
    answer = client.post(address, form)
    assert answer.status_code == 200 and "请上传" in answer.text and "施工许可阶段" in answer.text
    assert not Mandate.objects.exists()
