"""Why a child got a set, or did not: one sentence for each step of the rule, for anybody to read (domain, §6)."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.i18n import Text, figure, format_day_of, text, text_plural
from distribution.rules.rationing import is_named_before
from distribution.values import AllotmentStatus
from distribution.values.allotments import MOVED_UP, DropReason
from distribution.values.explanations import Ahead, Explained, Listed, Shared, WhyStep


@dataclass(frozen=True, slots=True)
class Reason:
    """One step, what it is called and its sentence; `tone` is how it went for the child, as marks show it."""

    step: WhyStep
    name: Text
    sentence: Text
    tone: str = "info"


_NAMES = {
    WhyStep.ROSTER: text("The roster"),
    WhyStep.TOLD: text("What was told before"),
    WhyStep.SUPPLY: text("How many sets there were"),
    WhyStep.QUOTA: text("The share of the district"),
    WhyStep.ORDER: text("Who stands before"),
    WhyStep.PLACE: text("The place in the order"),
    WhyStep.CHANGE: text("What changed since"),
    WhyStep.RESULT: text("The result"),
    WhyStep.NEXT: text("What follows"),
}
RESULTS = {
    AllotmentStatus.GRANTED: ("ok", text("This child gets the set.")),
    AllotmentStatus.WAITING: ("attention", text("This child waits: there are too few sets.")),
    AllotmentStatus.DROPPED: ("attention", text("This child dropped out after the draw.")),
    AllotmentStatus.LAPSED: ("info", text("The set was not collected before the close and lapsed.")),
}


DROP_REASONS: dict[str, Text] = {
    DropReason.DIED: text("the child died"),
    DropReason.STATE_CARE: text("the child is in the care of the state"),
    DropReason.AWARD_ENDED: text("the award of the family ended"),
    DropReason.DUPLICATE: text("the child is on the roster twice"),
    DropReason.MOVED_AWAY: text("the family left the country"),
    DropReason.NOT_WANTED: text("the family does not want the set"),
    DropReason.WRONG_ENTRY: text("the registry was wrong about the child"),
}
"""Why somebody dropped out, by the code that the allotment keeps; never told in public."""


def reasons(told: Explained) -> list[Reason]:
    """Return the steps that led to the result, each in one sentence; those that decided nothing are left out."""
    return list(_reasons(told))


def result_of(steps: list[Reason]) -> Reason:
    """Return the step that says how it ended."""
    return next(one for one in steps if one.step is WhyStep.RESULT)


def _reasons(told: Explained) -> Iterator[Reason]:
    listed, shared = told.listed, told.shared
    yield _reason(WhyStep.ROSTER, _roster(listed))
    if told.status is None:
        yield _reason(WhyStep.RESULT, text("The sets of this roster are not allotted yet."), "info")
        return
    yield _reason(WhyStep.TOLD, _told(listed))
    if shared is not None:
        yield _reason(WhyStep.SUPPLY, _supply(listed, shared), "attention" if shared.is_short else "ok")
        if shared.is_short:
            yield _reason(WhyStep.QUOTA, _quota(shared))
    if told.ahead is not None and told.rank is not None and shared is not None and shared.is_short:
        yield _reason(WhyStep.ORDER, _order(listed, told.ahead))
        yield _reason(WhyStep.PLACE, _place(told.rank, shared, told.ahead))
    yield from _changes(told)
    tone, result = RESULTS[told.status]
    if told.handed_over_at is not None:
        result = text("This child got the set on %(day)s.", day=format_day_of(told.handed_over_at))
    yield _reason(WhyStep.RESULT, result, tone)
    if told.status is AllotmentStatus.WAITING:
        yield _reason(
            WhyStep.NEXT,
            text(
                "If somebody before this child drops out, it moves up at once. If it still waits at the close, it "
                "stands next quarter before all who waited less often."
            ),
        )


def _reason(step: WhyStep, sentence: Text, tone: str = "info") -> Reason:
    return Reason(step, _NAMES[step], sentence, tone)


def _roster(listed: Listed) -> Text:
    return text_plural(
        "Roster %(number)s was frozen on %(day)s with %(n)s child; this child is %(pseudonym)s on it, for the set "
        "%(kit)s.",
        "Roster %(number)s was frozen on %(day)s with %(n)s children; this child is %(pseudonym)s on it, for the set "
        "%(kit)s.",
        listed.children,
        number=listed.roster,
        day=format_day_of(listed.frozen_at),
        pseudonym=listed.pseudonym,
        kit=listed.kit,
    )


def _told(listed: Listed) -> Text:
    if listed.seed is None:
        return text("No draw was made: there were enough sets for everybody on the roster.")
    if is_named_before(listed.told_at, listed.drawn_at) and listed.told_at is not None:
        return text(
            "On %(day)s, before the draw, it was told which event would give the seed: %(source)s.",
            day=format_day_of(listed.told_at),
            source=listed.seed_source or "",
        )
    return text(
        "The event that gave the seed was named only together with it: %(source)s.", source=listed.seed_source or ""
    )


def _supply(listed: Listed, shared: Shared) -> Text:
    values = {
        "kit": listed.kit,
        "need": figure(shared.need),
        "supply": figure(shared.supply),
        "announced": figure(shared.announced),
    }
    if not shared.is_short:
        return text(
            "In the country %(supply)s sets %(kit)s were there for %(need)s children: enough for everybody.", **values
        )
    if shared.announced:
        return text(
            "In the country %(supply)s sets %(kit)s were there for %(need)s children, with %(announced)s of them "
            "announced: too few.",
            **values,
        )
    return text("In the country %(supply)s sets %(kit)s were there for %(need)s children: too few.", **values)


def _quota(shared: Shared) -> Text:
    return text(
        "The district has %(need)s of these children and gets %(quota)s sets; every district gets its share by the "
        "same rule (Sainte-Laguë).",
        need=figure(shared.district_need),
        quota=figure(shared.quota),
    )


def _order(listed: Listed, ahead: Ahead) -> Text:
    if not ahead.all:
        return text("Nobody in the district stands before this child.")
    values = {
        "all": figure(ahead.all),
        "missed": figure(ahead.by_missed),
        "draw": figure(ahead.by_draw),
        "priority": figure(ahead.by_priority),
        "own": figure(listed.missed),
    }
    if ahead.by_priority:
        return text(
            "In the district %(all)s stand before this child: %(priority)s by a priority, %(missed)s because they "
            "waited in more quarters, %(draw)s by the draw.",
            **values,
        )
    return text(
        "In the district %(all)s stand before this child: %(missed)s because they waited in more quarters (this child "
        "in %(own)s), %(draw)s by the draw.",
        **values,
    )


def _place(rank: int, shared: Shared, ahead: Ahead) -> Text:
    values = {
        "rank": figure(rank),
        "need": figure(shared.district_need),
        "quota": figure(shared.quota),
        "dropped": figure(ahead.dropped),
    }
    if ahead.dropped:
        return text(
            "The child has place %(rank)s of %(need)s; the first %(quota)s who did not drop out get the set, and "
            "%(dropped)s before it dropped out.",
            **values,
        )
    return text("The child has place %(rank)s of %(need)s; the first %(quota)s get the set.", **values)


def _changes(told: Explained) -> Iterator[Reason]:
    for change in told.moved:
        day = format_day_of(change.at)
        if change.reason == MOVED_UP:
            words = text("On %(day)s somebody before this child dropped out, so it moved up.", day=day)
            yield _reason(WhyStep.CHANGE, words, "ok")
        elif change.to_status is AllotmentStatus.DROPPED:
            words = text("On %(day)s this child dropped out.", day=day)
            yield _reason(WhyStep.CHANGE, words, "attention")
