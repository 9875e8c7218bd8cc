"""What was said of a row, kept so that everybody reads it in a language of their own."""

from collections.abc import Mapping

from core.i18n import Text


def packed(message: Text) -> dict[str, object]:
    """Return a sentence as JSON can hold it; `unpacked` gives it back."""
    values = {name: packed(value) if isinstance(value, Text) else str(value) for name, value in message.values.items()}
    kept: dict[str, object] = {"message": message.message, "values": values}
    return kept if message.many is None else {**kept, "many": message.many, "n": message.n}


def unpacked(kept: Mapping[str, object]) -> Text:
    """Return the sentence that was kept."""
    values, many, n = kept["values"], kept.get("many"), kept.get("n")
    found = values if isinstance(values, dict) else {}
    return Text(
        str(kept["message"]),
        {name: unpacked(value) if isinstance(value, dict) else value for name, value in found.items()},
        None if many is None else str(many),
        n if isinstance(n, int) else 0,
    )
