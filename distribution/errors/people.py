"""Refusals about the entry of families, children and proxies by hand."""

from core.errors import Conflict, Invalid, NotFound


class PersonFactsWrong(Invalid):
    """What was told of a person cannot be true."""

    code = "person_facts_wrong"


class PersonKnown(Conflict):
    """A family or a child with this IIN stands in the registry already."""

    code = "person_known"


class ChildUnknown(NotFound):
    """No such child, or not of one's territory."""

    code = "child_unknown"


class ChildOut(Conflict):
    """The child is out already, or is not out."""

    code = "child_out"


class NothingMissing(Conflict):
    """The child is not missing from a file; perhaps somebody decided a moment ago."""

    code = "nothing_missing"


class ProxyUnknown(NotFound):
    """No such proxy, or not of one's territory."""

    code = "proxy_unknown"


class ProxyWithdrawn(Conflict):
    """The power of attorney was withdrawn before."""

    code = "proxy_withdrawn"
