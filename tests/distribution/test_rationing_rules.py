"""The rule of rationing: quotas by Sainte-Laguë against the definition, one unit after another."""

import csv
import json
from fractions import Fraction
from pathlib import Path

from hypothesis import given, strategies as st

from distribution.rules.merkle import MerkleRoot, draw_of, roster_line
from distribution.rules.rationing import quotas, standing

EXAMPLE = Path(__file__).parent / "rationing_example"
NEED = st.dictionaries(st.sampled_from([f"{n:02}" for n in range(12)]), st.integers(0, 60), max_size=12)


def one_by_one(supply: int, need: dict[str, int]) -> dict[str, int]:
    """Give the units away as the definition says: each to the smallest (2k + 1) / n of all units there are."""
    units = sorted((Fraction(2 * k + 1, count), kato) for kato, count in need.items() for k in range(count))
    given_to = dict.fromkeys(need, 0)
    for _, kato in units[:supply]:
        given_to[kato] += 1
    return given_to


@given(supply=st.integers(0, 800), need=NEED)
def test_quotas_are_those_of_the_definition(supply: int, need: dict[str, int]) -> None:
    found = quotas(supply, need)
    assert found == one_by_one(supply, need)
    assert sum(found.values()) == min(supply, sum(need.values()))
    assert all(0 <= found[kato] <= need[kato] for kato in need)


@given(supply=st.integers(0, 800), more=st.integers(0, 50), need=NEED)
def test_more_supply_never_takes_a_set_away(supply: int, more: int, need: dict[str, int]) -> None:
    before, after = quotas(supply, need), quotas(supply + more, need)
    assert all(after[kato] >= before[kato] for kato in need)


@given(supply=st.integers(0, 800), need=NEED, data=st.data())
def test_the_order_of_districts_does_not_matter(supply: int, need: dict[str, int], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(need.items()))))
    assert quotas(supply, shuffled) == quotas(supply, need)


def test_a_million_sets_are_shared_out_at_once_and_exactly() -> None:
    need = {f"{n:09}": 1 + (n * 7919) % 40_000 for n in range(1, 209)}
    supply = sum(need.values()) * 3 // 5
    found = quotas(supply, need)
    assert sum(found.values()) == supply
    last = max((Fraction(2 * found[kato] - 1, need[kato]), kato) for kato in need if found[kato])
    following = min((Fraction(2 * found[kato] + 1, need[kato]), kato) for kato in need if found[kato] < need[kato])
    assert last < following


def test_the_worked_example_comes_out() -> None:
    cycle = json.loads((EXAMPLE / "cycle.json").read_text("utf-8"))
    with (EXAMPLE / "roster.csv").open(encoding="utf-8", newline="") as file:
        roster = list(csv.DictReader(file))
    with (EXAMPLE / "dropped.csv").open(encoding="utf-8", newline="") as file:
        dropped = {(row["pseudonym"], row["kit"]) for row in csv.DictReader(file)}
    root = MerkleRoot()
    lines = [
        roster_line(row["pseudonym"], row["kato"], row["kit"], priority=int(row["priority"]), missed=int(row["missed"]))
        for row in roster
    ]
    root.add_all([line.encode() for line in sorted(lines)])
    assert root.hex() == cycle["merkle_root"]
    written = ["pseudonym,kato,kit,draw,granted"]
    for kit in sorted(cycle["supply"]):
        of_kit = [row for row in roster if row["kit"] == kit]
        katos = sorted({row["kato"] for row in of_kit})
        quota = quotas(cycle["supply"][kit], {k: sum(row["kato"] == k for row in of_kit) for k in katos})
        for kato in katos:
            written += _granted(cycle["seed"], [row for row in of_kit if row["kato"] == kato], quota[kato], dropped)
    assert "\n".join(written) + "\n" == (EXAMPLE / "draw.csv").read_text("utf-8")


def _granted(seed: str, rows: list[dict[str, str]], quota: int, dropped: set[tuple[str, str]]) -> list[str]:
    drawn = [(row, draw_of(seed, row["pseudonym"], row["kit"])) for row in rows]
    drawn.sort(key=lambda one: standing(priority=int(one[0]["priority"]), missed=int(one[0]["missed"]), draw=one[1]))
    lines = []
    for row, draw in drawn:
        is_granted = quota > 0 and (row["pseudonym"], row["kit"]) not in dropped
        quota -= is_granted
        lines.append(f"{row['pseudonym']},{row['kato']},{row['kit']},{draw},{int(is_granted)}")
    return lines
