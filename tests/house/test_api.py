"""The description of the API says what is there, all of it, and the file in docs says the same (ECO-08)."""

from typing import Any

import jsonschema
import pytest
from flask import Flask

from app.api import PREFIX, VERSION, written_document
from core.web.api.document import openapi_document
from core.web.api.operations import operation_of
from tests.house.sources import ROOT, complain, text_of

WRITING = {"POST", "PUT", "PATCH", "DELETE"}
REFUSALS = {"400", "401", "422", "429"}


@pytest.fixture
def document(app: Flask) -> Any:  # noqa: ANN401 - JSON
    return openapi_document(app, version=VERSION, prefix=PREFIX)


def test_eco_08_the_file_equals_what_the_views_say(app: Flask) -> None:
    assert text_of(ROOT / "docs" / "openapi.json") == written_document(app), "Run `python -m tools.openapi`."


def test_eco_08_every_route_of_the_api_is_described(app: Flask, document: Any) -> None:  # noqa: ANN401 - JSON
    found = [
        f"{rule.endpoint} ({rule.rule})"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and operation_of(app.view_functions[rule.endpoint]) is None
    ]
    complain(found, "Put @operation(Operation(…)) below the guard.")
    described = {(path, method.upper()) for path, operations in document["paths"].items() for method in operations}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert len(described) == sum(len((rule.methods or set()) - {"HEAD", "OPTIONS"}) for rule in rules)


def test_eco_08_every_operation_names_its_refusals_and_limits(document: Any) -> None:  # noqa: ANN401 - JSON
    found = []
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            needed = REFUSALS | ({"403", "409", "413"} if method.upper() in WRITING else set())
            missing = needed - set(told["responses"])
            found += [f"{method} {path}: {', '.join(sorted(missing))}"] if missing else []
            for status, answer in told["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"]
    complain(found, "Name them in core.web.api.document.")
    names = [told["operationId"] for operations in document["paths"].values() for told in operations.values()]
    assert len(names) == len(set(names))


def test_eco_08_every_example_is_what_its_schema_says(document: Any) -> None:  # noqa: ANN401 - JSON
    tried = 0
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document}).validate(example)
            tried += 1
    assert tried >= 6


def test_eco_08_every_body_has_an_example(document: Any) -> None:  # noqa: ANN401 - JSON
    bodies = {
        told["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        for operations in document["paths"].values()
        for told in operations.values()
        if "application/json" in told.get("requestBody", {}).get("content", {})
    }
    found = [name for name in bodies if not document["components"]["schemas"][name].get("examples")]
    complain(found, "Add examples to the model: json_schema_extra of its model_config.")
