"""The root that this server believes: the setting's, or outside production the one beside its data."""

import base64

from core.i18n import text
from core.web.session import settings
from distribution.errors.signing_keys import RootKeyMissing
from distribution.services.root_keys import own_root_key


def root_key() -> bytes:
    """Return the public half of the root key, 32 bytes.

    Raises:
        RootKeyMissing: production was not told it.
    """
    told = settings().root_key
    if told:
        return base64.urlsafe_b64decode(f"{told}=")
    if settings().production:
        raise RootKeyMissing(text("The server was not told its root key. Set ROOT_KEY."))
    return own_root_key(settings().data_dir).public_key().public_bytes_raw()
