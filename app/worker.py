"""The worker that `make run` starts beside the server, in a process of its own."""

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


def work_beside(settings: Settings, server: int) -> None:
    """Do the long work until the server, a process of this number, is gone.

    Ctrl-C reaches both; the worker leaves its ending to the server, so that a job is not cut off in its middle.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(server,), daemon=True).start()
    with create_app(settings).app_context():
        work_on(database(), field_keys(), job_functions(), rights=RIGHTS)


def _leave_with(server: int) -> None:
    """End this process once its server is gone; what it was doing is taken up again at the next start."""
    while os.getppid() == server:
        time.sleep(_LOOK_SECONDS)
    os._exit(0)
