"""The path of an award: which step leads from which state to which, and the state's lists of reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.i18n import Text, text
from distribution.values import CaseStatus
from distribution.values.cases import CaseAct, Opinion

_S = CaseStatus

TRANSITIONS: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    _S.DRAFT: frozenset({_S.REGISTERED, _S.WITHDRAWN}),
    _S.REGISTERED: frozenset({_S.DOCUMENTS_REQUESTED, _S.WITH_COMMISSION, _S.REFUSED, _S.WITHDRAWN}),
    _S.DOCUMENTS_REQUESTED: frozenset({_S.REGISTERED, _S.REFUSED, _S.WITHDRAWN}),
    _S.WITH_COMMISSION: frozenset({_S.EXAMINED, _S.WITHDRAWN}),
    _S.EXAMINED: frozenset({_S.CONCLUSION_NEEDED, _S.CONCLUSION_NOT_NEEDED}),
    _S.CONCLUSION_NEEDED: frozenset({_S.CONTRACT_PENDING, _S.AWARDED, _S.REFUSED}),
    _S.CONCLUSION_NOT_NEEDED: frozenset({_S.REFUSED, _S.AWARDED}),
    _S.CONTRACT_PENDING: frozenset({_S.AWARDED, _S.REFUSED}),
    _S.AWARDED: frozenset({_S.SUSPENDED, _S.TERMINATED, _S.EXPIRED}),
    _S.SUSPENDED: frozenset({_S.AWARDED, _S.TERMINATED}),
    _S.REFUSED: frozenset({_S.APPEALED}),
    _S.TERMINATED: frozenset({_S.APPEALED}),
    _S.APPEALED: frozenset({_S.AWARDED, _S.REFUSED, _S.TERMINATED}),
    _S.EXPIRED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
"""Source: the state's list of statuses of applications for targeted social assistance."""

IN_FORCE = frozenset({_S.AWARDED, _S.SUSPENDED})
"""States in which a family holds an award that may end."""

ON_ITS_WAY = frozenset(
    {
        _S.DRAFT,
        _S.REGISTERED,
        _S.DOCUMENTS_REQUESTED,
        _S.WITH_COMMISSION,
        _S.EXAMINED,
        _S.CONCLUSION_NEEDED,
        _S.CONCLUSION_NOT_NEEDED,
        _S.CONTRACT_PENDING,
        _S.APPEALED,
    }
)
"""States in which somebody still has to do something."""

CLOSED = frozenset({_S.REFUSED, _S.TERMINATED, _S.EXPIRED, _S.WITHDRAWN})

REFUSAL_REASONS: Mapping[str, Text] = {
    "R01": text("The commission concluded that there is no need"),
    "R02": text("Refusal of employment measures"),
    "R03": text("Income per head above the poverty line"),
    "R04": text("False or incomplete data"),
    "R05": text("Refused to sign the social contract"),
    "R06": text("Second application in the same period"),
    "R07": text("Applied outside the place of residence"),
}
TERMINATION_REASONS: Mapping[str, Text] = {
    "T01": text("Refusal of employment measures (the whole family loses the aid)"),
    "T02": text("Breach of the social contract"),
    "T03": text("Income rose"),
    "T04": text("False data found"),
    "T05": text("Moved away"),
    "T06": text("Death"),
    "T07": text("Full state care"),
    "T08": text("Gave the aid up"),
    "T09": text("The child reached 6 years (sets only)"),
}
WHOLE_FAMILY = "T01"
"""Source: the programme, text 2: who refuses employment measures loses the aid together with the family."""

FEWEST_MEMBERS = 3


@dataclass(frozen=True, slots=True)
class ActRule:
    """A step: from which states to which, whether it is an officer's decision, and what has to be told."""

    starts: frozenset[CaseStatus]
    target: CaseStatus | None
    name: Text
    decides: bool = False
    reasons: Mapping[str, Text] | None = None
    dates: bool = False
    note: bool = False


ACTS: Mapping[CaseAct, ActRule] = {
    CaseAct.REGISTER: ActRule(
        frozenset({_S.DRAFT, _S.DOCUMENTS_REQUESTED}), _S.REGISTERED, text("Register the application")
    ),
    CaseAct.REQUEST_DOCUMENTS: ActRule(
        frozenset({_S.REGISTERED}), _S.DOCUMENTS_REQUESTED, text("Ask for documents"), note=True
    ),
    CaseAct.WITHDRAW: ActRule(
        frozenset({_S.DRAFT, _S.REGISTERED, _S.DOCUMENTS_REQUESTED, _S.WITH_COMMISSION}),
        _S.WITHDRAWN,
        text("Withdraw the application"),
    ),
    CaseAct.AWAIT_CONTRACT: ActRule(
        frozenset({_S.CONCLUSION_NEEDED}), _S.CONTRACT_PENDING, text("Prepare the social contract"), decides=True
    ),
    CaseAct.AWARD: ActRule(
        frozenset({_S.CONCLUSION_NEEDED, _S.CONCLUSION_NOT_NEEDED, _S.CONTRACT_PENDING, _S.APPEALED}),
        _S.AWARDED,
        text("Award"),
        decides=True,
        dates=True,
    ),
    CaseAct.PROLONG: ActRule(
        frozenset({_S.AWARDED}), _S.AWARDED, text("Prolong the award"), decides=True, dates=True, note=True
    ),
    CaseAct.REFUSE: ActRule(
        frozenset(
            {
                _S.REGISTERED,
                _S.DOCUMENTS_REQUESTED,
                _S.CONCLUSION_NEEDED,
                _S.CONCLUSION_NOT_NEEDED,
                _S.CONTRACT_PENDING,
            }
        ),
        _S.REFUSED,
        text("Refuse aid"),
        decides=True,
        reasons=REFUSAL_REASONS,
    ),
    CaseAct.SUSPEND: ActRule(frozenset({_S.AWARDED}), _S.SUSPENDED, text("Suspend the award"), decides=True, note=True),
    CaseAct.RESUME: ActRule(frozenset({_S.SUSPENDED}), _S.AWARDED, text("Resume the award"), decides=True, note=True),
    CaseAct.APPEAL: ActRule(frozenset({_S.REFUSED, _S.TERMINATED}), _S.APPEALED, text("Enter an appeal"), note=True),
    CaseAct.UPHOLD: ActRule(
        frozenset({_S.APPEALED}), None, text("Leave the decision as it was"), decides=True, note=True
    ),
}
"""The steps that one person takes. An end is proposed and confirmed; a commission examines and concludes."""


def shown_status(status: str, award_to: date | None, day: date) -> CaseStatus:
    """Return the state that is shown on a day: an award whose last day is past has expired, though nobody wrote it."""
    found = CaseStatus(status)
    return _S.EXPIRED if found is _S.AWARDED and award_to is not None and award_to < day else found


def next_acts(status: CaseStatus) -> tuple[CaseAct, ...]:
    """Return the steps that a person may take from a state, as it is shown."""
    return tuple(act for act, rule in ACTS.items() if status in rule.starts)


def conclusion_of(opinions: Mapping[int, Opinion]) -> Opinion | None:
    """Return what the members conclude together: the majority, and on a tie that aid is needed; None: too few yet.

    Why a tie helps the family: a conclusion against it is a main ground of refusal and needs more than half.
    """
    if len(opinions) < FEWEST_MEMBERS:
        return None
    against = sum(opinion is Opinion.NOT_NEEDED for opinion in opinions.values())
    return Opinion.NOT_NEEDED if against * 2 > len(opinions) else Opinion.NEEDED
