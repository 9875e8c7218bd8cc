"""A start that would be unsafe is refused (SEC-41, BAD-15)."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from config import SECRETS, WrongSettings, read_settings

GOOD = {name: f"{name.lower()}-3kf9QxPzR7vTnB2mWcY8sLdHgJ6a" for name in SECRETS}


def production(tmp_path: Path, **changes: str) -> Mapping[str, str]:
    given = {"PRODUCTION": "1", "BASE_URL": "https://toptama.example", "DATA_DIR": str(tmp_path), **GOOD, **changes}
    return {name: value for name, value in given.items() if value != "unset"}


def test_sec_41_good_settings_start(tmp_path: Path) -> None:
    assert read_settings(production(tmp_path)).production
    assert not list(tmp_path.iterdir()), "production writes no secrets of its own"


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(
    "value",
    ["unset", "", "dev", "changeme", "secret", "CHANGEME", "x" * 31, "x" * 64, "abababab" * 8, "change-me", "toptama"],
)
def test_sec_41_bad_15_production_refuses_missing_short_plain_and_known_secrets(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(WrongSettings, match=name):
        read_settings(production(tmp_path, **{name: value}))


@pytest.mark.parametrize("name", SECRETS)
def test_bad_15_a_known_secret_is_refused_outside_production_too(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongSettings, match=name):
        read_settings({"DATA_DIR": str(tmp_path), name: "changeme"})


def test_sec_41_one_secret_for_two_purposes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="differ"):
        read_settings(production(tmp_path, FIELD_KEY=GOOD["SECRET_KEY"]))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_sec_41_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "secret"
    file.write_text(GOOD["SECRET_KEY"] + "\n", "utf-8")
    file.chmod(mode)
    given = production(tmp_path, SECRET_KEY="unset", SECRET_KEY_FILE=str(file))
    with pytest.raises(WrongSettings, match="chmod 600"):
        read_settings(given)
    file.chmod(0o600)
    assert read_settings(given).secret_key == GOOD["SECRET_KEY"]


def test_sec_41_a_secret_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="SECRET_KEY_FILE"):
        read_settings(production(tmp_path, SECRET_KEY_FILE=str(tmp_path / "nothing")))


def test_sec_41_the_first_start_outside_production_writes_secrets_for_its_owner_only(tmp_path: Path) -> None:
    first = read_settings({"DATA_DIR": str(tmp_path / "data")})
    file = tmp_path / "data" / "secrets.env"
    assert file.stat().st_mode & 0o777 == 0o600
    again = read_settings({"DATA_DIR": str(tmp_path / "data")})
    assert (first.secret_key, first.field_key, first.index_key) == (again.secret_key, again.field_key, again.index_key)
    assert len({first.secret_key, first.field_key, first.index_key}) == 3
    file.chmod(0o644)
    with pytest.raises(WrongSettings, match="chmod 600"):
        read_settings({"DATA_DIR": str(tmp_path / "data")})


@pytest.mark.parametrize("file", ["static/toptama.sqlite3", "static/../static/css/x.sqlite3"])
def test_sec_41_a_database_that_everybody_could_download_is_refused(tmp_path: Path, file: str) -> None:
    root = Path(__file__).resolve().parents[2]
    with pytest.raises(WrongSettings, match="static"):
        read_settings(production(tmp_path, DATABASE_URL=f"sqlite:///{root / file}"))


@pytest.mark.parametrize(
    ("name", "value"), [("FLASK_DEBUG", "1"), ("BASE_URL", "http://toptama.example"), ("PRODUCTION", "perhaps")]
)
def test_sec_41_production_without_tls_or_with_debugging_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongSettings, match=name):
        read_settings(production(tmp_path, **{name: value}))


def test_sec_50_secrets_are_masked_when_settings_are_shown(tmp_path: Path) -> None:
    url = "postgresql://toptama:pass-word@db/toptama"
    shown = " ".join(read_settings(production(tmp_path, DATABASE_URL=url)).masked().values())
    assert not any(secret in shown for secret in [*GOOD.values(), "pass-word"])


def test_bad_15_a_forged_cookie_opens_nothing(app: Flask) -> None:
    from itsdangerous import URLSafeTimedSerializer  # noqa: PLC0415

    for key in ("dev", "changeme", "secret-key-for-tests-0123456789abcdef"):
        client = app.test_client()
        client.set_cookie("toptama-sid", URLSafeTimedSerializer(key, salt="cookie-session").dumps({"_user_id": "1"}))
        assert client.get("/accounts/own").status_code == 303


def test_bad_16_no_page_loads_a_demonstration(app: Flask) -> None:
    said = [f"{rule.rule} {rule.endpoint}" for rule in app.url_map.iter_rules()]
    assert not [line for line in said if "demo" in line.lower()]


def test_the_tests_read_no_settings_of_this_machine() -> None:
    assert "SECRET_KEY" not in os.environ
