"""Pictures drawn anew, so that nothing hides in them; and what other files are, by their bytes.

`draw_apart` is run in a child process (`app.bounded`): Pillow meets bytes that strangers made, and takes memory and time
by what they claim to be.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image, ImageOps

from app.errors import Invalid, TooLarge

MAX_PIXELS = 40_000_000
MAX_VISITOR_PIXELS = 24_000_000
"""The widget makes larger photographs smaller before it sends them again."""
IMAGE_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
SIGNATURES = ((b"%PDF-", "application/pdf"), (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b", "application/gzip"))
INLINE_TYPES = frozenset(IMAGE_FORMATS.values())
WITHOUT_WORDS = {
    "PNG": {"exif": b"", "icc_profile": b""},
    "JPEG": {"exif": b"", "icc_profile": b"", "comment": b"", "xmp": b"", "quality": 88},
    "GIF": {"comment": b""},
    "WEBP": {"exif": b"", "icc_profile": b"", "xmp": b""},
}
"""Pillow carries these over from the original unless told otherwise; the place and camera of a photograph are among them."""


class StoredFile(NamedTuple):
    """A file as its bytes turned out to be. Images are re-encoded, so nothing hides in them."""

    data: bytes
    content_type: str
    width: int | None
    height: int | None


def is_picture(data: bytes) -> bool:
    """Return whether the bytes begin as one of the kinds that are drawn anew."""
    return data.startswith(PICTURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def draw_apart(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Recognise, as a call to the child is answered."""
    stored = recognise(data, head["max_pixels"])
    return {"content_type": stored.content_type, "width": stored.width, "height": stored.height}, stored.data


def recognise(data: bytes, max_pixels: int = MAX_PIXELS) -> StoredFile:
    """Return the kind of the bytes. Raises Invalid for an image that cannot be decoded, TooLarge for one with too many
    pixels. CPU-bound."""
    image = _image_of(data, max_pixels) if is_picture(data) else None
    if image is not None:
        return image
    for signature, content_type in SIGNATURES:
        if data.startswith(signature):
            return StoredFile(data, content_type, None, None)
    is_text = b"\x00" not in data[:4096]
    return StoredFile(data, "text/plain" if is_text and _is_utf8(data) else "application/octet-stream", None, None)


def _image_of(data: bytes, max_pixels: int) -> StoredFile | None:
    try:
        with Image.open(BytesIO(data), formats=list(IMAGE_FORMATS)) as image:
            return _re_encoded(image, max_pixels)
    except Image.UnidentifiedImageError:
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(max_pixels) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Invalid("That image is damaged.") from error


def _re_encoded(image: Image.Image, max_pixels: int) -> StoredFile:
    frames: int = getattr(image, "n_frames", 1)
    kind = image.format or ""
    if kind == "MPO":  # a JPEG with more pictures behind it, as phones make them: the first one is the photograph
        kind, frames = "JPEG", 1
    if kind == "WEBP":  # making one takes three times the memory
        max_pixels = min(max_pixels, MAX_VISITOR_PIXELS)
    if image.width * image.height * frames > max_pixels:
        raise _too_many_pixels(max_pixels)
    out = BytesIO()
    if frames > 1:
        image.save(out, kind, save_all=True, **WITHOUT_WORDS[kind])
        return StoredFile(out.getvalue(), IMAGE_FORMATS[kind], image.width, image.height)
    ImageOps.exif_transpose(image, in_place=True)
    upright = image.convert("RGB") if kind == "JPEG" and image.mode != "RGB" else image  # a copy is as large again
    upright.save(out, kind, **WITHOUT_WORDS[kind])
    return StoredFile(out.getvalue(), IMAGE_FORMATS[kind], upright.width, upright.height)


def _too_many_pixels(max_pixels: int) -> TooLarge:
    return TooLarge(f"Pictures may have up to {max_pixels // 1_000_000} million pixels, all frames together. Send a smaller one.")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
