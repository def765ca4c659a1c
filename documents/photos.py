"""Photos fit for an official document: written anew as small JPEGs of pixels alone.

What a phone sends (12 megapixels, place and camera in its EXIF, lying on its side) becomes a picture as large as the
page prints it. Nothing of the original file but its pixels gets into the document.
"""

from __future__ import annotations

import io
import threading
import warnings

from PIL import Image, ImageOps

from documents.model import Photo

# Two in a row are 75 mm wide: 1,000 pixels print at more than 300 to the inch.
LONGEST_SIDE = 1_000
QUALITY = 80
# A JPEG is made smaller while it is read, a PNG is not.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000}
_one_at_a_time = threading.Lock()  # a decoded photo takes up to 100 MB


class PhotoError(ValueError):
    """No picture that can be printed: another kind of file, damaged, or too many pixels to be opened safely."""


def photo(data: bytes, caption: str) -> Photo:
    """The picture in `data` (JPEG or PNG) as a `Photo`, upright, at most 1,000 pixels long. Raises PhotoError.

    The same bytes give the same photo.
    """
    try:
        with _one_at_a_time:
            pixels = _small(data)
    except PhotoError:
        raise
    except (
        Exception
    ) as error:  # decoders fed with foreign bytes raise anything: TypeError, struct.error, KeyError …
        raise PhotoError("not a readable picture") from error
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), pixels.width, pixels.height, caption)


def _small(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged notes; the number of pixels is asked below
        with Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS)) as source:
            if source.width * source.height > MAX_PIXELS[source.format or "PNG"]:
                raise PhotoError("too many pixels")
            source.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than needed
            source.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
            upright = _upright(source)
            # On white: what is transparent in a PNG is the paper.
            plain = Image.new("RGB", upright.size, "white")
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                layer = upright.convert("RGBA")
                plain.paste(layer, mask=layer.getchannel("A"))
            else:
                plain.paste(upright.convert("RGB"))
            return plain


def _upright(source: Image.Image) -> Image.Image:
    """As the camera was held; a damaged note about it is no reason to leave the photo out."""
    try:
        return ImageOps.exif_transpose(source)
    except Exception:
        return source
