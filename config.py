"""Settings: everything comes from the environment, and only this file reads it."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from core.crypto import FieldKeys, KeyNumberWrong

SECRETS = ("SECRET_KEY", "FIELD_KEY", "INDEX_KEY", "BACKUP_KEY")
_SECRETS_FILE = "secrets.env"
_KNOWN_BAD = frozenset({"dev", "changeme", "secret", "change-me", "your-secret-key", "secret_key", "toptama"})
_SHORTEST_SECRET = 32
_OTHERS_MAY_READ = 0o077
_FALLBACKS = ("SECRET_KEY_FALLBACKS", "FIELD_KEY_FALLBACKS")
_ROOT_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_ROOT = Path(__file__).resolve().parent


class WrongSettings(Exception):
    """The settings would make an unsafe or broken start; the message says which one and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the application was told. Each field is the environment variable of its name in capitals.

    `*_FILE` beside a secret names a file to read it from.
    """

    data_dir: Path
    database_url: str
    secret_key: str
    field_key: str
    index_key: str
    backup_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    field_key_fallbacks: tuple[str, ...] = ()
    root_key: str = ""
    production: bool = False
    base_url: str = "http://127.0.0.1:5000"
    host: str = "127.0.0.1"
    port: int = 5000
    workers: int = 1
    threads: int = 8
    log_format: str = "human"
    contact: str = "1414"
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    testing: bool = False

    def masked(self) -> dict[str, str]:
        """Return the effective values for `config check`, secrets and passwords hidden."""
        shown: dict[str, str] = {}
        for field in fields(self):
            value = str(getattr(self, field.name))
            hidden = field.name.upper() in SECRETS or (field.name.upper() in _FALLBACKS and value != "()")
            if field.name == "database_url" and "@" in value:
                value = f"{value.split('://', maxsplit=1)[0]}://…@{value.rsplit('@', 1)[1]}"
            shown[field.name.upper()] = "••••••" if hidden else value
        return shown


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and refuse unsafe ones.

    Raises:
        WrongSettings: a secret is missing in production, short, known, shared or readable by others; a value is
            unreadable.
    """
    given = dict(os.environ if environment is None else environment)
    data_dir = Path(given.get("DATA_DIR", str(_ROOT / "data"))).resolve()
    production = _flag(given, "PRODUCTION")
    found = {name: _secret(given, name) for name in SECRETS}
    if not production:
        found |= _own_secrets(data_dir, found)
    earlier = {name: tuple(filter(None, _secret(given, name).split(","))) for name in _FALLBACKS}
    _refuse_unsafe(found, earlier)
    _refuse_like_numbers(found, earlier["FIELD_KEY_FALLBACKS"])
    database_url = _secret(given, "DATABASE_URL") or f"sqlite:///{data_dir / 'toptama.sqlite3'}"
    _refuse_public_file(database_url)
    host, port = given.get("HOST", "127.0.0.1"), _number(given, "PORT", 5000)
    base_url = given.get("BASE_URL", f"http://{host}:{port}").rstrip("/")
    if production and _flag(given, "FLASK_DEBUG"):
        raise WrongSettings("FLASK_DEBUG shows the inside of the application to everybody. Unset it in production.")
    if production and not base_url.startswith("https://"):
        raise WrongSettings(f"BASE_URL is {base_url!r}; in production it is the https:// address that people type.")
    return Settings(
        data_dir=data_dir,
        database_url=_with_driver(database_url),
        secret_key=found["SECRET_KEY"],
        field_key=found["FIELD_KEY"],
        index_key=found["INDEX_KEY"],
        backup_key=found["BACKUP_KEY"],
        secret_key_fallbacks=earlier["SECRET_KEY_FALLBACKS"],
        field_key_fallbacks=earlier["FIELD_KEY_FALLBACKS"],
        root_key=_root_key(given),
        production=production,
        base_url=base_url,
        host=host,
        port=port,
        workers=_number(given, "WORKERS", 1),
        threads=_number(given, "THREADS", 8),
        log_format=given.get("LOG_FORMAT", "json" if production else "human"),
        contact=given.get("CONTACT", "1414"),
        trusted_hosts=tuple(filter(None, given.get("TRUSTED_HOSTS", "").split(","))),
        trusted_proxies=_number(given, "TRUSTED_PROXIES", 0),
    )


def _refuse_public_file(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        return
    file = Path(database_url.partition(":///")[2].partition("?")[0]).resolve()
    if file.is_relative_to(_ROOT / "static"):
        raise WrongSettings(
            "DATABASE_URL: the SQLite file lies under static/, where everybody could download it. Move it."
        )


def unknown_settings(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables that look like a mistyped setting, each with the setting that was probably meant."""
    known = {field.name.upper() for field in fields(Settings)} - {"TESTING"}
    known |= {f"{name}_FILE" for name in (*SECRETS, *_FALLBACKS, "DATABASE_URL")}
    given = os.environ if environment is None else environment
    strangers = {name: get_close_matches(name, known, n=1, cutoff=0.85) for name in given if name not in known}
    return {name: close[0] for name, close in strangers.items() if close}


def _with_driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return f"postgresql+psycopg://{url.removeprefix(plain)}"
    return url


def _secret(given: Mapping[str, str], name: str) -> str:
    path = given.get(f"{name}_FILE")
    if not path:
        return given.get(name, "")
    file = Path(path)
    if not file.is_file():
        raise WrongSettings(
            f"{name}_FILE names {path}, which is not a file. Write the secret there or correct the path."
        )
    _refuse_readable_by_others(file)
    return file.read_text("utf-8").strip()


def _own_secrets(data_dir: Path, found: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets not given, kept in a file of DATA_DIR that only its owner reads; the first start writes it."""
    if all(found.values()):
        return {}
    file = data_dir / _SECRETS_FILE
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
        lines = "".join(f"{name}={secrets.token_urlsafe(48)}\n" for name in SECRETS)
        part = data_dir / f"{_SECRETS_FILE}.{os.getpid()}"
        part.touch(mode=0o600)
        part.write_text(lines, "utf-8")
        with suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
    _refuse_readable_by_others(file)
    kept = dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines() if "=" in line)
    return {name: kept.get(name, "") for name, value in found.items() if not value}


def _refuse_readable_by_others(file: Path) -> None:
    if file.stat().st_mode & _OTHERS_MAY_READ:
        raise WrongSettings(f"{file} can be read by others. Run: chmod 600 {file}")


def _refuse_like_numbers(found: Mapping[str, str], earlier: tuple[str, ...]) -> None:
    try:
        FieldKeys(field_key=found["FIELD_KEY"], index_key=found["INDEX_KEY"], earlier=earlier)
    except KeyNumberWrong:
        raise WrongSettings(
            "FIELD_KEY and FIELD_KEY_FALLBACKS must bear different numbers from 1 to 255. A key without a number is 1; "
            "write the next one as 2:… and so on."
        ) from None


def _root_key(given: Mapping[str, str]) -> str:
    """Return the public half of the root key. Production is told it; elsewhere one is made beside the data."""
    value = given.get("ROOT_KEY", "")
    if value and not _ROOT_KEY.fullmatch(value):
        raise WrongSettings(
            f"ROOT_KEY is {value!r}; write the 43 signs that `flask distribution make-root-key` printed."
        )
    return value


def _refuse_unsafe(found: Mapping[str, str], earlier: Mapping[str, tuple[str, ...]]) -> None:
    every = [*found.items(), *((name, value) for name, values in earlier.items() for value in values)]
    for name, value in every:
        if not value:
            raise WrongSettings(f"{name} is not set. In production it must be given, as {name} or {name}_FILE.")
        if value.lower() in _KNOWN_BAD:
            raise WrongSettings(
                f"{name} is a known example value. Make a new one: "
                "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if len(value.encode()) < _SHORTEST_SECRET or len(set(value)) < _SHORTEST_SECRET // 4:
            raise WrongSettings(
                f"{name} is too short or too plain: it needs at least {_SHORTEST_SECRET} random characters."
            )
    if len({value for _, value in every}) < len(every):
        raise WrongSettings(f"{', '.join(found)} must differ from each other: each key has one purpose.")


def _flag(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "").lower()
    if value in {"1", "true", "yes"}:
        return True
    if value in {"", "0", "false", "no"}:
        return False
    raise WrongSettings(f"{name} is {value!r}; write 1 or 0.")


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise WrongSettings(f"{name} is {value!r}; write a whole number.")
    return int(value)
