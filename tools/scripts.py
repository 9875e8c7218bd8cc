"""Check the browser's code: install the pinned checkers, then run them.

    python -m tools.scripts check    biome and tsc over static/js and static/css
    python -m tools.scripts fix      let biome put right what it can

Node is used for checking only, never to run Toptama. Where the system has none, it comes as a Python package,
locked in requirements-node.txt.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "package-lock.json"
STAMP = ROOT / "node_modules" / ".locked"
OLDEST_NODE = 18
ADVICE = (
    "Node and npm are missing and could not be installed as Python packages. "
    "Install Node 18 or newer (Debian: apt-get install nodejs npm), then run this again."
)


def environment() -> dict[str, str] | None:
    """Return an environment in which `node` and `npm` are found; None when they cannot be had."""
    bare = {**os.environ, "CI": "true"}
    if _node_is_new_enough(bare):
        return bare
    bundled = Path(sys.executable).parent
    with_bundled = {**bare, "PATH": f"{bundled}{os.pathsep}{bare.get('PATH', '')}"}
    if not _node_is_new_enough(with_bundled):
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        lock = str(ROOT / "requirements-node.txt")
        subprocess.run([*pip, "install", "--require-hashes", "-r", lock], cwd=ROOT, check=False)
    return with_bundled if _node_is_new_enough(with_bundled) else None


def _node_is_new_enough(environ: dict[str, str]) -> bool:
    path = environ.get("PATH")
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(answer.strip().lstrip("v").split(".")[0] or 0) >= OLDEST_NODE


def install(environ: dict[str, str]) -> bool:
    """Install what package-lock.json names, when it has changed since the last time."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return True
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        return False
    STAMP.write_text(wanted, encoding="ascii")
    return True


def main(arguments: list[str]) -> int:
    """Run the checkers; the exit status is theirs."""
    environ = environment()
    if environ is None:
        print(ADVICE, file=sys.stderr)
        return 1
    if not install(environ):
        print("The checkers of package-lock.json could not be installed; the lines above say why.", file=sys.stderr)
        return 1
    fix = arguments == ["fix"]
    commands = [["npx", "--no-install", "biome", "check", *(["--write"] if fix else []), "static/js", "static/css"]]
    if not fix:
        commands.append(["npx", "--no-install", "tsc", "--noEmit"])
    results = [subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode for command in commands]
    return max(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
