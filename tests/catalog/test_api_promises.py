"""The API keeps what its document promises, called as schemathesis makes it up (ECO-08)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.orm import Session

from accounts.values import Role, TokenScope
from app.api import PREFIX, VERSION
from core.web.api.allowance import Allowance
from core.web.api.document import openapi_document
from tests.support.people import an_actor
from tests.support.programs import a_program

EXAMPLES = 5
KNOWN: dict[str, list[object]] = {
    "code": ["MILK25", "TBRUSH"],
    "kit": ["F13", "HYG"],
    "number": [1],
    "lot_id": [1, 2**31 - 1],
    "key": ["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    "position": [1],
    "quarter": ["2026-Q4"],
}
NOT_ASKED: list[CheckFunction] = [
    positive_data_acceptance,  # a GTIN of the right look may have a wrong digit
]


@pytest.fixture
def generous(app: Flask) -> Iterator[Flask]:
    """Give the application with an allowance that a test does not use up."""
    usual = app.extensions["allowance"]
    app.extensions["allowance"] = Allowance(most=1_000_000, handful=100_000)
    yield app
    app.extensions["allowance"] = usual


def with_known_addresses(document: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the document with codes in its addresses that are there, or every call would end at 404."""
    told: dict[str, Any] = json.loads(json.dumps(document))
    for path in told["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"] = {"enum": KNOWN[parameter["name"]]}
    return told


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_eco_08_every_operation_answers_as_its_document_says(
    generous: Flask, session: Session, mode: GenerationMode
) -> None:
    program = a_program(generous, session, an_actor(session, role=Role.MINISTRY), scope=TokenScope.WRITE)
    shown = {"Authorization": program.environ_base["HTTP_AUTHORIZATION"]}
    document = openapi_document(generous, version=VERSION, prefix=PREFIX)
    schema = schemathesis.openapi.from_dict(with_known_addresses(document))
    schema.app = generous
    called = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=shown, excluded_checks=NOT_ASKED)

        call()
        called.add(operation.label)
    assert len(called) >= 40, called
