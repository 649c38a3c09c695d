"""The systemd units say what they need, and Parley works under their restrictions."""

from __future__ import annotations

import configparser
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app.settings import Settings
from app.tasks import END_SECONDS
from cli import DRAIN_SECONDS, main
from tests.running import Running

ROOT = Path(__file__).resolve().parents[2]
UNITS = {path.name: path for path in sorted((ROOT / "deploy").glob("parley*.service"))}


def unit_of(name: str) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
    unit.read(UNITS[name])
    return unit["Service"]


@pytest.mark.parametrize("name", UNITS)
def test_d3_a_unit_says_who_runs_it_and_where_everything_lies(name: str) -> None:
    service = unit_of(name)
    assert service["User"] == "parley"
    folders = [f"/var/lib/{folder}" for folder in service["StateDirectory"].split()]
    assert service["Environment"] == f"PARLEY_DATA_DIR={folders[0]}"
    assert service["ExecStart"].split()[1] in main.commands
    assert all(word in folders for word in service["ExecStart"].split() if word.startswith("/var"))
    assert service["Environment"].split("=")[0].removeprefix("PARLEY_").lower() in Settings.__struct_fields__


@pytest.mark.parametrize("name", ["parley.service", "parley-worker.service"])
def test_the_unit_leaves_time_to_drain(name: str) -> None:
    assert int(unit_of(name)["TimeoutStopSec"]) > END_SECONDS > DRAIN_SECONDS


class ReadOnly(Running):
    """A server for which every file system is read-only, as under ProtectSystem=strict, but for the data folder."""

    program = ("-m", "cli", "demo")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        data = folder / "data"
        data.mkdir()
        script = (
            f'mount --bind "{data}" "{data}" && mount -t tmpfs -o ro none /dev/shm && mount -o remount,bind,ro / && '
            f'! touch /tmp/parley-may-not 2>/dev/null && exec "$@"'
        )
        self.wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]


def a_large_picture() -> bytes:
    """A PNG of about three megabytes, which a form parser keeps in a temporary file."""
    file = io.BytesIO()
    Image.effect_noise((1800, 1800), 100).save(file, "PNG")
    return file.getvalue()


def test_d3_a_large_upload_works_where_only_the_data_folder_may_be_written(tmp_path: Path) -> None:
    running = ReadOnly(tmp_path)
    running.start()
    try:
        with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
            session: dict[str, Any] = http.post("/api/v1/widget/sessions", json={"inbox_key": "demo"}).json()
            picture = a_large_picture()
            assert len(picture) > 2_000_000
            for name, data in (("tent.png", picture), ("terms.pdf", b"%PDF-1.7" + bytes(5_000_000))):
                sent = http.post(
                    "/api/v1/attachments",
                    files={"file": (name, data)},
                    headers={"Authorization": f"Bearer {session['visitor_token']}"},
                )
                assert sent.status_code == 201, sent.text
    finally:
        running.stop()
    assert (tmp_path / "data" / "tmp").is_dir()
