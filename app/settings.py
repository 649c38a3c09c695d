"""Every setting, read once by the door and handed down. See docs/settings.md."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from app.callers import trusted_networks
from app.errors import Invalid

PREFIX = "PARLEY_"


class Settings(Struct, frozen=True, kw_only=True):
    """What can be set from outside, as `PARLEY_` and the field's name in capitals."""

    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    public_url: str = "http://localhost:8000"
    data_dir: str = "data"
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = ""
    mail_from: str = "Support <support@localhost>"
    mail_fallback_seconds: float = 120.0
    mail_max_age_hours: float = 72.0
    mail_attached_max_bytes: int = 5 * 1024 * 1024
    mailed_link_days: float = 14.0
    verified_visitor_hours: float = 24.0
    embedding_model: str = "bundled"
    presence_lease_seconds: float = 9.0
    presence_grace_seconds: float = 10.0
    agent_capacity: int = 4
    attachment_max_bytes: int = 10 * 1024 * 1024
    allowed_origins: str = ""
    trusted_proxies: str = ""
    message_rate: float = 5.0
    address_rate: float = 50.0
    inbox_rate: float = 500.0
    sockets_per_address: int = 1000
    overload_seconds: float = 0.2
    login_rate: float = 0.2
    widget_rate: float = 2.0
    metrics_token: str = ""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    demo: bool = False
    demo_history: Literal["on", "off"] = "on"
    demo_player: Literal["on", "off"] = "on"

    @property
    def data_path(self) -> Path:
        """Where files, the database and the generated key lie."""
        return Path(self.data_dir)

    @property
    def mail_max_age(self) -> timedelta:
        """How long mail may wait for a mail host and still leave without asking."""
        return timedelta(hours=self.mail_max_age_hours)

    @property
    def is_https(self) -> bool:
        """Whether people reach us over TLS."""
        return self.public_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """Exact origins an agent's browser may come from."""
        return frozenset(
            origin.strip().rstrip("/") for origin in [self.public_url, *self.allowed_origins.split(",")] if origin.strip()
        )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment. Unknown `PARLEY_` names and values that do not fit are refused with the name."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    known = set(Settings.__struct_fields__)
    reserved = {name for name in given if name.startswith(("test_", "torch"))}
    if unknown := sorted(set(given) - known - reserved):
        raise Invalid(f"There is no setting {PREFIX}{unknown[0].upper()}.")
    try:
        settings = msgspec.convert({name: value for name, value in given.items() if name in known}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"A setting does not fit: {error}") from error
    return _complete(settings)


def _complete(settings: Settings) -> Settings:
    """Fill in what follows from the data folder: the SQLite file, and a key made on the first start and kept."""
    database_url = settings.database_url or f"sqlite:///{settings.data_path.absolute() / 'parley.db'}"
    secret_key = settings.secret_key or _kept_key(settings.data_path / "secret.key")
    if len(secret_key) < 32:
        raise Invalid(f"{PREFIX}SECRET_KEY must have at least 32 characters.")
    try:
        trusted_networks(settings.trusted_proxies)
    except ValueError as error:
        raise Invalid(f"{PREFIX}TRUSTED_PROXIES takes networks, separated by commas, like 10.0.0.0/8: {error}.") from error
    return msgspec.structs.replace(
        settings, database_url=database_url, secret_key=secret_key, public_url=settings.public_url.rstrip("/")
    )


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
