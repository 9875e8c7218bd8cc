"""Public files of keys: the set that the root signed, and the status list of a quarter, for scanners of anybody."""

import hashlib
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.quarters import Quarter
from core.web.guards import public
from core.web.headers import share
from core.web.session import field_keys, reading, settings
from distribution.errors import CycleUnknown, NoSigningKey
from distribution.errors.signing_keys import KeyUnknown, NoKeySet
from distribution.rules.status_lists import MEDIA_TYPE, TTL
from distribution.services.key_sets import written_key_set
from distribution.services.status_lists import written_status_list
from distribution.views.steps import quarter_of

blueprint = Blueprint("open_keys", __name__, url_prefix="/open")

_COSE = 'application/cose; cose-type="cose-sign1"'
_KEPT = "status_lists"


@blueprint.get("/keys")
@public
def show_key_set() -> ResponseReturnValue:
    """Send the set of keys that counts."""
    try:
        with reading() as session:
            written = written_key_set(session)
    except NoKeySet as missing:
        raise KeyUnknown(text("No set of keys is published yet.")) from missing
    return _file(written, _COSE)


@blueprint.get("/status/<quarter>")
@public
def show_status_list(quarter: str) -> ResponseReturnValue:
    """Send the status list of a quarter, made anew once a minute."""
    return _file(_list_of(quarter_of(quarter), now()), MEDIA_TYPE)


def _list_of(quarter: Quarter, at: datetime) -> bytes:
    """Return the list as it was when this minute began to be asked; one request a minute makes it."""
    minute = at - timedelta(seconds=at.second, microseconds=at.microsecond)
    kept: dict[Quarter, tuple[datetime, bytes]] = current_app.extensions.setdefault(_KEPT, {})
    found = kept.get(quarter)
    if found is not None and found[0] == minute and not settings().testing:
        return found[1]
    try:
        with reading() as session:
            written = written_status_list(session, quarter, field_keys(), minute, base_url=settings().base_url)
    except NoSigningKey as missing:
        raise CycleUnknown(text("Nothing is known of this quarter.")) from missing
    kept[quarter] = (minute, written)
    return written


def _file(written: bytes, kind: str) -> Response:
    share(seconds=TTL)
    response = Response(written, content_type=kind)
    response.set_etag(hashlib.sha256(written).hexdigest()[:32])
    response.make_conditional(request)
    return response
