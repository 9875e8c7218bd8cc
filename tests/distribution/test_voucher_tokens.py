"""The text of a voucher's QR: written to the byte as designed, read strictly."""

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, strategies as st

from core.qr import encode, is_alphanumeric
from distribution.rules.tokens import Claims, TokenKey, TokenRefused, signed_token, verified_claims
from distribution.values import ScanAnswer

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
KID = b"\x12\x34"
CLAIMS = Claims(1_801_000_000, bytes(range(8)), 8107, 204, 7, 31_999, 0)
TOKEN = signed_token(CLAIMS, key_id=KID, key=KEY)
PUBLIC = KEY.public_key().public_bytes_raw()


def keys(kid: bytes) -> list[TokenKey]:
    """Give the keys under a key id, for whatever cycle is asked: here it is not the cycle that is doubted."""
    publics = [OTHER.public_key().public_bytes_raw(), PUBLIC] if kid == KID else []
    return [TokenKey(public, cycle) for public in publics for cycle in (CLAIMS.cycle, 2)]


def message() -> tuple[bytes, dict[int, object], bytes, bytes]:
    parts: tuple[bytes, dict[int, object], bytes, bytes] = cbor2.loads(base45.b45decode(TOKEN.removeprefix("KZV1:")))
    return parts


def b45_of(data: bytes) -> str:
    text: str = base45.b45encode(data).decode()
    return f"KZV1:{text}"


def written(value: object) -> str:
    return b45_of(cbor2.dumps(value, canonical=True))


def resigned(protected: bytes, payload: bytes) -> str:
    signature = KEY.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return written([protected, {}, payload, signature])


def refusal(token: str) -> ScanAnswer:
    with pytest.raises(TokenRefused) as refused:
        verified_claims(token, keys)
    return refused.value.answer


def test_sec_44_a_token_is_a_cose_sign1_of_the_claims_and_nothing_personal() -> None:
    protected, unprotected, payload, signature = message()
    assert protected == bytes.fromhex("a20127") + b"\x04\x42" + KID
    assert unprotected == {}
    assert cbor2.loads(payload) == {4: 1_801_000_000, 7: bytes(range(8)), -70001: [8107, 204, 7, 31_999, 0]}
    KEY.public_key().verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    assert verified_claims(TOKEN, keys) == CLAIMS


def test_ux_82_a_token_fits_a_code_of_version_nine() -> None:
    longest = Claims(2**32 - 1, b"\xff" * 8, 8107, 99_999, 7, 999_999, 99)
    for claims in (CLAIMS, longest):
        token = signed_token(claims, key_id=KID, key=KEY)
        assert is_alphanumeric(token)
        assert encode(token).version <= 9


@given(
    st.builds(
        Claims,
        st.integers(0, 2**33),
        st.binary(min_size=8, max_size=8),
        st.just(8107),
        st.integers(1, 10**6),
        st.integers(1, 31),
        st.integers(0, 10**6),
        st.integers(0, 50),
    )
)
def test_what_was_signed_is_read_back(claims: Claims) -> None:
    assert verified_claims(signed_token(claims, key_id=KID, key=KEY), keys) == claims


@pytest.mark.parametrize(
    "text",
    ['{"id": 1}', "1", "INV-SI1", "../1", "http://127.0.0.1/warehouses/lots/1", "234", "00234", "id:234", "",
     "6f1b0c9e-3d53-4f1e-8f52-0a4f6d4dd1f0", "kzv1:" + TOKEN[5:], " " + TOKEN, "HC1:" + TOKEN[5:]],
)  # fmt: skip
def test_bad_01_bad_02_anything_else_is_of_an_unknown_format(text: str) -> None:
    assert refusal(text) is ScanAnswer.UNKNOWN_FORMAT


def test_other_key_ids_and_other_signatures_are_refused() -> None:
    assert refusal(signed_token(CLAIMS, key_id=b"\x00\x01", key=KEY)) is ScanAnswer.UNKNOWN_KEY
    stranger = Ed25519PrivateKey.generate()
    assert refusal(signed_token(CLAIMS, key_id=KID, key=stranger)) is ScanAnswer.BAD_SIGNATURE
    protected, _, payload, signature = message()
    assert refusal(written([protected, {}, payload[:-1] + b"\x01", signature])) is ScanAnswer.BAD_SIGNATURE


def test_a_token_is_read_only_as_it_is_written() -> None:
    protected, _, payload, signature = message()
    raw = base45.b45decode(TOKEN.removeprefix("KZV1:"))
    changed = {
        "trailing bytes": b45_of(raw + b"\x00"),
        "a tag": b45_of(b"\xd2" + raw),
        "an unprotected header": written([protected, {1: -8}, payload, signature]),
        "three parts": written([protected, {}, payload]),
        "a short signature": written([protected, {}, payload, bytes(10)]),
        "a long form": b45_of(raw.replace(b"\x58\x40", b"\x59\x00\x40", 1)),
        "an algorithm that is not enabled": resigned(cbor2.dumps({1: -35, 4: KID}, canonical=True), payload),
        "a key that only equals 1": resigned(cbor2.dumps({True: -8, 4: KID}, canonical=True), payload),
        "no algorithm": resigned(cbor2.dumps({4: KID}), payload),
        "a further header": resigned(cbor2.dumps({1: -8, 4: KID, 3: 0}, canonical=True), payload),
        "a repeated header": resigned(b"\xa3\x01\x27\x01\x27\x04\x42" + KID, payload),
        "a long key id": resigned(cbor2.dumps({1: -8, 4: KID + b"\x00"}, canonical=True), payload),
        "headers in another order": resigned(b"\xa2\x04\x42" + KID + b"\x01\x27", payload),
        "no base45": "KZV1:" + "ґ" * 20,
        "nothing": "KZV1:",
        "half a text": TOKEN[: len(TOKEN) // 2 - len(TOKEN) // 2 % 3 + 5],
    }
    for name, token in changed.items():
        assert refusal(token) is ScanAnswer.MALFORMED, name


def test_a_payload_is_read_only_as_it_is_written() -> None:
    protected = message()[0]
    good: dict[object, object] = {4: 1, 7: bytes(8), -70001: [1, 2, 3, 4, 5]}
    bad: list[dict[object, object]] = [
        {**good, 4: -1},
        {**good, 4: True},
        {**good, 4: 1.5},
        {**good, 4: 2**60},
        {**good, 7: bytes(7)},
        {**good, 7: "01234567"},
        {**good, -70001: [1, 2, 3, 4]},
        {**good, -70001: [1, 2, 3, 4, "5"]},
        {**good, 2: "somebody"},
        {4: 1, 7: bytes(8)},
    ]
    for payload in bad:
        token = resigned(protected, cbor2.dumps(payload, canonical=True))
        assert refusal(token) is ScanAnswer.MALFORMED, payload
    twice = cbor2.dumps(good, canonical=True).replace(b"\xa3\x04\x01", b"\xa4\x04\x01\x04\x02", 1)
    assert refusal(resigned(protected, twice)) is ScanAnswer.MALFORMED


@given(st.text(max_size=200))
def test_no_text_whatever_makes_the_verifier_fail(text: str) -> None:
    for token in (text, "KZV1:" + text):
        with pytest.raises(TokenRefused):
            verified_claims(token, keys)


@given(st.binary(max_size=150))
def test_no_bytes_whatever_make_the_verifier_fail(data: bytes) -> None:
    with pytest.raises(TokenRefused):
        verified_claims("KZV1:" + base45.b45encode(data).decode(), keys)
