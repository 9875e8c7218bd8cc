"""Pages that belong to no trade: home, language, static files, health."""

import shutil
from dataclasses import replace
from datetime import timedelta

from flask import Response, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from accounts.values import ROLE_NAMES
from app.demonstration.mark import Mark, read_mark
from app.home import home_of
from app.schema import is_at_head
from app.views.blueprint import blueprint
from core import i18n
from core.clock import now
from core.web.assets import send_static
from core.web.fields import take_fields
from core.web.guards import current_actor, public, signed_in
from core.web.pages import local_path, page
from core.web.session import cookie_name, database, reading, settings

_LEAST_FREE = 0.05
_LANGUAGE_KEPT = timedelta(days=365)


def demonstration() -> Mark | None:
    """Return what is told of the demonstration, where the database was filled by one: roles in words."""
    mark = read_mark(settings().data_dir)
    if mark is None:
        return None
    return replace(mark, people=tuple((login, str(ROLE_NAMES[role])) for login, role in mark.people))


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Show what waits for the person who is signed in."""
    with reading() as session:
        return page(home=home_of(session, current_actor(), now()))


@blueprint.post("/language/<language>")
@public
def set_language(language: str) -> ResponseReturnValue:
    """Keep the language of this browser and return to the same page."""
    take_fields({"next"})
    response = redirect(local_path(request.form.get("next")) or "/", 303)
    if language in i18n.LANGUAGES:
        secure = settings().production
        response.set_cookie(
            cookie_name("language"), language, max_age=_LANGUAGE_KEPT, secure=secure, httponly=True, samesite="Lax"
        )
    return response


@blueprint.get("/static/<digest>/<path:path>")
@public
def static_asset(digest: str, path: str) -> Response:
    """Send a static file."""
    return send_static(digest, path)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process is up, without looking at anything else."""
    return jsonify(status="up")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether requests can be served: the database answers, is at head, and the disk has room."""
    try:
        with database().reading() as session:
            session.execute(text("SELECT 1"))
        ready = is_at_head(database())
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        ready = False
    disk = shutil.disk_usage(settings().data_dir if settings().data_dir.exists() else "/")
    ready = ready and disk.free / disk.total > _LEAST_FREE
    return jsonify(status="ready" if ready else "not ready"), 200 if ready else 503
