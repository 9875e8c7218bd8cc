"""How programs come in: by a token that somebody made for them."""

from flask import Flask, Request
from flask_login import LoginManager

from accounts.queries import find_actor, find_live_token
from accounts.services import note_token_use
from accounts.values import TokenScope
from core.actors import Rights
from core.clock import now
from core.web.api.frame import note_uses
from core.web.bearers import Program, bearer
from core.web.guards import SignedIn
from core.web.session import reading


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
    note_uses(app, note_token_use)
