"""What incidents are called, what they ask for, and what they may have been."""

from collections.abc import Mapping

from core.i18n import Text, text
from distribution.values.events import EventKind, IncidentKind, Resolution

KIND_NAMES: Mapping[str, Text] = {
    IncidentKind.DOUBLE: text("Given twice"),
    IncidentKind.CHANGED: text("Two events under one number"),
    IncidentKind.LATE: text("Came in late"),
    IncidentKind.OUTSIDE: text("Voucher not on the device's list"),
    IncidentKind.REPLACED: text("Replaced or suspended voucher"),
    IncidentKind.NOT_DUE: text("Given although not due"),
    IncidentKind.EXPIRED_LOT: text("Unfit lot given"),
    IncidentKind.NO_STOCK: text("Given without stock in the book"),
    IncidentKind.CLOCK: text("Clock was turned"),
    IncidentKind.MISCOUNT: text("Count of the day differs"),
    IncidentKind.FORK: text("The device's chain splits"),
    IncidentKind.GAP: text("Events of a device are missing"),
    IncidentKind.WAITS: text("Taken back, but never given"),
    IncidentKind.REFUSED: text("Not entered into the books"),
    IncidentKind.UNREADABLE: text("Sent, but not readable"),
    IncidentKind.LOST_DEVICE: text("Device lost with its list"),
}
QUESTIONS: Mapping[str, Text] = {
    IncidentKind.DOUBLE: text(
        "The same sets left twice. Compare both hand-overs, ask the family and the operators. The stock counts both; "
        "what was brought back is entered as a return."
    ),
    IncidentKind.CHANGED: text(
        "A device sent something else under a number that was used before. The first one counts."
    ),
    IncidentKind.LATE: text(
        "The quarter, the lease or the device had ended, or the operator had left, before these came. They count. "
        "Find out why they came late."
    ),
    IncidentKind.OUTSIDE: text("The device gave against a voucher that was not on its list. Find out how."),
    IncidentKind.REPLACED: text("The print was replaced or suspended before. Find out who came with it."),
    IncidentKind.NOT_DUE: text("The sets had been dropped or were not granted any more when they were given."),
    IncidentKind.EXPIRED_LOT: text(
        "Sets of this lot were given although it had expired or was on hold. Put the rest aside and tell the families."
    ),
    IncidentKind.NO_STOCK: text(
        "The point gave sets that our book does not have there. They were taken from “to explain”. Count the point."
    ),
    IncidentKind.CLOCK: text(
        "By its own time the device wrote before it had its list, before it last heard the server, or after its list "
        "had ended. These count. Find out who set its clock."
    ),
    IncidentKind.MISCOUNT: text("At the end of the day the count was not what was expected. Count again."),
    IncidentKind.FORK: text(
        "Two different events stand at one place of the device's chain: it was set back or copied. Take it in."
    ),
    IncidentKind.GAP: text("Later events came in more than 5 days ago, and earlier ones did not. Look at the device."),
    IncidentKind.WAITS: text("A hand-over was taken back that never came in. Look at the device."),
    IncidentKind.REFUSED: text(
        "What the device wrote could not become a hand-over. Look at the evidence and the device."
    ),
    IncidentKind.UNREADABLE: text("Something came in under the name of this device that nobody can read."),
    IncidentKind.LOST_DEVICE: text(
        "What this device gave may never come in. Its vouchers may have been given already."
    ),
}
RESOLUTION_NAMES: Mapping[str, Text] = {
    Resolution.GIVEN_TWICE: text("Really given twice"),
    Resolution.RETURNED: text("Brought back"),
    Resolution.MISTAKE: text("A mistake"),
    Resolution.COUNTED: text("Counted and settled"),
    Resolution.TRUE_FACT: text("Right as it happened"),
    Resolution.MISUSE: text("Misuse"),
    Resolution.OTHER: text("Something else"),
    Resolution.SETTLED: text("Settled by what came later"),
}
STATUS_WORDS: Mapping[str, tuple[str, Text]] = {
    "open": ("attention", text("open")),
    "resolved": ("muted", text("resolved")),
}
EVENT_NAMES: Mapping[str, Text] = {
    EventKind.HAND_OVER: text("Hand-over"),
    EventKind.UNDO: text("Taking back"),
    EventKind.DAY_SEAL: text("Close of the day"),
    EventKind.UNREADABLE: text("Not readable"),
}
