"""Files: what their bytes are, whatever their sender says; shown in place only as pictures we drew ourselves."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from app.attachments import FileStore, clean_name, upload_file
from app.errors import Invalid, TooLarge
from app.pictures import INLINE_TYPES, MAX_VISITOR_PIXELS, recognise
from models import Attachment
from tests.factories import House

CANARY = b"<script>alert('canary')</script>"


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    mode = "RGB" if kind in ("JPEG", "WEBP", "BMP", "TIFF") else "P"
    Image.new(mode, size, 1).save(out, kind, **options)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "words")
    return out.getvalue()


def moving(kind: str, frames: int = 3, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", size, (5 * n, 10, 10)) for n in range(frames)]
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=80)
    return out.getvalue()


TYPES: dict[str, tuple[bytes, str]] = {
    "png": (picture("PNG"), "image/png"),
    "jpeg": (picture("JPEG"), "image/jpeg"),
    "gif": (picture("GIF"), "image/gif"),
    "webp": (picture("WEBP"), "image/webp"),
    "moving gif": (moving("GIF"), "image/gif"),
    "moving webp": (moving("WEBP"), "image/webp"),
    "moving png": (moving("PNG"), "image/png"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
    "zip": (zipped(), "application/zip"),
    "gzip": (gzip.compress(b"words"), "application/gzip"),
    "text": ("Grüße\n".encode(), "text/plain"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "text/plain"),
    "html": (b"<!doctype html><script>alert(1)</script>", "text/plain"),
    "xml": (b'<?xml version="1.0"?><svg/>', "text/plain"),
    "javascript": (b"alert(1)", "text/plain"),
    "bmp": (picture("BMP"), "application/octet-stream"),
    "tiff": (picture("TIFF"), "application/octet-stream"),
    "bytes": (b"\x00\x01\x02\xff", "application/octet-stream"),
    "program": (b"MZ\x90\x00\x03", "application/octet-stream"),
    "latin-1 text": ("Grüße".encode("latin-1"), "application/octet-stream"),
}


@pytest.mark.parametrize(("data", "content_type"), TYPES.values(), ids=TYPES.keys())
def test_a_file_is_what_its_bytes_are(data: bytes, content_type: str) -> None:
    assert recognise(data).content_type == content_type


def test_b17_nothing_a_browser_would_run_is_shown_in_place() -> None:
    assert {"image/png", "image/jpeg", "image/gif", "image/webp"} == INLINE_TYPES
    assert recognise(TYPES["svg"][0]).content_type not in INLINE_TYPES
    assert recognise(TYPES["html"][0]).content_type not in INLINE_TYPES


def with_text(kind: str) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (8, 8))
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", CANARY.decode())
        info.add_itxt("XML:com.adobe.xmp", CANARY.decode())
        image.save(out, "PNG", pnginfo=info, exif=exif, icc_profile=CANARY)
    elif kind == "JPEG":
        image.save(out, "JPEG", comment=CANARY, exif=exif, icc_profile=CANARY, xmp=CANARY)
    elif kind == "WEBP":
        image.save(out, "WEBP", exif=exif, xmp=CANARY, icc_profile=CANARY)
    else:
        image.convert("P").save(out, "GIF", comment=CANARY)
    return out.getvalue()


def animated_with_text(kind: str) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", (8, 8), (60 * n, 0, 0)) for n in range(3)]
    more = {"comment": CANARY} if kind == "GIF" else {"xmp": CANARY, "icc_profile": CANARY}
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], **more)
    return out.getvalue()


HIDING: dict[str, Callable[[], bytes]] = {
    "png": lambda: with_text("PNG"),
    "jpeg": lambda: with_text("JPEG"),
    "webp": lambda: with_text("WEBP"),
    "gif": lambda: with_text("GIF"),
    "behind a png": lambda: picture("PNG") + CANARY,
    "behind a jpeg": lambda: picture("JPEG") + CANARY,
    "behind a gif": lambda: picture("GIF") + CANARY,
    "behind a moving gif": lambda: moving("GIF") + CANARY,
    "in a moving gif": lambda: animated_with_text("GIF"),
    "in a moving webp": lambda: animated_with_text("WEBP"),
}


@pytest.mark.parametrize("make", HIDING.values(), ids=HIDING.keys())
def test_nothing_hides_in_a_picture(make: Callable[[], bytes]) -> None:
    data = make()
    assert CANARY in data, "the test itself hides nothing"
    stored = recognise(data)
    assert CANARY not in stored.data
    assert stored.content_type in INLINE_TYPES


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_still_moves(kind: str) -> None:
    stored = recognise(moving(kind, frames=4))
    with Image.open(io.BytesIO(stored.data)) as image:
        assert image.n_frames == 4  # pyright: ignore[reportAttributeAccessIssue]
        image.load()
        assert image.info.get("duration") == 80
    assert (stored.width, stored.height) == (40, 30)


def test_a_photograph_taken_sideways_stands_upright() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)
    assert recognise(out.getvalue())[2:] == (30, 40)


@pytest.mark.parametrize("count", [2, 5])
def test_of_a_photograph_with_more_pictures_behind_it_the_first_is_taken(count: int) -> None:
    """Phones put a preview or a depth map behind the photograph (MPO, chatwoot and Pillow#8486)."""
    out = io.BytesIO()
    pictures = [Image.new("RGB", (40 - n, 30 - n), (50 * n, 10, 10)) for n in range(count)]
    pictures[0].save(out, "MPO", save_all=True, append_images=pictures[1:])
    stored = recognise(out.getvalue())
    assert (stored.content_type, stored.width, stored.height) == ("image/jpeg", 40, 30)
    with Image.open(io.BytesIO(stored.data)) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)


def test_pictures_behind_a_photograph_do_not_count_as_pixels() -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))])
    assert recognise(out.getvalue(), 2_000).width == 40


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(6400, 6400), (12_000, 9_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (10, 2**31 - 1)])
def test_b19_a_pixel_bomb_is_refused_before_it_is_drawn(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="40 million pixels"):
        recognise(bomb(*size))


def test_all_pictures_of_a_film_count() -> None:
    assert recognise(moving("GIF", frames=3, size=(50, 50)), 10_000).width == 50
    with pytest.raises(TooLarge):
        recognise(moving("GIF", frames=5, size=(50, 50)), 10_000)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_picture_is_refused(kind: str) -> None:
    whole = picture(kind, (400, 300))
    with pytest.raises(Invalid):
        recognise(whole[: len(whole) // 2])


@given(
    st.binary(min_size=1, max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"RIFF\x10\x00\x00\x00WEBP"]),
)
def test_no_bytes_make_it_stumble(data: bytes, head: bytes) -> None:
    try:
        stored = recognise(head + data)
    except (Invalid, TooLarge):
        return
    assert stored.content_type


NAMES = {
    "holiday.jpg": "holiday.jpg",
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system.ini": "system.ini",
    "C:\\Users\\mia\\bill.pdf": "bill.pdf",
    "/etc/shadow": "shadow",
    "..": "file",
    ".": "file",
    "": "file",
    "   ": "file",
    "/": "file",
    ".htaccess": "htaccess",
    "a\x00b.txt": "ab.txt",
    "a\r\nContent-Type: text/html.txt": "html.txt",
    "two\nlines.txt": "two lines.txt",
    "photo\u202egpj.exe": "photogpj.exe",
    "\u2066\u202bname\u2069.txt": "name.txt",
    "résumé 日本.pdf": "résumé 日本.pdf",
    "👩‍👩‍👧.png": "👩‍👩‍👧.png",
    'quo"te;name.txt': 'quo"te;name.txt',
    "x" * 300 + ".png": "x" * 146 + ".png",
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items(), ids=[repr(name)[:30] for name in NAMES])
def test_a_name_is_fit_to_show(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@given(st.text(max_size=400))
def test_b18_no_name_leaves_its_folder_or_turns_the_reading_order(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= 150
    assert not set(kept) & set("/\\\r\n\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert kept not in (".", "..")


async def test_a_file_is_kept_under_its_hash_once(house: House, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    visitor = house.visitor()
    first = await upload_file(house.works, store, visitor, "a.txt", b"the same words", 1000)
    second = await upload_file(house.works, store, visitor, "../b.txt", b"the same words", 1000)
    assert first.id != second.id
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == list(
        {row.digest for row in await house.all(select(Attachment))}
    )
    assert second.name == "b.txt"


async def test_what_is_kept_is_what_was_drawn_anew(house: House, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    view = await upload_file(house.works, store, house.visitor(), "x.html", with_text("PNG"), 10_000)
    await store.close()
    (row,) = await house.all(select(Attachment))
    kept = store.path_of(row.digest).read_bytes()
    assert CANARY not in kept
    assert (view.content_type, view.size, view.width, view.height) == ("image/png", len(kept), 8, 8)


async def test_b19_a_visitors_picture_may_have_fewer_pixels_than_an_agents(house: House, tmp_path: Path) -> None:
    """24 million, which the widget shrinks its photographs to stay below; agents may send 40."""
    large, ana = bomb(6000, MAX_VISITOR_PIXELS // 6000 + 1), await house.agent("Ana")
    store = FileStore(tmp_path / "files")
    with pytest.raises(TooLarge, match="24 million pixels"):
        await upload_file(house.works, store, house.visitor(), "a.png", large, 10_000)
    with pytest.raises(Invalid, match="damaged"):
        await upload_file(house.works, store, ana, "a.png", large, 10_000)
    await store.close()


@pytest.mark.parametrize(("data", "refusal"), [(b"", Invalid), (b"x" * 1001, TooLarge)])
async def test_empty_and_too_large_are_refused_and_leave_nothing(
    house: House, tmp_path: Path, data: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await upload_file(house.works, FileStore(tmp_path / "files"), house.visitor(), "a", data, 1000)
    assert not (tmp_path / "files").exists()
    assert await house.all(select(Attachment)) == []


async def test_a_message_may_be_nothing_but_files_in_the_order_given(house: House, tmp_path: Path) -> None:
    store, (id, visitor) = FileStore(tmp_path / "files"), await house.chat()
    files = [(await upload_file(house.works, store, visitor, f"{n}.txt", f"{n}".encode(), 1000)).id for n in range(3)]
    said = await house.write(visitor, id, "", attachment_ids=[files[2], files[0], files[2]])
    assert [file.id for file in said.attachments] == [files[2], files[0]]
    assert (await house.conversation(id)).preview == "2.txt, 0.txt"
