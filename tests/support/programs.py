"""Programs that call the API with a token of somebody."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from accounts.services import make_token
from accounts.values import TokenScope
from core.actors import Actor
from core.clock import now
from tests.support.client import InspectingClient


def a_program(app: Flask, session: Session, owner: Actor, *, scope: TokenScope = TokenScope.READ) -> InspectingClient:
    """Give a client that shows a token of its owner with every request."""
    secret = make_token(session, name="A program", scope=scope, days=1, actor=owner, at=now())
    session.commit()
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def post(program: InspectingClient, address: str, body: Mapping[str, object] | None = None) -> tuple[int, Any]:
    """Let a program act below /api/v1, under a new key of its own; give the status and the JSON of the answer."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = program.post(f"/api/v1/{address}", headers=headers, **({} if body is None else {"json": body}))
    return answer.status_code, answer.get_json()
