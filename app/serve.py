"""What `make run` starts: brings the database to head, loads the demonstration into an empty one, serves."""

import gc
import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import replace

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from accounts.queries import count_administrators
from accounts.services import ensure_first_link
from app import schema
from app.demonstration import story
from app.demonstration.mark import read_mark
from app.factory import create_app
from app.phone import as_picture, certificate_for, local_address
from app.worker import work_beside
from config import Settings, WrongSettings, read_settings
from core.clock import now
from core.errors import Problem
from core.web.session import database

_DRAIN_SECONDS = 30
_LONGEST_LINE = 4094
_MOST_HEADERS = 100


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with its settings given in code."""

    def __init__(self, app: Flask, options: Mapping[str, object]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self._app


@click.command()
@click.option("--demonstration/--no-demonstration", default=True, help="Fill an empty database with invented people.")
@click.option("--phone", is_flag=True, help="Serve over TLS on the local network, so that a phone's camera works.")
def main(*, demonstration: bool, phone: bool) -> None:
    """Bring everything up and serve until stopped."""
    try:
        settings = read_settings()
        address = local_address() if phone else settings.host
        if phone:
            settings = replace(settings, base_url=f"https://{address}:{settings.port}")
        app = create_app(settings)
        with app.app_context():
            _prepare(settings, demonstration=demonstration)
    except (WrongSettings, Problem) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    options = _options(settings, phone=phone)
    if phone:
        certificate, key = certificate_for(address, settings.data_dir, now())
        options |= {"certfile": str(certificate), "keyfile": str(key)}
    app.extensions["database"].dispose()
    _start_worker(settings)
    gc.collect()
    gc.freeze()  # what lives as long as the server is never searched for garbage: no pauses from it
    Server(app, options).run()


def _start_worker(settings: Settings) -> None:
    """Start the worker that does the long work beside the server; it ends with it."""
    context = multiprocessing.get_context("spawn")
    context.Process(target=work_beside, args=(settings, os.getpid()), name="toptama-worker", daemon=True).start()


def _prepare(settings: Settings, *, demonstration: bool) -> None:
    """Bring the database to head and tell how to enter."""
    click.echo("The database is brought to head …")
    schema.upgrade(database())
    if demonstration and story.is_unfinished():
        click.echo("The demonstration was interrupted before; it starts over.")
        story.erase()
    with database().writing() as session:
        untouched = not count_administrators(session)
    if demonstration and untouched and story.is_empty(database()):
        click.echo("An invented country goes through a quarter:")
        story.load(click.echo)
    with database().writing() as session:
        link = ensure_first_link(session, at=now())
    _tell(settings, link)


def _tell(settings: Settings, link: str | None) -> None:
    click.echo(f"\n  Топтама: {settings.base_url}\n")
    if settings.base_url.startswith("https"):
        click.echo(as_picture(settings.base_url))
        click.echo("  The certificate is our own: let the browser go on past its warning once.\n")
    if link is not None:
        click.echo(f"  First administrator, once, within 24 hours: {settings.base_url}/accounts/link/{link}\n")
    mark = read_mark(settings.data_dir)
    if mark is not None:
        click.echo(f"  Accounts of the demonstration, all with the password {mark.password}")
        for login, role in mark.people:
            click.echo(f"    {login:<11} {role}")
        click.echo("")
    sys.stdout.flush()


def _options(settings: Settings, *, phone: bool) -> dict[str, object]:
    host = "0.0.0.0" if phone else settings.host  # noqa: S104 - the phone comes from the network; asked for by --phone
    return {
        "bind": f"{host}:{settings.port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "graceful_timeout": _DRAIN_SECONDS,
        "limit_request_line": _LONGEST_LINE,
        "limit_request_fields": _MOST_HEADERS,
        "loglevel": "warning",
        "control_socket_disable": True,
    }


if __name__ == "__main__":
    main()
