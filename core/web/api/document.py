"""The OpenAPI 3.1 document, written from the views that are there: nothing in it is typed twice (ECO-08)."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from flask import Flask
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from core.errors import Problem
from core.web.api.allowance import A_MINUTE
from core.web.api.answers import STATE_PATTERN
from core.web.api.bodies import Told
from core.web.api.once import HEADER, KEY_PATTERN, REPLAYED, KeyNotNamed, KeyOfAnother
from core.web.api.operations import Operation, operation_of
from core.web.api.problems import FieldsRefused, JsonOnly, LostUpdate, StateNotNamed, UnreadableRequest
from core.web.attempts import TooManyAttempts
from core.web.bearers import SAFE, TokenOnlyReads, TokenRefused
from core.web.converters import LARGEST
from core.web.guards import guard_of

Json = dict[str, object]
_ANY_FILE = "application/octet-stream"
_REF = "#/components/schemas/{model}"
_SCHEMAS: Mapping[str, Json] = {
    "BoundedInteger": {"type": "integer", "minimum": 0, "maximum": LARGEST},
    "UUIDConverter": {"type": "string", "format": "uuid"},
}
_KEY_EXAMPLE = "8e03978e-40d5-43e8-bc93-6894a57f9324"
_ABOUT = (
    "Inventory and logistics of the guaranteed social package, for programs. Numbers are whole; money is "
    "in tiyn, nutrients are in thousandths of their unit per 100 g. Unknown fields and arguments are refused. Whoever "
    "lacks the right gets 404."
)


class FieldFault(Told):
    """What is wrong with one field."""

    field: str
    detail: str


class ProblemTold(Told):
    """A refusal (RFC 9457). `code` never changes; `detail` is in the language of the token's owner."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    reference: str
    errors: list[FieldFault] = Field(default_factory=list)


def openapi_document(app: Flask, *, version: str, prefix: str) -> Json:
    """Return the document of every operation below a prefix of addresses."""
    found = list(_operations(app, prefix))
    paths: dict[str, Json] = {}
    for rule, method, told, guard in found:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(prefix))
        paths.setdefault(path, {})[method.lower()] = _operation(rule, method, told, guard)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Toptama",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": prefix}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of the page /accounts/tokens."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-sid",
                    "description": "A browser's session; what changes something then needs X-CSRFToken too.",
                },
            },
            "schemas": _schemas([told for _, _, told, _ in found]),
        },
    }


def _operations(app: Flask, prefix: str) -> Iterator[tuple[Rule, str, Operation, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        told = operation_of(view) if rule.rule.startswith(f"{prefix}/") else None
        if told is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, told, guard_of(view) or ""


def _schemas(told: list[Operation]) -> Json:
    models: list[tuple[type[BaseModel], str]] = [(ProblemTold, "serialization")]
    for one in told:
        models += [(one.answers, "serialization")] if one.answers else []
        models += [(one.body, "validation")] if one.body else []
    unique = list(dict.fromkeys(models))
    _, schema = models_json_schema(unique, ref_template=_REF)  # type: ignore[arg-type]  # its modes are literals
    found: Json = schema["$defs"]
    return {name: found[name] for name in sorted(found)}


def _operation(rule: Rule, method: str, told: Operation, guard: str) -> Json:
    written: Json = {
        "operationId": rule.endpoint.split(".")[1],
        "summary": told.summary,
        "parameters": _parameters(rule, told),
        "responses": _responses(method, told, guard),
    }
    if told.proves_itself:
        written["security"] = []
    if told.body is not None:
        schema = {"$ref": _REF.format(model=told.body.__name__)}
        written["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if told.takes_file:
        written["requestBody"] = {"required": True, "content": {_ANY_FILE: {"schema": {}}}}
    return written


def _parameters(rule: Rule, told: Operation) -> list[Json]:
    found = [_of_address(rule, name, told.address.get(name, name)) for name in sorted(rule.arguments)]
    schema = told.arguments.model_json_schema()
    for name, field in schema.get("properties", {}).items():
        plain = {key: value for key, value in field.items() if key not in {"title", "default", "description"}}
        choices = [one for one in plain.pop("anyOf", []) if one != {"type": "null"}]
        one: Json = {"name": name, "in": "query", "required": name in schema.get("required", [])}
        one["schema"] = {**plain, **(choices[0] if choices else {})}
        if field.get("default") not in {None, ""}:
            one["schema"] = {**plain, "default": field["default"]}
        if field.get("description"):
            one["description"] = field["description"]
        found.append(one)
    if told.takes_state:
        stated = _header("If-Match", "The ETag that was read before: which state is changed.", required=True)
        found.append(stated | {"schema": {"type": "string", "pattern": STATE_PATTERN, "examples": ['"3"']}})
    if told.acts_once:
        named = _header(HEADER, "A key of your own for this act: sent again, it gets the first answer.", required=True)
        found.append(named | {"schema": {"type": "string", "pattern": KEY_PATTERN, "examples": [_KEY_EXAMPLE]}})
    if told.tells_state and "GET" in (rule.methods or set()):
        found.append(_header("If-None-Match", "An ETag that was read before; 304 when nothing changed."))
    return found


def _of_address(rule: Rule, name: str, description: str) -> Json:
    kind = type(rule._converters[name]).__name__  # noqa: SLF001 - the one place that says the type
    schema = _SCHEMAS.get(kind, {"type": "string"})
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _header(name: str, description: str, *, required: bool = False) -> Json:
    schema = {"type": "string", "examples": ['"3"']}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _responses(method: str, told: Operation, guard: str) -> Json:
    answer: Json = {"description": HTTPStatus(told.status).phrase, "headers": _headers(told)}
    schema = {"$ref": _REF.format(model=told.answers.__name__)} if told.answers else {"type": "object"}
    answer["content"] = {"application/json": {"schema": schema}}
    found: Json = {str(told.status): answer}
    if method == "GET" and told.tells_state:
        found["304"] = {"description": "Nothing changed since that ETag."}
    codes: dict[int, set[str]] = {}
    for refusal in _refusals(method, told):
        codes.setdefault(refusal.status, set()).add(refusal.code)
    if guard != "signed in":
        codes.setdefault(404, set()).add("not_found")
    if method not in SAFE:
        codes.setdefault(403, set()).update({"form_expired", "foreign_origin"})
        codes.setdefault(409, set()).add("changed_meanwhile")
        codes.setdefault(413, set()).add("request_entity_too_large")
    for status, names in sorted(codes.items()):
        found[str(status)] = _refusal(status, sorted(names))
    return found


def _refusals(method: str, told: Operation) -> Iterator[type[Problem]]:
    yield from (TokenRefused, TooManyAttempts, UnreadableRequest, FieldsRefused)
    yield from told.refusals
    if method not in SAFE:
        yield TokenOnlyReads
    if told.body is not None:
        yield JsonOnly
    if told.takes_state:
        yield from (StateNotNamed, LostUpdate)
    if told.acts_once:
        yield from (KeyNotNamed, KeyOfAnother)


def _refusal(status: int, codes: list[str]) -> Json:
    content = {"application/problem+json": {"schema": {"$ref": _REF.format(model=ProblemTold.__name__)}}}
    told: Json = {"description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}", "content": content}
    waits = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {**told, "headers": waits} if status == TooManyAttempts.status else told


def _headers(told: Operation) -> Mapping[str, Json]:
    text = {"type": "string"}
    found: dict[str, Json] = {
        "RateLimit": {"description": "What is left of the minute, and when it is whole again.", "schema": text},
        "RateLimit-Policy": {"description": f"{A_MINUTE} requests a minute.", "schema": text},
        "X-Request-Id": {"description": "The reference to quote to us.", "schema": text},
    }
    if told.tells_state:
        found["ETag"] = {"description": "The state that was read.", "schema": text}
    if told.is_paged:
        found["Link"] = {"description": 'The next page, rel="next"; none on the last.', "schema": text}
    if told.acts_once:
        found[REPLAYED] = {"description": "true when this is the answer of an earlier request.", "schema": text}
    if told.status == HTTPStatus.CREATED:
        found["Location"] = {"description": "Where it is.", "schema": text}
    return found
