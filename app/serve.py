"""What `make run` starts: brings the database to head, loads the demonstration into an empty one, serves."""

import ipaddress
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import click
import qrcode
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from gunicorn.app.base import BaseApplication

from accounts.services import ensure_first_link
from app import schema
from app.demonstration import story
from app.factory import create_app
from config import Settings, WrongSettings, read_settings
from core.clock import now
from core.database import Database
from core.errors import Problem

_CERTIFICATE_DAYS = 365
_DRAIN_SECONDS = 30


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
    except WrongSettings as wrong:
        raise click.ClickException(str(wrong)) from wrong
    address = _local_address() if phone else settings.host
    base_url = f"https://{address}:{settings.port}" if phone else f"http://{address}:{settings.port}"
    if phone:
        settings = replace(settings, base_url=base_url)
    app = create_app(settings)
    database: Database = app.extensions["database"]
    schema.upgrade(database)
    try:
        _tell_how_to_enter(app, database, settings, base_url, demonstration=demonstration)
    except Problem as problem:
        raise click.ClickException(str(problem)) from problem
    database.dispose()
    options: dict[str, object] = {
        "bind": f"{'0.0.0.0' if phone else settings.host}:{settings.port}",  # noqa: S104 - asked for by --phone
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "graceful_timeout": _DRAIN_SECONDS,
        "limit_request_line": 4094,
        "limit_request_fields": 100,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    if phone:
        certificate, key = _certificate(settings.data_dir, address)
        options |= {"certfile": str(certificate), "keyfile": str(key)}
    Server(app, options).run()


def _tell_how_to_enter(
    app: Flask, database: Database, settings: Settings, base_url: str, *, demonstration: bool
) -> None:
    with app.app_context():
        if demonstration and (story.is_unfinished() or story.is_empty(database)):
            story.load(click.echo)
        link = None
        with database.writing() as session:
            link = ensure_first_link(session, at=now())
    click.echo("")
    click.echo(f"  {settings.programme_name}: {base_url}")
    if base_url.startswith("https"):
        click.echo(_as_picture(base_url))
        click.echo("  The certificate is our own: let the browser go on past its warning once.")
    if link is not None:
        click.echo(f"  First administrator, once, within 24 hours: {base_url}/accounts/link/{link}")
    for line in story.accounts_told(settings.data_dir):
        click.echo(f"  {line}")
    click.echo("")
    sys.stdout.flush()


def _local_address() -> str:
    """Return the address of this machine on the local network, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found: str = probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"
        return found


def _as_picture(address: str) -> str:
    code = qrcode.QRCode(border=2)
    code.add_data(address)
    out = StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue()


def _certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """Return a certificate of our own for the address, made when there is none yet."""
    certificate, key = folder / f"phone-{address}.crt", folder / f"phone-{address}.pem"
    if certificate.exists() and key.exists():
        return certificate, key
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    at = now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=_CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return certificate, key


if __name__ == "__main__":
    main()
