"""Photos from people outside, written anew: only pixels remain, no place or camera, no second format behind them."""

import io
import threading
import warnings
from typing import Any

from PIL import Image

LONGEST_SIDE = 3_000  # pixels of a photo as it is kept
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
    """No photo that can be opened, or one of too many pixels."""


def pixels_only(file: Any, kind: str) -> bytes:
    """The photo in `file` as a new file of `kind` ("JPEG" or "PNG"), upright, at most `LONGEST_SIDE` pixels long."""
    with _one_at_a_time:
        try:
            pixels = _read(file, kind)
        except Exception as fault:
            # Decoders fed with foreign bytes raise anything: TypeError, struct.error, KeyError …
            raise Unreadable(kind) from fault
        out = io.BytesIO()
        # A new image takes no metadata along.
        blank = Image.new(pixels.mode, pixels.size)
        blank.paste(pixels)
        blank.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
        return out.getvalue()


def _read(file: Any, kind: str) -> Image.Image:
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged notes; the number of pixels is asked below
        with Image.open(file, formats=(kind,)) as photo:
            if photo.width * photo.height > MAX_PIXELS[kind]:
                raise Unreadable(kind)
            turn = _UPRIGHT.get(_orientation(photo))
            photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            pixels = photo.convert("RGBA" if kind == "PNG" and "A" in photo.getbands() else "RGB")
    return pixels.transpose(turn) if turn is not None else pixels


def _orientation(photo: Image.Image) -> Any:
    """How the camera was held; a damaged note about it is no reason to refuse the photo."""
    try:
        return photo.getexif().get(_ORIENTATION)
    except Exception:
        return None
