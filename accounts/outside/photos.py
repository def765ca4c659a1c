"""Photos from people outside, written anew: only pixels remain, no place or camera, no second format behind them."""

import io
from typing import Any

from documents.pixels import Unreadable, open_pixels

__all__ = ["Unreadable", "pixels_only"]

LONGEST_SIDE = 3_000  # pixels of a photo as it is kept


def pixels_only(file: Any, kind: str) -> bytes:
    """The photo in `file` as a new file of `kind` ("JPEG" or "PNG"), upright, at most `LONGEST_SIDE` pixels long.

    Raises `Unreadable`.
    """
    pixels = open_pixels(file, longest=LONGEST_SIDE, kinds=(kind,))
    pixels = pixels.convert("RGBA" if kind == "PNG" and "A" in pixels.getbands() else "RGB")
    out = io.BytesIO()
    pixels.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return out.getvalue()
