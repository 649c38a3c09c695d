"""Reading request bodies that may be anything."""

from __future__ import annotations

from typing import Any

from litestar import Request

from app.errors import Invalid


class CarefulRequest(Request[Any, Any, Any]):
    """A request whose JSON may be nested without end."""

    async def json(self) -> Any:
        try:
            return await super().json()
        except RecursionError as error:
            raise Invalid("That is nested too deeply.") from error
