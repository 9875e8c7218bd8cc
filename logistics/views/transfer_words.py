"""What requests and differences are called on pages and papers."""

from collections.abc import Mapping

from core.i18n import Text, text
from logistics.values.transfers import DifferenceKind, End, Explanation, Purpose, RequestStatus

REQUEST_STATUS_NAMES: Mapping[str, Text] = {
    RequestStatus.REQUESTED: text("to approve"),
    RequestStatus.APPROVED: text("approved"),
    RequestStatus.CLOSED: text("sent"),
    RequestStatus.REFUSED: text("refused"),
    RequestStatus.CANCELLED: text("cancelled"),
}
REQUEST_STATUS_MARKS: Mapping[str, str] = {
    RequestStatus.REQUESTED: "attention",
    RequestStatus.APPROVED: "info",
    RequestStatus.CLOSED: "ok",
    RequestStatus.REFUSED: "refused",
    RequestStatus.CANCELLED: "muted",
}
PURPOSES: Mapping[str, Text] = {
    Purpose.SUPPLY: text("supply"),
    Purpose.RETURN: text("return"),
    Purpose.RECALL: text("recall"),
}
DIFFERENCE_NAMES: Mapping[str, Text] = {
    DifferenceKind.SHORT: text("short"),
    DifferenceKind.OVER: text("over"),
}
EXPLANATION_NAMES: Mapping[str, Text] = {
    Explanation.LOST: text("lost on the road"),
    Explanation.NOT_SENT: text("not sent, still at the source"),
    Explanation.FOUND: text("arrived after all"),
    Explanation.SENT_MORE: text("more was sent than the paper says"),
    Explanation.MISCOUNTED: text("miscounted on arrival"),
}
END_NAMES: Mapping[str, Text] = {
    End.SOURCE: text("the place it was sent from"),
    End.TARGET: text("the place it was sent to"),
}
EFFECTS: Mapping[str, Text] = {
    Explanation.LOST: text("The packs leave the road and are counted as loss."),
    Explanation.NOT_SENT: text("The packs return to the stock of the place they were sent from."),
    Explanation.FOUND: text("The packs come into the stock of the place they were sent to."),
    Explanation.SENT_MORE: text("The packs leave the stock of the source and come into that of the target."),
    Explanation.MISCOUNTED: text("Nothing moves: what was sent is what arrived."),
}
