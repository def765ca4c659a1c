"""Policy notices of the demo: one for every company of the province, some by industry and place, a withdrawn one, a draft."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.clock import at_hour
from accounts.models import Division
from supervision.notices import releasing, services
from supervision.notices.models import Audience, Notice, Receipt
from supervision.notices.services import Words

TITLE_WITHDRAWN = "冬季施工补助申报指南（征求意见）"


def write_notices(users: dict[str, Any], *, today: date) -> int:
    """Write and publish them through the services; return how many people were addressed."""
    province, city, county = (users[f"office-{code}"] for code in ("230000", "230600", "230622"))
    one_thing = _publish(province, "230000", today, 21, Words(
        "全省签约项目“一件事”集成办理事项清单",
        "自本月起，企业开办、施工许可、竣工验收实行“一件事”集成办理，材料一次提交、部门同步审查。\n\n"
        "需要办理的企业请联系本项目首席服务官，也可以在项目页面直接提出帮办需求。\n\n咨询电话：0451-82620000",
        Audience.BOTH, is_public=True,
    ))  # fmt: skip
    _release(users["head-230000"], one_thing, today, 21)
    interest = _publish(city, "230600", today, 12, Words(
        "食品和生物产业技术改造贷款贴息申报",
        "面向食品、生物经济类签约项目。设备投资 500 万元以上的，按当年实际利息的 50% 给予贴息，每户最高 200 万元。\n\n"
        "请于下月 15 日前通过首席服务官提交申请表和借款合同。\n\n咨询电话：0459-6180000",
        industries=("food", "bio"), is_public=True,
    ))  # fmt: skip
    _release(users["head-230600"], interest, today, 12)
    _publish(county, "230622", today, 5, Words(
        "冬季停工期间用水用电报停办法",
        "冬季停工的企业可以报停用水、用电，报停期间不收基本费。请在停工前 5 个工作日提出，由供水、供电公司上门办理。",
        Audience.BOTH, is_public=True,  # waits for the head's word
    ))  # fmt: skip
    gone = _publish(
        city,
        "230600",
        today,
        9,
        Words(TITLE_WITHDRAWN, "拟对冬季施工给予补助，具体以正式文件为准。", Audience.BOTH),
    )
    services.withdraw_notice(
        notice=gone, reason="征求意见稿误发，以正式文件为准。", turn=gone.turn, by=city, at=_at(today, 8)
    )
    services.draft_notice(
        unit=Division.objects.get(pk="230600"),
        words=Words("明年重点产业招商图谱（草稿）", "正在核对，核定后发布。", Audience.OFFICES), by=city, at=_at(today, 1),
    )  # fmt: skip
    for n, receipt in enumerate(Receipt.objects.filter(notice__state="published").order_by("pk")):
        if n % 3:
            services.confirm_read(notice=receipt.notice, by=receipt.user, at=_at(today, 2))
    return Receipt.objects.values("user_id").distinct().count()


def _publish(office: Any, unit: str, today: date, days_ago: int, words: Words) -> Notice:
    notice = services.draft_notice(
        unit=Division.objects.get(pk=unit), words=words, by=office, at=_at(today, days_ago)
    )
    return services.publish_notice(notice=notice, turn=1, by=office, at=_at(today, days_ago))


def _release(head: Any, notice: Notice, today: date, days_ago: int) -> None:
    releasing.release_notice(
        notice=notice, turn=notice.turn, by=head, at=_at(today, days_ago) + timedelta(hours=2)
    )


def _at(today: date, days_ago: int) -> datetime:
    return at_hour(today - timedelta(days=days_ago), 9, 30)
