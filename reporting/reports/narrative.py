"""The brief report in words (简要报告, H19), drafted from the frozen figures for the office to edit.

Chinese only. Pure.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from policy.periods import Period, PeriodKind
from reporting.reports.content import CITY, PROVINCE, ReportContent, Unit
from reporting.reports.figures import Discipline, Figures

RANKED_BY = "planned_start_rate"
TIES_NAMED = 8
PRESSED_NAMED = 5
OFFICES_NAMED = 5
LATE_TOLD = 3
CIRCULATED = "circulate"
Section = dict[str, Any]  # {"heading": str, "paragraphs": [str]}


def draft(content: ReportContent) -> list[Section]:
    """Five sections, each stating only what the tables hold; an area without projects says so. What was pressed and
    not done, and how the departments decided, have sections of their own, where there is any."""
    pressed = [{"heading": "催办督办情况", "paragraphs": _pressed(content)}] if content.pressed else []
    due = content.office_total.due
    offices = [{"heading": "部门审批办理情况", "paragraphs": _offices(content)}] if due else []
    if content.total.signed == 0:
        return [
            {
                "heading": "总体情况",
                "paragraphs": [f"截至{cn_date(content)}，{area(content)}没有计入统计的签约项目。"],
            },
            *offices,
            {"heading": "报送情况", "paragraphs": _discipline(content)},
            *pressed,
        ]
    return [
        {"heading": "总体情况", "paragraphs": _overall(content)},
        {"heading": "审批和建设进展", "paragraphs": _progress(content)},
        *offices,
        {"heading": "台账报送情况", "paragraphs": _discipline(content)},
        *pressed,
        {"heading": "存在的主要问题", "paragraphs": _problems(content)},
        {"heading": "下步工作要求", "paragraphs": _next(content)},
    ]


def area(content: ReportContent) -> str:
    return {PROVINCE: "全省", CITY: "全市"}.get(content.tier, content.unit_name)


def cn_date(content: ReportContent) -> str:
    day = content.cut_off_on
    return f"{day.year}年{day.month}月{day.day}日"


def yi(yuan: int) -> str:
    """亿元 with two decimals, half up, exact on integers."""
    hundredths = (abs(yuan) * 2 + 1_000_000) // 2_000_000
    sign = "-" if yuan < 0 else ""
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}亿元"


def _rate(figures: Figures, key: str) -> str:
    rate = figures.rate(key)
    return f"{rate.text}（{rate.numerator}/{rate.denominator}）" if rate.denominator else "无应计项目"


def _this(content: ReportContent) -> str:
    kind = Period.parse(content.period).kind
    return {PeriodKind.MONTH: "本月", PeriodKind.QUARTER: "本季度", PeriodKind.YEAR: "本年度"}[kind]


def _last(content: ReportContent) -> str:
    kind = Period.parse(content.period).kind
    return {PeriodKind.MONTH: "上月", PeriodKind.QUARTER: "上季度", PeriodKind.YEAR: "上年度"}[kind]


def _overall(content: ReportContent) -> list[str]:
    total = content.total
    first = (
        f"截至{cn_date(content)}，{area(content)}已签订合同或协议的招商引资签约项目{total.signed}个，"
        f"合同投资额{yi(total.signed_amount_yuan)}，到位资金{yi(total.in_place_yuan)}，"
        f"资金到位率{total.rate('funds_in_place_rate').text}。"
    )
    change = ""
    if content.previous is not None:
        more = total.signed - content.previous.signed
        change = f"项目总数比{_last(content)}" + (
            f"增加{more}个。" if more > 0 else f"减少{-more}个。" if more < 0 else "没有变化。"
        )
    new = (
        f"{_this(content)}新签约{total.new_signed}个，合同投资额{yi(total.new_signed_amount_yuan)}。"
        if total.new_signed
        else f"{_this(content)}没有新签约项目。"
    )
    lost = f"累计终止或撤回投资的项目{total.lost}个，已单独列出，不计入基数。" if total.lost else ""
    return [first + change, new + lost]


def _progress(content: ReportContent) -> list[str]:
    total = content.total
    parts = [
        f"{area(content)}签约项目履约率{_rate(total, 'fulfilment_rate')}，开工率{_rate(total, 'start_rate')}，"
        f"竣工率{_rate(total, 'completion_rate')}，投产率{_rate(total, 'production_rate')}。",
        f"截至统计日计划应开工项目{total.start_planned}个，实际开工{total.started_of_planned}个，"
        f"按计划开工率{total.rate('planned_start_rate').text}；"
        f"已完成的关键节点{total.points_finished}个，其中按计划时间完成{total.points_on_time}个，"
        f"按时率{total.rate('on_time_rate').text}。",
    ]
    ranked = _ranked(content.units)
    if len(ranked) >= 4:
        parts.append(_spread(ranked, "市（地）" if content.tier == PROVINCE else "县（市、区）"))
    return parts


def _ranked(units: Sequence[Unit]) -> list[Unit]:
    """Units where a start was planned, best first; ties by code, so that the text never changes by chance."""
    counted = [u for u in units if u.figures.rate(RANKED_BY).denominator and not u.own]
    return sorted(counted, key=lambda u: (-_share(u), u.code))


def _share(unit: Unit) -> float:
    return unit.figures.rate(RANKED_BY).value or 0.0


def _spread(ranked: Sequence[Unit], kind: str) -> str:
    """Both ends of the ranking. Whoever has the rate of the last one named is named too: the order decides nothing."""
    best, worst = _with_ties(ranked, 3), _with_ties(ranked[::-1], 3)
    if len(best) + len(worst) > len(ranked):  # the ends meet: the outermost rates alone
        best, worst = _with_ties(ranked, 1), _with_ties(ranked[::-1], 1)
    if len(best) == len(ranked):
        return f"有计划开工项目的{len(ranked)}个{kind}按计划开工率均为{_rate_text(ranked[0])}。"
    return f"按计划开工率较高的是{_names(best, kind)}；较低的是{_names(worst, kind)}。"


def _with_ties(ranked: Sequence[Unit], most: int) -> list[Unit]:
    limit = _share(ranked[most - 1])
    return [*ranked[:most], *(u for u in ranked[most:] if _share(u) == limit)]


def _rate_text(unit: Unit) -> str:
    return unit.figures.rate(RANKED_BY).text


def _names(units: Sequence[Unit], kind: str) -> str:
    """哈尔滨市、鹤岗市（均为100.0%）、大庆市（98.0%）: those of one rate together, at most eight of them by name."""
    parts = []
    for text, same in groupby(units, key=_rate_text):
        names = [u.name for u in same]
        told = "、".join(names[:TIES_NAMED])
        if len(names) > TIES_NAMED:
            told += f"等{len(names)}个{kind}"
        parts.append(f"{told}（{'均为' if len(names) > 1 else ''}{text}）")
    return "、".join(parts)


def _discipline(content: ReportContent) -> list[str]:
    d = content.discipline
    due = d.expected - d.exempt - d.open
    if d.expected == 0:
        return [f"{_this(content)}没有应报台账。"]
    text = f"{_this(content)}应报台账{d.expected}份"
    if d.open:
        text += f"，其中{d.open}份未到报送期限"
    if d.exempt:
        text += f"，免报{d.exempt}份"
    if due:
        text += f"；到期应报{due}份，按时{d.on_time + d.extended}份，迟报{d.late}份，缺报{d.missing}份"
        text += f"，按时报送率{d.rate.text}"
    paragraphs = [text + "。"]
    units = [u for u in (content.counties or content.units) if not u.own]
    own = _own_discipline(content)
    missing = [content.full_name(u) for u in units if u.discipline.missing]
    missing += [name for name, d in own if d.missing]
    late = [content.full_name(u) for u in units if u.discipline.late]
    late += [name for name, d in own if d.late]
    if missing:
        paragraphs.append("缺报单位：" + _list(missing) + "。")
    if late:
        paragraphs.append("迟报单位：" + _list(late) + "。")
    return paragraphs


def _offices(content: ReportContent) -> list[str]:
    """How many approvals were due and in time, and which departments have the most late ones, three at least."""
    total = content.office_total
    text = (
        f"{_this(content)}办理期限届满的审批事项{total.due}项，按时办结{total.on_time}项，逾期{total.late}项，"
        f"按时办结率{total.rate.text}。"
    )
    if total.letters:
        text += f"部门收到督办文书{total.letters}份，已答复{total.letters_answered}份，逾期{total.letters_late}份。"
    worst = sorted(
        (one for one in content.offices or () if one.name and one.figures.late >= LATE_TOLD),
        key=lambda one: (-one.figures.late, one.place_code, one.name),
    )
    if not worst:
        return [text]
    told = "、".join(f"{content.office_name(one)}（{one.figures.late}项）" for one in worst[:OFFICES_NAMED])
    return [text, f"逾期事项较多的部门：{told}。"]


def _own_discipline(content: ReportContent) -> list[tuple[str, Discipline]]:
    """(哈尔滨市本级, its own ledgers): what a city's sum holds beyond its counties, who are named one by one."""
    below: list[tuple[str, Discipline, list[Unit]]] = []
    if content.tier == PROVINCE and content.counties:
        for city in content.units:
            counties = [c for c in content.counties if c.parent_code == city.code]
            below.append((city.name, city.discipline, counties))
    elif content.tier == CITY:
        below.append((content.unit_name, content.discipline, [u for u in content.units if not u.own]))
    return [
        (
            f"{name}本级",
            Discipline(
                late=whole.late - sum(u.discipline.late for u in units),
                missing=whole.missing - sum(u.discipline.missing for u in units),
            ),
        )
        for name, whole, units in below
    ]


def _pressed(content: ReportContent) -> list[str]:
    """What was pressed and not done, with the worst by name; the table holds all of it."""
    found = content.pressed
    text = f"截至{cn_date(content)}，经督办仍未办结的事项{len(found)}项，涉及{len({m.place for m in found})}个地方"
    circulated = sum(m.step == CIRCULATED for m in found)
    listed = sum(m.is_listed for m in found)
    if circulated:
        text += f"，其中超过通报时限{circulated}项"
    if listed:
        text += f"{'，' if circulated else '，其中'}挂牌督办{listed}项"
    parts = [text + "，现予通报。"]
    late = sorted((m for m in found if m.days_late), key=lambda m: (-m.days_late, m.number))
    if late:
        named = "；".join(f"{m.place}“{m.title}”逾期{m.days_late}个工作日" for m in late[:PRESSED_NAMED])
        parts.append(f"逾期时间较长的有：{named}。")
    return parts


def _list(names: Sequence[str], most: int = 20) -> str:
    return "、".join(names[:most]) + (f"等{len(names)}个单位" if len(names) > most else "")


def _problems(content: ReportContent) -> list[str]:
    total = content.total
    parts = []
    if total.red or total.amber:
        parts.append(f"截至统计时，红灯项目{total.red}个、黄灯项目{total.amber}个，关键节点没有按计划完成。")
    if content.late:
        named = "；".join(
            f"{p.name}（{p.place}，{p.milestone}应于{p.due_on.year}年{p.due_on.month}月{p.due_on.day}日完成，"
            f"逾期{p.days_late}个工作日）"
            for p in content.late[:5]
        )
        parts.append("逾期时间较长的项目有：" + named + "。")
    behind = total.start_planned - total.started_of_planned
    if behind:
        parts.append(f"计划应开工但尚未开工的项目{behind}个。")
    return parts or ["没有红灯和黄灯项目，各关键节点按计划推进。"]


def _next(content: ReportContent) -> list[str]:
    parts = []
    if content.total.red:
        parts.append(
            "对红灯项目逐个查明责任主体，属行政机关原因的建立督办台账，限时办结；属企业原因的主动上门服务。"
        )
    if content.discipline.missing or content.discipline.late:
        parts.append("迟报、缺报单位要在收到本通报后3个工作日内补报并说明原因。")
    parts.append(
        "各地要按照关键节点时限倒排工期，首席服务官和服务专员要全程跟踪，及时协调解决企业反映的问题。"
    )
    return parts
