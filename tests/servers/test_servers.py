"""The servers under the tests are real ones."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import asyncpg
import psutil
import pytest
from redis.asyncio import Redis

from app.database import open_database
from models import Sequence
from tests.servers.keeper import kept_url
from tests.servers.ports import answers, free_port
from tests.servers.postgres import PostgresServer
from tests.servers.smtp import SmtpSink


async def test_postgres_has_vectors_and_flushes_to_disk(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        nearest = await connection.fetchval(
            "SELECT name FROM (VALUES ('near', '[1,0]'::vector), ('far', '[0,1]')) AS v(name, at) ORDER BY at <=> '[1,0.1]' LIMIT 1"
        )
        assert nearest == "near"
        assert await connection.fetchval("SHOW fsync") == "on"
        assert int(await connection.fetchval("SHOW server_version_num")) >= 160000
    finally:
        await connection.close()


async def test_what_postgres_committed_survives_its_kill() -> None:
    server = PostgresServer()
    try:
        server.start()
        connection = await asyncpg.connect(server.url())
        await connection.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('safe')")
        server.kill()
        connection.terminate()
        server.start()
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SELECT word FROM kept") == "safe"
        await connection.close()
    finally:
        server.stop()


async def test_redis_answers_and_is_empty(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.ping()
        assert await redis.dbsize() == 0
        await redis.set("left", "behind")


async def test_redis_is_emptied_between_tests(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.dbsize() == 0


async def test_the_sink_keeps_the_mail_it_took(smtp_sink: SmtpSink) -> None:
    send("Grüße aus dem Chat", smtp_sink)
    [mail] = await smtp_sink.wait_for(1)
    assert mail.recipients == ["ana@example.com"]
    assert mail.message["Subject"] == "Grüße aus dem Chat"
    assert mail.message.get_content().strip() == "Hello"


def test_the_sink_refuses_when_told_to(smtp_sink: SmtpSink) -> None:
    smtp_sink.refusal = "451 4.3.2 Please try later"
    with pytest.raises(smtplib.SMTPDataError):
        send("Later", smtp_sink)
    assert smtp_sink.mails == []


@pytest.mark.parametrize("time", ["first", "second"])
async def test_each_test_has_a_fresh_migrated_database(database_url: str, time: str) -> None:
    database = open_database(database_url)
    try:
        async with database.begin(lambda: None) as transaction:
            assert await transaction.add_unless_there(Sequence(name="mark", value=1)), f"the {time} test met what another left"
    finally:
        await database.close()


def test_a_server_goes_when_its_session_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as session:
        url = kept_url("redis", tmp_path, session.pid)
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        [server] = [process for process in psutil.process_iter() if is_redis_on(process, port)]
        session.kill()
        session.wait()
    server.wait(10)
    assert not server.is_running()


def test_all_who_ask_share_one_server(tmp_path: Path) -> None:
    assert kept_url("redis", tmp_path, os.getpid()) == kept_url("redis", tmp_path, os.getpid())


def test_a_free_port_is_nobody_elses_before_a_server_of_ours_and_after_it() -> None:
    port = free_port()
    for _ in range(2):
        assert not answers(port)
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", port))
        with socket.create_server(("127.0.0.1", port)):
            assert answers(port)


def send(subject: str, sink: SmtpSink) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "support@example.com", "ana@example.com", subject
    message.set_content("Hello")
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.send_message(message)


def is_redis_on(process: psutil.Process, port: int) -> bool:
    try:
        return process.name() == "valkey-server" and any(str(port) in word for word in process.cmdline())
    except psutil.Error:
        return False
