"""A circular and a letter as an office would issue them, made of true division names and invented figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from documents import Attachment, Column, Document, Heading, Paragraph, Table, format_number, ratio

CITIES = (
    "哈尔滨市 齐齐哈尔市 鸡西市 鹤岗市 双鸭山市 大庆市 伊春市 佳木斯市 七台河市 牡丹江市 黑河市 绥化市 大兴安岭地区"
).split()
COLUMNS = (
    Column("rank", "名次", kind="integer"),
    Column("name", "市（地）"),
    Column("signed", "合同项目", group="项目（个）", kind="integer"),
    Column("started", "已开工", group="项目（个）", kind="integer"),
    Column("done", "已竣工", group="项目（个）", kind="integer"),
    Column("producing", "已投产", group="项目（个）", kind="integer"),
    Column("contract", "合同额", group="资金（万元）", kind="amount"),
    Column("paid", "到位额", group="资金（万元）", kind="amount"),
    Column("start_rate", "开工率", kind="percent"),
    Column("paid_rate", "资金到位率", kind="percent"),
    Column("overdue", "逾期审批事项", kind="integer"),
    Column("report", "台账报送"),
)


def figures(rank: int, name: str, **more: Any) -> dict[str, Any]:
    """One row of invented but consistent figures."""
    signed, started = 20 + rank * 7 % 97, 11 + rank * 5 % 17
    contract, paid = Decimal(123456 + rank * 7919) / 3, Decimal(45678 + rank * 1291) / 3
    return {
        "rank": rank,
        "name": name,
        "signed": signed,
        "started": started,
        "done": started // 2,
        "producing": started // 3 or None,
        "contract": contract,
        "paid": paid,
        "start_rate": ratio(started, signed),
        "paid_rate": ratio(int(paid), int(contract)),
        "overdue": rank % 4,
        "report": ("按时", "迟报", "未报")[rank % 7 % 3],
        **more,
    }


def city_table(names: list[str] = CITIES) -> Table:
    rows = tuple(figures(rank, name) for rank, name in enumerate(names, start=1))
    signed, started = sum(r["signed"] for r in rows), sum(r["started"] for r in rows)
    total = {"name": "全省", "signed": signed, "started": started, "start_rate": ratio(started, signed)}
    return Table(
        "各市（地）签约项目推进情况",
        COLUMNS,
        rows,
        unit_note="截至2026年10月31日24时",
        total=total,
        notes=("开工率＝已开工项目数÷合同项目数，全省开工率按项目个数计算，不是各市（地）百分比的平均。",),
    )


def county_table(count: int = 126) -> Table:
    columns = (COLUMNS[0], Column("city", "市（地）"), Column("name", "县（市、区）"), *COLUMNS[2:])
    rows = tuple(
        figures(n, f"{CITIES[n % 13][:2]}第{n}县", city=CITIES[n * 13 // (count + 1)])
        for n in range(1, count + 1)
    )
    return Table("", columns, rows, total={"name": "全省", "signed": sum(r["signed"] for r in rows)})


def circular(**changes: Any) -> Document:
    """关于2026年10月全省招商引资签约项目推进情况的通报."""
    values: dict[str, Any] = {
        "kind": "circular",
        "organ": "黑龙江省营商环境建设监督局文件",
        "number": format_number("黑营商通", 2026, 3),
        "title": "黑龙江省营商环境建设监督局关于2026年10月全省招商引资签约项目推进情况的通报",
        "addressees": ("各市（地）营商环境建设监督局", "省直有关单位"),
        "blocks": (
            Paragraph(
                "根据《黑龙江省招商引资项目服务保障暂行办法》第二十条规定，现将2026年10月全省招商引资签约项目"
                "推进情况通报如下。数据截至2026年10月31日24时。"
            ),
            Heading(1, "总体情况"),
            Paragraph(
                "截至10月末，全省合同项目1287个，已开工874个，开工率67.9%，比上月提高1.5个百分点；应开工979个，"
                "按计划开工率84.5%；已投产449个，投产率34.9%。合同额4862.35亿元，到位资金1637.42亿元，资金到位率33.7%。"
            ),
            Heading(1, "审批和开工情况"),
            Heading(2, "审批事项办理情况"),
            Paragraph(
                "10月应办结审批事项1566件，按期办结1512件，按期办结率96.6%；逾期54件，主要集中在“施工许可”“环评批复”"
                "两个环节。"
            ),
            Heading(2, "各市（地）开工情况"),
            Paragraph(
                "开工率前三位是大庆市、哈尔滨市、牡丹江市；后三位是伊春市、鹤岗市、大兴安岭地区。各市（地）情况见下表。"
            ),
            city_table(),
            Heading(1, "报送情况"),
            Paragraph(
                "13个市（地）中，按时报送10个，迟报1个，未报2个。鹤岗市、伊春市未按规定时限报送10月台账。"
            ),
            Heading(1, "存在问题"),
            Heading(3, "部分项目开工滞后"),
            Paragraph("逾期10个工作日以上未开工的项目9个，其中因行政机关原因6个，因企业原因3个。"),
            Heading(3, "个别地方台账不实"),
            Paragraph("黑龙江堃镕新材料有限公司年产2万吨石墨烯项目累计到位资金比上月减少291万元，未作说明。"),
            Heading(1, "下步要求"),
            Paragraph(
                "请各市（地）对逾期10个工作日以上的项目逐个查明原因，于2026年11月20日前报送解决措施；对未按时报送台账的"
                "单位，由所在市（地）营商环境建设监督局约谈主要负责人，约谈情况随11月台账一并报送。"
            ),
        ),
        "attachments": (
            Attachment("各县（市、区）签约项目推进情况表", (county_table(),)),
            Attachment("未按期开工项目清单"),
        ),
        "signature": "黑龙江省营商环境建设监督局",
        "date": date(2026, 11, 5),
        "copies": "省政府办公厅，省发展改革委、省商务厅、省自然资源厅、省住房城乡建设厅、省生态环境厅",
        "printed_by": "黑龙江省营商环境建设监督局办公室",
        "printed_on": date(2026, 11, 5),
        "note": "联系人：韩立群，电话：0451-00000000",
    }
    return Document(**{**values, **changes})


def letter(**changes: Any) -> Document:
    """督办函 in 信函格式."""
    values: dict[str, Any] = {
        "kind": "letter",
        "organ": "黑龙江省营商环境建设监督局",
        "number": format_number("黑营商督函", 2026, 12),
        "title": "关于年产20万吨新型建材项目施工许可逾期的督办函",
        "addressees": "哈尔滨市松北区人民政府",
        "blocks": (
            Paragraph(
                "你区承接的年产20万吨新型建材项目，应于2026年9月30日办结建筑工程施工许可，至今未办结。现将有关事项函告如下："
            ),
            Heading(1, "项目基本情况"),
            Paragraph("项目由哈尔滨昇玥建材有限公司投资建设，合同额3.20亿元，2026年3月12日签订合同。"),
            Heading(1, "存在问题"),
            Paragraph("施工许可逾期23个工作日，其中行政机关用时19个工作日，企业补正用时4个工作日。" * 4),
            Heading(1, "办理要求"),
            Paragraph("请于2026年11月20日前办结，并以正式文件反馈办理结果。" * 8),
        ),
        "signature": "黑龙江省营商环境建设监督局",
        "date": date(2026, 11, 5),
        "copies": "哈尔滨市营商环境建设监督局",
        "note": "联系人：韩立群，电话：0451-00000000",
    }
    return Document(**{**values, **changes})
