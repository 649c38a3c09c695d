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

    def find(self, name: str) -> Asset | None:
        """The file of this name, or None. Only names that exist below the folder can match."""
        if name not in self._assets:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
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
    plain = path.read_bytes()
    is_compressed = path.suffix in COMPRESSED and len(plain) >= SMALLEST
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content_type = "text/javascript" if path.suffix == ".js" else guessed
    return Asset(
        plain=plain,
        gzipped=gzip.compress(plain, 9, mtime=0) if is_compressed else None,
        brotlied=brotli.compress(plain) if is_compressed else None,
        content_type=content_type,
        etag=f'"{hashlib.sha256(plain).hexdigest()[:20]}"',
    )
