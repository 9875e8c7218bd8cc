"""Refusals about applications, awards and commissions."""

from core.errors import Conflict, Invalid, NotFound


class CaseUnknown(NotFound):
    """No such application or award, or not of one's territory."""

    code = "case_unknown"


class ActOutOfTurn(Conflict):
    """The step does not follow from the state in which the case is."""

    code = "act_out_of_turn"


class StepFactsWrong(Invalid):
    """What was told of a step is incomplete or contradicts itself."""

    code = "step_facts_wrong"


class EndingDecided(Conflict):
    """The proposal to end an award was decided before."""

    code = "ending_decided"


class MemberUnknown(NotFound):
    """No such member of a commission, or not of one's territory."""

    code = "member_unknown"


class MemberKnown(Conflict):
    """The commission has a member of this name already."""

    code = "member_known"


class OpinionGiven(Conflict):
    """The member gave an opinion about this family before."""

    code = "opinion_given"


class TooFewOpinions(Conflict):
    """Fewer members gave their opinion than a commission needs."""

    code = "too_few_opinions"
