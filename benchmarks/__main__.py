"""Measure the main work against the floor of this machine.

python -m benchmarks [import|freeze|ration|vouchers|tokens|manifest|hand-overs|post|stock|all]
  [--children 64000] [--engine both] [--rounds 3]
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks import engines
from benchmarks.clocks import CLOCK
from benchmarks.engines import Engine
from benchmarks.jobs import Job, Outcome, run
from benchmarks.works import WORKS, Figure, Templates, Work

_HEAD = ("work", "engine", "ours", "floor", "ratio", "goal", "", "by the clock", "peak MB")
_PROCESSOR = Figure("processor ms", "ms")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `met` is None where no goal is set.

    Where `clock` is known, `ours` and `floor` are seconds of the processor, and `clock` those of the clock for ours.
    """

    work: str
    engine: str
    unit: str
    ours: float
    floor: float | None
    ratio: float | None
    goal: str
    met: bool | None
    clock: float | None
    peak_mb: float

    def cells(self) -> tuple[str, ...]:
        """Return the line as it is printed."""
        floor = "" if self.floor is None else _number(self.floor, self.unit)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {None: "", True: "met", False: "missed"}[self.met]
        return (
            self.work,
            self.engine,
            _number(self.ours, self.unit),
            floor,
            ratio,
            self.goal,
            met,
            "" if self.clock is None else _number(self.clock, "s"),
            f"{self.peak_mb:.0f}",
        )


def main() -> None:
    """Measure what the command line asks for, and print a table."""
    asked = _arguments()
    kinds = engines.KINDS if asked.engine == "both" else (asked.engine,)
    rows: list[Row] = []
    for kind in kinds:
        with engines.running(kind) as engine:
            job = Job("", children=asked.children, requests=asked.requests, movements=asked.movements)
            measurements = _Measurements(engine, job, asked.rounds, warm=asked.warm)
            for work in WORKS:
                if asked.work in {"all", work.name}:
                    rows += _told(measurements.of(work))
    print(f"\n{asked.children} children, median of {asked.rounds}\n")
    print("\n".join(_table([_HEAD, *(row.cells() for row in rows)])))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), "utf-8")


def _told(rows: Iterator[Row]) -> Iterator[Row]:
    """Print every row as soon as it is known: what was measured is not lost when something later fails."""
    for row in rows:
        print("  " + "  ".join(filter(None, row.cells())), flush=True)
        yield row


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("work", nargs="?", default="all", choices=("all", *dict.fromkeys(work.name for work in WORKS)))
    parser.add_argument("--children", type=int, default=64_000)
    parser.add_argument("--requests", type=int, default=400, help="hand-overs of one measurement")
    parser.add_argument("--movements", type=int, default=1_000_000, help="movements of the stock ledger")
    parser.add_argument("--engine", choices=(*engines.KINDS, "both"), default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--warm", action="store_true", help="start processes with our modules in them: to try, not to measure"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to a file, too")
    return parser.parse_args()


class _Measurements:
    """Measures on one engine, each so many times."""

    def __init__(self, engine: Engine, job: Job, rounds: int, *, warm: bool = False) -> None:
        self._engine = engine
        self._job = replace(job, folder=str(engine.folder))
        self._rounds = rounds
        self._warm = warm
        self._templates = Templates(engine, job, warm=warm)

    def of(self, work: Work) -> Iterator[Row]:
        """Measure ours and the floor in turn, so that a busy moment of the machine meets both."""
        ours: list[Outcome] = []
        floors: list[Outcome] = []
        for _ in range(self._rounds):
            ours.append(self._one(work.ours, work.template, work.clients))
            if work.floor:
                floors.append(self._one(work.floor, work.floor_template, work.clients))
        for figure in work.figures:
            yield self._row(work, figure, ours, floors)
        if _PROCESSOR.name in ours[0].facts:
            yield self._row(work, _PROCESSOR, ours, floors)

    def _one(self, target: str, template: str, clients: int) -> Outcome:
        with self._engine.copy(self._templates.need(template)) as url:
            print(f"{self._engine.kind}: {target}", flush=True)
            return run(replace(self._job, target=f"benchmarks.{target}", url=url, clients=clients), warm=self._warm)

    def _row(self, work: Work, figure: Figure, ours: Sequence[Outcome], floors: Sequence[Outcome]) -> Row:
        mine = median(outcome.facts[figure.name] for outcome in ours)
        known = [outcome.facts[figure.name] for outcome in floors if figure.name in outcome.facts]
        floor = median(known) if known else None
        ratio = mine / floor if floor else None
        peak = max(outcome.peak_mb for outcome in ours)
        clock = (
            median(outcome.facts[figure.name + CLOCK] for outcome in ours)
            if figure.name + CLOCK in ours[0].facts
            else None
        )
        goal, met = _goal(figure, mine, ratio)
        if figure is work.figures[-1] and work.most_mb:
            goal = f"{goal}, ≤ {work.most_mb:.0f} MB"
            met = met is not False and peak <= work.most_mb
        name = f"{work.title}: {figure.name}"
        return Row(name, self._engine.kind, figure.unit, mine, floor, ratio, goal, met, clock, peak)


def _goal(figure: Figure, mine: float, ratio: float | None) -> tuple[str, bool | None]:
    if figure.within is not None:
        return f"≤ {figure.within:g} {figure.unit}", mine <= figure.within
    if figure.most is not None and ratio is not None:
        return f"≤ {figure.most:g} ×", ratio <= figure.most
    if figure.least is not None and ratio is not None:
        return f"≥ {figure.least:g} ×", ratio >= figure.least
    return "", None


def _number(value: float, unit: str) -> str:
    if value >= 100:
        return f"{value:.0f} {unit}"
    return f"{value:.2f} {unit}" if value >= 1 else f"{value:.4f} {unit}"


def _table(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines as a table of Markdown."""
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for number, line in enumerate(lines):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"


if __name__ == "__main__":
    main()
