"""Opening a photo somebody sent: one at a time, no more pixels than can be held, small and upright, no notes."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable
from typing import Any

from PIL import Image

MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000}  # a JPEG is made smaller while it is read, a PNG is not
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_one_at_a_time = threading.Lock()  # a decoded photo takes up to 100 MB


class Unreadable(ValueError):
    """No photo of these kinds that can be opened, or one of too many pixels."""


def open_pixels(file: Any, *, longest: int, kinds: Iterable[str] = tuple(MAX_PIXELS)) -> Image.Image:
    """The photo in `file`, upright, at most `longest` pixels long, in its own colour mode, without any metadata.

    `kinds`: of "JPEG" and "PNG" those that are taken. Raises `Unreadable`, whatever the bytes are.
    """
    with _one_at_a_time:
        try:
            return _read(file, longest, tuple(kinds))
        except Exception as fault:
            # Decoders fed with foreign bytes raise anything: TypeError, struct.error, KeyError …
            raise Unreadable("not a readable photo") from fault


def _read(file: Any, longest: int, kinds: tuple[str, ...]) -> Image.Image:
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged notes; the number of pixels is asked below
        with Image.open(file, formats=kinds) as photo:
            if photo.width * photo.height > MAX_PIXELS[photo.format or "PNG"]:
                raise Unreadable("too many pixels")
            turn = _UPRIGHT.get(_orientation(photo))
            photo.draft("RGB", (longest, longest))
            photo.thumbnail((longest, longest), reducing_gap=2.0)
            small = photo.convert("RGBA") if "transparency" in photo.info else photo.copy()
    small.info.clear()
    return small.transpose(turn) if turn is not None else small


def _orientation(photo: Image.Image) -> Any:
    """How the camera was held; a damaged note about it is no reason to refuse the photo."""
    try:
        return photo.getexif().get(_ORIENTATION)
    except Exception:
        return None
