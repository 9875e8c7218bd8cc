"""What a web server runs."""

from app.factory import create_app
from config import WrongSettings

try:
    app = create_app()
except WrongSettings as wrong:
    raise SystemExit(str(wrong)) from wrong
