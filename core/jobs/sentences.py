"""Sentences kept in a row, to be read in any language later."""

from core.i18n import Text


def kept(sentence: Text) -> dict[str, object]:
    """Return a sentence as a value for a JSON column; what it is filled with becomes text or a number."""
    values = {name: _plain(value) for name, value in sentence.values.items()}
    found: dict[str, object] = {"message": sentence.message, "values": values}
    if sentence.many is not None:
        found |= {"many": sentence.many, "n": sentence.n}
    return found


def reread(value: dict[str, object] | None) -> Text | None:
    """Return the sentence that was kept."""
    if not value:
        return None
    written = value.get("values")
    values = {str(name): _sentence(one) for name, one in written.items()} if isinstance(written, dict) else {}
    many, n = value.get("many"), value.get("n", 0)
    return Text(str(value["message"]), values, many if isinstance(many, str) else None, n if isinstance(n, int) else 0)


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return {"sentence": kept(value)}
    return value if isinstance(value, (int, float, str, bool)) or value is None else str(value)


def _sentence(value: object) -> object:
    inside = value.get("sentence") if isinstance(value, dict) else None
    return reread(inside) if isinstance(inside, dict) else value
