"""Refusals of packing sets and taking them apart."""

from core.errors import Conflict, Invalid, NotFound


class AssemblyUnknown(NotFound):
    """No such act, or its place is out of reach."""

    code = "assembly_unknown"


class AssemblyMalformed(Invalid):
    """What was asked for cannot be understood: no sets, no such substitute, a lot that does not belong there."""

    code = "assembly_malformed"


class AssemblyKeyReused(Conflict):
    """The key stands for another act already."""

    code = "assembly_key_reused"


class ComponentsShort(Conflict):
    """Of one item or several there is too little."""

    code = "components_short"


class CompositionWrong(Conflict):
    """What was picked is not what the version in force says, nor what its substitutes allow."""

    code = "composition_wrong"


class LotCodeTaken(Conflict):
    """Another lot of the same set has this code."""

    code = "lot_code_taken"


class ContentUnknown(Conflict):
    """Nobody said which lots are inside a packed lot."""

    code = "content_unknown"
