"""Write the lock files: every package with its version and its checksums, nothing about where it came from.

python -m tools.lock            keep the versions locked now, add and drop what the .in files ask for
python -m tools.lock --upgrade  take the newest versions
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements", "requirements-dev", "requirements-node")  # the order matters: dev is bound by run
NOTE = "# Written by `make lock` from {source}; do not edit.\n"


def lock(name: str, *, upgrade: bool) -> None:
    """Resolve one .in file for every platform and write its .txt file with hashes."""
    target = ROOT / f"{name}.txt"
    target.touch()
    command = [
        str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal", "--generate-hashes",
        "--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
        f"{name}.in", "--output-file", target.name,
    ]  # fmt: skip
    subprocess.run([*command, "--upgrade"] if upgrade else command, cwd=ROOT, check=True)
    target.write_text(NOTE.format(source=f"{name}.in") + target.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    for each in LOCKS:
        lock(each, upgrade="--upgrade" in sys.argv[1:])
