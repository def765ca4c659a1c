"""The office that issues for a division, its 发文机关代字, and which paper is its to issue. Chinese only."""

from datetime import date

from accounts.divisions import regime_code_of
from accounts.models import Department, Division, DivisionKind, Tier
from policy.regimes import DocumentKind, Regime, get_regime
from policy.rules import Rule
from supervision.letters.models import PaperKind

COMPETENT = "business_environment"
# The province's word is fixed; others take the division's short name until their office sets one.
ORGAN_WORDS = {"230000": "黑营商"}
DOCUMENTS = {PaperKind.NOTICE: "supervision_notice", PaperKind.LETTER: "supervision_letter"}
LADDER, ANSWER = "ladder", "supervision_answer"


def kind_for(unit: Division) -> PaperKind | None:
    """City and county: a notice; the province: a letter (article 21). A township issues neither."""
    if unit.tier == Tier.PROVINCE:
        return PaperKind.LETTER
    return PaperKind.NOTICE if unit.tier in (Tier.CITY, Tier.COUNTY) else None


def regime_of(unit: Division) -> Regime:
    return get_regime(regime_code_of(unit))


def document_kind(unit: Division, kind: str) -> DocumentKind:
    """Its name, layout and the word in its number, as the unit's regime names them."""
    return regime_of(unit).documents[DOCUMENTS[PaperKind(kind)]]


def organ_of(unit: Division) -> str:
    """Full name of the competent office that issues for this division (H4)."""
    office = Department.objects.filter(division=unit, code=COMPETENT).first()
    return office.name if office else f"{unit.name}营商环境建设监督局"


def organ_word(unit: Division, kind: str) -> str:
    """黑营商督函, 肇源营商督通."""
    return word_of(unit, DOCUMENTS[PaperKind(kind)])


def word_of(unit: Division, document: str) -> str:
    """发文机关代字 for a kind of document of the unit's regime (`circular`, `work_order`): 黑营商通, 大庆营商工单."""
    return ORGAN_WORDS.get(unit.pk, f"{unit.short_name}营商") + regime_of(unit).documents[document].word


def government_of(unit: Division) -> str:
    """大庆市人民政府, 大兴安岭地区行政公署, ……管理委员会."""
    if unit.kind == DivisionKind.ZONE:
        return f"{unit.name}管理委员会"
    return f"{unit.name}{'行政公署' if unit.name.endswith('地区') else '人民政府'}"


def ladder_rule(unit: Division, on: date) -> Rule:
    rule: Rule = regime_of(unit).rule(LADDER, on)
    return rule


def organs_fault_only(unit: Division, on: date) -> bool:
    """Whether a notice of this unit needs a delay the organ caused itself (Heilongjiang, article 21), or presses
    whatever is late (Guizhou, part four). A regime that does not say so asks for the organ's."""
    return bool(ladder_rule(unit, on).get("organ_fault_only", True))


def limit_days(unit: Division, urgency: str, on: date) -> int:
    """Working days the rule gives for this urgency."""
    return int(regime_of(unit).rule(ANSWER, on)["steps"][urgency])
