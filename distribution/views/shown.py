"""How a family's name is shown: in full only to those who bring registries in."""

from core.web.guards import current_actor
from distribution.permissions import DistributionRight
from distribution.rules.vouchers import masked_name


def shown_name(name: str) -> str:
    """Return a name as the person who is signed in may see it."""
    return name if current_actor().may(DistributionRight.IMPORT_REGISTRY) else masked_name(name)
