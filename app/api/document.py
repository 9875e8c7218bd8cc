"""The description of the API, for whoever may come in; the same text lies in docs/openapi.json."""

import json

from flask import Flask, Response, current_app
from flask.typing import ResponseReturnValue

from app.api.blueprint import PREFIX, blueprint
from core.web.api.document import openapi_document
from core.web.api.operations import Operation, operation
from core.web.guards import signed_in

VERSION = "1"


@blueprint.get("/openapi.json")
@signed_in
@operation(Operation("Read this document", None))
def show_openapi() -> ResponseReturnValue:
    """Tell what programs may ask, as OpenAPI 3.1."""
    return Response(written_document(current_app), mimetype="application/json")


def written_document(app: Flask) -> str:
    """Return the OpenAPI document as it is written into docs/openapi.json."""
    document = openapi_document(app, version=VERSION, prefix=PREFIX)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
