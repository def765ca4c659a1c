"""What would tell the unit who complained or rated: names, phones, numbers of papers. Masked in a draft, sought in a final
text."""

import re
import unicodedata
from collections.abc import Mapping

_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[- ]?[3-9](?:[- ]?\d){9}(?!\d)|(?<!\d)[(\uff08]?0\d{2,3}[)\uff09]?[- ]?\d{7,8}(?!\d)"
    r"|[一幺壹][三四五六七八九](?:[- ]?[零〇一二三四五六七八九幺]){9}"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PAPER = re.compile(r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|[0-9A-HJ-NPQRTUWXY]{18})(?![\dA-Za-z])")
_SELF = re.compile(
    r"(我(?:叫|是|名叫)|本人(?:叫|是|姓名)|姓名[:\uff1a]?|联系人[:\uff1a]?)\s*([\u4e00-\u9fff·]{2,4})"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[0-9A-HJ-NP-Z]{5,6}(?![0-9A-Za-z])"
)
_HANDLE = re.compile(
    r"(微信号?|QQ号?|[Vv][Xx]号?)([是为:\uff1a ]{0,2})(?!群)([A-Za-z0-9][\w-]{4,19})", re.ASCII
)
_TITLED = re.compile(
    r"[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    r"范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚甄](?=先生|女士|小姐)"
)
MASK = "×××"
# Full-width figures, letters and @ as half-width ones; the punctuation stays Chinese.
_HALF = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF20, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_SHORT = 2  # characters: shorter values stand in every text


def draft(text: str, identity: Mapping[str, str], project: str = "") -> str:
    """The text with what is surely somebody's masked; the office reads it over before it goes out."""
    text = text.translate(_HALF)
    for value in sorted({*identity.values(), project} - {""}, key=len, reverse=True):
        if len(value) >= _SHORT:
            text = text.replace(value, MASK)
    for pattern in (_MAIL, _PAPER, _PHONE, _PLATE, _TITLED):
        text = pattern.sub(MASK, text)
    text = _HANDLE.sub(lambda found: found[1] + found[2] + MASK, text)
    return _SELF.sub(lambda found: found[1] + MASK, text)


def names_author(text: str, identity: Mapping[str, str]) -> bool:
    """Whether the person's own name, phone, mail or address stands in the text, however spaced or widened."""
    plain = _plain(text)
    return any(len(_plain(value)) >= _SHORT and _plain(value) in plain for value in identity.values())


def looks_personal(text: str, project: str = "") -> bool:
    """Whether the text holds anything like a phone, mail, paper number, a self-introduction, or names the project."""
    wide = unicodedata.normalize("NFKC", text)
    if any(pattern.search(wide) for pattern in (_MAIL, _PAPER, _PHONE, _PLATE, _HANDLE)):
        return True
    if any(found[2] != MASK for found in _SELF.finditer(wide)):
        return True
    return len(_plain(project)) >= _SHORT and _plain(project) in _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
