"""The status list of a quarter, written and signed from what is so at a moment."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from core.i18n import text
from core.quarters import Quarter
from distribution.errors import NoSigningKey
from distribution.queries.signing_keys import find_live_key
from distribution.queries.status_lists import stream_voucher_states
from distribution.rules.status_lists import BITS, StatusList, VoucherState, signed_list
from distribution.rules.vouchers import expiry_of
from distribution.services.signing_keys import opened_private
from distribution.values.signing_keys import KeyPurpose

ADDRESS = "/open/status/"
"""Where a quarter's list is public; the whole address is the list's subject."""

_PER_BYTE = 8 // BITS
_GROWS_BY = 1 << 16


def written_status_list(session: Session, quarter: Quarter, keys: FieldKeys, at: datetime, *, base_url: str) -> bytes:
    """Return the list of a quarter as it is at a moment, signed by the quarter's status key.

    `base_url` is the address people type; with `/open/status/` and the quarter it names the list.

    Raises:
        NoSigningKey: the quarter has no vouchers, so no keys.
    """
    key = find_live_key(session, quarter, KeyPurpose.STATUS)
    if key is None:
        raise NoSigningKey(text("This quarter has no vouchers yet."))
    listed = StatusList(
        subject=f"{base_url.rstrip('/')}{ADDRESS}{quarter}",
        issued=int(at.timestamp()),
        expires=int(expiry_of(quarter).timestamp()),
        states=_packed_states(session, quarter),
    )
    return signed_list(listed, key_id=key.kid, key=opened_private(key, keys))


def _packed_states(session: Session, quarter: Quarter) -> bytes:
    """Return the packed states of all vouchers of a quarter; memory is two bits for each."""
    states, length = bytearray(), 0
    for idx, state in stream_voucher_states(session, quarter):
        place = idx // _PER_BYTE
        if place >= len(states):
            states.extend(bytes(place - len(states) + _GROWS_BY))
        length = max(length, place + 1)
        if state is not VoucherState.VALID:
            states[place] |= state << (idx % _PER_BYTE * BITS)
    return bytes(states[:length])
