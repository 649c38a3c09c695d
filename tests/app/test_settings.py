"""Settings: read once, from PARLEY_ names only, and refused by name when they make no sense."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.errors import Invalid
from app.settings import Settings, read_settings


def read(folder: Path, **given: str) -> Settings:
    return read_settings({"PARLEY_DATA_DIR": str(folder), **{f"PARLEY_{name}": value for name, value in given.items()}})


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'parley.db'}"
    assert settings.port == 8000
    assert not settings.demo


def test_values_are_read_in_their_own_types(tmp_path: Path) -> None:
    settings = read(tmp_path, PORT="9000", MESSAGE_RATE="2.5", DEMO="true", LOG_FORMAT="json", PUBLIC_URL="https://a.example/")
    assert (settings.port, settings.message_rate, settings.demo, settings.log_format) == (9000, 2.5, True, "json")
    assert (settings.public_url, settings.is_https) == ("https://a.example", True)


@pytest.mark.parametrize("name", ["PROT", "DATABASE", "database_url ", "DEBUG", "X"])
def test_a_name_nobody_knows_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(tmp_path, **{name: "1"})
    assert f"PARLEY_{name.upper()}" in refusal.value.detail


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "http"), ("LOG_FORMAT", "xml"), ("DEMO", "perhaps"), ("MESSAGE_RATE", "fast")]
)
def test_a_value_that_does_not_fit_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(tmp_path, **{name: value})
    assert name.lower() in refusal.value.detail


def test_other_peoples_variables_are_none_of_our_business(tmp_path: Path) -> None:
    assert read_settings({"PATH": "/bin", "PORT": "1", "PARLEY_DATA_DIR": str(tmp_path)}).port == 8000


def test_what_belongs_to_tests_and_tools_is_not_a_setting(tmp_path: Path) -> None:
    assert read(tmp_path, TEST_POSTGRES_URL="postgresql://x").database_url.startswith("sqlite")


def test_a_key_is_made_once_kept_and_shown_to_nobody(tmp_path: Path) -> None:
    first, second = read(tmp_path).secret_key, read(tmp_path).secret_key
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert read(tmp_path / "other").secret_key != first


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        read(tmp_path, SECRET_KEY="x" * 31)
    assert read(tmp_path, SECRET_KEY="x" * 32).secret_key == "x" * 32


def test_b8_allowed_origins_are_exact(tmp_path: Path) -> None:
    settings = read(
        tmp_path, PUBLIC_URL="https://help.example.com", ALLOWED_ORIGINS=" https://a.example/ ,https://b.example:8443,"
    )
    assert settings.origins == {"https://help.example.com", "https://a.example", "https://b.example:8443"}


def test_a_proxy_that_is_no_network_stops_the_start() -> None:
    with pytest.raises(Invalid, match=r"PARLEY_TRUSTED_PROXIES takes networks, separated by commas"):
        read_settings({"PARLEY_SECRET_KEY": "k" * 40, "PARLEY_TRUSTED_PROXIES": "10.0.0.0/8, my-proxy"})
