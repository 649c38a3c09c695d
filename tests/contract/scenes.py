"""The scenes of the golden transcripts. One function is one scene in a world of its own: what happened before, then the one
step that is recorded. Its name is its story."""

from __future__ import annotations

from datetime import timedelta

from app.contract.routing import RuleActions, RuleConditions, SaveRule
from app.contract.sla import SaveSlaPolicy, SlaConditions, SlaTarget
from app.contract.toolbox import SaveCannedResponse
from app.conversations.snooze import wake_conversations
from app.routing.rule_store import save_rule
from app.sla.policies import save_policy
from app.sla.tracking import run_clocks
from app.toolbox import save_canned_response
from tests.contract.world import World
from tests.factories import OPERATOR

# Messages, marks and signs of typing


async def a_visitor_starts_a_conversation(w: World) -> None:
    await w.command(w.mia, "conversation.start", client_id="s1", body="My stove is cold")


async def the_same_start_again_changes_nothing(w: World) -> None:
    await w.started()
    await w.command(w.mia, "conversation.start", client_id="start", body="My stove is cold")


async def routing_finds_an_agent(w: World) -> None:
    await w.started()
    await w.record(w.dispatch)


async def an_agent_answers(w: World) -> None:
    id = await w.started()
    await w.dispatch()
    await w.command(w.ana, "message.send", id, client_id="a1", body="Let me look.", seen_seq=1)


async def an_agent_answers_again(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.ana, "message.send", id, client_id="a2", body="Is it the big one?")


async def an_agent_writes_a_note(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "message.send", id, client_id="a1", body="Gas?", visibility="internal")


async def a_visitor_writes(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.mia, "message.send", id, client_id="v1", body="It is the *small* one 👋")


async def an_answer_that_missed_something(w: World) -> None:
    id = await w.claimed(w.ana)
    seen = (await w.say(w.ana, "conversation.sync", id, after_rev=0))["conversation"]["seq"]
    await w.say(w.mia, "message.send", id, client_id="v1", body="It is the small one")
    await w.command(w.ana, "message.send", id, client_id="a1", body="Which one?", seen_seq=seen)


async def an_agent_has_received(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.delivered", id, seq=1)


async def an_agent_has_read(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.read", id, seq=2)


async def a_visitor_has_received(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.mia, "conversation.delivered", id, seq=3)


async def a_visitor_has_read(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.mia, "conversation.read", id, seq=3)


async def a_visitor_types(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.mia, "typing.set", id, typing=True)


async def a_visitor_stops_typing(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.say(w.mia, "typing.set", id, typing=True)
    await w.command(w.mia, "typing.set", id, typing=False)


async def an_agent_types(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "typing.set", id, typing=True)


async def a_visitor_catches_up(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.mia, "conversation.sync", id, after_seq=1)


async def an_agent_catches_up(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.ana, "conversation.sync", id, after_rev=1)


async def a_visitor_reads_what_was_said_before(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.mia, "conversation.earlier", id, before_seq=2)


async def an_agent_reads_what_was_said_before(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.ana, "conversation.earlier", id, before_rev=3)


async def a_beat_tells_how_far_everything_has_come(w: World) -> None:
    await w.answered(w.ana)
    await w.record(w.doors.connected_clients.send_heads)


# Who it is, what it is about, and what may help


async def an_agent_asks_for_an_address(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "contact.ask_email", id)


async def a_visitor_says_who_they_are(w: World) -> None:
    await w.claimed(w.ana)
    await w.command(w.mia, "contact.update", name="Mia Berg", email="mia@example.com")


async def a_visitor_fills_in_a_form(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.mia, "form.submit", id, fields={"phone": "+49 30 1"})


async def an_agent_looks(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.view", id)


async def suggestions_are_ready(w: World) -> None:
    await w.claimed(w.ana)
    await w.article()
    await w.record(w.suggest)


async def a_visitor_searches(w: World) -> None:
    await w.article()
    await w.command(w.mia, "article.search", query="stove")


async def an_agent_asks_what_may_help(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.article()
    await w.command(w.ana, "article.suggest", id)


async def an_agent_searches(w: World) -> None:
    await w.article()
    await w.command(w.ana, "article.search", query="stove")


async def an_agent_makes_it_urgent(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.set_priority", id, priority="urgent")


async def an_agent_opens_a_ticket(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "ticket.open", id, topic="Stoves")


async def an_agent_changes_the_ticket(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.say(w.ana, "ticket.open", id, topic="Stoves")
    await w.command(w.ana, "ticket.update", id, title="Stove", priority="high")


async def an_agent_escalates(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.escalate", id, level=2, reason="Gas")


async def an_agent_takes_the_escalation_back(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.say(w.ana, "conversation.escalate", id, level=2, reason="Gas")
    await w.command(w.ana, "conversation.deescalate", id)


# From one to another, and back to the queue


async def an_agent_claims(w: World) -> None:
    id = await w.started()
    await w.command(w.ana, "conversation.claim", id)


async def an_agent_gives_it_to_another(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.assign", id, agent_id=w.ben.id)


async def an_agent_transfers_with_a_note(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ben, "conversation.transfer", id, agent_id=w.ana.id, note="Yours.")


async def an_agent_puts_it_back(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversation.assign", id)


async def those_who_wait_are_told_their_place(w: World) -> None:
    await w.started()
    await w.record(w.dispatch_while_busy)


# A supervisor watches, whispers, takes over and pulls back


async def a_supervisor_watches_a_chat(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ana, "conversation.watch", id)


async def a_supervisor_whispers(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ana, "conversation.whisper", id, client_id="w1", body="Gas?")


async def a_supervisor_takes_over(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ana, "conversation.take_over", id)


async def a_supervisor_pulls_back(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ana, "conversation.pull_back", id)


async def a_supervisor_sets_thresholds(w: World) -> None:
    thresholds = {"waiting_count": 5, "longest_seconds": 120, "p90_seconds": 90, "answer_seconds": 60}
    await w.command(w.ana, "team.set_thresholds", team_id=w.house.team_id, **thresholds)


async def an_agent_watches_the_wall(w: World) -> None:
    await w.claimed(w.ana)
    await w.command(w.ana, "wall.watch", watching=True)


# Set aside, and left alone by an agent who vanishes


async def an_agent_snoozes(w: World) -> None:
    id = await w.claimed(w.ana)
    until = w.house.clock() + timedelta(hours=2)
    await w.command(w.ana, "conversation.snooze", id, until=until.isoformat().replace("+00:00", "Z"))


async def a_snooze_is_over(w: World) -> None:
    id = await w.claimed(w.ana)
    until = w.house.clock() + timedelta(hours=2)
    await w.say(w.ana, "conversation.snooze", id, until=until.isoformat())
    w.house.clock.on(hours=2)
    await w.record(lambda: w.house.run(wake_conversations))


async def a_visitor_writes_into_what_was_answered(w: World) -> None:
    id = await w.answered(w.ana)
    await w.command(w.mia, "message.send", id, client_id="v1", body="Still cold")


async def an_agent_vanishes(w: World) -> None:
    await w.claimed(w.ana)
    await w.record(lambda: w.vanish(w.ana))


async def routing_finds_another(w: World) -> None:
    await w.claimed(w.ana)
    await w.vanish(w.ana)
    await w.record(w.dispatch)


async def an_agent_is_away(w: World) -> None:
    await w.claimed(w.ana)
    await w.command(w.ana, "presence.set", presence="away")


# Resolved, rated, reopened, ended


async def an_agent_resolves(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ben, "conversation.set_status", id, status="resolved")


async def a_visitor_rates(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.say(w.ben, "conversation.set_status", id, status="resolved")
    await w.command(w.mia, "survey.answer", id, score=5, comment="Warm again")


async def a_visitor_reopens_by_writing(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.say(w.ben, "conversation.set_status", id, status="resolved")
    await w.command(w.mia, "message.send", id, client_id="v1", body="Cold again")


async def a_visitor_ends(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.mia, "conversation.end", id)


async def an_agent_reopens(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.say(w.mia, "conversation.end", id)
    await w.command(w.ben, "conversation.set_status", id, status="open")


# Drafts, tags, several at once, and the toolbox


async def an_agent_begins_to_write(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "draft.save", id, body="Let me", visibility="public")


async def what_was_begun_is_sent(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.say(w.ana, "draft.save", id, body="Let me", visibility="public")
    await w.command(w.ana, "message.send", id, client_id="a1", body="Let me look.")


async def an_agent_tags_several(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversations.bulk", changes=[{"conversation_ids": [id], "add_tags": ["Gas"], "priority": "high"}])


async def an_agent_resolves_several(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.command(w.ana, "conversations.bulk", changes=[{"conversation_ids": [id], "status": "resolved"}])


async def an_agent_undoes_it(w: World) -> None:
    id = await w.claimed(w.ana)
    await w.say(w.ana, "conversations.bulk", changes=[{"conversation_ids": [id], "status": "resolved"}])
    await w.command(w.ana, "conversations.undo", conversation_ids=[id])


async def a_text_is_kept_at_hand(w: World) -> None:
    canned = SaveCannedResponse(shortcut="hi", body="Hello {{contact.name}}!")
    await w.record(lambda: w.house.run(save_canned_response, w.ana, canned))


# A colleague's conversation, once an agent has said what their screen shows


async def an_agent_says_what_the_screen_shows(w: World) -> None:
    await w.claimed(w.ben)
    await w.command(w.ana, "screen.watch", lists=[{"view": "all", "shelf": "open"}])


async def a_colleague_makes_it_urgent(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.say(w.ana, "screen.watch", lists=[{"view": "all", "shelf": "open"}])
    await w.command(w.ben, "conversation.set_priority", id, priority="urgent")


async def a_colleague_resolves_what_is_listed(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.say(w.ana, "screen.watch", lists=[{"view": "all", "shelf": "open"}])
    await w.command(w.ben, "conversation.set_status", id, status="resolved")


# Where the contact is, what is known of them, and who else is on the site


async def a_visitor_is_on_a_page(w: World) -> None:
    await w.claimed(w.ana)
    page = {"url": "https://shop.example/stoves?size=small", "title": "Stoves", "timezone": "Europe/Berlin"}
    await w.command(w.mia, "page.visited", **page)


async def an_agent_writes_down_what_they_know(w: World) -> None:
    await w.claimed(w.ana)
    facts = [{"name": "Stove", "value": "The small one"}]
    await w.command(w.ana, "contact.edit", contact_id=w.mia.contact_id, facts=facts)


async def an_agent_corrects_a_name(w: World) -> None:
    await w.claimed(w.ana)
    await w.command(w.ana, "contact.edit", contact_id=w.mia.contact_id, name="Mia B.")


async def an_agent_watches_visitors(w: World) -> None:
    await w.page("https://shop.example/", "Shop")
    await w.command(w.ana, "visitors.watch", watching=True)


async def a_visitor_moves_on(w: World) -> None:
    await w.page("https://shop.example/", "Shop")
    await w.say(w.ana, "visitors.watch", watching=True)
    await w.record(lambda: w.page("https://shop.example/cart", "Cart"))


async def an_agent_speaks_first(w: World) -> None:
    await w.page("https://shop.example/", "Shop")
    await w.command(w.ana, "visitor.invite", contact_id=w.mia.contact_id, client_id="i1", body="Shall I show you around?")


async def a_visitor_has_answered_what_was_said_first(w: World) -> None:
    await w.page("https://shop.example/", "Shop")
    await w.say(w.ana, "visitor.invite", contact_id=w.mia.contact_id, client_id="i1", body="Shall I show you around?")
    id = await w.started(greeting_id=w.heard_greeting())
    await w.command(w.ana, "conversation.sync", id, after_rev=0)


# A team whose agents must accept what they are offered


async def routing_offers_it(w: World) -> None:
    await w.must_accept()
    await w.record(w.dispatch)


async def an_agent_declines(w: World) -> None:
    id = await w.must_accept()
    await w.dispatch()
    await w.command(w.ana, "conversation.decline", id)


async def routing_offers_it_to_another(w: World) -> None:
    id = await w.must_accept()
    await w.dispatch()
    await w.say(w.ana, "conversation.decline", id)
    await w.say(w.ben, "presence.set", presence="online")
    await w.record(w.dispatch)


async def the_other_accepts(w: World) -> None:
    id = await w.must_accept()
    await w.dispatch()
    await w.say(w.ana, "conversation.decline", id)
    await w.say(w.ben, "presence.set", presence="online")
    await w.dispatch()
    await w.command(w.ben, "conversation.accept", id)


async def an_agent_takes_over(w: World) -> None:
    id = await w.claimed(w.ben)
    await w.command(w.ana, "conversation.assign", id, agent_id=w.ana.id)


async def a_supervisor_sends_somebody_to_lunch(w: World) -> None:
    await w.command(w.ana, "presence.force", agent_id=w.ben.id, presence="away")


async def a_supervisor_sends_themself_away(w: World) -> None:
    await w.command(w.ana, "presence.force", agent_id=w.ana.id, presence="away")


# What admins change


async def an_admin_makes_a_rule_that_can_never_match(w: World) -> None:
    rule = SaveRule(name="Nights", conditions=RuleConditions(is_open=False), actions=RuleActions(priority="low"))
    await w.record(lambda: w.house.run(save_rule, OPERATOR, rule))


# A conversation with an SLA


async def a_promise_begins_to_run(w: World) -> None:
    await w.claimed(w.ana)
    admin = await w.house.agent("Ada Lind", role="admin", presence=None)
    target = SlaTarget(clock="first_response", priority="medium", minutes=60, warn_minutes=10)
    await w.house.run(save_policy, admin, SaveSlaPolicy(name="Gold", conditions=SlaConditions(), targets=[target]))
    await w.record(lambda: run_clocks(w.house.works))
