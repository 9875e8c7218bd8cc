"""How the movements of each kind of document are taken back, brought together from all packages."""

from core.i18n import text
from logistics.services.corrections import REVERSALS
from warehouses.services.corrections import OWN_REVERSALS, HowReversed, ReversalBook

REVERSAL_BOOK: ReversalBook = {
    **OWN_REVERSALS,
    **REVERSALS,
    "hand_over": HowReversed(
        refusal=text("A hand-over is taken back on its own page, so that the set is due again. Open the hand-over.")
    ),
}
