"""Every setting, read once by the door and handed down. See docs/settings.md."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.callers import trusted_networks
from app.egress import read_allowed
from app.errors import Invalid

PREFIX = "PARLEY_"
SHORTEST_KEY = 32
MAX_PORT = 65535
_LINK_NAME = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$")
_LINK_VALUE = re.compile(r"(tcp|udp|sctp)://")
DATABASE_SCHEMES = ("postgresql", "postgres")


class Settings(Struct, frozen=True, kw_only=True):
    """Settings from outside, as `PARLEY_` and the field's name in capitals."""

    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    public_url: str = "http://localhost:8000"
    data_dir: str = "data"
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = ""
    smtp_tls: Literal["required", "optional"] = "required"
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
    files_max_bytes: int = 0
    allowed_origins: str = ""
    trusted_proxies: str = ""
    egress_allowed: str = ""
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
        """Return the folder of files, the database and the generated key."""
        return Path(self.data_dir)

    @property
    def mail_max_age(self) -> timedelta:
        """Return how long mail may wait for a mail host and still leave without asking."""
        return timedelta(hours=self.mail_max_age_hours)

    @property
    def is_https(self) -> bool:
        """Return whether people reach us over TLS."""
        return self.public_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """Exact origins an agent's browser may come from."""
        return frozenset(
            origin.strip().rstrip("/") for origin in [self.public_url, *self.allowed_origins.split(",")] if origin.strip()
        )


def read_settings(environment: Mapping[str, str], holds_data: Callable[[str], bool] = lambda url: False) -> Settings:
    """Return the settings of an environment. Unknown `PARLEY_` names and values that do not fit are refused with the name.

    A secret key is made only for a database that does not hold data yet.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and not _is_service_link(name, value)
    }
    known = set(Settings.__struct_fields__)
    reserved = {name for name in given if name.startswith(("test_", "torch"))}
    if unknown := sorted(set(given) - known - reserved):
        raise Invalid(f"There is no setting {PREFIX}{unknown[0].upper()}.")
    try:
        settings = msgspec.convert({name: value for name, value in given.items() if name in known}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"A setting does not fit: {error}") from error
    _check(settings)
    return _complete(settings, holds_data)


def _is_service_link(name: str, value: str) -> bool:
    """Return whether Kubernetes or a container link put a variable there because of a service called `parley`."""
    return _LINK_NAME.search(name) is not None or (name.endswith("_PORT") and _LINK_VALUE.match(value) is not None)


def _complete(settings: Settings, holds_data: Callable[[str], bool]) -> Settings:
    """Fill in what follows from the data folder: the SQLite file, and a key made on the first start and kept."""
    database_url = settings.database_url or f"sqlite:///{settings.data_path.absolute() / 'parley.db'}"
    if settings.secret_key and len(settings.secret_key) < SHORTEST_KEY:
        raise Invalid(f"{PREFIX}SECRET_KEY must have at least {SHORTEST_KEY} characters.")
    secret_key = settings.secret_key or _kept_key(settings.data_path / "secret.key", lambda: holds_data(database_url))
    return msgspec.structs.replace(
        settings, database_url=database_url, secret_key=secret_key, public_url=settings.public_url.rstrip("/")
    )


def _kept_key(path: Path, holds_data: Callable[[], bool]) -> str:
    """Return the key kept in the data folder, made on the first start. Raises Invalid rather than make another over data."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            if holds_data():
                raise Invalid(
                    f"{path} is missing, but the database holds data. Put the file back from where you keep your secrets."
                    f" If it is lost, write {SHORTEST_KEY} random characters or more into it: visitors then begin anew."
                )
            with open(path, "x", opener=_for_owner_only) as file:
                file.write(secrets.token_urlsafe(48))
        key = path.read_text().strip()
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} holds no text. Put the file back from where you keep your secrets.") from error
    except OSError as error:
        raise Invalid(f"{path} cannot be read or made: {error.strerror}. Check {PREFIX}DATA_DIR and who owns it.") from error
    if len(key) < SHORTEST_KEY:
        raise Invalid(
            f"{path} {'is empty' if not key else 'is cut short'}. Put the file back from where you keep your secrets."
            " Without it visitors begin anew."
        )
    return key


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _check(settings: Settings) -> None:
    """Raise Invalid, with the name and an example, for a setting that reads well and cannot be meant."""
    _check_database_url(settings.database_url)
    _check_url("PUBLIC_URL", settings.public_url, ("http", "https"), "https://support.example.com")
    if settings.redis_url:
        _check_url("REDIS_URL", settings.redis_url, ("redis", "rediss", "unix"), "redis://host:6379/0")
    if settings.smtp_url:
        _check_url("SMTP_URL", settings.smtp_url, ("smtp", "smtps"), "smtp://user:password@host:587")
    if not 0 <= settings.port <= MAX_PORT:
        raise Invalid(f"{PREFIX}PORT must be between 1 and {MAX_PORT}, not {settings.port}.")
    if "@" not in parseaddr(settings.mail_from)[1]:
        raise Invalid(f'{PREFIX}MAIL_FROM must be an address, as in "Support <support@example.com>".')
    try:
        trusted_networks(settings.trusted_proxies)
    except ValueError as error:
        raise Invalid(f"{PREFIX}TRUSTED_PROXIES takes networks, separated by commas, like 10.0.0.0/8: {error}.") from error
    read_allowed(settings.egress_allowed)
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        if isinstance(value, int | float) and not (0 <= value < float("inf")):
            raise Invalid(f"{PREFIX}{field.name.upper()} must not be negative or infinite.")


def _check_database_url(url: str) -> None:
    if not url:
        return
    example = f"{PREFIX}DATABASE_URL looks like postgresql://user:password@host:5432/name or sqlite:////absolute/parley.db"
    if url.startswith("sqlite:///"):
        if url.removeprefix("sqlite:///") in ("", ":memory:"):
            raise Invalid(f"{example}; SQLite needs a file.")
        return
    try:
        scheme = make_url(url).drivername
    except (ArgumentError, ValueError) as error:
        raise Invalid(f"{example}; yours cannot be read.") from error
    if scheme not in DATABASE_SCHEMES:
        raise Invalid(f"{example}; Parley does not run on {scheme}.")


def _check_url(name: str, url: str, schemes: tuple[str, ...], example: str) -> None:
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in schemes and (bool(parts.hostname) or parts.scheme == "unix") and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine:
        raise Invalid(f"{PREFIX}{name} looks like {example}; yours cannot be read.")
