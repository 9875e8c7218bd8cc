"""What a phone answers by itself, without a network: the scan page's own words, and those that only a phone needs."""

from collections.abc import Mapping

from core.i18n import Text, text
from distribution.rules.verdicts import (
    ATTENTION,
    GIVEN,
    GIVEN_IN_SIZES,
    JUST_GIVEN,
    NO_STOCK,
    REFUSED,
    SUSPENDED,
    UNDONE,
    WRONG_LOT,
    verdict_of,
)
from distribution.values import ScanAnswer, Verdict

ENDED = "ended"
NOT_HERE = "not_here"

_SHARED = (
    *(answer.value for answer in ScanAnswer),
    *(NO_STOCK, WRONG_LOT, JUST_GIVEN, SUSPENDED, UNDONE, GIVEN, GIVEN_IN_SIZES),
)

_BLANKS = {
    name: f"{{{name}}}"
    for name in ("family", "day", "at", "point", "device", "address", "quarter", "current", "kits", "sizes")
}

_CALL = text("Connect to the network and load the list again.")

_OWN: Mapping[str, Verdict] = {
    "code_not_here": Verdict(
        ScanAnswer.UNREADABLE,
        REFUSED,
        text("Not found"),
        text("The list on this phone has no voucher with this code."),
        text("Compare the code with the paper, or scan the square. Then load the list again where there is a network."),
    ),
    NOT_HERE: Verdict(
        ScanAnswer.STALE_LIST,
        ATTENTION,
        text("Not on this phone"),
        text("The list on this phone lacks this voucher: it came later, or another phone has it."),
        _CALL,
    ),
    "listed_given": Verdict(
        ScanAnswer.ALREADY_HANDED_OVER,
        REFUSED,
        text("Already given"),
        text("By the list of %(at)s everything on this voucher was handed over.", at="{at}"),
        text("Give nothing. If the family did not get it, call the district office."),
    ),
    "elsewhere": Verdict(
        ScanAnswer.OTHER_POINT,
        ATTENTION,
        text("Other point"),
        text("This voucher belongs to another point, and this phone knows only its own without a network."),
        text("Send the family to the point printed on the voucher, or ask the district office."),
    ),
    ENDED: Verdict(
        ScanAnswer.STALE_LIST,
        ATTENTION,
        text("Shift ended"),
        text("This phone could hand over without a network until %(at)s.", at="{at}"),
        text("Connect to the network and start the shift again. Nothing that was given is lost."),
    ),
    "full": Verdict(
        "full",
        ATTENTION,
        text("Send first"),
        text("Hand-overs that wait on this phone: %(n)s. No more may wait.", n="{n}"),
        text("Connect to the network: they are sent by themselves, then go on."),
    ),
    "revoked_device": Verdict(
        "device_revoked",
        REFUSED,
        text("Phone withdrawn"),
        text("This phone may hand nothing over any more."),
        text("Give nothing. Take the phone to the manager of the point."),
    ),
    "no_room": Verdict(
        "no_room",
        REFUSED,
        text("Not saved"),
        text("The phone has no room left: nothing was handed over."),
        text("Delete pictures or programs you do not need, then hand over again."),
    ),
    "not_kept": Verdict(
        "not_kept",
        REFUSED,
        text("Not saved"),
        text("The browser did not keep it: nothing was handed over."),
        text("Open this page again and try once more. If it stays so, work with paper and tell the manager."),
    ),
    "other_tab": Verdict(
        "other_tab",
        ATTENTION,
        text("Open elsewhere"),
        text("The scan page is open in another window of this phone, and only one may hand over."),
        text("Close the other window: this one goes on by itself."),
    ),
}

_NOTES: Mapping[str, Text] = {
    "note_stale_list": text("The list on this phone is of %(at)s, too old to be sure. Look twice.", at="{at}"),
    "note_replaced": text("This print took the place of another. Ask for the old one and keep it."),
    "note_refused_store": text(
        "This browser keeps nothing on the phone (a private window?): without a network nothing can be handed over."
    ),
    "note_newer": text("A newer version of this page is open in another window. Open this page again."),
    "note_revoked": text("This phone may hand nothing over without a network any more: the manager withdrew it."),
    "note_other_operator": text(
        "The shift on this phone belongs to %(name)s. Start a shift of your own to hand over without a network.",
        name="{name}",
    ),
    "note_full_soon": text("Hand-overs that may still wait on this phone: %(n)s. Look for a network.", n="{n}"),
    "late_undo": text("Whoever gave it may take it back for 5 minutes. Ask your supervisor in the district to do it."),
    "no_reason": text("Enter why the hand-over is taken back."),
    "no_note": text("Enter who came and by what paper."),
    "pin_title": text("This phone is locked"),
    "pin_field": text("PIN of this phone, 6 digits"),
    "pin_open": text("Unlock"),
    "pin_wrong": text("That is not the PIN. Tries left: %(n)s.", n="{n}"),
    "pin_wait": text("Wait %(n)s s, then try again.", n="{n}"),
    "pin_wiped": text(
        "Too many wrong PINs: the list was removed from this phone. What was given is kept. "
        "Start the shift again where there is a network."
    ),
}


def desk_verdicts() -> Mapping[str, Verdict]:
    """Return every verdict of a phone by its case; the blanks of its sentence stand in braces."""
    return {case: verdict_of(case, **_BLANKS) for case in _SHARED} | dict(_OWN)


def desk_notes() -> Mapping[str, Text]:
    """Return what a phone says beside a verdict, and where it asks for its PIN."""
    return _NOTES
