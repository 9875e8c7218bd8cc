"""One's own tokens for programs."""

from flask.typing import ResponseReturnValue

from accounts.forms import TokenForm
from accounts.queries import list_tokens_of
from accounts.services import make_token, withdraw_token as withdraw
from accounts.values import TOKEN_SCOPES, TokenScope
from accounts.views.frame import blueprint
from core.clock import now
from core.i18n import text
from core.web.forms import ActForm
from core.web.guards import current_actor, signed_in
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction


@blueprint.get("/tokens")
@signed_in
def list_tokens() -> ResponseReturnValue:
    """List my tokens: for what, until when, when last used."""
    with reading() as session:
        tokens = list_tokens_of(session, current_actor().id)
    return page(tokens=tokens, at=now(), scopes=TOKEN_SCOPES, act_form=ActForm())


@blueprint.route("/tokens/create", methods=["GET", "POST"])
@signed_in
def create_token() -> ResponseReturnValue:
    """Make a token; it is shown once."""
    form = TokenForm()
    return page(form=form, secret=form.accepts(lambda: _make(form)))


def _make(form: TokenForm) -> str:
    with transaction() as session:
        return make_token(
            session,
            name=form.name.data or "",
            scope=TokenScope(form.scope.data),
            days=form.days.data or 0,
            actor=current_actor(),
            at=now(),
        )


@blueprint.post("/tokens/<int:token_id>/withdraw")
@signed_in
def withdraw_token(token_id: int) -> ResponseReturnValue:
    """Let one of my tokens open nothing any more."""
    with transaction() as session:
        token = withdraw(session, token_id=token_id, actor=current_actor(), at=now())
    told(text("The token “%(name)s” opens nothing any more.", name=token.name))
    return redirect_to("accounts.list_tokens")
