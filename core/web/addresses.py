"""Addresses that nobody types: a NUL in one is refused before anything looks for it."""

from flask import Flask, abort, request


def refuse_unreadable_addresses(app: Flask) -> None:
    """Answer 400 to an address with a NUL: PostgreSQL keeps no such text, so nothing can have that name (BAD-43)."""

    @app.before_request
    def check() -> None:
        if "\0" in request.path or b"%00" in request.query_string:
            abort(400)
