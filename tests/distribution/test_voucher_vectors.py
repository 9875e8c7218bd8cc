"""Vouchers, right and broken, that server and browser answer alike; the examples published with the standards."""

import json
from collections.abc import Sequence
from typing import Any

import base45

from core.qr import encode
from distribution.rules.cose import Signed, is_signed_by, opened, to_sign
from distribution.rules.key_sets import read_key_set
from distribution.rules.status_lists import compressed, decompressed, packed, packed_state, read_list
from distribution.rules.tokens import TokenKey, TokenRefused, verified_claims
from tests.support.voucher_vectors import FILE, vectors

TOLD: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
PUBLISHED = TOLD["published"]
KEYS = read_key_set(bytes.fromhex(TOLD["key_set"]), bytes.fromhex(TOLD["root"]))


def keys_of(kid: bytes) -> Sequence[TokenKey]:
    found = [key for key in KEYS.keys if key.kid == kid and key.purpose == "voucher" and key.starts <= TOLD["at"]]
    return [TokenKey(key.key, key.cycle) for key in found]


def test_the_file_of_vectors_is_what_its_maker_writes() -> None:
    assert json.loads(json.dumps(vectors())) == TOLD
    wrong = [told for told in TOLD["tokens"] if told["answer"] != "ok"]
    assert len(wrong) >= 25
    assert {told["answer"] for told in wrong} == {"unknown_format", "malformed", "unknown_key", "bad_signature"}


def answer_to(text: str) -> tuple[str, dict[str, object] | None]:
    """Return what the server answers, and the claims that it read."""
    try:
        claims = verified_claims(text, keys_of)
    except TokenRefused as refusal:
        return refusal.answer.value, None
    numbers = {"expires": claims.expires, "cycle": claims.cycle, "point": claims.point, "kits": claims.kit_bits}
    return "ok", {**numbers, "secret": claims.secret.hex(), "idx": claims.idx, "rev": claims.rev}


def test_sec_44_the_server_answers_every_vector_as_told() -> None:
    for told in TOLD["tokens"]:
        assert answer_to(told["text"]) == (told["answer"], told.get("claims")), told["name"]
        assert told["answer"] != "ok" or encode(told["text"]).version <= 9


def test_the_status_list_of_the_vectors_is_read() -> None:
    status = [(key.kid, key.key) for key in KEYS.keys if key.purpose == "status"]
    listed = read_list(bytes.fromhex(TOLD["status_list"]), status)
    assert [listed.state_of(idx) for idx in range(len(TOLD["states"]))] == TOLD["states"]


def test_rfc_9285_its_examples() -> None:
    for plain, written in PUBLISHED["base45"]["right"].items():
        assert base45.b45encode(plain.encode()).decode() == written
        assert base45.b45decode(written) == plain.encode()


def test_rfc_9052_the_examples_of_the_working_group() -> None:
    for told in PUBLISHED["cose"]:
        head, payload, signature = (bytes.fromhex(told[name]) for name in ("protected", "payload", "signature"))
        assert to_sign(head, payload).hex() == told["to_sign"], told["name"]
        assert is_signed_by(Signed(head, payload, signature), told["alg"], bytes.fromhex(told["key"])) is told["right"]


def test_token_status_list_its_examples() -> None:
    for told in PUBLISHED["status_lists"]:
        bits, states = told["bits"], told["states"]
        assert packed(states, bits=bits).hex() == told["bytes"]
        assert compressed(bytes.fromhex(told["bytes"])).hex() == told["lst"]
        unpacked = decompressed(bytes.fromhex(told["lst"]))
        assert [packed_state(unpacked, idx, bits=bits) for idx in range(len(states))] == states
    example = bytes.fromhex(PUBLISHED["status_list_cwt"])
    ours = bytes.fromhex(TOLD["status_list"])
    assert example[:3] == ours[:3] == bytes.fromhex("d28458"), "both stand under the tag of COSE_Sign1"
    assert b"application/statuslist+cwt" in opened(ours, tagged=True).protected
    assert bytes.fromhex("19fffda2646269747301636c7374") in example, "their claim of the list, one bit"
    assert bytes.fromhex("19fffda2636c7374") in ours, "ours: shorter keys first, then by their bytes"
