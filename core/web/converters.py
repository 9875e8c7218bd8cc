"""Numbers in addresses: no longer than what a database column holds."""

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class BoundedInteger(IntegerConverter):
    """`<int:…>` that matches what an integer column can hold; anything longer is no address of ours."""

    def __init__(self, url_map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = None) -> None:  # noqa: A002 - werkzeug's names
        super().__init__(url_map, fixed_digits, min, LARGEST if max is None else max)
