"""The status of every voucher of a quarter as an IETF Token Status List: a CWT with two bits for each index.

Source: draft-ietf-oauth-status-list, §4 (the list), §5.2 (as a CWT); RFC 1950 (ZLIB).
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from distribution.rules.cose import (
    ALGORITHM,
    EDDSA,
    KEY_ID,
    NotAsWritten,
    PrivateKey,
    algorithm_of,
    canonical,
    is_count,
    is_signed_by,
    opened,
    read_map,
    sign1,
)

MEDIA_TYPE = "application/statuslist+cwt"
BITS = 2
TTL = 60
"""Seconds for which a reader may keep a list without asking again."""

_TYPE = 16
_SUBJECT, _EXPIRES, _ISSUED, _LIST, _TTL = 2, 4, 6, 65533, 65534
_HEAD: frozenset[object] = frozenset({ALGORITHM, KEY_ID, _TYPE})
_CLAIMS: frozenset[object] = frozenset({_SUBJECT, _EXPIRES, _ISSUED, _LIST, _TTL})
_LARGEST = 4_000_000
"""Bytes of a list unpacked: sixteen million vouchers, more than a quarter of the country has families."""


class VoucherState(IntEnum):
    """What the list says of an index (voucher design, §1)."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    HANDED_OVER = 3


class StatusListRefused(Exception):
    """The bytes are no status list that this key signed."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list; `issued` and `expires` in seconds since 1970, `states` packed, the first index in the lowest bits."""

    subject: str
    issued: int
    expires: int
    states: bytes

    def state_of(self, idx: int) -> VoucherState:
        """Return the state of an index; past the end it is valid, since a list may be older than a print."""
        return VoucherState(packed_state(self.states, idx, bits=BITS))


def packed(states: Iterable[int], *, bits: int = BITS) -> bytes:
    """Return states packed into bytes, the first in the lowest bits of the first byte (§4.1)."""
    per_byte = 8 // bits
    whole = list(states)
    bytes_ = bytearray(-(-len(whole) // per_byte))
    for idx, state in enumerate(whole):
        bytes_[idx // per_byte] |= state << (idx % per_byte * bits)
    return bytes(bytes_)


def packed_state(states: bytes, idx: int, *, bits: int) -> int:
    """Return the state of an index in packed bytes; 0 past the end."""
    per_byte = 8 // bits
    place = idx // per_byte
    return states[place] >> (idx % per_byte * bits) & ((1 << bits) - 1) if place < len(states) else 0


def compressed(states: bytes) -> bytes:
    """Return packed states compressed as the standard wants it: DEFLATE in the ZLIB format, at the highest level."""
    return zlib.compress(states, 9)


def decompressed(squeezed: bytes) -> bytes:
    """Return packed states from a list.

    Raises:
        StatusListRefused: broken, or larger than any list of ours.
    """
    opener = zlib.decompressobj()
    try:
        states = opener.decompress(squeezed, _LARGEST)
    except zlib.error:
        raise StatusListRefused from None
    if not opener.eof or opener.unused_data:
        raise StatusListRefused
    return states


def signed_list(listed: StatusList, *, key_id: bytes, key: PrivateKey) -> bytes:
    """Return the CWT of a list."""
    protected = canonical({ALGORITHM: algorithm_of(key), KEY_ID: key_id, _TYPE: MEDIA_TYPE})
    claims = {
        _SUBJECT: listed.subject,
        _EXPIRES: listed.expires,
        _ISSUED: listed.issued,
        _LIST: {"bits": BITS, "lst": compressed(listed.states)},
        _TTL: TTL,
    }
    return sign1(protected, canonical(claims), key, tagged=True)


def read_list(written: bytes, keys: Sequence[tuple[bytes, bytes]]) -> StatusList:
    """Return what a list says, when one of the keys (key id and public half) signed it.

    Raises:
        StatusListRefused: none did, or the bytes are not written as agreed.
    """
    try:
        message = opened(written, tagged=True)
        head = read_map(message.protected, _HEAD)
        fits = type(head[ALGORITHM]) is int and head[ALGORITHM] == EDDSA and head[_TYPE] == MEDIA_TYPE
        if not fits or not any(kid == head[KEY_ID] and is_signed_by(message, EDDSA, key) for kid, key in keys):
            raise StatusListRefused
        claims = read_map(message.payload, _CLAIMS)
    except NotAsWritten:
        raise StatusListRefused from None
    match claims[_SUBJECT], claims[_ISSUED], claims[_EXPIRES], claims[_LIST]:
        case str() as subject, issued, expires, {"bits": 2, "lst": bytes() as squeezed, **rest} if (
            not rest and is_count(issued) and is_count(expires)
        ):
            return StatusList(subject, cast("int", issued), cast("int", expires), decompressed(squeezed))
        case _:
            raise StatusListRefused
