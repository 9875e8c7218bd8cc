"""Refusals of counts."""

from core.errors import Conflict, Invalid, NotFound


class CountUnknown(NotFound):
    """No such count, or it is out of reach."""

    code = "count_unknown"


class CountLineUnknown(NotFound):
    """The lot is no line of the count."""

    code = "count_line_unknown"


class CountMalformed(Invalid):
    """What is said of a count does not fit together."""

    code = "count_malformed"


class CountKeyReused(Conflict):
    """The key stands for another count already."""

    code = "count_key_reused"


class CountsOverlap(Conflict):
    """Another count of the same goods is under way: one of the two would correct what the other corrects."""

    code = "counts_overlap"


class CountNotOpen(Conflict):
    """The count takes no more entries."""

    code = "count_not_open"


class CountNotSubmitted(Conflict):
    """The count was not handed in, or was closed already."""

    code = "count_not_submitted"


class TallyKeyReused(Conflict):
    """The key stands for another entry: of another person, count or content."""

    code = "tally_key_reused"


class TallyOvertaken(Conflict):
    """Somebody else entered the line meanwhile."""

    code = "tally_overtaken"


class CountLineSettled(Conflict):
    """The line is not to be counted again."""

    code = "count_line_settled"


class LinesNotCounted(Conflict):
    """Some lines were not counted, and nobody said that the goods are not there."""

    code = "lines_not_counted"


class DifferenceUnexplained(Conflict):
    """A difference has no reason."""

    code = "difference_unexplained"


class SamePerson(Conflict):
    """Who counted or handed in does not close."""

    code = "same_person"


class CountAgainstReservation(Conflict):
    """After the correction there would be less than is set aside."""

    code = "count_against_reservation"


class CountOvertaken(Conflict):
    """More has left since than the count says was there: it must be counted again."""

    code = "count_overtaken"
