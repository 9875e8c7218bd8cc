"""What an operator of the installation sees: health, logs, settings, the first start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

from core.database import Database
from core.logs import start_logs
from tests.support.client import InspectingClient

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60


def test_eco_14_healthz_answers_without_the_database(only_app: Flask) -> None:
    nowhere = Database("sqlite:////nowhere/at/all.sqlite3")
    before, only_app.extensions["database"] = only_app.extensions["database"], nowhere
    try:
        client = only_app.test_client()
        assert client.get("/healthz").get_json() == {"status": "up"}
        assert client.get("/readyz").status_code == 503
    finally:
        only_app.extensions["database"] = before


def test_eco_14_readyz_says_ready_at_head_and_nothing_more(only_app: Flask, fresh_database: Database) -> None:
    only_app.extensions["database"] = fresh_database
    answer = only_app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})


def test_eco_18_logs_are_json_lines_in_utc_with_the_request_in_them(
    client: InspectingClient, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logs("json")
    try:
        client.get("/accounts/sign-in?next=/distribution/families?q=870101300123")
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    finally:
        start_logs("human")
    (told,) = [line for line in lines if line["message"].startswith("GET /accounts/sign-in")]
    assert told["level"] == "info"
    assert re.fullmatch(r"[0-9a-f]{12}", told["request_id"])
    assert told["timestamp"].endswith("Z")
    assert "870101300123" not in json.dumps(lines)


def _environment(folder: Path, **given: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATA_DIR": str(folder), **given}


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    folder = Path(environment.pop("DATA_DIR"))
    return subprocess.run(
        [sys.executable, "-m", *command],
        env=_environment(folder, **environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_eco_19_config_check_hides_secrets_and_names_a_mistyped_setting(tmp_path: Path) -> None:
    told = _run("flask", "--app", "wsgi", "config", "check", DATA_DIR=str(tmp_path))
    assert told.returncode == 0, told.stderr
    assert "SECRET_KEY=••••••" in told.stdout
    assert (tmp_path / "secrets.env").stat().st_mode & 0o077 == 0
    mistyped = _run("flask", "--app", "wsgi", "config", "check", DATA_DIR=str(tmp_path), DATABSE_URL="sqlite:///x")
    assert mistyped.returncode == 1
    assert "DATABASE_URL" in mistyped.stderr


def test_production_refuses_to_make_secrets_itself(tmp_path: Path) -> None:
    told = _run("flask", "--app", "wsgi", "config", "check", DATA_DIR=str(tmp_path), PRODUCTION="1")
    assert told.returncode != 0
    assert "SECRET_KEY" in told.stderr
    assert not (tmp_path / "secrets.env").exists()


def test_eco_20_a_first_start_without_the_demonstration_tells_one_link_for_the_first_administrator(
    tmp_path: Path,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "app.serve", "--no-demonstration"],
        env=_environment(tmp_path, PORT=str(port)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz")
    finally:
        server.send_signal(signal.SIGTERM)
        told, _ = server.communicate(timeout=PATIENCE)
    assert len(re.findall(rf"http://127\.0\.0\.1:{port}/accounts/link/\S+", told)) == 1
    assert server.returncode == 0


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own server
                assert answer.status == 200
                return
        except urllib.error.URLError:
            time.sleep(0.2)
    pytest.fail("the server did not start")
