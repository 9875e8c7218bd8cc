"""Refusals of labels and cartons."""

from core.errors import Conflict, Invalid


class LabelMalformed(Invalid):
    """There is no such template or symbol, or the counts are out of bounds."""

    code = "label_malformed"


class LabelDoesNotFit(Conflict):
    """The symbol is too large for the label."""

    code = "label_does_not_fit"


class NoCompanyPrefix(Conflict):
    """Nobody set a GS1 company prefix, so cartons cannot be numbered."""

    code = "no_company_prefix"


class SeriesUsedUp(Conflict):
    """All numbers under a company prefix are used."""

    code = "series_used_up"
