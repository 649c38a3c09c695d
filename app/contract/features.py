"""The features of the contract, a file each: what is generated from it and what its tests look at."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import app.contract

SHARED = {"audiences", "bases", "commands", "events", "features", "replies", "values"}
"""Files of app/contract that belong to no feature."""


def features() -> dict[str, ModuleType]:
    """Title -> the module of a feature, by title."""
    names = [it.name for it in pkgutil.iter_modules(app.contract.__path__) if it.name not in SHARED | {"http", "views"}]
    return {title(name): importlib.import_module(f"app.contract.{name}") for name in sorted(names)}


def title(name: str) -> str:
    """Return the title of a module's chapter."""
    return name.upper() if name == "sla" else name.replace("_", " ").capitalize()
