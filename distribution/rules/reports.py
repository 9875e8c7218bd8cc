"""The figures of a closed quarter: by district and kit, and in all."""

from collections.abc import Iterable, Mapping

FIGURES = ("need", "quota", "collected", "not_collected", "no_voucher", "waiting", "dropped")
"""What is told of each district and kit; need = collected + not_collected + no_voucher + waiting + dropped."""

Counted = tuple[str, str, str, str, int]
"""KATO, kit, state, reason, sets."""


def report_of(outcomes: Iterable[Counted], quotas: Mapping[tuple[str, str], int]) -> dict[str, object]:
    """Return the figures of every district and kit in the order of their codes, and their sums by kit."""
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for kato, kit, status, reason, sets in outcomes:
        row = rows.setdefault((kato, kit), dict.fromkeys(FIGURES, 0))
        row["need"] += sets
        row[_figure(status, reason)] += sets
    for spot, row in rows.items():
        row["quota"] = quotas.get(spot, 0)
    totals: dict[str, dict[str, int]] = {}
    for (_, kit), row in rows.items():
        total = totals.setdefault(kit, dict.fromkeys(FIGURES, 0))
        for name in FIGURES:
            total[name] += row[name]
    districts = [{"kato": kato, "kit": kit, **row} for (kato, kit), row in sorted(rows.items())]
    return {"districts": districts, "totals": totals}


def _figure(status: str, reason: str) -> str:
    if status == "granted":
        return "collected"
    return reason if status == "lapsed" else status
