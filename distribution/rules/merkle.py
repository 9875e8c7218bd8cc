"""What makes a roster provable: pseudonyms, its lines, their Merkle root and the draw (domain, §6)."""

import hashlib
import hmac

PSEUDONYM_DIGITS = 32


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
    """The root of an RFC 6962 tree over leaves that come one by one; keeps one hash per level, whatever the number."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self.leaves = 0

    def add(self, leaf: bytes) -> None:
        """Take the next leaf: SHA-256(0x00 ‖ data); equal neighbours become SHA-256(0x01 ‖ left ‖ right)."""
        self.leaves += 1
        height, node = 0, hashlib.sha256(b"\x00" + leaf).digest()
        while self._peaks and self._peaks[-1][0] == height:
            node = _join(self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))

    def hex(self) -> str:
        """Return the root of the leaves so far; of none it is the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().hexdigest()
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = _join(left, node)
        return node.hex()


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
