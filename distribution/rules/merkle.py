"""What makes a roster provable: pseudonyms, its lines, their Merkle root and the draw (domain, §6)."""

import hashlib
import hmac
from collections.abc import Sequence

PSEUDONYM_DIGITS = 32
_BLOCK_HEIGHT = 12
_BLOCK = 1 << _BLOCK_HEIGHT


def pseudonym(quarter_secret: bytes, child_id: int) -> str:
    """Return the pseudonym of a child in a quarter: the first 16 bytes of an HMAC of its internal id, as hex."""
    return hmac.digest(quarter_secret, str(child_id).encode(), "sha256").hex()[:PSEUDONYM_DIGITS]


def roster_line(pseudonym: str, kato: str, kit: str, *, priority: int, missed: int) -> str:
    """Return one line of a roster as it is hashed."""
    return f"{pseudonym}|{kato}|{kit}|{priority}|{missed}"


def draw_of(seed: str, pseudonym: str, kit: str) -> str:
    """Return the place of a child's kit in the draw: lower-case hex of HMAC-SHA256 under the public seed."""
    return hmac.digest(seed.encode(), f"{pseudonym}|{kit}".encode(), "sha256").hex()


class MerkleRoot:
    """The root of an RFC 6962 tree over leaves that come one after another, in memory that does not grow with them.

    Leaves are folded by thousands: a full block is a subtree of its own whatever comes before and after.
    """

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self._block: list[bytes] = []
        self.leaves = 0

    def add_all(self, leaves: Sequence[bytes]) -> None:
        """Take the next leaves: SHA-256(0x00 ‖ data)."""
        self.leaves += len(leaves)
        self._block += [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
        while len(self._block) >= _BLOCK:
            full, self._block = self._block[:_BLOCK], self._block[_BLOCK:]
            while len(full) > 1:
                full = [_join(left, right) for left, right in zip(full[::2], full[1::2], strict=True)]
            _push(self._peaks, _BLOCK_HEIGHT, full[0])

    def hex(self) -> str:
        """Return the root of the leaves so far; of none it is the hash of nothing."""
        peaks = list(self._peaks)
        for leaf in self._block:
            _push(peaks, 0, leaf)
        if not peaks:
            return hashlib.sha256().hexdigest()
        node = peaks.pop()[1]
        while peaks:
            node = _join(peaks.pop()[1], node)
        return node.hex()


def _push(peaks: list[tuple[int, bytes]], height: int, node: bytes) -> None:
    """Put a subtree beside the others; equal neighbours become one."""
    while peaks and peaks[-1][0] == height:
        node = _join(peaks.pop()[1], node)
        height += 1
    peaks.append((height, node))


def _join(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()
