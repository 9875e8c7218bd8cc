"""Commands of keys: the root on a machine without a network, the set that it signs, keys that are withdrawn."""

import base64
from pathlib import Path

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import format_quarter, gettext as _, text
from core.quarters import Quarter
from core.web.commands import QuarterParameter, language_option
from core.web.session import database, field_keys, settings
from distribution.cli.group import distribution
from distribution.errors.signing_keys import KeySetUnacceptable, RootKeyMissing
from distribution.permissions import DistributionRight
from distribution.queries.signing_keys import get_signing_key, list_signing_keys
from distribution.rules.key_sets import KeySetRefused, payload_of, print_of, read_payload, signed_by_root
from distribution.services.key_sets import accept_key_set, draft_key_set, renew_key_set
from distribution.services.reissuing import reissue_some
from distribution.services.root_keys import make_root_key as make_root, own_root_key, read_root_key
from distribution.services.signing_keys import (
    ask_withdrawal,
    make_signing_key,
    refuse_withdrawal,
    withdraw_signing_key,
)
from distribution.values.signing_keys import KeyAlgorithm, KeyPurpose
from distribution.views.root_keys import root_key

_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(dir_okay=False, exists=True, path_type=Path)
_RIGHT = DistributionRight.MANAGE_KEYS
_passphrase = click.option(
    "--passphrase", prompt=True, hide_input=True, default="", help="What opens the file of the root key; may be empty."
)


@distribution.command()
@click.argument("file", type=_FILE)
@click.option(
    "--passphrase",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    default="",
    help="What will open the file; empty leaves it open to whoever has it.",
)
@language_option()
def make_root_key(file: Path, passphrase: str) -> None:
    """Make the root key in a new FILE, on a machine without a network, and print the setting for the server."""
    try:
        public = make_root(file, passphrase)
    except FileExistsError:
        raise RootKeyMissing(
            text("%(file)s is there already. A root key is never written over.", file=file.name)
        ) from None
    click.echo(f"ROOT_KEY={base64.urlsafe_b64encode(public).decode().rstrip('=')}")


@distribution.command()
@click.argument("file", type=_FILE)
@actor_option()
@language_option()
def write_key_set(file: Path, login: str) -> None:
    """Write the next set of keys into FILE, to be carried to the root key and signed there."""
    with database().reading() as session:
        acting(session, login, _RIGHT)
        draft = draft_key_set(session, at=now())
    file.write_bytes(payload_of(draft))
    click.echo(_("%(file)s: set %(version)s, keys: %(count)s. Not signed yet.", file=file, version=draft.version,
                 count=len(draft.keys)))  # fmt: skip


@distribution.command()
@click.argument("file", type=_THERE)
@click.option("--root", type=_THERE, required=True, help="The file of the root key.")
@click.option("--out", type=_FILE, required=True, help="Where the signed set goes.")
@_passphrase
@click.option("--yes", is_flag=True, help="Do not ask after showing what stands in it.")
@language_option()
def sign_key_set(file: Path, *, root: Path, out: Path, passphrase: str, yes: bool) -> None:
    """Sign the set in FILE with the root key, after showing every key in it. Needs no database and no network."""
    payload = file.read_bytes()
    try:
        keys = read_payload(payload)
    except KeySetRefused:
        raise KeySetUnacceptable(text("%(file)s is no set of keys to sign.", file=file.name)) from None
    opened = read_root_key(root, passphrase)
    click.echo(_("Set %(version)s:", version=keys.version))
    for key in keys.keys:
        quarter = format_quarter(Quarter.from_ordinal(key.cycle))
        click.echo(f"  {quarter}  {key.purpose}  {key.kid.hex()}  {key.print}")
    if not yes:
        click.confirm(_("Are these the keys that the server shows?"), abort=True)
    out.write_bytes(signed_by_root(payload, opened))
    click.echo(_("%(file)s is signed. Bring it back to the server.", file=out))


@distribution.command("accept-key-set")
@click.argument("file", type=_THERE)
@actor_option()
@language_option()
def accept_signed_set(file: Path, login: str) -> None:
    """Take a set of keys that the root signed: devices get it with their next list."""
    with database().writing() as session:
        actor = acting(session, login, _RIGHT)
        made = accept_key_set(session, file.read_bytes(), root=root_key(), actor_id=actor.id, at=now())
        version = made.version
    click.echo(_("Set %(version)s counts from now on.", version=version))


@distribution.command("renew-key-set")
@actor_option()
@language_option()
def renew_own_set(login: str) -> None:
    """Write, sign and accept the next set at once, with the root key beside the data; never in production."""
    if settings().production or settings().root_key:
        raise RootKeyMissing(text("Here the root key is elsewhere. Write the set, sign it there, and accept it."))
    with database().writing() as session:
        actor = acting(session, login, _RIGHT)
        version = renew_key_set(session, own_root_key(settings().data_dir), actor_id=actor.id, at=now()).version
    click.echo(_("Set %(version)s counts from now on.", version=version))


@distribution.command()
@click.argument("quarter", type=QuarterParameter())
@click.option("--purpose", type=click.Choice([*KeyPurpose]), default=KeyPurpose.VOUCHER, show_default=True)
@click.option(
    "--algorithm",
    type=click.Choice([KeyAlgorithm.EDDSA, KeyAlgorithm.ES256]),
    help="How a key of vouchers signs; EdDSA unless told otherwise.",
)
@actor_option()
@language_option()
def renew_signing_key(quarter: Quarter, *, purpose: KeyPurpose, algorithm: KeyAlgorithm | None, login: str) -> None:
    """Make a new key for a QUARTER; what the earlier one signed goes on counting."""
    if algorithm is not None and purpose != KeyPurpose.VOUCHER:
        raise click.UsageError(_("Only keys of vouchers have a choice of algorithm."))
    with database().writing() as session:
        actor = acting(session, login, _RIGHT)
        key = make_signing_key(
            session, quarter=quarter, at=now(), actor_id=actor.id, keys=field_keys(), purpose=KeyPurpose(purpose),
            algorithm=KeyAlgorithm(algorithm) if algorithm else None,
        )  # fmt: skip
        click.echo(_("New key %(kid)s.", kid=key.kid.hex()))


@distribution.command()
@language_option()
def list_keys() -> None:
    """Print every key: number, quarter, purpose, algorithm, key id, SHA-256, and whether it was withdrawn."""
    with database().reading() as session:
        for key in list_signing_keys(session):
            state = "withdrawn" if key.withdrawn_at else "asked" if key.withdraw_asked_at else "counts"
            told = (key.id, key.quarter, key.purpose, key.algorithm, key.kid.hex(), print_of(key.public_key), state)
            click.echo("  ".join(map(str, told)))


@distribution.command("ask-key-withdrawal")
@click.argument("key_id", type=int)
@click.option("--reason", required=True, help="What happened; it stays in the journal.")
@actor_option()
@language_option()
def ask_for_withdrawal(key_id: int, reason: str, login: str) -> None:
    """Ask to withdraw key KEY_ID; nothing changes until another person approves."""
    with database().writing() as session:
        actor = acting(session, login, _RIGHT)
        ask_withdrawal(session, get_signing_key(session, key_id), reason=reason, actor_id=actor.id, at=now())
    click.echo(_("Another person approves it now."))


@distribution.command("withdraw-key")
@click.argument("key_id", type=int)
@click.option("--refuse", is_flag=True, help="Let the key be instead.")
@actor_option()
@language_option()
def decide_withdrawal(key_id: int, *, refuse: bool, login: str) -> None:
    """Approve that key KEY_ID is withdrawn: whatever it signed is refused from now on."""
    with database().writing() as session:
        actor = acting(session, login, _RIGHT)
        decide = refuse_withdrawal if refuse else withdraw_signing_key
        decide(session, get_signing_key(session, key_id), actor_id=actor.id, at=now())
    click.echo(_("The key counts as before.") if refuse else _("The key is withdrawn."))


@distribution.command("reissue-key-vouchers")
@click.argument("key_id", type=int)
@actor_option()
@language_option()
def reissue_vouchers_of_key(key_id: int, login: str) -> None:
    """Replace every voucher that withdrawn key KEY_ID signed; broken off, it goes on where it stood."""
    done, some = 0, 1
    while some:
        with database().writing() as session:
            actor = acting(session, login, _RIGHT)
            key = get_signing_key(session, key_id)
            some = reissue_some(session, key, actor=actor, at=now(), keys=field_keys())
        done += some
    click.echo(_("Vouchers replaced: %(count)s.", count=done))
