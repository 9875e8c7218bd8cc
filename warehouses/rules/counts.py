"""Decisions about counts: what an entry makes of a line, what may be seen, what may be closed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from core.i18n import text, text_plural
from warehouses.errors.counts import (
    CountLineSettled,
    CountMalformed,
    CountOvertaken,
    DifferenceUnexplained,
    LinesNotCounted,
)
from warehouses.values.counts import (
    EXCEEDING_REASONS,
    LACKING_REASONS,
    CountStatus,
    DifferenceReason,
    LineState,
    NewTally,
    ReckonedLine,
    TallyKind,
)

MOST_COUNTED = 10_000_000
"""The most packs in one line: far above any shelf; a code that was scanned into the field of packs is longer."""

CLOCK_AHEAD = timedelta(minutes=5)
"""How far the clock of who counts may be ahead of ours."""

_NAMED = 5


def shows_expected(status: str, *, is_blind: bool) -> bool:
    """Say whether the book may be seen beside what was counted: of a blind count only once it was handed in."""
    return not is_blind or status in {CountStatus.SUBMITTED, CountStatus.CLOSED}


def tallied(state: LineState, tally: NewTally, *, actor_id: int, at: datetime) -> LineState:
    """Return the line after an entry; of several entries that add up, the last moment counts.

    Raises:
        CountMalformed: so many packs cannot be.
    """
    if tally.kind is TallyKind.CLEAR:
        return LineState()
    counted_at = tally.counted_at or at
    packs = tally.packs
    if tally.kind is TallyKind.ADD:
        packs += state.counted or 0
        counted_at = max(counted_at, state.counted_at or counted_at)
        if packs == 0 and tally.packs < 0:
            return LineState()
    if not 0 <= packs <= MOST_COUNTED:
        raise CountMalformed(text("Enter a whole number of packs, from 0 to %(most)s.", most=MOST_COUNTED))
    return LineState(packs, counted_at, actor_id)


def moment_counted(said: datetime | None, *, opened_at: datetime, at: datetime) -> datetime:
    """Return when something was counted: as it is said, and never before the count was opened.

    Raises:
        CountMalformed: it is said to have been counted before, or in the future.
    """
    if said is None:
        return at
    if said > at + CLOCK_AHEAD:
        raise CountMalformed(text("%(moment)s has not come yet. Enter when it was counted.", moment=said))
    if said < opened_at:
        raise CountMalformed(
            text(
                "The count was opened on %(opened)s, and nothing is counted before. Enter a later time.",
                opened=opened_at,
            )
        )
    return min(said, at)


def refusal_of_tally(line_round: int, count_round: int, *, lot: str) -> CountLineSettled | None:
    """Return why a line takes no entry, or None: after a recount was asked for, only its lines do."""
    if line_round == count_round:
        return None
    return CountLineSettled(text("Lot %(lot)s is not to be counted again.", lot=lot or "–"))


def refusal_of_reason(reason: DifferenceReason, note: str, difference: int, *, lot: str) -> CountMalformed | None:
    """Return why a reason does not explain a difference, or None when it does."""
    if reason is DifferenceReason.OTHER and not note:
        return CountMalformed(text("Lot %(lot)s: write a note where the reason is another one.", lot=lot or "–"))
    if difference == 0:
        return CountMalformed(text("Lot %(lot)s has no difference to explain.", lot=lot or "–"))
    if (reason in LACKING_REASONS and difference > 0) or (reason in EXCEEDING_REASONS and difference < 0):
        return CountMalformed(
            text(
                "Lot %(lot)s: this reason explains packs too few or too many, and here it is the other.", lot=lot or "–"
            )
        )
    return None


def refusal_of_submission(waiting: int) -> LinesNotCounted | None:
    """Return why a count cannot be handed in, or None."""
    if not waiting:
        return None
    return LinesNotCounted(
        text_plural(
            "%(n)s line is not counted. Count it, or say that its goods are not there.",
            "%(n)s lines are not counted. Count them, or say that their goods are not there.",
            waiting,
        )
    )


def refusal_of_closing(
    lines: Sequence[ReckonedLine],
) -> LinesNotCounted | DifferenceUnexplained | CountOvertaken | None:
    """Return why differences cannot become movements, or None; what is reserved is told apart."""
    waiting = sum(line.counted is None for line in lines)
    if waiting:
        return refusal_of_submission(waiting)
    silent = [line for line in lines if line.difference and not line.reason]
    if silent:
        return DifferenceUnexplained(
            text("Every difference needs its reason. None is given for: %(lots)s.", lots=names_of(silent))
        )
    short = [line for line in lines if line.on_hand + line.difference < 0]
    if short:
        return CountOvertaken(
            text(
                "More has left since than was counted of: %(lots)s. Ask for a recount of these lots.",
                lots=names_of(short),
            )
        )
    return None


def lines_against_reservations(lines: Iterable[ReckonedLine]) -> list[ReckonedLine]:
    """Return the lines of which less would be there after the correction than is set aside."""
    return [line for line in lines if line.difference < 0 and line.on_hand + line.difference < line.reserved]


def names_of(lines: Sequence[ReckonedLine]) -> str:
    """Return the lots of lines in words: the first few, and how many more there are."""
    named = "; ".join(f"{line.item} – {line.lot or '–'}" for line in lines[:_NAMED])
    return named if len(lines) <= _NAMED else f"{named} … (+{len(lines) - _NAMED})"


def state_of(tallies: Iterable[tuple[NewTally, int, datetime]]) -> LineState:
    """Return what entries (each with who made it and when) make of a line, in their order."""
    state = LineState()
    for tally, actor_id, at in tallies:
        state = tallied(state, tally, actor_id=actor_id, at=at)
    return state


def clashes(
    wanted: Mapping[int, NewTally], states: Mapping[int, LineState], seen: Mapping[int, int | None]
) -> Iterator[int]:
    """Yield the lots whose line says something else than what was seen, and than what is wanted."""
    for lot_id, tally in wanted.items():
        now = states[lot_id].counted
        if lot_id in seen and now != seen[lot_id] and now != tally.packs:
            yield lot_id
