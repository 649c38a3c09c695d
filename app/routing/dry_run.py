"""Dry run of a message: everything routing would do, without doing it."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select

from app.contract.routing import DryRun, DryRunIs, RuleActions
from app.contract.values import RoutingMode
from app.errors import NotFound
from app.routing.candidates import candidates_of
from app.routing.decisions import candidate_views
from app.routing.next_agent import Need, next_agent
from app.routing.rule_store import enabled_rules, list_rules
from app.routing.rules import Facts, judge
from app.routing.triage import Propose, teams_there, topic_of, waiting_in
from app.sla.hours_store import is_inbox_open
from app.work import Works
from models import Inbox, Team


async def dry_run(works: Works, asked: DryRun, propose: Propose) -> DryRunIs:
    """Rule, queue, candidates, and who would be given it now. Raises NotFound for an unknown inbox.

    Who waits in the queue already comes first, so with anybody waiting for the same agents nobody is given it now.
    """
    now = works.clock()
    async with works.read() as rows:
        inbox = await rows.one(select(Inbox).where(Inbox.id == asked.inbox_id))
        if inbox is None:
            raise NotFound("inbox", asked.inbox_id)
        opened = await is_inbox_open(rows, inbox.hours_id, asked.at or now)
    topic = await topic_of(asked.body, propose)
    async with works.read() as rows:
        facts = Facts(
            inbox_id=inbox.id,
            channel=inbox.channel,
            page_url=asked.page_url,
            language=asked.language,
            topic=topic,
            priority=asked.priority,
            email=asked.email or "",
            company=asked.company,
            fields={one.name: one.value for one in asked.fields},
            words=asked.body,
            is_open=opened,
        )
        judgement = judge(await enabled_rules(rows), facts)
        rule = judgement.rule
        actions = await teams_there(rows, rule.actions) if rule else RuleActions()
        team_id = actions.team_id or inbox.team_id
        language = asked.language if actions.needs_language and asked.language else None
        need = Need(channel=inbox.channel, skills=list(actions.skills), language=language)
        mode = cast(RoutingMode, await rows.one(select(Team.mode).where(Team.id == team_id)) or "least_load")
        found = await candidates_of(rows, now, team_id)
        candidates, others = candidate_views(found, need, mode)
        chosen = next_agent(found, need, mode)
        waiting = await waiting_in(rows, team_id)
        return DryRunIs(
            topic=topic,
            is_open=opened,
            rule=next((one for one in await list_rules(rows) if rule and one.id == rule.id), None),
            trace=judgement.trace,
            team_id=team_id,
            skills=list(actions.skills),
            language=language,
            priority=actions.priority or asked.priority,
            overflow=actions.overflow,
            waiting_count=waiting,
            is_full=actions.queue_limit is not None and waiting >= actions.queue_limit,
            agent_id=chosen.agent_id if chosen else None,
            candidates=candidates,
            others=others,
        )
