"""Small helpers of the ledger templates."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a dict by a variable key; empty when it is not there."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def kinds(row: Any) -> list[str]:
    """Tags behind the project's name: 框架协议, 意向, 协议 where the row says so."""
    text = row.draft.text("contract_kind")
    if "框架" in text:
        return [_("framework agreement")]
    if "意向" in text:
        return [_("letter of intent")]
    return [_("agreement")] if "协议" in text and "合同" not in text else []
