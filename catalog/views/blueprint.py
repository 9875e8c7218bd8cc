"""The blueprint that all pages of catalog hang on."""

from flask import Blueprint

blueprint = Blueprint("catalog", __name__, url_prefix="/catalog")
