"""Make the virtual environment and bring it to the lock file; quick when there is nothing to do.

Run by the system's Python before anything is installed, so it uses the standard library only.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.txt"
STAMP = VENV / ".locked"
OLDEST = (3, 11)


def run(*command: str) -> int:
    """Run a command in the checkout and return its exit status."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def newest_python() -> str | None:
    """Return this interpreter, or one beside it that is new enough."""
    if sys.version_info >= OLDEST:
        return sys.executable
    return next((found for minor in (14, 13, 12, 11) if (found := shutil.which(f"python3.{minor}"))), None)


def make_venv() -> str | None:
    """Make .venv; return a complaint when that cannot be done."""
    python = newest_python()
    if python is None:
        return (
            f"Toptama needs Python 3.11 or newer; this is {sys.version.split()[0]}. Install one and run `make` again."
        )
    print("Making .venv …", flush=True)
    if run(python, "-m", "venv", str(VENV)) == 0:
        return None
    shutil.rmtree(VENV, ignore_errors=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):  # Debian keeps the module venv in a package of its own
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-venv")
        if run(python, "-m", "venv", str(VENV)) == 0:
            return None
    return "Python's venv module does not work here. On Debian: apt-get install python3-venv. Then run `make` again."


def install() -> str | None:
    """Install what the lock file names, each checked against its checksum, when the lock file has changed."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return None
    print("Installing packages …", flush=True)
    pip = (str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-qq")
    if run(*pip, "install", "--require-hashes", "-r", str(LOCK)) != 0:
        return (
            "The packages could not be installed; the lines above say why. Run `make setup` again when that is cured."
        )
    STAMP.write_text(wanted, encoding="ascii")
    return None


def compile_translations() -> str | None:
    """Write .mo files that are missing or older than their .po files."""
    catalogs = (ROOT / "translations").glob("*/LC_MESSAGES/*.po")
    stale = [
        po
        for po in catalogs
        if not po.with_suffix(".mo").exists() or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime
    ]
    if stale and run(str(VENV / "bin" / "python"), "-m", "tools.strings", "compile") != 0:
        return "The translations could not be compiled; the lines above say why."
    return None


def main() -> int:
    """Do the steps in order and stop at the first that fails."""
    steps = [install, compile_translations]
    if not (VENV / "bin" / "python").exists():
        steps.insert(0, make_venv)
    for step in steps:
        complaint = step()
        if complaint:
            print(complaint, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
