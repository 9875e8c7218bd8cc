"""One line per request: method, route, status, time; never an address with what was typed in it."""

import logging
import time

import structlog
from flask import Flask, Response, g, request

_log = logging.getLogger("toptama.access")


def log_requests(app: Flask) -> None:
    """Log every answer under the id that error pages quote."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.get("request_id", ""))

    @app.after_request
    def write(response: Response) -> Response:
        if request.endpoint != "app.static_asset":
            rule = request.url_rule.rule if request.url_rule else "-"
            milliseconds = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
            _log.info("%s %s %s %.0f ms", request.method, rule, response.status_code, milliseconds)
        return response
