"""Crockford base32 for codes that people read from paper and type: forgiving on input, with a check symbol.

Source: voucher design, §1: 64 bits and one zero bit as 13 symbols, then a Luhn mod 32 check symbol, in groups of four.
"""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 8
CODE_LENGTH = 14
_GROUP = 4
_BASE = 32
_BITS_PER_SYMBOL = 5
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_SEEN_AS = str.maketrans("АВЕКМНОРСТУХІҮҺЅЈOIL", "ABEKMH0PCTYX1YHSJ011")
"""Cyrillic letters that look like Latin ones; then O is read as 0, I and L as 1."""

_BETWEEN = re.compile(r"[\s\-_.‐-―−⁃]+")


def write_code(secret: bytes) -> str:
    """Return the code of a secret of eight bytes, in groups of four: `0123-4567-89AB-CD`.

    Raises:
        ValueError: the secret has another length.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError("a code is written for eight bytes")
    rest = int.from_bytes(secret) << 1
    symbols = [ALPHABET[rest >> shift & _BASE - 1] for shift in range(60, -1, -_BITS_PER_SYMBOL)]
    code = "".join(symbols)
    code += _check_symbol(code)
    return "-".join(code[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))


def plain_code(typed: str) -> str:
    """Return what was typed as plain symbols: no spaces or dashes, capitals, look-alikes as what they look like."""
    bare = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed))
    return bare.upper().translate(_SEEN_AS)


def looks_like_code(typed: str, *, slack: int = 0) -> bool:
    """Say whether the text has the length and the symbols of a code, give or take `slack` symbols."""
    plain = plain_code(typed)
    return abs(len(plain) - CODE_LENGTH) <= slack and all(symbol in _VALUES for symbol in plain)


def read_code(typed: str) -> bytes:
    """Return the secret that a typed code stands for.

    Raises:
        ValueError: it is not a code, or a symbol is wrong.
    """
    plain = plain_code(typed)
    if not looks_like_code(plain):
        raise ValueError("a code has fourteen symbols")
    body, check = plain[:-1], plain[-1]
    if _check_symbol(body) != check:
        raise ValueError("a symbol of the code is wrong")
    number = 0
    for symbol in body:
        number = number * _BASE + _VALUES[symbol]
    if number & 1:
        raise ValueError("the last bit of a code is zero")
    return (number >> 1).to_bytes(SECRET_BYTES)


def _check_symbol(body: str) -> str:
    """Return the Luhn mod 32 symbol: it tells any one wrong symbol and most neighbours that changed places."""
    total = 0
    for place, symbol in enumerate(reversed(body)):
        weighed = _VALUES[symbol] * (2 if place % 2 == 0 else 1)
        total += weighed // _BASE + weighed % _BASE
    return ALPHABET[-total % _BASE]
