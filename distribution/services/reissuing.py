"""After a key of vouchers was withdrawn by two people: every family that holds one of its vouchers gets a new one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.crypto import FieldKeys
from core.i18n import text
from core.jobs.queue import ask_job
from distribution.errors.signing_keys import NothingToReissue
from distribution.models import SigningKey
from distribution.queries.withdrawn_keys import count_held, is_replaceable, list_held
from distribution.services.vouchers import reissue_vouchers
from distribution.values.vouchers import Revoked

REISSUE = "reissue"
"""The kind of long work."""

AT_ONCE = 1_000
"""Vouchers replaced in one transaction: what was replaced stays so when the work is interrupted."""


def ask_to_reissue(session: Session, key: SigningKey, *, actor: Actor, at: datetime) -> UUID:
    """Ask for new vouchers in place of all that a withdrawn key signed, as long work.

    Raises:
        NothingToReissue: the key was not withdrawn, its time is over, or no family holds one of its vouchers.
        JobAlreadyAsked: they are being replaced now.
    """
    if not count_held(session, [key], at=at).get(key.id):
        raise NothingToReissue(text("No family holds a voucher that this key signed and that is to be replaced."))
    arguments = {"key": key.id}
    return ask_job(session, kind=REISSUE, subject=f"key:{key.id}", arguments=arguments, actor_id=actor.id, at=at)


def reissue_some(session: Session, key: SigningKey, *, actor: Actor, at: datetime, keys: FieldKeys) -> int:
    """Replace the next vouchers of a withdrawn key; return how many there were, 0 when all are replaced."""
    if not is_replaceable(key, at=at):
        return 0
    held = list_held(session, key, most=AT_ONCE)
    if not held:
        return 0
    count = reissue_vouchers(session, held, quarter=key.quarter, at=at, actor_id=actor.id, keys=keys, why=Revoked.KEY)
    record(
        session,
        actor_id=actor.id,
        action="vouchers.reissued",
        subject="signing_key",
        subject_id=str(key.id),
        at=at,
        detail={"quarter": str(key.quarter), "kid": key.kid.hex(), "vouchers": count},
    )
    return len(held)
