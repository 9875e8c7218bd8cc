"""The worker that `make run` starts beside the server, in a process of its own; another follows one that dies."""

import multiprocessing
import os
import signal
import threading
import time

from app.factory import create_app
from app.jobs import job_functions
from app.roles import RIGHTS
from config import Settings
from core.jobs.working import work_on
from core.web.session import database, field_keys

_LOOK_SECONDS = 2


def watch_worker(settings: Settings, server: int) -> None:
    """Keep a worker at work until the server, the process of this number, is gone.

    Ctrl-C reaches all of them; they leave the ending to the server, so that a job is not cut off in its middle. What a
    worker that died was doing is taken up by the next one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    context, myself = multiprocessing.get_context("spawn"), os.getpid()
    while os.getppid() == server:
        worker = context.Process(target=_work, args=(settings, myself), name="toptama-worker", daemon=True)
        worker.start()
        while worker.is_alive() and os.getppid() == server:
            worker.join(_LOOK_SECONDS)


def _work(settings: Settings, watcher: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(watcher,), daemon=True).start()
    with create_app(settings).app_context():
        work_on(database(), field_keys(), job_functions(), rights=RIGHTS)


def _leave_with(watcher: int) -> None:
    """End this process once whoever watches it is gone; what it was doing is taken up again at the next start."""
    while os.getppid() == watcher:
        time.sleep(_LOOK_SECONDS)
    os._exit(0)
