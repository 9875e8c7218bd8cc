"""Which answers a person may give to an incident of each kind."""

from collections.abc import Mapping

from distribution.values.events import IncidentKind, Resolution

_STOCK = (Resolution.COUNTED, Resolution.MISTAKE, Resolution.MISUSE, Resolution.OTHER)
_GIVING = (Resolution.TRUE_FACT, Resolution.RETURNED, Resolution.MISTAKE, Resolution.MISUSE, Resolution.OTHER)
_CHAIN = (Resolution.MISTAKE, Resolution.MISUSE, Resolution.OTHER)
_RESOLUTIONS: Mapping[IncidentKind, tuple[Resolution, ...]] = {
    IncidentKind.DOUBLE: (
        Resolution.GIVEN_TWICE,
        Resolution.RETURNED,
        Resolution.MISTAKE,
        Resolution.MISUSE,
        Resolution.OTHER,
    ),
    IncidentKind.NO_STOCK: _STOCK,
    IncidentKind.MISCOUNT: _STOCK,
    IncidentKind.EXPIRED_LOT: (Resolution.TRUE_FACT, Resolution.RETURNED, Resolution.COUNTED, Resolution.OTHER),
    IncidentKind.LATE: _GIVING,
    IncidentKind.CLOCK: _GIVING,
    IncidentKind.OUTSIDE: _GIVING,
    IncidentKind.REPLACED: _GIVING,
    IncidentKind.NOT_DUE: _GIVING,
}


def resolutions_of(kind: IncidentKind) -> tuple[Resolution, ...]:
    """Return what an incident of a kind may have been."""
    return _RESOLUTIONS.get(kind, _CHAIN)
