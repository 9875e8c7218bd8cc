"""How programs come in: by a token that somebody made for them."""

from datetime import timedelta

from flask import Flask, Request
from flask_login import LoginManager
from werkzeug.wrappers import Response

from accounts.queries import find_actor, find_live_token
from accounts.services import note_token_use
from accounts.values import TokenScope
from core.actors import Rights
from core.clock import now
from core.web.bearers import Program, bearer, find_program
from core.web.guards import SignedIn
from core.web.session import reading, transaction

_NOTED = timedelta(minutes=5)
"""How exactly the last use is kept: a write for every request would cost more than it tells."""


def let_programs_in(app: Flask, manager: LoginManager, rights: Rights) -> None:
    """Know who acts by the token of a request, with the roles that count at that very request."""

    def load(_: Request) -> SignedIn | None:
        secret = bearer()
        if secret is None:
            return None
        with reading() as session:
            token = find_live_token(session, secret, at=now())
            actor = find_actor(session, rights=rights, user_id=token.user_id) if token else None
            if token is None or actor is None:
                return None
            return SignedIn(actor, Program(token.id, token.scope == TokenScope.WRITE, token.last_used_at))

    manager.request_loader(load)
    app.after_request(_note_use)


def _note_use(response: Response) -> Response:
    program, at = find_program(), now()
    if program is not None and (program.used_at is None or at - program.used_at >= _NOTED):
        with transaction() as session:
            note_token_use(session, program.token_id, at=at)
    return response
