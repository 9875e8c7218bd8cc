"""The application served over HTTP inside the test's own process, for browsers."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application for the length of the block and give its address.

    Bodies are read whole before they are sent: a browser that leaves a page early breaks its requests off, and the
    server then forgets to close the files they were read from.
    """

    def whole(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = ClosingIterator(app(environ, start_response))
        try:
            return [b"".join(body)]
        finally:
            body.close()

    server = make_server("127.0.0.1", 0, whole, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
