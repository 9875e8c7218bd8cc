"""One measurement is one child process: it starts cold, and the operating system tells what it needed at most."""

import importlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
_KIBIBYTES = 1024


@dataclass(frozen=True, slots=True)
class Job:
    """What a child is to do: `target` is `module:function`, which takes the job and returns an outcome."""

    target: str
    url: str = ""
    folder: str = "."
    children: int = 64_000
    requests: int = 300
    movements: int = 1_000_000
    clients: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: seconds of the work alone, further figures, peak memory of the process in MB."""

    seconds: float
    facts: Mapping[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0


class JobFailed(Exception):
    """A child ended with an error; the message is what it said."""


def run(job: Job, *, warm: bool = False) -> Outcome:
    """Do a job in a process of its own; a warm one has our modules already: quicker to try, no good to measure with.

    Raises:
        JobFailed: it ended with an error.
    """
    if warm:
        importlib.import_module(job.target.split(":")[0])
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            return pool.submit(_do, job).result()
    command = [sys.executable, "-m", "benchmarks.jobs", json.dumps(asdict(job))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise JobFailed(f"{job.target} failed:\n{done.stderr[-4000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    return Outcome(said["seconds"], said["facts"], said["peak_mb"])


def peak_mb(pid: int | None = None) -> float:
    """Return the most memory that a process had in RAM, in MB.

    `ru_maxrss` counts what the parent had when it started the child, too; where the kernel tells the figure of the
    program alone (`VmHWM`), that one is taken.
    """
    status = Path(f"/proc/{pid or os.getpid()}/status")
    if status.exists():
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / _KIBIBYTES
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTES


def main() -> None:
    """Do the job of the command line and print what came out."""
    print(json.dumps(asdict(_do(Job(**json.loads(sys.argv[1]))))))


def _do(job: Job) -> Outcome:
    module, name = job.target.split(":")
    work = cast("Callable[[Job], Outcome | None]", getattr(importlib.import_module(module), name))
    outcome = work(job) or Outcome(0.0)
    return replace(outcome, facts=dict(outcome.facts), peak_mb=outcome.peak_mb or peak_mb())


if __name__ == "__main__":
    main()
