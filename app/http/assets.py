"""Built front ends: read once, compressed once, told apart by their hashes."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from pathlib import Path

import brotli
from litestar import Response
from msgspec import Struct

from app.errors import NotFound
from app.http.platform import AnyRequest

COMPRESSED = (".js", ".css", ".html", ".svg", ".json", ".webmanifest")
SMALLEST = 256
LARGE = 400_000
"""From here on the last few percent would cost seconds, in which nobody else is answered."""
MAX_MADE = 200


class Asset(Struct, frozen=True):
    """A file in the three forms a browser may ask for."""

    plain: bytes
    gzipped: bytes | None
    brotlied: bytes | None
    content_type: str
    etag: str


class Assets:
    """The files of a folder. A missing folder is an empty one: the UIs may not be built yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._assets: dict[str, Asset] = {}
        self._made: dict[str, Asset] = {}

    def find(self, name: str) -> Asset | None:
        """The file of this name, or None. Only names that exist below the folder can match."""
        if name not in self._assets:
            try:
                path = (self._folder / name).resolve()
                if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
                    return None
            except (OSError, ValueError):  # longer than any name may be, or not a name at all
                return None
            self._assets[name] = _read(path)
        return self._assets[name]

    def respond(
        self, request: AnyRequest, name: str, *, is_immutable: bool, headers: dict[str, str] | None = None
    ) -> Response[bytes]:
        """The file as a response. Raises NotFound."""
        asset = self.find(name)
        if asset is None:
            raise NotFound("page", name)
        return _respond(request, asset, is_immutable=is_immutable, headers=headers)

    def respond_around(
        self, request: AnyRequest, name: str, before: bytes, after: bytes, *, is_kept: bool, headers: dict[str, str] | None = None
    ) -> Response[bytes]:
        """The file with something before and after it. What was made is kept, the latest few, unless it is to be told once
        only. Raises NotFound."""
        asset = self.find(name)
        if asset is None:
            raise NotFound("page", name)
        if not before and not after:
            return _respond(request, asset, is_immutable=False, headers=headers)
        whole = before + asset.plain + after
        if not is_kept:
            return Response(whole, headers=(headers or {}) | {"Cache-Control": "no-store"}, media_type=asset.content_type)
        key = hashlib.sha256(whole).hexdigest()
        if key not in self._made:
            if len(self._made) >= MAX_MADE:
                self._made.clear()
            self._made[key] = _compressed(whole, asset.content_type)
        return _respond(request, self._made[key], is_immutable=False, headers=headers)


def _respond(request: AnyRequest, asset: Asset, *, is_immutable: bool, headers: dict[str, str] | None) -> Response[bytes]:
    sent = dict(headers or {})
    sent |= {"ETag": asset.etag, "Vary": "Accept-Encoding"}
    sent["Cache-Control"] = "public, max-age=31536000, immutable" if is_immutable else "no-cache"
    if request.headers.get("if-none-match") == asset.etag:
        return Response(b"", status_code=304, headers=sent, media_type=asset.content_type)
    accepted = request.headers.get("accept-encoding", "")
    body = asset.plain
    if asset.brotlied is not None and "br" in accepted:
        body, sent["Content-Encoding"] = asset.brotlied, "br"
    elif asset.gzipped is not None and "gzip" in accepted:
        body, sent["Content-Encoding"] = asset.gzipped, "gzip"
    return Response(body, headers=sent, media_type=asset.content_type)


def _read(path: Path) -> Asset:
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content_type = "text/javascript" if path.suffix == ".js" else guessed
    return _compressed(path.read_bytes(), content_type, is_worth_it=path.suffix in COMPRESSED)


def _compressed(plain: bytes, content_type: str, *, is_worth_it: bool = True) -> Asset:
    is_compressed = is_worth_it and len(plain) >= SMALLEST
    return Asset(
        plain=plain,
        gzipped=gzip.compress(plain, 9 if len(plain) < LARGE else 6, mtime=0) if is_compressed else None,
        brotlied=brotli.compress(plain, quality=11 if len(plain) < LARGE else 5) if is_compressed else None,
        content_type=content_type,
        etag=f'"{hashlib.sha256(plain).hexdigest()[:20]}"',
    )
