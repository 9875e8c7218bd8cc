"""What a scan is answered with, in words: the reason and the next step (voucher design, §1)."""

from collections.abc import Iterable, Mapping

from core.i18n import Text, text
from distribution.values import ScanAnswer, Verdict

OK, ATTENTION, REFUSED = "ok", "attention", "refused"
NO_STOCK = "no_stock"
WRONG_LOT = "wrong_lot"
JUST_GIVEN = "just_given"
NOT_FOUND = "not_found"
NOT_LISTED = "not_listed"
SUSPENDED = "suspended"
LEASED = "leased"
UNDONE = "undone"
GIVEN = "given"
GIVEN_IN_SIZES = "given_in_sizes"

_WORDS: Mapping[str, tuple[str, Text]] = {
    ScanAnswer.OK: (OK, text("Hand over")),
    ScanAnswer.UNREADABLE: (ATTENTION, text("Not read")),
    ScanAnswer.UNKNOWN_FORMAT: (REFUSED, text("Not a voucher")),
    ScanAnswer.MALFORMED: (REFUSED, text("Not read whole")),
    ScanAnswer.UNKNOWN_KEY: (REFUSED, text("Unknown key")),
    ScanAnswer.BAD_SIGNATURE: (REFUSED, text("False voucher")),
    ScanAnswer.EXPIRED: (REFUSED, text("Voucher expired")),
    ScanAnswer.NOT_YET_VALID: (ATTENTION, text("Too early")),
    ScanAnswer.REVOKED: (REFUSED, text("Voucher replaced")),
    ScanAnswer.ALREADY_HANDED_OVER: (REFUSED, text("Already given")),
    ScanAnswer.OTHER_POINT: (ATTENTION, text("Other point")),
    ScanAnswer.OTHER_CYCLE: (REFUSED, text("Other quarter")),
    ScanAnswer.STALE_LIST: (ATTENTION, text("Old list")),
    ScanAnswer.NOTHING_DUE: (ATTENTION, text("Nothing due")),
    NO_STOCK: (ATTENTION, text("Not in stock")),
    WRONG_LOT: (ATTENTION, text("Another box")),
    JUST_GIVEN: (ATTENTION, text("Just given")),
    NOT_FOUND: (REFUSED, text("Not found")),
    NOT_LISTED: (REFUSED, text("Not on the list")),
    SUSPENDED: (REFUSED, text("Voucher on hold")),
    LEASED: (ATTENTION, text("On another phone")),
    UNDONE: (ATTENTION, text("Undone")),
    GIVEN: (OK, text("Given")),
    GIVEN_IN_SIZES: (OK, text("Given")),
}

_REASONS: Mapping[str, tuple[Text, Text]] = {
    ScanAnswer.OK: (text("Sets for: %(family)s"), text("Check who came, then press the button.")),
    ScanAnswer.UNREADABLE: (
        text("A symbol of the code is wrong or missing."),
        text("Compare the code with the paper, or scan the square."),
    ),
    ScanAnswer.UNKNOWN_FORMAT: (
        text("This code does not belong to the programme."),
        text("Scan the square on the voucher, or type the code below it."),
    ),
    ScanAnswer.MALFORMED: (
        text("Of the square's text something is missing or changed."),
        text("Scan again, or type the code below the square. If that is refused too, send the family to the district."),
    ),
    ScanAnswer.UNKNOWN_KEY: (
        text("The voucher was signed with a key that does not count here."),
        text("Give nothing, keep the voucher and call the district office."),
    ),
    ScanAnswer.BAD_SIGNATURE: (
        text("The signature does not match: the programme did not issue this voucher."),
        text("Give nothing, keep the voucher and call the district office."),
    ),
    ScanAnswer.EXPIRED: (
        text("The voucher expired on %(day)s."),
        text("Ask the family for the voucher of this quarter."),
    ),
    ScanAnswer.NOT_YET_VALID: (
        text("The voucher counts from %(day)s."),
        text("Ask the family to come on that day or later."),
    ),
    ScanAnswer.REVOKED: (
        text("A newer voucher took its place."),
        text("Ask for the newer voucher, or let the district office print it again."),
    ),
    ScanAnswer.ALREADY_HANDED_OVER: (
        text("Handed over on %(at)s at %(point)s, device %(device)s."),
        text("Give nothing. If the family did not get it, call the district office and name this time."),
    ),
    ScanAnswer.OTHER_POINT: (
        text("This family gets its sets at %(point)s, %(address)s."),
        text("Send the family there, or ask the district office."),
    ),
    ScanAnswer.OTHER_CYCLE: (
        text("The voucher is for %(quarter)s, and now it is %(current)s."),
        text("Ask the family for the voucher of this quarter."),
    ),
    ScanAnswer.STALE_LIST: (
        text("The list on this device is too old."),
        text("Connect to the network and load the list again."),
    ),
    ScanAnswer.NOTHING_DUE: (
        text("No set is granted on this voucher now."),
        text("Tell the family to ask the district office why."),
    ),
    NO_STOCK: (
        text("This point lacks: %(kits)s."),
        text("Untick what is missing and give the rest, or ask the district office for a delivery."),
    ),
    WRONG_LOT: (
        text(
            "The scanned box does not serve for: %(kits)s. It is another set or size, may not be given, or is not here."
        ),
        text("Scan another box, or give the lot that the page proposes."),
    ),
    JUST_GIVEN: (
        text("You handed this over yourself on %(at)s at %(point)s."),
        text("Nothing is left to do. Scan the next voucher."),
    ),
    NOT_FOUND: (text("No voucher has this code."), text("Compare the code with the paper, or scan the square.")),
    NOT_LISTED: (
        text("This voucher is not among those that were issued."),
        text("Give nothing, keep the voucher and call the district office."),
    ),
    LEASED: (
        text("Device %(device)s took this voucher along to hand it over without a network."),
        text("Let the operator with that device hand over, or give its list back. If it is lost, call your manager."),
    ),
    SUSPENDED: (
        text("The voucher was put on hold: its paper was reported lost."),
        text("Give nothing, and send whoever brought it to the district office."),
    ),
    UNDONE: (
        text("The sets are back in stock, and the voucher counts again."),
        text("Scan the voucher again to hand over."),
    ),
    GIVEN: (text("Handed over: %(family)s"), text("Scan the next voucher. It can be undone for 5 minutes.")),
    GIVEN_IN_SIZES: (
        text("Handed over: %(family)s. Sizes: %(sizes)s"),
        text("Scan the next voucher. It can be undone for 5 minutes."),
    ),
}

_ANSWERS: Mapping[str, str] = {
    NOT_FOUND: ScanAnswer.UNREADABLE,
    NOT_LISTED: ScanAnswer.REVOKED,
    SUSPENDED: ScanAnswer.REVOKED,
    JUST_GIVEN: ScanAnswer.ALREADY_HANDED_OVER,
    GIVEN_IN_SIZES: GIVEN,
}
"""Cases that are told in words of their own, and the answer of the design that they are."""


def sizes_told(given: Iterable[tuple[str, str]]) -> str:
    """Return the sizes of sets that were given, from their kits and sizes; those without a size count not."""
    return ", ".join(f"{kit} {size}" for kit, size in sorted(given) if size)


def verdict_of(case: str, **facts: object) -> Verdict:
    """Return the verdict of a case, its sentence filled with the facts that it names."""
    kind, words = _WORDS[case]
    why, step = _REASONS[case]
    return Verdict(_ANSWERS.get(case, case), kind, words, text(why.message, **facts), step)
