"""The blueprint that all addresses of logistics for programs hang on."""

from flask import Blueprint

blueprint = Blueprint("logistics_api", __name__, url_prefix="/api/v1")
