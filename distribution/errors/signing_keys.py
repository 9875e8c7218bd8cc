"""Refusals about keys."""

from core.errors import Conflict, Invalid, NotFound


class KeyUnknown(NotFound):
    """No such key."""

    code = "key_unknown"


class NoKeySet(Conflict):
    """No set of keys signed by the root was accepted yet."""

    code = "no_key_set"


class KeySetUnacceptable(Invalid):
    """The file is no set of keys that may count now."""

    code = "key_set_unacceptable"


class RootKeyMissing(Conflict):
    """The root key that sets are checked against is not known, or cannot be read."""

    code = "root_key_missing"


class WithdrawalUnasked(Conflict):
    """Nobody asked to withdraw the key, or it was decided before."""

    code = "withdrawal_unasked"


class NothingToReissue(Conflict):
    """No family holds a voucher that the key signed and that is to be replaced."""

    code = "nothing_to_reissue"
