"""What a device is to believe, gathered for its manifest."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import Lease
from distribution.queries.signing_keys import find_key_set, list_keys_for_set, list_withdrawn_prints
from distribution.rules.key_sets import read_key_set
from distribution.services.key_sets import is_told, renew_key_set, written_key_set
from distribution.services.manifests import Trust
from distribution.services.signing_keys import sealing_key
from distribution.services.status_lists import written_status_list


def gather_trust(
    session: Session, lease: Lease, *, root: bytes, actor_id: int, keys: FieldKeys, at: datetime, base_url: str
) -> Trust:
    """Return the root, keys, list of states and sealing key for the quarter of a lease.

    Raises:
        NoKeySet: the root signed none yet.
    """
    sealing = sealing_key(session, quarter=lease.quarter, at=at, actor_id=actor_id, keys=keys)
    return Trust(
        root=root,
        key_set=written_key_set(session),
        withdrawn=tuple(list_withdrawn_prints(session)),
        status_list=written_status_list(session, lease.quarter, keys, at, base_url=base_url),
        sealing_kid=sealing.kid,
        sealing_key=sealing.public_key,
    )


def tell_new_keys(session: Session, root: Ed25519PrivateKey, *, actor_id: int, at: datetime) -> None:
    """Sign the next set of keys where some key is not told yet; only where the root lies beside the server."""
    told = find_key_set(session)
    believed = read_key_set(told.written, root.public_key().public_bytes_raw()) if told else None
    if believed is None or not all(is_told(key, believed) for key in list_keys_for_set(session, at=at)):
        renew_key_set(session, root, actor_id=actor_id, at=at)
