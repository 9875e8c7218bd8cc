"""Refusals of calendars, objections and the close of a quarter."""

from core.errors import Conflict, Invalid, NotFound


class DaysOutOfOrder(Invalid):
    """A step is planned for a day before a step that must come first."""

    code = "days_out_of_order"


class ObjectionUnknown(NotFound):
    """No such objection within the reach."""

    code = "objection_unknown"


class ObjectionUnusable(Invalid):
    """An objection without the child's name, its words, or a possible day."""

    code = "objection_unusable"


class NoWindow(Conflict):
    """The paper came when no window for objections was open."""

    code = "no_window"


class ObjectionDecided(Conflict):
    """The objection was answered before."""

    code = "objection_decided"


class ObjectionSecondPerson(Conflict):
    """Whoever entered an objection may not decide it."""

    code = "objection_second_person"


class ChildMissing(Conflict):
    """An objection is to be accepted, and it is not known which child of the registry it is about."""

    code = "child_missing"


class ChildNotEntitled(Conflict):
    """The child would enter no supplementary roster, so that accepting changes nothing."""

    code = "child_not_entitled"


class RosterUnfinished(Conflict):
    """A quarter is to be closed while one of its rosters is not allotted or not approved."""

    code = "roster_unfinished"


class CloseTooEarly(Conflict):
    """A quarter is to be closed before its last day, and nobody said that this is meant."""

    code = "close_too_early"


class ReportUnknown(NotFound):
    """The quarter is not closed, so it has no report."""

    code = "report_unknown"
