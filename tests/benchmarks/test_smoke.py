"""The benchmarks run: tiny counts, one round, on SQLite. What they measure is nobody's business here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("work", ["vouchers", pytest.param("all", marks=pytest.mark.soak)])
def test_the_benchmarks_run_and_tell_ours_and_floor(tmp_path: Path, work: str) -> None:
    out = tmp_path / "figures.json"
    small = [
        "--children",
        "60",
        "--requests",
        "8",
        "--movements",
        "2000",
        "--rounds",
        "1",
        "--engine",
        "sqlite",
        "--warm",
    ]
    command = [sys.executable, "-m", "benchmarks", work, *small, "--json", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text("utf-8"))
    assert rows
    # processor time comes in ticks of 10 ms: none at all for a few requests
    without = (
        "bare commit",
        "processor ms",
        "recall trace",
        "peak of",
        ": leads",
        "size of the files",
        "vouchers read",
    )
    compared = [row for row in rows if not any(word in row["work"] for word in without)]
    assert all(row["ours"] > 0 and row["floor"] > 0 for row in compared)
    assert all(10 < row["peak_mb"] < 1000 for row in rows)
    assert "| work" in done.stdout
