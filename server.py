"""The one door: reads settings once, builds everything, hands out the ASGI application (`server:app`)."""

from __future__ import annotations

import asyncio
import hmac
import os
import signal
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar
from msgspec import structs
from sqlalchemy import select

from app.attachments import FileStore, delete_unsent
from app.conversations.lists.counts import OpenCounts
from app.conversations.messages.outbox import MessageOutbox
from app.conversations.ticket_proposals import TicketProposals
from app.database import DatabaseClock, open_database
from app.database.in_use import holds_data
from app.egress import Egress
from app.escalation.mails import EscalationMails
from app.file_room import UploadLimits, note_room
from app.gauges import COUNT_SECONDS, count_for_metrics
from app.http.app import create_app
from app.http.pages import page_routes
from app.http.platform import Platform
from app.http.sightings import SightingNotes
from app.job_kinds import bind
from app.jobs import JobRunner
from app.knowledge.library import Library
from app.knowledge.open_embedder import open_embedder
from app.knowledge.proposals import propose_priority
from app.knowledge.suggest import Suggester
from app.limits import Limit
from app.logs import set_up_logs
from app.mail.accounts import AccountMails
from app.mail.contact_mail import MailSettings
from app.mail.fallback import Fallback
from app.mail.mailer import MailboxMailer, SmtpMailer
from app.mail.outbox import Outbox
from app.mail.switch import is_mail_off
from app.mail.unclaimed_mail import Untaken
from app.mailed_links import MailedLinks
from app.node_health import LOOK_SECONDS, NodeHealth
from app.people.sign_in_limits import SignInLimits
from app.people.tokens import VisitorTokens
from app.people.visitor_sessions import forget_voided
from app.reactions import Reactions
from app.settings import Settings, read_settings
from app.tasks import END_SECONDS, end, end_by_force
from app.timetable import Sweep, domain_sweeps, keep
from app.work import Works
from models import Agent, Sequence
from realtime.agent_socket import AgentCommands
from realtime.availability import Availability
from realtime.catch_up import CatchUp
from realtime.connected_clients import RENEWED_SHARE, ConnectedClients
from realtime.connection_limits import ConnectionLimits
from realtime.drain import drain
from realtime.gateway import Gateway
from realtime.handshake import Handshake, is_allowed_origin
from realtime.hub import LocalHub
from realtime.launchers import launcher_routes
from realtime.limits import CommandLimits
from realtime.polling import PollStreams
from realtime.redis_hub import RedisHub
from realtime.routes import wire_routes
from realtime.transport.socket_server import SocketServer
from realtime.visiting import Visits
from realtime.visitor_socket import VisitorCommands
from realtime.wall import WallPainter

HERE = Path(__file__).parent
CLOCK_SECONDS = 10.0
MAIL_SECONDS = 5.0
FILES_SECONDS = 60.0
LINK_PAUSE_SECONDS = 300.0
PAGES_A_SECOND = 0.2


def build(settings: Settings) -> Litestar:
    """The whole platform for these settings; nothing runs until the application starts."""
    set_up_logs(settings.log_format, settings.log_level)
    lease = timedelta(seconds=settings.presence_lease_seconds)
    database = open_database(settings.database_url)
    epoch, needs_setup, mail_off = _ask_database(settings)
    settings = _without_mail(settings) if mail_off else settings
    hub = _open_hub(settings)
    clock = DatabaseClock(database)
    works = Works(database, hub, clock, unread_after=timedelta(seconds=settings.mail_fallback_seconds))
    health = NodeHealth(works, settings.data_path)
    tokens = VisitorTokens(settings.secret_key)
    library = Library(works, open_embedder(settings.embedding_model))
    suggester = Suggester(works, hub, library, settings.public_url)
    availability = Availability(works, hub)
    connected_clients = ConnectedClients(works, hub, lease, epoch, availability)
    visits = Visits(works, hub)
    catch_up = CatchUp(works, hub, connected_clients) if isinstance(hub, RedisHub) else None
    wall = WallPainter(works, hub)
    posting = MessageOutbox(works)
    limits = CommandLimits(settings)
    gateway = Gateway(
        VisitorCommands(works, hub, suggester, visits),
        AgentCommands(works, hub, suggester, connected_clients, visits, wall, lease),
        posting,
        limits,
    )
    streams = PollStreams(connected_clients.connected, connected_clients.disconnected, lease)
    server = SocketServer(
        Handshake(works, tokens, settings.origins),
        gateway,
        ConnectionLimits(settings),
        came=lambda connection: connected_clients.connected(connection, connection.actor),
        left=connected_clients.disconnected,
        is_allowed_origin=lambda origin, environ: is_allowed_origin(origin, environ.get("HTTP_HOST"), settings.origins),
    )
    reactions = Reactions(works, suggester, limits.load.may_suggest)
    hub.when_published(reactions.hear)
    mailer = SmtpMailer(settings.smtp_url, is_tls_optional=settings.smtp_tls == "optional") if settings.smtp_url else None
    mail = _mail_settings(settings)
    jobs, outbox = _job_runner(settings, works, library, suggester, mailer, mail)
    hub.when_jobs(jobs.wake)
    sweeps = [
        *_mail_sweeps(works, outbox, mailer),
        *domain_sweeps(works, reactions, timedelta(seconds=settings.presence_grace_seconds), connected_clients.renew_when_late),
        Sweep("renew leases", settings.presence_lease_seconds * RENEWED_SHARE, connected_clients.renew),
        Sweep("beat heads", 5.0, connected_clients.send_heads),
        Sweep("drop signed out", 1.0, connected_clients.drop_signed_out),
        Sweep("note sessions seen", 60.0, connected_clients.note_seen),
        Sweep("drop voided visitors", 1.0, connected_clients.drop_voided_visitors),
        Sweep("forget voided sessions", 3600.0, lambda: works.run(forget_voided)),
        Sweep("forget gone visitors", 2.0, visits.sweep),
        Sweep("forget silent streams", 10.0, streams.forget_silent),
        Sweep("measure clock", CLOCK_SECONDS, clock.measure),
        Sweep("look at this node", LOOK_SECONDS, health.look),
        Sweep("count for metrics", COUNT_SECONDS, lambda: count_for_metrics(works, settings.data_path)),
    ]
    files = FileStore(settings.data_path / "files")
    sweeps.append(Sweep("delete unsent files", FILES_SECONDS, lambda: _look_after_files(works, files, settings)))
    platform = Platform(
        settings=settings,
        works=works,
        open_counts=OpenCounts(works),
        tokens=tokens,
        files=files,
        upload_limits=UploadLimits(settings.widget_rate, settings.attachment_max_bytes),
        mailer=mailer,
        mail=mail,
        link_limit=Limit(1 / LINK_PAUSE_SECONDS, 1),
        suggester=suggester,
        epoch=epoch,
        setup_code=_setup_code(settings.secret_key),
        account_mails=_account_mails(settings),
        sign_ins=SignInLimits(settings.login_rate, settings.secret_key),
        egress=Egress(settings.egress_allowed),
        egress_limit=Limit(PAGES_A_SECOND, 10),
        login_limit=Limit(settings.login_rate, 10),
        widget_limit=Limit(settings.widget_rate, 30),
        sightings=SightingNotes(works),
        trouble=lambda: _trouble(hub, health),
    )

    player = None
    if settings.demo and settings.demo_player == "on":
        from demo.player import Player  # noqa: PLC0415 - a server that is no demo does not know it

        player = Player(works, hub, lease)

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None]:
        await clock.start()
        await hub.start()
        await library.start()
        if player is not None:
            await player.come_to_work()
        tasks = [asyncio.create_task(keep(sweep), name=sweep.name) for sweep in sweeps]
        for name, forever in (
            ("damage", database.look_for_damage()),
            ("load", limits.load.measure_forever()),
            ("jobs", jobs.run_forever()),
            ("wall", wall.paint_forever()),
            ("availability", availability.tell_forever()),
            ("visitors", visits.paint_forever()),
        ):
            tasks.append(asyncio.create_task(forever, name=name))
        if player is not None:
            tasks.append(asyncio.create_task(player.run_forever(), name="player"))
        if catch_up is not None:
            tasks.append(asyncio.create_task(catch_up.run_forever(), name="catch up"))

        async def leave() -> None:
            visits.release()
            await drain(app, connected_clients, gateway, server)

        app.state.drain = leave
        yield
        await end(tasks)
        await posting.settle()
        await reactions.end()
        await suggester.settle()
        await library.stop()
        await platform.files.close()
        await hub.stop()
        await database.close()

    routes: list[Any] = [
        *page_routes(
            HERE / "widget" / "dist", HERE / "agent_ui" / "dist", HERE / "demo" / "shop.html" if settings.demo else None
        ),
        *wire_routes(server, gateway, limits, streams),
        *launcher_routes(visits),
    ]
    app = create_app(platform, routes, [running])
    app.state.needs_setup = needs_setup
    return app


def _trouble(hub: LocalHub, health: NodeHealth) -> str | None:
    """Return what degrades this node, in a few words; None when nothing does."""
    found = [*health.troubles(), *([hub.trouble] if isinstance(hub, RedisHub) and hub.trouble else [])]
    return ", ".join(found) or None


async def _look_after_files(works: Works, files: FileStore, settings: Settings) -> None:
    """Delete what was never sent, and note how much room is left."""
    while await delete_unsent(works, files):
        pass
    await works.run(note_room, settings.files_max_bytes)


def _open_hub(settings: Settings) -> LocalHub:
    return RedisHub(settings.redis_url, settings.secret_key) if settings.redis_url else LocalHub()


def _setup_code(secret_key: str) -> str:
    """Return the code for the first admin: the same on every node and after a restart, and void once there is an agent."""
    return hmac.digest(secret_key.encode(), b"setup-code", "sha256").hex()[:32]


def _account_mails(settings: Settings) -> AccountMails:
    return AccountMails(settings.mail_from, settings.public_url, is_mailing=bool(settings.smtp_url))


def _mail_sweeps(works: Works, outbox: Outbox, mailer: SmtpMailer | None) -> list[Sweep]:
    """Return the sweep that sends waiting mail, from any node that has a mail host."""
    return [Sweep("release waiting mail", MAIL_SECONDS, lambda: outbox.release(works))] if mailer else []


def _mail_settings(settings: Settings) -> MailSettings:
    life = timedelta(days=settings.mailed_link_days)
    return MailSettings(
        sender=settings.mail_from,
        links=MailedLinks(settings.secret_key, settings.public_url, life),
        link_life=life,
        max_attached_bytes=settings.mail_attached_max_bytes,
    )


def _job_runner(
    settings: Settings, works: Works, library: Library, suggester: Suggester, mailer: SmtpMailer | None, mail: MailSettings
) -> tuple[JobRunner, Outbox]:
    files = FileStore(settings.data_path / "files")

    async def read_file(file: Mapping[str, Any]) -> bytes | None:
        path = files.path_of(str(file["digest"]))
        return await asyncio.to_thread(path.read_bytes) if path.exists() else None

    outbox = Outbox(mailer or MailboxMailer(), read_file, settings.mail_max_age)
    fallback = Fallback(timedelta(seconds=settings.mail_fallback_seconds), mail)
    untaken = Untaken(mail, settings.public_url)

    proposals = TicketProposals(suggester.propose, propose_priority)
    accounts = _account_mails(settings)
    escalations = EscalationMails(mail, is_mailing=bool(settings.smtp_url))
    return JobRunner(works, bind(outbox, fallback, untaken, library, proposals, accounts, escalations)), outbox


def _without_mail(settings: Settings) -> Settings:
    """Return the settings of a restored copy: mail waits as without a mail host."""
    structlog.get_logger("mail").warning("mail is off since the restore; to switch it on: parley mail on, then restart")
    return structs.replace(settings, smtp_url="")


def _ask_database(settings: Settings) -> tuple[str, bool, bool]:
    """Return the number that changes when the data is restored from a backup, whether there is no agent yet, and whether mail is off.

    In a thread of its own, because whoever imports `server:app` may be running an event loop.
    """

    async def ask() -> tuple[str, bool, bool]:
        database = open_database(settings.database_url)
        try:
            async with database.read() as rows:
                epoch = await rows.one(select(Sequence.value).where(Sequence.name == "epoch"))
                return str(epoch), await rows.one(select(Agent.id).limit(1)) is None, await is_mail_off(rows)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


async def run_worker(settings: Settings) -> None:
    """Jobs and timers of the platform, without doors."""
    set_up_logs(settings.log_format, settings.log_level)
    database = open_database(settings.database_url)
    async with database.read() as rows:
        settings = _without_mail(settings) if await is_mail_off(rows) else settings
    hub = _open_hub(settings)
    clock = DatabaseClock(database)
    works = Works(database, hub, clock, unread_after=timedelta(seconds=settings.mail_fallback_seconds))
    library = Library(works, open_embedder(settings.embedding_model))
    suggester = Suggester(works, hub, library, settings.public_url)
    reactions = Reactions(works, suggester)
    hub.when_published(reactions.hear)
    mailer = SmtpMailer(settings.smtp_url, is_tls_optional=settings.smtp_tls == "optional") if settings.smtp_url else None
    jobs, outbox = _job_runner(settings, works, library, suggester, mailer, _mail_settings(settings))
    hub.when_jobs(jobs.wake)
    grace = timedelta(seconds=settings.presence_grace_seconds)
    stop = asyncio.Event()

    def leave() -> None:
        end_by_force(END_SECONDS)
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, leave)
    sweeps = [
        *domain_sweeps(works, reactions, grace),
        *_mail_sweeps(works, outbox, mailer),
        Sweep("measure clock", CLOCK_SECONDS, clock.measure),
    ]
    await clock.start()
    tasks = [asyncio.create_task(keep(sweep)) for sweep in sweeps]
    tasks.append(asyncio.create_task(jobs.run_forever()))
    await hub.start()
    await library.start()
    await stop.wait()
    await end(tasks)
    await reactions.end()
    await library.stop()
    await hub.stop()
    await database.close()


def __getattr__(name: str) -> Any:
    """`server:app`, built when it is asked for, so that importing this file reads no environment."""
    if name == "app":
        return build(read_settings(os.environ, holds_data))
    raise AttributeError(name)
