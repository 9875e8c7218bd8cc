"""The servers that hand-overs are measured on: our application and, on the same gunicorn, one bare view.

python -m benchmarks.server ours|floor URL PORT FOLDER
"""

import gc
import sys
import threading
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from app.factory import create_app
from app.serve import Server
from benchmarks import plain
from benchmarks.world import FIELD_KEY, INDEX_KEY, QUARTER
from config import Settings

THREADS = 8
_HAND_OVER = (
    "INSERT INTO hand_over (id, district_id, quarter, voucher_id, family_id, point_id, operator_id, device, claimed_at,"
    " received_at, collector, collector_note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_MOVEMENT = (
    "INSERT INTO stock_movement (id, lot_id, from_place_id, to_place_id, quantity, moved_at, recorded_at, actor_id,"
    " document_kind, document_id, reserved_quarter, reason) VALUES (?, ?, ?, ?, 1, ?, ?, ?, 'hand_over', ?, ?, '')"
)
_BALANCE = "UPDATE stock_balance SET on_hand = on_hand - ?, reserved = reserved - ? WHERE place_id = ? AND lot_id = ?"
_LINE = (
    "INSERT INTO hand_over_line (movement_id, hand_over_id, district_id, allotment_id, lot_id, reversal_reason)"
    " VALUES (?, ?, ?, ?, ?, '')"
)


def bare_app(url: str) -> Flask:
    """Return an application with one view that writes the rows of a hand-over by plain SQL, and nothing else."""
    flask = Flask("bare")
    written = plain.placeholders(url)
    own = threading.local()
    turn = threading.Lock() if url.startswith("sqlite") else nullcontext()

    def key(text: str) -> str | UUID:
        return UUID(text).hex if url.startswith("sqlite") else UUID(text)

    @flask.post("/give")
    def give() -> ResponseReturnValue:
        asked = request.get_json()
        at, hand_over = _moment(url), key(asked["key"])
        if not hasattr(own, "connection"):
            own.connection = plain.connect(url)
        write = own.connection.execute
        point, families, lots = asked["point"], asked["families"], asked["lots"]
        who = (asked["district"], QUARTER.ordinal, asked["voucher"], asked["family"], point, asked["operator"])
        with turn, plain.durable(own.connection):
            write(written(_HAND_OVER), (hand_over, *who, "benchmark", at, at, "guardian", ""))
            for movement, _, lot in asked["sets"]:
                ids = (key(movement), lot, point, families, at, at, asked["operator"], asked["key"], QUARTER.ordinal)
                write(written(_MOVEMENT), ids)
            for lot, packs in lots:
                write(written(_BALANCE), (packs, packs, point, lot))
            for movement, allotment, lot in asked["sets"]:
                write(written(_LINE), (key(movement), hand_over, asked["district"], allotment, lot))
        return jsonify(answer="ok")

    return flask


def _moment(url: str) -> str | datetime:
    at = datetime.now(UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if url.startswith("sqlite") else at


def _our_app(url: str, port: int, folder: Path) -> Flask:
    settings = Settings(
        data_dir=folder,
        database_url=url,
        secret_key="secret key of the benchmarks 0123456789",
        field_key=FIELD_KEY,
        index_key=INDEX_KEY,
        backup_key="backup key of the benchmarks 0123456789",
        base_url=f"http://127.0.0.1:{port}",
        log_format="json",
    )
    return create_app(settings)


def main() -> None:
    """Serve until stopped, with the options that the product is started with by default."""
    side, url, port, folder = sys.argv[1:]
    app = _our_app(url, int(port), Path(folder)) if side == "ours" else bare_app(url)
    options: dict[str, object] = {
        "bind": f"127.0.0.1:{port}",
        "workers": 1,
        "threads": THREADS,
        "worker_class": "gthread",
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    gc.collect()
    gc.freeze()
    Server(app, options).run()


if __name__ == "__main__":
    main()
