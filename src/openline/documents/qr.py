"""QR codes (ISO/IEC 18004) in images, written and read: each holds one frame, in base32."""

from __future__ import annotations

import io
from pathlib import Path

import segno
import zxingcpp
from PIL import Image, UnidentifiedImageError

from openline.words import limits
from openline.words.errors import OpenlineError, Whose

_CODES = zxingcpp.barcode_formats_from_str("QRCode")
_SCALE = 6
"""Pixels for each of a code's squares."""


def write_qr(said: str, file: Path) -> None:
    """Write letters and digits as a code into a PNG file; raises ``too-large`` (ours)."""
    try:
        code = segno.make(said, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError:
        raise OpenlineError(
            "too-large",
            f"{len(said)} letters do not fit into one QR code (FRAME_MOST)",
            rule="R-CAR-13",
            next="give smaller frames",
        ) from None
    code.save(str(file), kind="png", scale=_SCALE)


def read_qr(data: bytes, name: str) -> list[str]:
    """What the codes in an image say, from left to right and top to bottom.

    Raises ``bad-image`` (carrier) for what is no image, is larger than FRAME_IMAGE_PIXELS, or
    shows no code.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > limits.FRAME_IMAGE_PIXELS:
                raise _bad(name, "it has more pixels than FRAME_IMAGE_PIXELS")
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise _bad(name, "it cannot be read as an image") from None
    found = zxingcpp.read_barcodes(grey, formats=_CODES)
    if not found:
        raise _bad(name, "it shows no QR code that can be read")
    found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in found]


def _bad(name: str, what: str) -> OpenlineError:
    return OpenlineError(
        "bad-image",
        f"{name}: {what}",
        whose=Whose.CARRIER,
        rule="R-CAR-13",
        next="take the picture again, nearer and with more light, or use --text",
    )
