"""Reading request bodies that may be anything."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict

from app.cleaning import clean_string, clean_value, is_suspect
from app.errors import Invalid


class CarefulRequest(Request[Any, Any, Any]):
    """A request whose JSON may be nested without end, and whose words are cleaned before anybody reads them."""

    async def json(self) -> Any:
        try:
            value = await super().json()
            return clean_value(value) if is_suspect(await self.body()) else value
        except RecursionError as error:
            raise Invalid("That is nested too deeply.") from error

    async def form(self) -> FormMultiDict:
        fields = (await super().form()).multi_items()
        return FormMultiDict([(clean_string(name), clean_string(one) if isinstance(one, str) else one) for name, one in fields])
