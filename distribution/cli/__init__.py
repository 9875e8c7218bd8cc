"""Commands of distribution, one file per noun; importing them hangs them on the group."""

from distribution.cli import quarters, registry, vouchers
from distribution.cli.group import distribution

__all__ = ["distribution", "quarters", "registry", "vouchers"]
