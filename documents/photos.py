"""Photos fit for an official document: written anew as small JPEGs of pixels alone.

What a phone sends (12 megapixels, place and camera in its EXIF, lying on its side) becomes a picture as large as the
page prints it. Nothing of the original file but its pixels gets into the document.
"""

from __future__ import annotations

import io

from PIL import Image

from documents.model import Photo
from documents.pixels import Unreadable, open_pixels

# Two in a row are 75 mm wide: 1,000 pixels print at more than 300 to the inch.
LONGEST_SIDE = 1_000
QUALITY = 80


class PhotoError(ValueError):
    """No picture that can be printed: another kind of file, damaged, or too many pixels to be opened safely."""


def photo(data: bytes, caption: str) -> Photo:
    """The picture in `data` (JPEG or PNG) as a `Photo`, upright, at most 1,000 pixels long. Raises PhotoError.

    The same bytes give the same photo.
    """
    try:
        pixels = _on_white(open_pixels(io.BytesIO(data), longest=LONGEST_SIDE))
    except Unreadable as error:
        raise PhotoError(str(error)) from error
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), pixels.width, pixels.height, caption)


def _on_white(pixels: Image.Image) -> Image.Image:
    """What is transparent in a PNG is the paper."""
    if "A" not in pixels.getbands():
        return pixels.convert("RGB")
    layer, plain = pixels.convert("RGBA"), Image.new("RGB", pixels.size, "white")
    plain.paste(layer, mask=layer.getchannel("A"))
    return plain
