"""A server that is killed with SIGKILL again and again while programs go on asking it, and whose answers get lost.

A process without threads forks each life of the server, so that no lock of the test is copied in a locked state.
"""

import os
import random
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def dying_server(flask: Flask, *, lives: int, seconds: tuple[float, float], lost: float = 0.0) -> Iterator[int]:
    """Serve on a port for so many lives of random length, each ended by SIGKILL, and then for good.

    The application's database must be disposed of before, so that each life opens connections of its own. `lost` is the
    share of answers that are thrown away after the work was committed.
    """
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    keeper = get_context("fork").Process(target=_keep, args=(listening, flask, lives, seconds, lost))
    keeper.start()
    try:
        yield listening.getsockname()[1]
    finally:
        keeper.terminate()
        keeper.join(10)
        listening.close()


def _keep(listening: socket.socket, flask: Flask, lives: int, seconds: tuple[float, float], lost: float) -> None:
    child = 0

    def end(*_: object) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for _ in range(lives):
        child = _live(listening, flask, lost)
        time.sleep(random.uniform(*seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    child = _live(listening, flask, lost)
    os.waitpid(child, 0)


def _live(listening: socket.socket, flask: Flask, lost: float) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    random.seed()

    def losing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = b"".join(flask(environ, start_response))
        if random.random() < lost:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return [body]

    port = listening.getsockname()[1]
    server = make_server("127.0.0.1", port, losing, threaded=True, fd=listening.fileno())
    server.serve_forever()
    os._exit(0)
