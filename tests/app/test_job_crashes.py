"""Every kind of job outlives the end of its process, wherever that comes: nothing lost, and nothing done twice."""

from __future__ import annotations

import pkgutil
import signal
from importlib import import_module
from typing import get_args

import pytest
from sqlalchemy import select

import app
import server
from app.job_kinds import DECLARED, JobKind
from app.jobs import LEASE
from models import Job
from tests.app.job_crash import Point, crash
from tests.app.job_samples import SAMPLES, handlers
from tests.factories import House
from tests.servers.smtp import SmtpSink

KINDS = [kind for kind, _ in DECLARED.values()]


async def jobs_of(house: House, kind: JobKind) -> list[Job]:
    return list(await house.all(select(Job).where(Job.kind == kind.name)))


@pytest.mark.parametrize("point", get_args(Point))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_a_job_outlives_its_process(house: House, kind: JobKind, point: Point, smtp_sink: SmtpSink) -> None:
    assert kind in SAMPLES, f"{kind.name} needs its sample in tests/app/job_samples.py."
    sample = SAMPLES[kind]
    scene = await sample.arrange(house)
    if "effect" in point:
        await sample.cause(house, scene)
        assert await house.all(sample.effect) == [0]
        house.clock.on(seconds=sample.due_after.total_seconds())
    assert await crash(house, kind, scene, point, smtp_sink.url) == -signal.SIGKILL
    if point == "before the cause commits":
        assert (await jobs_of(house, kind), await house.all(sample.effect)) == ([], [0])
        return
    if point != "after the effect":
        assert (len(await jobs_of(house, kind)), await house.all(sample.effect)) == (1, [0])
    house.clock.on(seconds=(sample.due_after + LEASE).total_seconds())
    runner = house.jobs({kind: handlers(house.works, smtp_sink.url)[kind]})
    while await runner.run_due():
        pass
    assert (await jobs_of(house, kind), await house.all(sample.effect)) == ([], [1])
    assert len({mail.message["Message-ID"] for mail in smtp_sink.mails}) == (kind.name == "mail.send")


def test_importing_the_server_declares_every_kind() -> None:
    assert server.build
    declared = set(DECLARED)
    for module in pkgutil.walk_packages(app.__path__, "app."):
        import_module(module.name)
    assert set(DECLARED) == declared
