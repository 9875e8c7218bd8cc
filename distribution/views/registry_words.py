"""How imports and their rows are told on pages: their states in words."""

from core.i18n import text
from core.web.forms import ActForm
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.values import BatchStatus, KeptState, RowState

STATUS_NAMES = {
    BatchStatus.UPLOADED: text("Brought in, not checked"),
    BatchStatus.CHECKING: text("Being checked"),
    BatchStatus.STAGED: text("Waits for confirmation"),
    BatchStatus.CONFIRMED: text("In force"),
    BatchStatus.UNDONE: text("Undone"),
    BatchStatus.DISCARDED: text("Discarded"),
    BatchStatus.FAILED: text("Could not be read"),
}
STATUS_KINDS = {
    "uploaded": "info",
    "checking": "info",
    "staged": "attention",
    "confirmed": "ok",
    "undone": "muted",
    "discarded": "muted",
    "failed": "refused",
}
STATE_NAMES = {RowState.NEW: text("New"), RowState.CHANGED: text("Changed"), RowState.SAME: text("Same")}
KEPT_NAMES = {
    KeptState.NEW: text("New"),
    KeptState.CHANGED: text("Changed"),
    KeptState.GONE: text("Missing from the file"),
}
STATE_KINDS = {"new": "ok", "changed": "attention", "same": "muted", "gone": "refused"}


def words() -> dict[str, object]:
    """Return the words that all pages of imports need."""
    return {
        "status_names": STATUS_NAMES,
        "status_kinds": STATUS_KINDS,
        "state_names": STATE_NAMES,
        "kept_names": KEPT_NAMES,
        "state_kinds": STATE_KINDS,
        "remark_names": NAMES,
        "remark_messages": MESSAGES,
        "act_form": ActForm(),
    }
