"""The blueprint that all pages of distribution hang on."""

from flask import Blueprint

blueprint = Blueprint("distribution", __name__, url_prefix="/distribution")
