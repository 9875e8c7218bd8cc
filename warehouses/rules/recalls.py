"""How the movements of recalled lots add up: pure."""

from collections.abc import Iterable, Mapping

from warehouses.values import STORE_KINDS, WAREHOUSE_KINDS, PlaceKind
from warehouses.values.recalls import Figures, Flow

_ARRIVALS = (PlaceKind.OPENING, PlaceKind.TO_EXPLAIN)


def figures_at(kind: str, on_hand: int, flows: Iterable[Flow], *, found: int = 0) -> Figures:
    """Return the figures of one lot at a place of a kind, from its balance and what crossed the border there.

    A reversal takes off what it undoes. Packs that came out of an assembly were made there; packs that went into one
    and did not come back are inside sets. Of what the place `found`, no more counts than the book has there.
    """
    sent: dict[str, int] = {}
    came: dict[str, int] = {}
    for flow in flows:
        side = sent if flow.is_out != flow.is_reversal else came
        side[flow.kind] = side.get(flow.kind, 0) + (-flow.packs if flow.is_reversal else flow.packs)
    packed = _net(sent, came, PlaceKind.ASSEMBLY)
    arrived = came.get(PlaceKind.SUPPLIER, 0) - sum(_net(sent, came, one) for one in _ARRIVALS)
    return Figures(
        received=arrived + max(0, -packed),
        in_warehouses=on_hand if kind in WAREHOUSE_KINDS else 0,
        at_points=on_hand if kind == PlaceKind.POINT else 0,
        on_the_road=on_hand if kind not in STORE_KINDS else 0,
        handed_over=_net(sent, came, PlaceKind.FAMILIES),
        returned=sent.get(PlaceKind.SUPPLIER, 0),
        written_off=_net(sent, came, PlaceKind.LOSS),
        missing=_net(sent, came, PlaceKind.COUNT_DIFFERENCE),
        in_sets=max(0, packed),
        confirmed=min(found, on_hand) if kind in STORE_KINDS else 0,
    )


def _net(sent: Mapping[str, int], came: Mapping[str, int], kind: str) -> int:
    return sent.get(kind, 0) - came.get(kind, 0)
