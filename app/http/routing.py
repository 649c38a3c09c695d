"""Routing: rules, teams, agents, hours, and why somebody was chosen."""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from app.contract.bases import Done
from app.contract.hours import HolidayCountries, HolidayList, HoursIs, HoursList, SaveHours, SetInboxHours
from app.contract.people import AgentIs, TeamIs
from app.contract.presence import ReasonList, SaveReason, SetIdle, SetTakesChats
from app.contract.routing import (
    DecisionList,
    DryRun,
    DryRunIs,
    OrderRules,
    RuleIs,
    RuleList,
    SaveRule,
    SetAgentRouting,
    SetTeamRouting,
)
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require
from app.people.reasons import add_reason, list_reasons, remove_reason
from app.people.team_routing import set_agent_routing, set_idle_setting, set_takes_chats
from app.routing.decisions import list_decisions
from app.routing.dispatch import serve_team_anew
from app.routing.dry_run import dry_run
from app.routing.rule_store import list_rules, order_rules, remove_rule, save_rule
from app.sla.hours_store import list_hours, remove_hours, save_hours, set_inbox_hours
from app.sla.public_holidays import holiday_countries, public_holidays

CountryText = Annotated[str, QueryParameter(max_length=2)]
RegionText = Annotated[str, QueryParameter(max_length=10)]
LanguageText = Annotated[str, QueryParameter(max_length=35)]


@get("/api/v1/routing/rules")
async def rules(request: AnyRequest) -> RuleList:
    """Every rule in the order they are tried, with what is wrong with each. For admins."""
    require(Permission.SET_ROUTING, await agent_of(request))
    async with platform_of(request).works.read() as rows:
        return RuleList(rules=await list_rules(rows))


@post("/api/v1/routing/rules", status_code=201)
async def create_rule(request: AnyRequest, data: JSONBody[SaveRule]) -> RuleIs:
    """Add a rule after the others. For admins."""
    return RuleIs(rule=await platform_of(request).works.run(save_rule, await agent_of(request), data))


@put("/api/v1/routing/rules")
async def set_rule_order(request: AnyRequest, data: JSONBody[OrderRules]) -> RuleList:
    """Set the order rules are tried in. For admins."""
    return RuleList(rules=await platform_of(request).works.run(order_rules, await agent_of(request), data))


@put("/api/v1/routing/rules/{rule_id:str}")
async def change_rule(request: AnyRequest, rule_id: FromPath[str], data: JSONBody[SaveRule]) -> RuleIs:
    """Change a rule. For admins."""
    agent, id = await agent_of(request), as_id(rule_id, "rule")
    return RuleIs(rule=await platform_of(request).works.run(save_rule, agent, data, id))


@delete("/api/v1/routing/rules/{rule_id:str}", status_code=200)
async def delete_rule(request: AnyRequest, rule_id: FromPath[str]) -> Done:
    """Remove a rule. For admins."""
    await platform_of(request).works.run(remove_rule, await agent_of(request), as_id(rule_id, "rule"))
    return Done()


@post("/api/v1/routing/dry-run", status_code=200)
async def try_rules(request: AnyRequest, data: JSONBody[DryRun]) -> DryRunIs:
    """Test what would happen to this message. For admins."""
    require(Permission.SET_ROUTING, await agent_of(request))
    platform = platform_of(request)
    return await dry_run(platform.works, data, platform.suggester.propose)


@get("/api/v1/conversations/{conversation_id:str}/decisions")
async def decisions(request: AnyRequest, conversation_id: FromPath[str]) -> DecisionList:
    """List who got a conversation, when, and why them, newest first."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with platform_of(request).works.read() as rows:
        return await list_decisions(rows, agent, as_id(conversation_id, "conversation"))


@put("/api/v1/teams/{team_id:str}/routing")
async def team_routing(request: AnyRequest, team_id: FromPath[str], data: JSONBody[SetTeamRouting]) -> TeamIs:
    """Set how a team's queue is served. For admins."""
    agent, id = await agent_of(request), as_id(team_id, "team")
    return TeamIs(team=await platform_of(request).works.run(serve_team_anew, agent, id, data))


@put("/api/v1/agents/{agent_id:str}/routing")
async def agent_routing(request: AnyRequest, agent_id: FromPath[str], data: JSONBody[SetAgentRouting]) -> AgentIs:
    """Set an agent's skills, capacity and teams. For admins."""
    agent, id = await agent_of(request), as_id(agent_id, "agent")
    return AgentIs(agent=await platform_of(request).works.run(set_agent_routing, agent, id, data))


@put("/api/v1/me/idle")
async def set_idle(request: AnyRequest, data: JSONBody[SetIdle]) -> AgentIs:
    """After how long without a touch my browser may say that I am idle."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(set_idle_setting, agent, data))


@put("/api/v1/me/takes-chats")
async def takes_chats(request: AnyRequest, data: JSONBody[SetTakesChats]) -> AgentIs:
    """Set whether routing gives me conversations."""
    agent = await agent_of(request)
    return AgentIs(agent=await platform_of(request).works.run(set_takes_chats, agent, data))


@get("/api/v1/presence-reasons")
async def reasons(request: AnyRequest) -> ReasonList:
    """The names of being away."""
    await agent_of(request)
    async with platform_of(request).works.read() as rows:
        return ReasonList(reasons=await list_reasons(rows))


@post("/api/v1/presence-reasons", status_code=201)
async def create_reason(request: AnyRequest, data: JSONBody[SaveReason]) -> ReasonList:
    """Add a name for being away; all of them come back. For admins."""
    platform = platform_of(request)
    await platform.works.run(add_reason, await agent_of(request), data)
    async with platform.works.read() as rows:
        return ReasonList(reasons=await list_reasons(rows))


@delete("/api/v1/presence-reasons/{reason_id:str}", status_code=200)
async def delete_reason(request: AnyRequest, reason_id: FromPath[str]) -> Done:
    """Remove a name for being away. For admins."""
    await platform_of(request).works.run(remove_reason, await agent_of(request), as_id(reason_id, "reason"))
    return Done()


@get("/api/v1/business-hours")
async def business_hours(request: AnyRequest) -> HoursList:
    """All business hours."""
    require(Permission.VIEW_CONVERSATIONS, await agent_of(request))
    platform = platform_of(request)
    async with platform.works.read() as rows:
        return HoursList(hours=await list_hours(rows, platform.works.clock()))


@post("/api/v1/business-hours", status_code=201)
async def create_hours(request: AnyRequest, data: JSONBody[SaveHours]) -> HoursIs:
    """Add business hours. For admins."""
    agent = await agent_of(request)
    return HoursIs(hours=await platform_of(request).works.run(save_hours, agent, data))


@put("/api/v1/business-hours/{hours_id:str}")
async def change_hours(request: AnyRequest, hours_id: FromPath[str], data: JSONBody[SaveHours]) -> HoursIs:
    """Change business hours. For admins."""
    agent, id = await agent_of(request), as_id(hours_id, "business hours")
    return HoursIs(hours=await platform_of(request).works.run(save_hours, agent, data, id))


@delete("/api/v1/business-hours/{hours_id:str}", status_code=200)
async def delete_hours(request: AnyRequest, hours_id: FromPath[str]) -> Done:
    """Remove business hours; inboxes that kept them are always open. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(remove_hours, agent, as_id(hours_id, "business hours"))
    return Done()


@get("/api/v1/public-holidays/countries")
async def countries_with_holidays(request: AnyRequest) -> HolidayCountries:
    """Countries whose public holidays are known, with their regions. For admins."""
    require(Permission.SET_HOURS, await agent_of(request))
    return HolidayCountries(countries=await asyncio.to_thread(holiday_countries))


@get("/api/v1/public-holidays")
async def list_public_holidays(
    request: AnyRequest, country: CountryText = "", region: RegionText = "", language: LanguageText = "en"
) -> HolidayList:
    """The public holidays of a country, or of one of its regions, from today to the end of next year. For admins."""
    require(Permission.SET_HOURS, await agent_of(request))
    today = platform_of(request).works.clock().date()
    return HolidayList(holidays=await asyncio.to_thread(public_holidays, country, region, language, today))


@put("/api/v1/inboxes/{inbox_id:str}/hours")
async def inbox_hours(request: AnyRequest, inbox_id: FromPath[str], data: JSONBody[SetInboxHours]) -> Done:
    """Which business hours an inbox keeps. For admins."""
    agent = await agent_of(request)
    await platform_of(request).works.run(set_inbox_hours, agent, as_id(inbox_id, "inbox"), data.hours_id)
    return Done()


ROUTES = [
    rules,
    create_rule,
    set_rule_order,
    change_rule,
    delete_rule,
    try_rules,
    decisions,
    team_routing,
    agent_routing,
    set_idle,
    takes_chats,
    reasons,
    create_reason,
    delete_reason,
    business_hours,
    create_hours,
    change_hours,
    delete_hours,
    countries_with_holidays,
    list_public_holidays,
    inbox_hours,
]
