"""Headings as many places write them, each to its field; and every message has its Chinese."""

# ruff: noqa: E501  lists of headings stay in one line

from __future__ import annotations

import re

import polib
import pytest

from reporting.tableimport.columns import guess, heading_key
from reporting.tableimport.headings import plain_heading, unit_in
from reporting.tableimport.texts import FIELD_LABELS, TEXTS, say
from reporting.tableimport.values import FIELDS, MILESTONES
from reporting.tableimport.words import RULES
from tests.paths import ROOT

KNOWN = {
    "seq": ["序号", "编号", "序 号", "NO."],
    "name": ["项目名称", "签约项目名称", "项目  名称", "项目\n名称", "招商引资项目名称", "签约项目", "工程名称", "*项目名称"],
    "company": ["投资方", "投资企业", "投资商", "投资主体", "外方", "业主单位", "项目单位", "建设单位", "企业名称", "签约企业", "投资方名称（全称）",
                "客商名称", "乙方", "项目业主单位/业主名称", "投资者", "投资方/名称"],
    "place": ["承接地", "落地县区", "属地", "县别", "县（市、区）", "所属县区", "项目所在地", "建设地点", "落户园区", "承接地/县（市、区）", "落地旗县", "旗县市区"],
    "industry": ["行业", "产业类别", "所属行业", "所属产业", "产业类型", "行业分类", "国民经济行业分类"],
    "contract_amount": ["合同投资额", "总投资（万元）", "投资总额", "估算投资\n（万元）", "合同金额", "协议投资额(亿元)", "签约金额", "计划总投资",
                        "项目总投资", "投资额", "合同/金额", "签约额", "合同（协议）投资额（万元）", "拟投资额", "总投资（亿元）/合计", "总投资\n亿元"],
    "signed_on": ["签约时间", "签约\n日期", "签订时间", "合同签订日期", "协议签署时间", "签约年月", "签约/时间"],
    "invested_month": ["本月完成投资", "当月完成", "本月完成", "本月到位资金（万元）", "10月完成投资", "投资完成情况/本月", "本月新增投资", "投资完成情况/10月", "资金到位情况/10月完成"],
    "invested_total": ["累计完成投资", "累计到位资金", "实际到资", "到位资金", "累计完成", "截至目前累计完成投资（万元）", "已完成投资", "开工以来累计完成投资",
                       "实际到位资金", "投资完成情况/累计", "截至10月底累计完成投资", "资金到位额", "投资完成情况/开工以来累计", "到位资金/累计到位"],
    "invested_year": ["本年完成投资", "今年累计完成投资", "1-10月完成投资", "投资完成情况/1-10月", "投资完成情况/本年累计完成", "2026年1-10月完成投资（万元）", "年度完成投资"],
    "year_plan": ["年度计划投资", "2026年计划投资", "本年计划完成投资"],
    "progress": ["形象进度", "目前进展", "目前进展情况", "项目进展情况", "进展情况", "工程形象进度", "推进情况", "当前进度"],
    "problems": ["存在问题", "需协调解决问题", "存在的主要问题", "需要协调解决的问题", "存在困难", "项目建设中存在问题", "困难和问题"],
    "lead_department": ["牵头领办部门", "牵头部门", "责任单位", "承办单位", "领办单位", "挂钩责任单位", "服务单位"],
    "chief_service_officer": ["首席服务官", "首席服务员"],
    "package_leader": ["包保领导", "包联领导", "挂钩领导", "县级包保领导", "联系领导", "市或县挂钩领导"],
    "remark": ["备注", "其他说明"],
    "credit_code": ["统一社会信用代码", "企业统一社会信用代码"],
    "project_code": ["项目代码", "项目编码", "投资项目统一代码"],
    "node.company_setup": ["开办企业", "企业注册", "工商注册时间", "公司注册登记", "注册时间", "企业开办时间", "营业执照办理时间", "①开办企业", "1.开办企业", "一、开办企业", "实际完成时间/开办企业", "关键节点完成时间/开办企业"],
    "node.land_planning_permit": ["立项用地规划许可", "立项用地", "用地规划许可证", "建设用地规划许可", "土地手续", "用地审批", "立项时间"],
    "node.engineering_permit": ["工程建设许可", "工程许可", "建设工程规划许可证", "规划许可", "工程规划许可"],
    "node.construction_permit": ["施工许可", "施工许可证", "建筑工程施工许可证取得时间", "开工许可证"],
    "node.construction_start": ["开工建设", "开工", "开工时间", "动工时间", "实际开工时间", "破土动工", "开工建设/实际", "开工日期"],
    "node.completion_acceptance": ["竣工验收", "竣工", "竣工时间", "验收时间", "完工时间", "竣工验收/完成时间"],
    "node.production": ["投产", "投产时间", "试投产", "投产达效时间", "投入运营时间", "正式投产", "试生产"],
    "plan.construction_start": ["计划开工时间", "预计开工日期", "拟开工时间", "开工建设/计划", "计划完成时间/开工建设", "各节点计划时间/5.开工建设", "开工/计划时间"],
    "plan.production": ["预计投产时间", "计划投产", "投产/预计时间"],
    "plan.completion_acceptance": ["计划竣工时间", "拟竣工时间"],
}  # fmt: skip


@pytest.mark.parametrize(("field", "heading"), [(f, h) for f, found in KNOWN.items() for h in found])
def test_heading_words(field, heading):
    guesses = guess(tuple(part.strip() for part in heading.split("/")))
    assert guesses, heading
    assert max(guesses, key=lambda pair: pair[1])[0] == field


@pytest.mark.parametrize(
    "heading",
    ["开工率", "竣工项目数", "未开工天数", "用地面积（亩）", "签约活动名称", "开工建设/责任单位", "竣工验收/联系人", "土地面积", "占月计划投资（%）",
     "施工许可证号", "是否开工", "经度", "国别地区", "带动就业（人）", "年销售收入", "税收（万元）", "批文文号"],
)  # fmt: skip
def test_headings_about_something_else(heading):
    fields = {field for field, _ in guess(tuple(heading.split("/")))}
    assert not {
        f
        for f in fields
        if f.startswith(("node.", "plan.")) or f in ("name", "contract_amount", "invested_total", "signed_on")
    }


def test_headings_are_compared_plain():
    assert plain_heading(" 总 投资\n（万元） ") == "总投资"
    assert heading_key("投资完成情况/累计到位资金（亿元）") == "投资完成情况/累计到位资金"
    assert (unit_in("总投资（亿元）"), unit_in("单位：个、万美元"), unit_in("备注")) == ("亿元", "万美元", "")


def test_rules_name_known_fields():
    assert {field for field, _, _ in RULES} <= set(FIELDS)
    assert set(MILESTONES) == {field[5:] for field in FIELDS if field.startswith("node.")}


def test_every_message_has_its_chinese():
    entries = {
        (e.msgctxt, e.msgid): e.msgstr
        for e in polib.pofile(str(ROOT / "locale/zh_Hans/LC_MESSAGES/tableimport.po"))
    }
    holders = re.compile(r"\{\w+\}")
    for code, (level, _) in TEXTS.items():
        assert level in ("error", "ask", "note"), code
    for (_, english), chinese in entries.items():
        assert chinese and re.search(r"[\u4e00-\u9fff]", chinese)
        assert set(holders.findall(english)) == set(holders.findall(chinese))
    assert sum(context == "ledger column" for context, _ in entries) == len(FIELD_LABELS)


def test_every_code_used_is_known_and_every_known_code_used():
    folder = ROOT / "reporting/tableimport"
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py") if p.name != "texts.py")
    used = set(re.findall(r'"([a-z]+_[a-z0-9_]+)"', code)) | {"no_rows", "no_table"}
    assert set(TEXTS) <= used, set(TEXTS) - used


def test_a_message_keeps_braces_of_the_cell():
    assert "{x}" in str(say("date_unreadable", "S", "A1", "signed_on", raw="{x}").text)
