"""The blueprint that all addresses of distribution for programs hang on."""

from flask import Blueprint

blueprint = Blueprint("distribution_api", __name__, url_prefix="/api/v1")
