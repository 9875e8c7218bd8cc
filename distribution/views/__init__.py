"""Pages of distribution, one file per noun; importing them hangs them on the blueprint."""

from distribution.views import board, families, hand_overs, quarters, registry, vouchers
from distribution.views.blueprint import blueprint

__all__ = ["blueprint", "board", "families", "hand_overs", "quarters", "registry", "vouchers"]
