"""What an import keeps of the top of its file: which column is which; the header and some rows, sealed."""

import base64
import json
from collections.abc import Sequence

from core.crypto import FieldKeys
from core.i18n import Text
from core.tabular.columns import column_faults
from distribution.models import RegistryBatch
from distribution.rules.registry_columns import REGISTRY_TABLE


def mapping_of(batch: RegistryBatch) -> list[str]:
    """Return the key of our column for every heading of the file, or ""."""
    found = (batch.columns or {}).get("mapping")
    return [str(key) for key in found] if isinstance(found, list) else []


def header_of(batch: RegistryBatch, keys: FieldKeys) -> tuple[list[str], list[list[str]]]:
    """Return the header of the file and the first rows below it."""
    sealed = (batch.columns or {}).get("sealed")
    if not isinstance(sealed, str):
        return [], []
    kept = json.loads(keys.open(base64.b64decode(sealed)))
    return list(kept["header"]), [list(row) for row in kept["samples"]]


def list_registry_faults(batch: RegistryBatch) -> Sequence[Text]:
    """Return what is wrong with the columns of a file."""
    return column_faults(mapping_of(batch), REGISTRY_TABLE)
