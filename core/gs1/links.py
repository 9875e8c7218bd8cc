"""GS1 Digital Link: an address that names goods, `https://…/01/<gtin>/10/<lot>?17=<yymmdd>`.

Source: GS1 Digital Link Standard: URI Syntax, 4.
"""

from urllib.parse import parse_qsl, unquote, urlsplit

from core.gs1.elements import Parts, whole_element
from core.i18n import Text, text

_FIRST = frozenset({"00", "01", "8006", "8003", "8004", "414", "417"})
_WIDTH = 14
_MOST_ARGUMENTS = 40


def is_link(code: str) -> bool:
    """Say whether a code is an address."""
    return code[:8].lower().startswith(("http://", "https://"))


def split_link(code: str) -> tuple[list[Parts], Text | None]:
    """Return the parts that an address names, or what is wrong with it; arguments that are no parts are passed over."""
    nothing = text("This address names no goods. Scan the code beside it.")
    try:
        address = urlsplit(code)
        arguments = parse_qsl(address.query, max_num_fields=_MOST_ARGUMENTS)
    except ValueError:
        return [], nothing
    steps = [step for step in address.path.split("/") if step]
    first = next((place for place, step in enumerate(steps) if step in _FIRST), None)
    if first is None or (len(steps) - first) % 2:
        return [], nothing
    named = [unquote(step) for step in steps[first:]]
    pairs = list(zip(named[::2], named[1::2], strict=True))
    pairs += [(key, value) for key, value in arguments if key.isascii() and key.isdigit()]
    parts = tuple((key, value.zfill(_WIDTH) if key == "01" else value) for key, value in pairs)
    fault = next((found for key, value in parts if (found := whole_element(key, value)) is not None), None)
    return ([], fault) if fault is not None else ([parts], None)
