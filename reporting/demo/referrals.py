"""Accountability referrals of 肇源县's demo: one being prepared, one waiting for the statement, one with its outcome."""

from datetime import date, datetime
from typing import Any

from accounts.clock import at_hour
from accounts.models import Department, Division
from policy.calendar import WorkCalendar
from projects.models import Project
from supervision.referrals import handing, services
from supervision.referrals.looks import log_look
from supervision.referrals.models import Referral

COUNTY = "230622"


def write_referrals(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services, each step on its own working day; return how many there are."""

    def when(days: int, hour: int = 10) -> datetime:
        return at_hour(calendar.add(today, -days), hour)

    head, official, discipline = (users[f"{name}-{COUNTY}"] for name in ("head", "specialist", "discipline"))
    first = when(15).date()
    rows = Project.objects.filter(county_code=COUNTY, state="active", signed_on__lt=first).order_by("pk")
    projects = list(rows.select_related("division__parent")[:3])
    if len(projects) < 3:
        return 0
    division = Division.objects.get(pk=COUNTY)
    housing = Department.objects.filter(division=division, code="housing").first()

    def opened(project: Project, case: str, reason: str, days: int, **person: Any) -> Referral:
        facts = {
            "person": official,
            "person_name": official.full_name,
            "person_post": "县住房和城乡建设局 审批股",
        }
        return services.open_referral(
            case=case, division=division, unit=division, project=project, department=housing, reason=reason, by=head,
            at=when(days), **(facts | person),
        )  # fmt: skip

    done = opened(
        projects[0], "delay", "施工许可申请受理后，无正当理由超过承诺时限仍未办结，影响项目按计划开工。", 15
    )
    _to_the_end(done, division, head, official, discipline, when)
    asked = opened(
        projects[1], "dereliction", "联合验收环节资料丢失，两次要求企业重复提交，项目验收推迟。", 3
    )
    services.invite_statement(
        referral=asked, put_text="请说明验收资料丢失的经过、责任人员和已采取的补救措施。", by=head, at=when(2)
    )
    facts = {"person": None, "person_name": "外聘工作人员", "person_post": "县政务服务中心 窗口"}
    opened(projects[2], "obstruction", "企业反映窗口人员推诿、要求到指定机构办理图审。", 1, **facts)
    return 3


def _to_the_end(
    referral: Referral, division: Division, head: Any, official: Any, discipline: Any, when: Any
) -> None:
    services.invite_statement(
        referral=referral,
        put_text="施工许可受理后超过承诺时限未办结。请说明原因和责任。",
        by=head,
        at=when(14),
    )
    services.make_statement(
        referral=referral, text="图审意见返回较晚，本人未及时催办，也未告知企业进展。", is_final=True, by=official,
        at=when(12),
    )  # fmt: skip
    referral.refresh_from_db()
    handing.hand_over(
        referral=referral, addressee=division, note="证据和陈述一并移交。", by=head, at=when(10)
    )
    log_look(referral=referral, what="整件线索", purpose="受理审查", by=discipline, at=when(9))
    for kind, number, text, days in (
        ("accepted", "源纪信受〔2026〕7号", "予以受理，交由信访室核查。", 8),
        ("measure", "源纪决〔2026〕3号", "对当事人进行诫勉谈话，责令书面检查；施工许可限期办结。", 4),
    ):
        handing.record_outcome(
            referral=referral, kind=kind, decided_on=when(days).date(), document_number=number, text=text,
            by=discipline, at=when(days, 15),
        )  # fmt: skip
