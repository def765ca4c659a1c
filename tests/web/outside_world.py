"""What the pages for people outside show: a world with something on every one of them, and their addresses."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts import clock
from accounts.mail import addresses
from accounts.models import Department, Division, OutgoingMail
from accounts.permissions import Role
from approvals.checklist.models import ChecklistItem, ItemState
from approvals.mandates.services import agents_for, give_mandate
from approvals.service import logging, meetings
from approvals.service.models import Duty
from approvals.tickets import services as tickets
from policy.periods import Period
from projects.promises.services import record_promise
from projects.services.team import appoint, let_in
from reporting.circulars.services import approve_circular, draft_circular, issue_circular
from reporting.disclosure.services import publish_circular, withdraw_publication
from reporting.reports.content import OfficeLine
from reporting.reports.figures import OfficeFigures
from reporting.reports.models import Report
from reporting.reports.services import compile_period, content_of
from supervision.complaints import cookies, handling, receiving
from supervision.complaints.receiving import Said
from supervision.investors import services as invitations
from supervision.notices import services as notices
from supervision.notices.releasing import release_notice
from supervision.notices.services import Words
from supervision.ratings import services as ratings
from supervision.ratings.models import Chance
from tests import build, checklist_help
from tests.mail_help import link_in

OFFICES = (
    OfficeLine(
        "230600",
        "大庆市住房和城乡建设局",
        OfficeFigures(due=14, on_time=10, late=4, letters=3, rated=9, good=8),
    ),
    OfficeLine(
        "230622", "肇源县自然资源局", OfficeFigures(due=2, on_time=1, late=1, letters=1, rated=2, good=1)
    ),
)


class World:
    """What the pages show: a published and a withdrawn month, an invited company with a ticket, notices, ratings."""

    def __init__(self) -> None:
        now = clock.now()
        cast = build.cast()
        company = build.company()
        self.project = build.project(company=company, planned={"construction_start": date(2026, 6, 1)})
        for n in range(3):
            build.project(f"其他项目{n}", company=company)
        self.months(cast["province_head"], now)
        made = invitations.invite(
            project=self.project, name="周海", phone="13900000001", expires_on=now.date() + timedelta(days=60),
            by=cast["county"], at=now,
        )  # fmt: skip
        self.link, self.investor = made.text, made.user
        self.pair = build.user("a-pair", Role.INVESTOR)
        for project in (self.project, build.project("第二个项目", company=company)):
            let_in(project=project, user=self.pair, by=cast["county"], at=now)
        self.ticket = tickets.open_ticket(
            project=self.project,
            kind="other",
            title="临时用电增容",
            text="现有 250 kVA",
            by=made.user,
            at=now,
        )
        self.chance = Chance.objects.create(
            service="ticket", subject_id=self.ticket.pk, project=self.project, division=self.project.division,
            label="用水接入", office="肇源县供水公司", done_on=now.date(), made_at=now,
            expires_on=now.date() + timedelta(days=30), **self.project.division.codes,
        )  # fmt: skip
        _row, self.rating, _code = ratings.print_link(chance=self.chance, by=cast["county"], at=now)
        words = Words("食品产业技改补贴申报", "十月底前申报。\n\n咨询：工信局 0459-8220000", is_public=True)
        unit = Division.objects.get(pk="230622")
        self.notice = notices.draft_notice(unit=unit, words=words, by=cast["county"], at=now)
        notices.publish_notice(notice=self.notice, turn=1, by=cast["county"], at=now)
        head = build.user("a-head", Role.OFFICE_HEAD)
        release_notice(notice=self.notice, turn=2, by=head, at=now)
        self.company_reads(cast["county"], now)
        self.complaint(now)
        self.mail(now)

    def company_reads(self, office: Any, now: Any) -> None:
        """A list with something missing, a log, meetings held and to come, promises, a mandate, people to call."""
        on = clock.today()
        checklist_help.catalogue()
        checklist_help.checklist(self.project, office)
        self.item = checklist_help.item(self.project, "LX05")
        ChecklistItem.objects.filter(pk=self.item.pk).update(
            state=ItemState.SUPPLEMENT,
            submitted_on=on,
            supplement_on=on,
            missing=["总平面图"],
            is_running=True,
        )
        officer = build.user("a-officer", Role.CHIEF_SERVICE_OFFICER, name="李建军")
        for role, phone in (("chief_service_officer", "0459-8221234"), ("package_leader", "")):
            appoint(
                project=self.project, role=role, user=officer, phone=phone, valid_from=on, by=office, at=now
            )
        for n, duty in enumerate(Duty.values):
            logging.write_entry(
                project=self.project, duty=duty, done_on=on, text=f"第 {n + 1} 次服务：核对材料\n并到窗口陪同",
                shared=True, by=officer, at=now,
            )  # fmt: skip
        self.meetings = [
            meetings.call_meeting(
                project=self.project, subject=subject, meets_at=at, place="县政府三楼会议室", by=officer,
                at=now - timedelta(days=3),
            )
            for subject, at in (("用电和用地", now - timedelta(days=1)), ("竣工验收", now + timedelta(days=2)))
        ]  # fmt: skip
        meetings.record_meeting(
            meeting=self.meetings[0], minutes="本月完成线路改造。", follow_up_on=on + timedelta(days=5), by=officer,
            at=now,
        )  # fmt: skip
        record_promise(
            project=self.project, text="厂房租金补贴三年", basis="投资协议第六条", due_on=on + timedelta(days=90),
            by=office, at=now,
        )  # fmt: skip
        self.mandate = give_mandate(
            project=self.project, agent=agents_for(self.project, on)[0], scope="代办施工许可", signed_by="周海",
            signed_on=on, by=self.investor, at=now,
        )  # fmt: skip

    def complaint(self, now: Any) -> None:
        """One answered, with the complainant's cookies of the receipt and of the looked up page."""
        city = build.user("a-city", Role.OFFICE_HEAD, "230600", name="孙立")
        helper = build.user("a-water", Role.SERVICE_SPECIALIST, department="water")
        office = {one.code: one for one in Department.objects.filter(division_id="230622")}
        said = Said(
            division=Division.objects.get(pk="230622"), department=office["housing"], kind="delay", name="王镈",
            text="9 月 14 日在 6 号窗口申请规划核实，两次去问都说领导没签字，没有告知差什么。", phone="13904521987",
        )  # fmt: skip
        taken = receiving.receive(said=said, token="form", at=now)
        row = taken.complaint
        handling.accept(complaint=row, by=city, at=now)
        summary = "反映规划核实长期未办结。"
        handling.assign(
            complaint=row, summary=summary, handler=office["water"], ask_unit=False, by=city, at=now
        )
        handling.finish(complaint=row, outcome="true", finding="已补办", by=helper, at=now)
        handling.reply(
            complaint=row,
            text="经核实情况属实，规划核实已补办完毕，给您带来不便，向您致歉。",
            by=city,
            at=now,
        )
        response = HttpResponse()
        cookies.hand_receipt(response, taken, now)
        cookies.let_in(response, row)
        self.cookies = {name: one.value for name, one in response.cookies.items()}

    def mail(self, now: Any) -> None:
        """Links of mails: one to confirm, one that was used, one that ends the mails."""
        links = []
        for person in (self.pair, build.user("a-mail")):
            choice = addresses.choose(user=person, address=f"{person}@example.com", wish="each", at=now)
            links.append(link_in(OutgoingMail.objects.filter(choice=choice).get().body))
        addresses.confirm(text=links[1], at=now)
        end = addresses.end_url(choice).split("/mail/end/")[1].strip("/")
        self.mails = [
            *(reverse("accounts:mail_confirm", args=[text]) for text in links),
            reverse("accounts:mail_end", args=[end]),
        ]

    def months(self, head: Any, now: Any) -> None:
        self.slugs = []
        for month in ("2026-09", "2026-10"):
            snapshot = compile_period(
                province=Division.objects.get(pk="230000"), period=Period.parse(month), by=None, at=now
            )
            report = Report.objects.get(snapshot=snapshot, unit_id="230000")
            counted = replace(content_of(report), offices=OFFICES)
            Report.objects.filter(pk=report.pk).update(figures=counted.to_json())
            report.refresh_from_db()
            circular = draft_circular(report=report, by=None, at=now)
            approve_circular(circular=circular, by=head, at=now)
            issue_circular(circular=circular, by=head, at=now)
            made = publish_circular(circular=circular, sections=[0], by=head, at=now)
            if month == "2026-09":
                withdraw_publication(publication=made, note="数据有误", by=head, at=now)
            self.slugs.append(made.slug)

    def public(self) -> list[str]:
        withdrawn, standing = (reverse("public:month", args=[one]) for one in self.slugs)
        names = ("home", "circulars", "data", "log", "notices")
        return [
            *(reverse(f"public:{name}") for name in names),
            standing,
            withdrawn,
            reverse("public:departments", args=[self.slugs[1], "230600"]),
            reverse("public:place", args=["230000", "230600"]),
            reverse("public:notice", args=[self.notice.slug]),
        ]

    def open(self) -> list[str]:
        """Pages of the ways in, without an account."""
        return [
            reverse("accounts:login"), reverse("investors:code"), reverse("investors:link", args=[self.link]),
            reverse("investors:link", args=["unknown"]), reverse("ratings:code"),
            reverse("ratings:rate", args=[self.rating]), reverse("ratings:rate", args=["unknown"]),
            reverse("ratings:thanks"), *(reverse(f"complaints:{name}") for name in ("write", "lookup", "done", "status")),
            *self.mails, "/public/nothing/",
        ]  # fmt: skip

    def portal(self) -> list[str]:
        """Pages of somebody invited to one project."""
        return [
            reverse("investors:project", args=[self.project.pk]), reverse("investors:password"),
            reverse("ratings:portal", args=[self.chance.pk]), reverse("notices:list"),
            reverse("notices:detail", args=[self.notice.pk]), reverse("accounts:inbox"),
            reverse("accounts:mail_choice"), reverse("tickets:detail", args=[self.ticket.pk]),
            reverse("investors:material", args=[self.item.pk]), reverse("checklist:item", args=[self.item.pk]),
            reverse("checklist:list"), reverse("checklist:flow", args=[self.project.pk]),
            reverse("tickets:list") + "?show=all", reverse("mandates:list"),
            reverse("mandates:give", args=[self.project.pk]), reverse("mandates:detail", args=[self.mandate.pk]),
            *(reverse("service:meeting", args=[one.pk]) for one in self.meetings),
            *(
                reverse("projects:tab", args=[self.project.pk, code])
                for code in ("service", "promises", "mandates", "checklist")
            ),
            reverse("investors:project", args=[0]),
        ]  # fmt: skip
