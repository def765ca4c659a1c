"""JSON text by the thousand: the C encoder made once, instead of anew for each value as `JSONEncoder.encode` does."""

from collections.abc import Callable
from json import encoder as _json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

Encode = Callable[[Any], str]
quote: Callable[[str], str] = _json.encode_basestring


def make_encoder(*, sort_keys: bool = False) -> Encode:
    """Compact text as `DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=…).encode` makes it.

    A value that holds itself ends in RecursionError, not in ValueError: nothing we write can.
    """
    plain = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)
    try:
        fast = _json.c_make_encoder(None, plain.default, quote, None, ":", ",", sort_keys, False, True)  # type: ignore[attr-defined]
        if "".join(fast({"b": [1, "…"]}, 0)) != '{"b":[1,"…"]}':
            return plain.encode
    except (AttributeError, TypeError):  # an interpreter without it, or with another signature
        return plain.encode

    def encode(value: Any) -> str:
        return "".join(fast(value, 0))

    return encode


encode_json: Encode = make_encoder()
encode_sorted: Encode = make_encoder(sort_keys=True)
