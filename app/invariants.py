"""What always holds in the whole database: the checks of every package, in one list."""

import logistics.queries.invariants
import warehouses.queries.invariants

INVARIANTS = (*warehouses.queries.invariants.INVARIANTS, *logistics.queries.invariants.INVARIANTS)
"""What `flask warehouses verify` and `flask check-invariants` prove."""
