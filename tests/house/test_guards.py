"""Every route is guarded or argued for; every right is held by somebody and asked for somewhere."""

import importlib
import re
from enum import Enum

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from app.roles import RIGHTS
from app.schema import all_tables
from core.web.guards import guard_of
from tests.conftest import SignIn, on_one_engine
from tests.house.sources import PACKAGES, PRODUCT, ROOT, complain, files, text_of

# endpoint → why anybody may call it
PUBLIC = {
    "app.set_language": "the sign-in page too is read in three languages",
    "app.static_asset": "style, scripts, fonts",
    "distribution.scan_worker": "a browser renews it without a sign-in; it names static files and two addresses",
    "distribution.scan_app": "same: the name and icons of the program on a phone",
    "app.healthz": "whoever watches the service has no account; it says nothing but that the process is up",
    "app.readyz": "same; it says ready or not ready",
    "open_keys.show_key_set": "whoever checks vouchers needs the public keys; nothing in it is about a person",
    "open_keys.show_status_list": "same: random numbers and two bits for each",
    "open_data.show_releases": "what a child gets is public; nothing in it is about a person",
    "open_data.show_file": "same",
    "open_quarters.list_quarters": "publications are for everybody; children stand there by numbers only they know",
    "open_quarters.show_quarter": "same",
    "open_quarters.show_counts": "same; counts by district and kit",
    "open_quarters.show_ages": "same; small cells are hidden",
    "open_quarters.check_roster": "same",
    "open_quarters.show_file": "same; the files whose hashes are told",
    "open_quarters.show_child": "same; whoever has the number has it from the family's notice",
    "open_receipts.check_receipt": "anybody may check a receipt; it names nobody",
    "open_receipts.show_receipt": "same; the page behind its square",
    "parents.start": "families have no accounts; it tells what one needs to look a voucher up",
    "parents.ask_code": "same; one question",
    "parents.ask_birth": "same; one question",
    "parents.show_answer": "same; it takes a code of 64 bits and a year of birth, and names nobody",
    "parents.show_phone": "whoever has the whole code holds the voucher; it names nobody",
    "accounts.sign_in": "the door itself",
    "accounts.accept": "whoever holds a one-time link has no password yet",
    "distribution_api.send_batch": "a device shows no session: the signature inside each event is its credential",
    "standards.list_standards": "whoever gets a set may know what belongs in it",
    "standards.show_standard": "same",
    "standards.show_version": "same; the permanent address that stands on the signed paper",
    "standards.show_content": "same; the file whose hash stands on the signed paper",
    "standards.print_version": "same; the paper of an approved version",
}
# endpoint → why it is not looked at here
NOT_CRAWLED = {"static": "files", "app.readyz": "takes a second connection; a test has one"}
# what a page may write while it is only looked at
WRITTEN_BY_LOOKING = {"web_session", "audit_entry", "attempt_counter"}


def test_sec_06_every_route_is_guarded_or_listed_as_public(app: Flask) -> None:
    found = []
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        if guard is None and rule.endpoint != "static":
            found.append(f"{rule.endpoint} ({rule.rule}) has no guard")
        elif guard == "public" and rule.endpoint not in PUBLIC:
            found.append(f"{rule.endpoint} ({rule.rule}) is public and not listed")
    complain(found, "Put @guarded(Right.…) below the route, or list it in PUBLIC of this file with the reason.")


def _rights() -> dict[str, str]:
    """Return every right with the name it has in the code."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        if (ROOT / package / "permissions.py").exists():
            for thing in vars(importlib.import_module(f"{package}.permissions")).values():
                if isinstance(thing, type) and issubclass(thing, Enum):
                    found |= {str(member.value): f"{thing.__name__}.{member.name}" for member in thing}
    return found


def test_every_right_is_granted_to_a_role() -> None:
    granted = {str(right) for rights in RIGHTS.values() for right in rights}
    found = [name for value, name in _rights().items() if value not in granted]
    complain(found, "Grant it in app/roles.py, or remove it.")


def test_every_right_is_asked_for() -> None:
    granting = ROOT / "app" / "roles.py"
    asking = [path for path in files(*PRODUCT, "templates", endings=(".py", ".html")) if path != granting]
    said = {word for path in asking for word in re.findall(r"\b\w+Right\.\w+", text_of(path))}
    found = [name for name in _rights().values() if name not in said]
    complain(found, "No view and no service asks for this right. Ask for it, or remove it.")


def test_every_role_holds_a_right() -> None:
    found = [role.value for role in Role if not RIGHTS.get(role)]
    complain(found, "Grant the role its rights in app/roles.py.")


@on_one_engine
@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_looking_at_pages_changes_nothing(app: Flask, session: Session, sign_in: SignIn, role: Role) -> None:
    browser = sign_in(role)
    before = _row_counts(session)
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in NOT_CRAWLED:
            answer = browser.get(rule.rule)
            if answer.status_code not in {200, 303, 302, 404}:
                found.append(f"{role.value}: {rule.rule} answers {answer.status_code}")
    complain(found, "Every page answers everybody: with the page, a redirect or 404.")
    session.expire_all()
    after = _row_counts(session)
    changed = [f"{table}: {before[table]} → {after[table]}" for table in before if before[table] != after[table]]
    complain(changed, "A GET wrote rows. Only a POST may change anything.")


def _row_counts(session: Session) -> dict[str, int]:
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in all_tables().tables.items()
        if name not in WRITTEN_BY_LOOKING
    }
