"""The application, put together: settings, database, guards, pages."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, current_app, g, get_flashed_messages, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

import accounts.api
import accounts.views
import app.api
import app.views
import catalog.api
import catalog.views
import distribution.api
import distribution.views
import logistics.api
import logistics.views
import warehouses.api
import warehouses.views
from accounts.queries import find_actor
from app import commands
from app.holders import HOLDERS, NUMBER_OWNERS
from app.invariants import INVARIANTS
from app.menu import menu_for
from app.reversals import REVERSAL_BOOK
from app.roles import RIGHTS
from app.scopes import SCOPES
from config import Settings, read_settings
from core import i18n
from core.crypto import FieldKeys
from core.database import Database
from core.logs import start_logs
from core.web import guards, headers, problems
from core.web.access_log import log_requests
from core.web.addresses import refuse_unreadable_addresses
from core.web.api.frame import accepted_language, serve_programs
from core.web.api.operations import operation_of
from core.web.arguments import refuse_odd_arguments
from core.web.assets import static_url
from core.web.bearers import bears_token, is_for_programs
from core.web.browser_sessions import DatabaseSessions, renew_on_role_change
from core.web.converters import BoundedInteger
from core.web.denials import record_denials
from core.web.list_frame import view_form, views_of_this_list
from core.web.origins import refuse_foreign_posts
from core.web.session import cookie_name, keep_location, reading

BLUEPRINTS = (
    app.views.blueprint,
    app.api.blueprint,
    accounts.views.blueprint,
    catalog.views.blueprint,
    catalog.views.releases.blueprint,
    catalog.views.standards.blueprint,
    catalog.api.blueprint,
    warehouses.api.blueprint,
    logistics.api.blueprint,
    warehouses.views.blueprint,
    warehouses.views.digital_links.blueprint,
    logistics.views.blueprint,
    distribution.api.blueprint,
    distribution.views.blueprint,
    distribution.views.public.blueprint,
    distribution.views.parents.blueprint,
    distribution.views.public_receipts.blueprint,
    distribution.views.open_keys.blueprint,
)

MEBIBYTE = 1024 * 1024


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """Return the application for these settings; without any, they come from the environment."""
    settings = settings or read_settings()
    start_logs(settings.log_format)
    flask = Flask("toptama", root_path=str(i18n.DIRECTORY.parent), static_folder=None, template_folder="templates")
    flask.config.update(_flask_settings(settings))
    flask.extensions |= {
        "settings": settings,
        "database": database or Database(settings.database_url),
        "field_keys": FieldKeys(
            field_key=settings.field_key, index_key=settings.index_key, earlier=settings.field_key_fallbacks
        ),
        "rights": RIGHTS,
        "reversals": REVERSAL_BOOK,
        "scopes": SCOPES,
        "lot_holders": HOLDERS,
        "number_owners": NUMBER_OWNERS,
        "invariants": INVARIANTS,
    }
    flask.session_interface = DatabaseSessions(secure=settings.production)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    FormProtection(flask)
    _sign_in_by_session(flask)
    _speak_languages(flask)
    refuse_odd_arguments(flask)
    log_requests(flask)
    refuse_unreadable_addresses(flask)
    serve_programs(flask)
    renew_on_role_change(flask)
    record_denials(flask)
    headers.guard_answers(flask, production=settings.production)
    refuse_foreign_posts(flask, settings.base_url)
    problems.answer_problems(flask)
    _remember_form_results(flask)
    flask.url_map.converters["int"] = BoundedInteger
    for blueprint in BLUEPRINTS:
        flask.register_blueprint(blueprint)
    commands.register(flask)
    _refuse_unguarded(flask)
    return flask


class FormProtection(CSRFProtect):
    """Wants a form's token of whatever changes something in a browser; a program shows a token of its own (SEC-06)."""

    def protect(self, *, apply_exemptions: bool = False) -> None:
        """Let requests with a token of their own pass, and bodies that prove themselves: no browser adds either."""
        told = operation_of(current_app.view_functions.get(request.endpoint or ""))
        if not bears_token() and not (told is not None and told.proves_itself):
            super().protect(apply_exemptions=apply_exemptions)


def _flask_settings(settings: Settings) -> Mapping[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "WTF_CSRF_SECRET_KEY": [*settings.secret_key_fallbacks, settings.secret_key],
        "TESTING": settings.testing,
        "PROPAGATE_EXCEPTIONS": False,
        "MAX_CONTENT_LENGTH": 12 * MEBIBYTE,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 1000,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or _own_host(settings),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _own_host(settings: Settings) -> list[str] | None:
    """Return the one host that production answers under when no others are named (SEC-11)."""
    host = urlsplit(settings.base_url).hostname
    return [host] if settings.production and host else None


def _sign_in_by_session(flask: Flask) -> None:
    manager = LoginManager(flask)
    manager.session_protection = None

    @manager.user_loader
    def load(user_id: str) -> guards.SignedIn | None:
        with reading() as unit:
            actor = find_actor(unit, rights=RIGHTS, user_id=int(user_id))
        return guards.SignedIn(actor) if actor else None

    accounts.api.let_programs_in(flask, manager, RIGHTS)


def _speak_languages(flask: Flask) -> None:
    flask.jinja_env.undefined = StrictUndefined
    flask.jinja_env.globals.update(
        _=i18n.gettext,
        gettext=i18n.gettext,
        ngettext=i18n.ngettext,
        name_of=i18n.name_of,
        format_day=i18n.format_day,
        format_instant=i18n.format_instant,
        format_number=i18n.format_number,
        format_money=i18n.format_money,
        format_quarter=i18n.format_quarter,
        static_url=static_url,
        csrf_token=generate_csrf,
        views_of_this_list=views_of_this_list,
        view_form=view_form,
    )

    @flask.url_value_preprocessor  # before all that may refuse a request, so that refusals are in one's language, too
    def choose_language(*_: object) -> None:
        g.request_id = secrets.token_hex(6)
        asked = None if bears_token() else request.cookies.get(cookie_name("language"))
        if not asked and is_for_programs():
            asked = accepted_language()
        actor = None if request.path.startswith("/static/") else guards.find_actor()
        chosen = asked or (actor.language if actor else None) or i18n.DEFAULT_LANGUAGE
        g.language = i18n.use_language(chosen)
        g.language.__enter__()

    @flask.teardown_request
    def forget_language(_: BaseException | None) -> None:
        language = g.pop("language", None)
        if language is not None:
            language.__exit__(None, None, None)

    @flask.context_processor
    def frame() -> dict[str, object]:
        actor = guards.find_actor()
        return {
            "language": i18n.current_language(),
            "languages": i18n.LANGUAGES,
            "actor": actor,
            "menu": menu_for(actor),
            "demo": app.views.pages.demonstration(),
            "messages": get_flashed_messages(with_categories=True),
            "csp_nonce": headers.nonce(),
            "quarter_chip": None,
            "request_id": g.get("request_id", ""),
            "contact": flask.extensions["settings"].contact,
        }


def _remember_form_results(flask: Flask) -> None:
    @flask.after_request
    def remember(response: Response) -> Response:
        if request.method == "POST" and response.status_code in {302, 303}:
            keep_location(response.headers["Location"])
        return response


def _refuse_unguarded(flask: Flask) -> None:
    bare = [name for name, view in flask.view_functions.items() if guards.guard_of(view) is None]
    if bare:
        message = f"these views carry no guard: {', '.join(sorted(bare))}"
        raise RuntimeError(message)
