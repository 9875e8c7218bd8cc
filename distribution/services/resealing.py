"""What distribution keeps sealed elsewhere than in a column of its own: the top of a file that is being checked."""

import base64

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import RegistryBatch

_SEALED = "sealed"


def reseal_tops_of_imports(session: Session, keys: FieldKeys) -> int:
    """Seal again the tops of files that an earlier key sealed; return how many."""
    count = 0
    for batch in session.scalars(select(RegistryBatch).where(RegistryBatch.columns.is_not(None)).with_for_update()):
        held = (batch.columns or {}).get(_SEALED)
        sealed = base64.b64decode(held) if isinstance(held, str) else b""
        if sealed and sealed[:1] != keys.number:
            anew = base64.b64encode(keys.reseal("fields", sealed)).decode()
            batch.columns = {**(batch.columns or {}), _SEALED: anew}
            count += 1
    return count
