"""Every door of the HTTP API as the application itself knows it, and bodies that fit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from litestar.routes import HTTPRoute
from msgspec import Struct
from polyfactory.factories.msgspec_factory import MsgspecFactory

from app.database.migrate import migrate
from app.settings import Settings
from server import build

MISSING = "00000000-0000-7000-8000-000000000000"


class Door(Struct, frozen=True):
    """A method and a path, and what its body must be."""

    method: str
    path: str
    body: Any
    query: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def address(self) -> str:
        """Its path, with ids of nothing."""
        return re.sub(r"\{[^}]+\}", MISSING, self.path)

    def fitting_body(self, seed: int = 1) -> Any:
        """A body that the contract takes, or None where it has none."""
        if self.body is None:
            return None
        return json.loads(_made(self.body, seed))


@cache
def _made(kind: Any, seed: int) -> bytes:
    factory = MsgspecFactory.create_factory(kind, __random_seed__=seed, __check_model__=False)
    return msgspec.json.encode(_with_languages(_short(msgspec.to_builtins(factory.build())), kind))


def _short(made: Any) -> Any:
    """Return the same with at most three items in each list: the factory fills lists to their bound."""
    if isinstance(made, list):
        return [_short(one) for one in made[:3]]
    if isinstance(made, dict):
        return {key: _short(one) for key, one in made.items()}
    return made


def _with_languages(made: Any, kind: Any) -> Any:
    """The factory cannot make texts for the pattern of languages: "en" stands in each place that wants one."""
    for _ in range(500):
        try:
            msgspec.convert(made, kind)
        except msgspec.ValidationError as error:
            *way, last = [int(one) if one.isdigit() else one for one in re.findall(r"\w+", str(error).rpartition("`$")[2])]
            at = made
            for step in way:
                at = at[step]
            at[last] = "en"
        else:
            return made
    raise AssertionError(f"no body fits {kind}")


def fitting_command(kind: Any) -> dict[str, Any]:
    """Return a command that the contract takes and a frame can carry."""
    body = Door("POST", "/api/v1/commands", kind).fitting_body()
    if "changes" in body:
        body["changes"] = [body["changes"][0] | {"conversation_ids": body["changes"][0]["conversation_ids"][:1]}]
    return body


@cache
def all_doors() -> tuple[Door, ...]:
    """As the application is put together, without a server."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'parley.db'}"
        migrate(url)
        app = build(Settings(database_url=url, data_dir=folder, secret_key="k" * 40, embedding_model="off"))
        return tuple(sorted(_doors(app), key=lambda door: door.name))


def _doors(app: Any) -> Iterator[Door]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            parameters = handler.parsed_fn_signature.parameters
            data = parameters.get("data")
            query = tuple(sorted(set(parameters) - {"data", "request"} - set(route.path_parameters)))
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                yield Door(str(method), re.sub(r":\w+\}", "}", route.path), data.annotation if data else None, query)


def every_string(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON with each string changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [every_string(one, change) for one in value]
    if isinstance(value, dict):
        return {key: every_string(one, change) for key, one in value.items()}
    return value
