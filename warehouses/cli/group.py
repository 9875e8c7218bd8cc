"""The group that all commands of warehouses hang on."""

from core.web.commands import TellingGroup

warehouses = TellingGroup("warehouses", help="Stock and its ledger.")
