"""The blueprint that all addresses of the catalogue for programs hang on."""

from flask import Blueprint

blueprint = Blueprint("catalog_api", __name__, url_prefix="/api/v1")
