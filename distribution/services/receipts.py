"""Receipts: what a family keeps of a hand-over, signed by the quarter's key; made once, when somebody asks for it."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import Actor
from core.base32 import read_code, write_code
from core.crypto import FieldKeys, secret_hash
from core.dialects import insert_into
from core.i18n import text
from distribution.errors.hand_overs import NothingToCorrect
from distribution.models import HandOver, Receipt
from distribution.queries.hand_overs import get_hand_over
from distribution.queries.receipts import ShownReceipt, find_receipt, list_kits_given, list_receipt_keys
from distribution.rules.receipts import SECRET_BYTES, ReceiptClaims, signed_receipt, verified_receipt
from distribution.services.signing_keys import open_signer
from distribution.values.signing_keys import KeyPurpose


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """A receipt that is ours: as it stands with us today, and what its signature says when the square was read."""

    shown: ShownReceipt
    claims: ReceiptClaims | None


def issue_receipt(session: Session, hand_over_id: uuid.UUID, *, actor: Actor, at: datetime, keys: FieldKeys) -> None:
    """Make the receipt of a hand-over; one that was made before stays as it is.

    Raises:
        HandOverUnknown: the actor may not read it.
        NothingToCorrect: all of it was taken back.
    """
    given = get_hand_over(session, hand_over_id, actor)
    if session.get(Receipt, given.id) is not None:
        return
    kits = [one for one in list_kits_given(session, given.id) if one.counting]
    if not kits:
        raise NothingToCorrect(text("All of it was taken back. There is nothing to give a receipt for."))
    secret = secrets.token_bytes(SECRET_BYTES)
    sets = [(one.kit.voucher_bit, one.counting) for one in kits]
    signer = open_signer(
        session, quarter=given.quarter, at=at, actor_id=actor.id, keys=keys, purpose=KeyPurpose.RECEIPT
    )
    token = signed_receipt(_claims(given, secret, sets, at), key_id=signer.key_id, key=signer.key)
    row = {"hand_over_id": given.id, "secret_hash": secret_hash(secret), "token": token, "issued_at": at}
    session.execute(insert_into(session, Receipt).values(row).on_conflict_do_nothing())


def check_receipt(session: Session, text_or_code: str) -> CheckedReceipt | None:
    """Return the receipt behind the text of a square or behind a typed code; None for all that is none of ours."""
    try:
        shown = find_receipt(session, secret_hash(read_code(text_or_code)))
        return CheckedReceipt(shown, None) if shown else None
    except ValueError:
        claims = verified_receipt(text_or_code, lambda kid: list_receipt_keys(session, kid))
    shown = find_receipt(session, secret_hash(claims.secret)) if claims else None
    return CheckedReceipt(shown, claims) if shown else None


def code_of_receipt(session: Session, token: str) -> str:
    """Return the code that stands below the square of a receipt of ours."""
    claims = verified_receipt(token, lambda kid: list_receipt_keys(session, kid))
    return write_code(claims.secret) if claims else ""


def _claims(given: HandOver, secret: bytes, sets: list[tuple[int, int]], at: datetime) -> ReceiptClaims:
    return ReceiptClaims(
        issued=int(at.timestamp()),
        secret=secret,
        cycle=given.quarter.ordinal,
        point=given.point_id,
        given=int(given.received_at.timestamp()),
        sets=sets,
    )
