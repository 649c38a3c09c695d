"""The features of the contract, a file each: what is generated from it and what its tests look at."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any, get_args

import app.contract
from app.contract.bases import Answered, Reply
from app.contract.replies import Refused

SHARED = {"audiences", "bases", "commands", "events", "features", "replies", "values"}
"""Files of app/contract that belong to no feature."""


def features() -> dict[str, ModuleType]:
    """Title -> the module of a feature, by title."""
    names = [it.name for it in pkgutil.iter_modules(app.contract.__path__) if it.name not in SHARED]
    return {title(name): importlib.import_module(f"app.contract.{name}") for name in sorted(names)}


def title(name: str) -> str:
    """Return the title of a module's chapter."""
    return name.upper() if name == "sla" else name.replace("_", " ").capitalize()


def answers_to(command: Answered) -> tuple[type[Reply], ...]:
    """Return the replies a command may get, a refusal aside."""
    return get_args(command.answers) or (command.answers,)  # pyright: ignore[reportReturnType]


def replies_to(commands: Any) -> tuple[type[Reply], ...]:
    """Return every reply to the commands of a union, refusals included, each once."""
    return tuple(dict.fromkeys([*(it for command in get_args(commands) for it in answers_to(command)), Refused]))
