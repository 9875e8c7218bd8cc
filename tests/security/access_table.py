"""Who may open what: `expected_access.csv`, one line per route, reviewed by people.

python -m tests.security.access_table    take over new routes; look at the difference before you commit it
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from accounts.values import Role
from app.roles import RIGHTS
from core.web.guards import guard_of

FILE = Path(__file__).resolve().parent / "expected_access.csv"
NOT_BY_ROLE = {"public", "signed in"}


def as_built(app: Flask) -> dict[str, str]:
    """Return whom the guards and the matrix of roles let in, by endpoint."""
    found = {}
    for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()}):
        guard = guard_of(app.view_functions[endpoint]) or "nothing"
        holders = [role.value for role in Role if any(right in RIGHTS[role] for right in guard.split())]
        found[endpoint] = guard if guard in NOT_BY_ROLE else " ".join(holders)
    return found


def as_reviewed() -> Mapping[str, str]:
    """Return whom people decided to let in, by endpoint."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["endpoint"]: row["who"] for row in csv.DictReader(file)}


def main() -> None:
    """Write the table as the application is built."""
    from app.factory import create_app  # noqa: PLC0415 - only this command needs the whole application

    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["endpoint", "who"])
        writer.writerows(as_built(create_app()).items())


if __name__ == "__main__":
    main()
