"""Domain tests run on a furnished house, once over SQLite and once over PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from realtime.gateway import Gateway
from tests.app.asking import Doors
from tests.factories import House, open_house


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as house:
        yield house


@pytest.fixture
def gateway(house: House) -> Gateway:
    """Where both doors bring their commands."""
    return Doors(house).gateway
