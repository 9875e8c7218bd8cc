"""What a phone tells of an event that it sent: up to three words, the sentence, and the next step."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import Text, text
from distribution.values.events import EventReason, EventResult


@dataclass(frozen=True, slots=True)
class EventWords:
    """How an answer is told."""

    words: Text
    sentence: Text
    step: Text


_DONE = text("Nothing is left to do.")
_DISTRICT_LOOKS = text("Nothing is left to do here. The district looks into it.")
_KEEP = text("Leave it on the phone and show it to your supervisor.")

_RESULTS: Mapping[EventResult, EventWords] = {
    EventResult.ACCEPTED: EventWords(text("Received"), text("This stands in the books."), _DONE),
    EventResult.REPEATED: EventWords(text("Received before"), text("This stood in the books already."), _DONE),
    EventResult.HELD: EventWords(
        text("Waits"),
        text("What it takes back has not come yet. It waits here for 5 days."),
        text("Send the rest, too."),
    ),
    EventResult.CONFLICT: EventWords(
        text("Looked into"), text("This stands in the books, and a person looks into it."), _DISTRICT_LOOKS
    ),
    EventResult.REFUSED: EventWords(text("Not accepted"), text("This could not be entered into the books."), _KEEP),
}
_REASONS: Mapping[EventReason, EventWords] = {
    EventReason.DOUBLE: EventWords(
        text("Given twice"), text("These sets were given before. Both hand-overs are kept."), _DISTRICT_LOOKS
    ),
    EventReason.CHANGED: EventWords(
        text("Other content"),
        text("Something else came under the same number before. The first one stays."),
        _DISTRICT_LOOKS,
    ),
    EventReason.LATE: EventWords(
        text("Came late"),
        text("The quarter, the list or the device had ended before this came. It is kept as it happened."),
        _DISTRICT_LOOKS,
    ),
    EventReason.OUTSIDE: EventWords(
        text("Not on the list"), text("This voucher was not on the list that the phone took along."), _DISTRICT_LOOKS
    ),
    EventReason.REPLACED: EventWords(
        text("Old voucher"), text("This voucher had been replaced or put on hold."), _DISTRICT_LOOKS
    ),
    EventReason.EXPIRED_LOT: EventWords(
        text("Unfit lot"),
        text("A set came from a lot that has expired or is on hold."),
        text("Put the rest of that lot aside. The district looks into it."),
    ),
    EventReason.NO_STOCK: EventWords(
        text("Count needed"), text("Our book has no such set at this point."), text("Count the sets at the point.")
    ),
    EventReason.CLOCK: EventWords(
        text("Clock differs"),
        text("The phone's clock was set to another time before this. It is kept as it happened."),
        text("Set the phone's clock to automatic. The district looks into it."),
    ),
    EventReason.MISCOUNT: EventWords(
        text("Count differs"), text("What was counted differs from what was expected."), _DISTRICT_LOOKS
    ),
    EventReason.UNREADABLE: EventWords(text("Not readable"), text("The server cannot read this."), _KEEP),
    EventReason.BAD_SIGNATURE: EventWords(text("Not signed"), text("This was not signed by this phone."), _KEEP),
    EventReason.UNKNOWN_DEVICE: EventWords(text("Unknown phone"), text("The server does not know this phone."), _KEEP),
    EventReason.UNKNOWN_VOUCHER: EventWords(
        text("Unknown voucher"), text("No voucher with this text was issued."), _KEEP
    ),
    EventReason.NOT_OWN: EventWords(text("Another phone's"), text("This takes back what another phone gave."), _KEEP),
    EventReason.NOT_APPLIED: EventWords(
        text("Not entered"), text("The books could not take this. It is kept for people."), _KEEP
    ),
}
_NOT_DUE: Mapping[EventResult, EventWords] = {
    EventResult.CONFLICT: EventWords(
        text("Not due"), text("Some of these sets were not due any more."), _DISTRICT_LOOKS
    ),
    EventResult.REFUSED: EventWords(text("Not due"), text("None of these sets belongs to this voucher."), _KEEP),
}
_NEVER_CAME = EventWords(
    text("Came alone"), text("What this takes back did not come within 5 days."), text("Send the rest, too.")
)


def words_of(result: EventResult, reason: EventReason) -> EventWords:
    """Return how the answer to an event is told."""
    if reason is EventReason.NOT_DUE:
        return _NOT_DUE[result]
    if reason is EventReason.WAITS and result is EventResult.CONFLICT:
        return _NEVER_CAME
    return _REASONS.get(reason) or _RESULTS[result]
