"""What programs may ask of distribution, one file per noun; importing them hangs them on the blueprint."""

from distribution.api import quarters
from distribution.api.blueprint import blueprint

__all__ = ["blueprint", "quarters"]
