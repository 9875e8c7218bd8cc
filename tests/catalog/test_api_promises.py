"""The API keeps what its document promises, called as schemathesis makes it up (ECO-08)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
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
    "hand_over_id": ["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    "device_code": ["4F2K"],
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


Cases = dict[str, list[schemathesis.Case[Any]]]
"""What each operation is asked, by its method and path."""


@pytest.fixture(scope="module")
def made_up(only_app: Flask) -> dict[GenerationMode, Cases]:
    """Make up what is asked, in both ways: once for both engines, as making up costs twice what asking costs."""
    document = openapi_document(only_app, version=VERSION, prefix=PREFIX)
    schema = schemathesis.openapi.from_dict(with_known_addresses(document))
    schema.app = only_app
    cases: dict[GenerationMode, Cases] = {mode: {} for mode in GenerationMode}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        for mode in GenerationMode:
            cases[mode][operation.label] = examples_of(operation.as_strategy(generation_mode=mode))
    return cases


def examples_of(strategy: SearchStrategy[schemathesis.Case[Any]]) -> list[schemathesis.Case[Any]]:
    """Return some cases of a strategy, the same every time."""
    cases: list[schemathesis.Case[Any]] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def keep(case: schemathesis.Case[Any]) -> None:
        cases.append(case)

    keep()
    return cases


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_eco_08_every_operation_answers_as_its_document_says(
    generous: Flask, session: Session, made_up: dict[GenerationMode, Cases], mode: GenerationMode
) -> None:
    program = a_program(generous, session, an_actor(session, role=Role.MINISTRY), scope=TokenScope.WRITE)
    shown = {"Authorization": program.environ_base["HTTP_AUTHORIZATION"]}
    for label, cases in made_up[mode].items():
        assert cases, label
        for case in cases:
            case.call_and_validate(headers=shown, excluded_checks=NOT_ASKED)
    assert len(made_up[mode]) >= 40, made_up[mode].keys()
