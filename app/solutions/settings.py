"""Settings of solutions: the teams that review them, how long a customer may stay silent, and when what is resolved closes."""

from __future__ import annotations

from sqlalchemy import select, update

from app.activity.record import record
from app.contract.solutions import ReviewingTeam, SetSolutionSettings, SolutionSettings
from app.conversations.closing import close_days
from app.people.actors import SignedInAgent
from app.people.config import announce_config
from app.people.permissions import Permission, require
from app.people.workspace import write_workspace
from app.solutions.proposals import silent_days
from app.work import Rows, Work
from models import Team


async def solution_settings(rows: Rows, agent: SignedInAgent) -> SolutionSettings:
    """Return the settings, with every team in use."""
    require(Permission.SET_WORKSPACE, agent)
    teams = await rows.all(select(Team).where(Team.archived_at.is_(None)).order_by(Team.name))
    views = [ReviewingTeam(team_id=one.id, name=one.name, reviews=bool(one.reviews_solutions)) for one in teams]
    return SolutionSettings(silent_days=await silent_days(rows), close_days=await close_days(rows), teams=views)


async def set_solution_settings(work: Work, agent: SignedInAgent, asked: SetSolutionSettings) -> SolutionSettings:
    """Replace the settings. Proposals that wait for an answer, and what is resolved already, keep the
    time they were given."""
    require(Permission.SET_WORKSPACE, agent)
    before = await solution_settings(work, agent)
    await write_workspace(work, agent, solution_silent_days=asked.silent_days, close_days=asked.close_days)
    reviewing = Team.id.in_(asked.reviewing_team_ids)
    await work.change(update(Team).where(reviewing).values(reviews_solutions=True))
    await work.change(update(Team).where(~reviewing).values(reviews_solutions=False))
    after = await solution_settings(work, agent)
    was, now = ([one.name for one in it.teams if one.reviews] for it in (before, after))
    record(
        work,
        agent,
        "solution.settings",
        before={"silent_days": before.silent_days, "close_days": before.close_days, "reviewing_teams": was},
        after={"silent_days": after.silent_days, "close_days": after.close_days, "reviewing_teams": now},
    )
    announce_config(work, "workspace")
    return after
