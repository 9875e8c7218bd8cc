"""Hand-overs through HTTP, by one and by several operators at once, against one bare view on the same server.

This process holds the clients; the server is another one. Every client is an operator of a point of its own, signed in
by the page, with a connection that is kept open.
"""

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from socket import socket
from statistics import median

import psutil
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from accounts.services.passwords import hash_password
from accounts.values import Role, ScopeKind
from benchmarks import plain
from benchmarks.clients import Client
from benchmarks.jobs import ROOT, Job, JobFailed, Outcome, peak_mb
from benchmarks.world import QUARTER, add_person
from catalog.models import KitKind
from core.clock import now
from core.database import Database
from distribution.models import Allotment, Voucher
from warehouses.models import Lot, Place, StockBalance
from warehouses.values import PlaceKind

MOST_CLIENTS = 32
PASSWORD = "тоғыз ағаш жеті көпір"
_WARM_UP = 10
_START_SECONDS = 30
_PLAN = "hand_overs.json"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one client is to do: sign in and hand over against vouchers, one after the other."""

    login: str
    asked: Sequence[dict[str, object]]
    """The bodies for ours, each with what the floor needs besides under `bare`."""


def fill_operators(job: Job) -> None:
    """Add an operator at each of the points with the most vouchers, and write down what they will hand over."""
    database = Database(job.url)
    with database.writing() as session:
        by_point: dict[int, list[Voucher]] = {}
        for voucher in session.scalars(select(Voucher).order_by(Voucher.id)):
            by_point.setdefault(voucher.point_id, []).append(voucher)
        busiest = sorted(by_point, key=lambda point: -len(by_point[point]))[:MOST_CLIENTS]
        plans = [_plan(session, f"operator{number}", by_point[point]) for number, point in enumerate(busiest)]
    database.dispose()
    Path(job.folder, _PLAN).write_text(json.dumps(plans), "utf-8")


def _plan(session: Session, login: str, vouchers: Sequence[Voucher]) -> dict[str, object]:
    """Add the operator of a point, and return what they will hand over; lots that expire first go first."""
    point = vouchers[0].point_id
    families = session.scalars(select(Place.id).where(Place.kind == PlaceKind.FAMILIES)).one()
    operator = add_person(session, login, Role.OPERATOR, kind=ScopeKind.PLACE, scope_id=point)
    session.get_one(User, operator).password_hash = hash_password(PASSWORD)
    latest_first = (
        select(KitKind.id, Lot.id)
        .join(Lot, Lot.item_id == KitKind.item_id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .where(StockBalance.place_id == point)
        .order_by(Lot.expires_on.desc())
    )
    lots = {row[0]: row[1] for row in session.execute(latest_first)}
    granted = select(Allotment.family_id, Allotment.id, Allotment.kit_kind_id).where(
        Allotment.family_id.in_([voucher.family_id for voucher in vouchers]), Allotment.quarter == QUARTER
    )
    due: dict[int, list[tuple[int, int]]] = {}
    for family, allotment, kit in session.execute(granted):
        due.setdefault(family, []).append((allotment, lots[kit]))
    return {"login": login, "asked": [_body(one, due[one.family_id], operator, families) for one in vouchers]}


def ours(job: Job) -> Outcome:
    """Hand over through our application."""
    return _drive(job, "ours")


def floor(job: Job) -> Outcome:
    """Hand over through the bare view."""
    return _drive(job, "floor")


def bare_commit(job: Job) -> Outcome:
    """Make as many durable commits of one row each, by one connection."""
    connection = plain.connect(job.url)
    connection.execute("CREATE TABLE bare_commit (n INTEGER)")
    connection.commit()
    times: list[float] = []
    start = time.perf_counter()
    for _ in range(job.requests):
        began = time.perf_counter()
        with plain.durable(connection):
            connection.execute("INSERT INTO bare_commit VALUES (1)")
        times.append(time.perf_counter() - began)
    seconds = time.perf_counter() - start
    connection.close()
    return Outcome(seconds, _figures(times, seconds))


def _body(voucher: Voucher, due: Sequence[tuple[int, int]], operator: int, families: int) -> dict[str, object]:
    sets = [(str(uuid.uuid4()), allotment, lot) for allotment, lot in due]
    packs: dict[int, int] = {}
    for _, _, lot in sets:
        packs[lot] = packs.get(lot, 0) + 1
    key = str(uuid.uuid4())
    bare = {
        "key": key,
        "district": voucher.district_id,
        "voucher": voucher.id,
        "family": voucher.family_id,
        "point": voucher.point_id,
        "operator": operator,
        "families": families,
        "sets": sets,
        "lots": sorted(packs.items()),
    }
    return {
        "key": key,
        "text": voucher.token,
        "point": voucher.point_id,
        "sets": [allotment for allotment, _ in due],
        "collector": "guardian",
        "note": "",
        "device": "benchmark",
        "claimed_at": now().isoformat(),
        "bare": bare,
    }


def _drive(job: Job, side: str) -> Outcome:
    """Start the server, let the clients work, and say how it went."""
    plans = [_Plan(**plan) for plan in json.loads(Path(job.folder, _PLAN).read_text("utf-8"))[: job.clients]]
    each = job.requests // len(plans)
    with _serving(job, side) as (port, process):
        clients = [Client(port, side) for _ in plans]
        bodies = [_bodies(plan, side, each) for plan in plans]
        for client, plan, waiting in zip(clients, plans, bodies, strict=True):
            if side == "ours":
                client.sign_in(plan.login, PASSWORD)
            for body in islice(waiting, _WARM_UP if len(plan.asked) > 2 * _WARM_UP else 0):
                client.give(body)
        workers = process.children(recursive=True)
        before = sum(_processor_seconds(worker) for worker in workers)
        start = time.perf_counter()
        threads = [
            threading.Thread(target=client.give_all, args=(list(waiting),))
            for client, waiting in zip(clients, bodies, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - start
        times = [taken for client in clients for taken in client.times]
        failures = [failure for client in clients for failure in client.failures]
        if failures:
            raise JobFailed(f"{len(failures)} hand-overs failed, the first with {failures[0]}")
        processor = (sum(_processor_seconds(worker) for worker in workers) - before) / len(times)
        peak = max(peak_mb(worker.pid) for worker in workers)
    return Outcome(seconds, _figures(times, seconds) | {"processor ms": processor * 1000}, peak)


def _bodies(plan: _Plan, side: str, each: int) -> Iterator[bytes]:
    """Yield what a client sends, ready to be sent: those for warming up, and as many as are measured."""
    for asked in islice(plan.asked, each + _WARM_UP):
        body = asked["bare"] if side == "floor" else {name: asked[name] for name in asked if name != "bare"}
        yield json.dumps(body).encode()


def _figures(times: Sequence[float], seconds: float) -> dict[str, float]:
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {"per second": len(times) / seconds, "median ms": median(ordered) * 1000, "p99 ms": last * 1000}


def _processor_seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


@contextmanager
def _serving(job: Job, side: str) -> Iterator[tuple[int, psutil.Process]]:
    """Run a server and give its port and process."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = Path(job.folder, f"{side}.log")
    command = [sys.executable, "-m", "benchmarks.server", side, job.url, str(port), job.folder]
    with log.open("wb") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as server:
        try:
            _wait(server, port, log)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a worker serves: the port is open before the first one is there."""
    deadline = time.monotonic() + _START_SECONDS
    while not _is_serving(server.pid, port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise JobFailed(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")
        time.sleep(0.05)


def _is_serving(server: int, port: int) -> bool:
    try:
        Client(port, "probe").probe()
        return bool(psutil.Process(server).children())
    except (OSError, psutil.NoSuchProcess):
        return False
