"""Vouchers, right and broken, that the server and every browser must answer alike.

    python -m tests.support.voucher_vectors     writes tests/distribution/voucher_vectors.json anew

Keys are fixed and signatures deterministic, so that the same file comes out each time. Also in it: a key set and a
status list, and the examples that were published with the standards.
"""

import json
from collections.abc import Callable
from pathlib import Path

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from distribution.rules.cose import EDDSA, ES256, canonical, to_sign
from distribution.rules.key_sets import PublicKey, WrittenKeys, payload_of, signed_by_root
from distribution.rules.status_lists import StatusList, packed, signed_list

FILE = Path(__file__).parents[1] / "distribution" / "voucher_vectors.json"
CYCLE, EXPIRES, MADE = 8107, 1_801_421_999, 1_790_000_000_000
_KID, _OTHER_KID, _EARLY_KID = b"\x12\x34", b"\xab\xcd", b"\x00\x07"
_ORDER = 2**252 + 27742317777372353535851937790883648493
_CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_edwards = [Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in range(1, 6)]
VOUCHER_KEY = _edwards[0]
_curve = derive_private_key(0x1234567, SECP256R1())
ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def _public(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.public_key().public_bytes_raw()
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _told(kid: bytes, key: Ed25519PrivateKey | EllipticCurvePrivateKey, purpose: str = "voucher", cycle: int = CYCLE,
          starts: int = MADE) -> PublicKey:  # fmt: skip
    algorithm = EDDSA if isinstance(key, Ed25519PrivateKey) else ES256
    return PublicKey(kid, algorithm, _public(key), starts, EXPIRES * 1000, purpose, cycle)


KEYS = WrittenKeys(
    version=3,
    made=MADE,
    keys=[
        _told(_KID, _edwards[0]),
        _told(_KID, _edwards[1]),
        _told(_KID, _curve),
        _told(_OTHER_KID, _edwards[2], cycle=CYCLE - 1),
        _told(_OTHER_KID, _edwards[3], purpose="status"),
        _told(_EARLY_KID, _edwards[4], starts=MADE + 10**10),
    ],
)
AT = MADE + 10**9
"""When the vectors are judged: every key but the last has begun."""

CLAIMS: dict[object, object] = {4: EXPIRES, 7: bytes(range(8)), -70001: [CYCLE, 204, 7, 31_999, 2]}
_TOLD = {"expires": EXPIRES, "secret": bytes(range(8)).hex(), "cycle": CYCLE, "point": 204, "kits": 7, "idx": 31_999,
         "rev": 2}  # fmt: skip


def _signature(message: bytes, key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + s.to_bytes(32)


def _text(message: bytes) -> str:
    written: str = base45.b45encode(message).decode()
    return f"KZV1:{written}"


def _parts(
    payload: bytes | None = None,
    key: Ed25519PrivateKey | EllipticCurvePrivateKey = _edwards[1],
    *,
    protected: bytes | None = None,
    kid: bytes = _KID,
) -> list[bytes]:
    algorithm = EDDSA if isinstance(key, Ed25519PrivateKey) else ES256
    protected = canonical({1: algorithm, 4: kid}) if protected is None else protected
    payload = canonical(CLAIMS) if payload is None else payload
    return [protected, payload, _signature(to_sign(protected, payload), key)]


def _message(parts: list[bytes], unprotected: object = None) -> bytes:
    return canonical([parts[0], unprotected or {}, parts[1], parts[2]])


def _signed(*arguments: object, **named: object) -> str:
    make: Callable[..., list[bytes]] = _parts
    return _text(_message(make(*arguments, **named)))


def _claims(**changes: object) -> bytes:
    names: dict[str, object] = {"exp": 4, "cti": 7, "voucher": -70001}
    return canonical({**CLAIMS, **{names[name]: value for name, value in changes.items()}})


def _voucher(place: int, value: object) -> bytes:
    numbers: list[object] = [CYCLE, 204, 7, 31_999, 2]
    numbers[place] = value
    return _claims(voucher=numbers)


def tokens() -> list[dict[str, object]]:
    """Return every vector: its name, its text, what must be answered, and the claims where it is right."""
    right = {
        "EdDSA, the second of two keys under one id": _signed(),
        "EdDSA, the first of two": _signed(None, _edwards[0]),
        "ES256 under the same id": _signed(None, _curve),
    }
    broken = {
        "unknown_format": _unknown_format(), "malformed": _malformed() | _malformed_payloads(),
        "unknown_key": _unknown_keys(), "bad_signature": _bad_signatures(),
    }  # fmt: skip
    told: list[dict[str, object]] = [
        {"name": name, "text": text, "answer": "ok", "claims": _TOLD} for name, text in right.items()
    ]
    for answer, texts in broken.items():
        told += [{"name": name, "text": text, "answer": answer} for name, text in texts.items()]
    return told


def _unknown_format() -> dict[str, str]:
    good = _signed()
    return {
        "nothing": "",
        "a number": "234",
        "another prefix": "HC1:" + good[5:],
        "a lower-case prefix": "kzv1:" + good[5:],
        "a space before": " " + good,
        "an address": "https://example.kz/v/1",
    }


def _malformed() -> dict[str, str]:
    parts = _parts()
    raw = _message(parts)
    body = _text(raw)[5:]
    three_signs_too_big = "KZV1:" + ":::" + body[3:]
    return {
        "only the prefix": "KZV1:",
        "no base45": "KZV1:" + "ґ" * 20,
        "lower-case base45": "KZV1:" + body.lower(),
        "one sign left over": "KZV1:" + body[: len(body) // 3 * 3 + 1] + ("0" if len(body) % 3 == 0 else ""),
        "a group above 65535": three_signs_too_big,
        "a last pair above 255": _text(raw + b"\x00" * (1 - len(raw) % 2))[:-2] + "::",
        "a line break at the end": _text(raw) + "\n",
        "trailing bytes": _text(raw + b"\x00"),
        "cut short": _text(raw[:-1]),
        "under a tag": _text(b"\xd2" + raw),
        "of indefinite length": _text(b"\x9f" + raw[1:] + b"\xff"),
        "a long form of a length": _text(raw.replace(b"\x58\x40", b"\x59\x00\x40", 1)),
        "five parts": _text(canonical([parts[0], {}, parts[1], parts[2], 0])),
        "three parts": _text(canonical([parts[0], {}, parts[1]])),
        "a map": _text(canonical({1: 2})),
        "an unprotected header": _text(_message(parts, {4: _KID})),
        "a payload that is a text": _text(canonical([parts[0], {}, "text", parts[2]])),
        "a signature of 63 bytes": _text(_message([parts[0], parts[1], parts[2][:-1]])),
        "a signature of 65 bytes": _text(_message([parts[0], parts[1], parts[2] + b"\x00"])),
        "an empty protected header": _signed(protected=b""),
        "a header that is no map": _signed(protected=canonical([1, -8])),
        "no algorithm": _signed(protected=canonical({4: _KID})),
        "no key id": _signed(protected=canonical({1: EDDSA})),
        "algorithm none": _signed(protected=canonical({1: 0, 4: _KID})),
        "algorithm HMAC": _signed(protected=canonical({1: 5, 4: _KID})),
        "algorithm ES384": _signed(protected=canonical({1: -35, 4: _KID})),
        "an algorithm by name": _signed(protected=canonical({1: "EdDSA", 4: _KID})),
        "an algorithm as a float": _signed(protected=cbor2.dumps({1: -8.0, 4: _KID}, canonical=True)),
        "a key that only equals 1": _signed(protected=cbor2.dumps({True: -8, 4: _KID}, canonical=True)),
        "a further header": _signed(protected=canonical({1: EDDSA, 4: _KID, 3: 0})),
        "a repeated header": _signed(protected=b"\xa3\x01\x27\x01\x27\x04\x42" + _KID),
        "headers in another order": _signed(protected=b"\xa2\x04\x42" + _KID + b"\x01\x27"),
        "a key id of three bytes": _signed(kid=_KID + b"\x00"),
        "a key id of one byte": _signed(kid=b"\x12"),
        "a key id that is a text": _signed(protected=canonical({1: EDDSA, 4: "12"})),
        "too long": _signed(_claims(voucher=[CYCLE, *([2**40] * 24)])),
    }


def _malformed_payloads() -> dict[str, str]:
    good = canonical(CLAIMS)
    payloads = {
        "an expiry below zero": _claims(exp=-1),
        "an expiry that is true": _claims(exp=True),
        "an expiry with a fraction": _claims(exp=1.5),
        "an expiry as a whole float": _claims(exp=2.0),
        "an expiry that a browser cannot count": _claims(exp=2**53),
        "an expiry as a big number": _claims(exp=2**70),
        "an expiry that is nothing": _claims(exp=None),
        "a secret of seven bytes": _claims(cti=bytes(7)),
        "a secret that is a text": _claims(cti="01234567"),
        "four numbers": _claims(voucher=[CYCLE, 204, 7, 31_999]),
        "six numbers": _claims(voucher=[CYCLE, 204, 7, 31_999, 2, 0]),
        "numbers in a map": _claims(voucher={0: CYCLE}),
        "an index that is a text": _voucher(3, "5"),
        "an index below zero": _voucher(3, -5),
        "a revision that is true": _voucher(4, True),
        "an index under a tag": _voucher(3, cbor2.CBORTag(1, 5)),
        "a further claim": canonical({**CLAIMS, 2: "somebody"}),
        "no secret": canonical({4: EXPIRES, -70001: [CYCLE, 204, 7, 31_999, 2]}),
        "a repeated claim": good.replace(b"\xa3\x04", b"\xa4\x04\x01\x04", 1),
        "claims in another order": b"\xa3" + good[7:16] + good[1:7] + good[16:],
        "a claim in a long form": good.replace(b"\x07\x48", b"\x18\x07\x48", 1),
        "trailing bytes in the payload": good + b"\x00",
        "an empty payload": b"",
        "a payload of nothing": b"\xf6",
    }
    return {name: _signed(payload) for name, payload in payloads.items()}


def _unknown_keys() -> dict[str, str]:
    return {
        "a key id that nobody has": _signed(kid=b"\xff\xff"),
        "a key of another purpose, ES256 asked": _signed(None, _curve, kid=_OTHER_KID),
        "a key that has not begun": _signed(None, _edwards[4], kid=_EARLY_KID),
    }


def _bad_signatures() -> dict[str, str]:
    parts, curve = _parts(), _parts(None, _curve)
    first, second = int.from_bytes(curve[2][:32]), int.from_bytes(curve[2][32:])
    whole = int.from_bytes(parts[2][32:], "little")
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)

    def with_signature(of: list[bytes], signature: bytes) -> str:
        return _text(_message([of[0], of[1], signature]))

    return {
        "a stranger's key": _signed(None, stranger),
        "a key of the status list": _signed(None, _edwards[3], kid=_OTHER_KID),
        "the key of another quarter": _signed(None, _edwards[2], kid=_OTHER_KID),
        "a changed index": _text(_message([parts[0], _voucher(3, 31_998), parts[2]])),
        "a changed secret": _text(_message([parts[0], _claims(cti=bytes(8)), parts[2]])),
        "a payload that is broken and unsigned": _text(_message([parts[0], b"\xff", parts[2]])),
        "one bit of the signature": with_signature(parts, bytes([parts[2][0] ^ 1]) + parts[2][1:]),
        "a signature of zeros": with_signature(parts, bytes(64)),
        "a signature that is not the smallest": with_signature(
            parts, parts[2][:32] + (whole + _ORDER).to_bytes(32, "little")
        ),
        "another message's signature": with_signature(parts, _parts(_voucher(3, 1))[2]),
        "EdDSA under ES256": with_signature(curve, parts[2]),
        "ES256 under EdDSA": with_signature(parts, curve[2]),
        "r and s changed over": with_signature(curve, curve[2][32:] + curve[2][:32]),
        "r above the order": with_signature(curve, (first + _CURVE_ORDER).to_bytes(33)[-32:] + curve[2][32:]),
        "r of zero": with_signature(curve, bytes(32) + curve[2][32:]),
        "s of zero": with_signature(curve, curve[2][:32] + bytes(32)),
        "s one more": with_signature(curve, curve[2][:32] + (second + 1).to_bytes(32)),
    }


def published() -> dict[str, object]:
    """Return the examples of RFC 9285, of the COSE working group and of the Token Status List drafts."""
    curve = "04bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"  # noqa: E501 - digits
    edwards = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    content = b"This is the content.".hex()
    es256 = "eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce5705b793914348e1"
    return {
        "base45": {
            "right": {"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": ""},
            "broken": ["GGW", ":::", "A", "BB8A", "::", "bb8"],
        },
        "cose": [
            {"name": "sign-pass-01", "alg": ES256, "key": curve, "protected": "", "payload": content, "right": True,
             "signature": es256 + "1a02e5f0344bf2d4ee5c7fd75a68a9f5e0b3cc1f1fc1409c189566586ff9d610",
             "to_sign": "846a5369676e617475726531404054546869732069732074686520636f6e74656e742e"},
            {"name": "ecdsa-sig-01", "alg": ES256, "key": curve, "protected": "a201260300", "payload": content,
             "right": True, "signature": es256 + "72727f48461fabbba2e343492ddecac3983686250bc68e9f1a7a07d41225b59f",
             "to_sign": "846a5369676e61747572653145a2012603004054546869732069732074686520636f6e74656e742e"},
            {"name": "sign-fail-02", "alg": ES256, "key": curve, "protected": "a10126",
             "payload": content[:-2] + "2f", "right": False,
             "signature": es256 + "9f43d6c6ba654472da301b645b293c9ba939295b97c4bdb847782bff384c5794",
             "to_sign": "846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742f"},
            {"name": "eddsa-sig-01", "alg": EDDSA, "key": edwards, "protected": "a201270300", "payload": content,
             "right": True,
             "signature": "7142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb87"
                          "11497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d",
             "to_sign": "846a5369676e61747572653145a2012703004054546869732069732074686520636f6e74656e742e"},
        ],
        "status_lists": [
            {"bits": 1, "lst": "78dadbb918000217015d", "bytes": "b9a3",
             "states": [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]},
            {"bits": 2, "lst": "78da3be9f2130003df0207", "bytes": "c944f9",
             "states": [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]},
        ],
        "status_list_cwt":
            "d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774a1044231325850a502782168747470733a"
            "2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea041a8898dfea19fffe19a8c019fffda264626974"
            "7301636c73744a78dadbb918000217015d584093fa4d01032b18c35e2fe1101b77fd6cc9440022caa4694450c4e4e9feab4e99d1fa"
            "6d9772ce2bf3a12e0323ded7c982c5e101a5e67f0cbc1e2b6f57ce99c279",
    }  # fmt: skip


def vectors() -> dict[str, object]:
    """Return the whole file."""
    states = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3, 0]
    listed = StatusList("https://toptama.example/open/status/2026-Q4", AT // 1000, EXPIRES, packed(states))
    return {
        "at": AT,
        "root": _public(ROOT).hex(),
        "key_set": signed_by_root(payload_of(KEYS), ROOT).hex(),
        "status_list": signed_list(listed, key_id=_OTHER_KID, key=_edwards[3]).hex(),
        "states": states,
        "tokens": tokens(),
        "published": published(),
    }


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
