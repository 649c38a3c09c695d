"""Settings that admins change: other screens are told to ask again."""

from __future__ import annotations

from app.contract.audiences import ToAllAgents
from app.contract.values import ConfigArea
from app.contract.workspace import ConfigChanged
from app.work import Work


def announce_config(work: Work, area: ConfigArea) -> None:
    """Tell all agents, once the rows are safe, that this area's settings changed."""
    work.announce(ConfigChanged(area=area), to=ToAllAgents())
