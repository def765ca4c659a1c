"""What people outside bring: complaints, ratings, notices read, invitations, publications; for tests that compare pages
with few and with many rows."""

from datetime import timedelta

from accounts.models import Department, Division, User
from accounts.outside.links import find_link
from projects.models import Project
from reporting.circulars.models import Circular, CircularState
from reporting.disclosure.models import Publication
from supervision.complaints import handling, receiving, words
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said
from supervision.investors import services as invitations
from supervision.notices import services as notices
from supervision.notices.models import Audience, Notice
from supervision.notices.services import Words
from supervision.ratings import services as ratings
from supervision.ratings.models import Chance
from tests import build

NOW = build.at("2026-11-05 09:30")


def bring(people: dict[str, User], project: Project, circular: Circular, number: int) -> None:
    """One of everything about 肇源县 and the project; the first complaint gets another word each time."""
    _complain(people["city"], number)
    _rate(people["county"], project, number)
    _notify(people["county"], number)
    invitations.invite(
        project=project, name=f"周海{number}", phone=f"139000000{number:02}",
        expires_on=NOW.date() + timedelta(days=60), by=people["county"], at=NOW,
    )  # fmt: skip
    for published in (True, False):
        _circular(people["province_head"], circular, published=published)


def first_complaint() -> Complaint:
    return Complaint.objects.earliest("pk")


def first_notice() -> Notice:
    return Notice.objects.earliest("pk")


def _complain(city: User, number: int) -> None:
    home = Division.objects.get(pk="230622")
    unit = Department.objects.get(division=home, code="housing")
    said = Said(
        division=home,
        department=unit,
        kind="delay",
        text=f"施工许可申请第{number}次交到窗口，一个多月没有任何答复。",
    )
    row = receiving.receive(said=said, token=f"more-{number}", at=NOW).complaint
    for one in {row, first_complaint()}:
        words.say(complaint=one, text=f"补充说明{number}：窗口仍未答复。", at=NOW)
    handling.accept(complaint=row, by=city, at=NOW)
    handling.assign(complaint=row, summary="反映办理时间过长。", by=city, at=NOW)


def _rate(county: User, project: Project, number: int) -> None:
    """Of three services offered one is rated well, one badly, one not yet."""
    for n, level in enumerate((1, 5, None)):
        chance = Chance.objects.create(
            service="ticket", subject_id=1000 + 10 * number + n, project=project, division=project.division,
            label=f"用水接入{number}", office="供水公司", done_on=NOW.date(), made_at=NOW,
            expires_on=NOW.date() + timedelta(days=30), **project.division.codes,
        )  # fmt: skip
        if level is not None:
            _link, text, _code = ratings.print_link(chance=chance, by=county, at=NOW)
            link = find_link(ratings.KIND, text, NOW)
            ratings.rate_by_link(link=link, said=ratings.Said(level, ()), at=NOW)


def _notify(county: User, number: int) -> None:
    row = notices.draft_notice(
        unit=Division.objects.get(pk="230622"),
        words=Words(f"报停办法{number}", "冬季停工可以报停用水用电。", Audience.BOTH),
        by=county,
        at=NOW,
    )
    notices.publish_notice(notice=row, turn=1, by=county, at=NOW)


def _circular(head: User, like: Circular, *, published: bool) -> None:
    unit = Division.objects.get(pk="230000")
    count = Circular.objects.count()
    row = Circular.objects.create(
        unit=unit, report=like.report, period=like.period, title=f"通报{count}", addressees="各市", body=[],
        drafted_at=NOW, number_year=2026, number_seq=900 + count, version=100 + count,
        state=CircularState.ISSUED, number=f"黑营商通〔2026〕{count}号", issued_on=NOW.date(), **unit.codes,
    )  # fmt: skip
    if published:
        payload = {"title": row.title, "number": row.number, "issued_on": NOW.date().isoformat()}
        before = Publication.objects.filter(unit=unit).order_by("pk").last()
        made = Publication.objects.create(
            unit=unit, circular=row, slug=f"230000-{count}", period=row.period, cut_off_on=NOW.date(),
            payload=payload, digest="d", published_by=head, published_at=NOW, **unit.codes,
        )  # fmt: skip
        if before is not None:
            Publication.objects.filter(pk=before.pk).update(replaced_by=made)
