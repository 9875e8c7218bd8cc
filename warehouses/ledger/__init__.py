"""The stock ledger: the only code that writes movements, reservations and balances.

1. Source place, target place, positive whole quantity, one lot. Per lot the sum over all places is zero.
2. No UPDATE, no DELETE: a database trigger refuses; a house test looks.
3. A correction is a further movement with `reverses_id`, unique.
4. A plan reserves, a hand-over posts the reservation, a cancelled plan voids it; once.
5. `key` is made by whoever acts first; the same key again returns the same movement, with other content it is an error.
6. `moved_at` and `recorded_at`.
7. The balance is a projection with CHECK constraints (inside places only), changed in the same transaction, locked in a
   fixed order, rebuildable and provable by one command.
8. A count asserts, then explains, then corrects.

Statements, however many movements: places (unless the session holds them), INSERT of movements, INSERT of missing
balances (only where goods come in), SELECT … FOR UPDATE of the balances by place and lot, UPDATE of the balances.
Rows that do not exist yet are made before any is locked: two transactions therefore never wait for each other.
"""

from warehouses.ledger.balances import lock_spots
from warehouses.ledger.posting import FUTURE, MOST_PACKS, post
from warehouses.ledger.rebuilding import rebuild
from warehouses.ledger.setting_aside import set_aside

__all__ = ["FUTURE", "MOST_PACKS", "lock_spots", "post", "rebuild", "set_aside"]
