"""Public pages that a browser keeps and asks about: unchanged, they are answered with 304 and no body."""

import hashlib

from flask import Response, request
from flask_wtf.csrf import generate_csrf

from core.web.guards import find_actor
from core.web.headers import let_ask_again, nonce


def revalidated(body: str) -> Response:
    """Return a page with an ETag of what it says, in the language it says it in; without one for who is signed in.

    What differs with every answer and says nothing (the nonce of scripts, the token of forms) does not count.
    """
    response = Response(body, mimetype="text/html")
    if find_actor() is None:
        said = body.replace(nonce(), "").replace(generate_csrf(), "")
        response.set_etag(hashlib.sha256(said.encode()).hexdigest()[:32], weak=True)
        let_ask_again()
        response.make_conditional(request)
    return response
