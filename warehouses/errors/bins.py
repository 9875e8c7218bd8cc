"""Refusals about bins."""

from core.errors import Conflict, Invalid, NotFound


class BinUnknown(NotFound):
    """No such bin at this place."""

    code = "bin_unknown"


class BinMalformed(Invalid):
    """The code of a bin is empty or too long."""

    code = "bin_malformed"


class BinCodeTaken(Conflict):
    """Another bin of the place has this code."""

    code = "bin_code_taken"


class BinNotEmpty(Conflict):
    """A bin is closed only when nothing lies in it."""

    code = "bin_not_empty"


class BinClosed(Conflict):
    """Nothing is put into a closed bin."""

    code = "bin_closed"


class BinShort(Conflict):
    """Not so many packs lie there, or wait to be put away."""

    code = "bin_short"
