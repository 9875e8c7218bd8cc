"""What a person tried to open without the right goes into the audit trail (SEC-49)."""

from flask import Flask, Response, g, request

from core.audit import record
from core.clock import now
from core.web.guards import find_actor
from core.web.session import database


def record_denials(app: Flask) -> None:
    """Note each request that a guard refused: who, and which route; never the address with what was typed in it."""

    @app.after_request
    def note(response: Response) -> Response:
        actor = find_actor() if g.get("denied") else None
        if actor is not None:
            with database().writing() as session:
                record(
                    session,
                    actor_id=actor.id,
                    action="access.denied",
                    subject="route",
                    subject_id=(request.endpoint or "")[:80],
                    at=now(),
                    detail={"method": request.method},
                )
        return response
