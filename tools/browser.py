"""Find the Chromium that tests and pictures drive, or install it where that is allowed.

    python -m tools.browser    print where it is, install it first when it is missing

Playwright's own downloads are not used: the browser comes from the system's packages and is kept safe with them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ADVICE = (
    "Chromium is missing and cannot be installed from here. Install it from your system's packages "
    "(Debian: apt-get install chromium) or set CHROMIUM to the path of one, then run this again."
)


class BrowserMissing(Exception):
    """There is no Chromium; the message says how to get one."""


def find_chromium() -> Path | None:
    """Return the path of an installed Chromium: the one that CHROMIUM names, else the system's."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if Path(named).is_file() else None
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def require_chromium() -> Path:
    """Return the path of an installed Chromium.

    Raises BrowserMissing: a test that needs a browser fails without one, it is never skipped.
    """
    found = find_chromium()
    if found is None:
        raise BrowserMissing(ADVICE)
    return found


def install_chromium() -> None:
    """Install Debian's Chromium when this is root on a system with apt; otherwise do nothing."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)


def main() -> int:
    """Make sure that there is a Chromium; say where, or how to get one."""
    if find_chromium() is None:
        install_chromium()
    try:
        print(f"Browser: {require_chromium()}")
    except BrowserMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
